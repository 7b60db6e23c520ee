//! Earned chances: tickets 1 and up of a person, which staff import (`decisions` D4).
//!
//! Invariant: ticket 0 is the one that everybody gets by entering, and an import never takes it; a
//! person has ticket numbers below the cap of the manifest only, each once. A row that was
//! imported is never imported again, known by a digest of the person's keyed tag. The ID number
//! makes the tag and goes no further, as with any entry. One import adds so many tickets at most
//! that public entry and the ceremony never wait long for it.
//!
//! Not here: reading the file ([`super::wire::earned`]), earning a chance (the library's rules).

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::ticket::Secret;

use crate::activity::ActivityId;
use crate::audit::{self, Act, Actor};
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::submit::{self, Accepted, Filled, Making, NewEntry, Taking, Terms};
use super::{Drum, Error, drum, store};

/// Most rows of one import: each is an entry of its own, and all are one transaction.
pub const MOST_ROWS: usize = 500;

/// Most tickets that one import adds, over all draws: each is a leaf of its own.
pub const MOST_TICKETS: usize = 5_000;

/// What a row asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The person.
    pub tag: Hash,
    /// How many chances the person has earned in all.
    pub chances: u32,
    /// The draw, where one of several pools is meant.
    pub pool: Option<String>,
}

/// What an import would do for a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// These tickets would be added: the draw and the ticket numbers of the person in it.
    New(Vec<(String, Vec<u32>)>),
    /// The row was imported before, or the person has as many earned tickets already.
    Known,
}

/// A row that is ready to be stored.
pub struct NewEarned {
    entry: NewEntry,
    digest: Hash,
    numbers: Vec<(String, Vec<u32>)>,
    tag: Hash,
}

/// How many chances a person can earn beside the one by entering: the draws' caps less one, the
/// smallest where they differ. `None` where no draw takes earned chances.
pub fn most_chances(drums: &[Drum]) -> Option<u32> {
    let caps = drums.iter().map(|drum| drum.of.cap);
    caps.filter(|cap| *cap > 1).min().map(|cap| cap - 1)
}

impl Standing {
    /// How many tickets would be added.
    pub fn added(&self) -> usize {
        match self {
            Standing::New(draws) => draws.iter().map(|(_, numbers)| numbers.len()).sum(),
            Standing::Known => 0,
        }
    }
}

/// A file would add more than [`MOST_TICKETS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// The place of the first row that is too much.
    pub row: usize,
}

/// What the import would do for each row, as things stand; tickets that were imported before do
/// not count towards [`MOST_TICKETS`].
pub fn standings(
    tx: &mut Tx,
    terms: &Terms,
    rows: &[Claimed],
) -> Result<Result<Vec<Standing>, TooMany>, Error> {
    let (mut standings, mut tickets) = (Vec::with_capacity(rows.len()), 0);
    for (at, row) in rows.iter().enumerate() {
        let standing = standing(tx, terms, row)?;
        tickets += standing.added();
        if tickets > MOST_TICKETS {
            return Ok(Err(TooMany { row: at }));
        }
        standings.push(standing);
    }
    Ok(Ok(standings))
}

fn standing(tx: &mut Tx, terms: &Terms, row: &Claimed) -> Result<Standing, Error> {
    let activity = &terms.facts.id;
    if store::earned::has_earned(tx, activity, &digest(row))? {
        return Ok(Standing::Known);
    }
    let mut added = Vec::new();
    for drum in drums_of(terms, row)? {
        let known = store::tickets::ticket_numbers(tx, activity, drum.draw(), &row.tag)?;
        let last = row.chances.min(drum.of.cap.saturating_sub(1));
        let numbers: Vec<u32> = (1..=last).filter(|no| !known.contains(no)).collect();
        if !numbers.is_empty() {
            added.push((drum.of.draw.clone(), numbers));
        }
    }
    Ok(match added.is_empty() {
        true => Standing::Known,
        false => Standing::New(added),
    })
}

fn drums_of<'t>(terms: &'t Terms, row: &Claimed) -> Result<Vec<&'t Drum>, Error> {
    drum::chosen(&terms.drums, terms.facts.arrangement, row.pool.as_deref())
}

/// By what a row is known again: the keyed tag, the number and the pool, and nothing of the person
/// that anybody without the activity's key could compute.
fn digest(row: &Claimed) -> Hash {
    let mut bytes = b"fairdraw/1 earned".to_vec();
    bytes.extend_from_slice(row.tag.as_bytes());
    bytes.extend_from_slice(&row.chances.to_be_bytes());
    bytes.extend_from_slice(row.pool.as_deref().unwrap_or("").as_bytes());
    sha256(&bytes)
}

/// Seals and commits one row; the subject is gone afterwards. `numbers` come from [`standings`].
pub fn prepare(
    vault: &Vault,
    terms: &Terms,
    secret: &Secret,
    notice: Hash,
    row: &Claimed,
    numbers: Vec<(String, Vec<u32>)>,
    filled: &Filled,
) -> Result<NewEarned, Error> {
    let subject = filled.subject.as_ref().ok_or(Error::Nobody)?;
    let mut tickets = Vec::new();
    for (draw, numbers) in &numbers {
        let drum = terms.drums.iter().find(|drum| drum.draw() == draw);
        let drum = drum.ok_or(Error::NoLog)?;
        for no in numbers {
            tickets.push(submit::new_ticket(drum, secret, row.tag, subject, *no)?);
        }
    }
    let making = Making::begin(vault, terms, secret, notice, terms.at);
    let keyed = making.ask(filled)?;
    Ok(NewEarned {
        entry: making.seal(Some(row.tag), filled, tickets, keyed)?,
        digest: digest(row),
        numbers,
        tag: row.tag,
    })
}

/// Stores every row or none, with one checkpoint a draw.
///
/// # Errors
/// [`Error::Twice`] if any of it was imported since it was looked at.
pub fn import(
    tx: &mut Tx,
    taking: &Taking,
    by: &Actor,
    activity: &ActivityId,
    rows: &[NewEarned],
) -> Result<Vec<Accepted>, Error> {
    for row in rows {
        store::earned::insert_earned(tx, activity, &row.digest)?;
        for (draw, numbers) in &row.numbers {
            let known = store::tickets::ticket_numbers(tx, activity, draw, &row.tag)?;
            if numbers.iter().any(|no| known.contains(no)) {
                return Err(Error::Twice);
            }
        }
    }
    let entries: Vec<&NewEntry> = rows.iter().map(|row| &row.entry).collect();
    let accepted = taking.take_every(tx, &entries)?;
    let tickets: usize = accepted.iter().map(|each| each.tickets.len()).sum();
    audit::record(
        tx,
        &Act {
            actor: by,
            act: "entry.earned",
            activity: activity.as_str(),
            object: &format!("{} {tickets}", rows.len()),
            purpose: "",
            reason: "",
        },
    )?;
    Ok(accepted)
}

/// Writes down that somebody was shown which people of a file had chances imported before.
pub(super) fn record_look(
    tx: &mut Tx,
    by: &Actor,
    activity: &ActivityId,
    lines: usize,
) -> Result<(), Error> {
    let act = Act {
        actor: by,
        act: "entry.earned_looked_up",
        activity: activity.as_str(),
        object: &lines.to_string(),
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}
