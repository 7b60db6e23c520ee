//! Checkpoints: what a log says about itself (C2SP tlog-checkpoint).

use data_encoding::BASE64;

use super::NoteError;
use super::signed::is_key_name;
use crate::encode::{Hash, base64};
use crate::record::lines::integer;

/// Origin, size and root of a log, without signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the manifest's `origin`, or `<site>/journal`.
    pub origin: String,
    /// How many leaves, below 2^53.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The three lines that are signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let root = BASE64.encode(self.root.as_bytes());
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// Reads exactly what `to_text` writes; extension lines are refused.
    ///
    /// # Errors
    ///
    /// `NoteError::Checkpoint`.
    pub fn parse(text: &str) -> Result<Checkpoint, NoteError> {
        let read = || {
            let mut lines = text.split('\n');
            let checkpoint = Checkpoint {
                origin: lines.next()?.to_owned(),
                size: integer(lines.next()?)?,
                root: base64_hash(lines.next()?)?,
            };
            let exact = is_key_name(&checkpoint.origin) && checkpoint.to_text() == text;
            exact.then_some(checkpoint)
        };
        read().ok_or(NoteError::Checkpoint)
    }
}

/// A hash in standard padded base64.
pub(super) fn base64_hash(text: &str) -> Option<Hash> {
    let bytes = base64(text)?;
    bytes.try_into().ok().map(Hash)
}
