//! The head of the record of acts, signed into the journal: once an hour in which something
//! happened.
//!
//! Invariant: a head says how many acts there were and the hash of the last; the journal is signed
//! and, with witnesses, seen from outside, so that whoever cuts off the record's end or writes it
//! anew has to explain a head that no longer fits. Nothing is kept apart from the journal.

use data_encoding::HEXLOWER;
use lucky_draw::note::{Checkpoint, Verifier};
use lucky_draw::record::{Record, SiteNote};
use lucky_draw::tree::{Frontier, leaf_hash};

use crate::audit::{self, Head};
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::{Error, store};

/// What the notes are about.
const OF: &str = "audit-head";

/// How many notes are read at once.
const STEP: u64 = 1_000;

/// Signs the record's head unless the last one says the same; whether one was written.
pub fn write_head(tx: &mut Tx, vault: &Vault) -> Result<bool, Error> {
    let Some((position, hash)) = audit::newest(tx)? else {
        return Ok(false);
    };
    let last = heads(tx)?.into_iter().map(|head| head.position).max();
    if last.is_some_and(|last| last >= position) {
        return Ok(false);
    }
    let lines = [
        ("position", position.to_string()),
        ("hash", HEXLOWER.encode(&hash)),
    ];
    super::write_site(tx, vault, OF, &lines)?;
    Ok(true)
}

/// Every head in the journal, in its order.
pub fn heads(tx: &mut Tx) -> Result<Vec<Head>, Error> {
    let leaves = store::site_notes(tx, OF)?;
    Ok(leaves
        .into_iter()
        .filter_map(|leaf| match Record::parse(&leaf.text) {
            Ok(Record::Site(note)) => head(&note, leaf.position, leaf.written_at.0),
            _ => None,
        })
        .collect())
}

fn head(note: &SiteNote, in_journal: u64, at: i64) -> Option<Head> {
    let value = |name: &str| {
        let line = note.lines.iter().find(|(own, _)| own == name);
        line.map(|(_, value)| value.as_str())
    };
    Some(Head {
        position: value("position")?.parse().ok()?,
        hash: HEXLOWER.decode(value("hash")?.as_bytes()).ok()?,
        in_journal,
        at,
    })
}

/// Whether the journal's notes still give the root that was signed last, computed again from the
/// first; true for an empty journal.
pub fn is_whole(tx: &mut Tx, vault: &Vault) -> Result<bool, Error> {
    let Some(journal) = super::find(tx)? else {
        return Ok(true);
    };
    let Ok(key) = Verifier::parse(&super::vkey(vault)) else {
        return Ok(false);
    };
    let signed = key.open(&journal.checkpoint).map(Checkpoint::parse);
    let Ok(Ok(signed)) = signed else {
        return Ok(false);
    };
    let frontier = computed(tx)?;
    Ok(frontier.size() == signed.size && frontier.root() == signed.root)
}

/// Whether the journal's notes give the size and the root that are stored, for whoever has no key;
/// true for an empty journal.
pub fn fits_its_root(tx: &mut Tx) -> Result<bool, Error> {
    let Some(journal) = super::find(tx)? else {
        return Ok(true);
    };
    let frontier = computed(tx)?;
    Ok(frontier.size() == journal.size && frontier.root() == journal.root)
}

fn computed(tx: &mut Tx) -> Result<Frontier, Error> {
    let mut frontier = Frontier::new(0, Vec::new()).expect("nothing is a frontier of nothing");
    loop {
        let from = frontier.size();
        let notes = store::between(tx, from, from + STEP)?;
        for note in &notes {
            frontier.push(leaf_hash(note.as_bytes()));
        }
        if notes.is_empty() {
            return Ok(frontier);
        }
    }
}
