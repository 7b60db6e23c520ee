//! Making what is published: once, after the last moment at which anybody can withdraw.
//!
//! Invariant: what was made is never made again, so that two looks cannot be compared.

use std::collections::BTreeMap;

use lucky_draw::encode::sha256;

use crate::activity::{Facts, Kind, LocalText, Stage};
use crate::identity::address::COUNTIES;
use crate::identity::date;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language};
use crate::survey::question::QuestionKind;
use crate::survey::tally::{self, Line};
use crate::survey::{Answers, wire as survey_wire};
use crate::vault::{self, Vault};

use super::counting::{
    About, Counter, Counters, NOT_SAID, PEOPLE, Person, counters, day, dimensions, split,
};
use super::declared::{self, Asked, Declared, Dimension};
use super::rule::{self, Cross, Exact, Grid, Limits, Lines, Part, Several, Shown};
use super::wire::open_data::{Document, FORMAT, LICENCE, Label, Table, Words};
use super::{Error, store};

/// What the operator set.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Threshold and base.
    pub limits: Limits,
    /// The library's name: whom to name as the source.
    pub library: LocalText,
}

impl Terms {
    /// The settings of a site.
    pub fn of(config: &Config) -> Terms {
        Terms {
            limits: Limits {
                threshold: config.stat_k,
                base: config.stat_base,
            },
            library: LocalText::new(&config.library_zh, &config.library_en),
        }
    }
}

/// What of an activity other domains know.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The draws of which people pick one, with their names.
    pub pools: Vec<(String, LocalText)>,
    /// Rows of answers whose entry does not count: a second one of the same person.
    pub without: Vec<String>,
}

/// A file that is ready to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    file: String,
    hash: String,
    tables: usize,
}

/// What was published, and whether it is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// How many tables.
    pub tables: usize,
    /// The hash of the file, in hexadecimal digits.
    pub hash: String,
    /// Whether it was published now; otherwise it was there.
    pub is_new: bool,
}

/// Makes the tables of an activity; none where they were published before. Only reads, because
/// opening answers takes its time.
///
/// # Errors
/// [`Error::TooEarly`] while somebody can still enter or withdraw.
pub fn prepare(
    tx: &mut Tx,
    vault: &Vault,
    facts: &Facts,
    terms: &Terms,
    around: &Around,
) -> Result<Option<Prepared>, Error> {
    if store::published(tx, &facts.id)?.is_some() {
        return Ok(None);
    }
    let still_changes = match facts.stage {
        Stage::Draft | Stage::Open => true,
        Stage::Closed => tx.now() < facts.freezes_at,
        _ => false,
    };
    if still_changes {
        return Err(Error::TooEarly);
    }
    let asked = declared::asked(tx, facts)?;
    let tables = declared::all(tx, &asked)?;
    let (at_entry, at_the_end) = split(tables.clone());
    let mut made = Vec::new();
    if !at_entry.is_empty() {
        let mut tally = Tally::new(Of::Entries, asked.clone(), at_entry);
        tally.counters = store::counters(tx, &facts.id)?;
        made.extend(tally.tables(terms.limits, around));
    }
    if !at_the_end.is_empty() {
        let mut tally = Tally::new(Of::Answers, asked, at_the_end);
        answers(tx, vault, &mut tally, around)?;
        made.extend(tally.tables(terms.limits, around));
    }
    made.sort_by_key(|table| tables.iter().position(|declared| declared.id == table.id));
    let document = document(facts, terms, tx.now(), made);
    let file = document.to_json();
    Ok(Some(Prepared {
        hash: sha256(file.as_bytes()).to_string(),
        tables: document.tables.len(),
        file,
    }))
}

/// Publishes what was prepared, unless something was published before; the counters go.
pub fn publish(tx: &mut Tx, facts: &Facts, prepared: Option<&Prepared>) -> Result<Made, Error> {
    if let Some((file, hash)) = store::published(tx, &facts.id)? {
        let document = Document::of_json(&file).ok_or(Error::Unreadable)?;
        return Ok(Made {
            tables: document.tables.len(),
            hash,
            is_new: false,
        });
    }
    let prepared = prepared.ok_or(Error::TooEarly)?;
    store::publish(tx, &facts.id, &prepared.file, &prepared.hash)?;
    store::delete_counters(tx, &facts.id)?;
    Ok(Made {
        tables: prepared.tables,
        hash: prepared.hash.clone(),
        is_new: true,
    })
}

