//! A whole tree in memory: for verifiers, tests and small logs.
//!
//! Invariant: level l holds exactly `size >> l` hashes.

use std::convert::Infallible;

use super::{Nodes, append, inclusion_proof, root};
use crate::encode::Hash;

/// An append-only tree that keeps all its complete nodes.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    levels: Vec<Vec<Hash>>,
}

impl MemoryTree {
    /// The empty tree.
    #[must_use]
    pub fn new() -> MemoryTree {
        MemoryTree::default()
    }

    /// Appends one leaf, given by its leaf hash.
    pub fn push(&mut self, leaf_hash: Hash) {
        let mut nodes: &MemoryTree = self;
        let Ok(complete) = append(&mut nodes, self.size(), leaf_hash);
        for (level, _, hash) in complete {
            let level = usize::try_from(level).expect("a tree has at most 64 levels");
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(hash);
        }
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The root over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut nodes = self;
        let Ok(root) = root(&mut nodes, self.size());
        root
    }

    /// The inclusion proof of leaf `index` in the whole tree; empty unless `index < size`.
    #[must_use]
    pub fn inclusion_proof(&self, index: u64) -> Vec<Hash> {
        let mut nodes = self;
        let Ok(proof) = inclusion_proof(&mut nodes, index, self.size());
        proof
    }
}

impl Nodes for &MemoryTree {
    type Error = Infallible;

    /// # Panics
    ///
    /// If the node is not complete in this tree; the functions of this module ask for no such.
    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let place = usize::try_from(level).ok().zip(usize::try_from(index).ok());
        let hash = place.and_then(|(level, index)| self.levels.get(level)?.get(index));
        Ok(*hash.expect("only complete subtrees are asked for"))
    }
}

impl Nodes for MemoryTree {
    type Error = Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        (&*self).node(level, index)
    }
}
