//! The draw itself: the sources give their values, and everybody can compute what they decide.
//!
//! Invariant: only a round that the manifest names is taken, after its BLS signature was verified
//! here; a value that was taken stays; the result is written once, when every source has given its
//! value, and whatever comes later changes nothing.

use data_encoding::HEXLOWER;
use lucky_draw::beacon::Beacon;
use lucky_draw::encode::sha256;
use lucky_draw::record::{Close, Manifest};
use lucky_draw::result::{Opening, ResultNote};

use crate::activity::stage::Closed;
use crate::activity::{self, Activity, ActivityId};
use crate::audit::Actor;
use crate::entry;
use crate::journal;
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::plan::record;
use super::{DrawId, DrawStage, Error, Plan, PlanSource, SourceKind, beacon, store};

/// Takes a round. The last value that was missing decides: then the result note is written, and
/// the result is the answer; until then there is none.
///
/// # Errors
/// [`Error::Beacon`] says why a round was refused; before the freeze none is taken.
/// [`Error::WaitsFor`] while a draw that this one excludes is undecided.
pub fn receive(
    tx: &mut Tx,
    vault: &Vault,
    by: &Actor,
    draw: &DrawId,
    round: &Beacon,
) -> Result<Option<ResultNote>, Error> {
    let plan = super::by_id(tx, draw)?;
    let position = source_of(&plan, round)?;
    match plan.stage {
        DrawStage::Drawn => return super::result(tx, &plan).map(Some),
        DrawStage::Frozen => {}
        found => return Err(Error::OtherStage { found }),
    }
    // Before anything is kept: a value without the result that it decides would wait for ever.
    super::outcomes(tx, &plan)?;
    store::sources::set_value(tx, &plan, position, &round.to_json())?;
    decide(tx, vault, by, draw)
}

