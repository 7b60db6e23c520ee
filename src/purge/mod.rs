//! The list of everything that is erased when an activity ends, read top to bottom.
//!
//! Invariant: the steps run in the order of [`Step`], each leaves its mark in the database before
//! the next begins, and each may run again after a crash. No certificate exists while a key copy
//! does, and a busy reader makes the purge wait, never lie.
//!
//! Not here: how a key is destroyed ([`crate::vault`]), how a database forgets
//! ([`crate::platform::db::compaction`]).

use std::path::PathBuf;
use std::time::Duration;

use crate::activity::{self, ActivityId, Facts, Stage, lifecycle};
use crate::audit::{self, Act, Actor};
use crate::custody;
use crate::draw;
use crate::entry;
use crate::inspection;
use crate::journal;
use crate::notify;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::compaction::{Compaction, Holdup};
use crate::platform::db::{self, Db, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::rights;
use crate::stats;
use crate::vault::{self, Vault};

mod certificate;
pub mod jobs;
pub mod pages;
mod rooms;
mod scan;
mod store;
pub mod wire;

pub use rooms::{Eraser, Fate, ROOMS, Room};

/// The steps of a purge (`privacy` 1.8), in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Counts that were declared are made and kept; rows that name needles for the scan are noted.
    Aggregate,
    /// The activity's key is overwritten and unlinked; the key over keys is rotated.
    Shred,
    /// Every row about people goes, in one transaction.
    Delete,
    /// The files beneath the database forget deleted rows.
    Compact,
    /// Files are searched for what was deleted; the count must be 0.
    Scan,
    /// The certificate is signed into the journal.
    Certify,
    /// All is done.
    Done,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 7] = [
        Step::Aggregate,
        Step::Shred,
        Step::Delete,
        Step::Compact,
        Step::Scan,
        Step::Certify,
        Step::Done,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Step::Aggregate => "aggregate",
            Step::Shred => "shred",
            Step::Delete => "delete",
            Step::Compact => "compact",
            Step::Scan => "scan",
            Step::Certify => "certify",
            Step::Done => "done",
        }
    }

    /// Reads [`Step::code`].
    pub fn parse(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }
}

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
}

