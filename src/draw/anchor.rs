//! Anchors: what the public learns of a list while it grows (draw-protocol 4.4).
//!
//! Invariant: size and root of an open list reach the public through anchors alone, at full hours
//! and once after a pause in which the program did not run, because whoever saw the list grow by
//! the minute could guess whose a ticket is.

use lucky_draw::record::Anchor;

use crate::activity;
use crate::journal;
use crate::log;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::{DrawId, DrawStage, Error, store};

/// Writes the anchor of an open draw if its list grew since the last one, or if that is a day old.
///
/// Answers whether the draw is still open, so that another one will come.
pub fn anchor(tx: &mut Tx, vault: &Vault, draw: &DrawId) -> Result<bool, Error> {
    let plan = super::by_id(tx, draw)?;
    if plan.stage != DrawStage::Open {
        return Ok(false);
    }
    let facts = activity::by_id(tx, &plan.activity)?;
    if tx.now() < facts.opens_at || tx.now() >= facts.closes_at {
        return Ok(true);
    }
    let list = log::find(tx, plan.activity.as_str(), draw.as_str())?.ok_or(Error::Damaged)?;
    let last = store::notes::last_anchor(tx, &plan)?;
    let due = match last {
        Some((size, at)) => list.size > size || tx.now() >= at.plus(DAY),
        None => true,
    };
    if due {
        let anchor = Anchor {
            manifest: plan.manifest_hash()?,
            size: list.size,
            root: list.root,
        };
        let written = journal::write(tx, vault, &anchor.to_text())?;
        store::notes::insert_anchor(tx, &plan, written.position, list.size)?;
    }
    Ok(true)
}

/// The full hour after `now`.
pub(super) fn next(now: Timestamp) -> Timestamp {
    now.hour().plus(crate::platform::clock::HOUR)
}
