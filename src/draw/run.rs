//! The draw itself: the round comes, and everybody can compute what it decides.
//!
//! Invariant: only the round that the manifest names is taken, after its BLS signature was
//! verified here; the result is written once, and a second round, the same one or another, changes
//! nothing.

use lucky_draw::beacon::Beacon;
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
use super::{DrawId, DrawStage, Error, Plan, beacon, store};

/// Takes the round, writes the result note and gives the result.
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
) -> Result<ResultNote, Error> {
    let plan = super::by_id(tx, draw)?;
    let value = round
        .verify(plan.pinned_chain()?, plan.round)
        .map_err(Error::Beacon)?;
    match plan.stage {
        DrawStage::Drawn => return super::result(tx, &plan),
        DrawStage::Frozen => {}
        found => return Err(Error::OtherStage { found }),
    }
    let (manifest, close) = (manifest(tx, &plan)?, close(tx, &plan)?);
    let values = [value.as_bytes().to_vec()];
    let excluded = super::outcomes(tx, &plan)?;
    let mut openings = Openings::of(tx, &plan);
    let result = lucky_draw::result::result(&manifest, &close, &excluded, &values, |index| {
        openings.open(index)
    });
    openings.finish()?;

    let written = journal::write(tx, vault, &result.to_text())?;
    super::keep_note(tx, &plan.activity, draw.as_str(), "result.note", &written)?;
    store::set_beacon(tx, &plan, &round.to_json())?;
    store::advance(tx, &plan, DrawStage::Drawn)?;
    finish(tx, &plan.activity)?;
    record(tx, by, "draw.drawn", &plan)?;
    Ok(result)
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

/// Remembers why the round has not come, for the public page; a word, never a relay's own.
pub fn note_trouble(tx: &mut Tx, draw: &DrawId, trouble: beacon::Trouble) -> Result<(), Error> {
    let plan = super::by_id(tx, draw)?;
    if plan.beacon_trouble != trouble.code() {
        store::set_trouble(tx, &plan, trouble.code())?;
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

pub(super) fn close(tx: &mut Tx, plan: &Plan) -> Result<Close, Error> {
    let note = super::needed_note(tx, plan, "close-0.note")?;
    Close::parse(note.text()?).map_err(|_| Error::Damaged)
}
