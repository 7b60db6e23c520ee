//! Holds: named rows that outlive the purge of their activity, for a reason and a time.
//!
//! Invariant: one person proposes, another approves; a hold lasts [`LONGEST_DAYS`] at most and is
//! renewed once, by two again. When the activity's key is destroyed the named contacts are sealed
//! anew under the key of the hold inside the vault; everything else goes on its day, and the key of
//! the hold is destroyed by itself on the last.
//!
//! Not here: handing held rows to anybody ([`super::disclosure`]).

mod basis;
mod housing;

pub use basis::{Basis, SiteRule};
pub use housing::{HeldBox, HeldItem, rehouse};
pub(super) use housing::{contact, end_due};

use crate::activity::{self, ActivityId, Stage};
use crate::audit::{Actor, StaffId};
use crate::draw::{self, DrawId};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Tx;
use crate::policy::retention::Class;

use super::{Error, HoldId, is_second, note, store};

/// The longest that a hold lasts without being renewed: the bound of its retention class.
pub const LONGEST_DAYS: i64 = Class::Holds.bounds().max;

/// The most tickets that one hold names.
pub const MOST_TICKETS: usize = 50;

/// How far a hold has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for a second person.
    Proposed,
    /// In force.
    Active,
    /// Nobody approved it.
    Dropped,
    /// Its last day is over; nothing is held any more.
    Ended,
}

impl State {
    /// Every state.
    pub const ALL: [State; 4] = [State::Proposed, State::Active, State::Dropped, State::Ended];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            State::Proposed => "proposed",
            State::Active => "active",
            State::Dropped => "dropped",
            State::Ended => "ended",
        }
    }

    /// Reads [`State::code`].
    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What somebody proposes to do with a hold that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who.
    pub by: StaffId,
    /// So many days more from its approval on; 0 ends the hold.
    pub days: i64,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The activity.
    pub activity: ActivityId,
    /// Its id.
    pub id: HoldId,
    /// The draw whose tickets it names.
    pub draw: DrawId,
    /// Why, as the law knows it.
    pub basis: Basis,
    /// Which rule was broken, where that is the basis.
    pub rule: Option<SiteRule>,
    /// The number of the letter or case; may be empty.
    pub document: String,
    /// Why, in the words of whoever proposed it; never about a person.
    pub reason: String,
    /// For how long, from the approval on.
    pub days: i64,
    /// How far it has come.
    pub state: State,
    /// Who proposed it.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who approved it.
    pub approved_by: Option<StaffId>,
    /// When.
    pub approved_at: Option<Timestamp>,
    /// Its last moment; 0 before the approval.
    pub until: Timestamp,
    /// What is proposed to do with it now.
    pub change: Option<Change>,
    /// Whether it was renewed.
    pub renewed: bool,
    /// How many tickets it names.
    pub named: u64,
    /// How many contacts were sealed anew for it.
    pub held: u64,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Hold {
    /// The name of its key.
    pub fn scope(&self) -> String {
        format!("_hold-{}", self.id)
    }

    /// Whether it holds anything at `now`: an hour may pass from its end to the destruction of its
    /// key.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.state == State::Active && now < self.until
    }
}

/// What somebody proposes to hold.
#[derive(Debug, Clone)]
pub struct NewHold {
    /// The draw.
    pub draw: DrawId,
    /// The tickets, each once.
    pub tickets: Vec<u64>,
    /// Why, as the law knows it.
    pub basis: Basis,
    /// Which rule was broken, where that is the basis.
    pub rule: Option<SiteRule>,
    /// The number of the letter or case.
    pub document: String,
    /// Why; never about a person.
    pub reason: String,
    /// For how long: 1 to [`LONGEST_DAYS`].
    pub days: i64,
}

/// Proposes to hold named tickets.
///
/// # Errors
/// [`Error::Purged`] after the purge, [`Error::NoTicket`] where no contact stands behind a ticket.
pub fn propose(tx: &mut Tx, by: &StaffId, new: &NewHold) -> Result<HoldId, Error> {
    let plan = draw::by_id(tx, &new.draw)?;
    if activity::by_id(tx, &plan.activity)?.stage == Stage::Purged {
        return Err(Error::Purged);
    }
    for index in &new.tickets {
        contact(tx, &plan.activity, &new.draw, *index)?;
    }
    let hold = Hold {
        activity: plan.activity,
        id: HoldId::fresh(),
        draw: new.draw.clone(),
        basis: new.basis,
        rule: new.rule,
        document: new.document.clone(),
        reason: new.reason.clone(),
        days: new.days.clamp(1, LONGEST_DAYS),
        state: State::Proposed,
        proposed_by: by.clone(),
        proposed_at: tx.now(),
        approved_by: None,
        approved_at: None,
        until: Timestamp(0),
        change: None,
        renewed: false,
        named: count(new.tickets.len()),
        held: 0,
        ended_at: None,
    };
    store::holds::insert(tx, &hold, &new.tickets)?;
    record(tx, by, "custody.hold_proposed", &hold, &hold.reason)?;
    Ok(hold.id)
}

