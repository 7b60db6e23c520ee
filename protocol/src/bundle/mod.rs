//! The bundle: all files that are needed to check one draw, in one canonical zip (section 4.10).
//!
//! Invariant: a set of files has exactly one zip, and `from_zip` accepts no other bytes; so every
//! byte of a bundle is evidence. Not here: what the files say (`verify`).

mod journal;
mod proofs;
mod zip;

use std::collections::BTreeMap;

pub use journal::{JournalSegment, journal_text};
pub(crate) use proofs::parse as parse_proofs;
pub use proofs::{ProofLine, proofs_text};
pub use zip::BundleError;

use crate::encode::{Hash, sha256};

/// The files of a bundle, sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle(BTreeMap<String, Vec<u8>>);

impl Bundle {
    /// A bundle without files.
    #[must_use]
    pub fn new() -> Bundle {
        Bundle::default()
    }

    /// Adds a file, or replaces the one of this name.
    pub fn insert(&mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.0.insert(name.into(), content.into());
    }

    /// Takes a file out.
    pub fn remove(&mut self, name: &str) -> Option<Vec<u8>> {
        self.0.remove(name)
    }

    /// A file's content.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// Names and contents, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_slice()))
    }

    /// The canonical zip: stored entries in name order, zero times, no extras.
    ///
    /// # Panics
    ///
    /// If the zip would reach 4 GiB, the largest that the format without extensions can hold
    /// (`entries.bin` reaches it at 134 million tickets).
    #[must_use]
    pub fn to_zip(&self) -> Vec<u8> {
        zip::write(&self.0)
    }

    /// Reads a canonical zip.
    ///
    /// # Errors
    ///
    /// Anything that `to_zip` would not have written.
    pub fn from_zip(bytes: &[u8]) -> Result<Bundle, BundleError> {
        let files = zip::read(bytes)?;
        if zip::write(&files) == bytes {
            Ok(Bundle(files))
        } else {
            Err(BundleError::NotCanonical)
        }
    }

    /// The `bundle` hash of purge notes (section 4.9): H over the lines "name SP H(file) LF" of
    /// all files except purge notes, certificates and the entries file.
    #[must_use]
    pub fn hash_without_purge(&self) -> Hash {
        let kept = self.iter().filter(|(name, _)| {
            !name.starts_with("purge-")
                && !name.starts_with("certificate-")
                && *name != "entries.bin"
        });
        let lines: String = kept
            .map(|(name, content)| format!("{name} {}\n", sha256(content)))
            .collect();
        sha256(lines.as_bytes())
    }
}
