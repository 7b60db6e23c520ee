//! Append-only logs: Merkle trees of RFC 6962 section 2.1 (RFC 9162 section 2.1) over SHA-256.
//!
//! Invariant: only complete subtrees are ever stored or asked for, so nothing stored changes when
//! the log grows. Not here: where nodes are kept, and the checking of proofs (`verification`).

mod memory;
mod range;
mod verification;

use crate::encode::{Hash, sha256, sha256_parts};

pub use memory::MemoryTree;
pub use range::Frontier;
pub use verification::{ProofError, verify_consistency, verify_inclusion};

/// H(00 ‖ data).
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    sha256_parts(&[&[0], data])
}

/// H(01 ‖ left ‖ right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The root of the empty tree, H("").
#[must_use]
pub fn empty_root() -> Hash {
    sha256(b"")
}

/// Where complete subtrees are read from.
///
/// Level 0 holds the leaf hashes; node (level, i) covers the leaves `i * 2^level` up to
/// `(i + 1) * 2^level`. Only nodes that are complete in the tree at hand are asked for.
pub trait Nodes {
    /// Why a node could not be read.
    type Error;

    /// The hash of one complete subtree.
    ///
    /// # Errors
    ///
    /// Whatever the storage reports.
    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The nodes that become complete when `leaf` is appended to a tree of `size` leaves: (level,
/// index, hash), the leaf itself first.
///
/// # Errors
///
/// Those of the storage.
pub fn append<N: Nodes>(
    nodes: &mut N,
    size: u64,
    leaf: Hash,
) -> Result<Vec<(u32, u64, Hash)>, N::Error> {
    let mut complete = vec![(0, size, leaf)];
    let (mut level, mut index, mut hash) = (0, size, leaf);
    while index & 1 == 1 {
        let left = nodes.node(level, index - 1)?;
        hash = node_hash(&left, &hash);
        level += 1;
        index >>= 1;
        complete.push((level, index, hash));
    }
    Ok(complete)
}

/// The root of the first `size` leaves.
///
/// # Errors
///
/// Those of the storage.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 {
        return Ok(empty_root());
    }
    range_root(nodes, 0, size)
}

/// The path from leaf `index` to the root of the first `size` leaves, leaf to root. Empty, and so
/// of no use, unless `index < size`.
///
/// # Errors
///
/// Those of the storage.
pub fn inclusion_proof<N: Nodes>(
    nodes: &mut N,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if index >= size {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(nodes, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `new` leaves extends the tree of `old` leaves. Empty for `old` = 0
/// and for `old` = `new`, and, being of no use, for `old > new`.
///
/// # Errors
///
/// Those of the storage.
pub fn consistency_proof<N: Nodes>(
    nodes: &mut N,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, new);
    while end > old {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(nodes, start, middle)?);
            start = middle;
        }
    }
    if start > 0 {
        proof.push(range_root(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The roots of the perfect subtrees that make up the first `size` leaves, largest first: one for
/// each bit set in `size`.
///
/// # Errors
///
/// Those of the storage.
pub fn frontier<N: Nodes>(nodes: &mut N, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut roots = Vec::new();
    for level in (0..u64::BITS).rev() {
        if size >> level & 1 == 1 {
            roots.push(nodes.node(level, (size >> level) - 1)?);
        }
    }
    Ok(roots)
}

/// The largest power of two below `n`, for n >= 2.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The root over [start, end), a range that the recursion of RFC 6962 arrives at.
fn range_root<N: Nodes>(nodes: &mut N, start: u64, end: u64) -> Result<Hash, N::Error> {
    let count = end - start;
    if count.is_power_of_two() {
        let level = count.ilog2();
        return nodes.node(level, start >> level);
    }
    let middle = start + split(count);
    let left = range_root(nodes, start, middle)?;
    let right = range_root(nodes, middle, end)?;
    Ok(node_hash(&left, &right))
}
