//! What is kept or handed on beyond the draw, and on whose word: holds, disclosures, providers,
//! the tax vault, incidents.
//!
//! Invariant: nothing here happens on one person's word, and nothing outlives its own last day.
//!
//! Not here: the purge itself (`purge`), which calls this room before it destroys a key.

use crate::activity::ActivityId;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Db, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::vault::Vault;

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

/// How many rows about people of an activity outlive its purge: what its certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// Those kept by holds, one by one.
    pub held: Vec<HeldRows>,
    /// Rows of payees in the tax vault.
    pub taxed: u64,
}

/// The rows of one hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRows {
    /// How many.
    pub rows: u64,
    /// On which basis.
    pub basis: &'static str,
    /// Until when.
    pub until: Timestamp,
}

/// What of an activity is kept beyond its purge.
pub fn moved(_tx: &mut Tx, _activity: &ActivityId) -> Result<Moved, Error> {
    Ok(Moved::default())
}

/// Seals the named contacts of an activity anew, each under the key of its hold, before the key of
/// the activity is destroyed. Tells how many are held now. May be repeated.
pub fn rehouse(_db: &Db, _vault: &Vault, _activity: &ActivityId) -> Result<u64, Error> {
    Ok(0)
}

/// Erases what this room holds about an activity; how many rows went. May be repeated.
pub fn forget(_tx: &mut Tx, _activity: &ActivityId) -> Result<usize, Error> {
    Ok(0)
}

/// How many rows about people of the activity are still here.
pub fn left(_tx: &mut Tx, _activity: &ActivityId) -> Result<u64, Error> {
    Ok(0)
}
