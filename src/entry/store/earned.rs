//! Which rows of earned chances were imported.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::entry::Error;
use crate::platform::db::column::unsigned;
use crate::platform::db::schema::earned_rows;
use crate::platform::db::{self, Tx};

/// Notes that a row of earned chances was imported; a second time is refused.
pub(in crate::entry) fn insert_earned(
    tx: &mut Tx,
    activity: &ActivityId,
    digest: &Hash,
) -> Result<(), Error> {
    diesel::insert_into(earned_rows::table)
        .values((
            earned_rows::activity_id.eq(activity.as_str()),
            earned_rows::digest.eq(digest.as_bytes().to_vec()),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Twice))?;
    Ok(())
}

/// Whether a row of earned chances was imported.
pub(in crate::entry) fn has_earned(
    tx: &mut Tx,
    activity: &ActivityId,
    digest: &Hash,
) -> Result<bool, db::Error> {
    let found: i64 = earned_rows::table
        .filter(earned_rows::activity_id.eq(activity.as_str()))
        .filter(earned_rows::digest.eq(digest.as_bytes().to_vec()))
        .count()
        .get_result(tx.conn())?;
    Ok(found > 0)
}

pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let rows = earned_rows::table.filter(earned_rows::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(super) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = earned_rows::table
        .filter(earned_rows::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}