/// Takes a round for every draw of an activity that waits for it, in their order: sessions of one
/// moment have one round.
fn receive_in_all(
    tx: &mut Tx,
    vault: &Vault,
    by: &Actor,
    activity: &ActivityId,
    round: &Beacon,
) -> Result<(), Error> {
    for plan in super::plans(tx, activity)? {
        if plan.stage != DrawStage::Frozen {
            continue;
        }
        match receive(tx, vault, by, &plan.id, round) {
            Ok(_) | Err(Error::Beacon(_) | Error::NotAwaited | Error::WaitsFor { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What became of a round that a person pasted for a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pasted {
    /// The draw has it.
    Taken,
    /// It is the right one, but the draw waits for one that it excludes.
    Waits,
}

/// Takes a round that a person pasted for one draw, for every draw of the activity that waits for
/// it: first in their order, so that a later session finds the earlier one decided.
///
/// # Errors
/// As [`receive`], but for [`Error::WaitsFor`]: what the other draws took stays then.
pub fn receive_pasted(
    tx: &mut Tx,
    vault: &Vault,
    by: &Actor,
    draw: &DrawId,
    round: &Beacon,
) -> Result<Pasted, Error> {
    let plan = super::by_id(tx, draw)?;
    source_of(&plan, round)?;
    receive_in_all(tx, vault, by, &plan.activity, round)?;
    match receive(tx, vault, by, draw, round) {
        Ok(_) => Ok(Pasted::Taken),
        Err(Error::WaitsFor { .. }) => Ok(Pasted::Waits),
        Err(error) => Err(error),
    }
}

/// The source whose round this is; no two sources of a draw name the same round.
fn source_of(plan: &Plan, round: &Beacon) -> Result<u32, Error> {
    let mut refused = None;
    for source in &plan.sources {
        let Some(wanted) = source.drand() else {
            continue;
        };
        match round.verify(wanted.chain, wanted.round) {
            Ok(_) => return Ok(source.position),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.map_or(Error::NotAwaited, Error::Beacon))
}

/// Writes the result once every source has given its value.
pub(super) fn decide(
    tx: &mut Tx,
    vault: &Vault,
    by: &Actor,
    draw: &DrawId,
) -> Result<Option<ResultNote>, Error> {
    let plan = super::by_id(tx, draw)?;
    if plan.missing().next().is_some() {
        return Ok(None);
    }
    let (manifest, close) = (manifest(tx, &plan)?, close(tx, &plan)?);
    let values = values(&plan)?;
    let excluded = super::outcomes(tx, &plan)?;
    let mut openings = Openings::of(tx, &plan);
    let result = lucky_draw::result::result(&manifest, &close, &excluded, &values, |index| {
        openings.open(index)
    });
    openings.finish()?;

    let written = journal::write(tx, vault, &result.to_text())?;
    super::keep_note(tx, &plan.activity, draw.as_str(), "result.note", &written)?;
    store::advance(tx, &plan, DrawStage::Drawn)?;
    finish(tx, &plan.activity)?;
    record(tx, by, "draw.drawn", &plan)?;
    Ok(Some(result))
}

/// What the sources gave, as it goes into the seed (draw-protocol 4.5).
fn values(plan: &Plan) -> Result<Vec<Vec<u8>>, Error> {
    let value = |source: &PlanSource| {
        let stored = source.value.as_deref().ok_or(Error::Damaged)?;
        match &source.kind {
            SourceKind::Drand(_) => {
                let beacon = Beacon::parse_json(stored).map_err(|_| Error::Damaged)?;
                Ok(sha256(&beacon.signature).as_bytes().to_vec())
            }
            SourceKind::Numbers(_) => Ok(stored.as_bytes().to_vec()),
            SourceKind::Commit(_) => HEXLOWER
                .decode(stored.as_bytes())
                .map_err(|_| Error::Damaged),
        }
    };
    plan.sources.iter().map(value).collect()
}

/// Moves the activity on when the last of its draws is decided.
pub(super) fn finish(tx: &mut Tx, activity: &ActivityId) -> Result<(), Error> {
    let plans = super::plans(tx, activity)?;
    if plans.iter().all(Plan::is_decided) {
        let closed: Activity<Closed> = Activity::at(activity::by_id(tx, activity)?)?;
        closed.drawn(tx)?;
    }
    Ok(())
}

/// Remembers why a source's round has not come, for the public page; a word, never a relay's own.
pub fn note_trouble(
    tx: &mut Tx,
    draw: &DrawId,
    position: u32,
    trouble: beacon::Trouble,
) -> Result<(), Error> {
    let plan = super::by_id(tx, draw)?;
    let mut missing = plan.missing();
    let source = missing.find(|source| source.position == position);
    if source.is_some_and(|source| source.trouble != trouble.code()) {
        store::sources::set_trouble(tx, &plan, position, trouble.code())?;
    }
    Ok(())
}

/// Looks up tickets for the protocol, which knows no database: the first failure is kept until
/// the walk is over.
pub(super) struct Openings<'t, 'c> {
    tx: &'t mut Tx<'c>,
    plan: &'t Plan,
    failure: Option<entry::Error>,
}

impl<'t, 'c> Openings<'t, 'c> {
    pub(super) fn of(tx: &'t mut Tx<'c>, plan: &'t Plan) -> Openings<'t, 'c> {
        Openings {
            tx,
            plan,
            failure: None,
        }
    }

    pub(super) fn open(&mut self, index: u64) -> Option<Opening> {
        if self.failure.is_some() {
            return None;
        }
        match entry::opening(self.tx, &self.plan.activity, self.plan.id.as_str(), index) {
            Ok(opening) => opening,
            Err(failure) => {
                self.failure = Some(failure);
                None
            }
        }
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        match self.failure {
            Some(failure) => Err(failure.into()),
            None => Ok(()),
        }
    }
}

pub(super) fn manifest(tx: &mut Tx, plan: &Plan) -> Result<Manifest, Error> {
    let note = super::needed_note(tx, plan, "manifest.note")?;
    Manifest::parse(note.text()?).map_err(|_| Error::Damaged)
}

/// The close that counts.
pub(super) fn close(tx: &mut Tx, plan: &Plan) -> Result<Close, Error> {
    Ok(super::objection::last_close(tx, plan)?.close)
}
