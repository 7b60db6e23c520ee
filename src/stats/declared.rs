//! Which tables an activity declares before anybody enters.
//!
//! Invariant: at most two dimensions a table; declared tables have no circle, so that any counts
//! which add up table by table could be those of one group of people, and what
//! [`super::bounds`] computes is what somebody could conclude. Answers that belong to nobody are
//! never crossed with anything that belongs to a person (`decisions` D7). Nothing changes after
//! publishing.

use crate::activity::draft;
use crate::activity::{self, ActivityId, Arrangement, Facts, Field};
use crate::audit::StaffId;
use crate::platform::db::Tx;
use crate::platform::ids;
use crate::survey::question::Question;
use crate::survey::{self, QuestionId, tally};

use super::{Error, store};

/// How many tables an activity can declare besides one for each question.
pub const MOST: usize = 12;

/// What people are counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// The day of entry, in Taipei.
    Day,
    /// The county or city of the address.
    County,
    /// The first three digits of the postal code with the county: about a district. The district
    /// itself is free text, and free text is not kept in clear.
    Area,
    /// The draw that was picked.
    Pool,
    /// The answer to a question.
    Question(QuestionId),
}

impl Dimension {
    /// The word in the database, in forms and in the published file.
    pub fn code(&self) -> String {
        match self {
            Dimension::Day => "day".to_owned(),
            Dimension::County => "county".to_owned(),
            Dimension::Area => "area".to_owned(),
            Dimension::Pool => "pool".to_owned(),
            Dimension::Question(id) => format!("q_{id}"),
        }
    }

    /// Reads [`Dimension::code`].
    pub fn parse(code: &str) -> Option<Dimension> {
        Some(match code {
            "day" => Dimension::Day,
            "county" => Dimension::County,
            "area" => Dimension::Area,
            "pool" => Dimension::Pool,
            other => Dimension::Question(QuestionId::from(other.strip_prefix("q_")?)),
        })
    }

    /// Whether it is an answer.
    pub fn is_question(&self) -> bool {
        matches!(self, Dimension::Question(_))
    }
}

/// A table that will be published, if enough people allow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Names it in the database and in the published file.
    pub id: String,
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are, in a table of two dimensions.
    pub columns: Option<Dimension>,
}

impl Declared {
    /// Its dimensions.
    pub fn dimensions(&self) -> impl Iterator<Item = &Dimension> {
        [Some(&self.rows), self.columns.as_ref()]
            .into_iter()
            .flatten()
    }

    /// Whether it crosses an answer with something else that a person said.
    pub fn is_mixed(&self) -> bool {
        let questions = self.dimensions().filter(|each| each.is_question()).count();
        questions == 1 && self.columns.is_some()
    }
}

/// Why a table cannot be declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The activity does not ask it, or it cannot be counted.
    NotAsked,
    /// Both dimensions are the same.
    Same,
    /// There is such a table.
    Twice,
    /// There are enough tables.
    TooMany,
    /// The question cannot be crossed: several answers, or days.
    NotCrossed,
    /// Answers that belong to nobody would be crossed with something of a person.
    Unlinked,
    /// Together with the other tables it would say more than two dimensions.
    Circle,
}

impl Flaw {
    /// The message that says so.
    pub fn message_id(self) -> &'static str {
        match self {
            Flaw::NotAsked => "stats-flaw-not-asked",
            Flaw::Same => "stats-flaw-same",
            Flaw::Twice => "stats-flaw-twice",
            Flaw::TooMany => "stats-flaw-too-many",
            Flaw::NotCrossed => "stats-flaw-not-crossed",
            Flaw::Unlinked => "stats-flaw-unlinked",
            Flaw::Circle => "stats-flaw-circle",
        }
    }
}

/// What of an activity decides which tables it can have.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The activity.
    pub facts: Facts,
    /// Its questions, in order.
    pub questions: Vec<Question>,
    /// Whether the address is asked, and required.
    pub address: Option<bool>,
}

/// Reads what an activity asks.
pub fn asked(tx: &mut Tx, facts: &Facts) -> Result<Asked, Error> {
    let fields = activity::asked_fields(tx, &facts.id)?;
    let address = fields.iter().find(|each| each.field == Field::Address);
    Ok(Asked {
        address: address.map(|each| each.required),
        questions: survey::questionnaire(tx, &facts.id)?.questions().to_vec(),
        facts: facts.clone(),
    })
}

impl Asked {
    /// The question behind a dimension.
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == *id)
    }

    /// What people of this activity can be counted by.
    pub fn dimensions(&self) -> Vec<Dimension> {
        let mut all = vec![Dimension::Day];
        if self.address.is_some() {
            all.extend([Dimension::County, Dimension::Area]);
        }
        if self.facts.arrangement == Arrangement::Pools {
            all.push(Dimension::Pool);
        }
        let counted = self
            .questions
            .iter()
            .filter(|each| tally::is_counted(&each.kind));
        all.extend(counted.map(|each| Dimension::Question(each.id.clone())));
        all
    }

    fn is_crossed(&self, dimension: &Dimension) -> bool {
        match dimension {
            Dimension::Question(id) => self
                .question(id)
                .is_some_and(|question| tally::is_crossed(&question.kind)),
            _ => true,
        }
    }

    /// Why a table cannot stand beside others.
    pub fn flaw(&self, table: &Declared, others: &[Declared]) -> Option<Flaw> {
        let known = self.dimensions();
        if !table.dimensions().all(|each| known.contains(each)) {
            return Some(Flaw::NotAsked);
        }
        if table.columns.as_ref() == Some(&table.rows) {
            return Some(Flaw::Same);
        }
        let mut own: Vec<&Dimension> = table.dimensions().collect();
        own.sort();
        let same = |other: &&Declared| {
            let mut theirs: Vec<&Dimension> = other.dimensions().collect();
            theirs.sort();
            theirs == own
        };
        if others.iter().any(|other| same(&other)) {
            return Some(Flaw::Twice);
        }
        if others.len() >= MOST {
            return Some(Flaw::TooMany);
        }
        if table.columns.is_some() && !table.dimensions().all(|each| self.is_crossed(each)) {
            return Some(Flaw::NotCrossed);
        }
        if table.is_mixed() && !self.facts.answers_linked {
            return Some(Flaw::Unlinked);
        }
        let mut all: Vec<&Declared> = others.iter().collect();
        all.push(table);
        has_circle(&all).then_some(Flaw::Circle)
    }
}

