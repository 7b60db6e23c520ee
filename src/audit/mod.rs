//! The record of who did what: one line per act, kept for ever, chained by hashes.
//!
//! Invariant: lines are only added (the database refuses anything else, `platform::db::guards`),
//! and every line holds the hash of the one before, so that a line changed behind our back is
//! found by [`verify`]. Lines hold ids and codes; names, addresses and answers never.
//!
//! Not here: what a reader may see (`account`), the public journal of draws (`journal`).

mod chain;
pub mod detector;
pub mod pages;
mod store;
mod wire;

pub use chain::{Break, ChainReport, Outcome};

use std::fmt;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;

text_id! {
    /// A member of staff.
    StaffId, 12
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A member of staff who is signed in.
    Staff(StaffId),
    /// The program itself: a deadline, a job, the command line.
    System,
    /// A person of the public; which one is not recorded.
    Entrant,
}

/// `staff:<id>`, `system` or `entrant`, as the record keeps it.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Staff(id) => write!(f, "staff:{id}"),
            Actor::System => f.write_str("system"),
            Actor::Entrant => f.write_str("entrant"),
        }
    }
}

/// One act to be recorded. Everything in it is an id, a code or a stated reason.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Who did it.
    pub actor: &'a Actor,
    /// What was done, such as `activity.published`; its words are the message
    /// `audit-act-activity-published`.
    pub act: &'static str,
    /// The activity it belongs to, or empty.
    pub activity: &'a str,
    /// What it was done to: ids, or empty.
    pub object: &'a str,
    /// The purpose for which personal data was opened, or empty.
    pub purpose: &'a str,
    /// Why, where a reason is asked; never about a person.
    pub reason: &'a str,
}

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place, from 1.
    pub position: i64,
    /// When.
    pub at: Timestamp,
    /// Who, in the form of [`Actor`]'s `Display`.
    pub actor: String,
    /// What.
    pub act: String,
    /// In which activity, or empty.
    pub activity: String,
    /// To what, or empty.
    pub object: String,
    /// For which purpose, or empty.
    pub purpose: String,
    /// Why, or empty.
    pub reason: String,
    /// The hash of the line before; 32 zero bytes before the first.
    pub previous: Vec<u8>,
    /// The hash over all of the above.
    pub hash: Vec<u8>,
}

/// Which lines a reader asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this activity; empty for all.
    pub activity: String,
    /// Only this actor, in the form of [`Actor`]'s `Display`; empty for all.
    pub actor: String,
}

/// One page of lines, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// At most [`PER_PAGE`] lines.
    pub records: Vec<Record>,
    /// Which page this is, from 1.
    pub page: i64,
    /// How many pages there are, at least 1.
    pub pages: i64,
    /// How many lines the filter leaves.
    pub total: i64,
}

/// Lines on a page.
pub const PER_PAGE: i64 = 20;

/// Why the record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stated reason tells of a person; it was not written down.
    #[error("a reason names somebody")]
    Person(detector::Trace),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Person(_) => Kind::Invalid,
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Person(_) => "audit.reason_person",
            Error::Db(error) => error.code(),
        }
    }
}

/// Adds a line, in the caller's transaction: the act and its record exist together or not at all.
///
/// # Errors
/// [`Error::Person`] where the reason names somebody; a page looks with [`detector::find`] first,
/// so that nothing typed is lost.
pub fn record(tx: &mut Tx, act: &Act) -> Result<(), Error> {
    record_all(tx, std::slice::from_ref(act))
}

