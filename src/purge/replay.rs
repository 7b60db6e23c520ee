//! After a restore: what was purged is purged again before anything is served.
//!
//! Invariant: an activity whose key was destroyed does not come back; its rows are unreadable
//! already, and go again.
//!
//! Not here: restoring (`backup`), what a tombstone holds ([`super::tombstone`]).

use crate::activity::{self, ActivityId, Facts, Stage, lifecycle};
use crate::draw;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::db::compaction::Compaction;

use super::wire::Tombstone;
use super::{Error, Purge, Purger, Step, rooms, store, tombstone};

/// An activity that came back and was purged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Which.
    pub activity: ActivityId,
    /// Rows that came back; their boxes could be opened by nobody.
    pub rows: u64,
    /// Whether the files beneath were rewritten as well; otherwise the next quiet hour does it.
    pub is_final: bool,
}

/// Purges again what the tombstones say was purged, and what the vault says has no key any more.
/// Called at every start, before anything is served; does nothing where nothing came back.
pub fn replay(purger: &Purger, tombstones: &[Tombstone]) -> Result<Vec<Replayed>, Error> {
    let mut came_back = Vec::new();
    for tombstone in tombstones {
        let rows = purger
            .db
            .write_now("replay tombstone", |tx| bury(tx, tombstone))?;
        came_back.extend(rows.map(|rows| (ActivityId(tombstone.activity.clone()), rows)));
    }
    let mut replayed = Vec::new();
    if !came_back.is_empty() {
        let compacted = purger.db.compact(&rooms::rewritten(), purger.patience)?;
        let is_final = matches!(compacted, Compaction::Final(_));
        if !is_final {
            purger.db.write_now("want tidy files", |tx| {
                Ok::<_, Error>(crate::platform::db::tidy::wanted(tx)?)
            })?;
        }
        for (activity, rows) in came_back {
            tracing::warn!(%activity, rows, "was purged before; deleted again");
            replayed.push(Replayed {
                activity,
                rows,
                is_final,
            });
        }
    }
    for facts in keyless(purger)? {
        let rows = purger.db.write_now("go on with a purge", |tx| {
            let rows = rooms::left(tx, &facts.id)?;
            go_on(tx, purger, &facts)?;
            Ok::<_, Error>(rows)
        })?;
        tracing::warn!(activity = %facts.id, rows, "its key was destroyed; the purge goes on");
        replayed.push(Replayed {
            activity: facts.id,
            rows,
            is_final: false,
        });
    }
    Ok(replayed)
}

/// Writes tombstones that a power cut kept from being written.
pub(super) fn mend(purger: &Purger) -> Result<(), Error> {
    let known = tombstone::all(&purger.data).map_err(Error::Unreadable)?;
    let done: Vec<Purge> = purger.db.read_now("list purges", |tx| {
        let purges = store::list(tx)?;
        let done = purges.into_iter().filter(|purge| purge.step == Step::Done);
        Ok::<_, Error>(done.collect())
    })?;
    for purge in done {
        let same = |known: &Tombstone| {
            known.activity == purge.activity.as_str() && known.second == purge.second
        };
        if !known.iter().any(same) {
            let missing = purger
                .db
                .read_now("read tombstone", |tx| tombstone::of(tx, &purge))?;
            tombstone::write(&purger.data, &missing).map_err(Error::Unreadable)?;
        }
    }
    Ok(())
}

/// Deletes a purged activity again and puts its certificate back; how many rows had come back, or
/// nothing where it is purged in this database too.
fn bury(tx: &mut Tx, tombstone: &Tombstone) -> Result<Option<u64>, Error> {
    let id = ActivityId(tombstone.activity.clone());
    let facts = match activity::by_id(tx, &id) {
        Ok(facts) => facts,
        // The backup is from before the activity.
        Err(activity::Error::Unknown) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let rows = rooms::left(tx, &id)?;
    if facts.stage == Stage::Purged && rows == 0 {
        return Ok(None);
    }
    let mut report = tombstone.report.clone();
    rooms::forget(tx, &id, &mut report.deleted.clone())?;
    report.needles.clear();
    report.marks.clear();
    store::replace(
        tx,
        &Purge {
            activity: id.clone(),
            step: Step::Done,
            started_at: Timestamp(tombstone.started_at),
            updated_at: Timestamp(tombstone.purged_at),
            report,
            trouble: String::new(),
            certificate: tombstone.certificate.clone(),
            second_at: (tombstone.second_at > 0).then_some(Timestamp(tombstone.second_at)),
            second: tombstone.second.clone(),
        },
    )?;
    for file in &tombstone.files {
        if draw::note(tx, &id, &file.draw, &file.name)?.is_none() {
            draw::put_back(tx, &id, &file.draw, file.stored())?;
        }
    }
    if facts.stage != Stage::Purged {
        lifecycle::purged(tx, &facts)?;
        super::record(tx, &id, "purge.replayed")?;
    }
    Ok(Some(rows))
}

/// Activities that this database holds as living ones and whose key was destroyed.
fn keyless(purger: &Purger) -> Result<Vec<Facts>, Error> {
    let living = [
        Stage::Open,
        Stage::Closed,
        Stage::Drawn,
        Stage::Notified,
        Stage::Cancelled,
    ];
    let facts = purger.db.read_now("list living activities", |tx| {
        let living = activity::list(tx, &living)?;
        let mut unpurged = Vec::new();
        for facts in living {
            let begun = store::find(tx, &facts.id)?;
            if begun.is_none_or(|purge| purge.step <= Step::Shred) {
                unpurged.push(facts);
            }
        }
        Ok::<_, Error>(unpurged)
    })?;
    let mut keyless = Vec::new();
    for facts in facts {
        if purger.vault.was_erased(facts.id.as_str())? {
            keyless.push(facts);
        }
    }
    Ok(keyless)
}

/// Enters a purge behind the step that destroys the key; the sweep does the rest.
fn go_on(tx: &mut Tx, purger: &Purger, facts: &Facts) -> Result<(), Error> {
    if matches!(facts.stage, Stage::Open | Stage::Closed) && facts.kind.is_drawn() {
        draw::give_up(tx, &purger.vault, facts, super::close::WORDS)?;
    }
    let mut purge = match store::find(tx, &facts.id)? {
        Some(purge) => purge,
        None => {
            let purge = Purge::starting(facts.id.clone(), tx.now());
            store::insert(tx, &purge)?;
            super::record(tx, &facts.id, "purge.begun")?;
            purge
        }
    };
    purge.step = Step::Shred;
    Ok(store::update(tx, &purge)?)
}
