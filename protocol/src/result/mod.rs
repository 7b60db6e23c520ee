//! Who won: the result, a pure function of public data (section 4.7), and its settlements (4.8).
//!
//! Invariant: `result` and `settle` are deterministic and never redraw; the one order of the seed
//! serves prizes, reserves and every vacancy. Not here: whether openings match the log (`verify`).

mod draw;
mod note;
mod settle;
mod slot;

use std::collections::BTreeSet;

use crate::encode::{Hash, tagged_hash};
use crate::order::Order;
use crate::record::{Close, VoidCode};

pub use draw::result;
pub(crate) use settle::all_lines;
pub use settle::{
    Holding, SettleCode, SettleError, SettleLine, SettleNote, Vacate, holdings, settle,
};
pub use slot::Slot;

/// The public opening of a drawn ticket: proves the leaf and that winners are distinct persons,
/// and says nothing about who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Links tickets of one person inside the activity.
    pub tag: Hash,
    /// Binds the ticket to its person and nonce.
    pub bind: Hash,
    /// The person's how-many-th ticket, from 0.
    pub ticket_no: u32,
}

/// What became of an excluded draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excluded {
    /// It was drawn: H of its result text.
    Result(Hash),
    /// It was cancelled before its round and excludes nobody.
    Cancelled,
}

/// A draw of the same activity whose winners cannot win again (section 4.3, `excludes`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedDraw {
    /// Its manifest's hash.
    pub manifest: Hash,
    /// Its outcome.
    pub outcome: Excluded,
    /// All tags on slot lines of its result text.
    pub tags: BTreeSet<Hash>,
}

impl ExcludedDraw {
    /// The winners and reserves of a finished draw, from its result text alone. `manifest` is the
    /// hash on the `excludes` line.
    #[must_use]
    pub fn drawn(manifest: Hash, result: &ResultNote) -> ExcludedDraw {
        let tags = result.lines.iter().filter_map(|line| match line {
            Line::Slot {
                opening: Some(opening),
                ..
            } => Some(opening.tag),
            _ => None,
        });
        ExcludedDraw {
            manifest,
            outcome: Excluded::Result(result.hash()),
            tags: tags.collect(),
        }
    }

    /// A draw that was cancelled before its round.
    #[must_use]
    pub fn cancelled(manifest: Hash) -> ExcludedDraw {
        ExcludedDraw {
            manifest,
            outcome: Excluded::Cancelled,
            tags: BTreeSet::new(),
        }
    }
}

/// The result of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultNote {
    /// The manifest's hash.
    pub manifest: Hash,
    /// The hash of the close that counts.
    pub close: Hash,
    /// Each excluded draw and its outcome, in the manifest's order.
    pub excluded: Vec<(Hash, Excluded)>,
    /// The source values, in the manifest's order.
    pub values: Vec<Vec<u8>>,
    /// The seed made of them.
    pub seed: Hash,
    /// One line for each position of the order, then the slots that stayed empty.
    pub lines: Vec<Line>,
    /// How many positions of the order were consumed.
    pub end: u64,
}

impl ResultNote {
    /// How many slots have a line, filled or not.
    pub(crate) fn slot_count(&self) -> u64 {
        let slot = |line: &&Line| matches!(line, Line::Slot { .. } | Line::Unfilled { .. });
        self.lines.iter().filter(slot).count() as u64
    }
}

/// What happened at one position of the order, or to one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The ticket is void: skipped.
    Void {
        /// Position in the order, from 0.
        j: u64,
        /// The ticket.
        index: u64,
        /// Why it is void.
        code: VoidCode,
    },
    /// The person holds enough slots already, or is excluded: skipped.
    Dup {
        /// Position in the order, from 0.
        j: u64,
        /// The ticket.
        index: u64,
        /// Its opening.
        opening: Opening,
    },
    /// The ticket takes a slot.
    Slot {
        /// Position in the order, from 0.
        j: u64,
        /// The ticket.
        index: u64,
        /// What it wins.
        slot: Slot,
        /// Its opening; none if that is lost: the ticket holds the slot all the same.
        opening: Option<Opening>,
    },
    /// The order is exhausted and the slot stays empty.
    Unfilled {
        /// The slot.
        slot: Slot,
    },
}

impl Line {
    /// Position and ticket of a draw line.
    #[must_use]
    pub fn drawn(&self) -> Option<(u64, u64)> {
        match self {
            Line::Void { j, index, .. }
            | Line::Dup { j, index, .. }
            | Line::Slot { j, index, .. } => Some((*j, *index)),
            Line::Unfilled { .. } => None,
        }
    }

    /// The opening that the line publishes.
    #[must_use]
    pub fn opening(&self) -> Option<&Opening> {
        match self {
            Line::Dup { opening, .. } => Some(opening),
            Line::Slot { opening, .. } => opening.as_ref(),
            Line::Void { .. } | Line::Unfilled { .. } => None,
        }
    }
}

/// The tickets that `proofs.txt` proves (section 4.10): every non-void index on a draw line of the
/// result and its settlements, ascending.
#[must_use]
pub fn drawn_tickets(result: &ResultNote, settles: &[SettleNote]) -> BTreeSet<u64> {
    all_lines(result, settles)
        .filter(|line| !matches!(line, Line::Void { .. }))
        .filter_map(|line| line.drawn().map(|(_, index)| index))
        .collect()
}

/// The tickets that an entrant audit looks at: the first `sample` non-void tickets of the order
/// under TH("audit", seed).
#[must_use]
pub fn audit_sample(seed: &Hash, close: &Close, sample: usize) -> Vec<u64> {
    let audit_seed = tagged_hash("audit", &[seed.as_bytes()]);
    Order::new(&audit_seed, close.size)
        .filter(|index| close.void(*index).is_none())
        .take(sample)
        .collect()
}
