//! Rows of places: one for each entry.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{hash, signed, small, unsigned};
use crate::platform::db::schema::seats::{seat_sessions, seats};
use crate::platform::db::{self, Tx};
use crate::seats::draft::MOST_PER_PERSON;
use crate::seats::{Error, Seat, SeatState, SessionId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = seats)]
struct SeatRow {
    entry_id: String,
    session_id: String,
    position: i64,
    tag: Vec<u8>,
    nth: i64,
    state: String,
    taken_hour: i64,
    offer_until: i64,
    attended_at: Option<i64>,
    reason: String,
}

impl From<SeatRow> for Seat {
    fn from(row: SeatRow) -> Seat {
        Seat {
            entry: row.entry_id,
            session: SessionId(row.session_id),
            index: unsigned(row.position),
            tag: hash(&row.tag),
            nth: small(row.nth),
            state: SeatState::parse(&row.state).expect("a CHECK limits the states"),
            taken_hour: Timestamp(row.taken_hour),
            offer_until: Timestamp(row.offer_until),
            attended_at: row.attended_at.map(Timestamp),
            reason: row.reason,
        }
    }
}

/// Stores a place; the unique indexes decide which of two equal ones is the first.
pub(in crate::seats) fn insert(
    tx: &mut Tx,
    activity: &ActivityId,
    seat: &Seat,
) -> Result<(), Error> {
    diesel::insert_into(seats::table)
        .values((
            seats::activity_id.eq(activity.as_str()),
            seats::entry_id.eq(&seat.entry),
            seats::session_id.eq(seat.session.as_str()),
            seats::position.eq(signed(seat.index)),
            seats::tag.eq(seat.tag.as_bytes().to_vec()),
            seats::nth.eq(i64::from(seat.nth)),
            seats::state.eq(seat.state.code()),
            seats::taken_hour.eq(seat.taken_hour.0),
            seats::offer_until.eq(seat.offer_until.0),
            seats::attended_at.eq(seat.attended_at.map(|at| at.0)),
            seats::reason.eq(&seat.reason),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Twice))?;
    Ok(())
}

pub(in crate::seats) fn find(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &str,
) -> Result<Option<Seat>, db::Error> {
    let row = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .filter(seats::entry_id.eq(entry))
        .select(SeatRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Seat::from))
}

pub(in crate::seats) fn by_number(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
    index: u64,
) -> Result<Option<Seat>, db::Error> {
    let row = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .filter(seats::session_id.eq(session.as_str()))
        .filter(seats::position.eq(signed(index)))
        .select(SeatRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Seat::from))
}

/// What a person has, is offered or waits for.
pub(in crate::seats) fn living_of(
    tx: &mut Tx,
    activity: &ActivityId,
    tag: &Hash,
) -> Result<Vec<Seat>, db::Error> {
    let rows: Vec<SeatRow> = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .filter(seats::tag.eq(tag.as_bytes().to_vec()))
        .filter(seats::state.eq_any(SeatState::LIVING.map(SeatState::code)))
        .select(SeatRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Seat::from).collect())
}

/// Makes room among the places that a person may have: from [`MOST_PER_PERSON`] on a place counts
/// no more. Behind that it is told from the person's others by its session.
pub(in crate::seats) fn set_aside(
    tx: &mut Tx,
    activity: &ActivityId,
    seat: &Seat,
) -> Result<(), Error> {
    if seat.nth >= MOST_PER_PERSON {
        return Ok(());
    }
    let position: i64 = seat_sessions::table
        .filter(seat_sessions::activity_id.eq(activity.as_str()))
        .filter(seat_sessions::id.eq(seat.session.as_str()))
        .select(seat_sessions::position)
        .first(tx.conn())
        .map_err(db::Error::from)?;
    let changed = diesel::update(
        seats::table
            .filter(seats::activity_id.eq(activity.as_str()))
            .filter(seats::entry_id.eq(&seat.entry)),
    )
    .set(seats::nth.eq(i64::from(MOST_PER_PERSON) + position))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// The places of a session in the order of arrival.
pub(in crate::seats) fn list(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<Vec<Seat>, db::Error> {
    let rows = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .filter(seats::session_id.eq(session.as_str()))
        .order(seats::position)
        .select(SeatRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Seat::from).collect())
}

/// Whoever has waited longest.
pub(in crate::seats) fn first_in_line(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<Option<Seat>, db::Error> {
    let row = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .filter(seats::session_id.eq(session.as_str()))
        .filter(seats::state.eq(SeatState::Waiting.code()))
        .order(seats::position)
        .select(SeatRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Seat::from))
}

/// How many wait before this one.
pub(in crate::seats) fn count_before(
    tx: &mut Tx,
    activity: &ActivityId,
    seat: &Seat,
) -> Result<u64, db::Error> {
    let before: i64 = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .filter(seats::session_id.eq(seat.session.as_str()))
        .filter(seats::state.eq(SeatState::Waiting.code()))
        .filter(seats::position.lt(signed(seat.index)))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(before))
}

