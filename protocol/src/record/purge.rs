//! The purge note: says in public what was destroyed (section 4.9).

use super::heading;
use super::lines::{GrammarError, Lines};
use crate::encode::Hash;

/// The destruction of an activity's personal data, one note for each manifest and phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// The manifest's hash; none for a survey or for seats by order of arrival.
    pub manifest: Option<Hash>,
    /// The result's hash; none without a draw and for a cancelled one.
    pub result: Option<Hash>,
    /// The hash of the last settle note, or of the result where there is none.
    pub settle: Option<Hash>,
    /// The hash over the bundle's files (section 4.9); none without a manifest.
    pub bundle: Option<Hash>,
    /// 1: live keys destroyed; 2: kept copies have expired.
    pub phase: u8,
    /// H of the certificate's JSON file.
    pub certificate: Hash,
}

/// Always all three: nothing is purged in part.
const DESTROYED: &str = "contact,keys,openings";

impl Purge {
    /// The text of section 4.9.
    #[must_use]
    pub fn to_text(&self) -> String {
        let or_none = |hash: &Option<Hash>| {
            hash.as_ref()
                .map_or_else(|| "none".to_owned(), Hash::to_string)
        };
        let mut text = heading("purge");
        text += &format!("manifest {}\n", or_none(&self.manifest));
        text += &format!("result {}\n", or_none(&self.result));
        text += &format!("settle {}\n", or_none(&self.settle));
        text += &format!("destroyed {DESTROYED}\n");
        text += &format!("bundle {}\n", or_none(&self.bundle));
        text += &format!("phase {}\ncertificate {}\n", self.phase, self.certificate);
        text
    }

    /// Reads the text of section 4.9.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<Purge, GrammarError> {
        let mut lines = Lines::new(text)?;
        lines.heading("purge")?;
        let manifest = hash_or_none(&mut lines, "manifest")?;
        let result = hash_or_none(&mut lines, "result")?;
        if result.is_some() && manifest.is_none() {
            return Err(lines.expected("none, because there is no manifest"));
        }
        let settle = hash_or_none(&mut lines, "settle")?;
        if settle.is_some() != result.is_some() {
            return Err(lines.expected("a hash exactly where there is a result"));
        }
        let mut fields = lines.fields("destroyed")?;
        fields.read(DESTROYED, |token| (token == DESTROYED).then_some(()))?;
        fields.end()?;
        let bundle = hash_or_none(&mut lines, "bundle")?;
        if bundle.is_some() != manifest.is_some() {
            return Err(lines.expected("a hash exactly where there is a manifest"));
        }
        let mut fields = lines.fields("phase")?;
        let phase = fields.read("phase 1 or 2", |token| match token {
            "1" => Some(1),
            "2" => Some(2),
            _ => None,
        })?;
        fields.end()?;
        let certificate = lines.hash("certificate")?;
        lines.end()?;
        Ok(Purge {
            manifest,
            result,
            settle,
            bundle,
            phase,
            certificate,
        })
    }
}

fn hash_or_none(
    lines: &mut Lines<'_>,
    keyword: &'static str,
) -> Result<Option<Hash>, GrammarError> {
    let mut fields = lines.fields(keyword)?;
    let hash = fields.read("a hash or none", |token| match token {
        "none" => Some(None),
        token => token.parse().ok().map(Some),
    })?;
    fields.end()?;
    Ok(hash)
}
