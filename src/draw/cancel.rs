//! A draw or survey that does not take place.
//!
//! Invariant: once the beacon round is out the draw is decided, so nobody can cancel it for its
//! result; a published draw is cancelled by a signed note with a public code.

use lucky_draw::record::Cancel;

use crate::activity::{self, Facts, Stage, lifecycle};
use crate::audit::{self, Act, Actor, StaffId};
use crate::journal;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Tx;
use crate::platform::jobs;
use crate::seats;
use crate::vault::Vault;

use super::{DrawId, DrawStage, Error, Plan, store};

/// Why it does not take place: what the signed note says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelCode {
    /// Too few people, or nobody, took part.
    Few,
    /// The prize cannot be given.
    Prize,
    /// The rules or settings are wrong.
    Rules,
    /// Typhoon, earthquake, closure: nobody's fault.
    Force,
    /// Anything else; the words say it.
    Other,
}

impl CancelCode {
    /// Every code, in the order of the form.
    pub const ALL: [CancelCode; 5] = [
        CancelCode::Few,
        CancelCode::Prize,
        CancelCode::Rules,
        CancelCode::Force,
        CancelCode::Other,
    ];

    /// The code in the note (draw-protocol 4.9).
    pub fn code(self) -> &'static str {
        match self {
            CancelCode::Few => "FEW",
            CancelCode::Prize => "PRIZE",
            CancelCode::Rules => "RULES",
            CancelCode::Force => "FORCE",
            CancelCode::Other => "OTHER",
        }
    }

    /// Reads [`CancelCode::code`].
    pub fn parse(code: &str) -> Option<CancelCode> {
        CancelCode::ALL
            .into_iter()
            .find(|reason| reason.code() == code)
    }
}

/// Cancels a draft, or an open or closed activity; `words` are what the public reads.
///
/// Personal data has lost its purpose, so the purge is due a day later.
pub fn cancel(
    tx: &mut Tx,
    vault: &Vault,
    by: &StaffId,
    facts: &Facts,
    code: CancelCode,
    words: &str,
) -> Result<Facts, Error> {
    for plan in super::plans(tx, &facts.id)? {
        if plan.stage != DrawStage::Cancelled {
            cancel_draw(tx, vault, &plan, code)?;
        }
    }
    jobs::forget(tx, facts.id.as_str())?;
    let purges_at = tx.now().plus(DAY);
    let cancelled = lifecycle::cancel(tx, facts, words, purges_at)?;
    if facts.kind.is_first_come() && facts.published_at.is_some() {
        // After the jobs went: who has a place is told before the data goes.
        seats::line::cancel_all(tx, &Actor::Staff(by.clone()), &facts.id, words)?;
    }
    audit::record(
        tx,
        &Act {
            actor: &Actor::Staff(by.clone()),
            act: "activity.cancelled",
            activity: facts.id.as_str(),
            object: "",
            purpose: "",
            reason: code.code(),
        },
    )?;
    Ok(cancelled)
}

/// Calls off, without a person, every draw of an activity that has no result on the last day of its
/// data: the public randomness did not come. Draws that were decided keep their result. Everybody
/// sees by the place of the note in the journal that it came after the announced round.
pub fn give_up(tx: &mut Tx, vault: &Vault, facts: &Facts, words: &str) -> Result<Facts, Error> {
    let mut decided = false;
    for plan in super::plans(tx, &facts.id)? {
        match plan.stage {
            DrawStage::Cancelled => continue,
            DrawStage::Drawn => decided = true,
            _ => sign_off(tx, vault, &plan, CancelCode::Force)?,
        }
    }
    audit::record(
        tx,
        &Act {
            actor: &Actor::System,
            act: "activity.given_up",
            activity: facts.id.as_str(),
            object: "",
            purpose: "",
            reason: CancelCode::Force.code(),
        },
    )?;
    if decided && facts.stage == Stage::Closed {
        super::run::finish(tx, &facts.id)?;
        return Ok(activity::by_id(tx, &facts.id)?);
    }
    Ok(lifecycle::cancel(tx, facts, words, facts.purges_at)?)
}

