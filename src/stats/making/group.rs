//! One group of people and what was counted of them: its lines, its exact numbers, and the tables
//! that may be shown.
//!
//! Not here: which numbers may be shown ([`crate::stats::rule`]).

use std::collections::BTreeMap;

use crate::identity::address::COUNTIES;
use crate::identity::date;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::text::{self, Language};
use crate::stats::counting::{Counter, Counters, NOT_SAID, PEOPLE, day};
use crate::stats::declared::{Asked, Declared, Dimension};
use crate::stats::rule::{Cross, Exact, Grid, Lines, Part, Several, Shown};
use crate::stats::wire::open_data::{Label, Table, Words};
use crate::survey::question::QuestionKind;
use crate::survey::tally::{self, Line};

use super::Around;

/// Which people some tables count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Those who entered, each once.
    Entries,
    /// Those whose answers were kept.
    Answers,
}

impl Of {
    fn code(self) -> &'static str {
        match self {
            Of::Entries => "entries",
            Of::Answers => "answers",
        }
    }
}

/// One group of people: its exact counts, and what may be published of them.
pub(super) struct Group<'a> {
    pub(super) of: Of,
    pub(super) asked: &'a Asked,
    pub(super) counters: &'a Counters,
    pub(super) around: &'a Around,
    /// The dimensions that part people, with their lines.
    pub(super) parts: Vec<(Dimension, Vec<Line>)>,
    /// The questions with several answers.
    pub(super) several: Vec<(Dimension, Vec<Line>)>,
}

