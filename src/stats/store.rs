//! All SQL of declared tables, their counters and what is published of them.

pub(super) mod views;

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::platform::db::schema::statistics;
use crate::platform::db::schema::stats::{stat_counts, stat_tables};
use crate::platform::db::{self, Tx};

use super::Error;
use super::counting::{Counter, Counters};
use super::declared::{Declared, Dimension};

pub(super) fn has_tables(tx: &mut Tx, activity: &ActivityId) -> Result<bool, db::Error> {
    let count: i64 = stat_tables::table
        .filter(stat_tables::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(count > 0)
}

/// The declared tables, in order; one that this program does not know is passed over.
pub(super) fn tables(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Declared>, db::Error> {
    let rows: Vec<(String, String, String)> = stat_tables::table
        .filter(stat_tables::activity_id.eq(activity.as_str()))
        .order((stat_tables::position, stat_tables::id))
        .select((stat_tables::id, stat_tables::dim_a, stat_tables::dim_b))
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, a, b)| {
            Some(Declared {
                id,
                rows: Dimension::parse(&a)?,
                columns: if b.is_empty() {
                    None
                } else {
                    Some(Dimension::parse(&b)?)
                },
            })
        })
        .collect())
}

pub(super) fn insert_table(
    tx: &mut Tx,
    activity: &ActivityId,
    position: usize,
    table: &Declared,
) -> Result<(), db::Error> {
    let columns = table.columns.as_ref().map(Dimension::code);
    diesel::insert_into(stat_tables::table)
        .values((
            stat_tables::activity_id.eq(activity.as_str()),
            stat_tables::id.eq(&table.id),
            stat_tables::position.eq(i64::try_from(position).unwrap_or(i64::MAX)),
            stat_tables::dim_a.eq(table.rows.code()),
            stat_tables::dim_b.eq(columns.unwrap_or_default()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn delete_table(tx: &mut Tx, activity: &ActivityId, id: &str) -> Result<(), db::Error> {
    let row = stat_tables::table
        .filter(stat_tables::activity_id.eq(activity.as_str()))
        .filter(stat_tables::id.eq(id));
    diesel::delete(row).execute(tx.conn())?;
    Ok(())
}

pub(super) fn delete_tables(tx: &mut Tx, activity: &ActivityId) -> Result<(), db::Error> {
    let rows = stat_tables::table.filter(stat_tables::activity_id.eq(activity.as_str()));
    diesel::delete(rows).execute(tx.conn())?;
    Ok(())
}

/// Adds to a counter, which is made where it is not there yet.
///
/// # Errors
/// [`Error::BelowNothing`] where more would be taken out than was counted in.
pub(super) fn add(
    tx: &mut Tx,
    activity: &ActivityId,
    counter: &Counter,
    by: i64,
) -> Result<(), Error> {
    let row = stat_counts::table
        .filter(stat_counts::activity_id.eq(activity.as_str()))
        .filter(stat_counts::table_id.eq(&counter.table))
        .filter(stat_counts::a.eq(&counter.a))
        .filter(stat_counts::b.eq(&counter.b))
        .filter(stat_counts::n.ge((-by).max(0)));
    let changed = diesel::update(row)
        .set(stat_counts::n.eq(stat_counts::n + by))
        .execute(tx.conn())
        .map_err(db::Error::from)?;
    if changed == 0 && by < 0 {
        return Err(Error::BelowNothing);
    }
    if changed == 0 {
        diesel::insert_into(stat_counts::table)
            .values((
                stat_counts::activity_id.eq(activity.as_str()),
                stat_counts::table_id.eq(&counter.table),
                stat_counts::a.eq(&counter.a),
                stat_counts::b.eq(&counter.b),
                stat_counts::n.eq(by),
            ))
            .execute(tx.conn())
            .map_err(db::Error::from)?;
    }
    Ok(())
}

pub(super) fn counters(tx: &mut Tx, activity: &ActivityId) -> Result<Counters, db::Error> {
    let rows: Vec<(String, String, String, i64)> = stat_counts::table
        .filter(stat_counts::activity_id.eq(activity.as_str()))
        .select((
            stat_counts::table_id,
            stat_counts::a,
            stat_counts::b,
            stat_counts::n,
        ))
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(table, a, b, n)| (Counter { table, a, b }, u64::try_from(n).unwrap_or(0)))
        .collect())
}

pub(super) fn delete_counters(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let rows = stat_counts::table.filter(stat_counts::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(super) fn counters_left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = stat_counts::table
        .filter(stat_counts::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// The published file and its hash.
pub(super) fn published(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Option<(String, String)>, db::Error> {
    Ok(statistics::table
        .filter(statistics::activity_id.eq(activity.as_str()))
        .select((statistics::published, statistics::hash))
        .first(tx.conn())
        .optional()?)
}

pub(super) fn publish(
    tx: &mut Tx,
    activity: &ActivityId,
    file: &str,
    hash: &str,
) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::insert_into(statistics::table)
        .values((
            statistics::activity_id.eq(activity.as_str()),
            statistics::published.eq(file),
            statistics::made_at.eq(now),
            statistics::hash.eq(hash),
        ))
        .execute(tx.conn())?;
    Ok(())
}
