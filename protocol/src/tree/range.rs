//! A tree of which only the right edge is known: the frontier, and leaves pushed after it.
//!
//! Invariant: holds one root for each bit set in `size`, largest subtree first.

use super::{empty_root, node_hash};
use crate::encode::Hash;

/// The perfect subtrees of an append-only tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// The frontier of a tree of `size` leaves, largest subtree first; none if the number of
    /// roots does not fit the size.
    #[must_use]
    pub fn new(size: u64, roots: Vec<Hash>) -> Option<Frontier> {
        let fits = u32::try_from(roots.len()) == Ok(size.count_ones());
        fits.then_some(Frontier { size, roots })
    }

    /// Appends one leaf, given by its leaf hash.
    pub fn push(&mut self, leaf_hash: Hash) {
        let mut hash = leaf_hash;
        for _ in 0..self.size.trailing_ones() {
            let left = self.roots.pop().expect("one root for each bit set");
            hash = node_hash(&left, &hash);
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else {
            return empty_root();
        };
        roots.fold(*last, |right, left| node_hash(left, &right))
    }
}
