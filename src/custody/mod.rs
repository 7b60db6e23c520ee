//! What is kept or handed on beyond the draw, and on whose word: holds, disclosures, providers,
//! the tax vault, incidents.
//!
//! Invariant: nothing about a named person is kept longer or handed out on one person's word, and
//! nothing outlives its own last day. The registers themselves name no person and stay.
//!
//! Not here: the purge itself (`purge`), which calls this room before it destroys a key; which rows
//! a provider may have ([`crate::entry::provider`]); the rules of the tax ([`crate::draw::tax`]).

use lucky_draw::ticket::TicketNumber;

use crate::account::{self, Permission};
use crate::activity::{self, ActivityId};
use crate::audit::{self, Act, Actor, StaffId};
use crate::draw;
use crate::entry;
use crate::journal;
use crate::notify;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::stats;
use crate::vault::{self, Refusal};

pub mod breach;
pub mod disclosure;
mod extract;
pub mod hold;
pub mod jobs;
pub mod kept;
mod letters;
pub mod pages;
pub mod sharing;
pub mod steps;
mod store;
pub mod tax;
pub mod wire;

text_id!(
    /// Names a hold.
    HoldId,
    10
);

text_id!(
    /// Names a line of the register of disclosures; printed on every copy of what was handed out.
    DisclosureId,
    10
);

text_id!(
    /// Names an incident.
    IncidentId,
    10
);

