//! Exclusion between draws of one activity: who won or became a reserve in an earlier draw does
//! not win in this one.
//!
//! Invariant: what counts is the excluded draw's result, never its settlements; a draw waits until
//! every draw that it excludes has a result or was cancelled.

use lucky_draw::result::ExcludedDraw;

use crate::log;
use crate::platform::db::Tx;

use super::{DrawStage, Error, Plan};

/// The draws that this one excludes, in the order of the manifest's lines.
pub fn excluded(tx: &mut Tx, plan: &Plan) -> Result<Vec<Plan>, Error> {
    let mut draws = Vec::new();
    for id in &plan.excludes {
        let draw = super::by_id(tx, id)?;
        draws.push((line(tx, &draw)?, draw));
    }
    draws.sort_by_key(|(line, _)| *line);
    Ok(draws.into_iter().map(|(_, draw)| draw).collect())
}

/// What became of the draws that this one excludes, in the order of the manifest's lines.
///
/// # Errors
/// [`Error::WaitsFor`] while one of them is undecided.
pub fn outcomes(tx: &mut Tx, plan: &Plan) -> Result<Vec<ExcludedDraw>, Error> {
    let mut outcomes = Vec::new();
    for draw in excluded(tx, plan)? {
        let line = line(tx, &draw)?;
        outcomes.push(match draw.stage {
            DrawStage::Drawn => ExcludedDraw::drawn(line, &super::result(tx, &draw)?),
            DrawStage::Cancelled => ExcludedDraw::cancelled(line),
            _ => return Err(Error::WaitsFor { draw: draw.id }),
        });
    }
    Ok(outcomes)
}

/// The hash on the `excludes` line: the draw's first manifest, to which its log is bound.
fn line(tx: &mut Tx, draw: &Plan) -> Result<lucky_draw::encode::Hash, Error> {
    let log = log::find(tx, draw.activity.as_str(), draw.id.as_str())?;
    log.and_then(|log| log.base).ok_or(Error::Damaged)
}
