//! Purges come by themselves: one job that looks every minute, one that tidies at night, and one
//! that changes the key over keys every year, purge or not.

use crate::activity::ActivityId;
use crate::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use crate::platform::db::compaction::Compaction;
use crate::platform::db::tidy;
use crate::platform::db::{self, Db};
use crate::platform::fault::Fault;
use crate::platform::jobs::{self, NewJob, Next, Runner};
use crate::vault;

use super::{Error, Purger, Step, replay, rooms};

const SWEEP: &str = "purge.sweep";
const BETWEEN_SWEEPS: i64 = MINUTE;
const TIDY: &str = "purge.tidy";
const ROTATE: &str = "purge.rotate";
const BETWEEN_ROTATIONS: i64 = 365 * DAY;
/// When the operator named no quiet hour, files are rewritten at three in the morning.
const USUAL_HOUR: u8 = 3;

/// Names the handlers of the sweep and of the tidying.
pub fn register(runner: &mut Runner, purger: &Purger) {
    let sweeper = purger.clone();
    runner.on_patiently(SWEEP, move |_| {
        sweep(&sweeper)?;
        Ok(Next::At(sweeper.db.clock().now().plus(BETWEEN_SWEEPS)))
    });
    let tidier = purger.clone();
    runner.on_patiently(TIDY, move |_| {
        tidy(&tidier)?;
        Ok(Next::At(next_tidying(&tidier)))
    });
    let rotator = purger.clone();
    runner.on_patiently(ROTATE, move |_| {
        rotate(&rotator)?;
        Ok(Next::At(rotator.db.clock().now().plus(BETWEEN_ROTATIONS)))
    });
}

/// Makes sure that the jobs exist; called at every start.
pub fn ensure(db: &Db) -> Result<(), db::Error> {
    db.write_now("ensure purge sweep", |tx| {
        let in_a_year = tx.now().plus(BETWEEN_ROTATIONS);
        let first = [
            (SWEEP, Timestamp(0)),
            (TIDY, Timestamp(0)),
            (ROTATE, in_a_year),
        ];
        for (kind, run_at) in first {
            jobs::enqueue(
                tx,
                &NewJob {
                    kind,
                    activity: String::new(),
                    payload: String::new(),
                    run_at,
                    dedup_key: kind.to_owned(),
                },
            )?;
        }
        Ok(())
    })
}

/// What a start owes to purges of before: the processes that served them have ended, and a power
/// cut may have kept a tombstone from being written.
pub fn at_start(purger: &Purger) -> Result<(), Error> {
    purger.note_restart()?;
    replay::mend(purger)
}

/// The hour of the day in which files are rewritten after individual erasures.
pub fn tidy_hour(quiet_hour: u8) -> u8 {
    match quiet_hour {
        24.. => USUAL_HOUR,
        hour => hour,
    }
}

/// Purges everything that is due; one that must wait does not hold up the others.
fn sweep(purger: &Purger) -> Result<(), Error> {
    purger.plant()?;
    let believed = purger.believes_the_clock();
    for facts in purger.due()? {
        let begun = purger
            .db
            .read_now("read purge", |tx| super::find(tx, &facts.id))?;
        if believed || begun.is_some() {
            tell(&facts.id, purger.run(&facts.id).map(drop));
        }
    }
    if believed {
        for purge in purger.due_again()? {
            tell(&purge.activity, purger.certify_again(&purge).map(drop));
        }
    }
    let is_alone = !purger.shares_vault;
    if is_alone && purger.quiet_hour < 24 && purger.is_quiet() && restart_due(purger)? {
        // Nothing comes back when it works; where nobody watches, the page says that it is due.
        purger.control.restart();
    }
    Ok(())
}

fn tell(id: &ActivityId, outcome: Result<(), Error>) {
    match outcome {
        Ok(()) => tracing::info!(activity = %id, "purged"),
        Err(error @ (Error::Busy(_) | Error::NotQuiet)) => {
            tracing::info!(activity = %id, code = error.code(), "purge waits");
        }
        Err(error) => tracing::error!(activity = %id, code = error.code(), "purge is stuck"),
    }
}

/// Whether a purge ended since these processes started: they may still hold freed memory.
pub(super) fn restart_due(purger: &Purger) -> Result<bool, Error> {
    purger.db.read_now("list purges", |tx| {
        let purges = super::list(tx)?;
        let waits =
            |purge: &super::Purge| purge.step == Step::Done && purge.report.restarted_at == 0;
        Ok(purges.iter().any(waits))
    })
}

/// Old copies of key files, on whatever disk they are, open nothing from then on.
fn rotate(purger: &Purger) -> Result<(), Error> {
    let epoch = purger.vault.rotate_keys()?;
    tracing::info!(epoch, "key-encryption key rotated");
    purger.db.write_now("note rotation", |tx| {
        Ok(super::record(
            tx,
            &ActivityId(String::new()),
            "purge.keys_rotated",
        )?)
    })
}

/// Rewrites the files if something of a living activity was erased since the last time, and once a
/// night while answers that belong to nobody come in: it takes the order of time from them.
fn tidy(purger: &Purger) -> Result<(), Error> {
    if purger.hour() != tidy_hour(purger.quiet_hour) {
        return Ok(());
    }
    let (standing, mixes) = purger.db.read_now("read tidiness", |tx| {
        Ok::<_, Error>((tidy::standing(tx)?, vault::waits_to_be_mixed(tx)?))
    })?;
    let lately = purger.db.clock().now().plus(-2 * HOUR).0 < standing.done;
    if standing.wanted == 0 && (!mixes || lately) {
        return Ok(());
    }
    match purger.db.compact(&rooms::rewritten(), purger.patience)? {
        Compaction::Final(_) => Ok(purger
            .db
            .write_now("note tidy files", |tx| tidy::done(tx, standing))?),
        Compaction::Busy(holdup) => {
            tracing::info!(holdup = holdup.code(), "tidying waits");
            Ok(())
        }
    }
}

/// Within the hour it is tried again every five minutes; otherwise at the next hour's start.
fn next_tidying(purger: &Purger) -> Timestamp {
    let now = purger.db.clock().now();
    if purger.hour() == tidy_hour(purger.quiet_hour) {
        now.plus(5 * MINUTE)
    } else {
        now.hour().plus(HOUR)
    }
}
