//! The view of the domain that mail is sent from.

use serde::Serialize;

use crate::platform::mail::domain::words::{self, Finding};
use crate::platform::mail::domain::{Looked, Weight};
use crate::platform::text::{self, Language};

/// What was found, or why nothing was asked.
#[derive(Serialize)]
pub(in crate::desk) struct SenderView {
    from: String,
    /// Why nothing was asked; empty where something was.
    silent: String,
    findings: Vec<FindingRow>,
}

/// One record.
#[derive(Serialize)]
struct FindingRow {
    name: String,
    state: String,
    /// The class of its tag.
    kind: &'static str,
    found: String,
    advice: String,
    record: String,
}

impl SenderView {
    pub(in crate::desk) fn of(lang: Language, from: &str, looked: &Looked) -> SenderView {
        let say = |id| text::message(lang, id, &[]);
        let (silent, findings) = match looked {
            Looked::ByTheVault => (say("sender-vault"), Vec::new()),
            Looked::NoMail => (say("sender-none"), Vec::new()),
            Looked::NoResolver => (say("sender-no-resolver"), Vec::new()),
            Looked::At(report) => (String::new(), words::findings(lang, report)),
        };
        let row = |finding| FindingRow::of(lang, finding);
        SenderView {
            from: from.to_owned(),
            silent,
            findings: findings.into_iter().map(row).collect(),
        }
    }
}

impl FindingRow {
    fn of(lang: Language, finding: Finding) -> FindingRow {
        let (state, kind) = match finding.weight {
            Weight::Good => ("sender-good", "open"),
            Weight::Unknown => ("sender-unknown", ""),
            Weight::Warning => ("sender-warning", "waiting"),
            Weight::Bad => ("sender-bad", "danger"),
        };
        FindingRow {
            name: finding.name,
            state: text::message(lang, state, &[]),
            kind,
            found: finding.found,
            advice: finding.advice,
            record: finding.record,
        }
    }
}
