//! Rows of entries: one for each registration.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::entry::submit::NewEntry;
use crate::entry::{Entry, EntryId, Error, Reachable};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{hash, unsigned};
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::{entries, tickets};
use crate::platform::db::{self, Tx};
use crate::platform::ids;

use super::language;

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
    policy_version: i64,
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
            policy: row.policy_version,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
struct NewRow<'n> {
    activity_id: &'n str,
    id: &'n str,
    lookup: &'n [u8],
    contact_item: Option<&'n str>,
    answers_item: Option<&'n str>,
    notice_hash: &'n [u8],
    language: &'n str,
    taken_hour: i64,
    withdrawn: bool,
    counted: bool,
    agreed: bool,
    policy_version: i64,
}

/// Stores entries, each with whether it is in the counters, all under one version of the general
/// policy; the unique lookup decides which of two equal ones is the first.
pub(in crate::entry) fn insert_all(
    tx: &mut Tx,
    taken: &[&NewEntry],
    counted: &[bool],
    policy: i64,
) -> Result<(), Error> {
    let rows: Vec<NewRow> = taken
        .iter()
        .zip(counted)
        .map(|(new, counted)| NewRow {
            activity_id: new.activity.as_str(),
            id: new.id.as_str(),
            lookup: new.lookup.as_bytes(),
            contact_item: new.contact.as_ref().map(|sealed| sealed.id.as_str()),
            answers_item: new
                .answers
                .as_ref()
                .filter(|_| new.answers_linked)
                .map(|sealed| sealed.id.as_str()),
            notice_hash: new.notice.as_bytes(),
            language: new.language.tag(),
            taken_hour: new.taken_hour.0,
            withdrawn: false,
            counted: *counted,
            agreed: new.agreed,
            policy_version: policy,
        })
        .collect();
    insert_all!(tx, entries::table, rows).map_err(db::on_duplicate(Error::Twice))
}

/// Those of these entries that are there, by their lookup.
pub(in crate::entry) fn by_lookups(
    tx: &mut Tx,
    lookups: &[Hash],
) -> Result<HashMap<Hash, Entry>, db::Error> {
    let lookups: Vec<&[u8]> = lookups
        .iter()
        .map(|lookup| &lookup.as_bytes()[..])
        .collect();
    let rows: Vec<(Vec<u8>, EntryRow)> = entries::table
        .filter(entries::lookup.eq_any(lookups))
        .select((entries::lookup, EntryRow::as_select()))
        .load(tx.conn())?;
    let entry = |(lookup, row): (Vec<u8>, EntryRow)| (hash(&lookup), Entry::from(row));
    Ok(rows.into_iter().map(entry).collect())
}

pub(in crate::entry) fn by_lookup(tx: &mut Tx, lookup: &Hash) -> Result<Option<Entry>, db::Error> {
    let row = entries::table
        .filter(entries::lookup.eq(lookup.as_bytes().to_vec()))
        .select(EntryRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Entry::from))
}

pub(in crate::entry) fn by_id(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &EntryId,
) -> Result<Option<Entry>, db::Error> {
    let row = entries::table
        .find((activity.as_str(), id.as_str()))
        .select(EntryRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Entry::from))
}

pub(in crate::entry) fn by_contact(
    tx: &mut Tx,
    activity: &ActivityId,
    item: &str,
) -> Result<Option<Entry>, db::Error> {
    let row = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .filter(entries::contact_item.eq(item))
        .select(EntryRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Entry::from))
}

pub(in crate::entry) fn lookup_of(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &EntryId,
) -> Result<Option<Hash>, db::Error> {
    let bytes: Option<Vec<u8>> = entries::table
        .find((activity.as_str(), id.as_str()))
        .select(entries::lookup)
        .first(tx.conn())
        .optional()?;
    Ok(bytes.map(|bytes| hash(&bytes)))
}

/// Entries whose contact is there, each with its tickets in order and with the tag of its person;
/// `seated`: the tags of entries that have a place instead of tickets.
pub(in crate::entry) fn reachable(
    tx: &mut Tx,
    activity: &ActivityId,
    seated: Vec<(String, Hash)>,
) -> Result<Vec<(Hash, Reachable)>, db::Error> {
    let rows: Vec<(String, Option<String>)> = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .filter(entries::contact_item.is_not_null())
        .select((entries::id, entries::contact_item))
        .load(tx.conn())?;
    let of_seats = seated.into_iter();
    let mut held: BTreeMap<String, (Hash, Vec<(String, u64)>)> = of_seats
        .map(|(entry, tag)| (entry, (tag, Vec::new())))
        .collect();
    let tickets: Vec<(String, Vec<u8>, String, i64)> = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .order((tickets::draw_id, tickets::position))
        .select((
            tickets::entry_id,
            tickets::tag,
            tickets::draw_id,
            tickets::position,
        ))
        .load(tx.conn())?;
    for (entry, tag, draw, position) in tickets {
        let (_, tickets) = held
            .entry(entry)
            .or_insert_with(|| (hash(&tag), Vec::new()));
        tickets.push((draw, unsigned(position)));
    }
    // A contact is sealed to its tag: an entry that has one has a ticket or a place.
    let reachable = rows.into_iter().filter_map(|(id, item)| {
        let (tag, tickets) = held.remove(&id)?;
        let item = item?;
        Some((tag, Reachable { item, tickets }))
    });
    Ok(reachable.collect())
}

