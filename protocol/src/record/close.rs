//! Anchors, closes and freezes: how large the list is and when it is final (sections 4.4, 4.9).

use std::fmt;

use super::lines::{GrammarError, Lines};
use super::{MAX_TICKETS, heading, manifest_line};
use crate::encode::Hash;

/// The size and root of an entry log at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The manifest's hash.
    pub manifest: Hash,
    /// How many tickets.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// The final list, and which of its tickets do not take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The manifest's hash.
    pub manifest: Hash,
    /// 0, and one more for each correction of the voids.
    pub seq: u32,
    /// How many tickets.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Index and reason of each void ticket, indices ascending.
    pub voids: Vec<(u64, VoidCode)>,
}

/// Why a ticket does not take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoidCode {
    /// Withdrawn by the entrant.
    W,
    /// A second ticket of the same person and ticket number.
    D,
    /// Ineligible by a rule of the rules file.
    I,
    /// Entered by staff or as a test.
    T,
}

/// Says which close counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// The manifest's hash.
    pub manifest: Hash,
    /// The close's hash.
    pub close: Hash,
}

impl fmt::Display for VoidCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VoidCode::W => "W",
            VoidCode::D => "D",
            VoidCode::I => "I",
            VoidCode::T => "T",
        })
    }
}

impl VoidCode {
    /// The code of exactly this letter.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<VoidCode> {
        match letter {
            "W" => Some(VoidCode::W),
            "D" => Some(VoidCode::D),
            "I" => Some(VoidCode::I),
            "T" => Some(VoidCode::T),
            _ => None,
        }
    }
}

impl Anchor {
    /// The text of section 4.4.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Anchor {
            manifest,
            size,
            root,
        } = self;
        heading("anchor") + &format!("manifest {manifest}\nsize {size}\nroot {root}\n")
    }

    /// Reads the text of section 4.4.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<Anchor, GrammarError> {
        let (manifest, mut lines) = manifest_line("anchor", text)?;
        let size = lines.integer("size", 0..=MAX_TICKETS)?;
        let root = lines.hash("root")?;
        lines.end()?;
        Ok(Anchor {
            manifest,
            size,
            root,
        })
    }
}

impl Close {
    /// The text of section 4.4.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Close {
            manifest,
            seq,
            size,
            root,
            voids,
        } = self;
        let mut text = heading("close");
        text += &format!("manifest {manifest}\nseq {seq}\nsize {size}\nroot {root}\n");
        text += &format!("voids {}\n", voids.len());
        for (index, code) in voids {
            text += &format!("void {index} {code}\n");
        }
        text
    }

    /// Reads the text of section 4.4.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<Close, GrammarError> {
        let (manifest, mut lines) = manifest_line("close", text)?;
        let mut fields = lines.fields("seq")?;
        let seq = fields.integer32(0..=u32::MAX)?;
        fields.end()?;
        let size = lines.integer("size", 0..=MAX_TICKETS)?;
        let root = lines.hash("root")?;
        let voids = parse_voids(&mut lines, size)?;
        lines.end()?;
        Ok(Close {
            manifest,
            seq,
            size,
            root,
            voids,
        })
    }

    /// The void code of a ticket, if it is void.
    #[must_use]
    pub fn void(&self, index: u64) -> Option<VoidCode> {
        let place = self.voids.binary_search_by_key(&index, |(index, _)| *index);
        place.ok().map(|place| self.voids[place].1)
    }
}

fn parse_voids(lines: &mut Lines<'_>, size: u64) -> Result<Vec<(u64, VoidCode)>, GrammarError> {
    let count = lines.integer("voids", 0..=size)?;
    let mut voids: Vec<(u64, VoidCode)> = Vec::new();
    for _ in 0..count {
        let mut fields = lines.fields("void")?;
        let least = voids.last().map_or(0, |(index, _)| index + 1);
        let index = fields.read("a ticket of the log, in ascending order", |token| {
            super::lines::integer(token).filter(|index| (least..size).contains(index))
        })?;
        let code = fields.read("one of the codes W, D, I, T", VoidCode::from_letter)?;
        fields.end()?;
        voids.push((index, code));
    }
    Ok(voids)
}

impl Freeze {
    /// The text of section 4.9.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Freeze { manifest, close } = self;
        heading("freeze") + &format!("manifest {manifest}\nclose {close}\n")
    }

    /// Reads the text of section 4.9.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<Freeze, GrammarError> {
        let (manifest, mut lines) = manifest_line("freeze", text)?;
        let close = lines.hash("close")?;
        lines.end()?;
        Ok(Freeze { manifest, close })
    }
}
