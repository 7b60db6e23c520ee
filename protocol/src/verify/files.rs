//! Reading every file of a bundle by its grammar (check `format`).
//!
//! Invariant: a bundle that is read holds exactly the files that its manifest calls for, and each
//! is of its one form. Nothing is compared across files here except their number and names.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::report::Finding;
use crate::beacon::Beacon;
use crate::bundle::{Bundle, JournalSegment, ProofLine};
use crate::encode::Hash;
use crate::note::{Checkpoint, SignedNote, TlogProof, Verifier, Witness};
use crate::record::{Audit, Cancel, Close, Freeze, KeyNote, Manifest, Purge, Reveal, Source};
use crate::result::{ResultNote, SettleNote};
use crate::seed::is_numbers_value;

/// What a bundle is about.
pub(super) enum Case<'a> {
    Drawn(Box<Drawn<'a>>),
    Cancelled(Box<Cancelled<'a>>),
}

/// A note with its file's name and its whole signed text.
pub(super) struct Note<'a, T> {
    pub(super) name: String,
    pub(super) signed: &'a str,
    pub(super) text: &'a str,
    pub(super) value: T,
}

/// A `.proof` file: a note's place in the journal.
pub(super) struct LogProof {
    pub(super) name: String,
    pub(super) proof: TlogProof,
    pub(super) checkpoint: Checkpoint,
}

/// What a bundle holds for one source line.
pub(super) enum SourceFile<'a> {
    Beacon(Beacon),
    /// The value, without the file's line feed.
    Numbers(&'a [u8]),
    Commit(Option<Box<(Note<'a, Reveal>, LogProof)>>),
}

/// What shows which leaf a drawn ticket has.
pub(super) enum Leaves<'a> {
    /// `proofs.txt`.
    Proofs(Vec<ProofLine>),
    /// `entries.bin`, where the caller takes it in the place of the proofs.
    List(&'a [u8]),
}

/// One phase of the purge.
pub(super) struct Purged<'a> {
    pub(super) note: Note<'a, Purge>,
    pub(super) certificate: &'a [u8],
}

/// The files of a draw that took place.
pub(super) struct Drawn<'a> {
    pub(super) site: Verifier,
    pub(super) rules: &'a [u8],
    /// The supersedes chain: the base first, the manifest that counts last.
    pub(super) chain: Vec<Note<'a, Manifest>>,
    pub(super) manifest_proof: LogProof,
    pub(super) key: Note<'a, KeyNote>,
    pub(super) key_proof: LogProof,
    pub(super) witnesses: Vec<Witness>,
    pub(super) closes: Vec<Note<'a, Close>>,
    pub(super) freeze: Note<'a, Freeze>,
    pub(super) freeze_proof: LogProof,
    pub(super) segment: JournalSegment,
    pub(super) sources: Vec<SourceFile<'a>>,
    /// Whole zips, one for each `excludes` line.
    pub(super) excluded: Vec<&'a [u8]>,
    pub(super) result: Note<'a, ResultNote>,
    pub(super) leaves: Leaves<'a>,
    pub(super) settles: Vec<Note<'a, SettleNote>>,
    pub(super) audit: Option<Note<'a, Audit>>,
    pub(super) purges: Vec<Purged<'a>>,
    pub(super) entries: Option<&'a [u8]>,
}

impl Drawn<'_> {
    /// The manifest that counts.
    pub(super) fn manifest(&self) -> &Manifest {
        &self.last().value
    }

    pub(super) fn last(&self) -> &Note<'_, Manifest> {
        self.chain.last().expect("a bundle has a manifest")
    }

    /// The hash of the first manifest of the chain, which tickets are bound to.
    pub(super) fn base(&self) -> Hash {
        self.chain[0].value.hash()
    }

    /// The last close; `links` holds that the freeze note names it.
    pub(super) fn close(&self) -> &Close {
        let last = self.closes.last().expect("a bundle has a close");
        &last.value
    }

    /// All settlements, in order.
    pub(super) fn settle_notes(&self) -> Vec<SettleNote> {
        let notes = self.settles.iter();
        notes.map(|note| note.value.clone()).collect()
    }
}

