//! Check `signatures`: every note by the site key, every checkpoint by the journal's key and then
//! by the pinned witnesses in key-note order, and nobody else (sections 4.9, 4.10).

use super::Options;
use super::files::{Drawn, LogProof, Note, SourceFile};
use super::report::Finding;
use crate::note::{NoteError, SignedNote, Verifier, Witness};

pub(super) fn check(drawn: &Drawn<'_>, options: &Options) -> Finding {
    run(drawn, options).into()
}

fn run(drawn: &Drawn<'_>, options: &Options) -> Result<String, Finding> {
    site_key(&drawn.site, options)?;
    let mut seen = Seen::new(&drawn.site, &drawn.witnesses);
    for note in &drawn.chain {
        seen.note(note)?;
    }
    seen.note(&drawn.key)?;
    for note in &drawn.closes {
        seen.note(note)?;
    }
    seen.note(&drawn.freeze)?;
    seen.note(&drawn.result)?;
    for note in &drawn.settles {
        seen.note(note)?;
    }
    if let Some(note) = &drawn.audit {
        seen.note(note)?;
    }
    for purged in &drawn.purges {
        seen.note(&purged.note)?;
    }
    for source in &drawn.sources {
        if let SourceFile::Commit(Some(revealed)) = source {
            let (note, proof) = revealed.as_ref();
            seen.note(note)?;
            seen.proof(proof)?;
        }
    }
    for proof in [&drawn.manifest_proof, &drawn.key_proof, &drawn.freeze_proof] {
        seen.proof(proof)?;
    }
    Ok(seen.summary())
}

/// The bundle's key must be the one that the caller knows, if it knows one.
pub(super) fn site_key(site: &Verifier, options: &Options) -> Result<(), Finding> {
    match &options.site_key {
        Some(known) if known != site => {
            Err(Finding::differs("site key", known.vkey(), site.vkey()))
        }
        _ => Ok(()),
    }
}

/// Counts what was checked.
pub(super) struct Seen<'a> {
    site: &'a Verifier,
    journal: Verifier,
    witnesses: &'a [Witness],
    notes: usize,
    cosignatures: usize,
}

impl<'a> Seen<'a> {
    pub(super) fn new(site: &'a Verifier, witnesses: &'a [Witness]) -> Seen<'a> {
        Seen {
            site,
            journal: site.with_name(&journal_name(site)),
            witnesses,
            notes: 0,
            cosignatures: 0,
        }
    }

    pub(super) fn note<T>(&mut self, note: &Note<'_, T>) -> Result<(), Finding> {
        self.site
            .open(note.signed)
            .map_err(|error| Finding::failed(format!("{}: {error}", note.name)))?;
        self.notes += 1;
        Ok(())
    }

    pub(super) fn proof(&mut self, proof: &LogProof) -> Result<(), Finding> {
        let seen = sightings(proof, &self.journal, self.witnesses)
            .map_err(|error| Finding::failed(format!("{}: {error}", proof.name)))?;
        self.notes += 1;
        self.cosignatures += seen.len();
        Ok(())
    }

    pub(super) fn summary(&self) -> String {
        format!(
            "{} signatures of {} and {} of witnesses match",
            self.notes,
            self.site.name(),
            self.cosignatures
        )
    }
}

/// The journal's origin and key name.
pub(super) fn journal_name(site: &Verifier) -> String {
    format!("{}/journal", site.name())
}

/// That a pinned witness saw a checkpoint.
pub(super) struct Sighting<'a> {
    pub(super) witness: &'a str,
    /// Unix time, as the witness signed it.
    pub(super) time: u64,
}

/// Who saw a checkpoint and when, after checking every signature line: the log's first, then
/// witnesses in key-note order, each at most once.
pub(super) fn sightings<'a>(
    proof: &LogProof,
    journal: &Verifier,
    witnesses: &'a [Witness],
) -> Result<Vec<Sighting<'a>>, NoteError> {
    let note = SignedNote::parse(&proof.proof.checkpoint)?;
    journal.check(&note)?;
    let mut witnesses = witnesses.iter();
    let lines = note.lines.iter().skip(1);
    lines
        .map(|line| {
            let witness = witnesses.find(|witness| witness.wrote(line));
            let witness = witness.ok_or(NoteError::Lines)?;
            Ok(Sighting {
                witness: witness.name(),
                time: witness.time(note.text, line)?,
            })
        })
        .collect()
}
