//! Answers that belong to nobody (`decisions` D7, ADR 0010): kept apart from the boxes of people,
//! and sealed anew after the close.
//!
//! Invariant: nothing names a row and no order leads to it: its id is random, and the files hold
//! rows in the order of ids. After the close the keeper opens each box and seals it again, so that
//! a copy from before the close and the database afterwards share no byte of an answer.
//!
//! Not here: counting ([`crate::stats`]); which bytes a file or a log keeps until it is rewritten
//! (ADR 0010 says so).

use super::wire::{Reply, Request};
use super::{Error, Sealed, Vault, store};
use crate::platform::db::{self, Db, Tx};
use crate::platform::ids;

/// Boxes sealed anew in one message and in one transaction: 20,000 take forty of them, and nobody
/// waits longer than for one.
const BATCH: i64 = 500;

/// Before every id.
const FIRST: &str = "";

/// Stores a box that belongs to nobody.
pub fn keep_unlinked(tx: &mut Tx, activity: &str, sealed: &[u8]) -> Result<(), Error> {
    let id = ids::code(20);
    Ok(store::unlinked::insert(tx, activity, &id, sealed, false)?)
}

/// Whether every box of an activity that belongs to nobody is sealed anew.
pub fn is_mixed(tx: &mut Tx, activity: &str) -> Result<bool, Error> {
    Ok(store::unlinked::as_they_came(tx, activity, FIRST, 1)?.is_empty())
}

/// Whether some activity has boxes that lie as they came in, so that the files are rewritten tonight.
pub fn waits_to_be_mixed(tx: &mut Tx) -> Result<bool, Error> {
    Ok(store::unlinked::any_as_they_came(tx)?)
}

/// Seals all answers of a closed activity that belong to nobody anew, under new ids; tells how
/// many. It goes on where it was stopped, and a second time does nothing.
pub fn mix_answers(db: &Db, vault: &Vault, activity: &str) -> Result<usize, Error> {
    let mut mixed = 0;
    // None comes in any more, so what lies before the last one is done: a million are gone through
    // once and not two thousand times.
    let mut after = FIRST.to_owned();
    loop {
        let old = db.read_now("read answers of nobody", |tx| {
            store::unlinked::as_they_came(tx, activity, &after, BATCH)
        })?;
        let Some(last) = old.last() else {
            return Ok(mixed);
        };
        after = last.item.clone();
        let new = vault.reseal_answers(activity, &old)?;
        mixed += db.write_now("seal answers anew", |tx| put(tx, activity, &old, &new))?;
    }
}

/// Puts new boxes in the place of old ones, in the order of ids that tell nothing.
fn put(tx: &mut Tx, activity: &str, old: &[Sealed], new: &[Vec<u8>]) -> Result<usize, Error> {
    let mut rows = Vec::with_capacity(new.len());
    for (old, new) in old.iter().zip(new) {
        if store::unlinked::take(tx, activity, &old.item)? {
            rows.push((ids::code(20), new));
        }
    }
    // Sorting by fresh random ids is a uniform shuffle.
    rows.sort();
    for (id, sealed) in &rows {
        store::unlinked::insert(tx, activity, id, sealed, true)?;
    }
    // The old boxes lie in freed pages until the files are rewritten.
    db::tidy::wanted(tx)?;
    Ok(rows.len())
}

impl Vault {
    /// Boxes of answers that belong to nobody, sealed anew by the keeper, in the same order. One
    /// that does not open stays as it is: nobody reads it, before or after.
    fn reseal_answers(&self, activity: &str, boxes: &[Sealed]) -> Result<Vec<Vec<u8>>, Error> {
        let request = Request::ResealAnswers {
            activity: activity.to_owned(),
            boxes: boxes.iter().map(|row| row.sealed.clone()).collect(),
        };
        let Reply::SealedEach(each) = self.ask(request)? else {
            return Err(Error::Answer);
        };
        if each.len() != boxes.len() {
            return Err(Error::Answer);
        }
        let sealed = each.into_iter().zip(boxes);
        Ok(sealed
            .map(|(new, old)| new.unwrap_or_else(|_| old.sealed.clone()))
            .collect())
    }
}