impl Purge {
    fn starting(activity: ActivityId, now: Timestamp) -> Purge {
        Purge {
            activity,
            step: Step::Aggregate,
            started_at: now,
            updated_at: now,
            report: wire::Report::default(),
            trouble: String::new(),
            certificate: String::new(),
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
    /// Requests of people.
    #[error(transparent)]
    Rights(#[from] rights::Error),
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
            Error::Rights(error) => error.kind(),
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
            Error::Rights(error) => error.code(),
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

/// How long a purge waits for readers of before, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a purge needs to work with.
#[derive(Clone)]
pub struct Purger {
    /// The database.
    pub db: Db,
    /// The keys.
    pub vault: Vault,
    /// The folder whose files are searched at the end.
    pub data: PathBuf,
    /// Hour of the day in which compaction may run; 24 means at once.
    pub quiet_hour: u8,
    /// How long the files wait for those who still see an older state.
    pub patience: Duration,
}

impl Purger {
    /// A purger for a running application.
    pub fn new(db: &Db, vault: &Vault, config: &Config) -> Purger {
        Purger {
            db: db.clone(),
            vault: vault.clone(),
            data: config.data().to_owned(),
            quiet_hour: config.quiet_hour,
            patience: PATIENCE,
        }
    }

    /// The activities whose data must go now, and those whose purge was interrupted.
    pub fn due(&self) -> Result<Vec<Facts>, Error> {
        self.db.read_now("list purges due", |tx| {
            let now = tx.now();
            let ending = activity::list(
                tx,
                &[
                    Stage::Closed,
                    Stage::Drawn,
                    Stage::Notified,
                    Stage::Cancelled,
                ],
            )?;
            Ok(ending
                .into_iter()
                .filter(|facts| lifecycle::may_be_purged(facts, now))
                .collect())
        })
    }

    /// Purges one activity from wherever an earlier try stopped, up to its certificate.
    ///
    /// # Errors
    /// [`Error::NotDue`] before its date, [`Error::Busy`] and [`Error::NotQuiet`] to be tried again.
    pub fn run(&self, id: &ActivityId) -> Result<Purge, Error> {
        let mut purge = self.begin(id)?;
        while purge.step != Step::Done {
            purge = match self.take(&purge) {
                Ok(purge) => purge,
                Err(error) => {
                    self.note_trouble(id, &error)?;
                    return Err(error);
                }
            };
        }
        Ok(purge)
    }

    /// Takes the one step at which a purge stands; for tests that stop between two steps.
    pub fn take(&self, purge: &Purge) -> Result<Purge, Error> {
        match purge.step {
            Step::Aggregate => self.aggregate(purge),
            Step::Shred => self.shred(purge),
            Step::Delete => self.delete(purge),
            Step::Compact => self.compact(purge),
            Step::Scan => self.scan(purge),
            Step::Certify => certificate::certify(self, purge),
            Step::Done => Ok(purge.clone()),
        }
    }

    /// The purge of an activity, started if its date has come.
    pub fn begin(&self, id: &ActivityId) -> Result<Purge, Error> {
        self.db.write_now("begin purge", |tx| {
            if let Some(purge) = store::find(tx, id)? {
                return Ok(purge);
            }
            let facts = activity::by_id(tx, id)?;
            if !lifecycle::may_be_purged(&facts, tx.now()) {
                return Err(Error::NotDue);
            }
            let purge = Purge::starting(id.clone(), tx.now());
            store::insert(tx, &purge)?;
            record(tx, id, "purge.begun")?;
            Ok(purge)
        })
    }

    fn aggregate(&self, purge: &Purge) -> Result<Purge, Error> {
        self.step("purge: aggregate", purge, Step::Shred, |tx, purge| {
            let facts = activity::by_id(tx, &purge.activity)?;
            purge.report.tables = stats::freeze(tx, &self.vault, &facts)?;
            purge.report.needles = scan::needles(tx, &purge.activity)?;
            Ok(())
        })
    }

    /// Outside a transaction: destroying a key cannot be rolled back, and may be done twice.
    fn shred(&self, purge: &Purge) -> Result<Purge, Error> {
        let shredded = self.vault.erase(purge.activity.as_str())?;
        if self.vault.holds_key(purge.activity.as_str())? {
            return Err(Error::KeyRemains);
        }
        self.step("purge: shred", purge, Step::Delete, |tx, purge| {
            if purge.report.shredded.is_none() {
                purge.report.shredded = Some(shredded.clone());
                purge.report.shredded_at = tx.now().0;
            }
            Ok(())
        })
    }

    fn delete(&self, purge: &Purge) -> Result<Purge, Error> {
        self.step("purge: delete", purge, Step::Compact, |tx, purge| {
            let id = purge.activity.clone();
            rooms::forget(tx, &id, &mut purge.report.deleted)
        })
    }

    /// Outside a transaction: rewriting the files needs the database for itself.
    fn compact(&self, purge: &Purge) -> Result<Purge, Error> {
        if !self.is_quiet() {
            return Err(Error::NotQuiet);
        }
        let rewritten = match self.db.compact(&rooms::rewritten(), self.patience)? {
            Compaction::Final(rewritten) => rewritten,
            Compaction::Busy(holdup) => return Err(Error::Busy(holdup)),
        };
        self.step("purge: compact", purge, Step::Scan, |tx, purge| {
            purge.report.compacted_at = tx.now().0;
            let remarks = rewritten.remarks.iter().map(|remark| remark.code());
            purge.report.remarks = remarks.map(str::to_owned).collect();
            Ok(())
        })
    }

    fn scan(&self, purge: &Purge) -> Result<Purge, Error> {
        let scanned = scan::run(self, purge)?;
        let hits: u64 = scanned.iter().map(|location| location.hits).sum();
        if hits > 0 {
            return Err(Error::Traces { hits });
        }
        self.step("purge: scan", purge, Step::Certify, |_, purge| {
            purge.report.scanned = scanned.clone();
            purge.report.needle_count = purge.report.needles.len();
            purge.report.needles.clear();
            Ok(())
        })
    }

    /// Does the work of a step and moves the mark on in the same transaction.
    fn step(
        &self,
        name: &'static str,
        purge: &Purge,
        next: Step,
        work: impl Fn(&mut Tx, &mut Purge) -> Result<(), Error>,
    ) -> Result<Purge, Error> {
        let from = purge.step;
        self.db.write_now(name, |tx| {
            let mut purge = store::find(tx, &purge.activity)?.ok_or(Error::Unknown)?;
            if purge.step != from {
                // Another process took this step first.
                return Ok(purge);
            }
            work(tx, &mut purge)?;
            purge.step = next;
            purge.trouble = String::new();
            store::update(tx, &purge)?;
            Ok(purge)
        })
    }

    fn note_trouble(&self, id: &ActivityId, error: &Error) -> Result<(), Error> {
        self.db.write_now("note purge trouble", |tx| {
            let Some(mut purge) = store::find(tx, id)? else {
                return Ok(());
            };
            purge.trouble = error.code().to_owned();
            Ok(store::update(tx, &purge)?)
        })
    }

    fn is_quiet(&self) -> bool {
        let hour = crate::platform::text::dates::hour(self.db.clock().now().0);
        self.quiet_hour >= 24 || hour == self.quiet_hour
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
