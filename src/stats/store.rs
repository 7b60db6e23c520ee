//! All SQL of frozen counts.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::platform::db::schema::statistics;
use crate::platform::db::{self, Tx};

pub(super) fn list(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<(String, String)>, db::Error> {
    Ok(statistics::table
        .filter(statistics::activity_id.eq(activity.as_str()))
        .select((statistics::name, statistics::published))
        .load(tx.conn())?)
}

pub(super) fn clear(tx: &mut Tx, activity: &ActivityId) -> Result<(), db::Error> {
    diesel::delete(statistics::table.filter(statistics::activity_id.eq(activity.as_str())))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn insert(
    tx: &mut Tx,
    activity: &ActivityId,
    name: &str,
    published: &str,
) -> Result<(), db::Error> {
    diesel::insert_into(statistics::table)
        .values((
            statistics::activity_id.eq(activity.as_str()),
            statistics::name.eq(name),
            statistics::published.eq(published),
        ))
        .execute(tx.conn())?;
    Ok(())
}
