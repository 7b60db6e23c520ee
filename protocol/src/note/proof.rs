//! Proofs that carry all they need (C2SP tlog-proof v1): a leaf's place, its path and the signed
//! checkpoint.

use std::fmt;

use data_encoding::BASE64;

use super::NoteError;
use super::checkpoint::base64_hash;
use crate::encode::{Hash, base64};
use crate::record::lines::integer;

const HEADER: &str = "c2sp.org/tlog-proof@v1\n";

/// One leaf's inclusion in a signed checkpoint; nothing has been checked. `Debug` leaves the extra
/// data out, because a receipt's is as sensitive as an ID number.
#[derive(Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Application data: section 4.2 says what receipts and shareable proofs hold here.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index.
    pub index: u64,
    /// The path, leaf to root.
    pub hashes: Vec<Hash>,
    /// The checkpoint as a whole signed note.
    pub checkpoint: String,
}

impl fmt::Debug for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlogProof")
            .field("extra", &self.extra.as_ref().map(Vec::len))
            .field("index", &self.index)
            .field("hashes", &self.hashes)
            .field("checkpoint", &self.checkpoint)
            .finish()
    }
}

impl TlogProof {
    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = HEADER.to_owned();
        if let Some(extra) = &self.extra {
            text.push_str(&format!("extra {}\n", BASE64.encode(extra)));
        }
        text.push_str(&format!("index {}\n", self.index));
        for hash in &self.hashes {
            text.push_str(&BASE64.encode(hash.as_bytes()));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads exactly what `to_text` writes.
    ///
    /// # Errors
    ///
    /// `NoteError::Proof`.
    pub fn parse(text: &str) -> Result<TlogProof, NoteError> {
        let read = || {
            let (head, checkpoint) = text.strip_prefix(HEADER)?.split_once("\n\n")?;
            let mut lines = head.split('\n').peekable();
            let extra = match lines.next_if(|line| line.starts_with("extra ")) {
                Some(line) => Some(base64(&line["extra ".len()..])?),
                None => None,
            };
            let index = integer(lines.next()?.strip_prefix("index ")?)?;
            let hashes = lines.map(base64_hash).collect::<Option<Vec<_>>>()?;
            let proof = TlogProof {
                extra,
                index,
                hashes,
                checkpoint: checkpoint.to_owned(),
            };
            (!checkpoint.is_empty() && proof.to_text() == text).then_some(proof)
        };
        read().ok_or(NoteError::Proof)
    }
}
