//! Making what is published: once, after the last moment at which anybody can withdraw.
//!
//! Invariant: what was made is never made again, so that two looks cannot be compared.

mod group;

pub use group::Of;
pub(super) use group::name_of;

use lucky_draw::encode::sha256;

use crate::activity::{Facts, LocalText, Stage};
use crate::identity::date;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::text::Language;
use crate::survey::{Answers, wire as survey_wire};
use crate::vault::{self, Vault};

use super::counting::{About, Counters, Person, counters, dimensions, split};
use super::declared::{self, Asked, Declared};
use super::rule::{self, Limits};
use super::wire::open_data::{Document, FORMAT, LICENCE, Table, Words};
use super::{Error, store};
use group::Group;

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
    // What belongs to nobody is opened only after its bytes were changed.
    if !vault::is_mixed(tx, &activity)? {
        return Err(Error::TooEarly);
    }
    let at = tally.asked.facts.closes_at;
    let mut read = vault::AnswersRead::default();
    loop {
        let mut sealed = vault::more_answers(tx, &activity, &mut read)?;
        if sealed.is_empty() {
            return Ok(());
        }
        sealed.retain(|row| !around.without.contains(&row.item));
        let opened = vault.open_answers(&activity, sealed)?;
        for row in opened.into_iter().filter_map(Result::ok) {
            if let Ok(answers) = survey_wire::answers_from_json(row.expose()) {
                tally.add(&About::default(), &answers, at);
            }
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
