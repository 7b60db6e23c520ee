//! Checks `seed`, `order`, `voids` and `result`: the draw, computed again (sections 4.5 to 4.7).

use std::collections::BTreeMap;
use std::fmt::Display;

use super::beacon::Values;
use super::excluded::{ExcludedBundle, draws};
use super::files::Drawn;
use super::links::same;
use super::report::{Computed, Finding};
use crate::encode::sha256;
use crate::order::Order;
use crate::record::{Close, VoidCode};
use crate::result::{Line, Opening, SettleLine, all_lines, audit_sample};

pub(super) fn seed(drawn: &Drawn<'_>, values: &Values, computed: &mut Computed) -> Finding {
    let Some(values) = &values.values else {
        return Finding::could_not("the source values are not known");
    };
    let seed = crate::seed::seed(&drawn.manifest().hash(), &drawn.close().hash(), values);
    computed.seed = Some(seed);
    let run = || {
        let result = &drawn.result.value;
        if result.values != *values {
            let line = result.values.iter().zip(values);
            let line = 1 + line
                .take_while(|(found, expected)| found == expected)
                .count();
            return Err(Finding::failed(format!(
                "result.note's source {line} is not the value that the source gives"
            )));
        }
        same("seed", &seed, &result.seed)?;
        Ok(format!("the seed is {seed}"))
    };
    run().into()
}

pub(super) fn order(drawn: &Drawn<'_>) -> Finding {
    order_run(drawn).into()
}

fn order_run(drawn: &Drawn<'_>) -> Result<String, Finding> {
    let result = &drawn.result.value;
    let close = drawn.close();
    let mut order = (0..).zip(Order::new(&result.seed, close.size));
    let mut consumed = 0;
    let mut follow = |lines: &mut dyn Iterator<Item = &Line>, name: &str, end: u64| {
        for (j, index) in lines.filter_map(Line::drawn) {
            let next = order.next();
            if next != Some((j, index)) {
                let expected = next.map_or_else(
                    || "no more tickets".to_owned(),
                    |(j, index)| format!("position {j} ticket {index}"),
                );
                let found = format!("position {j} ticket {index}");
                return Err(Finding::differs(name, expected, found));
            }
            consumed += 1;
        }
        if end != consumed {
            return Err(Finding::differs(&format!("{name}'s end"), consumed, end));
        }
        Ok(())
    };
    follow(&mut result.lines.iter(), "result.note", result.end)?;
    for note in &drawn.settles {
        let mut lines = note.value.lines.iter().filter_map(|line| match line {
            SettleLine::Draw(line) => Some(line),
            SettleLine::Fill { .. } => None,
        });
        follow(&mut lines, &note.name, note.value.end)?;
    }
    audit(drawn)?;
    Ok(format!(
        "{consumed} of {} tickets were drawn in the order of the seed",
        close.size
    ))
}

/// The auditor looked at the tickets that the seed picks.
fn audit(drawn: &Drawn<'_>) -> Result<(), Finding> {
    let Some(note) = &drawn.audit else {
        return Ok(());
    };
    let found: Vec<u64> = note.value.leaves.iter().map(|leaf| leaf.index).collect();
    let sample = audit_sample(&drawn.result.value.seed, drawn.close(), found.len());
    if found == sample {
        return Ok(());
    }
    Err(Finding::failed(
        "audit.note does not name the tickets that the seed picks for the audit",
    ))
}

pub(super) fn voids(drawn: &Drawn<'_>) -> Finding {
    voids_run(drawn).into()
}

