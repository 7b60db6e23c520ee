//! The entrant audit: an outside auditor looks for the people behind a sample of tickets.
//!
//! Invariant: the sample is the seed's, so neither library nor auditor chooses it; whoever runs the
//! draw cannot mark a ticket. A person is found by comparing the ID that the person brings with the
//! ticket's tag, which shows nobody's data to anybody. What was found is published in a signed note
//! before the purge, and cannot be changed afterwards.
//!
//! Not here: what the sample proves ([`crate::draw::fewer_than`]), the record of acts
//! ([`crate::audit`]).

use std::collections::BTreeMap;

use lucky_draw::encode::Hash;
use lucky_draw::record::{Audit, AuditLeaf, Close};
use lucky_draw::result::audit_sample;

use crate::activity::{self, ActivityId, Facts, Stage};
use crate::audit::{self, Act, Actor};
use crate::draw::{self, DrawId, DrawStage, Plan, Shown};
use crate::entry;
use crate::journal;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::vault::Vault;

pub mod pages;
mod store;
mod wire;

/// The note's name in the bundle.
const NOTE: &str = "audit.note";

/// A clean sample so large proves fewer than 5 % ghosts, or fewer than 1 %.
const USUAL: [u64; 2] = [59, 299];

/// An audit on the way, or signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The tickets of the sample in audit order, and what was found behind each.
    pub tickets: Vec<(u64, Option<Finding>)>,
    /// When it began.
    pub begun_at: Timestamp,
}

impl Inspection {
    /// Whether something was found out about every ticket.
    pub fn is_complete(&self) -> bool {
        self.tickets.iter().all(|(_, finding)| finding.is_some())
    }

    /// How many tickets came out so.
    pub fn count(&self, wanted: Finding) -> usize {
        let found = self.tickets.iter().filter(|(_, own)| *own == Some(wanted));
        found.count()
    }
}

/// What was found behind a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// A person came, and the ID is that of the ticket.
    Found,
    /// Nobody came.
    Missing,
}

/// A draw and its audit.
#[derive(Debug, Clone)]
pub struct Inspected {
    /// The draw as the public sees it.
    pub shown: Shown,
    /// Tickets that take part.
    pub taking_part: u64,
    /// The audit, once it began.
    pub inspection: Option<Inspection>,
    /// The signed note, once there is one.
    pub signed: Option<Audit>,
}

