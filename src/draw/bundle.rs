//! The files with which anybody checks a draw (draw-protocol 4.10).
//!
//! Invariant: a bundle holds public texts only, as they were signed; it is the same before and
//! after the purge but for the purge's own files.

use std::collections::BTreeSet;

use lucky_draw::bundle::{Bundle, ProofLine, journal_text, proofs_text};
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::result::{Line, ResultNote, SettleLine, SettleNote};

use crate::platform::db::Tx;
use crate::vault::Vault;
use crate::{journal, log};

use super::succession::is_put_aside;
use super::{DrawStage, Error, Plan, SourceKind, StoredNote, run, settle, witnesses};

/// What the public knows about a finished draw, as signed notes: enough to recompute the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// `manifest.note`.
    pub manifest: String,
    /// The last `close-<seq>.note`.
    pub close: String,
    /// `freeze.note`.
    pub freeze: String,
    /// `result.note`.
    pub result: String,
    /// `settle-1.note` and those after it.
    pub settles: Vec<String>,
    /// What each source gave, in order: `beacon-1.json` and so on.
    pub values: Vec<String>,
}

/// The signed notes of a finished draw.
pub fn transcript(tx: &mut Tx, plan: &Plan) -> Result<Transcript, Error> {
    if plan.stage != DrawStage::Drawn {
        return Err(Error::OtherStage { found: plan.stage });
    }
    let close = super::objection::last_close(tx, plan)?.note.name;
    let mut whole = |name: &str| super::needed_note(tx, plan, name).map(|note| note.note);
    Ok(Transcript {
        manifest: whole("manifest.note")?,
        close: whole(&close)?,
        freeze: whole("freeze.note")?,
        result: whole("result.note")?,
        settles: settle_notes(tx, plan)?,
        values: plan
            .sources
            .iter()
            .filter_map(|source| source.value.clone())
            .collect(),
    })
}

fn settle_notes(tx: &mut Tx, plan: &Plan) -> Result<Vec<String>, Error> {
    let mut notes = Vec::new();
    for seq in 1_u32.. {
        let name = settle::settle_name(seq);
        match super::note(tx, &plan.activity, plan.id.as_str(), &name)? {
            Some(note) => notes.push(note.note),
            None => break,
        }
    }
    Ok(notes)
}

/// Files of a cancelled draw; each note brings its proof.
const CANCELLED: [&str; 3] = ["rules.txt", "manifest.note", "cancel.note"];

/// Notes whose proof is a file of the bundle.
const PROVEN: [&str; 4] = ["manifest.note", "key.note", "freeze.note", "cancel.note"];

fn is_proven(name: &str) -> bool {
    PROVEN.contains(&name) || name.starts_with("reveal-")
}

/// Whether a note reveals a secret that came too late and counts for nothing: its proof stays as
/// it is, whatever witnesses say of it later.
fn came_too_late(plan: &Plan, name: &str) -> bool {
    let mut withheld = plan.sources.iter().filter(|source| source.is_withheld());
    withheld.any(|source| source.file_name() == name)
}

/// The bundle of a finished or cancelled draw.
///
/// # Errors
/// [`Error::OtherStage`] before the result: no bundle is served then.
pub fn bundle(tx: &mut Tx, vault: &Vault, plan: &Plan) -> Result<Bundle, Error> {
    made(tx, vault, plan, None, Leaves::Proven)
}

/// The bundle of a finished draw as the vault is given it: with the whole list in the place of the
/// drawn tickets' proofs, of which 100,000 winners have 110 MiB. The list gives the root that the
/// site has signed, or nothing opens; so each leaf in it is proven by all of them.
///
/// A bundle with files of the purge is whole: they name the hash of all others.
///
/// # Errors
/// As [`bundle`].
pub fn evidence(tx: &mut Tx, vault: &Vault, plan: &Plan) -> Result<Bundle, Error> {
    made(tx, vault, plan, None, Leaves::Listed)
}

/// What shows which leaves were drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaves {
    /// The list, and a proof for each of them: what the public is given.
    Proven,
    /// The list alone.
    Listed,
}

