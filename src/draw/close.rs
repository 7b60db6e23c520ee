//! The end of entry: the list is closed, and later final.
//!
//! Invariant: the close note has seq 0; those of the objection window follow it; the freeze note
//! names the last one and is never written before `freezes_at`.
//!
//! Not here: corrections in between ([`super::objection`]).

use lucky_draw::record::{Close, Freeze};

use crate::activity::stage::Open;
use crate::activity::{self, Activity, ActivityId, Facts, Stage};
use crate::audit::{self, Act, Actor};
use crate::entry;
use crate::platform::db::Tx;
use crate::vault::Vault;
use crate::{journal, log};

use super::objection::{close_name, recount};
use super::plan::record;
use super::{DrawId, DrawStage, Error, Plan, store};

/// Ends entry. For each draw the close note says how many tickets there are and which do not
/// count.
///
/// Answers that are linked to no entry are sealed anew after it (`decisions` D7). Asking again
/// changes nothing.
pub fn close(tx: &mut Tx, vault: &Vault, activity: &ActivityId) -> Result<(), Error> {
    let facts = activity::by_id(tx, activity)?;
    if facts.stage != Stage::Open {
        return Ok(());
    }
    if tx.now() < facts.closes_at {
        return Err(Error::TooEarly {
            from: facts.closes_at,
        });
    }
    if facts.halted {
        return Err(Error::Halted);
    }
    if facts.kind.is_drawn() {
        for plan in super::plans(tx, activity)? {
            close_list(tx, vault, &plan)?;
        }
    }
    super::jobs::enqueue_mixing(tx, activity)?;
    let open: Activity<Open> = Activity::at(facts)?;
    let closed = open.close(tx)?;
    record_close(tx, closed.facts())
}

/// Signs the first close of a list, and moves the draw to where its list is closed.
pub(super) fn close_list(tx: &mut Tx, vault: &Vault, plan: &Plan) -> Result<(), Error> {
    let (activity, draw) = (&plan.activity, plan.id.as_str());
    let log = log::find(tx, activity.as_str(), draw)?.ok_or(Error::Damaged)?;
    // An entry that is being stored now comes before the close or not at all.
    log::hold(tx, &log)?;
    let voids = entry::voids(tx, activity, draw)?;
    entry::mark_voids(tx, activity, draw)?;
    let close = Close {
        manifest: plan.manifest_hash()?,
        seq: 0,
        size: log.size,
        root: log.root,
        voids,
    };
    let written = journal::write(tx, vault, &close.to_text())?;
    super::keep_note(tx, activity, draw, &close_name(0), &written)?;
    store::advance(tx, plan, DrawStage::Closed)
}

fn record_close(tx: &mut Tx, facts: &Facts) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: &Actor::System,
            act: "activity.closed",
            activity: facts.id.as_str(),
            object: "",
            purpose: "",
            reason: "",
        },
    )?)
}

/// Makes the list final: from here on only the beacon decides. Asking again changes nothing.
pub fn freeze(tx: &mut Tx, vault: &Vault, draw: &DrawId) -> Result<(), Error> {
    let plan = super::by_id(tx, draw)?;
    match plan.stage {
        DrawStage::Frozen | DrawStage::Drawn => return Ok(()),
        DrawStage::Closed => {}
        found => return Err(Error::OtherStage { found }),
    }
    let facts = activity::by_id(tx, &plan.activity)?;
    if facts.halted {
        return Err(Error::Halted);
    }
    if tx.now() < facts.freezes_at {
        return Err(Error::TooEarly {
            from: facts.freezes_at,
        });
    }
    // Whoever withdrew since the last close note is in this one.
    entry::freeze(tx, &plan.activity, draw.as_str())?;
    let close = recount(tx, vault, &plan)?;
    super::objection::drop_late(tx, &plan)?;
    let freeze = Freeze {
        manifest: plan.manifest_hash()?,
        close: close.hash(),
    };
    let written = journal::write(tx, vault, &freeze.to_text())?;
    super::keep_note(tx, &plan.activity, draw.as_str(), "freeze.note", &written)?;
    store::advance(tx, &plan, DrawStage::Frozen)?;
    record(tx, &Actor::System, "draw.frozen", &plan)
}
