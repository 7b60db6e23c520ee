//! All SQL of logs, their nodes and the commitments of draws.

use std::collections::HashMap;

use diesel::prelude::*;
use lucky_draw::encode::Hash;
use lucky_draw::tree::Nodes;

use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::{commitments, log_nodes, logs};
use crate::platform::db::{self, Tx};

use super::{Error, Log};

/// A log's complete subtrees, read from the database.
pub(super) struct StoredNodes<'t, 'c> {
    pub(super) tx: &'t mut Tx<'c>,
    pub(super) log: &'t Log,
}

impl Nodes for StoredNodes<'_, '_> {
    type Error = Error;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Error> {
        let found: Option<Vec<u8>> = log_nodes::table
            .filter(log_nodes::activity_id.eq(&self.log.activity))
            .filter(log_nodes::log_id.eq(&self.log.id))
            .filter(log_nodes::level.eq(i64::from(level)))
            .filter(log_nodes::position.eq(signed(index)))
            .select(log_nodes::hash)
            .first(self.tx.conn())
            .optional()
            .map_err(db::Error::from)?;
        found
            .and_then(|bytes| hash(&bytes))
            .ok_or(Error::LostNode { level, index })
    }
}

/// The same, each read once: for many proofs of one log.
pub(super) struct KnownNodes<'t, 'c> {
    stored: StoredNodes<'t, 'c>,
    known: HashMap<(u32, u64), Hash>,
    /// How many neighbours are read together.
    together: u64,
}

impl<'t, 'c> KnownNodes<'t, 'c> {
    /// `dense`: most of the neighbours of a node will be asked for as well.
    pub(super) fn new(tx: &'t mut Tx<'c>, log: &'t Log, dense: bool) -> KnownNodes<'t, 'c> {
        KnownNodes {
            stored: StoredNodes { tx, log },
            known: HashMap::new(),
            together: if dense { 256 } else { 1 },
        }
    }
}

impl Nodes for KnownNodes<'_, '_> {
    type Error = Error;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Error> {
        if let Some(known) = self.known.get(&(level, index)) {
            return Ok(*known);
        }
        if self.together == 1 {
            let found = self.stored.node(level, index)?;
            self.known.insert((level, index), found);
            return Ok(found);
        }
        let StoredNodes { tx, log } = &mut self.stored;
        let from = index - index % self.together;
        let found = nodes(tx, log, level, from, self.together)?;
        let places = (from..).map(|index| (level, index));
        self.known.extend(places.zip(found));
        let found = self.known.get(&(level, index)).copied();
        found.ok_or(Error::LostNode { level, index })
    }
}

pub(super) fn insert(tx: &mut Tx, log: &Log) -> Result<(), db::Error> {
    diesel::insert_into(logs::table)
        .values((
            logs::activity_id.eq(&log.activity),
            logs::id.eq(&log.id),
            logs::origin.eq(&log.origin),
            logs::base.eq(log.base.as_ref().map(|base| base.as_bytes().to_vec())),
            logs::size.eq(0),
            logs::root.eq(log.root.as_bytes().to_vec()),
            logs::checkpoint.eq(""),
        ))
        .execute(tx.conn())?;
    Ok(())
}

type LogRow = (String, Option<Vec<u8>>, i64, Vec<u8>, String);

pub(super) fn find(tx: &mut Tx, activity: &str, id: &str) -> Result<Option<Log>, db::Error> {
    let row: Option<LogRow> = logs::table
        .filter(logs::activity_id.eq(activity))
        .filter(logs::id.eq(id))
        .select((
            logs::origin,
            logs::base,
            logs::size,
            logs::root,
            logs::checkpoint,
        ))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|(origin, base, size, root, checkpoint)| Log {
        activity: activity.to_owned(),
        id: id.to_owned(),
        origin,
        base: base.and_then(|bytes| hash(&bytes)),
        size: unsigned(size),
        root: hash(&root).expect("roots are stored with 32 bytes"),
        checkpoint,
    }))
}

pub(super) fn of_activities(tx: &mut Tx, activities: &[String]) -> Result<Vec<Log>, db::Error> {
    let names: Vec<(String, String)> = logs::table
        .filter(logs::activity_id.eq_any(activities))
        .select((logs::activity_id, logs::id))
        .order((logs::activity_id, logs::id))
        .load(tx.conn())?;
    let mut found = Vec::with_capacity(names.len());
    for (activity, id) in names {
        found.extend(find(tx, &activity, &id)?);
    }
    Ok(found)
}

/// Every log of the database.
pub(super) fn all(tx: &mut Tx) -> Result<Vec<Log>, db::Error> {
    let names: Vec<(String, String)> = logs::table
        .select((logs::activity_id, logs::id))
        .order((logs::activity_id, logs::id))
        .load(tx.conn())?;
    let mut all = Vec::new();
    for (activity, id) in names {
        all.extend(find(tx, &activity, &id)?);
    }
    Ok(all)
}

