//! Check `journal`: the notes stand in the site's journal, the first key and freeze note count,
//! and nobody could choose among closes or manifests (sections 4.9, 4.10).

use super::files::{Drawn, LogProof, SourceFile};
use super::report::Finding;
use super::signatures::journal_name;
use crate::note::Verifier;
use crate::record::{Manifest, Record};
use crate::tree::{Frontier, leaf_hash, verify_inclusion};

pub(super) fn check(drawn: &Drawn<'_>) -> Finding {
    run(drawn).into()
}

fn run(drawn: &Drawn<'_>) -> Result<String, Finding> {
    let proofs = [
        (drawn.last().text, &drawn.manifest_proof),
        (drawn.key.text, &drawn.key_proof),
        (drawn.freeze.text, &drawn.freeze_proof),
    ];
    for (text, proof) in proofs {
        included(text, proof, &drawn.site)?;
    }
    let mut seen: Vec<&LogProof> = proofs.iter().map(|(_, proof)| *proof).collect();
    for source in &drawn.sources {
        if let SourceFile::Commit(Some(revealed)) = source {
            let (note, proof) = revealed.as_ref();
            included(note.text, proof, &drawn.site)?;
            if proof.proof.index < drawn.segment.start {
                return Err(Finding::failed(format!(
                    "{} stands in the journal before the manifest",
                    note.name
                )));
            }
            seen.push(proof);
        }
    }
    roots(drawn, &seen)?;
    let records = records(drawn)?;
    Segment { drawn, records }.check()?;
    let (start, count) = (drawn.segment.start, drawn.segment.leaves.len());
    Ok(format!(
        "{count} journal leaves from {start} give the signed root; the first key and freeze note and all closes are in the bundle"
    ))
}

/// A note's text is the leaf that its proof says.
pub(super) fn included(text: &str, proof: &LogProof, site: &Verifier) -> Result<(), Finding> {
    let LogProof {
        name,
        proof,
        checkpoint,
    } = proof;
    let origin = journal_name(site);
    if checkpoint.origin != origin {
        let what = format!("{name}'s log");
        return Err(Finding::differs(&what, origin, &checkpoint.origin));
    }
    let leaf = leaf_hash(text.as_bytes());
    let (size, root) = (checkpoint.size, &checkpoint.root);
    verify_inclusion(&leaf, proof.index, size, &proof.hashes, root)
        .map_err(|error| Finding::failed(format!("{name}: {error}")))
}

/// The segment gives the root of the freeze note's checkpoint, and of every earlier one.
fn roots(drawn: &Drawn<'_>, proofs: &[&LogProof]) -> Result<(), Finding> {
    let segment = &drawn.segment;
    let end = segment.start + segment.leaves.len() as u64;
    let size = drawn.freeze_proof.checkpoint.size;
    if end != size {
        return Err(Finding::differs("journal.txt's end", size, end));
    }
    let frontier = Frontier::new(segment.start, segment.frontier.clone());
    let mut frontier = frontier.ok_or_else(|| Finding::failed("journal.txt: wrong frontier"))?;
    for leaf in &segment.leaves {
        frontier.push(leaf_hash(leaf.as_bytes()));
        for proof in proofs {
            let checkpoint = &proof.checkpoint;
            if checkpoint.size == frontier.size() && checkpoint.root != frontier.root() {
                let what = format!("root of journal.txt at the size of {}", proof.name);
                return Err(Finding::differs(&what, checkpoint.root, frontier.root()));
            }
        }
    }
    Ok(())
}

fn records(drawn: &Drawn<'_>) -> Result<Vec<Record>, Finding> {
    let numbered = (drawn.segment.start..).zip(&drawn.segment.leaves);
    numbered
        .map(|(index, leaf)| {
            Record::parse(leaf)
                .map_err(|error| Finding::failed(format!("journal leaf {index}: {error}")))
        })
        .collect()
}

/// The stretch of the journal from the base manifest to the checkpoint over the freeze note.
struct Segment<'a> {
    drawn: &'a Drawn<'a>,
    records: Vec<Record>,
}

