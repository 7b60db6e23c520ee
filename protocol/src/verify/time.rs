//! Check `time`: outside witnesses saw the list frozen before the randomness was public (4.9).
//!
//! Without witnesses there is no such evidence, and the outcome is `could not check`. The reason
//! says who saw what and when, and which evidence is missing.

use super::files::{Drawn, LogProof};
use super::report::Finding;
use super::signatures::{Sighting, journal_name, sightings};
use crate::note::{Verifier, Witness};
use crate::record::{Manifest, PublishError};

/// Seconds before the earliest round by which witnesses must have seen the freeze note.
const WITNESS_LEAD: u64 = 300;
/// Seconds after freeze and rounds within which a secret must be revealed.
const REVEAL_LIMIT: u64 = 86_400;

/// Why time is not proven.
pub(super) struct Unproven {
    pub(super) finding: Finding,
    /// Too few pinned witnesses saw a note in time, and nothing else is wrong.
    unseen: bool,
}

impl From<Finding> for Unproven {
    fn from(finding: Finding) -> Unproven {
        Unproven {
            finding,
            unseen: false,
        }
    }
}

/// The finding, and whether it failed only because too few witnesses saw a note in time.
pub(super) fn check(drawn: &Drawn<'_>) -> (Finding, bool) {
    match run(drawn) {
        Ok(reason) => (Finding::passed(reason), false),
        Err(unproven) => (unproven.finding, unproven.unseen),
    }
}

fn run(drawn: &Drawn<'_>) -> Result<String, Unproven> {
    let manifest = drawn.manifest();
    let early = |error: &PublishError| matches!(error, PublishError::Early { .. });
    if let Some(early) = manifest.broken_promises().find(early) {
        return Err(Finding::failed(early.to_string()).into());
    }
    let draw = manifest.earliest_draw_time();
    if drawn.key.value.quorum == 0 {
        return Err(Finding::could_not(format!(
            "found: nothing; missing: a witness outside the site that saw the list frozen before {draw} (Unix time). None is named in key.note. A mail to those who watch, a photograph or a time-stamp of the close is evidence for people, not in the bundle"
        )).into());
    }
    let pinned = Pinned::of(&drawn.site, drawn);
    let key = pinned.within(&drawn.key_proof, manifest.opens)?;
    let freeze = pinned.within(&drawn.freeze_proof, draw - WITNESS_LEAD)?;
    let early = freeze.good().filter(|seen| seen.time < manifest.freezes);
    let early = early.count();
    if early >= pinned.quorum {
        return Err(Finding::failed(format!(
            "{early} witnesses saw the freeze note before the freeze at {} (Unix time)",
            manifest.freezes
        ))
        .into());
    }
    superseded(drawn, &pinned)?;
    let mut found = format!(
        "found: the key note was seen by the opening at {} by {}; the list was frozen at least {WITNESS_LEAD} seconds before the randomness of {draw}, seen by {}",
        manifest.opens,
        key.words(),
        freeze.words()
    );
    let missing = [key.missing(), freeze.missing()].concat();
    if !missing.is_empty() {
        found += &format!("; missing, but not needed: {}", missing.join(", "));
    }
    Ok(found + " (Unix times)")
}

/// A successor was journaled before the first round of the manifest that it replaces.
fn superseded(drawn: &Drawn<'_>, pinned: &Pinned<'_>) -> Result<(), Finding> {
    let bases = &drawn.chain[..drawn.chain.len() - 1];
    let Some((replaced, earlier)) = bases.split_last() else {
        return Ok(());
    };
    let before = |manifest: &Manifest| manifest.earliest_draw_time() - 1;
    pinned
        .within(&drawn.manifest_proof, before(&replaced.value))
        .map_err(|Unproven { finding, .. }| {
            Finding::new(finding.outcome, format!("redraw: {}", finding.reason))
        })?;
    // Proofs of the manifests between are not in the bundle: the last one's time may be too late
    // for them although they were in time.
    for note in earlier {
        let late = pinned.within(&drawn.manifest_proof, before(&note.value));
        late.map_err(|_too_late| {
            Finding::could_not(format!(
                "nothing in the bundle shows when {} was replaced",
                note.name
            ))
        })?;
    }
    Ok(())
}

