//! A draw's bundle as its site could write it, true or not: texts that can be changed, and signed,
//! journaled and cosigned again.

use std::collections::BTreeMap;

use lucky_draw::bundle::{Bundle, ProofLine, journal_text, proofs_text};
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::note::{Checkpoint, Cosigner, Signer, TlogProof};
use lucky_draw::record::{Close, Manifest, Purge};
use lucky_draw::result::{
    ExcludedDraw, Opening, ResultNote, SettleCode, SettleNote, Slot, drawn_tickets, result, settle,
};
use lucky_draw::tree::{self, MemoryTree, leaf_hash};

pub(crate) const SITE: &str = "library.example.tw/draw";

pub(crate) fn site() -> Signer {
    Signer::new(SITE, sha256(b"the site's seed").0).expect("a signer")
}

pub(crate) fn cosigner(number: u8) -> Cosigner {
    let name = format!("witness{number}.example");
    Cosigner::new(&name, sha256(&[number]).0).expect("a cosigner")
}

/// One ticket.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) opening: Opening,
    pub(crate) commitment: Hash,
}

/// A checkpoint over the journal, and who saw it when.
#[derive(Clone)]
pub(crate) struct Seen {
    /// The leaf that the proof is about.
    pub(crate) index: u64,
    /// How many leaves the journal had.
    pub(crate) size: u64,
    /// Witness numbers and times, in the order of the signature lines.
    pub(crate) times: Vec<(u8, u64)>,
}

/// All that a draw's bundle is made from.
#[derive(Clone)]
pub(crate) struct Forge {
    /// The whole journal, from its first leaf.
    pub(crate) leaves: Vec<String>,
    /// Where the base manifest stands in it.
    pub(crate) start: u64,
    /// Texts of notes by file name.
    pub(crate) notes: BTreeMap<String, String>,
    /// Checkpoints of proofs by file name.
    pub(crate) proofs: BTreeMap<String, Seen>,
    /// All other files, except `journal.txt`.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The values of the sources.
    pub(crate) values: Vec<Vec<u8>>,
    pub(crate) excluded: Vec<ExcludedDraw>,
    pub(crate) tickets: Vec<Ticket>,
    /// Whether purge notes get the hash of the files as they are at last.
    pub(crate) purge_follows: bool,
}

impl Forge {
    pub(crate) fn manifest(&self) -> Manifest {
        Manifest::parse(&self.notes["manifest.note"]).expect("a manifest")
    }

    /// The hash that tickets are bound to.
    pub(crate) fn base(&self) -> Hash {
        let first = self.notes.get("base-0.note");
        let first = first.unwrap_or(&self.notes["manifest.note"]);
        sha256(first.as_bytes())
    }

    pub(crate) fn last_close(&self) -> String {
        let closes = (0..).map(|seq| format!("close-{seq}.note"));
        let known = closes.take_while(|name| self.notes.contains_key(name));
        known.last().expect("a close")
    }

    pub(crate) fn close(&self) -> Close {
        Close::parse(&self.notes[&self.last_close()]).expect("a close")
    }

    pub(crate) fn result(&self) -> ResultNote {
        ResultNote::parse(&self.notes["result.note"]).expect("a result")
    }

    pub(crate) fn settles(&self) -> Vec<SettleNote> {
        let names = (1..).map(|seq| format!("settle-{seq}.note"));
        names
            .map_while(|name| self.notes.get(&name))
            .map(|text| SettleNote::parse(text).expect("a settlement"))
            .collect()
    }

    pub(crate) fn log(&self) -> MemoryTree {
        let mut log = MemoryTree::new();
        for ticket in &self.tickets {
            log.push(leaf_hash(ticket.commitment.as_bytes()));
        }
        log
    }

    /// Changes a note's text, in its file and in the journal, and the hashes by which all other
    /// notes name it.
    pub(crate) fn change(&mut self, name: &str, change: impl FnOnce(&str) -> String) {
        let old = self.notes[name].clone();
        let new = change(&old);
        self.notes.insert(name.to_owned(), new.clone());
        self.replace(&old, &new);
    }

    /// Replaces a text wherever it stands, and then its hash, which changes more texts.
    pub(crate) fn replace(&mut self, old: &str, new: &str) {
        for text in self.notes.values_mut().chain(&mut self.leaves) {
            if text == old {
                new.clone_into(text);
            }
        }
        let hash = |text: &str| sha256(text.as_bytes()).to_string();
        let mut changed = vec![(hash(old), hash(new))];
        while let Some((old, new)) = changed.pop() {
            for text in self.notes.values_mut().chain(&mut self.leaves) {
                if text.contains(&old) {
                    let before = hash(text);
                    *text = text.replace(&old, &new);
                    let step = (before, hash(text));
                    if !changed.contains(&step) {
                        changed.push(step);
                    }
                }
            }
        }
    }

