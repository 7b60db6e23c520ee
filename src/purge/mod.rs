//! The list of everything that is erased when an activity ends, read top to bottom.
//!
//! Invariant: the steps run in the order of [`Step`], each leaves its mark in the database before
//! the next begins, and each may run again after a crash. No certificate exists while a key copy
//! does, and a busy reader makes the purge wait, never lie.
//!
//! Not here: how a key is destroyed ([`crate::vault`]), how a database forgets
//! ([`crate::platform::db::compaction`]).

use crate::activity::{self, ActivityId, Facts};
use crate::admission;
use crate::audit::{self, Act, Actor};
use crate::custody;
use crate::discussion;
use crate::draw;
use crate::entry;
use crate::inspection;
use crate::journal;
use crate::notify;
use crate::platform::clock::Timestamp;
use crate::platform::db::compaction::Holdup;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::rights;
use crate::seats;
use crate::stats;
use crate::vault;

mod certificate;
mod close;
mod everywhere;
pub mod jobs;
pub mod pages;
pub mod planted;
mod purger;
mod replay;
mod rooms;
mod scan;
mod second;
mod step;
mod store;
pub mod tombstone;
pub mod wire;

pub use crate::platform::db::tidy::wanted as wanted_tidy;
pub use purger::{Copies, Purger};
pub use replay::{Replayed, replay};
pub use rooms::{Eraser, Fate, Growing, ROOMS, Room};
pub use step::Step;
pub use wire::Tombstone;

/// How far the erasing of one activity has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// The activity.
    pub activity: ActivityId,
    /// The step to be taken next.
    pub step: Step,
    /// When it began.
    pub started_at: Timestamp,
    /// When the last step was taken.
    pub updated_at: Timestamp,
    /// What the steps noted.
    pub report: wire::Report,
    /// The stable word of what holds it up; empty while it runs.
    pub trouble: String,
    /// The certificate's file, once it is signed.
    pub certificate: String,
    /// When the last copy of a key that may exist is over; nothing where that can never be said.
    pub second_at: Option<Timestamp>,
    /// The second certificate's file, once it is signed.
    pub second: String,
}

impl Purge {
    fn starting(activity: ActivityId, now: Timestamp) -> Purge {
        Purge {
            activity,
            step: Step::Close,
            started_at: now,
            updated_at: now,
            report: wire::Report::default(),
            trouble: String::new(),
            certificate: String::new(),
            second_at: None,
            second: String::new(),
        }
    }
}

/// Why a purge could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The activity's date has not come, or it is at a stage that is not purged.
    #[error("the activity may not be purged yet")]
    NotDue,
    /// There is no purge of this activity.
    #[error("no purge of this activity")]
    Unknown,
    /// A reader kept an old state of the database alive; tried again later.
    #[error("the database could not forget yet: {}", .0.code())]
    Busy(Holdup),
    /// The configured quiet hour has not come (`decisions` D24).
    #[error("compaction waits for the quiet hour")]
    NotQuiet,
    /// Something that should be gone was found; a person must look.
    #[error("the scan found {hits} traces")]
    Traces {
        /// How many.
        hits: u64,
    },
    /// The key is still there although it was destroyed; a person must look.
    #[error("a copy of the key is still there")]
    KeyRemains,
    /// A file could not be read by the scan.
    #[error("a file could not be scanned")]
    Unreadable(#[source] std::io::Error),
    /// What a step noted cannot be read.
    #[error("the notes of the purge cannot be read")]
    Damaged,
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// Counts.
    #[error(transparent)]
    Stats(#[from] stats::Error),
    /// Entries.
    #[error(transparent)]
    Entry(#[from] entry::Error),
    /// Places.
    #[error(transparent)]
    Seats(#[from] seats::Error),
    /// Requests of people.
    #[error(transparent)]
    Rights(#[from] rights::Error),
    /// Posts.
    #[error(transparent)]
    Discussion(#[from] discussion::Error),
    /// Who is let in.
    #[error(transparent)]
    Admission(#[from] admission::Error),
    /// What is kept or handed on.
    #[error(transparent)]
    Custody(#[from] custody::Error),
    /// Audits of entrants.
    #[error(transparent)]
    Inspection(#[from] inspection::Error),
    /// Notices.
    #[error(transparent)]
    Notify(#[from] notify::Error),
    /// Draws.
    #[error(transparent)]
    Draw(#[from] draw::Error),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] journal::Error),
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
            Error::NotDue => Kind::Conflict,
            Error::Unknown => Kind::NotFound,
            Error::Busy(_) | Error::NotQuiet => Kind::Unavailable,
            Error::Traces { .. } | Error::KeyRemains | Error::Unreadable(_) | Error::Damaged => {
                Kind::Broken
            }
            Error::Activity(error) => error.kind(),
            Error::Stats(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Seats(error) => error.kind(),
            Error::Rights(error) => error.kind(),
            Error::Discussion(error) => error.kind(),
            Error::Admission(error) => error.kind(),
            Error::Custody(error) => error.kind(),
            Error::Inspection(error) => error.kind(),
            Error::Notify(error) => error.kind(),
            Error::Draw(error) => error.kind(),
            Error::Journal(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::NotDue => "purge.not_due",
            Error::Unknown => "purge.unknown",
            Error::Busy(holdup) => busy_code(*holdup),
            Error::NotQuiet => "purge.not_quiet",
            Error::Traces { .. } => "purge.traces",
            Error::KeyRemains => "purge.key_remains",
            Error::Unreadable(_) => "purge.unreadable",
            Error::Damaged => "purge.damaged",
            Error::Activity(error) => error.code(),
            Error::Stats(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Seats(error) => error.code(),
            Error::Rights(error) => error.code(),
            Error::Discussion(error) => error.code(),
            Error::Admission(error) => error.code(),
            Error::Custody(error) => error.code(),
            Error::Inspection(error) => error.code(),
            Error::Notify(error) => error.code(),
            Error::Draw(error) => error.code(),
            Error::Journal(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

fn busy_code(holdup: Holdup) -> &'static str {
    match holdup {
        Holdup::Reader => "purge.busy_reader",
        Holdup::Prepared => "purge.busy_prepared",
        Holdup::Replication => "purge.busy_replication",
        Holdup::Deferred => "purge.busy_deferred",
        Holdup::Locked => "purge.busy_locked",
        Holdup::Statistics => "purge.busy_statistics",
    }
}

/// The purge of an activity, if it has begun.
pub fn find(tx: &mut Tx, id: &ActivityId) -> Result<Option<Purge>, Error> {
    store::find(tx, id)
}

/// Every purge so far, the latest first.
pub fn list(tx: &mut Tx) -> Result<Vec<Purge>, Error> {
    store::list(tx)
}

/// The moment from which personal data of an activity is due to go; `None` before publishing.
pub fn due_at(facts: &Facts) -> Option<Timestamp> {
    (facts.purges_at.0 > 0).then_some(facts.purges_at)
}

fn record(tx: &mut Tx, id: &ActivityId, act: &'static str) -> Result<(), audit::Error> {
    audit::record(
        tx,
        &Act {
            actor: &Actor::System,
            act,
            activity: id.as_str(),
            object: "",
            purpose: "",
            reason: "",
        },
    )
}
