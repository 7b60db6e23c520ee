//! Hashes and the length-prefixed encoding that everything else hashes (section 4.1).
//!
//! Invariant: `encode` is injective, so two different lists of parts never hash alike by
//! concatenation. Not here: the texts (`record`) and the trees (`tree`).

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

/// The protocol's name and version; the only place where the string stands.
pub const PREFIX: &str = "lucky-draw/v1";

/// A SHA-256 value. Displayed as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 64];
        HEXLOWER.encode_mut(&self.0, &mut digits);
        f.write_str(std::str::from_utf8(&digits).expect("digits are ASCII"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 lower-case hexadecimal digits")]
pub struct HashError;

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return Err(HashError);
        }
        let decoded = HEXLOWER.decode_mut(text.as_bytes(), &mut bytes);
        decoded.map(|_| Hash(bytes)).map_err(|_| HashError)
    }
}

/// H of section 4.1: SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// SHA-256 over several slices as if they were one, without joining them.
pub(crate) fn sha256_parts(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

/// Bytes in standard padded base64, in their one form: a decoder that also reads joined pieces
/// would give one note many forms.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    (BASE64.encode(&bytes) == text).then_some(bytes)
}

/// E of section 4.1: the label and each part, each behind its length as a big-endian `u32`.
///
/// # Panics
///
/// If one part is 4 GiB or longer; no text or value of the protocol comes near.
#[must_use]
pub fn encode(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let whole: usize = parts.iter().map(|part| part.len() + 4).sum();
    let mut out = Vec::with_capacity(4 + label.len() + whole);
    for part in std::iter::once(&label.as_bytes()).chain(parts) {
        out.extend_from_slice(&length(part.len()));
        out.extend_from_slice(part);
    }
    out
}

/// What stands before a part.
fn length(bytes: usize) -> [u8; 4] {
    let length = u32::try_from(bytes).expect("a part is shorter than 4 GiB");
    length.to_be_bytes()
}

/// TH of section 4.1: the hash of `encode` under the label `lucky-draw/v1/<label>`.
#[must_use]
pub fn tagged_hash(label: &str, parts: &[&[u8]]) -> Hash {
    // A list of a million tickets has as many of these: the encoding is hashed as it is written.
    let mut hasher = Sha256::new();
    hasher.update(length(PREFIX.len() + 1 + label.len()));
    for part in [PREFIX, "/", label] {
        hasher.update(part.as_bytes());
    }
    for part in parts {
        hasher.update(length(part.len()));
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}