#[derive(Insertable)]
#[diesel(table_name = log_nodes, treat_none_as_default_value = false)]
struct NewNode<'n> {
    activity_id: &'n str,
    log_id: &'n str,
    level: i64,
    position: i64,
    hash: &'n [u8],
}

pub(super) fn insert_nodes(
    tx: &mut Tx,
    log: &Log,
    nodes: &[(u32, u64, Hash)],
) -> Result<(), db::Error> {
    let rows: Vec<NewNode> = nodes
        .iter()
        .map(|(level, position, node)| NewNode {
            activity_id: &log.activity,
            log_id: &log.id,
            level: i64::from(*level),
            position: signed(*position),
            hash: node.as_bytes(),
        })
        .collect();
    Ok(insert_all!(tx, log_nodes::table, rows)?)
}

/// Stored nodes of one height, in order; fewer than `count` where some are missing.
pub(super) fn nodes(
    tx: &mut Tx,
    log: &Log,
    level: u32,
    from: u64,
    count: u64,
) -> Result<Vec<Hash>, db::Error> {
    let rows: Vec<Vec<u8>> = log_nodes::table
        .filter(log_nodes::activity_id.eq(&log.activity))
        .filter(log_nodes::log_id.eq(&log.id))
        .filter(log_nodes::level.eq(i64::from(level)))
        .filter(log_nodes::position.ge(signed(from)))
        .filter(log_nodes::position.lt(signed(from + count)))
        .order(log_nodes::position)
        .select(log_nodes::hash)
        .load(tx.conn())?;
    Ok(rows.iter().filter_map(|bytes| hash(bytes)).collect())
}

/// Takes the log's row before anything is added, so that of two writers the second one meets a
/// conflict here and not a node that is there already.
pub(super) fn claim(tx: &mut Tx, log: &Log) -> Result<(), Error> {
    let claimed = diesel::update(
        logs::table
            .filter(logs::activity_id.eq(&log.activity))
            .filter(logs::id.eq(&log.id))
            .filter(logs::size.eq(signed(log.size))),
    )
    .set(logs::size.eq(logs::size))
    .execute(tx.conn());
    db::one_changed(claimed, Error::Moved)
}

/// Moves size and root on if nobody else did.
pub(super) fn advance(tx: &mut Tx, log: &Log, size: u64, root: &Hash) -> Result<(), Error> {
    let changed = diesel::update(
        logs::table
            .filter(logs::activity_id.eq(&log.activity))
            .filter(logs::id.eq(&log.id))
            .filter(logs::size.eq(signed(log.size))),
    )
    .set((
        logs::size.eq(signed(size)),
        logs::root.eq(root.as_bytes().to_vec()),
    ))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(super) fn set_checkpoint(tx: &mut Tx, log: &Log, signed: &str) -> Result<(), db::Error> {
    diesel::update(
        logs::table
            .filter(logs::activity_id.eq(&log.activity))
            .filter(logs::id.eq(&log.id)),
    )
    .set(logs::checkpoint.eq(signed))
    .execute(tx.conn())?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = commitments, treat_none_as_default_value = false)]
struct NewCommitment<'n> {
    activity_id: &'n str,
    draw_id: &'n str,
    position: i64,
    commitment: &'n [u8],
}

/// Commitments in their order, the first at place `first`.
pub(super) fn insert_commitments(
    tx: &mut Tx,
    log: &Log,
    first: u64,
    commitments: &[Hash],
) -> Result<(), db::Error> {
    let rows: Vec<NewCommitment> = (first..)
        .zip(commitments)
        .map(|(position, commitment)| NewCommitment {
            activity_id: &log.activity,
            draw_id: &log.id,
            position: signed(position),
            commitment: commitment.as_bytes(),
        })
        .collect();
    Ok(insert_all!(tx, commitments::table, rows)?)
}

pub(super) fn commitments(tx: &mut Tx, log: &Log) -> Result<Vec<Hash>, db::Error> {
    Ok(commitments_from(tx, log, 0, i64::MAX)?
        .into_iter()
        .map(|(_, commitment)| commitment)
        .collect())
}

pub(super) fn commitments_from(
    tx: &mut Tx,
    log: &Log,
    from: u64,
    at_most: i64,
) -> Result<Vec<(u64, Hash)>, db::Error> {
    let rows: Vec<(i64, Vec<u8>)> = commitments::table
        .filter(commitments::activity_id.eq(&log.activity))
        .filter(commitments::draw_id.eq(&log.id))
        .filter(commitments::position.ge(signed(from)))
        .select((commitments::position, commitments::commitment))
        .order(commitments::position)
        .limit(at_most)
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(position, bytes)| {
            let commitment = hash(&bytes).expect("commitments are stored with 32 bytes");
            (unsigned(position), commitment)
        })
        .collect())
}

fn hash(bytes: &[u8]) -> Option<Hash> {
    bytes.try_into().ok().map(Hash)
}
