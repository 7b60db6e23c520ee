//! Every change of stage, on one page.
//!
//! | verb | from → to | guard | called by |
//! |---|---|---|---|
//! | `publish` | Draft → Open | everything checked, manifest signed | `draw::publish` |
//! | `close` | Open → Closed | the deadline has passed | `draw::close` |
//! | `drawn` | Closed → Drawn | the result note is signed | `draw::run` |
//! | `notified` | Drawn → Notified | every prize claimed or out of reserves | `notify` |
//! | `cancel` | Draft, Open, Closed → Cancelled | a public reason | `draw::cancel` |
//! | `purged` | Notified, Cancelled, Closed without a draw → Purged | keys destroyed, scan clean | `purge` |
//! | `purged` | Drawn → Purged | the last day has come, see [`last_day`] | `purge` |
//!
//! Invariant: none can be undone; each sees its starting stage in the same statement that leaves it.

use crate::audit::{self, Act, Actor};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Tx;

use super::stage::{Closed, Draft, Drawn, Notified, Open};
use super::{Activity, ActivityId, Error, Facts, LocalText, Stage, store};

impl Activity<Draft> {
    /// Freezes everything and lets people in from `opens_at` on.
    pub fn publish(self, tx: &mut Tx, notice: &LocalText) -> Result<Activity<Open>, Error> {
        let purges_at = self.planned_purge();
        store::freeze_terms(tx, self.facts(), notice, purges_at)?;
        advance(tx, self.facts(), Stage::Open)
    }
}

impl Activity<Open> {
    /// No more entries.
    pub fn close(self, tx: &mut Tx) -> Result<Activity<Closed>, Error> {
        advance(tx, self.facts(), Stage::Closed)
    }
}

impl Activity<Closed> {
    /// The result is public; personal data goes `retention_days` after `purges_from`.
    pub fn drawn(self, tx: &mut Tx) -> Result<Activity<Drawn>, Error> {
        advance(tx, self.facts(), Stage::Drawn)
    }
}

impl Activity<Drawn> {
    /// Every prize is settled.
    pub fn notified(self, tx: &mut Tx) -> Result<Activity<Notified>, Error> {
        advance(tx, self.facts(), Stage::Notified)
    }
}

/// Stops everything but a cancellation: the database is older than what people hold receipts of.
/// Not a stage, because a newer database in the place of this one knows nothing of it.
pub fn halt(tx: &mut Tx, id: &ActivityId) -> Result<(), Error> {
    if !store::halt(tx, id)? {
        return Ok(());
    }
    Ok(audit::record(
        tx,
        &Act {
            actor: &Actor::System,
            act: "activity.halted",
            activity: id.as_str(),
            object: "",
            purpose: "",
            reason: "",
        },
    )?)
}

/// Ends a draft, open or closed activity for good, with a reason that the public reads.
pub fn cancel(
    tx: &mut Tx,
    facts: &Facts,
    reason: &str,
    purges_at: Timestamp,
) -> Result<Facts, Error> {
    if !matches!(facts.stage, Stage::Draft | Stage::Open | Stage::Closed) {
        return Err(Error::OtherStage {
            needed: Stage::Open,
            found: facts.stage,
        });
    }
    store::note_cancellation(tx, &facts.id, reason, purges_at)?;
    store::advance(tx, &facts.id, facts.stage, Stage::Cancelled)?;
    super::by_id(tx, &facts.id)
}

/// Moves what is still to come of an open or closed draw, as its signed successor says: close,
/// freeze and draw; the purge follows the draw.
pub fn move_dates(
    tx: &mut Tx,
    facts: &Facts,
    (closes_at, freezes_at, draws_at): (Timestamp, Timestamp, Timestamp),
) -> Result<Facts, Error> {
    if !matches!(facts.stage, Stage::Open | Stage::Closed) {
        return Err(Error::OtherStage {
            needed: Stage::Open,
            found: facts.stage,
        });
    }
    let moved = Facts {
        closes_at,
        freezes_at,
        draws_at,
        ..facts.clone()
    };
    store::move_dates(tx, &moved, moved.planned_purge())?;
    super::by_id(tx, &facts.id)
}

/// Puts a notice with other dates in the place of the one that the form shows; what an entry was
/// told stays as it was (`policy::versions`).
pub fn renew_notice(tx: &mut Tx, id: &ActivityId, notice: &LocalText) -> Result<(), Error> {
    store::set_notice(tx, id, notice)
}

/// How long a draw that has not come to its end may keep its data beyond the announced day.
pub const GRACE: i64 = 30 * DAY;
/// Nothing is kept longer than this after the announced draw, however the plan reads.
const LONGEST: i64 = 180 * DAY;

/// Whether an activity's personal data may be destroyed now: on the announced day when all is
/// over, and on the last day in any case.
pub fn may_be_purged(facts: &Facts, now: Timestamp) -> bool {
    let from = match facts.stage {
        Stage::Notified | Stage::Cancelled => facts.purges_at,
        Stage::Closed if !facts.kind.is_drawn() => facts.purges_at,
        Stage::Open | Stage::Closed | Stage::Drawn => last_day(facts),
        Stage::Draft | Stage::Purged => return false,
    };
    facts.purges_at.0 > 0 && from <= now
}

/// The day on which data goes although a draw has no result, or its prizes are not settled: a
/// promise of erasure does not wait for a job that keeps failing.
pub fn last_day(facts: &Facts) -> Timestamp {
    let with_grace = facts.purges_at.plus(GRACE);
    let longest = facts.draws_at.plus(LONGEST).max(facts.purges_at);
    with_grace.min(longest)
}

/// [`last_day`] while it may still come to that: the draw has no result, or prizes are not settled.
pub fn latest_purge(facts: &Facts) -> Option<Timestamp> {
    let may_wait = matches!(facts.stage, Stage::Open | Stage::Closed | Stage::Drawn);
    let last = last_day(facts);
    let waits = may_wait && facts.kind.is_drawn() && last > facts.purges_at;
    waits.then_some(last)
}

/// The last change of all: personal data is destroyed.
pub fn purged(tx: &mut Tx, facts: &Facts) -> Result<Facts, Error> {
    store::advance(tx, &facts.id, facts.stage, Stage::Purged)?;
    super::by_id(tx, &facts.id)
}

fn advance<S: super::stage::At>(
    tx: &mut Tx,
    facts: &Facts,
    to: Stage,
) -> Result<Activity<S>, Error> {
    store::advance(tx, &facts.id, facts.stage, to)?;
    Activity::at(super::by_id(tx, &facts.id)?)
}
