//! What happens by itself: an offer that nobody answered passes on.
//!
//! Invariant: every handler asks where things stand before it acts, so that running one twice, late
//! or on two instances is harmless.

use crate::activity::ActivityId;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, NewJob, Next, Runner};

use super::{LetterId, line};

const EXPIRE: &str = "seats.expire";
/// The job of one letter; `notify` sends it.
pub const LETTER: &str = "seats.letter";

/// Names the handlers of this domain's jobs.
pub fn register(runner: &mut Runner, db: &Db) {
    let db = db.clone();
    runner.on(EXPIRE, move |job| {
        let activity = ActivityId(job.activity.clone());
        db.write_now("let an offer pass", |tx| {
            line::expire(tx, &activity, &job.payload)
        })?;
        Ok(Next::Done)
    });
}

/// The end of one offer.
pub(super) fn enqueue_expiry(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &str,
    run_at: Timestamp,
) -> Result<(), db::Error> {
    enqueue(tx, EXPIRE, activity, entry, run_at)
}

/// One letter, as soon as it can.
pub(super) fn enqueue_letter(
    tx: &mut Tx,
    activity: &ActivityId,
    letter: &LetterId,
) -> Result<(), db::Error> {
    let now = tx.now();
    enqueue(tx, LETTER, activity, letter.as_str(), now)
}

fn enqueue(
    tx: &mut Tx,
    kind: &'static str,
    activity: &ActivityId,
    payload: &str,
    run_at: Timestamp,
) -> Result<(), db::Error> {
    jobs::enqueue(
        tx,
        &NewJob {
            kind,
            activity: activity.0.clone(),
            payload: payload.to_owned(),
            run_at,
            dedup_key: format!("{kind}:{activity}:{payload}"),
        },
    )
}
