//! RFC 6962 logs kept in the database: one per draw, and the site's journal.
//!
//! Invariant: a log only grows; its size moves by compare-and-set, so two writers cannot give one
//! index twice. Complete subtrees are stored, so that an append and a proof cost O(log n) rows.
//!
//! Not here: what a leaf means ([`crate::entry`], [`crate::journal`]), the tree's arithmetic
//! ([`lucky_draw::tree`]).

use std::collections::HashMap;

use lucky_draw::encode::Hash;
use lucky_draw::tree::{self, Frontier, leaf_hash};

use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};

mod store;

/// How many commitments are read at once.
const STEP: i64 = 10_000;

/// A log as it stands in this transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The activity it belongs to; empty for the journal.
    pub activity: String,
    /// Its name inside the activity: the draw's id, or `journal`.
    pub id: String,
    /// The first line of its checkpoints (C2SP tlog-checkpoint).
    pub origin: String,
    /// Hash of the draw's first manifest, which every commitment contains (draw-protocol 4.2).
    pub base: Option<Hash>,
    /// Number of leaves.
    pub size: u64,
    /// Root over all leaves.
    pub root: Hash,
    /// The newest signed checkpoint; empty before the first leaf.
    pub checkpoint: String,
}

/// Why a log could not be read or grown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such log.
    #[error("no such log")]
    Unknown,
    /// The log grew since it was read. Where another writer was first, the database says so as a
    /// conflict and the unit of work runs again; this is an older copy in the same unit of work.
    #[error("the log grew meanwhile")]
    Moved,
    /// A node that must be stored is missing: the log is damaged.
    #[error("the log has lost node {level}/{index}")]
    LostNode {
        /// Height above the leaves.
        level: u32,
        /// Position at that height.
        index: u64,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::Moved => Kind::Unavailable,
            Error::LostNode { .. } => Kind::Broken,
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "log.unknown",
            Error::Moved => "log.moved",
            Error::LostNode { .. } => "log.lost_node",
            Error::Db(error) => error.code(),
        }
    }
}

/// Starts an empty log.
pub fn create(
    tx: &mut Tx,
    activity: &str,
    id: &str,
    origin: &str,
    base: Option<Hash>,
) -> Result<Log, Error> {
    let log = Log {
        activity: activity.to_owned(),
        id: id.to_owned(),
        origin: origin.to_owned(),
        base,
        size: 0,
        root: lucky_draw::encode::sha256(b""),
        checkpoint: String::new(),
    };
    store::insert(tx, &log)?;
    Ok(log)
}

/// The log of that name, if it was started.
pub fn find(tx: &mut Tx, activity: &str, id: &str) -> Result<Option<Log>, Error> {
    Ok(store::find(tx, activity, id)?)
}

/// Every log of activities that are not over as this transaction sees it; the journal is not of them.
pub fn of_activities(tx: &mut Tx, activities: &[String]) -> Result<Vec<Log>, Error> {
    Ok(store::of_activities(tx, activities)?)
}

/// Adds a leaf with this data and answers with its index; the log's size and root move on.
pub fn append(tx: &mut Tx, log: &mut Log, data: &[u8]) -> Result<u64, Error> {
    let index = log.size;
    grow(tx, log, None, &[tree::leaf_hash(data)])?;
    Ok(index)
}

/// Adds the commitments of tickets in this order, the first at the log's size: the leaves' data is
/// public and kept beside the tree. `edge` is what an earlier call gave back; it spares reading, and
/// one that is not of this state of the log is left aside.
pub fn append_commitments(
    tx: &mut Tx,
    log: &mut Log,
    edge: Option<Edge>,
    commitments: &[Hash],
) -> Result<Edge, Error> {
    let first = log.size;
    let leaves: Vec<Hash> = commitments
        .iter()
        .map(|commitment| tree::leaf_hash(commitment.as_bytes()))
        .collect();
    let edge = grow(tx, log, edge, &leaves)?;
    store::insert_commitments(tx, log, first, commitments)?;
    Ok(edge)
}

/// The right edge of a log: all that an append has to know of the leaves before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    root: Hash,
    /// Roots of its perfect subtrees, largest first.
    roots: Vec<Hash>,
    /// The size from which the last append went on, and the proof that it did nothing else.
    since: u64,
    proof: Vec<Hash>,
}

