//! An entry: one person's registration in one activity, and the receipt that proves it.
//!
//! Invariants: an entry, its sealed data, its ticket, its leaf in the draw's log and the signed
//! checkpoint over it exist together or not at all; the receipt secret and the ID number are in
//! no row; a repeated submission is the same entry (`decisions` D2). Nobody learns before the
//! close whether a person entered before (D5).
//!
//! Not here: what people type ([`crate::identity`], [`crate::survey`]), what seals it
//! ([`crate::vault`]), when entry ends and who is drawn (`draw`).

use std::collections::BTreeMap;

use lucky_draw::encode::Hash;
use lucky_draw::record::VoidCode;
use lucky_draw::result::Opening;

use crate::activity::{self, ActivityId, Arrangement};
use crate::admission;
use crate::log;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::platform::text::Language;
use crate::policy;
use crate::seats;
use crate::vault;

pub mod consent;
pub mod correction;
mod counting;
mod drum;
pub mod earned;
pub mod own;
pub mod pages;
pub mod provider;
pub mod receipt;
mod seen;
mod store;
pub mod submit;
#[cfg(test)]
mod tests;
pub mod token;
pub mod voids;
pub mod wire;

pub use counting::{answers_left_out, correct, counters_of, pool_of, withdraw};
pub use drum::{Drum, NewDrum, chosen, drums, freeze, move_to, set_out};
pub use seen::Seen;

text_id!(
    /// Names an entry inside its activity; random, so that it tells nothing about time or number.
    EntryId,
    16
);

/// An entry as its row says it; nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The activity entered.
    pub activity: ActivityId,
    /// Its id.
    pub id: EntryId,
    /// The vault's box with the contact; none in a survey and after a withdrawal.
    pub contact_item: Option<String>,
    /// The vault's box with the answers, where they are linked (`decisions` D7).
    pub answers_item: Option<String>,
    /// Hash of the notice the person agreed to.
    pub notice: Hash,
    /// The language the person used.
    pub language: Language,
    /// The hour in which it was taken; finer times are not kept.
    pub taken_hour: Timestamp,
    /// Whether the person took it back.
    pub withdrawn: bool,
    /// The hour in which the person had the sealed data erased, after the list was final.
    pub erased_at: Option<Timestamp>,
    /// The version of the general policy that was in force when it was taken; 0 before the first.
    pub policy: i64,
}

/// One leaf of a draw's log, with the entry behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The draw, whose log it is in.
    pub draw: String,
    /// Its index in the log, which people know as the ticket number.
    pub index: u64,
    /// Which of the person's tickets in this draw it is, from 0.
    pub ticket_no: u32,
    /// Whose it is.
    pub entry: EntryId,
    /// The vault's box with the contact; none after a withdrawal.
    pub contact_item: Option<String>,
    /// The language the person used.
    pub language: Language,
    /// Hash of the notice the person agreed to; the contact's box opens with it alone.
    pub notice: Hash,
    /// The keyed tag of the person; zeros after a withdrawal.
    pub tag: Hash,
    /// Why it does not take part; D only after a close.
    pub void: Option<VoidCode>,
}

/// A person whose contact is there, however often that person entered; nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reachable {
    /// The vault's box with the contact: the first entry's that has an e-mail address.
    pub item: String,
    /// The person's tickets, draw and index; those of the box's own entry come first.
    pub tickets: Vec<(String, u64)>,
}

/// How many entries an activity has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All that were taken, withdrawn ones too.
    pub taken: u64,
    /// Taken back by the person.
    pub withdrawn: u64,
    /// Void as second entries; 0 before the close.
    pub duplicates: u64,
}

/// A line of the list that staff may see (`decisions` D18).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The draw of the ticket; none in a survey.
    pub draw: Option<String>,
    /// The ticket; none in a survey.
    pub index: Option<u64>,
    /// The hour in which it was taken.
    pub hour: Timestamp,
    /// Whether the person took it back.
    pub withdrawn: bool,
    /// Why the ticket does not take part; D only after a close.
    pub void: Option<VoidCode>,
}

/// A page of the list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenPage {
    /// Its lines.
    pub lines: Vec<Taken>,
    /// Which page, from 1.
    pub page: u64,
    /// How many pages there are; at least 1.
    pub last: u64,
}