fn voids_run(drawn: &Drawn<'_>) -> Result<String, Finding> {
    let close = drawn.close();
    let settles = drawn.settle_notes();
    for line in all_lines(&drawn.result.value, &settles) {
        let Some((_, index)) = line.drawn() else {
            continue;
        };
        let skipped = match line {
            Line::Void { code, .. } => Some(*code),
            _ => None,
        };
        let listed = close.void(index);
        if skipped != listed {
            let state = |code: Option<VoidCode>| {
                code.map_or_else(|| "not void".to_owned(), |code| format!("void {code}"))
            };
            let what = format!("ticket {index}");
            return Err(Finding::differs(&what, state(listed), state(skipped)));
        }
    }
    let mut reason = format!("{} of {} tickets are void", close.voids.len(), close.size);
    for (code, words) in [
        (VoidCode::W, "withdrawn"),
        (VoidCode::D, "of a person who has an earlier one"),
        (VoidCode::I, "ineligible"),
        (VoidCode::T, "staff or test"),
    ] {
        let count = close
            .voids
            .iter()
            .filter(|(_, other)| *other == code)
            .count();
        if count > 0 {
            reason += &format!(", {count} {words}");
        }
    }
    for pair in drawn.closes.windows(2) {
        let changes = changes(&pair[0].value, &pair[1].value);
        reason += &format!("; {} changed {changes}", pair[1].name);
    }
    Ok(reason)
}

/// Which voids differ between two closes.
fn changes(old: &Close, new: &Close) -> String {
    let old: BTreeMap<u64, VoidCode> = old.voids.iter().copied().collect();
    let new: BTreeMap<u64, VoidCode> = new.voids.iter().copied().collect();
    let mut changes = Vec::new();
    for (index, code) in &new {
        match old.get(index) {
            None => changes.push(format!("+{index} {code}")),
            Some(before) if before != code => changes.push(format!("{index} {before} to {code}")),
            Some(_) => {}
        }
    }
    let gone = old.iter().filter(|(index, _)| !new.contains_key(index));
    changes.extend(gone.map(|(index, code)| format!("-{index} {code}")));
    if changes.is_empty() {
        return "nothing".to_owned();
    }
    changes.join(", ")
}

pub(super) fn result(
    drawn: &Drawn<'_>,
    values: &Values,
    excluded: &[ExcludedBundle],
    computed: &mut Computed,
) -> Finding {
    let (Some(values), Some(excluded)) = (&values.values, draws(excluded)) else {
        return Finding::could_not("the source values or the excluded draws are not known");
    };
    let (manifest, close) = (drawn.manifest(), drawn.close());
    // A manifest of a few lines can promise millions of slots: nothing is computed for a result
    // that does not have them.
    let (slots, found) = (manifest.slot_count(), drawn.result.value.slot_count());
    if slots != found {
        return Finding::differs("slots in result.note", slots, found);
    }
    let openings = openings(drawn);
    let open = |index: u64| openings.get(&index).copied();
    let expected = crate::result::result(manifest, close, &excluded, values, open);
    let text = expected.to_text();
    computed.result = Some(sha256(text.as_bytes()));
    let run = || {
        same_text("result.note", &text, drawn.result.text)?;
        let filled = expected.lines.iter();
        let filled = filled.filter(|line| matches!(line, Line::Slot { .. }));
        Ok(format!(
            "{} slots are held by the tickets that the order gives",
            filled.count()
        ))
    };
    run().into()
}

/// The openings that the result and its settlements publish.
pub(super) fn openings(drawn: &Drawn<'_>) -> BTreeMap<u64, Opening> {
    let settles = drawn.settle_notes();
    all_lines(&drawn.result.value, &settles)
        .filter_map(|line| Some((line.drawn()?.1, *line.opening()?)))
        .collect()
}

/// Two texts, compared byte for byte; the first line that differs is told.
pub(super) fn same_text(name: &str, expected: &str, found: &str) -> Result<(), Finding> {
    if expected == found {
        return Ok(());
    }
    let (mut expected, mut found) = (expected.split('\n'), found.split('\n'));
    for line in 1.. {
        let (left, right) = (expected.next(), found.next());
        if left != right {
            let shown = |line: Option<&str>| line.unwrap_or("nothing").to_owned();
            let what = format!("{name} line {line}");
            return Err(Finding::differs(
                &what,
                quoted(shown(left)),
                quoted(shown(right)),
            ));
        }
    }
    Ok(())
}

fn quoted(text: impl Display) -> String {
    format!("\u{201c}{text}\u{201d}")
}
