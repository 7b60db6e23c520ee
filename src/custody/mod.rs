//! What is kept or handed on beyond the draw, and on whose word: holds, disclosures, providers,
//! the tax vault, incidents.
//!
//! Invariant: nothing here happens on one person's word, and nothing outlives its own last day.
//!
//! Not here: the purge itself (`purge`), which calls this room before it destroys a key.

use crate::activity::ActivityId;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};

pub mod pages;

/// Why something could not be kept, handed on or told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Db(error) => error.code(),
        }
    }
}

/// Erases what this room holds about an activity; how many rows went. May be repeated.
pub fn forget(_tx: &mut Tx, _activity: &ActivityId) -> Result<usize, Error> {
    Ok(0)
}

/// How many rows about people of the activity are still here.
pub fn left(_tx: &mut Tx, _activity: &ActivityId) -> Result<u64, Error> {
    Ok(0)
}