    /// Draws again: result, settlements, proofs and audit follow from the other texts.
    pub(crate) fn redraw(&mut self) {
        let (manifest, close) = (self.manifest(), self.close());
        let tickets = self.tickets.clone();
        let open = |index: u64| {
            let place = usize::try_from(index).ok()?;
            tickets.get(place).map(|ticket| ticket.opening)
        };
        let vacated: Vec<Vec<(Slot, SettleCode)>> = self
            .settles()
            .iter()
            .map(|settle| {
                let vacates = settle.vacates.iter();
                vacates.map(|v| (v.slot.clone(), v.code)).collect()
            })
            .collect();
        let drawn = result(&manifest, &close, &self.excluded, &self.values, open);
        self.change("result.note", |_| drawn.to_text());
        let mut settles: Vec<SettleNote> = Vec::new();
        for (seq, vacates) in (1..).zip(vacated) {
            let name = format!("settle-{seq}.note");
            let next = settle(
                &manifest,
                &close,
                &self.excluded,
                &drawn,
                &settles,
                &vacates,
                open,
            );
            match next {
                Ok(next) => {
                    self.change(&name, |_| next.to_text());
                    settles.push(next);
                }
                Err(_) => {
                    self.notes.remove(&name);
                }
            }
        }
        self.prove(&drawn, &settles);
    }

    /// Writes `proofs.txt` for these draw lines, as far as the tickets exist.
    pub(crate) fn prove(&mut self, result: &ResultNote, settles: &[SettleNote]) {
        let log = self.log();
        let lines: Vec<ProofLine> = drawn_tickets(result, settles)
            .into_iter()
            .filter_map(|index| {
                let ticket = self.tickets.get(usize::try_from(index).ok()?)?;
                Some(ProofLine {
                    index,
                    commitment: ticket.commitment,
                    hashes: log.inclusion_proof(index),
                })
            })
            .collect();
        self.files
            .insert("proofs.txt".to_owned(), proofs_text(&lines).into_bytes());
    }

    /// Writes `entries.bin` again.
    pub(crate) fn list(&mut self) {
        let tickets = self.tickets.iter();
        let entries = tickets.flat_map(|ticket| ticket.commitment.0).collect();
        self.files.insert("entries.bin".to_owned(), entries);
    }

    /// Inserts a journal leaf; every later place moves.
    pub(crate) fn insert_leaf(&mut self, place: usize, text: &str) {
        self.leaves.insert(place, text.to_owned());
        let place = place as u64;
        for seen in self.proofs.values_mut() {
            seen.index += u64::from(seen.index >= place);
            seen.size += u64::from(seen.size > place);
        }
        self.start += u64::from(self.start >= place);
    }

    /// Takes a journal leaf out; every later place moves.
    pub(crate) fn remove_leaf(&mut self, place: usize) {
        self.leaves.remove(place);
        let place = place as u64;
        for seen in self.proofs.values_mut() {
            seen.index -= u64::from(seen.index > place);
            seen.size -= u64::from(seen.size > place);
        }
        self.start -= u64::from(self.start > place);
    }

    /// Where a text stands in the journal.
    pub(crate) fn leaf(&self, text: &str) -> usize {
        let place = self.leaves.iter().position(|leaf| leaf == text);
        place.expect("a leaf of this text")
    }

    /// The `.proof` file for a checkpoint over the journal.
    pub(crate) fn proof(&self, seen: &Seen) -> TlogProof {
        let mut journal = MemoryTree::new();
        for leaf in &self.leaves {
            journal.push(leaf_hash(leaf.as_bytes()));
        }
        let Ok(root) = tree::root(&mut &journal, seen.size);
        let Ok(hashes) = tree::inclusion_proof(&mut &journal, seen.index, seen.size);
        let origin = format!("{SITE}/journal");
        let checkpoint = Checkpoint {
            origin: origin.clone(),
            size: seen.size,
            root,
        };
        let text = checkpoint.to_text();
        let mut signed = site().with_name(&origin).expect("a name").sign(&text);
        for (witness, time) in &seen.times {
            signed += &cosigner(*witness).line(&text, *time);
        }
        TlogProof {
            extra: None,
            index: seen.index,
            hashes,
            checkpoint: signed,
        }
    }

    /// The bundle, signed throughout.
    pub(crate) fn seal(&self) -> Bundle {
        let site = site();
        let mut bundle = Bundle::new();
        for (name, content) in &self.files {
            bundle.insert(name, content.clone());
        }
        for (name, seen) in &self.proofs {
            bundle.insert(name, self.proof(seen).to_text());
        }
        if let Some(freeze) = self.proofs.get("freeze.proof") {
            bundle.insert("journal.txt", self.segment(freeze.size));
        }
        let purge = |name: &str| name.starts_with("purge-");
        for (name, text) in self.notes.iter().filter(|(name, _)| !purge(name)) {
            bundle.insert(name, site.sign(text));
        }
        for (name, text) in self.notes.iter().filter(|(name, _)| purge(name)) {
            let text = match Purge::parse(text) {
                Ok(note) if self.purge_follows => Purge {
                    bundle: Some(bundle.hash_without_purge()),
                    ..note
                }
                .to_text(),
                _ => text.clone(),
            };
            bundle.insert(name, site.sign(&text));
        }
        bundle
    }

    fn segment(&self, end: u64) -> String {
        let mut journal = MemoryTree::new();
        for leaf in &self.leaves {
            journal.push(leaf_hash(leaf.as_bytes()));
        }
        let Ok(frontier) = tree::frontier(&mut &journal, self.start);
        let place = |index: u64| usize::try_from(index).expect("small");
        let leaves = &self.leaves[place(self.start)..place(end)];
        journal_text(self.start, &frontier, leaves)
    }
}
