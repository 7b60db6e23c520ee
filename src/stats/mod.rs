//! Counts that survive a purge; never a person (`privacy` 4).
//!
//! Invariant: what is published was declared before anybody entered, is published once, after the
//! last moment at which somebody can withdraw, and passed [`bounds`]: nobody who puts everything
//! published together finds a count below the threshold.
//!
//! Not here: the lines of questions ([`crate::survey::tally`]); when a draw is ready
//! ([`crate::draw`], which calls [`prepare`] and [`publish`]).

use crate::activity::{self, ActivityId, Facts, LocalText};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::text::{self, Language};
use crate::survey::{self, wire as survey_wire};
use crate::vault;

mod bounds;
mod counting;
pub mod declared;
mod making;
pub mod pages;
pub mod rule;
mod store;
pub mod views;
pub mod wire;

pub use counting::{About, Counter, Counting, count, counting, uncount};
pub use making::{Around, Made, Of, Prepared, Tally, Terms, prepare, publish};

use wire::open_data::Document;

/// Why counts could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Counts are published after the close, not while answers come in.
    #[error("counts are made after the close")]
    TooEarly,
    /// More would be taken out of a counter than was counted in.
    #[error("a counter would fall below nothing")]
    BelowNothing,
    /// The same row was stored meanwhile.
    #[error("the same row was stored meanwhile")]
    Twice,
    /// What was published cannot be read.
    #[error("the published file cannot be read")]
    Unreadable,
    /// Questions.
    #[error(transparent)]
    Survey(#[from] survey::Error),
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// An answer cannot be read.
    #[error(transparent)]
    Wire(#[from] survey_wire::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Twice => Kind::Conflict,
            Error::TooEarly => Kind::Conflict,
            Error::Survey(error) => error.kind(),
            Error::Activity(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::BelowNothing | Error::Unreadable | Error::Wire(_) => Kind::Broken,
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Twice => "stats.twice",
            Error::TooEarly => "stats.too_early",
            Error::Survey(error) => error.code(),
            Error::Activity(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::BelowNothing => "stats.below_nothing",
            Error::Unreadable | Error::Wire(_) => "stats.unreadable",
            Error::Db(error) => error.code(),
        }
    }
}

/// What was published, with the bytes and the hash of its file.
#[derive(Debug, Clone)]
pub struct Published {
    /// The file, read.
    pub document: Document,
    /// Its bytes.
    pub file: String,
    /// Their hash, in hexadecimal digits.
    pub hash: String,
}

/// What was published of an activity, if it was.
pub fn published(tx: &mut Tx, facts: &Facts) -> Result<Option<Published>, Error> {
    let Some((file, hash)) = store::published(tx, &facts.id)? else {
        return Ok(None);
    };
    let document = Document::of_json(&file).ok_or(Error::Unreadable)?;
    Ok(Some(Published {
        document,
        file,
        hash,
    }))
}

/// The notice with one more item: what will be counted and published. Nothing is added where
/// nothing is counted.
pub fn in_notice(tx: &mut Tx, facts: &Facts, notice: LocalText) -> Result<LocalText, Error> {
    let asked = declared::asked(tx, facts)?;
    let tables = declared::all(tx, &asked)?;
    if tables.is_empty() {
        return Ok(notice);
    }
    let with = |language: Language, notice: &str| {
        let title = |table: &declared::Declared| wire::title(language, &asked, table);
        let titles: Vec<String> = tables.iter().map(title).collect();
        let titles = titles.join(match language {
            Language::ZhTw => "、",
            Language::En => "; ",
        });
        let label = text::message(language, "stats-notice", &[]);
        let words = text::message(language, "stats-in-notice", &[("tables", titles.into())]);
        format!("{notice}\n{label}\t{words}")
    };
    Ok(LocalText::new(
        with(Language::ZhTw, &notice.zh),
        with(Language::En, &notice.en),
    ))
}

/// Removes the counters of an activity; what was published stays.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    Ok(store::delete_counters(tx, activity)?)
}

/// How many counters of an activity are left.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::counters_left(tx, activity)?)
}

/// Removes what a draft declared, when the draft is thrown away.
pub fn forget_draft(tx: &mut Tx, activity: &ActivityId) -> Result<(), Error> {
    Ok(store::delete_tables(tx, activity)?)
}