/// The bundle of a draw, alone or inside the one of the draw `around` it.
///
/// One inside another never holds the files of the purge, so that the outer one is the same before
/// and after it. The bundle of a cancelled draw has no key note: alone it carries no witnesses,
/// whom nobody could know from it, and inside another those of the draw around it.
fn made(
    tx: &mut Tx,
    vault: &Vault,
    plan: &Plan,
    around: Option<&Plan>,
    leaves: Leaves,
) -> Result<Bundle, Error> {
    let mut bundle = Bundle::new();
    bundle.insert("site.vkey", format!("{}\n", vault.vkey()));
    for (note, proof) in proven_notes(tx, vault, plan, around)? {
        if let Some(proof) = proof {
            let name = note.name.replace(".note", ".proof");
            bundle.insert(name, proof);
        }
        bundle.insert(note.name, note.note);
    }
    if plan.stage == DrawStage::Drawn {
        let is_purged = bundle.iter().any(|(name, _)| is_of_the_purge(name));
        let leaves = if is_purged { Leaves::Proven } else { leaves };
        add_evidence(tx, vault, plan, leaves, &mut bundle)?;
        add_excluded(tx, vault, plan, &mut bundle)?;
    }
    Ok(bundle)
}

/// What the bundle of a draw would be made from, as one hash: it changes whenever the bundle does,
/// and costs little beside it. Everything else in a bundle follows from the notes and their proofs.
///
/// # Errors
/// As [`bundle`].
pub fn bundle_state(tx: &mut Tx, vault: &Vault, plan: &Plan) -> Result<Hash, Error> {
    let mut state = Vec::new();
    add_state(tx, vault, plan, None, &mut state)?;
    Ok(sha256(&state))
}

fn add_state(
    tx: &mut Tx,
    vault: &Vault,
    plan: &Plan,
    around: Option<&Plan>,
    state: &mut Vec<u8>,
) -> Result<(), Error> {
    let notes = proven_notes(tx, vault, plan, around)?;
    state.extend_from_slice(format!("{} {}\n", plan.id, notes.len()).as_bytes());
    for (note, proof) in notes {
        let proof = sha256(proof.unwrap_or_default().as_bytes());
        let line = format!("{} {} {proof}\n", note.name, note.hash);
        state.extend_from_slice(line.as_bytes());
    }
    if plan.stage == DrawStage::Drawn {
        for excluded in super::excluded(tx, plan)? {
            add_state(tx, vault, &excluded, Some(plan), state)?;
        }
    }
    Ok(())
}

/// The notes in the bundle of a draw, each with its proof where that is a file of the bundle.
fn proven_notes(
    tx: &mut Tx,
    vault: &Vault,
    plan: &Plan,
    around: Option<&Plan>,
) -> Result<Vec<(StoredNote, Option<String>)>, Error> {
    let is_drawn = match plan.stage {
        DrawStage::Drawn => true,
        DrawStage::Cancelled if plan.manifest.is_some() => false,
        found => return Err(Error::OtherStage { found }),
    };
    let mut notes = super::notes(tx, &plan.activity, plan.id.as_str())?;
    notes.retain(|note| {
        let of_the_purge = is_of_the_purge(&note.name);
        let belongs = match is_drawn {
            true => !is_put_aside(&note.name),
            false => CANCELLED.contains(&note.name.as_str()) || of_the_purge,
        };
        belongs && !(of_the_purge && around.is_some())
    });
    // Whose witnesses count; without any the site's own signature stands alone.
    let pinning = match is_drawn {
        true => Some(plan),
        false => around,
    };
    let mut proven = Vec::with_capacity(notes.len());
    for note in notes {
        let proof = match pinning {
            _ if !is_proven(&note.name) => None,
            Some(pinning) if !came_too_late(plan, &note.name) => {
                Some(witnesses::proof_of(tx, vault, pinning, &note)?)
            }
            _ => Some(note.proof.clone()),
        };
        proven.push((note, proof));
    }
    Ok(proven)
}

