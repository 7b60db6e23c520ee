//! Counting while people enter: counters in the transaction of the entry, never a row of a person.
//!
//! Invariant: a counter is read by nobody before it is published, once. A person is counted once:
//! a second entry of the same person does the same work and adds nothing (`decisions` D5). Whoever
//! can read the database twice within one entry sees which counters grew: only what was declared
//! is counted, so only that can be seen, and answers that belong to nobody are not counted here at
//! all (`decisions` D7).

use std::collections::BTreeMap;

use crate::activity::{ActivityId, Facts};
use crate::identity::date;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::survey::{Answers, tally, wire as survey_wire};

use super::declared::{self, Asked, Declared, Dimension};
use super::{Error, store};

/// The line of those who did not say.
pub(super) const NOT_SAID: &str = "-";
/// The counter of all people.
pub(super) const PEOPLE: &str = "people";

/// What of a person is counted, besides the answers; coarse words of closed lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The county or city, in Chinese.
    pub county: Option<String>,
    /// The first three digits of the postal code.
    pub area: Option<String>,
    /// The draw that was picked.
    pub pool: Option<String>,
}

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counter {
    /// The dimension's code or the cross's id.
    pub(super) table: String,
    /// The line.
    pub(super) a: String,
    /// The column, in a cross.
    pub(super) b: String,
}

/// Counters with their values.
pub(super) type Counters = BTreeMap<Counter, u64>;

/// What an activity counts as people enter.
#[derive(Clone, Debug)]
pub struct Counting {
    asked: Option<Asked>,
    tables: Vec<Declared>,
}

/// Reads what an activity counts as people enter.
pub fn counting(tx: &mut Tx, facts: &Facts) -> Result<Counting, Error> {
    if !store::has_tables(tx, &facts.id)? {
        // Most activities declare nothing: their answers are counted at the end.
        return Ok(Counting {
            asked: None,
            tables: Vec::new(),
        });
    }
    let asked = declared::asked(tx, facts)?;
    let tables = declared::all(tx, &asked)?;
    let (at_entry, _) = split(tables);
    Ok(Counting {
        asked: Some(asked),
        tables: at_entry,
    })
}

/// Tables that are counted as people enter, and those made of the answers at the end. Where one
/// table crosses an answer with something of a person, all answers are counted at entry, so that
/// there is one group of people and not two that nearly agree.
pub(super) fn split(tables: Vec<Declared>) -> (Vec<Declared>, Vec<Declared>) {
    let mixes = tables.iter().any(Declared::is_mixed);
    tables
        .into_iter()
        .partition(|table| mixes || table.dimensions().any(|each| !each.is_question()))
}

impl Counting {
    /// The counters of one person. `answers` are as they are sealed, `at` is when the person
    /// entered; both are the same again when the person is taken out.
    pub fn counters(
        &self,
        about: &About,
        answers: Option<&str>,
        at: Timestamp,
    ) -> Result<Vec<Counter>, Error> {
        let Some(asked) = &self.asked else {
            return Ok(Vec::new());
        };
        let answers = match answers {
            Some(json) if asked.facts.answers_linked => survey_wire::answers_from_json(json)?,
            _ => Answers::default(),
        };
        Ok(counters(
            asked,
            &self.tables,
            &Person {
                about,
                answers: &answers,
                at,
            },
        ))
    }
}

/// One person, as far as counting goes.
pub(super) struct Person<'a> {
    pub(super) about: &'a About,
    pub(super) answers: &'a Answers,
    pub(super) at: Timestamp,
}

/// The counters of one person in these tables: each dimension, each cross, and the person.
pub(super) fn counters(asked: &Asked, tables: &[Declared], person: &Person<'_>) -> Vec<Counter> {
    if tables.is_empty() {
        return Vec::new();
    }
    let mut found = vec![Counter {
        table: PEOPLE.to_owned(),
        a: String::new(),
        b: String::new(),
    }];
    for dimension in dimensions(tables) {
        found.extend(
            keys(asked, &dimension, person)
                .into_iter()
                .map(|a| Counter {
                    table: dimension.code(),
                    a,
                    b: String::new(),
                }),
        );
    }
    for table in tables {
        let Some(columns) = &table.columns else {
            continue;
        };
        let one = |dimension| keys(asked, dimension, person).into_iter().next();
        if let (Some(a), Some(b)) = (one(&table.rows), one(columns)) {
            found.push(Counter {
                table: table.id.clone(),
                a,
                b,
            });
        }
    }
    found
}

/// Every dimension of some tables, once.
pub(super) fn dimensions(tables: &[Declared]) -> Vec<Dimension> {
    let mut all: Vec<Dimension> = tables
        .iter()
        .flat_map(Declared::dimensions)
        .cloned()
        .collect();
    all.sort();
    all.dedup();
    all
}

/// The lines in which a person is: one, or several where several answers can be chosen.
fn keys(asked: &Asked, dimension: &Dimension, person: &Person<'_>) -> Vec<String> {
    let said = |word: &Option<String>| vec![word.clone().unwrap_or_else(|| NOT_SAID.to_owned())];
    match dimension {
        Dimension::Day => vec![day(asked, person.at)],
        Dimension::County => said(&person.about.county),
        Dimension::Area => {
            let area = person.about.area.as_ref();
            let county = person.about.county.as_ref();
            said(
                &area
                    .zip(county)
                    .map(|(area, county)| format!("{county} {area}")),
            )
        }
        Dimension::Pool => said(&person.about.pool),
        Dimension::Question(id) => {
            let kind = asked.question(id).map(|question| &question.kind);
            let answer = person.answers.find(id);
            match kind
                .zip(answer)
                .map(|(kind, answer)| tally::keys(kind, answer))
            {
                Some(keys) if !keys.is_empty() => keys,
                _ => vec![NOT_SAID.to_owned()],
            }
        }
    }
}

/// The day, or the month where an activity runs for longer than two.
pub(super) fn day(asked: &Asked, at: Timestamp) -> String {
    let day = date::day_of(at).to_string();
    let facts = &asked.facts;
    let span = facts.closes_at.0 - facts.opens_at.0;
    if span > 62 * crate::platform::clock::DAY {
        day.get(..7).unwrap_or(&day).to_owned()
    } else {
        day
    }
}

/// Counts people in, by counter; what is counted by nothing is touched as well, so that a second
/// entry of a person looks like the first (`decisions` D5).
pub fn count(
    tx: &mut Tx,
    activity: &ActivityId,
    more: &BTreeMap<&Counter, i64>,
) -> Result<(), Error> {
    for (counter, by) in more {
        store::add(tx, activity, counter, *by)?;
    }
    Ok(())
}

/// Takes a person out who was counted: withdrawn, erased, or counted anew with other words.
pub fn uncount(tx: &mut Tx, activity: &ActivityId, counters: &[Counter]) -> Result<(), Error> {
    for counter in counters {
        store::add(tx, activity, counter, -1)?;
    }
    Ok(())
}
