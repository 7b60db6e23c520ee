//! All SQL of entries and their tickets.

pub(super) mod counting;

use std::collections::BTreeMap;

use diesel::prelude::*;
use lucky_draw::encode::Hash;
use lucky_draw::record::VoidCode;
use lucky_draw::result::Opening;

use crate::activity::{ActivityId, LocalText};
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::{drums, earned_rows, entries, tickets};
use crate::platform::db::{self, Tx};
use crate::platform::text::Language;

use super::submit::{NewEntry, NewTicket};
use super::voids::Leaf;
use super::{Counts, Entry, EntryId, Error, NewDrum, Reachable, Taken, Ticket};

pub(super) mod sharing;

#[derive(Queryable, Selectable)]
#[diesel(table_name = entries)]
struct EntryRow {
    activity_id: String,
    id: String,
    contact_item: Option<String>,
    answers_item: Option<String>,
    notice_hash: Vec<u8>,
    language: String,
    taken_hour: i64,
    withdrawn: bool,
    erased_at: Option<i64>,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Entry {
        Entry {
            activity: ActivityId(row.activity_id),
            id: EntryId(row.id),
            contact_item: row.contact_item,
            answers_item: row.answers_item,
            notice: hash(&row.notice_hash),
            language: language(&row.language),
            taken_hour: Timestamp(row.taken_hour),
            withdrawn: row.withdrawn,
            erased_at: row.erased_at.map(Timestamp),
        }
    }
}

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
        tickets::table
            .inner_join(
                entries::table.on(entries::activity_id
                    .eq(tickets::activity_id)
                    .and(entries::id.eq(tickets::entry_id))),
            )
            .filter(tickets::activity_id.eq($activity.as_str()))
            .select((
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

/// Notes that a row of earned chances was imported; a second time is refused.
pub(super) fn insert_earned(
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
pub(super) fn has_earned(
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

/// Which of the person's tickets are in a draw already.
pub(super) fn ticket_numbers(
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

/// Stores an entry; the unique lookup decides which of two equal ones is the first.
pub(super) fn insert_entry(tx: &mut Tx, new: &NewEntry) -> Result<(), Error> {
    let hour = tx.now().hour().0;
    let linked = new.answers.as_ref().filter(|_| new.answers_linked);
    diesel::insert_into(entries::table)
        .values((
            entries::activity_id.eq(new.activity.as_str()),
            entries::id.eq(new.id.as_str()),
            entries::lookup.eq(new.lookup.as_bytes().to_vec()),
            entries::contact_item.eq(new.contact.as_ref().map(|sealed| sealed.id.as_str())),
            entries::answers_item.eq(linked.map(|sealed| sealed.id.as_str())),
            entries::notice_hash.eq(new.notice.as_bytes().to_vec()),
            entries::language.eq(new.language.tag()),
            entries::taken_hour.eq(hour),
            entries::withdrawn.eq(false),
            entries::counted.eq(false),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Twice))?;
    Ok(())
}

pub(super) fn insert_ticket(
    tx: &mut Tx,
    new: &NewEntry,
    index: u64,
    ticket: &NewTicket,
) -> Result<(), db::Error> {
    diesel::insert_into(tickets::table)
        .values((
            tickets::activity_id.eq(new.activity.as_str()),
            tickets::draw_id.eq(&ticket.draw),
            tickets::position.eq(signed(index)),
            tickets::entry_id.eq(new.id.as_str()),
            tickets::ticket_no.eq(i64::from(ticket.ticket_no)),
            tickets::tag.eq(ticket.tag.as_bytes().to_vec()),
            tickets::bind.eq(ticket.bind.as_bytes().to_vec()),
            tickets::void.eq(None::<String>),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn by_lookup(tx: &mut Tx, lookup: &Hash) -> Result<Option<Entry>, db::Error> {
    let row = entries::table
        .filter(entries::lookup.eq(lookup.as_bytes().to_vec()))
        .select(EntryRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Entry::from))
}

/// The tickets of an entry, those of one draw together, in the order of the log.
pub(super) fn tickets_of(
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

pub(super) fn insert_drum(
    tx: &mut Tx,
    activity: &ActivityId,
    drum: &NewDrum,
) -> Result<(), db::Error> {
    diesel::insert_into(drums::table)
        .values((
            drums::activity_id.eq(activity.as_str()),
            drums::draw_id.eq(&drum.draw),
            drums::position.eq(i64::from(drum.position)),
            drums::slug.eq(&drum.slug),
            drums::name_zh.eq(&drum.name.zh),
            drums::name_en.eq(&drum.name.en),
            drums::cap.eq(i64::from(drum.cap)),
            drums::draws_at.eq(drum.draws_at.0),
            drums::frozen.eq(false),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn move_drum(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    draws_at: Timestamp,
) -> Result<(), db::Error> {
    diesel::update(
        drums::table
            .filter(drums::activity_id.eq(activity.as_str()))
            .filter(drums::draw_id.eq(draw)),
    )
    .set((drums::draws_at.eq(draws_at.0), drums::frozen.eq(false)))
    .execute(tx.conn())?;
    Ok(())
}

pub(super) fn freeze_drum(tx: &mut Tx, activity: &ActivityId, draw: &str) -> Result<(), db::Error> {
    diesel::update(
        drums::table
            .filter(drums::activity_id.eq(activity.as_str()))
            .filter(drums::draw_id.eq(draw)),
    )
    .set(drums::frozen.eq(true))
    .execute(tx.conn())?;
    Ok(())
}

pub(super) fn has_frozen_drum(tx: &mut Tx, activity: &ActivityId) -> Result<bool, db::Error> {
    let frozen: i64 = drums::table
        .filter(drums::activity_id.eq(activity.as_str()))
        .filter(drums::frozen.eq(true))
        .count()
        .get_result(tx.conn())?;
    Ok(frozen > 0)
}

pub(super) fn drums(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<NewDrum>, db::Error> {
    let rows: Vec<(String, i64, String, String, String, i64, i64)> = drums::table
        .filter(drums::activity_id.eq(activity.as_str()))
        .order((drums::position, drums::draw_id))
        .select((
            drums::draw_id,
            drums::position,
            drums::slug,
            drums::name_zh,
            drums::name_en,
            drums::cap,
            drums::draws_at,
        ))
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(draw, position, slug, zh, en, cap, draws_at)| NewDrum {
            draw,
            position: small(position),
            slug,
            name: LocalText::new(zh, en),
            cap: small(cap),
            draws_at: Timestamp(draws_at),
        })
        .collect())
}

pub(super) fn ticket(
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

pub(super) fn with_tag(
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

/// Entries whose contact is there, each with its tickets, in the order of their random ids.
pub(super) fn reachable(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Reachable>, db::Error> {
    let rows: Vec<(String, Option<String>)> = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .filter(entries::contact_item.is_not_null())
        .order(entries::id)
        .select((entries::id, entries::contact_item))
        .load(tx.conn())?;
    let mut held: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    let tickets: Vec<(String, String, i64)> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .order((tickets::draw_id, tickets::position))
        .select((tickets::entry_id, tickets::draw_id, tickets::position))
        .load(tx.conn())?;
    for (entry, draw, position) in tickets {
        held.entry(entry).or_default().push((draw, unsigned(position)));
    }
    let reachable = rows.into_iter().filter_map(|(id, item)| {
        Some(Reachable {
            item: item?,
            tickets: held.remove(&id).unwrap_or_default(),
        })
    });
    Ok(reachable.collect())
}

type OpeningRow = (Vec<u8>, Vec<u8>, i64, Option<String>);

pub(super) fn opening(
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

pub(super) fn leaves(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<Leaf>, db::Error> {
    let rows: Vec<(i64, Vec<u8>, i64, Option<String>)> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq(draw))
        .select((
            tickets::position,
            tickets::tag,
            tickets::ticket_no,
            tickets::void,
        ))
        .order(tickets::position)
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(position, tag, ticket_no, code)| Leaf {
            index: unsigned(position),
            tag: hash(&tag),
            ticket_no: small(ticket_no),
            void: code.as_deref().map(void),
        })
        .collect())
}

/// Sets exactly these codes: a D of an earlier close that no longer holds goes.
pub(super) fn mark_voids(
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
pub(super) fn bar(
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

/// Marks an entry as taken back; its ticket keeps its place and loses what links it to a person.
pub(super) fn withdraw(tx: &mut Tx, entry: &Entry) -> Result<(), db::Error> {
    diesel::update(
        entries::table
            .filter(entries::activity_id.eq(entry.activity.as_str()))
            .filter(entries::id.eq(entry.id.as_str())),
    )
    .set((
        entries::withdrawn.eq(true),
        entries::contact_item.eq(None::<String>),
        entries::answers_item.eq(None::<String>),
    ))
    .execute(tx.conn())?;
    diesel::update(
        tickets::table
            .filter(tickets::activity_id.eq(entry.activity.as_str()))
            .filter(tickets::entry_id.eq(entry.id.as_str())),
    )
    .set((
        tickets::void.eq(Some("W")),
        tickets::tag.eq(vec![0; 32]),
        tickets::bind.eq(vec![0; 32]),
    ))
    .execute(tx.conn())?;
    Ok(())
}

/// Marks that the sealed data of an entry was erased after its list was final; the ticket and what
/// settles it stay.
pub(super) fn erase(tx: &mut Tx, entry: &Entry) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::update(
        entries::table
            .filter(entries::activity_id.eq(entry.activity.as_str()))
            .filter(entries::id.eq(entry.id.as_str())),
    )
    .set((
        entries::erased_at.eq(Some(now)),
        entries::contact_item.eq(None::<String>),
        entries::answers_item.eq(None::<String>),
    ))
    .execute(tx.conn())?;
    Ok(())
}

/// Names the box with the answers of an entry that had none.
pub(super) fn name_answers(tx: &mut Tx, entry: &Entry, item: &str) -> Result<(), db::Error> {
    diesel::update(
        entries::table
            .filter(entries::activity_id.eq(entry.activity.as_str()))
            .filter(entries::id.eq(entry.id.as_str())),
    )
    .set(entries::answers_item.eq(Some(item)))
    .execute(tx.conn())?;
    Ok(())
}

/// The tickets of a draw whose person had the sealed data erased, ascending, and when.
pub(super) fn erased(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<(u64, Timestamp)>, db::Error> {
    let rows: Vec<(i64, Option<i64>)> = tickets::table
        .inner_join(
            entries::table.on(entries::activity_id
                .eq(tickets::activity_id)
                .and(entries::id.eq(tickets::entry_id))),
        )
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq(draw))
        .filter(entries::erased_at.is_not_null())
        .order(tickets::position)
        .select((tickets::position, entries::erased_at))
        .load(tx.conn())?;
    let erased = rows.into_iter();
    Ok(erased
        .filter_map(|(position, at)| Some((unsigned(position), Timestamp(at?))))
        .collect())
}

pub(super) fn count(tx: &mut Tx, activity: &ActivityId) -> Result<Counts, db::Error> {
    let of_activity = || entries::table.filter(entries::activity_id.eq(activity.as_str()));
    let taken: i64 = of_activity().count().get_result(tx.conn())?;
    let withdrawn: i64 = of_activity()
        .filter(entries::withdrawn.eq(true))
        .count()
        .get_result(tx.conn())?;
    let duplicates: i64 = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::void.eq("D"))
        .select(diesel::dsl::count(tickets::entry_id).aggregate_distinct())
        .get_result(tx.conn())?;
    Ok(Counts {
        taken: unsigned(taken),
        withdrawn: unsigned(withdrawn),
        duplicates: unsigned(duplicates),
    })
}

type TakenRow = (Option<String>, Option<i64>, i64, bool, Option<String>);

/// Entries with each of their tickets, where they have any.
macro_rules! taken {
    ($activity:expr) => {
        entries::table
            .left_join(
                tickets::table.on(tickets::activity_id
                    .eq(entries::activity_id)
                    .and(tickets::entry_id.eq(entries::id))),
            )
            .filter(entries::activity_id.eq($activity.as_str()))
            .select((
                tickets::draw_id.nullable(),
                tickets::position.nullable(),
                entries::taken_hour,
                entries::withdrawn,
                tickets::void.nullable(),
            ))
    };
}

pub(super) fn page(
    tx: &mut Tx,
    activity: &ActivityId,
    skip: u64,
    lines: u64,
) -> Result<Vec<Taken>, db::Error> {
    // Entries of a survey have no number; their random ids give no order within the hour.
    let rows: Vec<TakenRow> = taken!(activity)
        .order((
            entries::taken_hour.desc(),
            tickets::position.desc(),
            tickets::draw_id,
            entries::id,
        ))
        .offset(signed(skip))
        .limit(signed(lines))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(line).collect())
}

/// How many lines the list has: a ticket each, and an entry each where there are no tickets.
pub(super) fn count_lines(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let lines: i64 = entries::table
        .left_join(
            tickets::table.on(tickets::activity_id
                .eq(entries::activity_id)
                .and(tickets::entry_id.eq(entries::id))),
        )
        .filter(entries::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(lines))
}

pub(super) fn lines_of(
    tx: &mut Tx,
    activity: &ActivityId,
    index: u64,
) -> Result<Vec<Taken>, db::Error> {
    let rows: Vec<TakenRow> = taken!(activity)
        .filter(tickets::position.eq(signed(index)))
        .order(tickets::draw_id)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(line).collect())
}

pub(super) fn fingerprints(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Vec<u8>>, db::Error> {
    let mut found: Vec<Vec<u8>> = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .select(entries::lookup)
        .load(tx.conn())?;
    let tags: Vec<Vec<u8>> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .select(tickets::tag)
        .load(tx.conn())?;
    // A withdrawn ticket has zeros in its place, which are everywhere.
    found.extend(
        tags.into_iter()
            .filter(|tag| tag.iter().any(|byte| *byte != 0)),
    );
    Ok(found)
}

pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    sharing::forget(tx, activity)?;
    diesel::delete(earned_rows::table.filter(earned_rows::activity_id.eq(activity.as_str())))
        .execute(tx.conn())?;
    let gone = diesel::delete(tickets::table.filter(tickets::activity_id.eq(activity.as_str())))
        .execute(tx.conn())?
        + diesel::delete(entries::table.filter(entries::activity_id.eq(activity.as_str())))
            .execute(tx.conn())?;
    Ok(gone)
}

pub(super) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let earned: i64 = earned_rows::table
        .filter(earned_rows::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    let places: i64 = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    let people: i64 = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(earned) + unsigned(places) + unsigned(people) + sharing::left(tx, activity)?)
}

fn line((draw, position, hour, withdrawn, code): TakenRow) -> Taken {
    Taken {
        draw,
        index: position.map(unsigned),
        hour: Timestamp(hour),
        withdrawn,
        void: code.as_deref().map(void),
    }
}

fn void(code: &str) -> VoidCode {
    VoidCode::from_letter(code).expect("a CHECK limits the codes")
}

fn language(tag: &str) -> Language {
    Language::ALL
        .into_iter()
        .find(|language| language.tag() == tag)
        .unwrap_or_default()
}

fn hash(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().expect("hashes are stored with 32 bytes"))
}

fn signed(index: u64) -> i64 {
    i64::try_from(index).expect("an index is below 2^32 (draw-protocol 4.2)")
}

fn unsigned(stored: i64) -> u64 {
    u64::try_from(stored).expect("indices and counts are stored without sign")
}

fn small(stored: i64) -> u32 {
    u32::try_from(stored).expect("ticket numbers of a person are below 2^32")
}
