//! The line: places come back, offers go out in the order of arrival, are answered or pass.
//!
//! Invariant: every change of a place is a compare-and-set of its state, and the session's row
//! counts it in the same transaction, so that doing it twice, or on two instances at once, is doing
//! it once. A place that comes back is offered in the transaction that brings it back: nobody who
//! arrives later comes before the first in line.
//!
//! Not here: the entry behind a place, which its own domain takes back ([`crate::entry`]).

use crate::activity::ActivityId;
use crate::audit::{self, Act, Actor};
use crate::platform::db::Tx;

use super::{
    Error, LetterKind, Seat, SeatNumber, SeatState, Session, SessionId, jobs, letters, store,
};

/// Gives a place back, declines an offer, or leaves the line; the next in line is offered the place
/// at once. The tag goes, so that nothing tells whose it was. A second time is the same.
///
/// # Errors
/// [`Error::Moved`] once its time has passed.
pub fn give_back(tx: &mut Tx, activity: &ActivityId, entry: &str) -> Result<(), Error> {
    let held = super::of_entry(tx, activity, entry)?.ok_or(Error::Unknown)?;
    let to = match held.seat.state {
        SeatState::Returned | SeatState::Declined => return Ok(()),
        SeatState::Offered => SeatState::Declined,
        _ => SeatState::Returned,
    };
    if !held.is_returnable(tx.now()) {
        return Err(Error::Moved);
    }
    leave(tx, activity, &held.seat, to)
}

/// Says yes to an offer. A second time is the same.
///
/// # Errors
/// [`Error::Moved`] once the offer has passed.
pub fn accept(tx: &mut Tx, activity: &ActivityId, entry: &str) -> Result<(), Error> {
    let held = super::of_entry(tx, activity, entry)?.ok_or(Error::Unknown)?;
    if held.seat.state == SeatState::Held {
        return Ok(());
    }
    if !held.is_answerable(tx.now()) {
        return Err(Error::Moved);
    }
    store::seats::advance(tx, activity, &held.seat, SeatState::Held)?;
    letters::no_longer(tx, activity, entry, LetterKind::Offered)
}

/// Lets an offer pass that nobody answered in time; what was answered, or is not due, stays.
pub fn expire(tx: &mut Tx, activity: &ActivityId, entry: &str) -> Result<(), Error> {
    let Some(seat) = store::seats::find(tx, activity, entry)? else {
        return Ok(());
    };
    if seat.state != SeatState::Offered || tx.now() < seat.offer_until {
        return Ok(());
    }
    leave(tx, activity, &seat, SeatState::Expired)
}

/// Staff take a place back, an offer or a place in line, with a reason that the person reads; the
/// next in line is offered the place at once. The tag stays: the letter is opened by it.
///
/// # Errors
/// [`Error::Moved`] where nobody has or waits for it, or the person came; [`Error::Begun`] and
/// [`Error::Cancelled`] once it is too late.
pub fn take_back(
    tx: &mut Tx,
    by: &Actor,
    activity: &ActivityId,
    session: &SessionId,
    SeatNumber(index): SeatNumber,
    reason: &str,
) -> Result<(), Error> {
    let of = super::session(tx, activity, session)?;
    match of.cancelled_at {
        Some(_) => return Err(Error::Cancelled),
        None if !of.is_on(tx.now()) => return Err(Error::Begun),
        None => {}
    }
    let seat = super::door::by_number(tx, activity, session, index)?;
    if !seat.state.is_living() || seat.attended_at.is_some() {
        return Err(Error::Moved);
    }
    leave(tx, activity, &seat, SeatState::TakenBack)?;
    store::seats::give_reason(tx, activity, &seat, reason)?;
    letters::write(tx, activity, &seat.entry, session, LetterKind::TakenBack)?;
    let object = super::door::object(&seat);
    record(tx, by, activity, "seats.taken_back", &object, reason)
}

