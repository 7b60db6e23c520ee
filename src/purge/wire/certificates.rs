//! The public certificates (`decisions` D19): their hashes stand in the signed purge notes.
//!
//! Invariant: no word of a person; whoever has the file can check each statement that can be
//! checked from outside, and reads in `limits` what cannot.

use serde::Serialize;

use super::report::{Deleted, ExportMade, HeldRows, Location, StepTaken};
use crate::vault::Shredded;

/// What a certificate begins with.
pub const KIND: &str = "fairdraw purge certificate/1";

/// The first certificate: the live key is destroyed, and the files have forgotten.
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
    /// Whether the last day came before the end of the draw.
    pub forced: bool,
    /// Each step and when it was taken, RFC 3339.
    pub steps: Vec<CertifiedStep>,
    /// What the key was and how it was destroyed.
    pub key: Option<Shredded>,
    /// RFC 3339, Asia/Taipei.
    pub key_destroyed: String,
    /// How many sealed contacts were ever opened.
    pub opened: Opened,
    /// Rows that went.
    pub deleted: Deleted,
    /// Rows that a hold keeps, sealed to another key.
    pub held: Vec<HeldRows>,
    /// Rows of payees in the tax vault, which the law asks for.
    pub moved_to_tax_vault: u64,
    /// Tables of counts that stay.
    pub tables_kept: usize,
    /// When deleted rows became unreadable in the database's files.
    pub compacted: String,
    /// What the database server did not let this program do; stable words.
    pub server: Vec<String>,
    /// What came of giving unused blocks back to the disk.
    pub trimmed: String,
    /// The made-up people whose text was looked for.
    pub planted: PlantedPeople,
    /// Values searched for beside them.
    pub needles: usize,
    /// Where, and what was found.
    pub scan: Vec<Location>,
    /// Places that could not be searched.
    pub not_scanned: Vec<String>,
    /// Which scanner searched.
    pub scanner: Scanner,
    /// Notes in the journal before this purge was certified, and after.
    pub journal: [u64; 2],
    /// Copies that this program cannot reach.
    pub outstanding: Outstanding,
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

/// A step and when it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertifiedStep {
    /// Its word.
    pub step: String,
    /// RFC 3339, Asia/Taipei.
    pub at: String,
}

impl CertifiedStep {
    /// The same with the time in words.
    pub fn of(taken: &StepTaken) -> CertifiedStep {
        CertifiedStep {
            step: taken.step.clone(),
            at: crate::platform::text::dates::rfc3339(taken.at),
        }
    }
}

/// How many sealed contacts were ever opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// Of winners and reserves, distinct rows, by the vault's own ledger.
    pub winners: u64,
    /// On a legal ground, by the record of acts.
    pub disclosures: u64,
    /// For the partners whom people had ticked, by the record of acts.
    pub partners: u64,
    /// To write to everybody about an incident, by the record of acts.
    pub incident_letters: u64,
}

/// Made-up people: whoever knows the activity's id computes the same ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlantedPeople {
    /// The activity's id, from which they are computed.
    pub of: String,
    /// How many there were.
    pub people: u64,
}

/// Which scanner searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scanner {
    /// The version of Fairdraw.
    pub version: &'static str,
    /// SHA-256 of the scanner's source.
    pub source: String,
}

/// Copies that this program cannot reach, and until when they live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outstanding {
    /// Files of winners that the staff took out.
    pub exports: Vec<ExportMade>,
    /// Backups inside the data folder; they hold sealed bytes and no key.
    pub backups: Vec<String>,
    /// Days for which copies of the key folder live, as the operator declares.
    pub key_copies_days: u32,
    /// Days for which backups live, as the operator declares.
    pub backup_days: u32,
    /// When the second certificate comes, RFC 3339; null where the key folder's file system keeps
    /// old contents, so that nobody can say.
    pub second_certificate: Option<String>,
}

impl Certificate {
    /// The certificate's file: JSON, two spaces, LF at the end.
    pub fn to_json(&self) -> String {
        pretty(self)
    }
}

/// The second certificate: every declared copy is over, and still nothing is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecondCertificate {
    /// `fairdraw purge certificate/1`.
    pub kind: &'static str,
    /// The key name under which the purge note is signed.
    pub site: String,
    /// The activity's address.
    pub activity: String,
    /// Its name, zh-TW and English.
    pub title: [String; 2],
    /// 2: copies that were declared are over.
    pub phase: u8,
    /// SHA-256 of the first certificate.
    pub first: String,
    /// RFC 3339, Asia/Taipei.
    pub finished: String,
    /// Days for which copies of the key folder lived, as the operator declared.
    pub key_copies_days: u32,
    /// Days for which backups lived, as the operator declared.
    pub backup_days: u32,
    /// When the processes that had served the activity had ended, RFC 3339; null if they never did.
    pub processes_ended: Option<String>,
    /// Key files of the activity that were found.
    pub key_files: u64,
    /// Rows about people that were found.
    pub rows: u64,
    /// The made-up people whose text was looked for.
    pub planted: PlantedPeople,
    /// Where, and what was found.
    pub scan: Vec<Location>,
    /// Places that could not be searched.
    pub not_scanned: Vec<String>,
    /// Which scanner searched.
    pub scanner: Scanner,
    /// What no program can prove, in words.
    pub limits: [&'static str; 2],
}

impl SecondCertificate {
    /// The certificate's file: JSON, two spaces, LF at the end.
    pub fn to_json(&self) -> String {
        pretty(self)
    }
}

fn pretty(certificate: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(certificate).expect("plain values always become JSON");
    text.push('\n');
    text
}
