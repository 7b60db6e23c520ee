//! Reveal, cancel and audit notes (section 4.9).

use data_encoding::HEXLOWER;

use super::lines::{GrammarError, MAX_INTEGER};
use super::{MAX_TICKETS, heading, is_code, manifest_line};
use crate::encode::Hash;

/// Opens the operator's commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reveal {
    /// The manifest's hash.
    pub manifest: Hash,
    /// s with TH("opseed", s) in the manifest.
    pub secret: [u8; 32],
}

/// Ends a draw that does not take place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The manifest's hash.
    pub manifest: Hash,
    /// The public reason code, `[A-Z][A-Z0-9]{0,7}`.
    pub reason: String,
}

/// What an outside auditor found behind a sample of tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The manifest's hash.
    pub manifest: Hash,
    /// The result's hash.
    pub result: Hash,
    /// The sample, in audit order (section 4.9).
    pub leaves: Vec<AuditLeaf>,
    /// Tags with more non-void tickets than a person may have.
    pub over_cap: u64,
}

/// One ticket of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditLeaf {
    /// The ticket's index.
    pub index: u64,
    /// Whether a real person was found behind it.
    pub found: bool,
}

impl Reveal {
    /// The text of section 4.9.
    #[must_use]
    pub fn to_text(&self) -> String {
        let secret = HEXLOWER.encode(&self.secret);
        heading("reveal") + &format!("manifest {}\nsecret {secret}\n", self.manifest)
    }

    /// Reads the text of section 4.9.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<Reveal, GrammarError> {
        let (manifest, mut lines) = manifest_line("reveal", text)?;
        let secret = lines.hash("secret")?.0;
        lines.end()?;
        Ok(Reveal { manifest, secret })
    }
}

impl Cancel {
    /// The text of section 4.9.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Cancel { manifest, reason } = self;
        heading("cancel") + &format!("manifest {manifest}\nreason {reason}\n")
    }

    /// Reads the text of section 4.9.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<Cancel, GrammarError> {
        let (manifest, mut lines) = manifest_line("cancel", text)?;
        let mut fields = lines.fields("reason")?;
        let reason = fields.read("a reason code", |token| {
            is_code(token).then(|| token.to_owned())
        })?;
        fields.end()?;
        lines.end()?;
        Ok(Cancel { manifest, reason })
    }
}

impl Audit {
    /// The text of section 4.9.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Audit {
            manifest,
            result,
            leaves,
            over_cap,
        } = self;
        let mut text = heading("audit");
        text += &format!(
            "manifest {manifest}\nresult {result}\nsample {}\n",
            leaves.len()
        );
        for AuditLeaf { index, found } in leaves {
            let found = if *found { "found" } else { "missing" };
            text += &format!("leaf {index} {found}\n");
        }
        text += &format!("over-cap {over_cap}\n");
        text
    }

    /// Reads the text of section 4.9.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<Audit, GrammarError> {
        let (manifest, mut lines) = manifest_line("audit", text)?;
        let result = lines.hash("result")?;
        let sample = lines.integer("sample", 0..=MAX_TICKETS)?;
        let mut leaves = Vec::new();
        for _ in 0..sample {
            let mut fields = lines.fields("leaf")?;
            let index = fields.integer(0..=MAX_TICKETS - 1)?;
            let found = fields.read("found or missing", |token| match token {
                "found" => Some(true),
                "missing" => Some(false),
                _ => None,
            })?;
            fields.end()?;
            leaves.push(AuditLeaf { index, found });
        }
        let over_cap = lines.integer("over-cap", 0..=MAX_INTEGER)?;
        lines.end()?;
        Ok(Audit {
            manifest,
            result,
            leaves,
            over_cap,
        })
    }
}
