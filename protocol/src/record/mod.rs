//! The texts that are signed, journaled and hashed (sections 4.3 to 4.9).
//!
//! Invariant: `parse` accepts exactly what `to_text` writes for a value within the limits of the
//! specification, so each value has one text and one hash. Not here: whether a text is true
//! (`verify`), and its signatures (`note`).

mod close;
mod key;
pub(crate) mod lines;
mod manifest;
mod notices;
mod purge;
mod site;
mod source;

pub use close::{Anchor, Close, Freeze, VoidCode};
pub use key::KeyNote;
pub use lines::GrammarError;
pub use manifest::{FREEZE_LEAD, Manifest, Prize};
pub use notices::{Audit, AuditLeaf, Cancel, Reveal};
pub use purge::Purge;
pub use site::{MAX_SITE_LINES, SiteNote};
pub use source::{PublishError, Source};

use crate::encode::{Hash, PREFIX, sha256};
use crate::result::{ResultNote, SettleNote};
use lines::Lines;

/// Largest number of tickets in one log: indices are below 2^32 - 1.
pub const MAX_TICKETS: u64 = (1 << 32) - 1;

/// The `hash` that all records share: H of the text.
macro_rules! hashed_by_text {
    ($($record:ty),+) => {$(
        impl $record {
            /// H of the text: how other records name this one.
            #[must_use]
            pub fn hash(&self) -> Hash {
                sha256(self.to_text().as_bytes())
            }
        }
    )+};
}
hashed_by_text!(
    Manifest, KeyNote, Anchor, Close, Freeze, Reveal, Cancel, Audit, Purge, SiteNote
);

/// Any leaf of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Opens a draw (4.3).
    Manifest(Manifest),
    /// Commits to the activity key and pins the witnesses (4.9).
    Key(KeyNote),
    /// Size and root while entries come in (4.4).
    Anchor(Anchor),
    /// The final list (4.4).
    Close(Close),
    /// Says which close counts (4.9).
    Freeze(Freeze),
    /// Opens the operator's secret (4.9).
    Reveal(Reveal),
    /// Who won (4.7).
    Result(ResultNote),
    /// Who moved up (4.8).
    Settle(SettleNote),
    /// Ends a draw that does not take place (4.9).
    Cancel(Cancel),
    /// An outside auditor's count (4.9).
    Audit(Audit),
    /// What was destroyed (4.9).
    Purge(Purge),
    /// What the site states about itself (4.9).
    Site(SiteNote),
}

impl Record {
    /// The kind that the first line of a text names; nothing behind that line is looked at.
    #[must_use]
    pub fn kind(text: &str) -> Option<&str> {
        let first = text.split('\n').next().unwrap_or_default();
        first.strip_prefix(PREFIX)?.strip_prefix(' ')
    }

    /// Reads a text by the kind that its first line names.
    ///
    /// # Errors
    ///
    /// Those of the kind, or `Expected` for a kind that the protocol does not have.
    pub fn parse(text: &str) -> Result<Record, GrammarError> {
        match Record::kind(text) {
            Some("manifest") => Manifest::parse(text).map(Record::Manifest),
            Some("key") => KeyNote::parse(text).map(Record::Key),
            Some("anchor") => Anchor::parse(text).map(Record::Anchor),
            Some("close") => Close::parse(text).map(Record::Close),
            Some("freeze") => Freeze::parse(text).map(Record::Freeze),
            Some("reveal") => Reveal::parse(text).map(Record::Reveal),
            Some("result") => ResultNote::parse(text).map(Record::Result),
            Some("settle") => SettleNote::parse(text).map(Record::Settle),
            Some("cancel") => Cancel::parse(text).map(Record::Cancel),
            Some("audit") => Audit::parse(text).map(Record::Audit),
            Some("purge") => Purge::parse(text).map(Record::Purge),
            Some("site") => SiteNote::parse(text).map(Record::Site),
            _ => Err(GrammarError::Expected {
                line: 1,
                what: "a kind of record that the protocol knows",
            }),
        }
    }
}

/// Starts a text of `kind`.
pub(crate) fn heading(kind: &str) -> String {
    format!("{PREFIX} {kind}\n")
}

/// `[A-Z][A-Z0-9]{0,7}`: reasons of cancel notes and supersedes lines.
fn is_code(token: &str) -> bool {
    token.len() <= 8
        && token.starts_with(|c: char| c.is_ascii_uppercase())
        && token
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// `[a-z0-9-]{1,32}`: prizes and number games.
pub(crate) fn is_slug(token: &str) -> bool {
    (1..=32).contains(&token.len())
        && token
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The `manifest` line that most records start with.
fn manifest_line<'a>(kind: &'static str, text: &'a str) -> Result<(Hash, Lines<'a>), GrammarError> {
    let mut lines = Lines::new(text)?;
    lines.heading(kind)?;
    let manifest = lines.hash("manifest")?;
    Ok((manifest, lines))
}