/// Whether the crossed dimensions, with the county in which an area lies, go round.
fn has_circle(tables: &[&Declared]) -> bool {
    let mut edges: Vec<(Dimension, Dimension)> = tables
        .iter()
        .filter_map(|table| Some((table.rows.clone(), table.columns.clone()?)))
        .collect();
    let uses = |dimension: &Dimension| {
        tables
            .iter()
            .any(|table| table.dimensions().any(|d| d == dimension))
    };
    if uses(&Dimension::Area) && uses(&Dimension::County) {
        edges.push((Dimension::Area, Dimension::County));
    }
    let mut groups: Vec<Vec<Dimension>> = Vec::new();
    for (one, other) in edges {
        let place = |groups: &[Vec<Dimension>], each: &Dimension| {
            groups.iter().position(|group| group.contains(each))
        };
        match (place(&groups, &one), place(&groups, &other)) {
            (Some(a), Some(b)) if a == b => return true,
            (Some(a), Some(b)) => {
                let moved = groups.remove(a.max(b));
                groups[a.min(b)].extend(moved);
            }
            (Some(a), None) => groups[a].push(other),
            (None, Some(b)) => groups[b].push(one),
            (None, None) => groups.push(vec![one, other]),
        }
    }
    false
}

/// Declares a table of a draft; a flaw is told and nothing saved.
pub fn declare(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    rows: Dimension,
    columns: Option<Dimension>,
) -> Result<Result<(), Flaw>, Error> {
    let facts = activity::by_id(tx, activity)?;
    let asked = asked(tx, &facts)?;
    let others = store::tables(tx, activity)?;
    let table = Declared {
        id: ids::code(8),
        rows,
        columns,
    };
    if let Some(flaw) = asked.flaw(&table, &others) {
        return Ok(Err(flaw));
    }
    draft::touched(tx, by, activity, "activity.statistics_edited")?;
    store::insert_table(tx, activity, others.len(), &table)?;
    Ok(Ok(()))
}

/// Takes a table out of a draft.
pub fn remove(tx: &mut Tx, by: &StaffId, activity: &ActivityId, id: &str) -> Result<(), Error> {
    draft::touched(tx, by, activity, "activity.statistics_edited")?;
    Ok(store::delete_table(tx, activity, id)?)
}

/// The tables that were declared and still fit what the activity asks, in order.
pub fn declared(tx: &mut Tx, asked: &Asked) -> Result<Vec<Declared>, Error> {
    let mut fitting: Vec<Declared> = Vec::new();
    for table in store::tables(tx, &asked.facts.id)? {
        if asked.flaw(&table, &fitting).is_none() {
            fitting.push(table);
        }
    }
    Ok(fitting)
}

/// Every table that will be made: those declared, and one for each question that can be counted.
pub fn all(tx: &mut Tx, asked: &Asked) -> Result<Vec<Declared>, Error> {
    let mut tables = declared(tx, asked)?;
    for question in &asked.questions {
        let rows = Dimension::Question(question.id.clone());
        let is_there = tables
            .iter()
            .any(|table| table.rows == rows && table.columns.is_none());
        if tally::is_counted(&question.kind) && !is_there {
            tables.push(Declared {
                id: question.id.to_string(),
                rows,
                columns: None,
            });
        }
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cross(rows: Dimension, columns: Dimension) -> Declared {
        Declared {
            id: String::new(),
            rows,
            columns: Some(columns),
        }
    }

    #[test]
    fn a_dimension_is_read_back() {
        let question = Dimension::Question("x7".into());
        for each in [
            Dimension::Day,
            Dimension::County,
            Dimension::Area,
            Dimension::Pool,
            question,
        ] {
            assert_eq!(Dimension::parse(&each.code()), Some(each));
        }
        assert_eq!(Dimension::parse("name"), None);
    }

    #[test]
    fn three_crosses_of_three_dimensions_go_round() {
        let (day, pool) = (Dimension::Day, Dimension::Pool);
        let one = cross(day.clone(), pool.clone());
        let two = cross(pool, Dimension::County);
        let three = cross(Dimension::County, day);
        assert!(!has_circle(&[&one, &two]));
        assert!(has_circle(&[&one, &two, &three]));
        // An area lies in its county, which is as good as a table of both.
        let area = cross(Dimension::Area, Dimension::Day);
        let county = cross(Dimension::County, Dimension::Day);
        assert!(has_circle(&[&area, &county]));
        assert!(!has_circle(&[&area]));
    }
}