impl Group<'_> {
    pub(super) fn has_several(&self, dimension: &Dimension) -> bool {
        self.question(dimension)
            .is_some_and(|kind| matches!(kind, QuestionKind::SeveralChoices { .. }))
    }

    fn question(&self, dimension: &Dimension) -> Option<&QuestionKind> {
        match dimension {
            Dimension::Question(id) => self.asked.question(id).map(|question| &question.kind),
            _ => None,
        }
    }

    fn count(&self, table: &str, a: &str, b: &str) -> u64 {
        let counter = Counter {
            table: table.to_owned(),
            a: a.to_owned(),
            b: b.to_owned(),
        };
        self.counters.get(&counter).copied().unwrap_or_default()
    }

    fn observed(&self, dimension: &Dimension) -> Vec<String> {
        let code = dimension.code();
        let own = self.counters.keys().filter(|counter| counter.table == code);
        own.map(|counter| counter.a.clone()).collect()
    }

    /// The lines of a dimension, and that of those who did not say where they may leave it out.
    pub(super) fn lines(&self, dimension: &Dimension) -> Vec<Line> {
        let mut lines = match dimension {
            Dimension::Day => self.days(),
            Dimension::County => COUNTIES
                .iter()
                .map(|county| line(county.zh(), county.zh(), county.en()))
                .collect(),
            Dimension::Area => self
                .observed(dimension)
                .iter()
                .map(|key| area(key))
                .collect(),
            Dimension::Pool => self
                .around
                .pools
                .iter()
                .map(|(key, name)| line(key, name.pick(Language::ZhTw), name.pick(Language::En)))
                .collect(),
            Dimension::Question(_) => match self.question(dimension) {
                Some(QuestionKind::Date) => {
                    let months = self.observed(dimension).into_iter();
                    months.map(|key| tally::month(&key)).collect()
                }
                Some(kind) => tally::lines(kind),
                None => Vec::new(),
            },
        };
        lines.retain(|line| line.key != NOT_SAID);
        let may_be_left_out = match dimension {
            Dimension::Day | Dimension::Pool => false,
            Dimension::County => self.asked.address == Some(false),
            Dimension::Area => true,
            Dimension::Question(id) => self
                .asked
                .question(id)
                .is_some_and(|question| !question.required),
        };
        let not_said = self.count(&dimension.code(), NOT_SAID, "") > 0;
        if (may_be_left_out || not_said) && !self.has_several(dimension) {
            lines.push(line(
                NOT_SAID,
                &text::message(Language::ZhTw, "stats-not-said", &[]),
                &text::message(Language::En, "stats-not-said", &[]),
            ));
        }
        lines
    }

    /// The days from the opening to the close, or their months.
    fn days(&self) -> Vec<Line> {
        let facts = &self.asked.facts;
        let mut lines: Vec<Line> = Vec::new();
        let mut at = facts.opens_at;
        while at < facts.closes_at.plus(DAY) {
            let moment = Timestamp(at.0.min(facts.closes_at.0 - 1));
            let key = day(self.asked, moment);
            if lines.last().is_none_or(|last| last.key != key) {
                lines.push(if key.len() > 7 {
                    let day = date::day_of(moment);
                    line(&key, &date::day_zh(day), &date::day_en(day))
                } else {
                    tally::month(&key)
                });
            }
            at = at.plus(DAY);
        }
        lines
    }

    pub(super) fn exact(&self, tables: &[Declared]) -> Exact {
        let counts = |(dimension, lines): &(Dimension, Vec<Line>)| {
            let code = dimension.code();
            lines
                .iter()
                .map(|line| self.count(&code, &line.key, ""))
                .collect::<Vec<u64>>()
        };
        let is_draw = self.of == Of::Entries && self.asked.facts.kind.asks_person();
        let part = |each: &(Dimension, Vec<Line>)| Part {
            counts: counts(each),
            is_wanted: tables
                .iter()
                .any(|table| table.columns.is_none() && table.rows == each.0),
            is_public: is_draw && matches!(each.0, Dimension::Day | Dimension::Pool),
        };
        let several = |each: &(Dimension, Vec<Line>)| Several {
            counts: counts(each),
            most: match self.question(&each.0) {
                Some(QuestionKind::SeveralChoices { max: Some(max), .. }) => *max as u64,
                _ => each.1.len() as u64,
            },
        };
        Exact {
            people: self.count(PEOPLE, "", ""),
            parts: self.parts.iter().map(part).collect(),
            crosses: tables
                .iter()
                .filter_map(|table| self.cross(table))
                .collect(),
            several: self.several.iter().map(several).collect(),
            within: self.within(),
        }
    }

    fn place(&self, dimension: &Dimension) -> Option<usize> {
        self.parts.iter().position(|(each, _)| each == dimension)
    }

    fn cross(&self, table: &Declared) -> Option<Cross> {
        let (rows, columns) = (
            self.place(&table.rows)?,
            self.place(table.columns.as_ref()?)?,
        );
        let row = |row: &Line| {
            let cells = self.parts[columns].1.iter();
            cells
                .map(|column| self.count(&table.id, &row.key, &column.key))
                .collect()
        };
        Some(Cross {
            rows,
            columns,
            counts: self.parts[rows].1.iter().map(row).collect(),
        })
    }

    /// Which county each area lies in; its key begins with it.
    fn within(&self) -> Option<(usize, usize, Vec<Option<usize>>)> {
        let (fine, coarse) = (
            self.place(&Dimension::Area)?,
            self.place(&Dimension::County)?,
        );
        let counties: BTreeMap<&str, usize> = self.parts[coarse]
            .1
            .iter()
            .enumerate()
            .map(|(at, county)| (county.key.as_str(), at))
            .collect();
        let lies_in = |area: &Line| {
            let (county, _) = area.key.split_once(' ')?;
            counties.get(county).copied()
        };
        let lies_in = self.parts[fine].1.iter().map(lies_in).collect();
        Some((fine, coarse, lies_in))
    }

    pub(super) fn table(&self, table: &Declared, cross: Option<usize>, shown: &Shown) -> Table {
        let mut made = Table {
            id: table.id.clone(),
            title: self.title(table),
            dimensions: table.dimensions().map(Dimension::code).collect(),
            of: self.of.code().to_owned(),
            people: shown.people,
            several: self.has_several(&table.rows),
            rows: Vec::new(),
            columns: Vec::new(),
            counts: Vec::new(),
        };
        if let Some(at) = self
            .several
            .iter()
            .position(|(each, _)| *each == table.rows)
        {
            if shown.several[at].iter().any(Option::is_some) {
                made.rows = self.several[at].1.iter().map(single).collect();
                made.counts = shown.several[at].iter().map(|count| vec![*count]).collect();
            }
            return made;
        }
        match (cross, &table.columns) {
            (Some(at), Some(columns)) => {
                if let (Some(grid), Some(columns)) = (&shown.crosses[at], self.place(columns)) {
                    self.grid(&mut made, &table.rows, columns, grid);
                }
            }
            _ => {
                let part = self.place(&table.rows);
                if let Some((part, Some(lines))) = part.map(|at| (at, &shown.parts[at])) {
                    self.single_lines(&mut made, part, lines);
                }
            }
        }
        made
    }

    fn single_lines(&self, made: &mut Table, part: usize, table: &Lines) {
        let (dimension, lines) = &self.parts[part];
        for (at, count) in &table.single {
            made.rows.push(single(&lines[*at]));
            made.counts.push(vec![Some(*count)]);
        }
        if !table.other.is_empty() {
            made.rows.push(self.other(dimension, lines, &table.other));
            made.counts.push(vec![table.other_count]);
        }
    }

    fn grid(&self, made: &mut Table, rows: &Dimension, columns: usize, grid: &Grid) {
        let Some(rows) = self.place(rows) else {
            return;
        };
        let label = |part: usize, group: &Vec<usize>| {
            let (dimension, lines) = &self.parts[part];
            match group.as_slice() {
                [one] => single(&lines[*one]),
                several => self.other(dimension, lines, several),
            }
        };
        made.rows = grid.rows.iter().map(|group| label(rows, group)).collect();
        made.columns = grid
            .columns
            .iter()
            .map(|group| label(columns, group))
            .collect();
        let counts = grid.counts.iter();
        made.counts = counts
            .map(|row| row.iter().copied().map(Some).collect())
            .collect();
    }

    /// Lines put together. Where the lines are those that occurred, they are not named: that
    /// somebody was there is said by the name alone.
    fn other(&self, dimension: &Dimension, lines: &[Line], group: &[usize]) -> Label {
        let occurred = *dimension == Dimension::Area
            || matches!(self.question(dimension), Some(QuestionKind::Date));
        let named = group.iter().map(|at| lines[*at].key.clone());
        Label {
            key: "other".to_owned(),
            words: Words::new(
                text::message(Language::ZhTw, "stats-other", &[]),
                text::message(Language::En, "stats-other", &[]),
            ),
            of: if occurred {
                Vec::new()
            } else {
                named.collect()
            },
        }
    }

    fn title(&self, table: &Declared) -> Words {
        let words = |language| {
            let names: Vec<String> = table
                .dimensions()
                .map(|each| name_of(language, self.asked, each))
                .collect();
            names.join(" × ")
        };
        Words::new(words(Language::ZhTw), words(Language::En))
    }
}