/// Cancels one of several draws once entry has ended, by a signed note with a public code; it
/// excludes nobody then. The others take place.
pub fn cancel_one(
    tx: &mut Tx,
    vault: &Vault,
    by: &StaffId,
    draw: &DrawId,
    code: CancelCode,
) -> Result<(), Error> {
    let plan = super::by_id(tx, draw)?;
    let facts = activity::by_id(tx, &plan.activity)?;
    let plans = super::plans(tx, &plan.activity)?;
    match may_be_cancelled_alone(&facts, &plan, &plans, tx.now()) {
        Alone::Possible => {}
        Alone::LastDraw => return Err(Error::LastDraw),
        Alone::Decided => return Err(Error::Decided),
        Alone::OtherStage => return Err(Error::OtherStage { found: plan.stage }),
    }
    cancel_draw(tx, vault, &plan, code)?;
    audit::record(
        tx,
        &Act {
            actor: &Actor::Staff(by.clone()),
            act: "draw.cancelled",
            activity: plan.activity.as_str(),
            object: draw.as_str(),
            purpose: "",
            reason: code.code(),
        },
    )?;
    super::run::finish(tx, &plan.activity)
}

/// Whether one draw may be cancelled and the others not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// It may.
    Possible,
    /// No other draw takes place: the activity is cancelled as a whole.
    LastDraw,
    /// Some of its randomness may be known.
    Decided,
    /// Entry has not ended, or it is over already.
    OtherStage,
}

/// Whether a draw may be cancelled alone at `now`.
pub(super) fn may_be_cancelled_alone(
    facts: &Facts,
    plan: &Plan,
    plans: &[Plan],
    now: Timestamp,
) -> Alone {
    let waits = matches!(plan.stage, DrawStage::Closed | DrawStage::Frozen);
    let remain = |other: &Plan| other.id != plan.id && other.stage != DrawStage::Cancelled;
    if facts.stage != Stage::Closed || !waits {
        Alone::OtherStage
    } else if plan.decides_from().is_ok_and(|from| from <= now) {
        Alone::Decided
    } else if plans.iter().any(remain) {
        Alone::Possible
    } else {
        Alone::LastDraw
    }
}

fn cancel_draw(tx: &mut Tx, vault: &Vault, plan: &Plan, code: CancelCode) -> Result<(), Error> {
    if plan.stage == DrawStage::Drawn || plan.stage == DrawStage::Cancelled {
        return Err(Error::OtherStage { found: plan.stage });
    }
    if plan.manifest.is_some() && tx.now() >= plan.decides_from()? {
        return Err(Error::Decided);
    }
    sign_off(tx, vault, plan, code)
}

/// Writes the cancel note of a draw that was published, and ends it.
fn sign_off(tx: &mut Tx, vault: &Vault, plan: &Plan, code: CancelCode) -> Result<(), Error> {
    if let Some(manifest) = plan.manifest {
        let cancel = Cancel {
            manifest,
            reason: code.code().to_owned(),
        };
        let written = journal::write(tx, vault, &cancel.to_text())?;
        let draw = plan.id.as_str();
        super::keep_note(tx, &plan.activity, draw, "cancel.note", &written)?;
    }
    store::advance(tx, plan, DrawStage::Cancelled)
}

/// Whether an activity may still be cancelled at `now`.
pub(super) fn may_be_cancelled(facts: &Facts, plans: &[Plan], now: Timestamp) -> bool {
    let stage = matches!(facts.stage, Stage::Draft | Stage::Open | Stage::Closed);
    let decided = plans
        .iter()
        .filter(|plan| plan.manifest.is_some() && plan.stage != DrawStage::Cancelled)
        .any(|plan| plan.decides_from().is_ok_and(|from| from <= now));
    stage && !decided
}
