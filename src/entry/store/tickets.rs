//! Tickets of entries: their places, what makes them void, and what opens them.

use diesel::prelude::*;
use lucky_draw::encode::Hash;
use lucky_draw::record::VoidCode;
use lucky_draw::result::Opening;

use crate::activity::ActivityId;
use crate::entry::submit::{NewEntry, NewTicket};
use crate::entry::voids::Leaf;
use crate::entry::{EntryId, Ticket};
use crate::platform::db::column::{hash, signed, small, unsigned};
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::{entries, tickets};
use crate::platform::db::{self, Tx};

use super::{language, void};

#[derive(Queryable)]
struct TicketRow {
    draw_id: String,
    position: i64,
    ticket_no: i64,
    entry_id: String,
    tag: Vec<u8>,
    void: Option<String>,
    contact_item: Option<String>,
    language: String,
    notice_hash: Vec<u8>,
}

impl From<TicketRow> for Ticket {
    fn from(row: TicketRow) -> Ticket {
        Ticket {
            draw: row.draw_id,
            index: unsigned(row.position),
            ticket_no: small(row.ticket_no),
            entry: EntryId(row.entry_id),
            contact_item: row.contact_item,
            language: language(&row.language),
            notice: hash(&row.notice_hash),
            tag: hash(&row.tag),
            void: row.void.as_deref().map(void),
        }
    }
}

/// Tickets of an activity with what their entry says; both databases know the join.
macro_rules! tickets_with_entries {
    ($activity:expr) => {
        tickets_joined!($activity).select((
            tickets::draw_id,
            tickets::position,
            tickets::ticket_no,
            tickets::entry_id,
            tickets::tag,
            tickets::void,
            entries::contact_item,
            entries::language,
            entries::notice_hash,
        ))
    };
}

/// Which of the person's tickets are in a draw already.
pub(in crate::entry) fn ticket_numbers(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    tag: &Hash,
) -> Result<Vec<u32>, db::Error> {
    let rows: Vec<i64> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq(draw))
        .filter(tickets::tag.eq(tag.as_bytes().to_vec()))
        .select(tickets::ticket_no)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(small).collect())
}

/// A ticket that got its place.
pub(in crate::entry) struct Row<'n> {
    pub(in crate::entry) entry: &'n NewEntry,
    /// The place of the entry in its group.
    pub(in crate::entry) at: usize,
    pub(in crate::entry) index: u64,
    pub(in crate::entry) ticket: &'n NewTicket,
}

#[derive(Insertable)]
#[diesel(table_name = tickets, treat_none_as_default_value = false)]
struct NewRow<'n> {
    activity_id: &'n str,
    draw_id: &'n str,
    position: i64,
    entry_id: &'n str,
    ticket_no: i64,
    tag: &'n [u8],
    bind: &'n [u8],
}

pub(in crate::entry) fn insert_all(tx: &mut Tx, placed: &[Row]) -> Result<(), db::Error> {
    let rows: Vec<NewRow> = placed
        .iter()
        .map(|row| NewRow {
            activity_id: row.entry.activity.as_str(),
            draw_id: &row.ticket.draw,
            position: signed(row.index),
            entry_id: row.entry.id.as_str(),
            ticket_no: i64::from(row.ticket.ticket_no),
            tag: row.ticket.tag.as_bytes(),
            bind: row.ticket.bind.as_bytes(),
        })
        .collect();
    Ok(insert_all!(tx, tickets::table, rows)?)
}

/// The tickets of an entry, those of one draw together, in the order of the log.
pub(in crate::entry) fn tickets_of(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &EntryId,
) -> Result<Vec<Ticket>, db::Error> {
    let rows: Vec<TicketRow> = tickets_with_entries!(activity)
        .filter(tickets::entry_id.eq(entry.as_str()))
        .order((tickets::draw_id, tickets::position))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}

pub(in crate::entry) fn ticket(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    index: u64,
) -> Result<Option<Ticket>, db::Error> {
    let row: Option<TicketRow> = tickets_with_entries!(activity)
        .filter(tickets::draw_id.eq(draw))
        .filter(tickets::position.eq(signed(index)))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Ticket::from))
}

/// The tickets at these places, in no particular order.
pub(in crate::entry) fn at(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    places: &[u64],
) -> Result<Vec<Ticket>, db::Error> {
    let mut found = Vec::with_capacity(places.len());
    // In their order, so that each page of the table is read once.
    let mut places = places.to_vec();
    places.sort_unstable();
    for some in places.chunks(PLACES_AT_ONCE) {
        let places: Vec<i64> = some.iter().map(|place| signed(*place)).collect();
        let rows: Vec<TicketRow> = tickets_with_entries!(activity)
            .filter(tickets::draw_id.eq(draw))
            .filter(tickets::position.eq_any(places))
            .load(tx.conn())?;
        found.extend(rows.into_iter().map(Ticket::from));
    }
    Ok(found)
}

/// Places of one statement.
const PLACES_AT_ONCE: usize = 500;

pub(in crate::entry) fn with_tag(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    tag: &Hash,
) -> Result<Vec<Ticket>, db::Error> {
    let rows: Vec<TicketRow> = tickets_with_entries!(activity)
        .filter(tickets::draw_id.eq(draw))
        .filter(tickets::tag.eq(tag.as_bytes().to_vec()))
        .order(tickets::position)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}

type OpeningRow = (Vec<u8>, Vec<u8>, i64, Option<String>);