/// Approves a hold: it lasts from now on.
///
/// # Errors
/// [`Error::SecondPerson`] to whoever proposed it, [`Error::Moved`] if it was decided before.
pub fn approve(tx: &mut Tx, by: &StaffId, id: &HoldId) -> Result<(), Error> {
    let hold = find(tx, id)?;
    is_second(&hold.proposed_by, by)?;
    if activity::by_id(tx, &hold.activity)?.stage == Stage::Purged {
        return Err(Error::Purged);
    }
    let now = tx.now();
    let approved = Hold {
        state: State::Active,
        approved_by: Some(by.clone()),
        approved_at: Some(now),
        until: now.plus(hold.days * DAY),
        ..hold
    };
    store::holds::update(tx, State::Proposed, &approved)?;
    record(tx, by, "custody.hold_approved", &approved, "")
}

/// Drops a proposal; either of the two may.
pub fn drop_proposal(tx: &mut Tx, by: &StaffId, id: &HoldId) -> Result<(), Error> {
    let hold = find(tx, id)?;
    let dropped = Hold {
        state: State::Dropped,
        ended_at: Some(tx.now()),
        ..hold
    };
    store::holds::update(tx, State::Proposed, &dropped)?;
    store::holds::erase_rows(tx, &dropped)?;
    record(tx, by, "custody.hold_dropped", &dropped, "")
}

/// Proposes to renew a hold, or with 0 days to end it now.
///
/// # Errors
/// [`Error::RenewedOnce`] where it was renewed before, [`Error::NotLonger`] where it would end no
/// later than it does, [`Error::Moved`] once it is over.
pub fn propose_change(tx: &mut Tx, by: &StaffId, id: &HoldId, days: i64) -> Result<(), Error> {
    let hold = find(tx, id)?;
    let days = days.clamp(0, LONGEST_DAYS);
    let now = tx.now();
    if !hold.is_in_force(now) {
        return Err(Error::Moved);
    }
    if hold.renewed && days > 0 {
        return Err(Error::RenewedOnce);
    }
    if days > 0 && now.plus(days * DAY) <= hold.until {
        return Err(Error::NotLonger);
    }
    let changed = Hold {
        change: Some(Change {
            by: by.clone(),
            days,
        }),
        ..hold
    };
    store::holds::update(tx, State::Active, &changed)?;
    record(
        tx,
        by,
        "custody.hold_change_proposed",
        &changed,
        &days.to_string(),
    )
}

/// Approves what was proposed to do with a hold in force; `seen` is what the page showed.
///
/// # Errors
/// [`Error::SecondPerson`] to whoever proposed it, [`Error::Moved`] if something else is proposed.
pub fn approve_change(tx: &mut Tx, by: &StaffId, id: &HoldId, seen: i64) -> Result<(), Error> {
    let hold = find(tx, id)?;
    let change = match &hold.change {
        Some(change) if change.days == seen => change.clone(),
        _ => return Err(Error::Moved),
    };
    is_second(&change.by, by)?;
    let now = tx.now();
    if !hold.is_in_force(now) {
        return Err(Error::Moved);
    }
    let changed = Hold {
        until: match change.days {
            0 => now,
            days => now.plus(days * DAY).max(hold.until),
        },
        renewed: hold.renewed || change.days > 0,
        change: None,
        ..hold
    };
    store::holds::update(tx, State::Active, &changed)?;
    record(
        tx,
        by,
        "custody.hold_changed",
        &changed,
        &change.days.to_string(),
    )
}

/// Every hold, the latest first.
pub fn list(tx: &mut Tx) -> Result<Vec<Hold>, Error> {
    Ok(store::holds::list(tx)?)
}

/// One hold.
pub fn find(tx: &mut Tx, id: &HoldId) -> Result<Hold, Error> {
    store::holds::find(tx, id)?.ok_or(Error::Unknown)
}

/// The tickets of a hold, ascending.
pub fn tickets(tx: &mut Tx, hold: &Hold) -> Result<Vec<u64>, Error> {
    Ok(store::holds::tickets(tx, hold)?)
}

fn record(
    tx: &mut Tx,
    by: &StaffId,
    act: &'static str,
    hold: &Hold,
    reason: &str,
) -> Result<(), Error> {
    let actor = Actor::Staff(by.clone());
    let of = (hold.activity.as_str(), hold.id.as_str());
    note(tx, &actor, act, of, reason)
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).expect("a count fits 64 bits")
}
