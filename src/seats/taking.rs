//! Taking a place, inside the transaction that stores the entry.
//!
//! Invariant: a refusal has written nothing: everything that refuses comes before the first row.
//! The number of places is compared and counted in one statement, so that two transactions cannot
//! both take the last one, in whatever isolation and on however many instances.

use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;

use super::{Error, Seat, SeatState, SessionId, line, store};

/// What a person wants; no name and no number, only the keyed tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The session.
    pub session: SessionId,
    /// The keyed tag of the person.
    pub tag: Hash,
    /// Whether the person stands in line where no place is free.
    pub waits: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// The place is the person's.
    Held,
    /// The person is in line.
    Waiting,
}

/// Gives `entry` a place, or a place in line.
///
/// # Errors
/// [`Error::Again`], [`Error::Enough`], [`Error::Full`], [`Error::Cancelled`] and [`Error::Begun`]
/// have written nothing.
pub fn take(tx: &mut Tx, activity: &ActivityId, entry: &str, wish: &Wish) -> Result<Placed, Error> {
    let session = super::session(tx, activity, &wish.session)?;
    if session.cancelled_at.is_some() {
        return Err(Error::Cancelled);
    }
    if !session.is_on(tx.now()) {
        return Err(Error::Begun);
    }
    // Of those who come too late most are told without a statement that changes nothing.
    if session.free() == 0 && !(wish.waits && session.free_to_wait() > 0) {
        return Err(Error::Full {
            may_wait: session.free_to_wait() > 0,
        });
    }
    // Last, so that nobody learns who has a place from a session that gives none.
    let (nth, in_vain) = next_of_person(tx, activity, wish)?;
    let (state, placed) = if store::sessions::take_place(tx, activity, &session.id)? {
        (SeatState::Held, Placed::Held)
    } else if wish.waits && store::sessions::take_place_in_line(tx, activity, &session.id)? {
        (SeatState::Waiting, Placed::Waiting)
    } else {
        let now = super::session(tx, activity, &wish.session)?;
        return Err(Error::Full {
            may_wait: now.free_to_wait() > 0,
        });
    };
    for seat in &in_vain {
        store::seats::set_aside(tx, activity, seat)?;
    }
    // The row is this transaction's until its end, so the number is nobody else's.
    let arrivals = super::session(tx, activity, &wish.session)?.arrivals;
    let seat = Seat {
        entry: entry.to_owned(),
        session: session.id,
        index: arrivals.saturating_sub(1),
        tag: wish.tag,
        nth,
        state,
        taken_hour: tx.now().hour(),
        offer_until: Timestamp(0),
        attended_at: None,
        reason: String::new(),
    };
    store::seats::insert(tx, activity, &seat)?;
    if placed == Placed::Waiting {
        // A place may have come back between the two statements, when nobody was in line.
        line::move_up(tx, activity, &seat.session)?;
    }
    Ok(placed)
}

/// Which of the person's places this would be, and those of theirs that count no more: in sessions
/// that were called off, and in lines that ended before it was their turn.
fn next_of_person(
    tx: &mut Tx,
    activity: &ActivityId,
    wish: &Wish,
) -> Result<(u32, Vec<Seat>), Error> {
    let own = store::seats::living_of(tx, activity, &wish.tag)?;
    if own.is_empty() {
        return Ok((0, Vec::new()));
    }
    if own.iter().any(|seat| seat.session == wish.session) {
        return Err(Error::Again);
    }
    let (sessions, now) = (super::sessions(tx, activity)?, tx.now());
    let (in_vain, own): (Vec<Seat>, Vec<Seat>) = own.into_iter().partition(|seat| {
        let session = sessions.iter().find(|session| session.id == seat.session);
        session.is_some_and(|session| session.was_in_vain(seat.state, now))
    });
    let is_free = |nth: &u32| own.iter().all(|seat| seat.nth != *nth);
    let most = super::terms(tx, activity)?.per_person;
    let nth = (0..most).find(is_free).ok_or(Error::Enough)?;
    Ok((nth, in_vain))
}
