//! Check `settle`: every settlement, computed again from what it vacates (section 4.8).

use std::collections::BTreeSet;

use super::drawing::{openings, same_text};
use super::excluded::{ExcludedBundle, draws};
use super::files::Drawn;
use super::report::{Computed, Finding};
use crate::result::{Line, ResultNote, SettleCode, Slot, holdings, settle};

pub(super) fn check(
    drawn: &Drawn<'_>,
    excluded: &[ExcludedBundle],
    computed: &mut Computed,
) -> Finding {
    if drawn.settles.is_empty() {
        return Finding::not_applicable("no slot was vacated");
    }
    run(drawn, excluded, computed).into()
}

fn run(
    drawn: &Drawn<'_>,
    excluded: &[ExcludedBundle],
    computed: &mut Computed,
) -> Result<String, Finding> {
    let excluded =
        draws(excluded).ok_or_else(|| Finding::could_not("the excluded draws are not known"))?;
    let openings = openings(drawn);
    let result = &drawn.result.value;
    if let Some(slot) = twice(result) {
        return Err(Finding::failed(format!(
            "the slot {slot} stands twice in result.note, so nobody knows who holds it"
        )));
    }
    let settles = drawn.settle_notes();
    for (earlier, note) in drawn.settles.iter().enumerate() {
        let vacates = note.value.vacates.iter();
        let vacates: Vec<(Slot, SettleCode)> = vacates
            .map(|vacate| (vacate.slot.clone(), vacate.code))
            .collect();
        let expected = settle(
            drawn.manifest(),
            drawn.close(),
            &excluded,
            result,
            &settles[..earlier],
            &vacates,
            |index| openings.get(&index).copied(),
        )
        .map_err(|error| Finding::failed(format!("{}: {error}", note.name)))?;
        computed.settles.push(expected.hash());
        same_text(&note.name, &expected.to_text(), note.text)?;
    }
    let vacated: usize = settles.iter().map(|settle| settle.vacates.len()).sum();
    Ok(format!(
        "settlements: {}, slots vacated: {vacated}, slots held now: {}",
        settles.len(),
        holdings(result, &settles).len()
    ))
}

/// A slot that two lines of a result give away.
fn twice(result: &ResultNote) -> Option<&Slot> {
    let mut seen = BTreeSet::new();
    let slots = result.lines.iter().filter_map(|line| match line {
        Line::Slot { slot, .. } | Line::Unfilled { slot } => Some(slot),
        Line::Void { .. } | Line::Dup { .. } => None,
    });
    slots.into_iter().find(|slot| !seen.insert(*slot))
}