/// The compare-and-set of every change of state. Whoever gives a place back leaves no tag behind.
pub(in crate::seats) fn advance(
    tx: &mut Tx,
    activity: &ActivityId,
    seat: &Seat,
    to: SeatState,
) -> Result<(), Error> {
    let tag = match to {
        SeatState::Returned | SeatState::Declined => vec![0; 32],
        _ => seat.tag.as_bytes().to_vec(),
    };
    let changed = diesel::update(
        seats::table
            .filter(seats::activity_id.eq(activity.as_str()))
            .filter(seats::entry_id.eq(&seat.entry))
            .filter(seats::state.eq(seat.state.code())),
    )
    .set((seats::state.eq(to.code()), seats::tag.eq(tag)))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Offers a place to somebody in line.
pub(in crate::seats) fn offer(
    tx: &mut Tx,
    activity: &ActivityId,
    seat: &Seat,
    until: Timestamp,
) -> Result<(), Error> {
    let changed = diesel::update(
        seats::table
            .filter(seats::activity_id.eq(activity.as_str()))
            .filter(seats::entry_id.eq(&seat.entry))
            .filter(seats::state.eq(SeatState::Waiting.code())),
    )
    .set((
        seats::state.eq(SeatState::Offered.code()),
        seats::offer_until.eq(until.0),
    ))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Why a place that was just taken back was.
pub(in crate::seats) fn give_reason(
    tx: &mut Tx,
    activity: &ActivityId,
    seat: &Seat,
    reason: &str,
) -> Result<(), Error> {
    let changed = diesel::update(
        seats::table
            .filter(seats::activity_id.eq(activity.as_str()))
            .filter(seats::entry_id.eq(&seat.entry))
            .filter(seats::state.eq(SeatState::TakenBack.code())),
    )
    .set(seats::reason.eq(reason))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(in crate::seats) fn mark(
    tx: &mut Tx,
    activity: &ActivityId,
    seat: &Seat,
    attended_at: Option<Timestamp>,
) -> Result<(), Error> {
    let changed = diesel::update(
        seats::table
            .filter(seats::activity_id.eq(activity.as_str()))
            .filter(seats::entry_id.eq(&seat.entry)),
    )
    .set(seats::attended_at.eq(attended_at.map(|at| at.0)))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Which entries carry one of these tags.
pub(in crate::seats) fn with_tags(
    tx: &mut Tx,
    activity: &ActivityId,
    tags: &[Hash],
) -> Result<Vec<(String, Hash)>, db::Error> {
    let tags: Vec<Vec<u8>> = tags.iter().map(|tag| tag.as_bytes().to_vec()).collect();
    let rows: Vec<(String, Vec<u8>)> = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .filter(seats::tag.eq_any(tags))
        .select((seats::entry_id, seats::tag))
        .load(tx.conn())?;
    let known = rows.into_iter().map(|(entry, tag)| (entry, hash(&tag)));
    Ok(known.collect())
}

/// The tag of every entry that has one.
pub(in crate::seats) fn tags(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<(String, Hash)>, db::Error> {
    let rows: Vec<(String, Vec<u8>)> = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .order((seats::session_id, seats::position))
        .select((seats::entry_id, seats::tag))
        .load(tx.conn())?;
    let known = rows.into_iter().map(|(entry, tag)| (entry, hash(&tag)));
    Ok(known.filter(|(_, tag)| tag.0 != [0; 32]).collect())
}

pub(in crate::seats) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let rows = seats::table.filter(seats::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(in crate::seats) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = seats::table
        .filter(seats::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}