/// What the witnesses say of one checkpoint.
pub(super) struct Seen<'a> {
    proof: &'a LogProof,
    latest: u64,
    sightings: Vec<Sighting<'a>>,
    /// Pinned witnesses that say nothing.
    silent: Vec<&'a str>,
}

impl<'a> Seen<'a> {
    /// Whether a time counts: 0 is no time.
    fn counts(&self, seen: &Sighting<'_>) -> bool {
        (1..=self.latest).contains(&seen.time)
    }

    fn good(&self) -> impl Iterator<Item = &Sighting<'a>> {
        self.sightings.iter().filter(|seen| self.counts(seen))
    }

    /// Who saw it in time, and when.
    pub(super) fn words(&self) -> String {
        let words: Vec<String> = self
            .good()
            .map(|seen| format!("{} at {}", seen.witness, seen.time))
            .collect();
        words.join(" and ")
    }

    /// Who did not.
    fn missing(&self) -> Vec<String> {
        let name = self.proof.name.trim_end_matches(".proof");
        let silent = self.silent.iter();
        let silent = silent.map(|witness| format!("{witness} on the {name} note"));
        let late = self.sightings.iter().filter(|seen| !self.counts(seen));
        let late = late.map(|seen| {
            format!(
                "{} on the {name} note in time (its time is {})",
                seen.witness, seen.time
            )
        });
        silent.chain(late).collect()
    }
}

/// The witnesses that a key note pins.
pub(super) struct Pinned<'a> {
    journal: Verifier,
    witnesses: &'a [Witness],
    quorum: usize,
}

impl<'a> Pinned<'a> {
    /// Those of a draw, for the journal of a site: a cancelled draw has no key note of its own.
    pub(super) fn of(site: &Verifier, drawn: &'a Drawn<'_>) -> Pinned<'a> {
        Pinned {
            journal: site.with_name(&journal_name(site)),
            witnesses: &drawn.witnesses,
            quorum: usize::try_from(drawn.key.value.quorum).unwrap_or(usize::MAX),
        }
    }

    /// Who saw a checkpoint in 1..=latest, if they reach the quorum.
    pub(super) fn within(&self, proof: &'a LogProof, latest: u64) -> Result<Seen<'a>, Unproven> {
        let sightings = sightings(proof, &self.journal, self.witnesses)
            .map_err(|error| Finding::failed(format!("{}: {error}", proof.name)))?;
        let names = self.witnesses.iter().map(Witness::name);
        let silent = names.filter(|name| sightings.iter().all(|seen| seen.witness != *name));
        let seen = Seen {
            proof,
            latest,
            silent: silent.collect(),
            sightings,
        };
        let found = seen.good().count();
        if found >= self.quorum {
            return Ok(seen);
        }
        let mut reason = format!(
            "{}: expected {} witnesses by {latest} (Unix time), found {found}",
            proof.name, self.quorum
        );
        if found > 0 {
            reason += &format!(" ({})", seen.words());
        }
        reason += &format!("; missing: {}", seen.missing().join(", "));
        Err(Unproven {
            finding: Finding::failed(reason),
            unseen: true,
        })
    }
}

/// Whether a reveal note was seen in time to count.
pub(super) fn revealed_in_time(drawn: &Drawn<'_>, proof: &LogProof) -> bool {
    let manifest = drawn.manifest();
    let rounds = manifest.latest_round_time().unwrap_or(0);
    let latest = manifest.freezes.max(rounds) + REVEAL_LIMIT;
    let pinned = Pinned::of(&drawn.site, drawn);
    pinned.quorum > 0 && pinned.within(proof, latest).is_ok()
}
