//! Rows of sessions, and the counting of their places.
//!
//! Each change of a count is one conditional statement: it changes the row, or nothing.

use diesel::prelude::*;

use crate::activity::{ActivityId, LocalText};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{small, unsigned};
use crate::platform::db::schema::seats::{seat_sessions, seat_terms};
use crate::platform::db::{self, Tx};
use crate::seats::draft::Planned;
use crate::seats::line::More;
use crate::seats::{Error, Session, SessionId, Terms};

#[derive(Queryable, Selectable)]
#[diesel(table_name = seat_sessions)]
struct SessionRow {
    activity_id: String,
    id: String,
    position: i64,
    title_zh: String,
    title_en: String,
    place_zh: String,
    place_en: String,
    starts_at: i64,
    capacity: i64,
    waiting_places: i64,
    taken: i64,
    waiting: i64,
    arrivals: i64,
    cancelled_at: Option<i64>,
    cancelled_reason: String,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Session {
        Session {
            activity: ActivityId(row.activity_id),
            id: SessionId(row.id),
            position: small(row.position),
            title: LocalText::new(row.title_zh, row.title_en),
            place: LocalText::new(row.place_zh, row.place_en),
            starts_at: Timestamp(row.starts_at),
            capacity: small(row.capacity),
            waiting_places: small(row.waiting_places),
            taken: small(row.taken),
            waiting: small(row.waiting),
            arrivals: unsigned(row.arrivals),
            cancelled_at: row.cancelled_at.map(Timestamp),
            cancelled_reason: row.cancelled_reason,
        }
    }
}

/// The row of one session.
macro_rules! row {
    ($activity:expr, $session:expr) => {
        seat_sessions::table
            .filter(seat_sessions::activity_id.eq($activity.as_str()))
            .filter(seat_sessions::id.eq($session.as_str()))
    };
}

pub(in crate::seats) fn terms(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Option<Terms>, db::Error> {
    let row: Option<(i64, i64, i64)> = seat_terms::table
        .filter(seat_terms::activity_id.eq(activity.as_str()))
        .select((
            seat_terms::per_person,
            seat_terms::back_before,
            seat_terms::offer_lasts,
        ))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|(per_person, back_before, offer_lasts)| Terms {
        per_person: small(per_person),
        back_before,
        offer_lasts,
    }))
}

