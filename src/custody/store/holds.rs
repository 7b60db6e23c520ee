//! Holds, the tickets they name, and the contacts they keep.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::audit::StaffId;
use crate::custody::hold::{Basis, Change, HeldBox, HeldItem, Hold, SiteRule, State};
use crate::custody::{Error, HoldId};
use crate::draw::DrawId;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{hash, signed, unsigned};
use crate::platform::db::schema::custody::{held_items, hold_tickets, holds};
use crate::platform::db::{self, Tx};

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = holds)]
#[diesel(primary_key(activity_id, id))]
#[diesel(treat_none_as_null = true)]
struct Row {
    activity_id: String,
    id: String,
    draw_id: String,
    basis: String,
    rule: String,
    document: String,
    reason: String,
    days: i64,
    state: String,
    proposed_by: String,
    proposed_at: i64,
    approved_by: String,
    approved_at: Option<i64>,
    until: i64,
    renewal_by: String,
    renewal_days: i64,
    renewed: bool,
    named: i64,
    held: i64,
    ended_at: Option<i64>,
}

impl From<&Hold> for Row {
    fn from(hold: &Hold) -> Row {
        let change = hold.change.as_ref();
        Row {
            activity_id: hold.activity.0.clone(),
            id: hold.id.0.clone(),
            draw_id: hold.draw.0.clone(),
            basis: hold.basis.code().to_owned(),
            rule: hold.rule.map_or("", SiteRule::code).to_owned(),
            document: hold.document.clone(),
            reason: hold.reason.clone(),
            days: hold.days,
            state: hold.state.code().to_owned(),
            proposed_by: hold.proposed_by.0.clone(),
            proposed_at: hold.proposed_at.0,
            approved_by: hold.approved_by.clone().map_or(String::new(), |by| by.0),
            approved_at: hold.approved_at.map(|at| at.0),
            until: hold.until.0,
            renewal_by: change.map_or(String::new(), |change| change.by.0.clone()),
            renewal_days: change.map_or(0, |change| change.days),
            renewed: hold.renewed,
            named: signed(hold.named),
            held: signed(hold.held),
            ended_at: hold.ended_at.map(|at| at.0),
        }
    }
}

impl From<Row> for Hold {
    fn from(row: Row) -> Hold {
        let by = |id: String| (!id.is_empty()).then_some(StaffId(id));
        Hold {
            activity: ActivityId(row.activity_id),
            id: HoldId(row.id),
            draw: DrawId(row.draw_id),
            basis: Basis::parse(&row.basis).expect("a CHECK limits the bases"),
            rule: SiteRule::parse(&row.rule),
            document: row.document,
            reason: row.reason,
            days: row.days,
            state: State::parse(&row.state).expect("a CHECK limits the states"),
            proposed_by: StaffId(row.proposed_by),
            proposed_at: Timestamp(row.proposed_at),
            approved_by: by(row.approved_by),
            approved_at: row.approved_at.map(Timestamp),
            until: Timestamp(row.until),
            change: by(row.renewal_by).map(|by| Change {
                by,
                days: row.renewal_days,
            }),
            renewed: row.renewed,
            named: unsigned(row.named),
            held: unsigned(row.held),
            ended_at: row.ended_at.map(Timestamp),
        }
    }
}

/// Every hold, the latest first.
pub(in crate::custody) fn list(tx: &mut Tx) -> Result<Vec<Hold>, db::Error> {
    let rows: Vec<Row> = holds::table
        .order((holds::proposed_at.desc(), holds::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Hold::from).collect())
}

pub(in crate::custody) fn of_activity(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<Hold>, db::Error> {
    let rows: Vec<Row> = holds::table
        .filter(holds::activity_id.eq(activity.as_str()))
        .order(holds::id)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Hold::from).collect())
}

pub(in crate::custody) fn find(tx: &mut Tx, id: &HoldId) -> Result<Option<Hold>, db::Error> {
    let row: Option<Row> = holds::table
        .filter(holds::id.eq(id.as_str()))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Hold::from))
}

