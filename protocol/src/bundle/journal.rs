//! `journal.txt`: every journal leaf from the base manifest to the freeze note (section 4.10).

use data_encoding::BASE64;

use crate::encode::{Hash, base64};
use crate::record::heading;
use crate::record::lines::{GrammarError, Lines, MAX_INTEGER};

/// One stretch of the journal, and what stands before it as the roots of perfect subtrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalSegment {
    /// Index of the first leaf: the base manifest's.
    pub start: u64,
    /// Roots of the perfect subtrees of [0, start), largest first.
    pub frontier: Vec<Hash>,
    /// The texts of the leaves from `start` on.
    pub leaves: Vec<String>,
}

/// The text of `journal.txt`; its `end` is `start` and the number of leaves.
#[must_use]
pub fn journal_text<L: AsRef<str>>(start: u64, frontier: &[Hash], leaves: &[L]) -> String {
    let mut text = heading("journal");
    text += &format!("start {start}\n");
    for root in frontier {
        text += &format!("frontier {root}\n");
    }
    text += &format!("end {}\n", start + leaves.len() as u64);
    for leaf in leaves {
        text += &format!("leaf {}\n", BASE64.encode(leaf.as_ref().as_bytes()));
    }
    text
}

impl JournalSegment {
    /// The text of `journal.txt`.
    #[must_use]
    pub fn to_text(&self) -> String {
        journal_text(self.start, &self.frontier, &self.leaves)
    }

    /// Reads what `to_text` writes.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<JournalSegment, GrammarError> {
        let mut lines = Lines::new(text)?;
        lines.heading("journal")?;
        let start = lines.integer("start", 0..=MAX_INTEGER)?;
        let mut frontier = Vec::new();
        for _ in 0..start.count_ones() {
            frontier.push(lines.hash("frontier")?);
        }
        let end = lines.integer("end", start..=MAX_INTEGER)?;
        let mut leaves = Vec::new();
        for _ in start..end {
            let mut fields = lines.fields("leaf")?;
            let leaf = fields.read("a text in standard padded base64", |token| {
                String::from_utf8(base64(token)?).ok()
            })?;
            fields.end()?;
            leaves.push(leaf);
        }
        lines.end()?;
        Ok(JournalSegment {
            start,
            frontier,
            leaves,
        })
    }
}
