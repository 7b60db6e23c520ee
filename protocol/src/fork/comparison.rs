//! Comparing two statements, with whatever evidence links logs of different sizes.

use std::convert::Infallible;
use std::fmt;

use super::{ConsistencyProof, Statement};
use crate::bundle::{Bundle, JournalSegment};
use crate::encode::Hash;
use crate::tree::{Frontier, MemoryTree, leaf_hash, root};

/// What two statements say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The site signed two things that cannot both be true; says which, in plain words.
    Contradiction(String),
    /// One log can be both; says how that is known.
    Consistent(String),
    /// Nothing links the two; says what would.
    Unknown(String),
}

/// What may show whether a smaller log is the start of a larger one. Nobody has to be believed
/// for it: it counts only as far as it gives a root that the site signed.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    lists: Vec<MemoryTree>,
    segments: Vec<JournalSegment>,
    proofs: Vec<ConsistencyProof>,
}

impl Evidence {
    /// No evidence.
    #[must_use]
    pub fn new() -> Evidence {
        Evidence::default()
    }

    /// Adds an entry list (`entries.bin`); false if it is not made of 32-byte leaves.
    pub fn add_entries(&mut self, entries: &[u8]) -> bool {
        let (leaves, rest) = entries.as_chunks::<32>();
        if !rest.is_empty() {
            return false;
        }
        let mut tree = MemoryTree::new();
        for leaf in leaves {
            tree.push(leaf_hash(leaf));
        }
        self.lists.push(tree);
        true
    }

    /// Adds a stretch of the journal (`journal.txt`).
    pub fn add_segment(&mut self, segment: JournalSegment) {
        self.segments.push(segment);
    }

    /// Adds a consistency proof.
    pub fn add_proof(&mut self, proof: ConsistencyProof) {
        self.proofs.push(proof);
    }

    /// Adds the entry list and the journal of a bundle.
    pub fn add_bundle(&mut self, bundle: &Bundle) {
        if let Some(entries) = bundle.file("entries.bin") {
            self.add_entries(entries);
        }
        let journal = bundle.file("journal.txt");
        let journal = journal.and_then(|text| std::str::from_utf8(text).ok());
        if let Some(Ok(segment)) = journal.map(JournalSegment::parse) {
            self.add_segment(segment);
        }
    }

    /// The roots at two sizes of every list that is known, as far as it reaches.
    fn roots(&self, small: u64, large: u64) -> Vec<(Hash, Hash)> {
        let mut roots = Vec::new();
        for list in self.lists.iter().filter(|list| list.size() >= large) {
            let at = |size: u64| -> Hash {
                let result: Result<Hash, Infallible> = root(&mut &*list, size);
                let Ok(root) = result;
                root
            };
            roots.push((at(small), at(large)));
        }
        for segment in &self.segments {
            roots.extend(segment_roots(segment, small, large));
        }
        roots
    }
}

fn segment_roots(segment: &JournalSegment, small: u64, large: u64) -> Option<(Hash, Hash)> {
    let mut frontier = Frontier::new(segment.start, segment.frontier.clone())?;
    let mut at_small = (segment.start == small).then(|| frontier.root());
    for leaf in &segment.leaves {
        frontier.push(leaf_hash(leaf.as_bytes()));
        if frontier.size() == small {
            at_small = Some(frontier.root());
        }
        if frontier.size() == large {
            return Some((at_small?, frontier.root()));
        }
    }
    None
}

/// Compares two statements, both read with the same site key.
#[must_use]
pub fn compare(one: &Statement, other: &Statement, evidence: &Evidence) -> Verdict {
    let (a, b) = (&one.checkpoint, &other.checkpoint);
    if a.origin != b.origin {
        return Verdict::Unknown(format!(
            "they are about different logs: {} and {}",
            a.origin, b.origin
        ));
    }
    if a.size == b.size {
        return if a.root == b.root {
            let size = a.size;
            Verdict::Consistent(format!("both say the same about the log of {size} leaves"))
        } else {
            Verdict::Contradiction(format!(
                "{}: for the same {} leaves there is one root {} and another root {}",
                a.origin, a.size, a.root, b.root
            ))
        };
    }
    if let Some(index) = leaf_conflict(one, other) {
        return Verdict::Contradiction(format!(
            "{}: leaf {index} is one thing in the log of {} leaves and another in the log of {}",
            a.origin, a.size, b.size
        ));
    }
    let (small, large) = if a.size < b.size { (a, b) } else { (b, a) };
    for (at_small, at_large) in evidence.roots(small.size, large.size) {
        // A list counts only if it gives the root that was signed for the larger log.
        if at_large != large.root {
            continue;
        }
        return if at_small == small.root {
            Verdict::Consistent(format!(
                "the list that gives the root of {} leaves gives that of {} leaves as well",
                large.size, small.size
            ))
        } else {
            Verdict::Contradiction(format!(
                "{}: the {} leaves that give the signed root {} start with {} leaves whose root is {at_small}, but {} was signed for them",
                large.origin, large.size, large.root, small.size, small.root
            ))
        };
    }
    let proven = |proof: &ConsistencyProof| proof.verify(small, large).is_ok();
    if evidence.proofs.iter().any(proven) {
        return Verdict::Consistent(format!(
            "a consistency proof shows that the log of {} leaves starts with the {} leaves",
            large.size, small.size
        ));
    }
    Verdict::Unknown(unlinked(small.size, large.size, evidence))
}

/// Both show a leaf at the same place, and not the same one.
fn leaf_conflict(one: &Statement, other: &Statement) -> Option<u64> {
    let ((place, leaf), (other_place, other_leaf)) = (one.leaf?, other.leaf?);
    (place == other_place && leaf != other_leaf).then_some(place)
}

fn unlinked(small: u64, large: u64, evidence: &Evidence) -> String {
    let mut words = format!("one is about {small} leaves, the other about {large}");
    let given = evidence.proofs.len() + evidence.lists.len() + evidence.segments.len();
    if given > 0 {
        words += ", and the evidence that was given fits neither signature; that proves nothing, because anybody can write a wrong file";
    }
    words
        + "; a consistency proof, the draw's entries.bin or the journal.txt of a bundle can link them"
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Contradiction(reason) => write!(f, "contradiction\t{reason}"),
            Verdict::Consistent(reason) => write!(f, "consistent\t{reason}"),
            Verdict::Unknown(reason) => write!(f, "cannot be told\t{reason}"),
        }
    }
}