pub(in crate::seats) fn set_terms(
    tx: &mut Tx,
    activity: &ActivityId,
    terms: &Terms,
) -> Result<(), db::Error> {
    let known = seat_terms::table.filter(seat_terms::activity_id.eq(activity.as_str()));
    diesel::delete(known).execute(tx.conn())?;
    diesel::insert_into(seat_terms::table)
        .values((
            seat_terms::activity_id.eq(activity.as_str()),
            seat_terms::per_person.eq(i64::from(terms.per_person)),
            seat_terms::back_before.eq(terms.back_before),
            seat_terms::offer_lasts.eq(terms.offer_lasts),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::seats) fn all(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Session>, db::Error> {
    let rows = seat_sessions::table
        .filter(seat_sessions::activity_id.eq(activity.as_str()))
        .order((
            seat_sessions::starts_at,
            seat_sessions::position,
            seat_sessions::id,
        ))
        .select(SessionRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Session::from).collect())
}

pub(in crate::seats) fn find(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &SessionId,
) -> Result<Option<Session>, db::Error> {
    let row = row!(activity, id)
        .select(SessionRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Session::from))
}

pub(in crate::seats) fn insert(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &SessionId,
    position: u32,
    planned: &Planned,
) -> Result<(), db::Error> {
    diesel::insert_into(seat_sessions::table)
        .values((
            seat_sessions::activity_id.eq(activity.as_str()),
            seat_sessions::id.eq(id.as_str()),
            seat_sessions::position.eq(i64::from(position)),
            seat_sessions::title_zh.eq(&planned.title.zh),
            seat_sessions::title_en.eq(&planned.title.en),
            seat_sessions::place_zh.eq(&planned.place.zh),
            seat_sessions::place_en.eq(&planned.place.en),
            seat_sessions::starts_at.eq(planned.starts_at.0),
            seat_sessions::capacity.eq(i64::from(planned.capacity)),
            seat_sessions::waiting_places.eq(i64::from(planned.waiting_places)),
            seat_sessions::taken.eq(0),
            seat_sessions::waiting.eq(0),
            seat_sessions::arrivals.eq(0),
            seat_sessions::cancelled_reason.eq(""),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::seats) fn update(
    tx: &mut Tx,
    session: &Session,
    planned: &Planned,
) -> Result<(), Error> {
    let changed = diesel::update(row!(session.activity, session.id))
        .set((
            seat_sessions::title_zh.eq(&planned.title.zh),
            seat_sessions::title_en.eq(&planned.title.en),
            seat_sessions::place_zh.eq(&planned.place.zh),
            seat_sessions::place_en.eq(&planned.place.en),
            seat_sessions::starts_at.eq(planned.starts_at.0),
            seat_sessions::capacity.eq(i64::from(planned.capacity)),
            seat_sessions::waiting_places.eq(i64::from(planned.waiting_places)),
        ))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(in crate::seats) fn delete(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &SessionId,
) -> Result<(), db::Error> {
    diesel::delete(row!(activity, id)).execute(tx.conn())?;
    Ok(())
}

pub(in crate::seats) fn delete_all(tx: &mut Tx, activity: &ActivityId) -> Result<(), db::Error> {
    let of_activity = seat_sessions::activity_id.eq(activity.as_str());
    diesel::delete(seat_sessions::table.filter(of_activity)).execute(tx.conn())?;
    let of_activity = seat_terms::activity_id.eq(activity.as_str());
    diesel::delete(seat_terms::table.filter(of_activity)).execute(tx.conn())?;
    Ok(())
}

/// Counts one more place and one more arrival, if a place is free and nobody waits for it. This
/// statement alone decides who gets the last place.
pub(in crate::seats) fn take_place(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<bool, db::Error> {
    let free = row!(activity, session)
        .filter(seat_sessions::taken.lt(seat_sessions::capacity))
        .filter(seat_sessions::waiting.eq(0))
        .filter(seat_sessions::cancelled_at.is_null());
    let changed = diesel::update(free)
        .set((
            seat_sessions::taken.eq(seat_sessions::taken + 1),
            seat_sessions::arrivals.eq(seat_sessions::arrivals + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Counts one more person in line and one more arrival, if the line is not full.
pub(in crate::seats) fn take_place_in_line(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<bool, db::Error> {
    let free = row!(activity, session)
        .filter(seat_sessions::waiting.lt(seat_sessions::waiting_places))
        .filter(seat_sessions::cancelled_at.is_null());
    let changed = diesel::update(free)
        .set((
            seat_sessions::waiting.eq(seat_sessions::waiting + 1),
            seat_sessions::arrivals.eq(seat_sessions::arrivals + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Counts a free place for the first in line, if there is a place and somebody in line.
pub(in crate::seats) fn take_for_first_in_line(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<bool, db::Error> {
    let free = row!(activity, session)
        .filter(seat_sessions::taken.lt(seat_sessions::capacity))
        .filter(seat_sessions::waiting.gt(0))
        .filter(seat_sessions::cancelled_at.is_null());
    let changed = diesel::update(free)
        .set((
            seat_sessions::taken.eq(seat_sessions::taken + 1),
            seat_sessions::waiting.eq(seat_sessions::waiting - 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// A place that was held or offered is free.
pub(in crate::seats) fn bring_back(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<(), Error> {
    let changed = diesel::update(row!(activity, session).filter(seat_sessions::taken.gt(0)))
        .set(seat_sessions::taken.eq(seat_sessions::taken - 1))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Somebody left the line.
pub(in crate::seats) fn leave_line(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<(), Error> {
    let changed = diesel::update(row!(activity, session).filter(seat_sessions::waiting.gt(0)))
        .set(seat_sessions::waiting.eq(seat_sessions::waiting - 1))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// More places, never fewer.
pub(in crate::seats) fn add_places(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
    more: &More,
) -> Result<(), Error> {
    let (capacity, line) = (i64::from(more.capacity), i64::from(more.waiting_places));
    let smaller = row!(activity, session)
        .filter(seat_sessions::capacity.le(capacity))
        .filter(seat_sessions::waiting_places.le(line))
        .filter(seat_sessions::cancelled_at.is_null());
    let changed = diesel::update(smaller)
        .set((
            seat_sessions::capacity.eq(capacity),
            seat_sessions::waiting_places.eq(line),
        ))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Calls a session off, once.
pub(in crate::seats) fn cancel(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
    reason: &str,
) -> Result<(), Error> {
    let now = tx.now().0;
    let on = row!(activity, session).filter(seat_sessions::cancelled_at.is_null());
    let changed = diesel::update(on)
        .set((
            seat_sessions::cancelled_at.eq(Some(now)),
            seat_sessions::cancelled_reason.eq(reason),
        ))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}