impl Edge {
    fn of(tx: &mut Tx, log: &Log) -> Result<Edge, Error> {
        Ok(Edge {
            size: log.size,
            root: log.root,
            roots: frontier(tx, log, log.size)?,
            since: log.size,
            proof: Vec::new(),
        })
    }

    /// The consistency proof of the last append, where it went from `old` to `new` leaves.
    pub fn proof(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        ((self.since, self.size) == (old, new)).then(|| self.proof.clone())
    }

    /// A root stands for its leaves, so one of the same size and root is of the same log.
    fn fits(&self, log: &Log) -> bool {
        (self.size, self.root) == (log.size, log.root)
    }

    /// The roots as nodes of the tree, by height and place.
    fn nodes(&self) -> HashMap<(u32, u64), Hash> {
        let levels = (0..u64::BITS)
            .rev()
            .filter(|level| self.size >> level & 1 == 1);
        levels
            .zip(&self.roots)
            .map(|(level, root)| ((level, (self.size >> level) - 1), *root))
            .collect()
    }
}

/// Adds leaves: nodes first in memory, then all of them in the table.
fn grow(tx: &mut Tx, log: &mut Log, edge: Option<Edge>, leaves: &[Hash]) -> Result<Edge, Error> {
    store::claim(tx, log)?;
    let edge = match edge.filter(|edge| edge.fits(log)) {
        Some(edge) => edge,
        None => Edge::of(tx, log)?,
    };
    let mut known = Known(edge.nodes());
    let (mut size, mut grown) = (log.size, Vec::with_capacity(2 * leaves.len()));
    for leaf in leaves {
        let complete = tree::append(&mut known, size, *leaf)?;
        known.0.extend(
            complete
                .iter()
                .map(|(level, index, hash)| ((*level, *index), *hash)),
        );
        grown.extend(complete);
        size += 1;
    }
    store::insert_nodes(tx, log, &grown)?;
    let edge = Edge {
        size,
        root: tree::root(&mut known, size)?,
        roots: tree::frontier(&mut known, size)?,
        since: log.size,
        proof: tree::consistency_proof(&mut known, log.size, size)?,
    };
    store::advance(tx, log, size, &edge.root)?;
    (log.size, log.root) = (size, edge.root);
    Ok(edge)
}

/// Nodes in memory.
struct Known(HashMap<(u32, u64), Hash>);

impl tree::Nodes for Known {
    type Error = Error;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Error> {
        let found = self.0.get(&(level, index)).copied();
        found.ok_or(Error::LostNode { level, index })
    }
}

/// Makes sure that the log is still as it was read when this transaction ends, so that a note may
/// say its size: a writer that comes between makes the unit of work run again.
pub fn hold(tx: &mut Tx, log: &Log) -> Result<(), Error> {
    store::claim(tx, log)
}

/// Keeps the newest signed checkpoint, once a group of appends.
pub fn keep_checkpoint(tx: &mut Tx, log: &mut Log, signed: String) -> Result<(), Error> {
    store::set_checkpoint(tx, log, &signed)?;
    log.checkpoint = signed;
    Ok(())
}

/// The text that a checkpoint of this log's present state signs.
pub fn checkpoint_text(log: &Log) -> String {
    checkpoint_text_of(log, log.size, log.root)
}

/// The text that a checkpoint of this log signed when it had `size` leaves.
pub fn checkpoint_text_at(tx: &mut Tx, log: &Log, size: u64) -> Result<String, Error> {
    Ok(checkpoint_text_of(log, size, root_at(tx, log, size)?))
}

fn checkpoint_text_of(log: &Log, size: u64, root: Hash) -> String {
    lucky_draw::note::Checkpoint {
        origin: log.origin.clone(),
        size,
        root,
    }
    .to_text()
}

/// The root of the first `size` leaves, of which the log has at least that many.
pub fn root_at(tx: &mut Tx, log: &Log, size: u64) -> Result<Hash, Error> {
    tree::root(&mut store::StoredNodes { tx, log }, size)
}

/// Whether the log has come to `size` leaves, and had this root then.
pub fn reaches(tx: &mut Tx, log: &Log, size: u64, root: &Hash) -> Result<bool, Error> {
    Ok(size <= log.size && root_at(tx, log, size)? == *root)
}

