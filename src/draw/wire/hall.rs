//! What a hall sees of a draw while it is shown there, and what an outside auditor found.
//!
//! Invariant: nothing here decides anything; the result stood before the first reveal.

use std::collections::HashSet;

use lucky_draw::record::Audit;
use serde::Serialize;

use crate::draw::reveal::{self, Scene};
use crate::draw::{DrawStage, Shown, fewer_than};
use crate::platform::clock::Timestamp;

/// What happens in the hall now.
#[derive(Debug, Clone, Serialize)]
pub(super) struct LiveView {
    decided: bool,
    revealed: u64,
    total: u64,
}

/// What an outside auditor found behind a sample of tickets, and what that proves.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AuditView {
    at: i64,
    sample: u64,
    taking_part: u64,
    missing: u64,
    over_cap: u64,
    /// Every ticket was looked at, so nothing is left to chance.
    whole: bool,
    /// Fewer tickets than this have nobody behind them.
    fewer: u64,
    /// The same in per cent of those that take part.
    percent: String,
}

impl LiveView {
    /// None before anybody began, and after the last winner.
    pub(super) fn of(shown: &Shown, now: Timestamp) -> Option<LiveView> {
        let reveal = shown.reveal?;
        let stage = shown.plan.stage;
        let winners = shown.result.as_ref();
        let winners = winners.map(|result| reveal::order(&shown.plan, result).len());
        let follows = matches!(stage, DrawStage::Frozen | DrawStage::Drawn);
        if !follows || !reveal.is_on(winners, now) {
            return None;
        }
        let total = winners.unwrap_or(0);
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Some(LiveView {
            decided: winners.is_some(),
            revealed: number(Scene::at(reveal.step, total).revealed(total)),
            total: number(total),
        })
    }
}

/// The tickets that the hall has seen by now.
pub(super) fn seen(shown: &Shown) -> HashSet<u64> {
    let (Some(reveal), Some(result)) = (shown.reveal, shown.result.as_ref()) else {
        return HashSet::new();
    };
    let winners = reveal::order(&shown.plan, result);
    let seen = Scene::at(reveal.step, winners.len()).revealed(winners.len());
    let indices = winners.into_iter().take(seen).map(|(_, index)| index);
    indices.collect()
}

impl AuditView {
    pub(super) fn of(shown: &Shown) -> Option<AuditView> {
        let stored = shown.note("audit.note")?;
        let note = Audit::parse(stored.text().ok()?).ok()?;
        let close = shown.close.as_ref()?;
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let taking_part = close.size.saturating_sub(number(close.voids.len()));
        let sample = number(note.leaves.len());
        let missing = number(note.leaves.iter().filter(|leaf| !leaf.found).count());
        let fewer = fewer_than(taking_part, sample, missing);
        Some(AuditView {
            at: stored.written_at.0,
            sample,
            taking_part,
            missing,
            over_cap: note.over_cap,
            whole: sample >= taking_part,
            fewer,
            percent: percent(fewer, taking_part),
        })
    }
}

/// A share in per cent, rounded up to one digit behind the point: `5`, `7.8`.
fn percent(part: u64, whole: u64) -> String {
    let tenths = part.saturating_mul(1_000).div_ceil(whole.max(1)).min(1_000);
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        tenth => format!("{}.{tenth}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_up_to_a_tenth() {
        assert_eq!(percent(49_507_610, 1_000_000_000), "5");
        assert_eq!(percent(9_969_147, 1_000_000_000), "1");
        assert_eq!(percent(4, 20), "20");
        assert_eq!(percent(1, 40), "2.5");
        assert_eq!(percent(21, 20), "100");
        assert_eq!(percent(1, 0), "100");
    }
}
