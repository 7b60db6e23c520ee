//! Check `entries`: the whole list of commitments, where the bundle carries it (section 4.2).

use super::files::Drawn;
use super::report::Finding;
use crate::encode::Hash;
use crate::tree::{Frontier, MemoryTree, leaf_hash};

pub(super) fn check(drawn: &Drawn<'_>) -> Finding {
    let Some(entries) = drawn.entries else {
        return Finding::not_applicable("the bundle does not carry the whole entry list");
    };
    let close = drawn.close();
    let Some(root) = root(entries, close.size) else {
        return Finding::differs(
            "entries.bin",
            format!("{} tickets of 32 bytes", close.size),
            format!("{} bytes", entries.len()),
        );
    };
    if root == close.root {
        Finding::passed(format!("{} tickets give the root of the close", close.size))
    } else {
        Finding::differs("root of entries.bin", close.root, root)
    }
}

/// The root over the `size` tickets of an entries file; none if it does not hold exactly that many.
fn root(entries: &[u8], size: u64) -> Option<Hash> {
    let mut frontier = Frontier::new(0, Vec::new())?;
    for leaf in leaves(entries, size)? {
        frontier.push(leaf_hash(leaf));
    }
    Some(frontier.root())
}

/// The tree over them.
pub(super) fn tree(entries: &[u8], size: u64) -> Option<MemoryTree> {
    let mut tree = MemoryTree::new();
    for leaf in leaves(entries, size)? {
        tree.push(leaf_hash(leaf));
    }
    Some(tree)
}

fn leaves(entries: &[u8], size: u64) -> Option<&[[u8; 32]]> {
    let (leaves, rest) = entries.as_chunks::<32>();
    (rest.is_empty() && leaves.len() as u64 == size).then_some(leaves)
}
