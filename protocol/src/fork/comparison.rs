//! Comparing two statements, with whatever evidence links logs of different sizes.
//!
//! Invariant: nothing is said of evidence that nobody gave; what the two bundles hold themselves is
//! evidence too, but its reader did not choose it.

use std::convert::Infallible;
use std::fmt;

use super::{ConsistencyProof, Statement, Told};
use crate::bundle::{Bundle, JournalSegment};
use crate::encode::{Hash, sha256};
use crate::note::Checkpoint;
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
    /// What the bundles that are compared hold themselves.
    own: Leaves,
    /// What the caller gave besides.
    given: Leaves,
    proofs: Vec<ConsistencyProof>,
}

/// Leaves of logs that are known.
#[derive(Debug, Clone, Default)]
struct Leaves {
    lists: Vec<MemoryTree>,
    segments: Vec<JournalSegment>,
}

impl Evidence {
    /// No evidence.
    #[must_use]
    pub fn new() -> Evidence {
        Evidence::default()
    }

    /// Adds an entry list (`entries.bin`); false if it is not made of 32-byte leaves.
    pub fn add_entries(&mut self, entries: &[u8]) -> bool {
        self.given.add_entries(entries)
    }

    /// Adds a stretch of the journal (`journal.txt`).
    pub fn add_segment(&mut self, segment: JournalSegment) {
        self.given.segments.push(segment);
    }

    /// Adds a consistency proof.
    pub fn add_proof(&mut self, proof: ConsistencyProof) {
        self.proofs.push(proof);
    }

    /// Adds the entry list and the journal of a bundle that is given as evidence.
    pub fn add_bundle(&mut self, bundle: &Bundle) {
        self.given.add_bundle(bundle);
    }

    /// Adds the entry list and the journal of a bundle whose own statements are compared.
    pub fn add_compared(&mut self, bundle: &Bundle) {
        self.own.add_bundle(bundle);
    }
}

impl Leaves {
    fn add_entries(&mut self, entries: &[u8]) -> bool {
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

    fn add_bundle(&mut self, bundle: &Bundle) {
        if let Some(entries) = bundle.file("entries.bin") {
            self.add_entries(entries);
        }
        let journal = bundle.file("journal.txt");
        let journal = journal.and_then(|text| std::str::from_utf8(text).ok());
        if let Some(Ok(segment)) = journal.map(JournalSegment::parse) {
            self.segments.push(segment);
        }
    }

    /// The roots at two sizes of every list, or stretch of the journal, that reaches so far.
    fn roots(&self, span: &Span<'_>) -> Vec<(Hash, Hash)> {
        let (small, large) = (span.small.size, span.large.size);
        if span.journal {
            let segments = self.segments.iter();
            return segments
                .filter_map(|segment| segment_roots(segment, small, large))
                .collect();
        }
        let lists = self.lists.iter().filter(|list| list.size() >= large);
        let at = |list: &MemoryTree, size: u64| -> Hash {
            let result: Result<Hash, Infallible> = root(&mut &*list, size);
            let Ok(root) = result;
            root
        };
        lists
            .map(|list| (at(list, small), at(list, large)))
            .collect()
    }

    fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.segments.is_empty()
    }
}

/// Two sizes of one log.
struct Span<'a> {
    small: &'a Checkpoint,
    large: &'a Checkpoint,
    /// Whether it is the journal, which segments are of, or an entry log, which lists are of.
    journal: bool,
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
    if let Some(words) = [a, b].into_iter().find_map(impossible) {
        return Verdict::Contradiction(words);
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
    let span = Span {
        small,
        large,
        journal: one.told == Told::Journal,
    };
    span.by(evidence)
        .unwrap_or_else(|| Verdict::Unknown(span.unlinked(evidence)))
}

/// A log without leaves has one root, so that another one signed for it contradicts itself.
fn impossible(checkpoint: &Checkpoint) -> Option<String> {
    let Checkpoint { origin, size, root } = checkpoint;
    let empty = sha256(b"");
    (*size == 0 && *root != empty).then(|| {
        format!("{origin}: a log of 0 leaves has the root {empty} and no other, but {root} was signed for it")
    })
}

/// Both show a leaf at the same place, and not the same one.
fn leaf_conflict(one: &Statement, other: &Statement) -> Option<u64> {
    let ((place, leaf), (other_place, other_leaf)) = (one.leaf?, other.leaf?);
    (place == other_place && leaf != other_leaf).then_some(place)
}

impl Span<'_> {
    /// What the evidence shows, if it shows anything.
    fn by(&self, evidence: &Evidence) -> Option<Verdict> {
        let (small, large) = (self.small, self.large);
        if small.size == 0 {
            return Some(Verdict::Consistent(format!(
                "the log of 0 leaves is the beginning of that of {} leaves, as of every log",
                large.size
            )));
        }
        let roots = [evidence.own.roots(self), evidence.given.roots(self)].concat();
        // A list counts only if it gives the root that was signed for the larger log.
        let fitting = roots.iter().find(|(_, at_large)| *at_large == large.root);
        if let Some((at_small, _)) = fitting {
            return Some(if *at_small == small.root {
                Verdict::Consistent(format!(
                    "the list that gives the root of {} leaves gives that of {} leaves as well",
                    large.size, small.size
                ))
            } else {
                Verdict::Contradiction(format!(
                    "{}: the {} leaves that give the signed root {} start with {} leaves whose root is {at_small}, but {} was signed for them",
                    large.origin, large.size, large.root, small.size, small.root
                ))
            });
        }
        let proven = |proof: &ConsistencyProof| proof.verify(small, large).is_ok();
        evidence.proofs.iter().any(proven).then(|| {
            Verdict::Consistent(format!(
                "a consistency proof shows that the log of {} leaves starts with the {} leaves",
                large.size, small.size
            ))
        })
    }

    /// Why it cannot be told, and what would tell it.
    fn unlinked(&self, evidence: &Evidence) -> String {
        let (small, large) = (self.small.size, self.large.size);
        let from_proof = evidence.proofs.iter().any(|proof| proof.old == small);
        let given = !evidence.proofs.is_empty() || !evidence.given.is_empty();
        let (held, wanted) = if self.journal {
            (
                "journal segments",
                "a consistency proof (the journal's tiles give one) or the journal.txt of a bundle",
            )
        } else {
            (
                "entry lists",
                "a consistency proof or the draw's entries.bin",
            )
        };
        let has_own = if self.journal {
            !evidence.own.segments.is_empty()
        } else {
            !evidence.own.lists.is_empty()
        };
        let found = if from_proof || !evidence.given.roots(self).is_empty() {
            "; the evidence that was given fits neither signature; that proves nothing, because anybody can write a wrong file".to_owned()
        } else if given {
            format!("; the evidence that was given does not reach from {small} to {large} leaves")
        } else if !evidence.own.roots(self).is_empty() {
            format!(
                "; the {held} in the bundles do not give the root that was signed for {large} leaves"
            )
        } else if has_own {
            format!("; the {held} in the bundles do not reach from {small} to {large} leaves")
        } else {
            String::new()
        };
        format!(
            "one is about {small} leaves, the other about {large}{found}; {wanted} that reaches from {small} to {large} can link them"
        )
    }
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
