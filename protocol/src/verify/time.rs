//! Check `time`: outside witnesses saw the list frozen before the randomness was public (4.9).
//!
//! Without witnesses there is no such evidence, and the outcome is `could not check`.

use super::files::{Drawn, LogProof};
use super::report::Finding;
use super::signatures::{cosignatures, journal_name};
use crate::record::{Manifest, PublishError};

/// Seconds before the earliest round by which witnesses must have seen the freeze note.
const WITNESS_LEAD: u64 = 300;
/// Seconds after freeze and rounds within which a secret must be revealed.
const REVEAL_LIMIT: u64 = 86_400;

pub(super) fn check(drawn: &Drawn<'_>) -> Finding {
    run(drawn).into()
}

fn run(drawn: &Drawn<'_>) -> Result<String, Finding> {
    let manifest = drawn.manifest();
    let early = |error: &PublishError| matches!(error, PublishError::Early { .. });
    if let Some(early) = manifest.broken_promises().find(early) {
        return Err(Finding::failed(early.to_string()));
    }
    let quorum = drawn.key.value.quorum;
    let draw = manifest.earliest_draw_time();
    if quorum == 0 {
        return Err(Finding::could_not(format!(
            "no witnesses are named, so nothing outside the site shows that the list was frozen before {draw} (Unix time)"
        )));
    }
    let opens = manifest.opens;
    within(drawn, &drawn.key_proof, opens)?;
    let seen = within(drawn, &drawn.freeze_proof, draw - WITNESS_LEAD)?;
    let early = seen.iter().filter(|time| **time < manifest.freezes).count();
    if early >= usize::try_from(quorum).unwrap_or(usize::MAX) {
        return Err(Finding::failed(format!(
            "{early} witnesses saw the freeze note before the freeze at {} (Unix time)",
            manifest.freezes
        )));
    }
    superseded(drawn)?;
    Ok(format!(
        "{} of {} witnesses saw the freeze note at least {WITNESS_LEAD} seconds before the randomness of {draw} (Unix time)",
        seen.len(),
        drawn.witnesses.len()
    ))
}

/// A successor was journaled before the first round of the manifest that it replaces.
fn superseded(drawn: &Drawn<'_>) -> Result<(), Finding> {
    let bases = &drawn.chain[..drawn.chain.len() - 1];
    let Some((replaced, earlier)) = bases.split_last() else {
        return Ok(());
    };
    let before = |manifest: &Manifest| manifest.earliest_draw_time() - 1;
    within(drawn, &drawn.manifest_proof, before(&replaced.value))
        .map_err(|finding| Finding::new(finding.outcome, format!("redraw: {}", finding.reason)))?;
    // Proofs of the manifests between are not in the bundle: the last one's time may be too late
    // for them although they were in time.
    for note in earlier {
        within(drawn, &drawn.manifest_proof, before(&note.value)).map_err(|_too_late| {
            Finding::could_not(format!(
                "nothing in the bundle shows when {} was replaced",
                note.name
            ))
        })?;
    }
    Ok(())
}

/// The cosignature times of a checkpoint that lie in 1..=latest, if they reach the quorum.
fn within(drawn: &Drawn<'_>, proof: &LogProof, latest: u64) -> Result<Vec<u64>, Finding> {
    let journal = drawn.site.with_name(&journal_name(&drawn.site));
    let times = cosignatures(proof, &journal, &drawn.witnesses)
        .map_err(|error| Finding::failed(format!("{}: {error}", proof.name)))?;
    let good = times.into_iter().filter(|time| (1..=latest).contains(time));
    let good: Vec<u64> = good.collect();
    let quorum = drawn.key.value.quorum;
    if good.len() >= usize::try_from(quorum).unwrap_or(usize::MAX) {
        return Ok(good);
    }
    Err(Finding::failed(format!(
        "{}: expected {quorum} witnesses by {latest} (Unix time), found {}",
        proof.name,
        good.len()
    )))
}

/// Whether a reveal note was seen in time to count.
pub(super) fn revealed_in_time(drawn: &Drawn<'_>, proof: &LogProof) -> bool {
    let manifest = drawn.manifest();
    let rounds = manifest.latest_round_time().unwrap_or(0);
    let latest = manifest.freezes.max(rounds) + REVEAL_LIMIT;
    drawn.key.value.quorum > 0 && within(drawn, proof, latest).is_ok()
}
