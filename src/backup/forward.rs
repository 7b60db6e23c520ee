//! What happens to a database that may be older than the world: before anything is served, at
//! every start and after every restoring.
//!
//! Invariant: doing it again changes nothing.

use crate::activity::{self, ActivityId, Stage};
use crate::journal::{self, Mirror};
use crate::log;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::purge::{self, Purger, Replayed, planted, tombstone};
use crate::vault::{self, Vault};

use super::{Error, holds_key};

/// What had to be done.
#[derive(Debug, Clone, Default)]
pub struct BroughtForward {
    /// How many notes the journal had lost.
    pub notes: u64,
    /// Activities that had been purged and were in the database again.
    pub purged: Vec<Replayed>,
    /// Activities of which people hold receipts that the database does not know.
    pub halted: Vec<ActivityId>,
}

/// Brings journal and purges forward to what the files beside the database know.
///
/// # Errors
/// A mirror that contradicts the journal; nothing is served then.
pub fn bring_forward(db: &Db, vault: &Vault, config: &Config) -> Result<BroughtForward, Error> {
    let notes = Mirror::beside(config.data()).bring_forward(db, vault)?;
    if notes > 0 {
        tracing::warn!(
            notes,
            "the journal was behind its mirror and was brought forward"
        );
    }
    let tombstones = tombstone::all(config.data())?;
    let purged = purge::replay(&Purger::new(db, vault, config), &tombstones)?;
    let halted = halt(db, vault)?;
    Ok(BroughtForward {
        notes,
        purged,
        halted,
    })
}

/// Stops every activity that still goes on and of whose log the vault has seen more, or something
/// else, than the database holds.
///
/// # Errors
/// [`Error::JournalBehind`] where the journal is such a log: nothing could be noted in it.
pub fn halt(db: &Db, vault: &Vault) -> Result<Vec<ActivityId>, Error> {
    let journal = format!("{}/journal", vault.site_name());
    if let Some((seen, root)) = vault.tip(&journal)?
        && !db.read_now("look at the journal", |tx| {
            journal::reaches(tx, seen, &root)
        })?
    {
        return Err(Error::JournalBehind { seen });
    }
    let logs = db.read_now("look at logs that go on", |tx| {
        let going = activity::list(tx, &[Stage::Open, Stage::Closed])?.into_iter();
        let going = going.filter(|facts| !facts.halted);
        let ids: Vec<String> = going.map(|facts| facts.id.0).collect();
        Ok::<_, Error>(log::of_activities(tx, &ids)?)
    })?;
    let mut halted = Vec::new();
    for log in logs {
        // First how far it was seen, then how far it is: others let it grow meanwhile.
        let Some((seen, root)) = vault.tip(&log.origin)? else {
            continue;
        };
        let (activity, draw) = (ActivityId(log.activity), log.id);
        let reaches = db.read_now("look at a log", |tx| {
            match log::find(tx, activity.as_str(), &draw)? {
                Some(log) => log::reaches(tx, &log, seen, &root),
                None => Ok(false),
            }
        })?;
        if reaches {
            continue;
        }
        tracing::error!(
            activity = %activity, draw, seen,
            "the database holds fewer entries than were receipted; the activity takes no more"
        );
        db.write_now("halt activity", |tx| {
            activity::lifecycle::halt(tx, &activity).map_err(Error::from)
        })?;
        halted.push(activity);
    }
    Ok(halted)
}

/// What a database holds of the people of one activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The last part of its address.
    pub address: String,
    /// Where it stands.
    pub stage: Stage,
    /// Sealed contacts, without the made-up people that a scan looks for.
    pub contacts: u64,
    /// Sealed answers.
    pub answers: u64,
    /// Whether the key that opens them is in the key folder.
    pub has_key: bool,
    /// When that key was destroyed, if that is known.
    pub destroyed: Option<Timestamp>,
}

/// Every activity with what is held of its people; without a vault no key is there.
pub fn held(db: &Db, vault: Option<&Vault>) -> Result<Vec<Held>, Error> {
    db.read_now("look what is held", |tx| {
        let mut all = Vec::new();
        for facts in activity::list(tx, &Stage::ALL)? {
            let count = vault::count(tx, facts.id.as_str())?;
            let made_up = planted::count(tx, &facts.id)?;
            let purge = purge::find(tx, &facts.id)?;
            let destroyed = purge.map(|purge| Timestamp(purge.report.shredded_at));
            all.push(Held {
                has_key: holds_key(vault, facts.id.as_str())?,
                address: facts.slug,
                stage: facts.stage,
                contacts: u64::try_from(count.contacts)
                    .unwrap_or_default()
                    .saturating_sub(made_up),
                answers: u64::try_from(count.answers).unwrap_or_default(),
                destroyed: destroyed.filter(|at| at.0 > 0),
            });
        }
        Ok(all)
    })
}