/// Proof that the leaf at `index` is under the root of the first `size` leaves.
pub fn inclusion_proof(tx: &mut Tx, log: &Log, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
    tree::inclusion_proof(&mut store::StoredNodes { tx, log }, index, size)
}

/// [`inclusion_proof`] for many leaves, which share most of their neighbours: each is read once.
pub fn inclusion_proofs(
    tx: &mut Tx,
    log: &Log,
    indices: &[u64],
    size: u64,
) -> Result<Vec<Vec<Hash>>, Error> {
    let count = u64::try_from(indices.len()).unwrap_or(u64::MAX);
    let mut nodes = store::KnownNodes::new(tx, log, count.saturating_mul(DENSE) >= size);
    indices
        .iter()
        .map(|index| tree::inclusion_proof(&mut nodes, *index, size))
        .collect()
}

/// From one leaf in so many on, neighbours are read by the hundred.
const DENSE: u64 = 16;

/// Proof that the log of `new` leaves extends the log of `old` leaves.
pub fn consistency_proof(tx: &mut Tx, log: &Log, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
    tree::consistency_proof(&mut store::StoredNodes { tx, log }, old, new)
}

/// The `count` hashes of complete subtrees of height `level` from place `from` on, as tiles hold
/// them.
///
/// # Errors
/// [`Error::LostNode`] if one of them is not there.
pub fn hashes(
    tx: &mut Tx,
    log: &Log,
    level: u32,
    from: u64,
    count: u64,
) -> Result<Vec<Hash>, Error> {
    let hashes = store::nodes(tx, log, level, from, count)?;
    match u64::try_from(hashes.len()) {
        Ok(found) if found == count => Ok(hashes),
        _ => Err(Error::LostNode { level, index: from }),
    }
}

/// Roots of the perfect subtrees of the first `size` leaves, largest first.
pub fn frontier(tx: &mut Tx, log: &Log, size: u64) -> Result<Vec<Hash>, Error> {
    tree::frontier(&mut store::StoredNodes { tx, log }, size)
}

/// Every log of the site.
pub fn all(tx: &mut Tx) -> Result<Vec<Log>, Error> {
    Ok(store::all(tx)?)
}

/// Whether the commitments of a draw's log give its size and root, computed again from the first.
pub fn is_whole(tx: &mut Tx, log: &Log) -> Result<bool, Error> {
    let mut frontier = Frontier::new(0, Vec::new()).expect("nothing is a frontier of nothing");
    while frontier.size() < log.size {
        let from = frontier.size();
        let step = commitments_from(tx, log, from, STEP)?;
        if step.is_empty() {
            return Ok(false);
        }
        for (index, commitment) in step {
            if index != frontier.size() {
                return Ok(false);
            }
            frontier.push(leaf_hash(commitment.as_bytes()));
        }
    }
    Ok(frontier.size() == log.size && frontier.root() == log.root)
}

/// Every commitment of a draw's log, in order.
pub fn commitments(tx: &mut Tx, log: &Log) -> Result<Vec<Hash>, Error> {
    Ok(store::commitments(tx, log)?)
}

/// Every commitment of a draw's log behind the one before, as the public file has them: a million
/// take 32 MB and no more on the way.
pub fn commitments_file(tx: &mut Tx, log: &Log) -> Result<Vec<u8>, Error> {
    let mut file = Vec::with_capacity(32 * usize::try_from(log.size).unwrap_or(0));
    let mut from = 0;
    while from < log.size {
        let step = commitments_from(tx, log, from, STEP)?;
        let Some((last, _)) = step.last() else {
            return Err(Error::LostNode {
                level: 0,
                index: from,
            });
        };
        from = last + 1;
        for (_, commitment) in &step {
            file.extend_from_slice(commitment.as_bytes());
        }
    }
    Ok(file)
}

/// One page of a draw's commitments: `(index, commitment)` from `from` on.
pub fn commitments_from(
    tx: &mut Tx,
    log: &Log,
    from: u64,
    at_most: i64,
) -> Result<Vec<(u64, Hash)>, Error> {
    Ok(store::commitments_from(tx, log, from, at_most)?)
}

/// The commitment at an index.
pub fn commitment(tx: &mut Tx, log: &Log, index: u64) -> Result<Option<Hash>, Error> {
    Ok(store::commitments_from(tx, log, index, 1)?
        .into_iter()
        .find(|(found, _)| *found == index)
        .map(|(_, commitment)| commitment))
}