/// The files of a draw that was cancelled before it took place.
pub(super) struct Cancelled<'a> {
    pub(super) site: Verifier,
    pub(super) rules: &'a [u8],
    pub(super) manifest: Note<'a, Manifest>,
    pub(super) manifest_proof: LogProof,
    pub(super) cancel: Note<'a, Cancel>,
    pub(super) cancel_proof: LogProof,
    pub(super) purges: Vec<Purged<'a>>,
}

/// Reads all files; the finding of an unreadable bundle is for the check `format`.
///
/// `list_for_proofs` is the option of that name.
pub(super) fn read(bundle: &Bundle, list_for_proofs: bool) -> Result<Case<'_>, Finding> {
    let mut files = Files(bundle.iter().collect());
    let case = if bundle.file("cancel.note").is_some() {
        Case::Cancelled(Box::new(files.cancelled()?))
    } else {
        Case::Drawn(Box::new(files.drawn(list_for_proofs)?))
    };
    match files.0.keys().next() {
        None => Ok(case),
        Some(name) => Err(Finding::failed(format!(
            "the file {} does not belong in this bundle",
            name.escape_debug()
        ))),
    }
}

/// What `format` says of a bundle that was read.
pub(super) fn summary(bundle: &Bundle) -> Finding {
    let count = bundle.iter().count();
    Finding::passed(format!("all {count} files are of their one form"))
}

/// The files that have not been read yet.
struct Files<'a>(BTreeMap<&'a str, &'a [u8]>);