pub(in crate::custody) fn insert(
    tx: &mut Tx,
    hold: &Hold,
    tickets: &[u64],
) -> Result<(), db::Error> {
    diesel::insert_into(holds::table)
        .values(Row::from(hold))
        .execute(tx.conn())?;
    for index in tickets {
        diesel::insert_into(hold_tickets::table)
            .values((
                hold_tickets::activity_id.eq(hold.activity.as_str()),
                hold_tickets::hold_id.eq(hold.id.as_str()),
                hold_tickets::position.eq(signed(*index)),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Writes a hold anew if it still is at the state `from`.
pub(in crate::custody) fn update(tx: &mut Tx, from: State, hold: &Hold) -> Result<(), Error> {
    let row = holds::table
        .filter(holds::activity_id.eq(hold.activity.as_str()))
        .filter(holds::id.eq(hold.id.as_str()))
        .filter(holds::state.eq(from.code()));
    let changed = diesel::update(row).set(Row::from(hold)).execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(in crate::custody) fn tickets(tx: &mut Tx, hold: &Hold) -> Result<Vec<u64>, db::Error> {
    let rows: Vec<i64> = hold_tickets::table
        .filter(hold_tickets::activity_id.eq(hold.activity.as_str()))
        .filter(hold_tickets::hold_id.eq(hold.id.as_str()))
        .order(hold_tickets::position)
        .select(hold_tickets::position)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(unsigned).collect())
}

pub(in crate::custody) fn insert_item(
    tx: &mut Tx,
    hold: &Hold,
    item: &HeldItem,
    finder: Option<Hash>,
) -> Result<(), db::Error> {
    diesel::insert_into(held_items::table)
        .values((
            held_items::activity_id.eq(hold.activity.as_str()),
            held_items::hold_id.eq(hold.id.as_str()),
            held_items::item.eq(&item.bound.item),
            held_items::position.eq(signed(item.position)),
            held_items::sealed.eq(&item.bound.sealed),
            held_items::notice.eq(item.bound.notice.to_vec()),
            held_items::tag.eq(item.bound.tag.to_vec()),
            held_items::finder.eq(finder.map(|finder| finder.0.to_vec())),
        ))
        .execute(tx.conn())?;
    Ok(())
}

type ItemRow = (i64, String, Vec<u8>, Vec<u8>, Vec<u8>);

pub(in crate::custody) fn items(tx: &mut Tx, hold: &Hold) -> Result<Vec<HeldItem>, db::Error> {
    let rows: Vec<ItemRow> = held_items::table
        .filter(held_items::activity_id.eq(hold.activity.as_str()))
        .filter(held_items::hold_id.eq(hold.id.as_str()))
        .order(held_items::position)
        .select((
            held_items::position,
            held_items::item,
            held_items::sealed,
            held_items::notice,
            held_items::tag,
        ))
        .load(tx.conn())?;
    let items = rows
        .into_iter()
        .map(|(position, item, sealed, notice, tag)| HeldItem {
            position: unsigned(position),
            bound: HeldBox {
                item,
                sealed,
                notice: hash(&notice).0,
                tag: hash(&tag).0,
            },
        });
    Ok(items.collect())
}

/// The holds that keep a row of whoever has this finder.
pub(in crate::custody) fn by_finder(tx: &mut Tx, finder: &Hash) -> Result<Vec<Hold>, db::Error> {
    let rows: Vec<(String, String)> = held_items::table
        .filter(held_items::finder.eq(finder.0.to_vec()))
        .select((held_items::activity_id, held_items::hold_id))
        .distinct()
        .load(tx.conn())?;
    let mut found = Vec::new();
    for (activity, id) in rows {
        let row: Option<Row> = holds::table
            .find((activity, id))
            .first(tx.conn())
            .optional()?;
        found.extend(row.map(Hold::from));
    }
    Ok(found)
}

pub(in crate::custody) fn count_items(tx: &mut Tx, hold: &Hold) -> Result<u64, db::Error> {
    let rows: i64 = held_items::table
        .filter(held_items::activity_id.eq(hold.activity.as_str()))
        .filter(held_items::hold_id.eq(hold.id.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}

/// Removes what a hold kept and which tickets it named.
pub(in crate::custody) fn erase_rows(tx: &mut Tx, hold: &Hold) -> Result<usize, db::Error> {
    let items = held_items::table
        .filter(held_items::activity_id.eq(hold.activity.as_str()))
        .filter(held_items::hold_id.eq(hold.id.as_str()));
    let mut gone = diesel::delete(items).execute(tx.conn())?;
    let named = hold_tickets::table
        .filter(hold_tickets::activity_id.eq(hold.activity.as_str()))
        .filter(hold_tickets::hold_id.eq(hold.id.as_str()));
    gone += diesel::delete(named).execute(tx.conn())?;
    Ok(gone)
}
