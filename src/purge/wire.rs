//! What a purge writes down: its notes between steps, and the certificate.

use serde::{Deserialize, Serialize};

use crate::platform::text::Language;
use crate::vault::Shredded;

/// What the steps noted; one JSON column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// How many tables of counts were frozen.
    pub tables: usize,
    /// What the scan looks for, Base64; emptied when the scan was clean.
    pub needles: Vec<String>,
    /// How many there were.
    pub needle_count: usize,
    /// How the key was destroyed.
    pub shredded: Option<Shredded>,
    /// When, epoch milliseconds.
    pub shredded_at: i64,
    /// How many rows went.
    pub deleted: Deleted,
    /// When the database had forgotten, epoch milliseconds.
    pub compacted_at: i64,
    /// What the database server did not let this program do; stable words.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// Where was searched, and what was found.
    pub scanned: Vec<Location>,
}

impl Report {
    /// The report as one text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain values always become JSON")
    }

    /// Reads [`Report::to_json`].
    pub fn parse(json: &str) -> Option<Report> {
        serde_json::from_str(json).ok()
    }
}

/// How many rows went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// Entries and tickets.
    pub entries: usize,
    /// Sealed boxes.
    pub boxes: usize,
    /// Notices and claims.
    pub notices: usize,
    /// Jobs that still waited.
    pub jobs: usize,
    /// Marks of an entrant audit.
    #[serde(default)]
    pub inspected: usize,
    /// Consents and what people asked for.
    #[serde(default)]
    pub rights: usize,
    /// Holds that ended with the activity, choices of providers.
    #[serde(default)]
    pub custody: usize,
}

/// A place that was searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Its name, relative to the data folder.
    pub name: String,
    /// How many bytes were read.
    pub bytes: u64,
    /// How often something was found; a certificate has only zeros.
    pub hits: u64,
}

/// The public certificate (`decisions` D19); its hash stands in the signed purge note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// `fairdraw purge certificate/1`.
    pub kind: &'static str,
    /// The key name under which the purge note is signed.
    pub site: String,
    /// The activity's address.
    pub activity: String,
    /// Its name, zh-TW and English.
    pub title: [String; 2],
    /// The draws whose public lists stay; none for a survey.
    pub draws: Vec<CertifiedDraw>,
    /// 1: the live keys are destroyed.
    pub phase: u8,
    /// RFC 3339, Asia/Taipei.
    pub begun: String,
    /// RFC 3339, Asia/Taipei.
    pub finished: String,
    /// What the key was and how it was destroyed.
    pub key: Option<Shredded>,
    /// RFC 3339, Asia/Taipei.
    pub key_destroyed: String,
    /// Rows that went.
    pub deleted: Deleted,
    /// Tables of counts that stay.
    pub tables_kept: usize,
    /// When deleted rows became unreadable in the database's files.
    pub compacted: String,
    /// Values searched for.
    pub needles: usize,
    /// Where, and what was found.
    pub scan: Vec<Location>,
    /// What no program can prove, in words.
    pub limits: [&'static str; 2],
}

/// One draw of a purged activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertifiedDraw {
    /// Its id.
    pub draw: String,
    /// Hash of its manifest; null where it was never published.
    pub manifest: Option<String>,
    /// Leaves in its public list, which stays.
    pub entries: u64,
}

impl Certificate {
    /// The certificate's file: JSON, two spaces, LF at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain values always become JSON");
        text.push('\n');
        text
    }
}

/// The certificate's page.
#[derive(Serialize)]
pub struct CertificateView {
    /// Where the page leads back to, without language.
    pub back: String,
    /// The activity's name.
    pub title: String,
    /// Whether the purge is finished.
    pub done: bool,
    /// How far it has come, in words.
    pub step: String,
    /// What holds it up, in words; empty while it runs.
    pub trouble: String,
    /// When it began, epoch milliseconds.
    pub started_at: i64,
    /// When the last step was taken, epoch milliseconds.
    pub updated_at: i64,
    /// When the key was destroyed, epoch milliseconds.
    pub shredded_at: i64,
    /// How the key was destroyed.
    pub method: String,
    /// Rows that went.
    pub deleted: Deleted,
    /// Places searched.
    pub scanned: Vec<Location>,
    /// How many values were searched for.
    pub needles: usize,
    /// The certificate's file.
    pub certificate: String,
    /// H of the certificate's file.
    pub hash: String,
    /// The signed purge note.
    pub note: String,
}

/// One line of the list of purges.
#[derive(Serialize)]
pub struct PurgeRow {
    /// The activity's name.
    pub title: String,
    /// Its certificate's page, without language.
    pub path: String,
    /// How far it has come, in words.
    pub step: String,
    /// What holds it up, in words.
    pub trouble: String,
    /// When it began, epoch milliseconds.
    pub started_at: i64,
    /// Whether it is finished.
    pub done: bool,
}

/// A coming purge.
#[derive(Serialize)]
pub struct ComingRow {
    /// The activity's name.
    pub title: String,
    /// Its staff page, without language.
    pub path: String,
    /// When its data goes, epoch milliseconds.
    pub when: i64,
}

/// The staff page of purges.
#[derive(Serialize)]
pub struct PurgesView {
    /// What comes.
    pub coming: Vec<ComingRow>,
    /// What was done.
    pub purges: Vec<PurgeRow>,
}

/// A step in words.
pub fn step_words(language: Language, step: super::Step) -> String {
    use super::Step;
    let id = match step {
        Step::Aggregate => "purge-step-aggregate",
        Step::Shred => "purge-step-shred",
        Step::Delete => "purge-step-delete",
        Step::Compact => "purge-step-compact",
        Step::Scan => "purge-step-scan",
        Step::Certify => "purge-step-certify",
        Step::Done => "purge-step-done",
    };
    crate::platform::text::message(language, id, &[])
}

/// What holds a purge up, in words; empty for no trouble.
pub fn trouble_words(language: Language, code: &str) -> String {
    let id = match code {
        "" => return String::new(),
        "purge.busy" | "purge.busy_reader" => "purge-trouble-busy",
        "purge.busy_prepared" => "purge-trouble-prepared",
        "purge.busy_replication" | "purge.busy_deferred" => "purge-trouble-replication",
        "purge.busy_locked" | "purge.busy_statistics" => "purge-trouble-locked",
        "purge.not_quiet" => "purge-trouble-not-quiet",
        "purge.traces" => "purge-trouble-traces",
        "purge.key_remains" => "purge-trouble-key",
        _ => "purge-trouble-other",
    };
    crate::platform::text::message(language, id, &[("code", code.to_owned().into())])
}
