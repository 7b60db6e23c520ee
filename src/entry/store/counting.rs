//! SQL of who is in the counters of the statistics.

use std::collections::HashSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::entry::EntryId;
use crate::platform::db::column::hash;
use crate::platform::db::schema::{entries, tickets};
use crate::platform::db::{self, Tx};

/// Which of these entries are in the counters.
pub(in crate::entry) fn counted_among(
    tx: &mut Tx,
    activity: &ActivityId,
    among: &[&str],
) -> Result<HashSet<String>, db::Error> {
    let counted: Vec<String> = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .filter(entries::id.eq_any(among))
        .filter(entries::counted.eq(true))
        .select(entries::id)
        .load(tx.conn())?;
    Ok(counted.into_iter().collect())
}

/// Those of these tags of which a living entry is in the counters.
pub(in crate::entry) fn counted_tags(
    tx: &mut Tx,
    activity: &ActivityId,
    tags: &[Hash],
) -> Result<HashSet<Hash>, db::Error> {
    let tags: Vec<&[u8]> = tags.iter().map(|tag| &tag.as_bytes()[..]).collect();
    let mut counted = HashSet::new();
    // Draw by draw, because that is how tags are indexed.
    for drum in super::drums::drums(tx, activity)? {
        let found: Vec<Vec<u8>> = tickets::table
            .inner_join(
                entries::table.on(entries::activity_id
                    .eq(tickets::activity_id)
                    .and(entries::id.eq(tickets::entry_id))),
            )
            .filter(tickets::activity_id.eq(activity.as_str()))
            .filter(tickets::draw_id.eq(&drum.draw))
            .filter(tickets::tag.eq_any(&tags))
            .filter(entries::counted.eq(true))
            .select(tickets::tag)
            .load(tx.conn())?;
        counted.extend(found.iter().map(|tag| hash(tag)));
    }
    Ok(counted)
}

/// Takes the mark away; whether it was there.
pub(in crate::entry) fn unmark(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &EntryId,
) -> Result<bool, db::Error> {
    let row = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .filter(entries::id.eq(entry.as_str()))
        .filter(entries::counted.eq(true));
    let changed = diesel::update(row)
        .set(entries::counted.eq(false))
        .execute(tx.conn())?;
    Ok(changed > 0)
}

pub(in crate::entry) fn is_marked(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &EntryId,
) -> Result<bool, db::Error> {
    let found: i64 = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .filter(entries::id.eq(entry.as_str()))
        .filter(entries::counted.eq(true))
        .count()
        .get_result(tx.conn())?;
    Ok(found > 0)
}

/// Rows of answers whose entry has tickets and none that takes part; looked for among the void
/// tickets, which are few and have an index.
pub(in crate::entry) fn answers_without_a_living_ticket(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<String>, db::Error> {
    let others = diesel::alias!(tickets as others);
    let lives = others
        .filter(others.field(tickets::activity_id).eq(activity.as_str()))
        .filter(others.field(tickets::entry_id).eq(entries::id))
        .filter(others.field(tickets::void).is_null());
    let rows: Vec<Option<String>> = tickets::table
        .inner_join(
            entries::table.on(entries::activity_id
                .eq(tickets::activity_id)
                .and(entries::id.eq(tickets::entry_id))),
        )
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::void.is_not_null())
        .filter(entries::answers_item.is_not_null())
        .filter(not(exists(lives)))
        .select(entries::answers_item)
        .distinct()
        .load(tx.conn())?;
    let mut items: Vec<String> = rows.into_iter().flatten().collect();
    items.sort_unstable();
    Ok(items)
}