/// [`record`] for many lines, in their order: an export of a hundred thousand winners has one each.
///
/// # Errors
/// As [`record`]; then none of them is there.
pub fn record_all(tx: &mut Tx, acts: &[Act]) -> Result<(), Error> {
    let mut looked_at = None;
    for act in acts {
        if looked_at != Some(act.reason)
            && let Some(trace) = detector::find(act.reason)
        {
            return Err(Error::Person(trace));
        }
        looked_at = Some(act.reason);
    }
    let (mut position, mut previous) = match store::last(tx)? {
        Some((position, hash)) => (position, hash),
        None => (0, chain::BEFORE_THE_FIRST.to_vec()),
    };
    let now = tx.now();
    let mut records = Vec::with_capacity(acts.len());
    for act in acts {
        position += 1;
        let mut record = Record {
            position,
            at: match act.actor {
                Actor::Entrant => now.hour(),
                Actor::Staff(_) | Actor::System => now,
            },
            actor: act.actor.to_string(),
            act: act.act.to_owned(),
            activity: act.activity.to_owned(),
            object: act.object.to_owned(),
            purpose: act.purpose.to_owned(),
            reason: act.reason.to_owned(),
            previous,
            hash: Vec::new(),
        };
        record.hash = chain::hash(&record).to_vec();
        previous = record.hash.clone();
        records.push(record);
    }
    Ok(store::insert_all(tx, &records)?)
}

/// Lines of one actor that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Who, in the form of [`Actor`]'s `Display`.
    pub actor: String,
    /// What.
    pub act: String,
    /// For which purpose, or empty.
    pub purpose: String,
    /// Why, or empty.
    pub reason: String,
    /// How many lines.
    pub count: u64,
}

/// The lines of these acts after a place and since a moment, those that are alike together.
pub fn alike_after(
    tx: &mut Tx,
    position: i64,
    since: Timestamp,
    acts: &[&str],
) -> Result<Vec<Alike>, Error> {
    Ok(store::alike_after(tx, position, since, acts)?)
}

/// To what an act was done after a place and since a moment, line by line.
pub fn objects_after(
    tx: &mut Tx,
    position: i64,
    since: Timestamp,
    act: &str,
) -> Result<Vec<String>, Error> {
    Ok(store::objects_after(tx, position, since, act)?)
}

/// How often an act was recorded of an activity.
pub fn count(tx: &mut Tx, activity: &str, act: &str) -> Result<u64, Error> {
    let count = store::count_acts(tx, activity, act)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The lines that `filter` leaves; a page beyond the last is the last.
pub fn list(tx: &mut Tx, filter: &Filter, page: i64) -> Result<Listing, Error> {
    let total = store::count(tx, filter)?;
    let pages = (total + PER_PAGE - 1).div_euclid(PER_PAGE).max(1);
    let page = page.clamp(1, pages);
    let records = store::list(tx, filter, (page - 1) * PER_PAGE, PER_PAGE)?;
    Ok(Listing {
        records,
        page,
        pages,
        total,
    })
}

/// One opening of somebody's data, as that person may see it: when, by which kind of person, for
/// what; never by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// When.
    pub at: Timestamp,
    /// What was done: `vault.opened`, `vault.disclosed`, `vault.shared` or `vault.told`.
    pub act: String,
    /// `staff`, `system` or `entrant`.
    pub actor_kind: String,
    /// The purpose's code.
    pub purpose: String,
    /// The stated reason where it is a code, else empty: words of staff are for staff.
    pub reason_kind: String,
}

/// The acts by which personal data is opened or looked for; each names the row first in its object.
const OPENINGS: [&str; 8] = [
    "vault.opened",
    DISCLOSED,
    NOT_OPENED,
    SHARED,
    TOLD,
    NOT_TOLD,
    SEAT_TOLD,
    "vault.looked_up",
];
/// A named contact is opened for a disclosure; written before the vault is asked.
pub const DISCLOSED: &str = "vault.disclosed";
/// The vault then refused, so the line of [`DISCLOSED`] before it came to nothing.
pub const NOT_OPENED: &str = "vault.not_opened";