pub(in crate::entry) fn opening(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    index: u64,
) -> Result<Option<Opening>, db::Error> {
    let row: Option<OpeningRow> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq(draw))
        .filter(tickets::position.eq(signed(index)))
        .select((
            tickets::tag,
            tickets::bind,
            tickets::ticket_no,
            tickets::void,
        ))
        .first(tx.conn())
        .optional()?;
    Ok(row
        .filter(|(.., void)| void.as_deref() != Some("W"))
        .map(|(tag, bind, ticket_no, _)| Opening {
            tag: hash(&tag),
            bind: hash(&bind),
            ticket_no: small(ticket_no),
        }))
}

type LeafRow = (i64, Vec<u8>, i64, Option<String>);

/// Leaves of a draw, in no particular order.
macro_rules! leaves_of {
    ($activity:expr, $draw:expr) => {
        tickets::table
            .filter(tickets::activity_id.eq($activity.as_str()))
            .filter(tickets::draw_id.eq($draw))
            .select((
                tickets::position,
                tickets::tag,
                tickets::ticket_no,
                tickets::void,
            ))
    };
}

pub(in crate::entry) fn leaves(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<Leaf>, db::Error> {
    let rows: Vec<LeafRow> = leaves_of!(activity, draw)
        .order(tickets::position)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(leaf).collect())
}

/// The leaves that decide which of a draw's leaves are void, in their order: those with a code, and
/// those whose person has another leaf with the same number. A leaf alone decides nothing, and most
/// are alone.
pub(in crate::entry) fn leaves_that_matter(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<Leaf>, db::Error> {
    let several: Vec<(Vec<u8>, i64)> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq(draw))
        .group_by((tickets::tag, tickets::ticket_no))
        .having(diesel::dsl::count_star().gt(1))
        .select((tickets::tag, tickets::ticket_no))
        .load(tx.conn())?;
    let tags = several.into_iter().map(|(tag, _)| tag).collect();
    let mut found = leaves_of_tags(tx, activity, draw, tags)?;
    let coded: Vec<LeafRow> = leaves_of!(activity, draw)
        .filter(tickets::void.is_not_null())
        .load(tx.conn())?;
    found.extend(coded.into_iter().map(leaf));
    found.sort_by_key(|leaf| leaf.index);
    found.dedup_by_key(|leaf| leaf.index);
    Ok(found)
}

/// The leaves of all who have more of them than `cap`, void ones too.
pub(in crate::entry) fn leaves_of_many(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    cap: u32,
) -> Result<Vec<Leaf>, db::Error> {
    let tags: Vec<Vec<u8>> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq(draw))
        .group_by(tickets::tag)
        .having(diesel::dsl::count_star().gt(i64::from(cap)))
        .select(tickets::tag)
        .load(tx.conn())?;
    leaves_of_tags(tx, activity, draw, tags)
}

/// Tags of one statement.
const TAGS_AT_ONCE: usize = 500;

fn leaves_of_tags(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    mut tags: Vec<Vec<u8>>,
) -> Result<Vec<Leaf>, db::Error> {
    tags.sort();
    tags.dedup();
    let mut found = Vec::new();
    for some in tags.chunks(TAGS_AT_ONCE) {
        let rows: Vec<LeafRow> = leaves_of!(activity, draw)
            .filter(tickets::tag.eq_any(some))
            .load(tx.conn())?;
        found.extend(rows.into_iter().map(leaf));
    }
    Ok(found)
}

fn leaf((position, tag, ticket_no, code): LeafRow) -> Leaf {
    Leaf {
        index: unsigned(position),
        tag: hash(&tag),
        ticket_no: small(ticket_no),
        void: code.as_deref().map(void),
    }
}

/// Sets exactly these codes: a D of an earlier close that no longer holds goes.
pub(in crate::entry) fn mark_voids(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    voids: &[(u64, VoidCode)],
) -> Result<(), db::Error> {
    let of_draw = || {
        tickets::table
            .filter(tickets::activity_id.eq(activity.as_str()))
            .filter(tickets::draw_id.eq(draw))
    };
    diesel::update(of_draw().filter(tickets::void.eq("D")))
        .set(tickets::void.eq(None::<String>))
        .execute(tx.conn())?;
    for (index, code) in voids.iter().filter(|(_, code)| *code == VoidCode::D) {
        diesel::update(of_draw().filter(tickets::position.eq(signed(*index))))
            .set(tickets::void.eq(Some(code.to_string())))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Writes I or T, or nothing, in the place of whatever is there but W.
pub(in crate::entry) fn bar(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    index: u64,
    code: Option<VoidCode>,
) -> Result<(), db::Error> {
    let withdrawn = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq(draw))
        .filter(tickets::position.eq(signed(index)))
        .filter(tickets::void.eq("W"))
        .count()
        .get_result::<i64>(tx.conn())?;
    if withdrawn > 0 {
        return Ok(());
    }
    diesel::update(
        tickets::table
            .filter(tickets::activity_id.eq(activity.as_str()))
            .filter(tickets::draw_id.eq(draw))
            .filter(tickets::position.eq(signed(index))),
    )
    .set(tickets::void.eq(code.map(|code| code.to_string())))
    .execute(tx.conn())?;
    Ok(())
}

/// Erases some tickets, draw by draw in the order of their numbers.
pub(super) fn forget_some(
    tx: &mut Tx,
    activity: &ActivityId,
    at_most: i64,
) -> Result<usize, db::Error> {
    let first: Option<(String, i64)> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .order((tickets::draw_id, tickets::position))
        .select((tickets::draw_id, tickets::position))
        .first(tx.conn())
        .optional()?;
    let Some((draw, position)) = first else {
        return Ok(0);
    };
    let some = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq(draw))
        .filter(tickets::position.lt(position.saturating_add(at_most)));
    Ok(diesel::delete(some).execute(tx.conn())?)
}

pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let rows = tickets::table.filter(tickets::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(super) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}
