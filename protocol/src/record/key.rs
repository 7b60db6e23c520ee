//! The key note: commits to the activity key and names the witnesses (section 4.9).

use super::lines::{GrammarError, MAX_INTEGER};
use super::{heading, manifest_line};
use crate::encode::Hash;
use crate::note::Witness;

/// What is promised about the activity key, and who watches the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyNote {
    /// The base manifest's hash.
    pub manifest: Hash,
    /// TH("tagkey", K).
    pub tag_key: Hash,
    /// Verifier keys (type 0x04) of the witnesses, in byte order, distinct.
    pub witnesses: Vec<String>,
    /// How many of them must have seen a checkpoint: more than half, or 0 without witnesses.
    pub quorum: u32,
}

impl KeyNote {
    /// The text of section 4.9.
    #[must_use]
    pub fn to_text(&self) -> String {
        let KeyNote {
            manifest,
            tag_key,
            witnesses,
            quorum,
        } = self;
        let mut text = heading("key");
        text += &format!("manifest {manifest}\ntag-key {tag_key}\n");
        text += &format!("witnesses {} {quorum}\n", witnesses.len());
        for witness in witnesses {
            text += &format!("witness {witness}\n");
        }
        text
    }

    /// Reads the text of section 4.9.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<KeyNote, GrammarError> {
        let (manifest, mut lines) = manifest_line("key", text)?;
        let tag_key = lines.hash("tag-key")?;
        let mut fields = lines.fields("witnesses")?;
        let count = fields.integer(0..=MAX_INTEGER)?;
        let quorum = fields.integer32(0..=u32::MAX)?;
        fields.end()?;
        let asked = u64::from(quorum);
        let majority = 2 * asked > count && (1..=count).contains(&asked);
        if !majority && (count, quorum) != (0, 0) {
            return Err(lines.expected("a quorum of more than half of the witnesses, or 0 0"));
        }
        let mut witnesses: Vec<String> = Vec::new();
        for _ in 0..count {
            let mut fields = lines.fields("witness")?;
            let last = witnesses.last().map_or("", String::as_str);
            let witness = fields.read("a witness key, in byte order", |token| {
                (token > last && Witness::parse(token).is_ok()).then(|| token.to_owned())
            })?;
            fields.end()?;
            witnesses.push(witness);
        }
        lines.end()?;
        Ok(KeyNote {
            manifest,
            tag_key,
            witnesses,
            quorum,
        })
    }
}
