//! All SQL of requests.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::entry::EntryId;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::rights::rights_requests as requests;
use crate::platform::db::{self, Tx};
use crate::platform::text::Language;

use super::{Error, Request, RequestId, RequestKind, RequestState};

#[derive(Queryable, Selectable)]
#[diesel(table_name = requests)]
struct Row {
    id: String,
    kind: String,
    activity_id: String,
    entry_id: String,
    scope: String,
    item: String,
    language: String,
    received_at: i64,
    due_at: i64,
    extended_to: Option<i64>,
    extension_reason: String,
    state: String,
    answered_at: Option<i64>,
    answer_item: Option<String>,
    handled_by: String,
}

impl From<Row> for Request {
    fn from(row: Row) -> Request {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Request {
            id: RequestId(row.id),
            kind: RequestKind::parse(&row.kind).expect("a CHECK limits the kinds"),
            activity: some(row.activity_id).map(ActivityId),
            entry: some(row.entry_id).map(EntryId),
            scope: row.scope,
            item: row.item,
            answer_item: row.answer_item,
            language: Language::ALL
                .into_iter()
                .find(|language| language.tag() == row.language)
                .unwrap_or_default(),
            received_at: Timestamp(row.received_at),
            due_at: Timestamp(row.due_at),
            extended_to: row.extended_to.map(Timestamp),
            extension_reason: row.extension_reason,
            state: RequestState::parse(&row.state),
            answered_at: row.answered_at.map(Timestamp),
            handled_by: row.handled_by,
        }
    }
}

/// Stores a request; the unique lookup decides which of two equal ones is the first.
pub(super) fn insert(tx: &mut Tx, lookup: &Hash, new: &Request) -> Result<(), Error> {
    let activity = new.activity.as_ref().map_or("", ActivityId::as_str);
    let entry = new.entry.as_ref().map_or("", EntryId::as_str);
    diesel::insert_into(requests::table)
        .values((
            requests::id.eq(new.id.as_str()),
            requests::lookup.eq(lookup.as_bytes().to_vec()),
            requests::kind.eq(new.kind.code()),
            requests::activity_id.eq(activity),
            requests::entry_id.eq(entry),
            requests::scope.eq(&new.scope),
            requests::item.eq(&new.item),
            requests::language.eq(new.language.tag()),
            requests::received_at.eq(new.received_at.0),
            requests::due_at.eq(new.due_at.0),
            requests::extended_to.eq(new.extended_to.map(|at| at.0)),
            requests::extension_reason.eq(&new.extension_reason),
            requests::state.eq(new.state.code()),
            requests::answered_at.eq(new.answered_at.map(|at| at.0)),
            requests::answer_item.eq(&new.answer_item),
            requests::handled_by.eq(&new.handled_by),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Twice))?;
    Ok(())
}

/// Writes what may change of a request: its clock, its state and its answer.
pub(super) fn save(tx: &mut Tx, request: &Request) -> Result<(), db::Error> {
    diesel::update(requests::table.filter(requests::id.eq(request.id.as_str())))
        .set((
            requests::extended_to.eq(request.extended_to.map(|at| at.0)),
            requests::extension_reason.eq(&request.extension_reason),
            requests::state.eq(request.state.code()),
            requests::answered_at.eq(request.answered_at.map(|at| at.0)),
            requests::answer_item.eq(&request.answer_item),
            requests::handled_by.eq(&request.handled_by),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn by_lookup(tx: &mut Tx, lookup: &Hash) -> Result<Option<Request>, db::Error> {
    let row = requests::table
        .filter(requests::lookup.eq(lookup.as_bytes().to_vec()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Request::from))
}

pub(super) fn by_id(tx: &mut Tx, id: &RequestId) -> Result<Option<Request>, db::Error> {
    let row = requests::table
        .filter(requests::id.eq(id.as_str()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Request::from))
}

pub(super) fn list(tx: &mut Tx) -> Result<Vec<Request>, db::Error> {
    let rows: Vec<Row> = requests::table
        .order(requests::id)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Request::from).collect())
}

pub(super) fn open(tx: &mut Tx) -> Result<Vec<Request>, db::Error> {
    let rows: Vec<Row> = requests::table
        .filter(requests::state.eq("open"))
        .order(requests::due_at)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Request::from).collect())
}

/// Those that were answered or taken back before a moment.
pub(super) fn over(tx: &mut Tx, before: Timestamp) -> Result<Vec<Request>, db::Error> {
    let rows: Vec<Row> = requests::table
        .filter(requests::state.ne("open"))
        .filter(requests::answered_at.lt(before.0))
        .order(requests::id)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Request::from).collect())
}

pub(super) fn remove(tx: &mut Tx, id: &RequestId) -> Result<(), db::Error> {
    diesel::delete(requests::table.filter(requests::id.eq(id.as_str()))).execute(tx.conn())?;
    Ok(())
}

pub(super) fn count_in(tx: &mut Tx, scope: &str) -> Result<i64, db::Error> {
    Ok(requests::table
        .filter(requests::scope.eq(scope))
        .count()
        .get_result(tx.conn())?)
}

pub(super) fn untie(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    Ok(diesel::update(
        requests::table
            .filter(requests::activity_id.eq(activity.as_str()))
            .filter(requests::entry_id.ne("")),
    )
    .set(requests::entry_id.eq(""))
    .execute(tx.conn())?)
}

pub(super) fn tied(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = requests::table
        .filter(requests::activity_id.eq(activity.as_str()))
        .filter(requests::entry_id.ne(""))
        .count()
        .get_result(tx.conn())?;
    Ok(u64::try_from(rows).unwrap_or(0))
}
