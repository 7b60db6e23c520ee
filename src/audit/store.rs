//! All SQL of the record.

use diesel::helper_types::IntoBoxed;
use diesel::prelude::*;

use super::{Alike, Filter, Record};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::unsigned;
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::audit_records;
use crate::platform::db::{self, Conn, Tx};

#[derive(Queryable)]
struct Row {
    position: i64,
    at: i64,
    actor: String,
    act: String,
    activity_id: String,
    object: String,
    purpose: String,
    reason: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

impl From<Row> for Record {
    fn from(row: Row) -> Record {
        Record {
            position: row.position,
            at: Timestamp(row.at),
            actor: row.actor,
            act: row.act,
            activity: row.activity_id,
            object: row.object,
            purpose: row.purpose,
            reason: row.reason,
            previous: row.previous,
            hash: row.hash,
        }
    }
}

/// Position and hash of the newest line.
pub(super) fn last(tx: &mut Tx) -> Result<Option<(i64, Vec<u8>)>, db::Error> {
    Ok(audit_records::table
        .select((audit_records::position, audit_records::hash))
        .order(audit_records::position.desc())
        .first(tx.conn())
        .optional()?)
}

#[derive(Insertable)]
#[diesel(table_name = audit_records, treat_none_as_default_value = false)]
struct NewRow<'n> {
    position: i64,
    at: i64,
    actor: &'n str,
    act: &'n str,
    activity_id: &'n str,
    object: &'n str,
    purpose: &'n str,
    reason: &'n str,
    previous: &'n [u8],
    hash: &'n [u8],
}

pub(super) fn insert_all(tx: &mut Tx, records: &[Record]) -> Result<(), db::Error> {
    let rows: Vec<NewRow> = records
        .iter()
        .map(|record| NewRow {
            position: record.position,
            at: record.at.0,
            actor: &record.actor,
            act: &record.act,
            activity_id: &record.activity,
            object: &record.object,
            purpose: &record.purpose,
            reason: &record.reason,
            previous: &record.previous,
            hash: &record.hash,
        })
        .collect();
    Ok(insert_all!(tx, audit_records::table, rows)?)
}

/// The lines a filter leaves, before they are ordered, cut or counted.
fn filtered(filter: &Filter) -> IntoBoxed<'_, audit_records::table, <Conn as Connection>::Backend> {
    let mut query = audit_records::table.into_boxed();
    if !filter.activity.is_empty() {
        query = query.filter(audit_records::activity_id.eq(&filter.activity));
    }
    if !filter.actor.is_empty() {
        query = query.filter(audit_records::actor.eq(&filter.actor));
    }
    query
}

pub(super) fn count(tx: &mut Tx, filter: &Filter) -> Result<i64, db::Error> {
    Ok(filtered(filter).count().get_result(tx.conn())?)
}

pub(super) fn count_acts(tx: &mut Tx, activity: &str, act: &str) -> Result<i64, db::Error> {
    let acts = audit_records::table
        .filter(audit_records::activity_id.eq(activity))
        .filter(audit_records::act.eq(act));
    Ok(acts.count().get_result(tx.conn())?)
}

/// Lines of these acts after a place and since a moment, those that are alike together.
pub(super) fn alike_after(
    tx: &mut Tx,
    position: i64,
    since: Timestamp,
    acts: &[&str],
) -> Result<Vec<Alike>, db::Error> {
    type Found = (String, String, String, String, i64);
    let alike = (
        audit_records::actor,
        audit_records::act,
        audit_records::purpose,
        audit_records::reason,
    );
    let found: Vec<Found> = audit_records::table
        .filter(audit_records::position.gt(position))
        .filter(audit_records::at.ge(since.0))
        .filter(audit_records::act.eq_any(acts))
        .group_by(alike)
        .select((
            audit_records::actor,
            audit_records::act,
            audit_records::purpose,
            audit_records::reason,
            diesel::dsl::count_star(),
        ))
        .load(tx.conn())?;
    let alike = found.into_iter();
    Ok(alike
        .map(|(actor, act, purpose, reason, count)| Alike {
            actor,
            act,
            purpose,
            reason,
            count: unsigned(count),
        })
        .collect())
}

/// To what an act was done after a place and since a moment, line by line.
pub(super) fn objects_after(
    tx: &mut Tx,
    position: i64,
    since: Timestamp,
    act: &str,
) -> Result<Vec<String>, db::Error> {
    Ok(audit_records::table
        .filter(audit_records::position.gt(position))
        .filter(audit_records::at.ge(since.0))
        .filter(audit_records::act.eq(act))
        .order(audit_records::position)
        .select(audit_records::object)
        .load(tx.conn())?)
}

/// The newest lines first, after leaving out the first `skip`.
pub(super) fn list(
    tx: &mut Tx,
    filter: &Filter,
    skip: i64,
    at_most: i64,
) -> Result<Vec<Record>, db::Error> {
    let rows: Vec<Row> = filtered(filter)
        .order(audit_records::position.desc())
        .offset(skip)
        .limit(at_most)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Record::from).collect())
}

/// The lines of these acts on one row of an activity, the oldest first. Objects begin with the
/// row's id and a space; ids have no character that `LIKE` reads in another way.
pub(super) fn of_item(
    tx: &mut Tx,
    activity: &str,
    acts: &[&str],
    item: &str,
) -> Result<Vec<Record>, db::Error> {
    if item.is_empty() || !item.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = audit_records::table
        .filter(audit_records::activity_id.eq(activity))
        .filter(audit_records::act.eq_any(acts))
        .filter(audit_records::object.like(format!("{item} %")))
        .order(audit_records::position)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Record::from).collect())
}

/// The lines behind `position`, the oldest first.
pub(super) fn after(tx: &mut Tx, position: i64, at_most: i64) -> Result<Vec<Record>, db::Error> {
    let rows: Vec<Row> = audit_records::table
        .filter(audit_records::position.gt(position))
        .order(audit_records::position)
        .limit(at_most)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Record::from).collect())
}