impl<'a> Files<'a> {
    fn drawn(&mut self, list_for_proofs: bool) -> Result<Drawn<'a>, Finding> {
        let mut chain = self.numbered("base-", 0, Manifest::parse)?;
        let manifest = self.note("manifest.note", Manifest::parse)?;
        let key = self.note("key.note", KeyNote::parse)?;
        let witnesses = key.value.witnesses.iter();
        let witnesses = witnesses.map(|vkey| Witness::parse(vkey));
        let witnesses: Result<Vec<Witness>, _> = witnesses.collect();
        let witnesses = witnesses.map_err(|error| unreadable("key.note", error))?;
        let closes = self.numbered("close-", 0, Close::parse)?;
        if closes.is_empty() {
            return Err(missing("close-0.note"));
        }
        let drawn = Drawn {
            site: self.site_key()?,
            rules: self.take("rules.txt")?,
            manifest_proof: self.proof("manifest.proof")?,
            key_proof: self.proof("key.proof")?,
            witnesses,
            closes,
            freeze: self.note("freeze.note", Freeze::parse)?,
            freeze_proof: self.proof("freeze.proof")?,
            segment: self.parsed("journal.txt", JournalSegment::parse)?,
            sources: self.sources(&manifest.value)?,
            excluded: (1..=manifest.value.excludes.len())
                .map(|line| self.take(&format!("excluded-{line}.zip")))
                .collect::<Result<_, _>>()?,
            result: self.note("result.note", ResultNote::parse)?,
            leaves: self.leaves(list_for_proofs)?,
            settles: self.numbered("settle-", 1, SettleNote::parse)?,
            audit: self.note_if("audit.note", Audit::parse)?,
            purges: self.purges()?,
            entries: self.0.remove("entries.bin"),
            chain: {
                chain.push(manifest);
                chain
            },
            key,
        };
        Ok(drawn)
    }

    fn cancelled(&mut self) -> Result<Cancelled<'a>, Finding> {
        Ok(Cancelled {
            site: self.site_key()?,
            rules: self.take("rules.txt")?,
            manifest: self.note("manifest.note", Manifest::parse)?,
            manifest_proof: self.proof("manifest.proof")?,
            cancel: self.note("cancel.note", Cancel::parse)?,
            cancel_proof: self.proof("cancel.proof")?,
            purges: self.purges()?,
        })
    }

    fn leaves(&mut self, list_for_proofs: bool) -> Result<Leaves<'a>, Finding> {
        if list_for_proofs
            && !self.0.contains_key("proofs.txt")
            && let Some(entries) = self.0.get("entries.bin")
        {
            return Ok(Leaves::List(entries));
        }
        self.parsed("proofs.txt", crate::bundle::parse_proofs)
            .map(Leaves::Proofs)
    }

    fn sources(&mut self, manifest: &Manifest) -> Result<Vec<SourceFile<'a>>, Finding> {
        let lines = (1..).zip(&manifest.sources);
        lines
            .map(|(line, source)| self.source(line, source))
            .collect()
    }

    fn source(&mut self, line: usize, source: &Source) -> Result<SourceFile<'a>, Finding> {
        match source {
            Source::Drand { .. } => {
                let name = format!("beacon-{line}.json");
                self.parsed(&name, Beacon::parse_json)
                    .map(SourceFile::Beacon)
            }
            Source::Numbers { sorted, count, .. } => {
                let name = format!("numbers-{line}.txt");
                let content = self.take(&name)?;
                let value = content.strip_suffix(b"\n");
                value
                    .filter(|value| is_numbers_value(value, *sorted, *count))
                    .map(SourceFile::Numbers)
                    .ok_or_else(|| unreadable(&name, "expected the numbers, each with a dot"))
            }
            Source::Commit(_) => {
                let note = self.note_if(&format!("reveal-{line}.note"), Reveal::parse)?;
                let revealed = match note {
                    Some(note) => {
                        let proof = self.proof(&format!("reveal-{line}.proof"))?;
                        Some(Box::new((note, proof)))
                    }
                    None => None,
                };
                Ok(SourceFile::Commit(revealed))
            }
        }
    }

    fn purges(&mut self) -> Result<Vec<Purged<'a>>, Finding> {
        let mut purges = Vec::new();
        for phase in ["1", "2"] {
            if let Some(note) = self.note_if(&format!("purge-{phase}.note"), Purge::parse)? {
                let certificate = self.take(&format!("certificate-{phase}.json"))?;
                purges.push(Purged { note, certificate });
            }
        }
        Ok(purges)
    }

    fn site_key(&mut self) -> Result<Verifier, Finding> {
        let text = self.text("site.vkey")?;
        let vkey = text.strip_suffix('\n').unwrap_or_default();
        Verifier::parse(vkey).map_err(|error| unreadable("site.vkey", error))
    }

    /// `<prefix><number>.note` from `first` on, as long as there is a next one.
    fn numbered<T, E: Display>(
        &mut self,
        prefix: &str,
        first: u32,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<Note<'a, T>>, Finding> {
        let mut notes = Vec::new();
        for number in first.. {
            match self.note_if(&format!("{prefix}{number}.note"), &parse)? {
                Some(note) => notes.push(note),
                None => break,
            }
        }
        Ok(notes)
    }

    fn note_if<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<Note<'a, T>>, Finding> {
        if self.0.contains_key(name) {
            self.note(name, parse).map(Some)
        } else {
            Ok(None)
        }
    }

    fn note<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Note<'a, T>, Finding> {
        let signed = self.text(name)?;
        let outer = SignedNote::parse(signed).map_err(|error| unreadable(name, error))?;
        if outer.lines.len() != 1 {
            return Err(unreadable(name, "expected exactly one signature line"));
        }
        let value = parse(outer.text).map_err(|error| unreadable(name, error))?;
        Ok(Note {
            name: name.to_owned(),
            signed,
            text: outer.text,
            value,
        })
    }

    fn proof(&mut self, name: &str) -> Result<LogProof, Finding> {
        let proof = self.parsed(name, TlogProof::parse)?;
        if proof.extra.is_some() {
            return Err(unreadable(name, "expected no extra line"));
        }
        let note = SignedNote::parse(&proof.checkpoint).map_err(|error| unreadable(name, error))?;
        let checkpoint = Checkpoint::parse(note.text).map_err(|error| unreadable(name, error))?;
        Ok(LogProof {
            name: name.to_owned(),
            proof,
            checkpoint,
        })
    }

    fn parsed<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, Finding> {
        parse(self.text(name)?).map_err(|error| unreadable(name, error))
    }

    fn text(&mut self, name: &str) -> Result<&'a str, Finding> {
        std::str::from_utf8(self.take(name)?).map_err(|error| unreadable(name, error))
    }

    fn take(&mut self, name: &str) -> Result<&'a [u8], Finding> {
        self.0.remove(name).ok_or_else(|| missing(name))
    }
}

fn missing(name: &str) -> Finding {
    Finding::failed(format!("the file {name} is missing"))
}

fn unreadable(name: &str, error: impl Display) -> Finding {
    Finding::failed(format!("{name}: {error}"))
}
