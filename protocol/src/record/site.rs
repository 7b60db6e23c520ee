//! Site notes: what a site signs besides its draws (section 4.9).
//!
//! Invariant: the protocol knows the form and never the meaning, so a site can sign something new
//! without a new verifier; no check of a draw depends on one. Not here: what a site says with it.

use super::lines::{GrammarError, Lines};
use super::{heading, is_slug};

/// How many lines a site note has at most.
pub const MAX_SITE_LINES: usize = 20;
/// How long the value of a line is at most.
const LONGEST_VALUE: usize = 255;

/// Something that a site states about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteNote {
    /// What it is about, `[a-z0-9-]{1,32}`.
    pub of: String,
    /// 1 to 20 names of the form of `of`, each with a value: 1 to 255 characters, fields with one
    /// space between them.
    pub lines: Vec<(String, String)>,
}

impl SiteNote {
    /// The text of section 4.9.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = heading("site");
        text += &format!("of {}\n", self.of);
        for (name, value) in &self.lines {
            text += &format!("{name} {value}\n");
        }
        text
    }

    /// Reads the text of section 4.9.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<SiteNote, GrammarError> {
        let mut lines = Lines::new(text)?;
        lines.heading("site")?;
        let mut fields = lines.fields("of")?;
        let of = fields.read("a name of small letters, digits and hyphens", |token| {
            is_slug(token).then(|| token.to_owned())
        })?;
        fields.end()?;
        let mut said = Vec::new();
        while said.is_empty() || !lines.is_over() {
            if said.len() == MAX_SITE_LINES {
                lines.end()?;
            }
            let line = lines.line("a name and its value")?;
            let named = line.split_once(' ').filter(|(name, value)| {
                is_slug(name)
                    && value.len() <= LONGEST_VALUE
                    && !value.split(' ').any(str::is_empty)
            });
            let (name, value) = named.ok_or(lines.expected("a name and its value"))?;
            said.push((name.to_owned(), value.to_owned()));
        }
        Ok(SiteNote { of, lines: said })
    }
}
