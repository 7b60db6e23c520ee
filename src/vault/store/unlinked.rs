//! SQL of answers that belong to nobody: rows that nothing names.
//!
//! Not here: the order in which the files hold them (`platform/db`).

use diesel::prelude::*;

use crate::platform::db::schema::unlinked_answers as rows;
use crate::platform::db::{self, Tx};
use crate::platform::ids;
use crate::vault::Sealed;

pub(in crate::vault) fn insert(
    tx: &mut Tx,
    activity: &str,
    id: &str,
    sealed: &[u8],
    resealed: bool,
) -> Result<(), db::Error> {
    diesel::insert_into(rows::table)
        .values((
            rows::activity_id.eq(activity),
            rows::id.eq(id),
            rows::sealed.eq(sealed),
            rows::resealed.eq(resealed),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Some of an activity, in the order of their random ids, with ids behind `after`.
pub(in crate::vault) fn list(
    tx: &mut Tx,
    activity: &str,
    after: &str,
    at_most: i64,
) -> Result<Vec<Sealed>, db::Error> {
    let found: Vec<(String, Vec<u8>)> = rows::table
        .filter(rows::activity_id.eq(activity))
        .filter(rows::id.gt(after))
        .order(rows::id)
        .limit(at_most)
        .select((rows::id, rows::sealed))
        .load(tx.conn())?;
    Ok(found.into_iter().map(row).collect())
}

/// Some that are sealed as they came in, in the order of their random ids, with ids behind `after`.
pub(in crate::vault) fn as_they_came(
    tx: &mut Tx,
    activity: &str,
    after: &str,
    at_most: i64,
) -> Result<Vec<Sealed>, db::Error> {
    let found: Vec<(String, Vec<u8>)> = rows::table
        .filter(rows::activity_id.eq(activity))
        .filter(rows::id.gt(after))
        .filter(rows::resealed.eq(false))
        .order(rows::id)
        .limit(at_most)
        .select((rows::id, rows::sealed))
        .load(tx.conn())?;
    Ok(found.into_iter().map(row).collect())
}

/// Whether any activity has some that are sealed as they came in.
pub(in crate::vault) fn any_as_they_came(tx: &mut Tx) -> Result<bool, db::Error> {
    let found: Option<String> = rows::table
        .filter(rows::resealed.eq(false))
        .select(rows::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// Removes one that is sealed as it came in; tells whether it was there.
pub(in crate::vault) fn take(tx: &mut Tx, activity: &str, id: &str) -> Result<bool, db::Error> {
    let row = rows::table
        .filter(rows::activity_id.eq(activity))
        .filter(rows::id.eq(id))
        .filter(rows::resealed.eq(false));
    Ok(diesel::delete(row).execute(tx.conn())? > 0)
}

pub(in crate::vault) fn erase_all(tx: &mut Tx, activity: &str) -> Result<usize, db::Error> {
    let of_activity = rows::table.filter(rows::activity_id.eq(activity));
    Ok(diesel::delete(of_activity).execute(tx.conn())?)
}

/// Removes some, in the order of their ids.
pub(in crate::vault) fn erase_some(
    tx: &mut Tx,
    activity: &str,
    at_most: i64,
) -> Result<usize, db::Error> {
    let of_activity = || rows::table.filter(rows::activity_id.eq(activity));
    let last: Option<String> = of_activity()
        .order(rows::id)
        .offset((at_most - 1).max(0))
        .select(rows::id)
        .first(tx.conn())
        .optional()?;
    let gone = match last {
        Some(last) => diesel::delete(of_activity().filter(rows::id.le(last))).execute(tx.conn()),
        None => diesel::delete(of_activity()).execute(tx.conn()),
    };
    Ok(gone?)
}

/// The sealed bytes of all of an activity, or of `most` of more.
pub(in crate::vault) fn some_sealed(
    tx: &mut Tx,
    activity: &str,
    most: usize,
) -> Result<Vec<Vec<u8>>, db::Error> {
    let of_activity = || rows::table.filter(rows::activity_id.eq(activity));
    if usize::try_from(count(tx, activity)?).is_ok_and(|count| count <= most) {
        return Ok(of_activity()
            .order(rows::id)
            .select(rows::sealed)
            .load(tx.conn())?);
    }
    let mut found = Vec::with_capacity(most);
    for from in ids::spread(most) {
        let next: Option<Vec<u8>> = of_activity()
            .filter(rows::id.ge(from))
            .order(rows::id)
            .select(rows::sealed)
            .first(tx.conn())
            .optional()?;
        found.extend(next);
    }
    found.dedup();
    Ok(found)
}

pub(in crate::vault) fn count(tx: &mut Tx, activity: &str) -> Result<i64, db::Error> {
    Ok(rows::table
        .filter(rows::activity_id.eq(activity))
        .count()
        .get_result(tx.conn())?)
}

fn row((item, sealed): (String, Vec<u8>)) -> Sealed {
    Sealed {
        item,
        sealed,
        own_copy: None,
    }
}
