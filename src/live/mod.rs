//! A draw shown live: the operator's desk, the projector, the rehearsal, and the minutes to sign.
//!
//! Invariant: nothing here decides anything. The result is the beacon's; this room only shows it,
//! in order. A winner's name is opened through the vault for the purpose `live-reveal`, kept masked
//! and in memory alone, and a rehearsal writes no row and no note.
//!
//! Not here: how far a showing has come ([`crate::draw::reveal`]), the public page of a draw
//! ([`crate::draw`]).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::draw::{self, DrandRound, DrawId, Plan, PlanSource};
use crate::entry;
use crate::platform::db;
use crate::platform::fault::{Fault, Kind};
use crate::platform::memory::Remembers;
use crate::vault;

mod names;
pub mod pages;
mod preflight;
mod rehearsal;
mod wire;

use names::NamesOf;
use preflight::Asked;
use rehearsal::Rehearsal;

/// What is kept between requests, in this process only: it is gone with it.
#[derive(Default)]
pub struct Hall {
    names: Mutex<HashMap<DrawId, NamesOf>>,
    rehearsals: Mutex<HashMap<DrawId, Rehearsal>>,
    /// What relays said, by the chain that they were asked about.
    asked: Mutex<HashMap<&'static str, Asked>>,
}

impl Hall {
    fn names(&self) -> MutexGuard<'_, HashMap<DrawId, NamesOf>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops the names of an activity whose data goes.
    fn drop_names(&self, activity: &str) {
        self.names().retain(|_, names| !names.is_of(activity));
    }

    fn rehearsals(&self) -> MutexGuard<'_, HashMap<DrawId, Rehearsal>> {
        self.rehearsals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, HashMap<&'static str, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remembers for Hall {
    fn forget(&self, activity: &str) {
        self.drop_names(activity);
    }
}

/// The round that the hall waits for: the one that is missing, or else the first.
fn awaited(plan: &Plan) -> Option<DrandRound> {
    let missing = plan.missing().find_map(PlanSource::drand);
    missing.or_else(|| plan.drand())
}

/// Why a draw could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The draw is not published, or has no result yet where one is needed.
    #[error("there is nothing to show")]
    NothingToShow,
    /// Draws.
    #[error(transparent)]
    Draw(#[from] draw::Error),
    /// Entries.
    #[error(transparent)]
    Entry(#[from] entry::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::NothingToShow => Kind::NotFound,
            Error::Draw(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::NothingToShow => "live.nothing_to_show",
            Error::Draw(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}