/// Why an audit could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The draw has no result yet, or the ticket is not in the sample.
    #[error("nothing to audit by that name")]
    Unknown,
    /// Other draws of the activity are to come, and an audit waits for all of them.
    #[error("a draw of the activity is still to come")]
    NotYet,
    /// Personal data is gone, so nobody can be compared with a ticket.
    #[error("the activity is purged")]
    Purged,
    /// It has begun already, or is signed.
    #[error("the audit stands elsewhere")]
    Moved,
    /// Some tickets were not looked at.
    #[error("the audit is not complete")]
    Incomplete,
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// Draws.
    #[error(transparent)]
    Draw(#[from] draw::Error),
    /// Entries.
    #[error(transparent)]
    Entry(#[from] entry::Error),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::Purged => Kind::Gone,
            Error::NotYet | Error::Moved | Error::Incomplete => Kind::Conflict,
            Error::Activity(error) => error.kind(),
            Error::Draw(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Journal(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "inspection.unknown",
            Error::NotYet => "inspection.not_yet",
            Error::Purged => "inspection.purged",
            Error::Moved => "inspection.moved",
            Error::Incomplete => "inspection.incomplete",
            Error::Activity(error) => error.code(),
            Error::Draw(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Journal(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// The samples to choose from: 59 and 299 where there are more tickets, and all where that is not
/// much more work.
pub fn sizes(taking_part: u64) -> Vec<u64> {
    let mut sizes: Vec<u64> = USUAL
        .into_iter()
        .filter(|size| *size < taking_part)
        .collect();
    if taking_part > 0 && sizes.len() < USUAL.len() {
        sizes.push(taking_part);
    }
    sizes
}

/// A drawn draw and how far its audit is.
///
/// # Errors
/// [`Error::Unknown`] before the result.
pub fn read(tx: &mut Tx, draw: &DrawId) -> Result<Inspected, Error> {
    let shown = draw::shown(tx, draw)?;
    let (Some(close), Some(result)) = (&shown.close, &shown.result) else {
        return Err(Error::Unknown);
    };
    let signed = match shown.note(NOTE) {
        Some(note) => Some(Audit::parse(note.text()?).map_err(|_| draw::Error::Damaged)?),
        None => None,
    };
    let inspection = match store::find(tx, &shown.plan)? {
        Some((sample, begun_at)) => {
            let findings = match &signed {
                Some(note) => published(note),
                None => store::findings(tx, &shown.plan)?,
            };
            let sample = usize::try_from(sample).unwrap_or(usize::MAX);
            let tickets = audit_sample(&result.seed, close, sample)
                .into_iter()
                .map(|index| (index, findings.get(&index).copied()));
            Some(Inspection {
                tickets: tickets.collect(),
                begun_at,
            })
        }
        None => None,
    };
    Ok(Inspected {
        taking_part: taking_part(close),
        inspection,
        signed,
        shown,
    })
}

/// What the signed note says, which stays when the marks are erased.
fn published(note: &Audit) -> BTreeMap<u64, Finding> {
    let finding = |leaf: &AuditLeaf| match leaf.found {
        true => (leaf.index, Finding::Found),
        false => (leaf.index, Finding::Missing),
    };
    note.leaves.iter().map(finding).collect()
}

/// Erases the marks of an activity; what was signed stays. Answers with how many rows went.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    Ok(store::forget(tx, activity)?)
}

/// How many marks of the activity are still here.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::left(tx, activity)?)
}

fn taking_part(close: &Close) -> u64 {
    let voids = u64::try_from(close.voids.len()).unwrap_or(u64::MAX);
    close.size.saturating_sub(voids)
}

/// A draw whose audit can still go on.
fn open(tx: &mut Tx, draw: &DrawId) -> Result<Inspected, Error> {
    let inspected = read(tx, draw)?;
    still_here(&inspected.shown.facts)?;
    if inspected.signed.is_some() {
        return Err(Error::Moved);
    }
    Ok(inspected)
}

/// After the purge, and while it runs, nobody can be compared with a ticket; before the last draw
/// of the activity is decided nobody is asked to come yet.
fn still_here(facts: &Facts) -> Result<(), Error> {
    match facts.stage {
        Stage::Drawn | Stage::Notified => Ok(()),
        _ if is_early(facts) => Err(Error::NotYet),
        _ => Err(Error::Purged),
    }
}

/// Whether a draw of the activity is still to come.
fn is_early(facts: &Facts) -> bool {
    matches!(facts.stage, Stage::Draft | Stage::Open | Stage::Closed)
}

/// Begins an audit with one of [`sizes`].
pub fn begin(tx: &mut Tx, by: &Actor, draw: &DrawId, size: u64) -> Result<(), Error> {
    let inspected = open(tx, draw)?;
    if inspected.inspection.is_some() || !sizes(inspected.taking_part).contains(&size) {
        return Err(Error::Moved);
    }
    let plan = &inspected.shown.plan;
    store::insert(tx, plan, size, by)?;
    record(tx, by, "inspection.begun", plan, plan.id.as_str())
}

/// The tag of a ticket of the sample, to compare an ID with.
pub fn tag(tx: &mut Tx, draw: &DrawId, index: u64) -> Result<Hash, Error> {
    let inspected = open(tx, draw)?;
    is_sampled(&inspected, index)?;
    let plan = &inspected.shown.plan;
    let ticket = entry::ticket(tx, &plan.activity, plan.id.as_str(), index)?;
    Ok(ticket.ok_or(Error::Unknown)?.tag)
}

fn is_sampled(inspected: &Inspected, index: u64) -> Result<(), Error> {
    let inspection = inspected.inspection.as_ref().ok_or(Error::Unknown)?;
    let sampled = inspection.tickets.iter().any(|(own, _)| *own == index);
    sampled.then_some(()).ok_or(Error::Unknown)
}

/// Marks a ticket of the sample; somebody who comes late is still found.
pub fn mark(
    tx: &mut Tx,
    by: &Actor,
    draw: &DrawId,
    index: u64,
    finding: Finding,
) -> Result<(), Error> {
    let inspected = open(tx, draw)?;
    is_sampled(&inspected, index)?;
    let plan = &inspected.shown.plan;
    let known = store::findings(tx, plan)?.get(&index).copied();
    match (known, finding) {
        // A person who was found stays found.
        (Some(Finding::Found), _) => return Ok(()),
        (Some(_), _) => store::change(tx, plan, index, finding, by)?,
        (None, _) => store::mark(tx, plan, index, finding, by)?,
    }
    let object = format!("{} {index}", plan.id);
    match finding {
        Finding::Found => record(tx, by, "inspection.found", plan, &object),
        Finding::Missing => record(tx, by, "inspection.missing", plan, &object),
    }
}

/// Writes down that an ID was compared and is not the ticket's.
pub fn differed(tx: &mut Tx, by: &Actor, draw: &DrawId, index: u64) -> Result<(), Error> {
    let plan = draw::by_id(tx, draw)?;
    let object = format!("{} {index}", plan.id);
    record(tx, by, "inspection.differed", &plan, &object)
}

/// Signs what was found into the journal; from here on it is public.
///
/// # Errors
/// [`Error::Incomplete`] while a ticket was not looked at.
pub fn sign(tx: &mut Tx, vault: &Vault, by: &Actor, draw: &DrawId) -> Result<Audit, Error> {
    let inspected = open(tx, draw)?;
    let (plan, shown) = (&inspected.shown.plan, &inspected.shown);
    let inspection = inspected.inspection.as_ref().ok_or(Error::Unknown)?;
    let (Some(manifest), Some(result)) = (plan.manifest, &shown.result) else {
        return Err(Error::Unknown);
    };
    if !inspection.is_complete() || plan.stage != DrawStage::Drawn {
        return Err(Error::Incomplete);
    }
    let leaf = |(index, finding): &(u64, Option<Finding>)| AuditLeaf {
        index: *index,
        found: *finding == Some(Finding::Found),
    };
    let cap = plan.tickets_per_person;
    let note = Audit {
        manifest,
        result: result.hash(),
        leaves: inspection.tickets.iter().map(leaf).collect(),
        over_cap: entry::over_cap(tx, &plan.activity, plan.id.as_str(), cap)?,
    };
    let written = journal::write(tx, vault, &note.to_text())?;
    draw::keep_note(tx, &plan.activity, plan.id.as_str(), NOTE, &written)?;
    record(tx, by, "inspection.signed", plan, plan.id.as_str())?;
    Ok(note)
}

fn record(
    tx: &mut Tx,
    by: &Actor,
    act: &'static str,
    plan: &Plan,
    object: &str,
) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: by,
            act,
            activity: plan.activity.as_str(),
            object,
            purpose: "",
            reason: "",
        },
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_59_and_299_and_never_more_than_there_are() {
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(12), [12]);
        assert_eq!(sizes(59), [59]);
        assert_eq!(sizes(60), [59, 60]);
        assert_eq!(sizes(299), [59, 299]);
        assert_eq!(sizes(20_000), [59, 299]);
    }
}