fn document(facts: &Facts, terms: &Terms, now: Timestamp, tables: Vec<Table>) -> Document {
    Document {
        format: FORMAT.to_owned(),
        source: Words::new(&terms.library.zh, &terms.library.en),
        licence: LICENCE.to_owned(),
        activity: Words::new(
            facts.title.pick(Language::ZhTw),
            facts.title.pick(Language::En),
        ),
        slug: facts.slug.clone(),
        made_at: date::rfc3339(now),
        threshold: terms.limits.threshold,
        base: terms.limits.base,
        tables,
    }
}

/// Counts the readable answers; a box that does not open is left out rather than stopping the
/// count.
fn answers(tx: &mut Tx, vault: &Vault, tally: &mut Tally, around: &Around) -> Result<(), Error> {
    let activity = tally.asked.facts.id.0.clone();
    let mut sealed = vault::sealed_answers(tx, &activity)?;
    sealed.retain(|row| !around.without.contains(&row.item));
    let opened = vault.open_answers(&activity, sealed)?;
    let at = tally.asked.facts.closes_at;
    for row in opened.into_iter().filter_map(Result::ok) {
        if let Ok(answers) = survey_wire::answers_from_json(row.expose()) {
            tally.add(&About::default(), &answers, at);
        }
    }
    Ok(())
}

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

/// One group of people and the tables about them.
pub struct Tally {
    of: Of,
    asked: Asked,
    tables: Vec<Declared>,
    counters: Counters,
}

impl Tally {
    /// Nobody yet.
    pub fn new(of: Of, asked: Asked, tables: Vec<Declared>) -> Tally {
        Tally {
            of,
            asked,
            tables,
            counters: Counters::new(),
        }
    }

    /// Counts one person.
    pub fn add(&mut self, about: &About, answers: &Answers, at: Timestamp) {
        let person = Person { about, answers, at };
        for counter in counters(&self.asked, &self.tables, &person) {
            *self.counters.entry(counter).or_default() += 1;
        }
    }

    /// What may be published of them.
    pub fn tables(&self, limits: Limits, around: &Around) -> Vec<Table> {
        let mut group = Group {
            of: self.of,
            asked: &self.asked,
            counters: &self.counters,
            around,
            parts: Vec::new(),
            several: Vec::new(),
        };
        for dimension in dimensions(&self.tables) {
            let lines = group.lines(&dimension);
            if group.has_several(&dimension) {
                group.several.push((dimension, lines));
            } else {
                group.parts.push((dimension, lines));
            }
        }
        let exact = group.exact(&self.tables);
        let shown = rule::publish(&exact, limits);
        let is_crossed = |each: &&Declared| each.columns.is_some();
        let crossed: Vec<&Declared> = self.tables.iter().filter(is_crossed).collect();
        let cross = |table: &Declared| crossed.iter().position(|each| each.id == table.id);
        let tables = self.tables.iter();
        tables
            .map(|table| group.table(table, cross(table), &shown))
            .collect()
    }
}

/// One group of people: its exact counts, and what may be published of them.
struct Group<'a> {
    of: Of,
    asked: &'a Asked,
    counters: &'a Counters,
    around: &'a Around,
    /// The dimensions that part people, with their lines.
    parts: Vec<(Dimension, Vec<Line>)>,
    /// The questions with several answers.
    several: Vec<(Dimension, Vec<Line>)>,
}

impl Group<'_> {
    fn has_several(&self, dimension: &Dimension) -> bool {
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
    fn lines(&self, dimension: &Dimension) -> Vec<Line> {
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

    fn exact(&self, tables: &[Declared]) -> Exact {
        let counts = |(dimension, lines): &(Dimension, Vec<Line>)| {
            let code = dimension.code();
            lines
                .iter()
                .map(|line| self.count(&code, &line.key, ""))
                .collect::<Vec<u64>>()
        };
        let is_draw = self.of == Of::Entries && self.asked.facts.kind == Kind::Draw;
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

    fn table(&self, table: &Declared, cross: Option<usize>, shown: &Shown) -> Table {
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
pub(super) fn name_of(language: Language, asked: &Asked, dimension: &Dimension) -> String {
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
