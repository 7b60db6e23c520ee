//! Requests of people about their own data, with the clocks of the law (PDPA Art. 13).
//!
//! Invariant: what a person wrote is sealed to a key of its quarter; a request has one day by which
//! it is answered, and every change of it is on record.
//!
//! Not here: what a person does alone with a receipt (`entry`).

use crate::activity::ActivityId;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};

pub mod pages;

/// Why a request could not be taken or answered.
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
