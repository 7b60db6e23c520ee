//! Who is let in, where an activity is not for everybody: lists of library cards, invitation codes,
//! and addresses that were shown to be one's own.
//!
//! Invariant: no row here names an entry, and none of an entry a row here. What a row holds only the
//! vault can compute, or nobody; all of it goes with the activity.
//!
//! Not here: the word for who may enter (`activity::eligibility`), accounts of members (`member`),
//! what an entry is (`entry`).

use crate::activity::{self, ActivityId, Eligibility, Facts};
use crate::audit::{self, Act, Actor};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::templates::TemplateError;
use crate::vault;

pub mod address;
pub mod cards;
pub mod codes;
pub mod guard;
pub mod pages;
mod store;
pub mod wire;
mod words;

/// Where files of cards are sent; the id of the activity follows. The edge takes longer bodies there
/// than anywhere else.
pub const FILES: &str = "/staff/cards/";

/// Why a list could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The activity is not entered in this way, or is too far in its life for the change.
    #[error("the activity does not take this now")]
    Shut,
    /// The code is none of this activity, was used, or was taken back.
    #[error("no such code, or it was used")]
    NoCode,
    /// The activity.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The words of a letter.
    #[error(transparent)]
    Words(#[from] TemplateError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Shut | Error::NoCode => Kind::Conflict,
            Error::Words(_) => Kind::Broken,
            Error::Activity(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Shut => "admission.shut",
            Error::NoCode => "admission.no_code",
            Error::Words(_) => "admission.words",
            Error::Activity(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

fn record(
    tx: &mut Tx,
    by: &Actor,
    act: &'static str,
    activity: &ActivityId,
    object: &str,
) -> Result<(), Error> {
    let act = Act {
        actor: by,
        act,
        activity: activity.as_str(),
        object,
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}

/// Bytes by which rows would be found in a file, `most` at most: what the scan after a purge looks
/// for (`privacy` 1.8).
pub fn fingerprints(
    tx: &mut Tx,
    activity: &ActivityId,
    most: usize,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut found = store::cards::some(tx, activity, most)?;
    found.extend(store::codes::some(tx, activity, most)?);
    Ok(found)
}

/// Erases some rows of an activity, `at_most` at once; none is left where it erases none.
pub fn forget_some(tx: &mut Tx, activity: &ActivityId, at_most: i64) -> Result<usize, Error> {
    match store::cards::forget_some(tx, activity, at_most)? {
        0 => Ok(store::codes::forget(tx, activity)?),
        gone => Ok(gone),
    }
}

/// Erases every row of an activity; how many. May be repeated.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    Ok(store::cards::forget(tx, activity)? + store::codes::forget(tx, activity)?)
}

/// Erases, with the draft that is published, what was prepared for people whom it is not for in the
/// end; how many rows.
pub fn forget_unused(tx: &mut Tx, facts: &Facts) -> Result<usize, Error> {
    let mut gone = 0;
    if facts.eligibility != Eligibility::Cards {
        gone += store::cards::forget(tx, &facts.id)?;
    }
    if facts.eligibility != Eligibility::Codes {
        gone += store::codes::forget(tx, &facts.id)?;
    }
    if gone > 0 {
        db::tidy::wanted(tx)?;
    }
    Ok(gone)
}

/// How many rows are left.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::cards::count(tx, activity)? + store::codes::left(tx, activity)?)
}