/// A contact is opened for the partner whom the person ticked.
pub const SHARED: &str = "vault.shared";
/// A contact is opened to write about an incident; written before the vault is asked.
pub const TOLD: &str = "vault.told";
/// A contact is opened to write about a place in a session; written before the vault is asked.
pub const SEAT_TOLD: &str = "vault.seat_told";
/// The act of a line that says that addresses of subscribers were opened for letters.
pub const NEWS_TOLD: &str = "vault.news_told";
/// Addresses of members are opened for letters, as many as the object says.
pub const MEMBER_TOLD: &str = "vault.member_told";
/// The address of somebody who asked for a link to enter is opened for the letter.
pub const ENTERING_TOLD: &str = "vault.entering_told";
/// The letter of [`TOLD`] did not leave.
pub const NOT_TOLD: &str = "vault.not_told";

/// How many rows were opened by an act, without those that the vault then refused.
pub fn opened(tx: &mut Tx, activity: &str, act: &str) -> Result<u64, Error> {
    let refused = match act {
        DISCLOSED => count(tx, activity, NOT_OPENED)?,
        TOLD => count(tx, activity, NOT_TOLD)?,
        _ => 0,
    };
    Ok(count(tx, activity, act)?.saturating_sub(refused))
}

/// Who opened a row, the oldest first; what the vault refused is left out.
pub fn openings_of(tx: &mut Tx, activity: &str, item: &str) -> Result<Vec<Opening>, Error> {
    let mut records = Vec::new();
    for record in store::of_item(tx, activity, &OPENINGS, item)? {
        let taken_back = match record.act.as_str() {
            NOT_OPENED => DISCLOSED,
            NOT_TOLD => TOLD,
            _ => {
                records.push(record);
                continue;
            }
        };
        if let Some(at) = records.iter().rposition(|before| before.act == taken_back) {
            records.remove(at);
        }
    }
    let kind = |actor: &str| actor.split(':').next().unwrap_or_default().to_owned();
    let is_code = |reason: &str| reason.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    Ok(records
        .into_iter()
        .map(|record| Opening {
            at: record.at,
            actor_kind: kind(&record.actor),
            reason_kind: Some(record.reason)
                .filter(|reason| is_code(reason))
                .unwrap_or_default(),
            purpose: record.purpose,
            act: record.act,
        })
        .collect())
}

/// What was signed about the record at some moment: how many lines, and the hash of the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last line's place.
    pub position: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// Where the head stands in the journal.
    pub in_journal: u64,
    /// When it was signed, in epoch milliseconds.
    pub at: i64,
}

/// The newest line's place and hash.
pub fn newest(tx: &mut Tx) -> Result<Option<(i64, Vec<u8>)>, Error> {
    Ok(store::last(tx)?)
}

/// Computes every hash again, from the first line to the last, in constant memory, and compares
/// the chain with the heads that were signed: lines cut off at the end leave no gap, but a head
/// remembers them. Some lines are hashed while the next are read.
pub fn verify(tx: &mut Tx, heads: &[Head]) -> Result<ChainReport, Error> {
    const STEP: i64 = 1_000;
    let (give, take) = mpsc::sync_channel::<Vec<Record>>(1);
    thread::scope(|scope| {
        let following = scope.spawn(|| follow(heads, take));
        let read = read_in_order(tx, STEP, give);
        let report = following
            .join()
            .unwrap_or_else(|panicked| resume_unwind(panicked));
        read.map(|()| report)
    })
}

/// Gives the whole record, so many lines at a time, for as long as somebody takes them.
fn read_in_order(tx: &mut Tx, step: i64, give: SyncSender<Vec<Record>>) -> Result<(), Error> {
    let mut position = 0;
    loop {
        let records = store::after(tx, position, step)?;
        let Some(last) = records.last() else {
            return Ok(());
        };
        position = last.position;
        if give.send(records).is_err() {
            return Ok(());
        }
    }
}

/// Follows the chain through lines that come in their order.
fn follow(heads: &[Head], lines: Receiver<Vec<Record>>) -> ChainReport {
    let mut chain = chain::Chain::against(heads);
    for record in lines.iter().flatten() {
        if let Err(broken) = chain.add(&record) {
            return chain.report(Some(broken));
        }
    }
    chain.report(chain.cut_off().err())
}