/// Marks an entry as taken back; its ticket keeps its place and loses what links it to a person.
pub(in crate::entry) fn withdraw(tx: &mut Tx, entry: &Entry) -> Result<(), db::Error> {
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
pub(in crate::entry) fn erase(tx: &mut Tx, entry: &Entry) -> Result<(), db::Error> {
    let hour = tx.now().hour().0;
    diesel::update(
        entries::table
            .filter(entries::activity_id.eq(entry.activity.as_str()))
            .filter(entries::id.eq(entry.id.as_str())),
    )
    .set((
        entries::erased_at.eq(Some(hour)),
        entries::contact_item.eq(None::<String>),
        entries::answers_item.eq(None::<String>),
    ))
    .execute(tx.conn())?;
    Ok(())
}

/// Names the box with the answers of an entry that had none.
pub(in crate::entry) fn name_answers(
    tx: &mut Tx,
    entry: &Entry,
    item: &str,
) -> Result<(), db::Error> {
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
pub(in crate::entry) fn erased(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<(u64, Timestamp)>, db::Error> {
    let erased: Vec<(String, Option<i64>)> = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .filter(entries::erased_at.is_not_null())
        .select((entries::id, entries::erased_at))
        .load(tx.conn())?;
    let mut found = Vec::new();
    for some in erased.chunks(ENTRIES_AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(|(id, _)| id.as_str()).collect();
        let rows: Vec<(String, i64)> = tickets::table
            .filter(tickets::activity_id.eq(activity.as_str()))
            .filter(tickets::entry_id.eq_any(ids))
            .filter(tickets::draw_id.eq(draw))
            .select((tickets::entry_id, tickets::position))
            .load(tx.conn())?;
        let when: HashMap<&String, Option<i64>> = some.iter().map(|(id, at)| (id, *at)).collect();
        found.extend(rows.into_iter().filter_map(|(id, position)| {
            let at = when.get(&id).copied().flatten()?;
            Some((unsigned(position), Timestamp(at)))
        }));
    }
    found.sort_by_key(|(position, _)| *position);
    Ok(found)
}

/// Entries of one statement.
const ENTRIES_AT_ONCE: usize = 500;

/// The lookups and tags of the entries of an activity, or of `most` of more.
pub(in crate::entry) fn fingerprints(
    tx: &mut Tx,
    activity: &ActivityId,
    most: usize,
) -> Result<Vec<Vec<u8>>, db::Error> {
    let chosen = some(tx, activity, most)?;
    let mut tags: Vec<Vec<u8>> = Vec::new();
    for some in chosen.chunks(ENTRIES_AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(|(id, _)| id.as_str()).collect();
        let found: Vec<Vec<u8>> = tickets::table
            .filter(tickets::activity_id.eq(activity.as_str()))
            .filter(tickets::entry_id.eq_any(ids))
            .select(tickets::tag)
            .load(tx.conn())?;
        tags.extend(found);
    }
    let mut found: Vec<Vec<u8>> = chosen.into_iter().map(|(_, lookup)| lookup).collect();
    // A withdrawn ticket has zeros in its place, which are everywhere.
    found.extend(
        tags.into_iter()
            .filter(|tag| tag.iter().any(|byte| *byte != 0)),
    );
    Ok(found)
}

/// Ids and lookups of all entries, or of `most` from all over them.
fn some(
    tx: &mut Tx,
    activity: &ActivityId,
    most: usize,
) -> Result<Vec<(String, Vec<u8>)>, db::Error> {
    let of_activity = || entries::table.filter(entries::activity_id.eq(activity.as_str()));
    let count: i64 = of_activity().count().get_result(tx.conn())?;
    if usize::try_from(count).is_ok_and(|count| count <= most) {
        let all = of_activity().select((entries::id, entries::lookup));
        return Ok(all.load(tx.conn())?);
    }
    let mut found = Vec::with_capacity(most);
    for from in ids::spread(most) {
        let next: Option<(String, Vec<u8>)> = of_activity()
            .filter(entries::id.ge(from))
            .order(entries::id)
            .select((entries::id, entries::lookup))
            .first(tx.conn())
            .optional()?;
        found.extend(next);
    }
    found.dedup();
    Ok(found)
}

/// Erases some entries, in the order of their ids, with nothing left that names them.
pub(super) fn forget_some(
    tx: &mut Tx,
    activity: &ActivityId,
    at_most: i64,
) -> Result<usize, db::Error> {
    let of_activity = || entries::table.filter(entries::activity_id.eq(activity.as_str()));
    let last: Option<String> = of_activity()
        .order(entries::id)
        .offset((at_most - 1).max(0))
        .select(entries::id)
        .first(tx.conn())
        .optional()?;
    let gone = match last {
        Some(last) => diesel::delete(of_activity().filter(entries::id.le(last))).execute(tx.conn()),
        None => diesel::delete(of_activity()).execute(tx.conn()),
    };
    Ok(gone?)
}

pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let rows = entries::table.filter(entries::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(super) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}