/// What a dimension is called.
pub(in crate::stats) fn name_of(
    language: Language,
    asked: &Asked,
    dimension: &Dimension,
) -> String {
    let id = match dimension {
        Dimension::Day => "stats-dimension-day",
        Dimension::County => "stats-dimension-county",
        Dimension::Area => "stats-dimension-area",
        Dimension::Pool => "stats-dimension-pool",
        Dimension::Question(id) => {
            return asked
                .question(id)
                .map_or_else(String::new, |question| match language {
                    Language::ZhTw => question.label_zh.clone(),
                    Language::En => question.shown_en().to_owned(),
                });
        }
    };
    text::message(language, id, &[])
}

fn single(line: &Line) -> Label {
    Label {
        key: line.key.clone(),
        words: Words::new(&line.label_zh, &line.label_en),
        of: Vec::new(),
    }
}

fn line(key: &str, zh: &str, en: &str) -> Line {
    Line {
        key: key.to_owned(),
        label_zh: zh.to_owned(),
        label_en: en.to_owned(),
    }
}

fn area(key: &str) -> Line {
    let english = COUNTIES.iter().find_map(|county| {
        let code = key.strip_prefix(county.zh())?;
        Some(format!("{}{code}", county.en()))
    });
    line(key, key, english.as_deref().unwrap_or(key))
}
