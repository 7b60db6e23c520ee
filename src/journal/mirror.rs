//! A second copy of the journal in a file beside the database: `journal.notes` in the data folder.
//!
//! A database that comes back from a backup is older than what witnesses and readers have seen of
//! its journal; the next note would make it a fork. This file knows the notes in between.
//!
//! Invariant: the file is added to and never shortened, apart from a line that a power cut broke
//! off; every stretch of notes in it ends with the checkpoint that the site's key signed over all
//! of them, and nothing beyond the last such line is believed. It holds public text alone.
//!
//! Not here: when it is written ([`super::jobs`]: before a witness is asked), what the restored
//! notes were about.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lucky_draw::note::{Checkpoint, Verifier};
use lucky_draw::tree::{MemoryTree, leaf_hash};
use serde_json::{Value, json};

use crate::log;
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};
use crate::vault::{CheckpointOf, Vault};

use super::{Error, Leaf, find, open, store, vkey};

const FILE: &str = "journal.notes";

/// The file, and how far it is known to reach.
#[derive(Clone)]
pub struct Mirror {
    path: PathBuf,
    reaches: Arc<Mutex<Option<u64>>>,
}

/// The believed part of the file.
#[derive(Default)]
struct Copy {
    notes: Vec<Leaf>,
    tree: MemoryTree,
    /// Where it ends, in bytes.
    length: u64,
}

impl Mirror {
    /// The mirror in a data folder; the file is made with the first note.
    pub fn beside(data: &Path) -> Mirror {
        Mirror {
            path: data.join(FILE),
            reaches: Arc::default(),
        }
    }

    /// Copies what the journal has and the file does not, and waits for the disk. Tells how many
    /// notes that were.
    ///
    /// # Errors
    /// [`Error::Mirror`] when the file cannot be written.
    pub fn follow(&self, db: &Db, vault: &Vault) -> Result<u64, Error> {
        let mut reaches = self.reaches.lock().unwrap_or_else(PoisonError::into_inner);
        let from = match *reaches {
            Some(size) => size,
            None => self.mended(vault)?,
        };
        let (notes, checkpoint) = db.read_now("read notes to mirror", |tx| {
            let Some(journal) = find(tx)?.filter(|journal| journal.size > from) else {
                return Ok::<_, Error>((Vec::new(), String::new()));
            };
            let notes = super::leaves(tx, from, journal.size)?;
            Ok((notes, journal.checkpoint))
        })?;
        let added = notes.len() as u64;
        if added > 0 {
            // It was read from what is committed.
            vault.released(CheckpointOf::Journal, &checkpoint)?;
            // A failure in the middle leaves a line that is not believed; the next look mends it.
            *reaches = None;
            self.append(&lines(&notes, &checkpoint))?;
        }
        *reaches = Some(from + added);
        Ok(added)
    }

    /// Whether the journal is shorter than what this process has mirrored of it: the database was
    /// put back, or an older copy of it took over.
    pub fn is_ahead(&self, tx: &mut Tx) -> Result<bool, Error> {
        let reaches = *self.reaches.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(reaches.unwrap_or_default() > super::size(tx)?)
    }

    /// Brings a journal that is shorter than the mirror forward to where the mirror saw it. Tells
    /// how many notes were added.
    ///
    /// # Errors
    /// [`Error::MirrorDiffers`] when the two contradict each other: nothing is changed then.
    pub fn bring_forward(&self, db: &Db, vault: &Vault) -> Result<u64, Error> {
        let copy = self.read(vault)?;
        if copy.notes.is_empty() {
            return Ok(0);
        }
        db.write_now("bring the journal forward", |tx| forward(tx, vault, &copy))
    }

    /// Cuts off what is not believed and tells how far the rest reaches.
    fn mended(&self, vault: &Vault) -> Result<u64, Error> {
        let copy = self.read(vault)?;
        match OpenOptions::new().write(true).open(&self.path) {
            Ok(file) if file.metadata().map_err(Error::Mirror)?.len() > copy.length => {
                file.set_len(copy.length).map_err(Error::Mirror)?;
                file.sync_all().map_err(Error::Mirror)?;
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::Mirror(error));
            }
            Ok(_) | Err(_) => {}
        }
        Ok(copy.notes.len() as u64)
    }

    fn append(&self, lines: &str) -> Result<(), Error> {
        let write = || {
            let mut file = OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&self.path)?;
            file.write_all(lines.as_bytes())?;
            file.sync_all()
        };
        write().map_err(Error::Mirror)
    }

    /// The notes up to the last checkpoint of ours.
    fn read(&self, vault: &Vault) -> Result<Copy, Error> {
        let mut text = String::new();
        match File::open(&self.path) {
            Ok(mut file) => file.read_to_string(&mut text).map_err(Error::Mirror)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Copy::default()),
            Err(error) => return Err(Error::Mirror(error)),
        };
        let ours = Verifier::parse(&vkey(vault)).map_err(|_| Error::ForeignMirror)?;
        Copy::parse(&text, &ours)
    }
}

