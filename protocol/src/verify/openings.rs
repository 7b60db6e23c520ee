//! Check `openings`: every drawn ticket is in the log, and its opening gives its leaf (4.7, 4.10).

use std::collections::{BTreeMap, BTreeSet};

use super::drawing::openings;
use super::files::{Drawn, Leaves};
use super::report::{Finding, Outcome};
use crate::bundle::ProofLine;
use crate::encode::Hash;
use crate::record::MAX_TICKETS;
use crate::result::drawn_tickets;
use crate::ticket::commitment;
use crate::tree::{leaf_hash, verify_inclusion};

pub(super) fn check(drawn: &Drawn<'_>, entries: &Finding) -> Finding {
    run(drawn, entries).into()
}

fn run(drawn: &Drawn<'_>, entries: &Finding) -> Result<String, Finding> {
    let expected = drawn_tickets(&drawn.result.value, &drawn.settle_notes());
    let leaves = match &drawn.leaves {
        Leaves::Proofs(proofs) => proven(drawn, proofs, &expected)?,
        Leaves::List(list) => listed(list, &expected, entries)?,
    };
    let openings = openings(drawn);
    let (base, cap) = (drawn.base(), drawn.manifest().tickets_per_person);
    let mut tickets = BTreeMap::new();
    for &(index, leaf) in &leaves {
        let Some(opening) = openings.get(&index) else {
            return Err(Finding::failed(format!(
                "ticket {index} was drawn without its opening; it holds its slot all the same"
            )));
        };
        let computed = commitment(&base, &opening.tag, &opening.bind, opening.ticket_no);
        if computed != leaf {
            let what = format!("leaf of ticket {index}");
            return Err(Finding::differs(&what, leaf, computed));
        }
        if opening.ticket_no >= cap {
            return Err(Finding::failed(format!(
                "ticket {index} is number {} of its person, the manifest allows {cap} from 0",
                opening.ticket_no
            )));
        }
        if let Some(other) = tickets.insert((opening.tag, opening.ticket_no), index) {
            return Err(Finding::failed(format!(
                "tickets {other} and {index} are the same ticket of one person"
            )));
        }
    }
    Ok(format!(
        "{} drawn tickets are in the log and open to their leaves",
        leaves.len()
    ))
}

/// The leaves that `proofs.txt` proves, which are those of all drawn tickets.
fn proven(
    drawn: &Drawn<'_>,
    proofs: &[ProofLine],
    expected: &BTreeSet<u64>,
) -> Result<Vec<(u64, Hash)>, Finding> {
    inclusions(drawn, proofs)?;
    let proven: BTreeSet<u64> = proofs.iter().map(|proof| proof.index).collect();
    if let Some(index) = expected.symmetric_difference(&proven).next() {
        let (expected, found) = if proven.contains(index) {
            ("no line", "one")
        } else {
            ("a line", "none")
        };
        let what = format!("proofs.txt on ticket {index}");
        return Err(Finding::differs(&what, expected, found));
    }
    let leaves = proofs.iter().map(|proof| (proof.index, proof.commitment));
    Ok(leaves.collect())
}

/// The leaves of all drawn tickets in a list that gives the root of the close.
fn listed(
    list: &[u8],
    expected: &BTreeSet<u64>,
    entries: &Finding,
) -> Result<Vec<(u64, Hash)>, Finding> {
    if entries.outcome != Outcome::Passed {
        return Err(Finding::failed(
            "entries.bin stands for the proofs and does not give the root of the close",
        ));
    }
    let leaf = |index: &u64| {
        let leaf = at(list, *index).map(|leaf| (*index, leaf));
        leaf.ok_or_else(|| Finding::failed(format!("ticket {index} is not in entries.bin")))
    };
    expected.iter().map(leaf).collect()
}

/// The leaf at a place of the whole list.
fn at(list: &[u8], index: u64) -> Option<Hash> {
    let (leaves, _) = list.as_chunks::<32>();
    leaves.get(usize::try_from(index).ok()?).copied().map(Hash)
}

/// The leaf that the bundle shows for a drawn ticket.
pub(super) fn leaf_of(drawn: &Drawn<'_>, index: u64) -> Option<Hash> {
    match &drawn.leaves {
        Leaves::Proofs(proofs) => {
            let proof = proofs.iter().find(|proof| proof.index == index)?;
            Some(proof.commitment)
        }
        Leaves::List(list) => at(list, index),
    }
}

fn inclusions(drawn: &Drawn<'_>, proofs: &[ProofLine]) -> Result<(), Finding> {
    let close = drawn.close();
    debug_assert!(close.size <= MAX_TICKETS, "the grammar limits the size");
    for proof in proofs {
        let leaf = leaf_hash(proof.commitment.as_bytes());
        verify_inclusion(&leaf, proof.index, close.size, &proof.hashes, &close.root).map_err(
            |error| Finding::failed(format!("proofs.txt on ticket {}: {error}", proof.index)),
        )?;
    }
    Ok(())
}
