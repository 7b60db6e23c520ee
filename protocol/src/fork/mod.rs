//! Two statements of one site about one log: do they contradict each other?
//!
//! A receipt, a shareable proof, a `.proof` file and a bundle all carry a checkpoint that the site
//! signed. An append-only log has one root at each size, and a larger one starts with the smaller.
//! Two signed checkpoints that break this are proof that the holder of the key told two people
//! two different things.
//!
//! Invariant: `Contradiction` is said only of two valid signatures of one key, and only for what
//! was computed here; a proof or list that does not fit is never held against the site, because
//! anybody can write a wrong one. Not here: whether one draw is right (`verify`).

mod comparison;
mod consistency;
mod statement;

pub use comparison::{Evidence, Verdict, compare};
pub use consistency::ConsistencyProof;
pub use statement::{Statement, Told};

use crate::note::Verifier;

/// The journal's origin and key name (section 4.9).
#[must_use]
pub fn journal_origin(site: &Verifier) -> String {
    format!("{}/journal", site.name())
}