impl Copy {
    /// Takes lines as long as they fit. A power cut may have broken the last stretch, and only it.
    fn parse(text: &str, ours: &Verifier) -> Result<Copy, Error> {
        let mut copy = Copy::default();
        let mut tree = MemoryTree::new();
        let mut waiting = Vec::new();
        let mut end = 0;
        let whole = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        let mut rest = whole.map(|line| (line.len() as u64, read_line(line)));
        for (length, line) in rest.by_ref() {
            end += length;
            match line {
                Some(Line::Note(leaf)) if leaf.position == tree.size() => {
                    tree.push(leaf_hash(leaf.text.as_bytes()));
                    waiting.push(leaf);
                }
                Some(Line::Checkpoint(signed)) if is_of(&signed, ours, &tree) => {
                    copy.notes.append(&mut waiting);
                    copy.tree = tree.clone();
                    copy.length = end;
                }
                Some(Line::Checkpoint(_)) if copy.notes.is_empty() => {
                    return Err(Error::ForeignMirror);
                }
                _ => break,
            }
        }
        // The last line of a broken stretch may have reached the disk before the others.
        let mut later = rest.skip_while(|(_, line)| !matches!(line, Some(Line::Checkpoint(_))));
        if later.next().is_some() && later.next().is_some() {
            let position = copy.notes.len() as u64;
            return Err(Error::MirrorDiffers { position });
        }
        Ok(copy)
    }
}

enum Line {
    Note(Leaf),
    Checkpoint(String),
}

fn lines(notes: &[Leaf], checkpoint: &str) -> String {
    let mut lines = String::new();
    for note in notes {
        let Leaf {
            position,
            text,
            written_at,
        } = note;
        let line = json!({ "position": position, "written_at": written_at.0, "note": text });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    lines.push_str(&json!({ "checkpoint": checkpoint }).to_string());
    lines.push('\n');
    lines
}

fn read_line(line: &str) -> Option<Line> {
    let line: Value = serde_json::from_str(line).ok()?;
    if let Some(signed) = line.get("checkpoint") {
        return Some(Line::Checkpoint(signed.as_str()?.to_owned()));
    }
    Some(Line::Note(Leaf {
        position: line.get("position")?.as_u64()?,
        text: line.get("note")?.as_str()?.to_owned(),
        written_at: Timestamp(line.get("written_at")?.as_i64()?),
    }))
}

fn is_of(signed: &str, ours: &Verifier, tree: &MemoryTree) -> bool {
    let checkpoint = ours.open(signed).and_then(Checkpoint::parse);
    checkpoint.is_ok_and(|said| said.size == tree.size() && said.root == tree.root())
}

fn forward(tx: &mut Tx, vault: &Vault, copy: &Copy) -> Result<u64, Error> {
    let mut journal = open(tx, vault)?;
    agree(tx, journal.size, copy)?;
    let before = journal.size;
    let start = usize::try_from(journal.size).unwrap_or(usize::MAX);
    let missing = copy.notes.get(start..).unwrap_or_default();
    for note in missing {
        log::append(tx, &mut journal, note.text.as_bytes())?;
        store::insert(tx, note)?;
    }
    if !missing.is_empty() {
        if journal.root != copy.tree.root() {
            return Err(Error::MirrorDiffers {
                position: journal.size,
            });
        }
        let text = log::checkpoint_text(&journal);
        let checkpoint = super::sign(tx, vault, &journal, before, &text)?;
        log::keep_checkpoint(tx, &mut journal, checkpoint)?;
    }
    Ok(missing.len() as u64)
}

/// Where both have a note it is the same.
fn agree(tx: &mut Tx, size: u64, copy: &Copy) -> Result<(), Error> {
    let both = size.min(copy.notes.len() as u64);
    for leaf in super::leaves(tx, 0, both)? {
        let position = leaf.position;
        let mirrored = usize::try_from(position)
            .ok()
            .and_then(|at| copy.notes.get(at));
        if mirrored.is_none_or(|mirrored| mirrored.text != leaf.text) {
            return Err(Error::MirrorDiffers { position });
        }
    }
    Ok(())
}
