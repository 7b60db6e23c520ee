//! What a site signed about the size and root of a log.

use crate::bundle::Bundle;
use crate::encode::Hash;
use crate::note::{Checkpoint, NoteError, SignedNote, TlogProof, Verifier};
use crate::record::{Close, Manifest};
use crate::tree::{leaf_hash, verify_inclusion};

use super::journal_origin;

/// A checkpoint under a valid signature of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Which log, how many leaves, which root.
    pub checkpoint: Checkpoint,
    /// Where the site said so.
    pub told: Told,
    /// The signed notes that show it. They hold nothing about a person and may be published.
    pub notes: Vec<String>,
    /// A leaf (index and leaf hash) that is proven to be in it.
    pub leaf: Option<(u64, Hash)>,
}

/// Where a statement was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A checkpoint of an entry log: in a receipt or a proof of entry, or alone.
    Checkpoint,
    /// A checkpoint of the site's journal: in a `.proof` file, or alone.
    Journal,
    /// A close note, whose manifest names the log.
    Close,
}

impl Statement {
    /// Reads a receipt, a shareable proof, a `.proof` file or a signed checkpoint, and checks the
    /// site's signature. `base` is the base manifest's hash, with which a secret receipt shows its
    /// leaf; without it the receipt's checkpoint counts all the same.
    ///
    /// # Errors
    ///
    /// If the text is none of these, or is not signed by this key.
    pub fn read(text: &str, site: &Verifier, base: Option<&Hash>) -> Result<Statement, NoteError> {
        let proof = TlogProof::parse(text).ok();
        let note = proof.as_ref().map_or(text, |proof| &proof.checkpoint);
        let (checkpoint, told) = signed_checkpoint(note, site)?;
        let leaf = proof.as_ref().and_then(|proof| {
            let leaf = leaf_hash(crate::verify::receipt_leaf(proof, base)?.as_bytes());
            shown(proof, leaf, &checkpoint)
        });
        Ok(Statement {
            checkpoint,
            told,
            notes: vec![note.to_owned()],
            leaf,
        })
    }

    /// Everything that a bundle's notes and proofs state, as far as the site signed it.
    #[must_use]
    pub fn of_bundle(bundle: &Bundle, site: &Verifier) -> Vec<Statement> {
        let mut statements = Vec::new();
        for (name, content) in bundle.iter() {
            let Ok(text) = std::str::from_utf8(content) else {
                continue;
            };
            if let Some(stem) = name.strip_suffix(".proof") {
                statements.extend(of_proof(bundle, stem, text, site));
            } else if name.starts_with("close-") {
                statements.extend(of_close(bundle, text, site));
            }
        }
        statements
    }
}

/// A proof in a bundle is about the note beside it.
fn of_proof(bundle: &Bundle, stem: &str, text: &str, site: &Verifier) -> Option<Statement> {
    let mut statement = Statement::read(text, site, None).ok()?;
    let note = bundle.file(&format!("{stem}.note"))?;
    let note = SignedNote::parse(std::str::from_utf8(note).ok()?).ok()?;
    let proof = TlogProof::parse(text).ok()?;
    let leaf = leaf_hash(note.text.as_bytes());
    statement.leaf = shown(&proof, leaf, &statement.checkpoint);
    Some(statement)
}

/// A close states the size and root of the log that its manifest names.
fn of_close(bundle: &Bundle, signed: &str, site: &Verifier) -> Option<Statement> {
    let close = Close::parse(site.open(signed).ok()?).ok()?;
    let manifest = std::str::from_utf8(bundle.file("manifest.note")?).ok()?;
    let promised = Manifest::parse(site.open(manifest).ok()?).ok()?;
    (close.manifest == promised.hash()).then(|| Statement {
        checkpoint: Checkpoint {
            origin: promised.origin,
            size: close.size,
            root: close.root,
        },
        told: Told::Close,
        notes: vec![manifest.to_owned(), signed.to_owned()],
        leaf: None,
    })
}

/// Journal checkpoints are signed under the journal's key name, all others under the site's.
fn signed_checkpoint(note: &str, site: &Verifier) -> Result<(Checkpoint, Told), NoteError> {
    let signed = SignedNote::parse(note)?;
    let checkpoint = Checkpoint::parse(signed.text)?;
    let journal = journal_origin(site);
    if checkpoint.origin == journal {
        site.with_name(&journal).check(&signed)?;
        return Ok((checkpoint, Told::Journal));
    }
    site.check(&signed)?;
    Ok((checkpoint, Told::Checkpoint))
}

/// The leaf at the proof's index, if the path leads to the signed root.
fn shown(proof: &TlogProof, leaf: Hash, checkpoint: &Checkpoint) -> Option<(u64, Hash)> {
    let (size, root) = (checkpoint.size, &checkpoint.root);
    verify_inclusion(&leaf, proof.index, size, &proof.hashes, root)
        .is_ok()
        .then_some((proof.index, leaf))
}
