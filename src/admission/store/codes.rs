//! Invitation codes and their batches.

use std::collections::HashMap;

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::admission::codes::{Batch, BatchId};
use crate::audit::StaffId;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::admission::{
    admission_batches as batches, admission_codes as codes,
};
use crate::platform::db::{self, Tx};

#[derive(Insertable)]
#[diesel(table_name = codes, treat_none_as_default_value = false)]
struct NewRow<'n> {
    activity_id: &'n str,
    hash: &'n [u8],
    batch_id: &'n str,
}

pub(in crate::admission) fn insert_batch(
    tx: &mut Tx,
    activity: &ActivityId,
    batch: &BatchId,
    made: u32,
    by: &StaffId,
) -> Result<(), db::Error> {
    let now = tx.now();
    diesel::insert_into(batches::table)
        .values((
            batches::activity_id.eq(activity.as_str()),
            batches::id.eq(batch.as_str()),
            batches::made.eq(i64::from(made)),
            batches::made_by.eq(by.as_str()),
            batches::made_at.eq(now.0),
            batches::withdrawn.eq(0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::admission) fn insert(
    tx: &mut Tx,
    activity: &ActivityId,
    batch: &BatchId,
    hashes: &[Hash],
) -> Result<(), db::Error> {
    let rows: Vec<NewRow> = hashes
        .iter()
        .map(|hash| NewRow {
            activity_id: activity.as_str(),
            hash: hash.as_bytes(),
            batch_id: batch.as_str(),
        })
        .collect();
    Ok(insert_all!(tx, codes::table, rows)?)
}

type BatchRow = (String, i64, String, i64, i64);

pub(in crate::admission) fn batches(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<Batch>, db::Error> {
    let rows: Vec<BatchRow> = batches::table
        .filter(batches::activity_id.eq(activity.as_str()))
        .order((batches::made_at.desc(), batches::id))
        .select((
            batches::id,
            batches::made,
            batches::made_by,
            batches::made_at,
            batches::withdrawn,
        ))
        .load(tx.conn())?;
    let unused: Vec<(String, i64)> = codes::table
        .filter(codes::activity_id.eq(activity.as_str()))
        .group_by(codes::batch_id)
        .select((codes::batch_id, diesel::dsl::count_star()))
        .load(tx.conn())?;
    let unused: HashMap<String, i64> = unused.into_iter().collect();
    let batch = |(id, made, by, at, withdrawn): BatchRow| Batch {
        made: unsigned(made),
        made_by: StaffId(by),
        made_at: Timestamp(at),
        unused: unsigned(unused.get(&id).copied().unwrap_or_default()),
        withdrawn: unsigned(withdrawn),
        id: BatchId(id),
    };
    Ok(rows.into_iter().map(batch).collect())
}

/// Removes the codes of a batch that nobody used; how many.
pub(in crate::admission) fn withdraw(
    tx: &mut Tx,
    activity: &ActivityId,
    batch: &BatchId,
) -> Result<usize, db::Error> {
    let unused = codes::table
        .filter(codes::activity_id.eq(activity.as_str()))
        .filter(codes::batch_id.eq(batch.as_str()));
    let gone = diesel::delete(unused).execute(tx.conn())?;
    let more = signed(u64::try_from(gone).unwrap_or(u64::MAX));
    diesel::update(batches::table.find((activity.as_str(), batch.as_str())))
        .set(batches::withdrawn.eq(batches::withdrawn + more))
        .execute(tx.conn())?;
    Ok(gone)
}

pub(in crate::admission) fn is_there(
    tx: &mut Tx,
    activity: &ActivityId,
    code: &Hash,
) -> Result<bool, db::Error> {
    let found: i64 = codes::table
        .filter(codes::activity_id.eq(activity.as_str()))
        .filter(codes::hash.eq(code.as_bytes().to_vec()))
        .count()
        .get_result(tx.conn())?;
    Ok(found > 0)
}

/// Removes one code; whether it was there.
pub(in crate::admission) fn take(
    tx: &mut Tx,
    activity: &ActivityId,
    code: &Hash,
) -> Result<bool, db::Error> {
    let one = codes::table
        .filter(codes::activity_id.eq(activity.as_str()))
        .filter(codes::hash.eq(code.as_bytes().to_vec()));
    Ok(diesel::delete(one).execute(tx.conn())? > 0)
}

/// Some hashes, in their own order, which is that of nothing else.
pub(in crate::admission) fn some(
    tx: &mut Tx,
    activity: &ActivityId,
    most: usize,
) -> Result<Vec<Vec<u8>>, db::Error> {
    let rows = codes::table
        .filter(codes::activity_id.eq(activity.as_str()))
        .order(codes::hash)
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(codes::hash)
        .load(tx.conn())?;
    Ok(rows)
}

/// How many rows of codes and batches there are.
pub(in crate::admission) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let codes: i64 = codes::table
        .filter(codes::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    let batches: i64 = batches::table
        .filter(batches::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(codes) + unsigned(batches))
}

/// Erases codes and batches; there are some thousands at most.
pub(in crate::admission) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let own = codes::table.filter(codes::activity_id.eq(activity.as_str()));
    let gone = diesel::delete(own).execute(tx.conn())?;
    let own = batches::table.filter(batches::activity_id.eq(activity.as_str()));
    Ok(gone + diesel::delete(own).execute(tx.conn())?)
}
