//! After the draw: who holds what, and how a vacated prize passes on.
//!
//! Invariant: one settlement for each claim deadline, chained to the one before; vacancies are
//! filled by the order that the seed gave, never by a new draw.

use lucky_draw::result::{Holding, ResultNote, SettleCode, SettleNote, Slot};

use crate::activity::{self, Stage};
use crate::audit::Actor;
use crate::journal;
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::plan::record;
use super::run::{Openings, close, manifest};
use super::{DrawStage, Error, Plan};

/// The result of a draw.
pub fn result(tx: &mut Tx, plan: &Plan) -> Result<ResultNote, Error> {
    if plan.stage != DrawStage::Drawn {
        return Err(Error::OtherStage { found: plan.stage });
    }
    let note = super::needed_note(tx, plan, "result.note")?;
    ResultNote::parse(note.text()?).map_err(|_| Error::Damaged)
}

/// Every settlement so far, in order.
pub fn settlements(tx: &mut Tx, plan: &Plan) -> Result<Vec<SettleNote>, Error> {
    let mut settles = Vec::new();
    for seq in 1_u32.. {
        let name = settle_name(seq);
        let Some(note) = super::note(tx, &plan.activity, plan.id.as_str(), &name)? else {
            break;
        };
        settles.push(SettleNote::parse(note.text()?).map_err(|_| Error::Damaged)?);
    }
    Ok(settles)
}

/// The name of a settlement in the bundle.
pub(super) fn settle_name(seq: u32) -> String {
    format!("settle-{seq}.note")
}

/// Who holds each slot now, in slot order; empty slots are left out.
pub fn holdings(tx: &mut Tx, plan: &Plan) -> Result<Vec<Holding>, Error> {
    let result = result(tx, plan)?;
    let settles = settlements(tx, plan)?;
    Ok(lucky_draw::result::holdings(&result, &settles))
}

/// Vacates slots at one claim deadline and passes prizes on to reserves.
///
/// # Errors
/// [`Error::Settle`] if nothing is vacated, or a slot is named twice or not held.
pub fn settle(
    tx: &mut Tx,
    vault: &Vault,
    by: &Actor,
    plan: &Plan,
    vacates: &[(Slot, SettleCode)],
) -> Result<SettleNote, Error> {
    let facts = activity::by_id(tx, &plan.activity)?;
    // Other draws of the activity may still be to come.
    if !matches!(facts.stage, Stage::Closed | Stage::Drawn) {
        return Err(Error::Activity(activity::Error::OtherStage {
            needed: Stage::Drawn,
            found: facts.stage,
        }));
    }
    let result = result(tx, plan)?;
    let earlier = settlements(tx, plan)?;
    let (manifest, close) = (manifest(tx, plan)?, close(tx, plan)?);
    let excluded = super::outcomes(tx, plan)?;
    let mut openings = Openings::of(tx, plan);
    let settled = lucky_draw::result::settle(
        &manifest,
        &close,
        &excluded,
        &result,
        &earlier,
        vacates,
        |index| openings.open(index),
    );
    openings.finish()?;
    let settle = settled.map_err(Error::Settle)?;
    let written = journal::write(tx, vault, &settle.to_text())?;
    let name = settle_name(settle.seq);
    super::keep_note(tx, &plan.activity, plan.id.as_str(), &name, &written)?;
    record(tx, by, "draw.settled", plan)?;
    Ok(settle)
}
