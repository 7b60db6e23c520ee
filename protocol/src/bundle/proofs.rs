//! `proofs.txt`: the commitment of every drawn ticket and its path to the root (section 4.10).

use std::fmt::Write as _;

use crate::encode::Hash;
use crate::record::MAX_TICKETS;
use crate::record::lines::{GrammarError, Lines};

/// One line of `proofs.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofLine {
    /// The ticket.
    pub index: u64,
    /// C.
    pub commitment: Hash,
    /// The path, leaf to root.
    pub hashes: Vec<Hash>,
}

/// The text of `proofs.txt`. The lines are those of every non-void ticket on a draw line of the
/// result and its settlements, ascending, once each.
#[must_use]
pub fn proofs_text(lines: &[ProofLine]) -> String {
    let mut text = String::new();
    for line in lines {
        write!(text, "leaf {} {}", line.index, line.commitment)
            .expect("writing to a string does not fail");
        for hash in &line.hashes {
            write!(text, " {hash}").expect("writing to a string does not fail");
        }
        text.push('\n');
    }
    text
}

/// Reads what `proofs_text` writes for ascending indices; the text is empty if nothing was drawn.
pub(crate) fn parse(text: &str) -> Result<Vec<ProofLine>, GrammarError> {
    let mut proofs: Vec<ProofLine> = Vec::new();
    if text.is_empty() {
        return Ok(proofs);
    }
    let mut lines = Lines::new(text)?;
    while let Some(mut fields) = lines.fields_if("leaf")? {
        let least = proofs.last().map_or(0, |line| line.index + 1);
        if least >= MAX_TICKETS {
            return Err(fields.expected("indices below 2^32 - 1"));
        }
        let index = fields.integer(least..=MAX_TICKETS - 1)?;
        let commitment = fields.hash()?;
        let mut hashes = Vec::new();
        while fields.end().is_err() {
            hashes.push(fields.hash()?);
        }
        proofs.push(ProofLine {
            index,
            commitment,
            hashes,
        });
    }
    lines.end()?;
    Ok(proofs)
}