/// Why something could not be kept, handed on or told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such hold, disclosure, incident or year.
    #[error("nothing is kept by that name")]
    Unknown,
    /// Somebody else decided meanwhile.
    #[error("it was changed meanwhile")]
    Moved,
    /// Whoever proposed it cannot be the one who approves.
    #[error("another person has to approve")]
    SecondPerson,
    /// There is no such ticket in the draw, or its contact is not there.
    #[error("the draw has no contact behind one of the tickets")]
    NoTicket(u64),
    /// The activity's data is deleted and no hold has the rows.
    #[error("the rows are deleted")]
    Purged,
    /// The activity has no published tables.
    #[error("the activity has no published tables")]
    NoTables,
    /// The operator's settings do not allow it, or the number of the year is used up.
    #[error("the operator's settings do not allow it")]
    NotAllowed,
    /// The words of an incident are the program's: somebody has to write them first.
    #[error("somebody has to write the words first")]
    Unworded,
    /// The incident names no activity, so nobody could be told.
    #[error("the incident concerns no activity")]
    NobodyConcerned,
    /// The hold was renewed once already.
    #[error("a hold is renewed once")]
    RenewedOnce,
    /// The hold would not last longer than it does.
    #[error("the hold would not last longer")]
    NotLonger,
    /// The prize was not handed over, so that nobody was paid.
    #[error("the prize was not handed over")]
    NotPaid,
    /// What the statement needs of this prize is taken down already.
    #[error("the payee is taken down already")]
    TakenDown,
    /// The year was filed, or rows wait for a second person.
    #[error("the year cannot be changed now")]
    YearShut,
    /// A letter's template cannot be filled.
    #[error(transparent)]
    Template(#[from] crate::platform::templates::TemplateError),
    /// A file could not be written.
    #[error(transparent)]
    Sheet(#[from] notify::sheet::Error),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] account::Error),
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// Draws.
    #[error(transparent)]
    Draw(#[from] draw::Error),
    /// Entries.
    #[error(transparent)]
    Entry(#[from] entry::Error),
    /// Winners.
    #[error(transparent)]
    Notify(#[from] notify::Error),
    /// Counts.
    #[error(transparent)]
    Stats(#[from] stats::Error),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Vault(refusal.into())
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown | Error::NoTables => Kind::NotFound,
            Error::Moved | Error::RenewedOnce | Error::TakenDown | Error::YearShut => {
                Kind::Conflict
            }
            Error::NotPaid | Error::NotLonger => Kind::Conflict,
            Error::Unworded | Error::NobodyConcerned => Kind::Conflict,
            Error::SecondPerson | Error::NotAllowed => Kind::Forbidden,
            Error::NoTicket(_) => Kind::Invalid,
            Error::Purged => Kind::Gone,
            Error::Sheet(_) | Error::Template(_) => Kind::Broken,
            Error::Account(error) => error.kind(),
            Error::Activity(error) => error.kind(),
            Error::Draw(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Notify(error) => error.kind(),
            Error::Stats(error) => error.kind(),
            Error::Journal(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "custody.unknown",
            Error::Moved => "custody.moved",
            Error::SecondPerson => "custody.second_person",
            Error::NoTicket(_) => "custody.no_ticket",
            Error::NoTables => "custody.no_tables",
            Error::Purged => "custody.purged",
            Error::NotAllowed => "custody.not_allowed",
            Error::Unworded => "custody.unworded",
            Error::NobodyConcerned => "custody.nobody_concerned",
            Error::RenewedOnce => "custody.renewed_once",
            Error::NotLonger => "custody.not_longer",
            Error::NotPaid => "custody.not_paid",
            Error::TakenDown => "custody.taken_down",
            Error::YearShut => "custody.year_shut",
            Error::Sheet(_) => "custody.sheet",
            Error::Template(_) => "custody.template",
            Error::Account(error) => error.code(),
            Error::Activity(error) => error.code(),
            Error::Draw(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Notify(error) => error.code(),
            Error::Stats(error) => error.code(),
            Error::Journal(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// How many rows about people of an activity outlive its purge: what its certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// Those kept by holds, one by one.
    pub held: Vec<HeldRows>,
    /// Rows of payees in the tax vault.
    pub taxed: u64,
}

/// The rows of one hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRows {
    /// How many.
    pub rows: u64,
    /// On which basis, as [`hold::Basis::code`] says it.
    pub basis: &'static str,
    /// Until when.
    pub until: Timestamp,
}

/// What of an activity is kept beyond its purge.
pub fn moved(tx: &mut Tx, activity: &ActivityId) -> Result<Moved, Error> {
    let mut held = Vec::new();
    for hold in store::holds::of_activity(tx, activity)? {
        let rows = store::holds::count_items(tx, &hold)?;
        if rows > 0 {
            held.push(HeldRows {
                rows,
                basis: hold.basis.code(),
                until: hold.until,
            });
        }
    }
    Ok(Moved {
        held,
        taxed: store::tax::count_of(tx, activity)?,
    })
}

/// The tags of the rows that are held: bytes of the activity that a scan after its purge finds on
/// purpose.
pub fn held_tags(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Vec<u8>>, Error> {
    let mut tags = Vec::new();
    for hold in store::holds::of_activity(tx, activity)? {
        let items = store::holds::items(tx, &hold)?.into_iter();
        tags.extend(items.map(|item| item.bound.tag.to_vec()));
    }
    Ok(tags)
}

/// Erases what this room holds about an activity and may not keep; how many rows went. Rows under
/// a hold and in the tax vault stay, sealed to keys of their own. May be repeated.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    let mut gone = 0;
    for hold in store::holds::of_activity(tx, activity)? {
        if hold.state != hold::State::Active {
            gone += store::holds::erase_rows(tx, &hold)?;
        }
    }
    gone += store::disclosures::erase_rows(tx, activity)?;
    gone += store::incidents::erase_letters(tx, activity)?;
    Ok(gone)
}

/// How many rows about people of the activity are still here that may not be.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    let mut left = 0;
    for hold in store::holds::of_activity(tx, activity)? {
        if hold.state != hold::State::Active {
            left += store::holds::count_items(tx, &hold)?;
        }
    }
    left += store::disclosures::count_rows(tx, activity)?;
    left += store::incidents::count_letters(tx, activity)?;
    Ok(left)
}

pub use hold::rehouse;

/// The incidents of an activity that people are told of.
pub fn open_incidents(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<breach::Incident>, Error> {
    Ok(store::incidents::told_of(tx, activity)?)
}

/// Whether enough people can sign in for something that needs two: the page says so before
/// anybody writes a long form.
pub fn has_two(tx: &mut Tx, permission: Permission) -> Result<bool, Error> {
    Ok(account::count_who_may(tx, permission, None)? > 1)
}

/// A file on its way out; it is never kept here.
pub struct File {
    /// ASCII.
    pub name: String,
    /// UTF-8 with a byte order mark, which Excel needs to read Chinese.
    pub bytes: Vec<u8>,
}

/// The vault's refusal to open or to hold rows beyond the operator's number, in the words of this
/// room.
fn allowed<T>(outcome: Result<T, vault::Error>) -> Result<T, Error> {
    match outcome {
        Err(vault::Error::Refused(Refusal::NotAllowed)) => Err(Error::NotAllowed),
        outcome => Ok(outcome?),
    }
}

/// Whoever decides is not whoever proposed.
fn is_second(proposed_by: &StaffId, by: &StaffId) -> Result<(), Error> {
    if proposed_by == by {
        Err(Error::SecondPerson)
    } else {
        Ok(())
    }
}

/// One line in the record; `reason` is never about a person.
fn note(
    tx: &mut Tx,
    by: &Actor,
    act: &'static str,
    (activity, object): (&str, &str),
    reason: &str,
) -> Result<(), Error> {
    let act = Act {
        actor: by,
        act,
        activity,
        object,
        purpose: "",
        reason,
    };
    Ok(audit::record(tx, &act)?)
}

/// Reads ticket numbers as people write them down: `317-7 320-1`, with any signs between.
///
/// # Errors
/// The first word that is no ticket number.
pub fn ticket_numbers(typed: &str) -> Result<Vec<u64>, String> {
    let mut numbers = Vec::new();
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '、' | '，' | ';' | '；');
    for word in typed.split(between).filter(|word| !word.is_empty()) {
        let number: TicketNumber = word.parse().map_err(|_| word.to_owned())?;
        if !numbers.contains(&number.0) {
            numbers.push(number.0);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticket_numbers_are_read_as_people_write_them() {
        let [one, two] = [TicketNumber(317), TicketNumber(4)].map(|ticket| ticket.to_string());
        let typed = format!(" {one}、{two}\n{one}");
        assert_eq!(ticket_numbers(&typed), Ok(vec![4, 317]));
        assert_eq!(ticket_numbers(""), Ok(vec![]));
        assert_eq!(ticket_numbers("317-x"), Err("317-x".to_owned()));
    }
}
