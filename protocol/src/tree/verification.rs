//! Checking proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
//!
//! Invariant: written apart from the code that makes proofs, so that one slip cannot hide in both.

use super::{empty_root, node_hash};
use crate::encode::Hash;

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf's index is not below the tree's size, or the old tree is larger than the new.
    #[error("the proof is about a position outside the tree")]
    Range,
    /// The proof has too few or too many hashes for its place in the tree.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The hashes do not give the expected root.
    #[error("expected root {expected}, the proof gives {found}")]
    Root {
        /// The root that the log signed.
        expected: Hash,
        /// The root that the proof leads to.
        found: Hash,
    },
}

/// Checks that `leaf` (a leaf hash) stands at `index` in the tree of `size` leaves with `root`.
///
/// # Errors
///
/// Says whether position, length or root is wrong.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    same_root(root, &hash)
}

/// Checks that the tree of `new` leaves with `new_root` extends the tree of `old` leaves with
/// `old_root`. Every tree extends the empty one, by an empty proof.
///
/// # Errors
///
/// Says whether position, length or one of the roots is wrong.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Range);
    }
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(ProofError::Length);
        }
        if old == 0 {
            same_root(&empty_root(), old_root)?;
        }
        return if old == new {
            same_root(new_root, old_root)
        } else {
            Ok(())
        };
    }
    let mut rest = proof.iter();
    // A perfect old tree is itself the first node of the proof.
    let first = if old.is_power_of_two() {
        *old_root
    } else {
        *rest.next().ok_or(ProofError::Length)?
    };
    let shift = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut from_old, mut from_new) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            from_old = node_hash(sibling, &from_old);
            from_new = node_hash(sibling, &from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    same_root(old_root, &from_old)?;
    same_root(new_root, &from_new)
}

fn same_root(expected: &Hash, found: &Hash) -> Result<(), ProofError> {
    if expected == found {
        return Ok(());
    }
    Err(ProofError::Root {
        expected: *expected,
        found: *found,
    })
}
