//! How the site is doing, for `/metrics` and for readiness: counts over all activities together.
//!
//! Invariant: no figure is of one activity, entry or person, and none moves because somebody
//! entered.
//!
//! Not here: requests and groups, which [`crate::platform::metrics`] counts itself.

use crate::draw;
use crate::notify;
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::db::Tx;
use crate::platform::db::remembered::recall_number;
use crate::platform::jobs;
use crate::platform::metrics::Figure;
use crate::purge::{self, Step};

use super::Error;

/// Under this name a backup that was made leaves its moment.
pub const LAST_BACKUP: &str = "backup.last";

/// A job that waits for longer is late.
pub const LATE: i64 = 5 * MINUTE;

/// Reads them.
pub fn read(tx: &mut Tx) -> Result<Vec<Figure>, Error> {
    let now = tx.now();
    let mut figures = vec![jobs_by_state(tx)?, mail_by_outcome(tx)?];
    let late = draw::oldest_missing(tx)?.map_or(0.0, |due| seconds(now, due));
    figures.push(Figure::now(
        "beacon_lag_seconds",
        "For how long the oldest round that a draw waits for has been out; 0 when none is awaited",
        late,
    ));
    if let Some(at) = recall_number(tx, LAST_BACKUP)? {
        figures.push(Figure::now(
            "last_backup_age_seconds",
            "Since the last backup was made",
            seconds(now, Timestamp(at)),
        ));
    }
    let purges = purge::list(tx)?;
    let done = purges.iter().filter(|purge| purge.step == Step::Done);
    if let Some(last) = done.map(|purge| purge.updated_at).max() {
        figures.push(Figure::now(
            "last_purge_age_seconds",
            "Since the last purge was done",
            seconds(now, last),
        ));
    }
    let under_way = purges.iter().filter(|purge| purge.step != Step::Done);
    let stuck = under_way.clone().filter(|purge| !purge.trouble.is_empty());
    figures.push(Figure::by(
        "purges",
        "Purges that are not done: all of them, and those that something holds up",
        "state",
        [
            ("under_way", count(under_way.count())),
            ("held_up", count(stuck.count())),
        ],
    ));
    Ok(figures)
}

/// Whether a job waits for longer than it should.
pub fn is_late(tx: &mut Tx) -> Result<bool, Error> {
    Ok(jobs::standing(tx, LATE)?.late > 0)
}

fn jobs_by_state(tx: &mut Tx) -> Result<Figure, Error> {
    let standing = jobs::standing(tx, LATE)?;
    Ok(Figure::by(
        "jobs",
        "Jobs in the table: all of them, due for more than five minutes, failed at the last try",
        "state",
        [
            ("waiting", count(standing.waiting)),
            ("late", count(standing.late)),
            ("failed", count(standing.failed)),
        ],
    ))
}

fn mail_by_outcome(tx: &mut Tx) -> Result<Figure, Error> {
    let counts = notify::standing(tx)?;
    Ok(Figure::by(
        "mail",
        "Letters to winners by what became of them; those of purged activities are gone",
        "outcome",
        counts
            .into_iter()
            .map(|(stage, found)| (stage.code(), found as f64)),
    ))
}

fn seconds(now: Timestamp, then: Timestamp) -> f64 {
    let passed = now.0.saturating_sub(then.0).max(0);
    passed as f64 / 1_000.0
}

fn count(number: usize) -> f64 {
    number as f64
}
