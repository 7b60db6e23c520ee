//! The pages of purges.

use serde::Serialize;

use super::super::Step;
use super::report::Location;
use crate::platform::text::{Language, message};

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
    /// When the last step was taken, epoch milliseconds.
    pub updated_at: i64,
    /// What was done, line by line.
    pub facts: Vec<FactRow>,
    /// The steps that were taken, and when.
    pub steps: Vec<FactRow>,
    /// Places searched.
    pub scanned: Vec<Location>,
    /// Copies that may still exist, line by line.
    pub outstanding: Vec<FactRow>,
    /// Whether the second certificate is there, is awaited, or cannot be given: `done`, `pending`,
    /// `never`.
    pub second_state: &'static str,
    /// When it comes, epoch milliseconds; 0 for never.
    pub second_at: i64,
    /// The certificate's file.
    pub certificate: String,
    /// H of the certificate's file.
    pub hash: String,
    /// The signed purge note.
    pub note: String,
    /// The second certificate's file; empty until then.
    pub second: String,
    /// H of the second certificate's file.
    pub second_hash: String,
    /// The second signed purge note.
    pub second_note: String,
}

/// A name and what there is to say, both in words.
#[derive(Serialize)]
pub struct FactRow {
    /// What it is about.
    pub name: String,
    /// What there is to say.
    pub text: String,
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
    /// Whether the first certificate is there.
    pub done: bool,
    /// How the second certificate stands, in words; empty before the first.
    pub second: String,
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
    /// The last day, if its draw does not come to an end; 0 where the day itself is the last.
    pub at_the_latest: i64,
}

/// The staff page of purges.
#[derive(Serialize)]
pub struct PurgesView {
    /// What comes.
    pub coming: Vec<ComingRow>,
    /// What was done.
    pub purges: Vec<PurgeRow>,
    /// When files are rewritten after somebody withdrew, hour of the day.
    pub tidy_hour: u8,
    /// Whether something waits for it.
    pub tidy_waits: bool,
    /// When it was last done, epoch milliseconds; 0 for never.
    pub tidied_at: i64,
    /// Whether vault and pages should be started anew, since a purge ended.
    pub restart_due: bool,
}

/// A step in words.
pub fn step_words(language: Language, step: Step) -> String {
    let id = match step {
        Step::Close => "purge-step-close",
        Step::Aggregate => "purge-step-aggregate",
        Step::Shred => "purge-step-shred",
        Step::Delete => "purge-step-delete",
        Step::Compact => "purge-step-compact",
        Step::Trim => "purge-step-trim",
        Step::Scan => "purge-step-scan",
        Step::Certify => "purge-step-certify",
        Step::Done => "purge-step-done",
    };
    message(language, id, &[])
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
    message(language, id, &[("code", code.to_owned().into())])
}