fn is_of_the_purge(name: &str) -> bool {
    name.starts_with("purge-") || name.starts_with("certificate-")
}

/// What is not a note: the sources' values, the journal's stretch, the proofs and the list of tickets.
fn add_evidence(
    tx: &mut Tx,
    vault: &Vault,
    plan: &Plan,
    leaves: Leaves,
    bundle: &mut Bundle,
) -> Result<(), Error> {
    add_values(plan, bundle)?;

    // The journal's stretch starts with the first promise of all.
    let draw = plan.id.as_str();
    let base = super::note(tx, &plan.activity, draw, "base-0.note")?;
    let manifest = match base {
        Some(base) => base,
        None => super::needed_note(tx, plan, "manifest.note")?,
    };
    let freeze = super::needed_note(tx, plan, "freeze.note")?;
    let start = manifest.position.ok_or(Error::Damaged)?;
    let end = witnesses::size_of(&witnesses::proof_of(tx, vault, plan, &freeze)?)?;
    let segment = journal::segment(tx, vault, start, end)?;
    bundle.insert(
        "journal.txt",
        journal_text(start, &segment.frontier, &segment.notes),
    );

    let log = log::find(tx, plan.activity.as_str(), plan.id.as_str())?.ok_or(Error::Damaged)?;
    let entries = log::commitments_file(tx, &log)?;
    if leaves == Leaves::Proven {
        bundle.insert("proofs.txt", proofs(tx, plan, &log, &entries)?);
    }
    bundle.insert("entries.bin", entries);
    Ok(())
}

/// What each source gave.
fn add_values(plan: &Plan, bundle: &mut Bundle) -> Result<(), Error> {
    for source in &plan.sources {
        let value = source.value.clone().ok_or(Error::Damaged)?;
        match source.kind {
            SourceKind::Drand(_) => bundle.insert(source.file_name(), value),
            // Numbers, and the reveal note if there is one, are among the public files.
            SourceKind::Numbers(_) | SourceKind::Commit(_) => {}
        }
    }
    Ok(())
}

/// The bundles of the draws that this one excludes, in the order of the manifest's lines.
fn add_excluded(tx: &mut Tx, vault: &Vault, plan: &Plan, bundle: &mut Bundle) -> Result<(), Error> {
    for (number, excluded) in (1_u32..).zip(super::excluded(tx, plan)?) {
        let inside = made(tx, vault, &excluded, Some(plan), Leaves::Proven)?;
        bundle.insert(format!("excluded-{number}.zip"), inside.to_zip());
    }
    Ok(())
}

/// A proof for every drawn ticket that is not void; `entries` are the commitments of the log.
fn proofs(tx: &mut Tx, plan: &Plan, log: &log::Log, entries: &[u8]) -> Result<String, Error> {
    let result = super::result(tx, plan)?;
    let settles = super::settlements(tx, plan)?;
    let close = run::close(tx, plan)?;
    let drawn: Vec<u64> = drawn(&result, &settles).into_iter().collect();
    let proofs = log::inclusion_proofs(tx, log, &drawn, close.size)?;
    let commitment = |index: u64| {
        let at = usize::try_from(index).ok()?;
        let found = entries.chunks_exact(32).nth(at)?;
        found.try_into().ok().map(Hash)
    };
    let mut lines = Vec::with_capacity(drawn.len());
    for (index, hashes) in drawn.into_iter().zip(proofs) {
        lines.push(ProofLine {
            index,
            commitment: commitment(index).ok_or(Error::Damaged)?,
            hashes,
        });
    }
    Ok(proofs_text(&lines))
}

fn drawn(result: &ResultNote, settles: &[SettleNote]) -> BTreeSet<u64> {
    let later = settles.iter().flat_map(|settle| &settle.lines);
    let later = later.filter_map(|line| match line {
        SettleLine::Draw(line) => Some(line),
        SettleLine::Fill { .. } => None,
    });
    result
        .lines
        .iter()
        .chain(later)
        .filter(|line| !matches!(line, Line::Void { .. }))
        .filter_map(|line| line.drawn().map(|(_, index)| index))
        .collect()
}
