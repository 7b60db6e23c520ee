//! Check `openings`: every drawn ticket is in the log, and its opening gives its leaf (4.7, 4.10).

use std::collections::{BTreeMap, BTreeSet};

use super::drawing::openings;
use super::files::Drawn;
use super::report::Finding;
use crate::record::MAX_TICKETS;
use crate::result::drawn_tickets;
use crate::ticket::commitment;
use crate::tree::{leaf_hash, verify_inclusion};

pub(super) fn check(drawn: &Drawn<'_>) -> Finding {
    run(drawn).into()
}

fn run(drawn: &Drawn<'_>) -> Result<String, Finding> {
    inclusions(drawn)?;
    let expected = drawn_tickets(&drawn.result.value, &drawn.settle_notes());
    let proven: BTreeSet<u64> = drawn.proofs.iter().map(|proof| proof.index).collect();
    if let Some(index) = expected.symmetric_difference(&proven).next() {
        let (expected, found) = if proven.contains(index) {
            ("no line", "one")
        } else {
            ("a line", "none")
        };
        let what = format!("proofs.txt on ticket {index}");
        return Err(Finding::differs(&what, expected, found));
    }

    let openings = openings(drawn);
    let cap = drawn.manifest().tickets_per_person;
    let mut tickets = BTreeMap::new();
    for proof in &drawn.proofs {
        let index = proof.index;
        let Some(opening) = openings.get(&index) else {
            return Err(Finding::failed(format!(
                "ticket {index} was drawn without its opening; it holds its slot all the same"
            )));
        };
        let computed = commitment(
            &drawn.base(),
            &opening.tag,
            &opening.bind,
            opening.ticket_no,
        );
        if computed != proof.commitment {
            let what = format!("leaf of ticket {index}");
            return Err(Finding::differs(&what, proof.commitment, computed));
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
        drawn.proofs.len()
    ))
}

fn inclusions(drawn: &Drawn<'_>) -> Result<(), Finding> {
    let close = drawn.close();
    debug_assert!(close.size <= MAX_TICKETS, "the grammar limits the size");
    for proof in &drawn.proofs {
        let leaf = leaf_hash(proof.commitment.as_bytes());
        verify_inclusion(&leaf, proof.index, close.size, &proof.hashes, &close.root).map_err(
            |error| Finding::failed(format!("proofs.txt on ticket {}: {error}", proof.index)),
        )?;
    }
    Ok(())
}
