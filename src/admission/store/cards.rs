//! The list of cards.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::platform::db::column::unsigned;
use crate::platform::db::rows::insert_new;
use crate::platform::db::schema::admission::admission_cards as cards;
use crate::platform::db::{self, Tx};

#[derive(Insertable)]
#[diesel(table_name = cards, treat_none_as_default_value = false)]
struct NewRow<'n> {
    activity_id: &'n str,
    tag: &'n [u8],
}

/// Adds those tags that are not there; how many.
pub(in crate::admission) fn insert(
    tx: &mut Tx,
    activity: &ActivityId,
    tags: &[Hash],
) -> Result<usize, db::Error> {
    let rows: Vec<NewRow> = tags
        .iter()
        .map(|tag| NewRow {
            activity_id: activity.as_str(),
            tag: tag.as_bytes(),
        })
        .collect();
    Ok(insert_new!(tx, cards::table, rows)?)
}

pub(in crate::admission) fn is_there(
    tx: &mut Tx,
    activity: &ActivityId,
    tag: &Hash,
) -> Result<bool, db::Error> {
    let found: i64 = cards::table
        .filter(cards::activity_id.eq(activity.as_str()))
        .filter(cards::tag.eq(tag.as_bytes().to_vec()))
        .count()
        .get_result(tx.conn())?;
    Ok(found > 0)
}

/// Some tags, in their own order, which is that of nothing else.
pub(in crate::admission) fn some(
    tx: &mut Tx,
    activity: &ActivityId,
    most: usize,
) -> Result<Vec<Vec<u8>>, db::Error> {
    let rows = cards::table
        .filter(cards::activity_id.eq(activity.as_str()))
        .order(cards::tag)
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(cards::tag)
        .load(tx.conn())?;
    Ok(rows)
}

pub(in crate::admission) fn count(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = cards::table
        .filter(cards::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}

/// Erases some cards, in the order of their tags.
pub(in crate::admission) fn forget_some(
    tx: &mut Tx,
    activity: &ActivityId,
    at_most: i64,
) -> Result<usize, db::Error> {
    let of_activity = || cards::table.filter(cards::activity_id.eq(activity.as_str()));
    let last: Option<Vec<u8>> = of_activity()
        .order(cards::tag)
        .offset((at_most - 1).max(0))
        .select(cards::tag)
        .first(tx.conn())
        .optional()?;
    let gone = match last {
        Some(last) => diesel::delete(of_activity().filter(cards::tag.le(last))).execute(tx.conn()),
        None => diesel::delete(of_activity()).execute(tx.conn()),
    };
    Ok(gone?)
}

pub(in crate::admission) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let rows = cards::table.filter(cards::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}
