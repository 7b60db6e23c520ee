//! The first step: nothing of the activity moves any more.
//!
//! Invariant: what was not due is not closed; a draw that nobody can decide any more is called off
//! by a signed note before its data goes, so that its certificate has no result to name.

use crate::activity::{self, Facts, Stage, lifecycle};
use crate::draw;
use crate::platform::jobs as queue;

use super::{Error, Purge, Purger};

/// What the public reads of a draw that the program called off.
pub(super) const WORDS: &str = "到了最後期限仍沒有可用的公共亂數，這次抽獎沒有結果；個人資料依公告刪除。\n\
     No public randomness came by the last day, so this draw has no result; personal data is \
     deleted as announced.";

pub(super) fn close(purger: &Purger, purge: &Purge) -> Result<Purge, Error> {
    purger.step("purge: close", purge, |tx, purge| {
        let facts = activity::by_id(tx, &purge.activity)?;
        if !lifecycle::may_be_purged(&facts, tx.now()) {
            return Err(Error::NotDue);
        }
        purge.report.forced = is_forced(&facts);
        if matches!(facts.stage, Stage::Open | Stage::Closed) && facts.kind.is_drawn() {
            draw::give_up(tx, &purger.vault, &facts, WORDS)?;
        }
        queue::forget(tx, facts.id.as_str())?;
        Ok(())
    })
}

/// Whether the last day came before the end of the draw.
fn is_forced(facts: &Facts) -> bool {
    match facts.stage {
        Stage::Open | Stage::Drawn => true,
        Stage::Closed => facts.kind.is_drawn(),
        _ => false,
    }
}