impl Segment<'_> {
    fn check(&self) -> Result<(), Finding> {
        self.manifests()?;
        self.first_key()?;
        let freeze = self.first_freeze()?;
        self.closes(freeze)
    }

    /// The chain stands in order, starting with the segment; no other manifest has its origin.
    fn manifests(&self) -> Result<(), Finding> {
        let chain = &self.drawn.chain;
        let mut next = 0;
        for (place, record) in self.records.iter().enumerate() {
            let expected = chain.get(next);
            match record {
                Record::Manifest(found) if expected.is_some_and(|note| note.value == *found) => {
                    next += 1;
                    let proof = &self.drawn.manifest_proof;
                    if next == chain.len() && self.index(place) != proof.proof.index {
                        return Err(self.elsewhere(proof, place));
                    }
                }
                Record::Manifest(found) if self.rivals(found) => {
                    return Err(Finding::failed(format!(
                        "journal leaf {} is another manifest of this draw that nothing supersedes: {}",
                        self.index(place),
                        found.hash()
                    )));
                }
                _ if place == 0 => {
                    return Err(Finding::failed(
                        "journal.txt does not start with the base manifest",
                    ));
                }
                _ => {}
            }
        }
        match chain.get(next) {
            None => Ok(()),
            Some(note) => Err(Finding::failed(format!(
                "{} is not in journal.txt in its place",
                note.name
            ))),
        }
    }

    /// Whether a manifest has this draw's origin without belonging to its chain.
    fn rivals(&self, manifest: &Manifest) -> bool {
        let chain = &self.drawn.chain;
        manifest.origin == chain[0].value.origin && chain.iter().all(|note| note.value != *manifest)
    }

    fn first_key(&self) -> Result<(), Finding> {
        let base = self.drawn.base();
        let first = self
            .records
            .iter()
            .position(|record| matches!(record, Record::Key(key) if key.manifest == base));
        let proof = &self.drawn.key_proof;
        match first {
            None => Err(Finding::failed(
                "no key note of this draw is in journal.txt",
            )),
            Some(place) if self.index(place) != proof.proof.index => {
                Err(self.elsewhere(proof, place))
            }
            Some(_) => Ok(()),
        }
    }

    /// The place of the freeze note that counts.
    fn first_freeze(&self) -> Result<usize, Finding> {
        let manifest = self.drawn.manifest().hash();
        let first = self.records.iter().position(
            |record| matches!(record, Record::Freeze(freeze) if freeze.manifest == manifest),
        );
        let proof = &self.drawn.freeze_proof;
        match first {
            None => Err(Finding::failed(
                "no freeze note of this draw is in journal.txt",
            )),
            Some(place) if self.index(place) != proof.proof.index => {
                Err(self.elsewhere(proof, place))
            }
            Some(place) => Ok(place),
        }
    }

    /// The closes before the freeze note are those of the bundle, in order; nothing cancels.
    fn closes(&self, freeze: usize) -> Result<(), Finding> {
        let manifest = self.drawn.manifest().hash();
        let mut bundled = self.drawn.closes.iter();
        for (place, record) in self.records[..freeze].iter().enumerate() {
            match record {
                Record::Close(close) if close.manifest == manifest => {
                    let next = bundled.next();
                    if next.is_none_or(|note| note.value != *close) {
                        return Err(Finding::failed(format!(
                            "journal leaf {} is a close that is not the bundle's next one",
                            self.index(place)
                        )));
                    }
                }
                Record::Cancel(cancel) if cancel.manifest == manifest => {
                    return Err(Finding::failed(format!(
                        "journal leaf {} cancels this draw ({})",
                        self.index(place),
                        cancel.reason
                    )));
                }
                _ => {}
            }
        }
        match bundled.next() {
            None => Ok(()),
            Some(note) => Err(Finding::failed(format!(
                "{} is not in journal.txt before the freeze note",
                note.name
            ))),
        }
    }

    fn index(&self, place: usize) -> u64 {
        self.drawn.segment.start + place as u64
    }

    fn elsewhere(&self, proof: &LogProof, place: usize) -> Finding {
        Finding::differs(
            &format!("journal index of {}", proof.name),
            self.index(place),
            proof.proof.index,
        )
    }
}
