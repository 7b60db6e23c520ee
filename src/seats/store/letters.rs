//! Rows of letters.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::unsigned;
use crate::platform::db::schema::seats::seat_letters;
use crate::platform::db::{self, Tx};
use crate::seats::{Letter, LetterId, LetterKind, LetterStage, SessionId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = seat_letters)]
struct LetterRow {
    id: String,
    entry_id: String,
    session_id: String,
    kind: String,
    stage: String,
    attempts: i64,
    last_reply: String,
    sent_at: Option<i64>,
}

impl From<LetterRow> for Letter {
    fn from(row: LetterRow) -> Letter {
        Letter {
            id: LetterId(row.id),
            entry: row.entry_id,
            session: SessionId(row.session_id),
            kind: LetterKind::parse(&row.kind).expect("a CHECK limits the kinds"),
            stage: LetterStage::parse(&row.stage).expect("a CHECK limits the stages"),
            attempts: row.attempts,
            last_reply: row.last_reply,
            sent_at: row.sent_at.map(Timestamp),
        }
    }
}

pub(in crate::seats) fn insert(
    tx: &mut Tx,
    activity: &ActivityId,
    letter: &Letter,
) -> Result<(), db::Error> {
    diesel::insert_into(seat_letters::table)
        .values((
            seat_letters::activity_id.eq(activity.as_str()),
            seat_letters::id.eq(letter.id.as_str()),
            seat_letters::entry_id.eq(&letter.entry),
            seat_letters::session_id.eq(letter.session.as_str()),
            seat_letters::kind.eq(letter.kind.code()),
            seat_letters::stage.eq(letter.stage.code()),
            seat_letters::attempts.eq(letter.attempts),
            seat_letters::last_reply.eq(&letter.last_reply),
            seat_letters::sent_at.eq(letter.sent_at.map(|at| at.0)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::seats) fn find(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &LetterId,
) -> Result<Option<Letter>, db::Error> {
    let row = seat_letters::table
        .filter(seat_letters::activity_id.eq(activity.as_str()))
        .filter(seat_letters::id.eq(id.as_str()))
        .select(LetterRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Letter::from))
}

pub(in crate::seats) fn of_entry(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &str,
) -> Result<Vec<Letter>, db::Error> {
    let rows = seat_letters::table
        .filter(seat_letters::activity_id.eq(activity.as_str()))
        .filter(seat_letters::entry_id.eq(entry))
        .select(LetterRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Letter::from).collect())
}

pub(in crate::seats) fn of_session(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<Vec<Letter>, db::Error> {
    let rows = seat_letters::table
        .filter(seat_letters::activity_id.eq(activity.as_str()))
        .filter(seat_letters::session_id.eq(session.as_str()))
        .select(LetterRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Letter::from).collect())
}

/// The compare-and-set of every change of stage; `false` when it stands elsewhere.
pub(in crate::seats) fn advance(
    tx: &mut Tx,
    activity: &ActivityId,
    from: &[LetterStage],
    to: &Letter,
) -> Result<bool, db::Error> {
    let from: Vec<&str> = from.iter().map(|stage| stage.code()).collect();
    let changed = diesel::update(
        seat_letters::table
            .filter(seat_letters::activity_id.eq(activity.as_str()))
            .filter(seat_letters::id.eq(to.id.as_str()))
            .filter(seat_letters::stage.eq_any(from)),
    )
    .set((
        seat_letters::stage.eq(to.stage.code()),
        seat_letters::attempts.eq(to.attempts),
        seat_letters::last_reply.eq(&to.last_reply),
        seat_letters::sent_at.eq(to.sent_at.map(|at| at.0)),
    ))
    .execute(tx.conn())?;
    Ok(changed == 1)
}

pub(in crate::seats) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let rows = seat_letters::table.filter(seat_letters::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(in crate::seats) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = seat_letters::table
        .filter(seat_letters::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}
