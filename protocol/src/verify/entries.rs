//! Check `entries`: the whole list of commitments, where the bundle carries it (section 4.2).

use super::files::Drawn;
use super::report::Finding;
use crate::tree::{MemoryTree, leaf_hash};

pub(super) fn check(drawn: &Drawn<'_>) -> Finding {
    let Some(entries) = drawn.entries else {
        return Finding::not_applicable("the bundle does not carry the whole entry list");
    };
    let close = drawn.close();
    let Some(tree) = tree(entries, close.size) else {
        return Finding::differs(
            "entries.bin",
            format!("{} tickets of 32 bytes", close.size),
            format!("{} bytes", entries.len()),
        );
    };
    if tree.root() == close.root {
        Finding::passed(format!("{} tickets give the root of the close", close.size))
    } else {
        Finding::differs("root of entries.bin", close.root, tree.root())
    }
}

/// The tree over the first `size` tickets of an entries file; none if it does not hold exactly
/// that many.
pub(super) fn tree(entries: &[u8], size: u64) -> Option<MemoryTree> {
    let (leaves, rest) = entries.as_chunks::<32>();
    if !rest.is_empty() || leaves.len() as u64 != size {
        return None;
    }
    let mut tree = MemoryTree::new();
    for leaf in leaves {
        tree.push(leaf_hash(leaf));
    }
    Some(tree)
}
