//! What a backup says of itself: `backup.json`, readable without this program.

use serde::{Deserialize, Serialize};

/// The form of the file; changes with every change that an older program would misread.
pub(super) const FORM: &str = "fairdraw backup/1";

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// `fairdraw backup/1`.
    pub form: String,
    /// When it was begun, RFC 3339.
    pub made_at: String,
    /// The version of the program that made it.
    pub program: String,
    /// `SQLite` or `PostgreSQL`.
    pub engine: String,
    /// The name of the site's signing key.
    pub site: String,
    /// How many notes the journal had, at least.
    pub journal_notes: u64,
    /// The activities.
    pub activities: Vec<Kept>,
}

/// An activity in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// The last part of its address.
    pub address: String,
    /// Its stage.
    pub stage: String,
}

impl Contents {
    /// As JSON that people can read.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain values always become JSON")
    }

    /// Reads [`Contents::to_json`]; fields that are not known are left aside.
    pub fn parse(json: &str) -> Option<Contents> {
        serde_json::from_str(json).ok()
    }
}