/// Lines on a page of the list.
pub const PAGE_LINES: u64 = 40;

/// Why an entry could not be taken, found or changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Entry has not begun.
    #[error("entry has not begun")]
    NotYet,
    /// Entry has ended, by the deadline or a cancellation.
    #[error("entry has ended")]
    Ended,
    /// The receipt page was put away; the code finds the entry.
    #[error("the receipt page was put away")]
    PutAway,
    /// No entry belongs to this code or ticket.
    #[error("no such entry")]
    Unknown,
    /// The person took it back before.
    #[error("the entry is withdrawn")]
    Withdrawn,
    /// What is held of the entry is not what the change was worked out from; it is read again.
    #[error("the entry was changed meanwhile")]
    Changed,
    /// Another request stored the same entry at the same time.
    #[error("the same entry was stored meanwhile")]
    Twice,
    /// A draw that asks nothing by which people are told apart: publishing was not complete.
    #[error("the draw cannot tell people apart")]
    Nobody,
    /// A draw without its log: publishing was not complete.
    #[error("the draw has no log")]
    NoLog,
    /// One of several pools has to be picked.
    #[error("no pool was picked")]
    NoPool,
    /// The activity.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The log of the draw.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// A place in a session.
    #[error(transparent)]
    Seats(#[from] seats::Error),
    /// Who is let in.
    #[error(transparent)]
    Admission(#[from] admission::Error),
    /// The statistics.
    #[error(transparent)]
    Stats(#[from] crate::stats::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The survey's questions.
    #[error(transparent)]
    Survey(#[from] crate::survey::Error),
    /// Versions of the notice.
    #[error(transparent)]
    Policy(#[from] policy::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] crate::audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::NotYet | Error::Ended | Error::Withdrawn | Error::Changed | Error::Twice => {
                Kind::Conflict
            }
            Error::NoPool => Kind::Invalid,
            Error::PutAway => Kind::Gone,
            Error::Unknown => Kind::NotFound,
            Error::Nobody | Error::NoLog => Kind::Broken,
            Error::Activity(error) => error.kind(),
            Error::Log(error) => error.kind(),
            Error::Seats(error) => error.kind(),
            Error::Admission(error) => error.kind(),
            Error::Stats(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Survey(error) => error.kind(),
            Error::Policy(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::NotYet => "entry.not_yet",
            Error::Ended => "entry.ended",
            Error::Unknown => "entry.unknown",
            Error::Withdrawn => "entry.withdrawn",
            Error::Changed => "entry.changed",
            Error::Twice => "entry.twice",
            Error::Nobody => "entry.nobody",
            Error::NoLog => "entry.no_log",
            Error::NoPool => "entry.no_pool",
            Error::PutAway => "entry.put_away",
            Error::Activity(error) => error.code(),
            Error::Log(error) => error.code(),
            Error::Seats(error) => error.code(),
            Error::Admission(error) => error.code(),
            Error::Stats(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Survey(error) => error.code(),
            Error::Policy(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// The void indices of a draw as they stand now, ascending: what the close note lists.
pub fn voids(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<(u64, VoidCode)>, Error> {
    let facts = activity::by_id(tx, activity)?;
    if facts.arrangement != Arrangement::Pools {
        let leaves = store::tickets::leaves_that_matter(tx, activity, draw)?;
        return Ok(voids::of(&[], &leaves));
    }
    let mut before = Vec::new();
    // A person takes part in one pool: the first of the list of draws.
    for earlier in store::drums::drums(tx, activity)? {
        if earlier.draw == draw {
            break;
        }
        before.extend(store::tickets::leaves(tx, activity, &earlier.draw)?);
    }
    Ok(voids::of(
        &before,
        &store::tickets::leaves(tx, activity, draw)?,
    ))
}

/// Writes the voids of a close beside the tickets, so that pages need not compute them again.
pub fn mark_voids(tx: &mut Tx, activity: &ActivityId, draw: &str) -> Result<(), Error> {
    let voids = voids(tx, activity, draw)?;
    Ok(store::tickets::mark_voids(tx, activity, draw, &voids)?)
}

/// Takes a ticket out by rule or as a test, or lets it take part again; a withdrawn ticket stays
/// out.
pub fn bar(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    index: u64,
    code: Option<VoidCode>,
) -> Result<(), Error> {
    Ok(store::tickets::bar(tx, activity, draw, index, code)?)
}

/// What the result publishes about a drawn ticket; none for a ticket that was withdrawn.
pub fn opening(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    index: u64,
) -> Result<Option<Opening>, Error> {
    Ok(store::tickets::opening(tx, activity, draw, index)?)
}

/// An entry by its id.
///
/// # Errors
/// [`Error::Unknown`] where there is none.
pub fn by_id(tx: &mut Tx, activity: &ActivityId, id: &EntryId) -> Result<Entry, Error> {
    store::entries::by_id(tx, activity, id)?.ok_or(Error::Unknown)
}

/// The entry whose contact is in this box, and the tag of its person, where it has a place in a
/// session and no ticket.
pub fn seated(
    tx: &mut Tx,
    activity: &ActivityId,
    item: &str,
) -> Result<Option<(Entry, Hash)>, Error> {
    let Some(entry) = store::entries::by_contact(tx, activity, item)? else {
        return Ok(None);
    };
    let held = seats::of_entry(tx, activity, entry.id.as_str())?;
    Ok(held.map(|held| (entry, held.seat.tag)))
}

/// A ticket by its index.
pub fn ticket(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    index: u64,
) -> Result<Option<Ticket>, Error> {
    Ok(store::tickets::ticket(tx, activity, draw, index)?)
}

/// The tickets at these indices, in no particular order: [`ticket`] for many.
pub fn tickets_at(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    indices: &[u64],
) -> Result<Vec<Ticket>, Error> {
    Ok(store::tickets::at(tx, activity, draw, indices)?)
}

/// So many second tickets of a person are told of a prize at most. Anybody can enter with anybody's
/// number as often as a network may: this is where that ends, silently.
const SECONDS_TOLD: usize = 50;

/// The tickets of a person that are void as second ones, the first of them; known after the close.
pub fn duplicates_of(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    tag: &Hash,
) -> Result<Vec<Ticket>, Error> {
    Ok(store::tickets::with_tag(tx, activity, draw, tag)?
        .into_iter()
        .filter(|ticket| ticket.void == Some(VoidCode::D))
        .take(SECONDS_TOLD)
        .collect())
}

/// Every person of an activity whose contact is there, once: entries with one tag are one person's.
pub fn reachable(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Reachable>, Error> {
    let mut people: BTreeMap<Hash, Vec<Reachable>> = BTreeMap::new();
    let seated = seats::tags(tx, activity)?;
    for (tag, entry) in store::entries::reachable(tx, activity, seated)? {
        people.entry(tag).or_default().push(entry);
    }
    let mut reachable = Vec::with_capacity(people.len());
    for entries in people.into_values() {
        reachable.extend(person(tx, activity, entries)?);
    }
    // In the order of random ids.
    reachable.sort_by(|a, b| a.item.cmp(&b.item));
    Ok(reachable)
}

/// One person of all the entries of a tag, the earliest entry first.
fn person(
    tx: &mut Tx,
    activity: &ActivityId,
    mut entries: Vec<Reachable>,
) -> Result<Option<Reachable>, Error> {
    entries.sort_by(|a, b| a.tickets.cmp(&b.tickets));
    let mut chosen = 0;
    if entries.len() > 1 {
        for (at, entry) in entries.iter().enumerate() {
            let sealed = vault::sealed(tx, activity.as_str(), &entry.item)?;
            if sealed.is_some_and(|row| row.fields().has(vault::FieldKind::Email)) {
                chosen = at;
                break;
            }
        }
    }
    if entries.is_empty() {
        return Ok(None);
    }
    let mut person = entries.remove(chosen);
    for other in entries {
        person.tickets.extend(other.tickets);
    }
    Ok(Some(person))
}

/// Every ticket of a person in a draw, void ones too.
pub fn with_tag(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    tag: &Hash,
) -> Result<Vec<Ticket>, Error> {
    Ok(store::tickets::with_tag(tx, activity, draw, tag)?)
}

/// The tickets of a draw whose person had the sealed data erased, ascending, and when: nobody can
/// be told, and a prize of theirs passes on.
pub fn erased(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<(u64, Timestamp)>, Error> {
    Ok(store::entries::erased(tx, activity, draw)?)
}

/// The tickets of an entry, those of one draw together, in the order of the log.
pub fn tickets_of(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &EntryId,
) -> Result<Vec<Ticket>, Error> {
    Ok(store::tickets::tickets_of(tx, activity, entry)?)
}

/// How many persons have more tickets in a draw than `cap`, of those that take part: what an
/// entrant audit counts over the whole table.
pub fn over_cap(tx: &mut Tx, activity: &ActivityId, draw: &str, cap: u32) -> Result<u64, Error> {
    let leaves = store::tickets::leaves_of_many(tx, activity, draw, cap)?;
    Ok(voids::over_cap(&leaves, cap))
}

/// How many entries were taken, withdrawn and, after the close, void as second ones.
pub fn count(tx: &mut Tx, activity: &ActivityId) -> Result<Counts, Error> {
    Ok(store::list::count(tx, activity)?)
}

/// A page of the list that staff may see, newest first; `page` counts from 1.
///
/// The tickets of a draw are numbered without a gap, so a page of a list of a million is read as
/// fast as one of ten.
pub fn recent(tx: &mut Tx, activity: &ActivityId, page: u64) -> Result<TakenPage, Error> {
    let drums = drums(tx, activity)?;
    if drums.is_empty() {
        return without_tickets(tx, activity, page);
    }
    let draws: Vec<&str> = drums.iter().map(Drum::draw).collect();
    let numbers = (PAGE_LINES / u64::try_from(draws.len()).unwrap_or(PAGE_LINES)).max(1);
    let highest = drums.iter().map(|drum| drum.log.size).max().unwrap_or(0);
    let last = highest.div_ceil(numbers).max(1);
    let page = page.clamp(1, last);
    let until = highest.saturating_sub((page - 1) * numbers);
    let window = (until.saturating_sub(numbers), until);
    let lines = store::list::tickets_between(tx, activity, &draws, window)?;
    Ok(TakenPage { lines, page, last })
}

fn without_tickets(tx: &mut Tx, activity: &ActivityId, page: u64) -> Result<TakenPage, Error> {
    let asks_person = activity::by_id(tx, activity)?.kind.asks_person();
    let of = match asks_person {
        true => store::list::Of::Somebody,
        false => store::list::Of::Nobody,
    };
    let entries = store::list::count(tx, activity)?.taken;
    let last = entries.div_ceil(PAGE_LINES).max(1);
    let page = page.clamp(1, last);
    let window = ((page - 1) * PAGE_LINES, PAGE_LINES);
    let lines = store::list::without_tickets(tx, activity, of, window)?;
    Ok(TakenPage { lines, page, last })
}

/// The lines of the tickets with this number in the list that staff may see: one for each draw.
pub fn by_number(tx: &mut Tx, activity: &ActivityId, index: u64) -> Result<Vec<Taken>, Error> {
    let drums = drums(tx, activity)?;
    let draws: Vec<&str> = drums.iter().map(Drum::draw).collect();
    Ok(store::list::numbered(tx, activity, &draws, index)?)
}

/// Bytes by which rows about entrants would be found in a file: what the scan after a purge looks
/// for (`privacy` 1.8).
///
/// Of more than `most` entries, so many are taken from all over them.
pub fn fingerprints(
    tx: &mut Tx,
    activity: &ActivityId,
    most: usize,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut found = store::entries::fingerprints(tx, activity, most)?;
    let seated = seats::tags(tx, activity)?.into_iter();
    found.extend(seated.map(|(_, tag)| tag.0.to_vec()));
    Ok(found)
}

/// Erases some rows about people who entered, `at_most` at once; none is left of the tables that grow
/// with people where it erases none.
pub fn forget_some(tx: &mut Tx, activity: &ActivityId, at_most: i64) -> Result<usize, Error> {
    Ok(store::forget_some(tx, activity, at_most)?)
}

/// Erases every row about people who entered; the commitments in the log stay (`privacy` 1.8).
/// Answers with how many rows went.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    Ok(store::forget(tx, activity)?)
}

/// How many rows about people who entered are still here.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::left(tx, activity)?)
}
