//! Trees against the definition of RFC 6962 section 2.1, and proofs that must not hold.

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::tree::{
    Frontier, MemoryTree, ProofError, consistency_proof, empty_root, frontier, leaf_hash,
    node_hash, root, verify_consistency, verify_inclusion,
};

const SIZES: u64 = 70;

fn leaves(size: u64) -> Vec<Hash> {
    (0..size)
        .map(|leaf| leaf_hash(&leaf.to_be_bytes()))
        .collect()
}

fn tree(size: u64) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for leaf in leaves(size) {
        tree.push(leaf);
    }
    tree
}

/// MTH of RFC 6962 section 2.1, word for word.
fn definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(split);
            node_hash(&definition(left), &definition(right))
        }
    }
}

#[test]
fn roots_follow_the_definition_and_the_frontier_gives_the_same() {
    let all = leaves(SIZES);
    for size in 0..=SIZES {
        let tree = tree(size);
        let count = usize::try_from(size).expect("small");
        assert_eq!(tree.root(), definition(&all[..count]));
        for start in 0..=size {
            let Ok(roots) = frontier(&mut &tree, start);
            let mut edge = Frontier::new(start, roots).expect("one root for each bit");
            for leaf in &all[usize::try_from(start).expect("small")..count] {
                edge.push(*leaf);
            }
            assert_eq!((edge.size(), edge.root()), (size, tree.root()));
        }
        assert_eq!(Frontier::new(size, vec![sha256(b"x"); 9]), None);
    }
}

#[test]
fn every_leaf_is_proven_and_no_other_leaf_place_or_root_is() {
    for size in 1..=SIZES {
        let tree = tree(size);
        let root = tree.root();
        for (index, leaf) in (0..).zip(leaves(size)) {
            let proof = tree.inclusion_proof(index);
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));
            for other in 0..=size {
                let found = verify_inclusion(&leaf, other, size, &proof, &root);
                assert_eq!(
                    found.is_ok(),
                    other == index,
                    "{index} as {other} of {size}"
                );
            }
            let wrong = sha256(b"another leaf");
            assert!(verify_inclusion(&wrong, index, size, &proof, &root).is_err());
            assert!(verify_inclusion(&leaf, index, size, &proof, &wrong).is_err());
            let mut longer = proof.clone();
            longer.push(wrong);
            assert!(verify_inclusion(&leaf, index, size, &longer, &root).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(verify_inclusion(&leaf, index, size, shorter, &root).is_err());
            }
        }
        assert_eq!(tree.inclusion_proof(size), Vec::new());
    }
    assert_eq!(
        verify_inclusion(&sha256(b""), 0, 0, &[], &empty_root()),
        Err(ProofError::Range)
    );
}

#[test]
fn a_larger_tree_extends_every_smaller_one_and_no_other() {
    for new in 0..=SIZES {
        let tree = tree(new);
        for old in 0..=new {
            let Ok(proof) = consistency_proof(&mut &tree, old, new);
            let Ok(old_root) = root(&mut &tree, old);
            let new_root = tree.root();
            let check = |old, new, old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
                verify_consistency(old, new, old_root, new_root, proof)
            };
            assert_eq!(check(old, new, &old_root, &new_root, &proof), Ok(()));
            let wrong = sha256(b"another root");
            assert!(check(old, new, &wrong, &new_root, &proof).is_err());
            if old > 0 {
                assert!(check(old, new, &old_root, &wrong, &proof).is_err());
            }
            let mut longer = proof.clone();
            longer.push(wrong);
            assert!(check(old, new, &old_root, &new_root, &longer).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(check(old, new, &old_root, &new_root, shorter).is_err());
            }
            if old < new {
                assert_eq!(
                    check(new, old, &new_root, &old_root, &proof),
                    Err(ProofError::Range)
                );
            }
        }
    }
}