/// Brings a place back, or a place in line, and moves the line up.
fn leave(tx: &mut Tx, activity: &ActivityId, seat: &Seat, to: SeatState) -> Result<(), Error> {
    match seat.state {
        SeatState::Waiting => store::sessions::leave_line(tx, activity, &seat.session)?,
        _ => store::sessions::bring_back(tx, activity, &seat.session)?,
    }
    store::seats::advance(tx, activity, seat, to)?;
    letters::no_longer(tx, activity, &seat.entry, LetterKind::Offered)?;
    move_up(tx, activity, &seat.session)
}

/// Offers every free place of a session to whoever is first in line.
pub fn move_up(tx: &mut Tx, activity: &ActivityId, session: &SessionId) -> Result<(), Error> {
    let of = super::session(tx, activity, session)?;
    if !of.is_on(tx.now()) {
        return Ok(());
    }
    let lasts = super::terms(tx, activity)?.offer_lasts;
    while store::sessions::take_for_first_in_line(tx, activity, session)? {
        let first = store::seats::first_in_line(tx, activity, session)?;
        offer(tx, activity, &of, &first.ok_or(Error::Moved)?, lasts)?;
    }
    Ok(())
}

fn offer(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &Session,
    first: &Seat,
    lasts: i64,
) -> Result<(), Error> {
    let until = tx.now().plus(lasts).min(session.starts_at);
    store::seats::offer(tx, activity, first, until)?;
    letters::write(tx, activity, &first.entry, &session.id, LetterKind::Offered)?;
    Ok(jobs::enqueue_expiry(tx, activity, &first.entry, until)?)
}

/// What staff change in a published session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct More {
    /// Places in all, not fewer than before.
    pub capacity: u32,
    /// Places in line in all, not fewer than before.
    pub waiting_places: u32,
}

/// Adds places to a session; the first in line are offered them at once. There are never fewer than
/// were published.
pub fn add_places(
    tx: &mut Tx,
    by: &Actor,
    activity: &ActivityId,
    session: &SessionId,
    more: &More,
) -> Result<(), Error> {
    store::sessions::add_places(tx, activity, session, more)?;
    let object = format!("{session} {} {}", more.capacity, more.waiting_places);
    record(tx, by, activity, "seats.places_added", &object, "")?;
    move_up(tx, activity, session)
}

/// Calls a session off, with a reason for the public; everybody who has, is offered or waits for a
/// place is told.
pub fn cancel(
    tx: &mut Tx,
    by: &Actor,
    activity: &ActivityId,
    session: &SessionId,
    reason: &str,
) -> Result<(), Error> {
    if super::session(tx, activity, session)?.starts_at <= tx.now() {
        return Err(Error::Begun);
    }
    store::sessions::cancel(tx, activity, session, reason)?;
    for seat in store::seats::list(tx, activity, session)? {
        if seat.state.is_living() {
            letters::no_longer(tx, activity, &seat.entry, LetterKind::Offered)?;
            letters::write(tx, activity, &seat.entry, session, LetterKind::Cancelled)?;
        }
    }
    record(
        tx,
        by,
        activity,
        "seats.session_cancelled",
        session.as_str(),
        "",
    )
}

/// Calls off every session of an activity that has not begun: the activity does not take place.
pub fn cancel_all(
    tx: &mut Tx,
    by: &Actor,
    activity: &ActivityId,
    reason: &str,
) -> Result<(), Error> {
    let now = tx.now();
    for session in super::sessions(tx, activity)? {
        if session.is_on(now) {
            cancel(tx, by, activity, &session.id, reason)?;
        }
    }
    Ok(())
}

pub(super) fn record(
    tx: &mut Tx,
    by: &Actor,
    activity: &ActivityId,
    act: &'static str,
    object: &str,
    reason: &str,
) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: by,
            act,
            activity: activity.as_str(),
            object,
            purpose: "",
            reason,
        },
    )?)
}
