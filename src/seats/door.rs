//! The door: who came, without knowing who anybody is.
//!
//! Invariant: a person is marked by the ticket's number after the vault compared the ID number, or
//! by the receipt code; the number that was typed is stored nowhere. A mark can be taken back.

use crate::activity::ActivityId;
use crate::audit::Actor;
use crate::platform::db::Tx;

use super::line::record;
use super::{Error, Seat, SeatNumber, SeatState, SessionId, store};

/// The place with this number in a session.
pub fn by_number(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
    index: u64,
) -> Result<Seat, Error> {
    store::seats::by_number(tx, activity, session, index)?.ok_or(Error::Unknown)
}

/// Marks that whoever holds the place came.
///
/// # Errors
/// [`Error::Moved`] where nobody holds it.
pub fn came(tx: &mut Tx, by: &Actor, activity: &ActivityId, seat: &Seat) -> Result<(), Error> {
    let seat = by_number(tx, activity, &seat.session, seat.index)?;
    if seat.state != SeatState::Held {
        return Err(Error::Moved);
    }
    if seat.attended_at.is_some() {
        return Ok(());
    }
    let now = tx.now();
    store::seats::mark(tx, activity, &seat, Some(now))?;
    record(tx, by, activity, "seats.came", &object(&seat), "")
}

/// Takes the mark back.
pub fn did_not_come(
    tx: &mut Tx,
    by: &Actor,
    activity: &ActivityId,
    seat: &Seat,
) -> Result<(), Error> {
    store::seats::mark(tx, activity, seat, None)?;
    record(tx, by, activity, "seats.not_come", &object(seat), "")
}

/// The ID number at the door is not the one of the place.
pub fn differed(tx: &mut Tx, by: &Actor, activity: &ActivityId, seat: &Seat) -> Result<(), Error> {
    record(tx, by, activity, "seats.id_differed", &object(seat), "")
}

/// The place as the record names it.
pub(super) fn object(seat: &Seat) -> String {
    format!("{} {}", seat.session, SeatNumber(seat.index))
}
