//! Consistency proofs as a file: the body of a C2SP tlog-witness `add-checkpoint` request.

use data_encoding::BASE64;

use crate::encode::{Hash, base64};
use crate::note::{Checkpoint, NoteError, SignedNote};
use crate::record::lines::integer;
use crate::tree::{ProofError, verify_consistency};

/// That the log of a checkpoint starts with its first `old` leaves; nothing has been checked.
///
/// As a file: a line `old <size>`, the hashes in base64 one a line, a blank line, and the signed
/// checkpoint, which is what a log sends to its witnesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The smaller size.
    pub old: u64,
    /// The proof of RFC 9162 section 2.1.4.1.
    pub hashes: Vec<Hash>,
    /// The larger checkpoint as a whole signed note.
    pub checkpoint: String,
}

impl ConsistencyProof {
    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.hashes {
            text += &BASE64.encode(hash.as_bytes());
            text.push('\n');
        }
        text.push('\n');
        text + &self.checkpoint
    }

    /// Reads exactly what `to_text` writes.
    ///
    /// # Errors
    ///
    /// `NoteError::Proof`.
    pub fn parse(text: &str) -> Result<ConsistencyProof, NoteError> {
        let read = || {
            let (head, checkpoint) = text.split_once("\n\n")?;
            let mut lines = head.split('\n');
            let old = integer(lines.next()?.strip_prefix("old ")?)?;
            let hash = |line| base64(line)?.try_into().ok().map(Hash);
            let hashes = lines.map(hash).collect::<Option<Vec<_>>>()?;
            Checkpoint::parse(SignedNote::parse(checkpoint).ok()?.text).ok()?;
            Some(ConsistencyProof {
                old,
                hashes,
                checkpoint: checkpoint.to_owned(),
            })
        };
        read().ok_or(NoteError::Proof)
    }

    /// Whether the proof shows that `new` extends `old`. Its own checkpoint does not matter.
    ///
    /// # Errors
    ///
    /// Says what does not fit.
    pub fn verify(&self, old: &Checkpoint, new: &Checkpoint) -> Result<(), ProofError> {
        if self.old != old.size {
            return Err(ProofError::Range);
        }
        verify_consistency(old.size, new.size, &old.root, &new.root, &self.hashes)
    }
}
