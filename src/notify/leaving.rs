//! Leaving a slot before its deadline: the person declines, asks for erasure, or is not eligible.
//!
//! Invariant: nothing passes on at the moment of the mark; the settlement of the deadline does it,
//! with the public code, and until then the mark can be taken back. That somebody is not eligible
//! is said by one member of staff and confirmed by another one, as long as the site has another.
//!
//! Not here: corrections of the list before the freeze ([`crate::draw::objection`]), the settlement
//! ([`super::claims`]).

use lucky_draw::result::Slot;

use crate::account::{self, Permission};
use crate::audit::Actor;
use crate::draw;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;

use super::claims::{self, Decided};
use super::{Claim, ClaimStage, Error, store};

/// What a person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Not to have the prize, or the place in the reserve list.
    Decline,
    /// That the data be erased, which no prize can be given without.
    Erasure,
}

/// The slot goes to the next in order at the deadline, because its holder wishes so.
///
/// # Errors
/// [`Error::Moved`] if nobody waits for the slot any more.
pub fn leave(
    tx: &mut Tx,
    draw: &Decided,
    by: &Actor,
    slot: &Slot,
    wish: Wish,
) -> Result<Claim, Error> {
    let held = held(tx, draw, slot)?;
    let (stage, act) = match wish {
        Wish::Decline => (ClaimStage::Declined, "notify.declined"),
        Wish::Erasure => (ClaimStage::Erased, "notify.erasure_asked"),
    };
    let left = Claim {
        stage,
        marked_by: by.to_string(),
        marked_at: tx.now(),
        reason: String::new(),
        proposed_by: String::new(),
        ..held
    };
    write(tx, draw, ClaimStage::Held, &left)?;
    claims::record(tx, draw, by, act, &left)?;
    Ok(left)
}

/// Says that the holder of a slot is not eligible, and by which rule. Takes the place of an earlier
/// proposal.
///
/// # Errors
/// [`Error::Moved`] if nobody waits for the slot any more.
pub fn propose(
    tx: &mut Tx,
    draw: &Decided,
    by: &Actor,
    slot: &Slot,
    reason: &str,
) -> Result<Claim, Error> {
    let held = held(tx, draw, slot)?;
    let doubted = Claim {
        reason: reason.to_owned(),
        proposed_by: by.to_string(),
        ..held
    };
    write(tx, draw, ClaimStage::Held, &doubted)?;
    claims::record(tx, draw, by, "notify.ineligible_proposed", &doubted)?;
    Ok(doubted)
}

/// Confirms that the holder of a slot is not eligible.
///
/// # Errors
/// [`draw::Error::SecondPerson`] if the reader proposed it and somebody else could confirm;
/// [`Error::Moved`] if it is no longer what was `seen`.
pub fn confirm(
    tx: &mut Tx,
    draw: &Decided,
    by: &Actor,
    slot: &Slot,
    seen: &str,
) -> Result<Claim, Error> {
    let doubted = held(tx, draw, slot)?;
    if !doubted.is_doubted() || doubted.reason != seen {
        return Err(Error::Moved);
    }
    if !may_confirm(tx, draw, by, &doubted)? {
        return Err(draw::Error::SecondPerson.into());
    }
    let barred = Claim {
        stage: ClaimStage::Ineligible,
        marked_by: by.to_string(),
        marked_at: tx.now(),
        ..doubted
    };
    write(tx, draw, ClaimStage::Held, &barred)?;
    claims::record(tx, draw, by, "notify.ineligible_confirmed", &barred)?;
    Ok(barred)
}

/// Whether `by` may confirm what was proposed: another person than the one who proposed it, unless
/// nobody else works here.
pub fn may_confirm(tx: &mut Tx, draw: &Decided, by: &Actor, claim: &Claim) -> Result<bool, Error> {
    Ok(claim.proposed_by != by.to_string() || is_alone(tx, draw)?)
}

/// Whether nobody else looks after the winners of this draw, so that one person decides.
pub fn is_alone(tx: &mut Tx, draw: &Decided) -> Result<bool, Error> {
    let branch = draw.facts.branch.as_ref();
    let others = account::count_who_may(tx, Permission::RunActivities, branch);
    Ok(others.map_err(draw::Error::from)? < 2)
}

/// Takes back a proposal, or what [`leave`] or [`confirm`] marked, as long as the prize has not
/// passed on.
///
/// # Errors
/// [`Error::Moved`] if there is nothing to take back.
pub fn keep(tx: &mut Tx, draw: &Decided, by: &Actor, slot: &Slot) -> Result<Claim, Error> {
    let left = claims::of_slot(tx, draw, slot)?;
    let still_holds = claims::Holders::of(tx, draw)?.hold(&left);
    let leaves = left.is_doubted() || left.stage.vacates().is_some();
    // What a person had erased cannot come back.
    let is_final = left.marked_by == Actor::Entrant.to_string();
    if !leaves || !still_holds || is_final {
        return Err(Error::Moved);
    }
    let held = Claim {
        stage: ClaimStage::Held,
        marked_by: String::new(),
        marked_at: Timestamp(0),
        reason: String::new(),
        proposed_by: String::new(),
        ..left.clone()
    };
    write(tx, draw, left.stage, &held)?;
    claims::record(tx, draw, by, "notify.leave_undone", &held)?;
    Ok(held)
}

/// The claim on a slot, if somebody still waits for it.
fn held(tx: &mut Tx, draw: &Decided, slot: &Slot) -> Result<Claim, Error> {
    let claim = claims::of_slot(tx, draw, slot)?;
    if claim.stage == ClaimStage::Held && draw.is_running() {
        Ok(claim)
    } else {
        Err(Error::Moved)
    }
}

fn write(tx: &mut Tx, draw: &Decided, from: ClaimStage, claim: &Claim) -> Result<(), Error> {
    store::mark_claim(tx, &draw.facts.id, draw.draw(), from, claim)
}
