//! A tombstone as one line of JSON.

use data_encoding::HEXLOWER;
use lucky_draw::encode::Hash;
use serde::{Deserialize, Serialize};

use super::report::Report;
use crate::draw::StoredNote;
use crate::platform::clock::Timestamp;

/// What is remembered of a purge outside the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// The activity's id.
    pub activity: String,
    /// When its purge began, epoch milliseconds.
    pub started_at: i64,
    /// When its certificate was signed, epoch milliseconds.
    pub purged_at: i64,
    /// What the steps noted.
    pub report: Report,
    /// The first certificate.
    pub certificate: String,
    /// When the second certificate comes, epoch milliseconds; 0 for never.
    pub second_at: i64,
    /// The second certificate; empty until then.
    pub second: String,
    /// Purge notes and certificates of every draw.
    pub files: Vec<KeptFile>,
}

impl Tombstone {
    /// The line without its end.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain values always become JSON")
    }

    /// Reads [`Tombstone::to_json`].
    pub fn parse(line: &str) -> Option<Tombstone> {
        serde_json::from_str(line).ok()
    }
}

/// A public file of a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// The draw's id; empty for an activity without one.
    pub draw: String,
    /// Its name in the bundle.
    pub name: String,
    /// The whole file.
    pub text: String,
    /// Its hash, hexadecimal.
    pub hash: String,
    /// The proof of its place in the journal; empty where it is not a note.
    pub proof: String,
    /// Its place in the journal, where it is a note.
    pub position: Option<u64>,
    /// When it was written, epoch milliseconds.
    pub written_at: i64,
}

impl KeptFile {
    /// A file as it is kept with its draw.
    pub fn of(draw: &str, file: StoredNote) -> KeptFile {
        KeptFile {
            draw: draw.to_owned(),
            name: file.name,
            text: file.note,
            hash: HEXLOWER.encode(file.hash.as_bytes()),
            proof: file.proof,
            position: file.position,
            written_at: file.written_at.0,
        }
    }

    /// The file as it goes back to its draw.
    pub fn stored(&self) -> StoredNote {
        let hash = HEXLOWER.decode(self.hash.as_bytes()).ok();
        let hash = hash.and_then(|hash| hash.try_into().ok());
        StoredNote {
            name: self.name.clone(),
            note: self.text.clone(),
            hash: hash.map_or_else(|| lucky_draw::encode::sha256(self.text.as_bytes()), Hash),
            proof: self.proof.clone(),
            position: self.position,
            written_at: Timestamp(self.written_at),
        }
    }
}
