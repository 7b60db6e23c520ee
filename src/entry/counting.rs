//! Counting people as they enter, where the activity declared it ([`crate::stats`]).
//!
//! Invariant: the counters change in the transaction of the entry, and a person is in them once:
//! the first living entry of a tag. A second one does the same work and adds nothing, so that it
//! looks like the first from outside (`decisions` D5).
//! What is taken out is worked out from the own copy outside the transaction, because only the
//! holder's secret opens it: inside, the copy is compared with the one that was read, and another
//! request that came between makes it all be read again.

use std::collections::{BTreeMap, BTreeSet};

use lucky_draw::encode::Hash;

use crate::activity::{ActivityId, Arrangement};
use crate::platform::db::Tx;
use crate::seats;
use crate::stats::{self, About, Counter, Counting};
use crate::vault::{County, OpenedContact, OwnCopy, PostalCode};

use super::correction::{self, Correction};
use super::own::{self, State};
use super::receipt::Found;
use super::submit::NewEntry;
use super::{Entry, Error, store};

/// Counts new entries in, whose rows are about to be written; tells which of them are in the
/// counters now.
pub(super) fn count_in(tx: &mut Tx, taken: &[&NewEntry]) -> Result<Vec<bool>, Error> {
    let mut counted = vec![false; taken.len()];
    let activities: BTreeSet<&ActivityId> = taken
        .iter()
        .filter(|new| !new.counters.is_empty())
        .map(|new| &new.activity)
        .collect();
    for activity in activities {
        let of_it =
            |(_, new): &(usize, &&NewEntry)| new.activity == *activity && !new.counters.is_empty();
        let tags: Vec<Hash> = (taken.iter().enumerate())
            .filter(of_it)
            .filter_map(|(_, new)| tag(new))
            .collect();
        let mut known = store::counting::counted_tags(tx, activity, &tags)?;
        known.extend(counted_places(tx, activity, &tags)?);
        let mut more: BTreeMap<&Counter, i64> = BTreeMap::new();
        for (at, new) in taken.iter().enumerate().filter(of_it) {
            counted[at] = match tag(new) {
                Some(tag) => known.insert(tag),
                // Nobody can be told apart in a survey.
                None => true,
            };
            for counter in &new.counters {
                *more.entry(counter).or_default() += i64::from(counted[at]);
            }
        }
        stats::count(tx, activity, &more)?;
    }
    Ok(counted)
}

/// What tells the person of an entry apart; none in a survey.
fn tag(new: &NewEntry) -> Option<Hash> {
    let ticket = new.tickets.first().map(|ticket| ticket.tag);
    ticket.or_else(|| new.seat.as_ref().map(|wish| wish.tag))
}

/// Which of these people are counted with another place of theirs.
fn counted_places(tx: &mut Tx, activity: &ActivityId, tags: &[Hash]) -> Result<Vec<Hash>, Error> {
    let places = seats::with_tags(tx, activity, tags)?;
    let entries: Vec<&str> = places.iter().map(|(entry, _)| entry.as_str()).collect();
    let counted = store::counting::counted_among(tx, activity, &entries)?;
    let own = places.iter().filter(|(entry, _)| counted.contains(entry));
    Ok(own.map(|(_, tag)| *tag).collect())
}

/// Takes an entry back, and out of the counters if it is in them. `counters` are those of
/// [`counters_of`] over what was `read`.
///
/// # Errors
/// [`Error::Changed`] if something else is held now; those of [`own::withdraw`].
pub fn withdraw(
    tx: &mut Tx,
    lookup: &Hash,
    read: &State,
    counters: &[Counter],
) -> Result<(), Error> {
    let Some(entry) = unchanged(tx, lookup, read)? else {
        return Ok(());
    };
    own::withdraw(tx, lookup)?;
    if store::counting::unmark(tx, &entry.activity, &entry.id)? {
        stats::uncount(tx, &entry.activity, counters)?;
    }
    Ok(())
}

/// Replaces what is sealed of an entry, and counts it anew with other words: `before` and `after`
/// are the counters of what was `read` and of the correction. One that was not counted stays so.
///
/// # Errors
/// [`Error::Changed`] if something else is held now; those of [`correction::correct`].
pub fn correct(
    tx: &mut Tx,
    lookup: &Hash,
    correction: &Correction,
    read: &State,
    (before, after): (&[Counter], &[Counter]),
) -> Result<(), Error> {
    let entry = unchanged(tx, lookup, read)?.ok_or(Error::Withdrawn)?;
    correction::correct(tx, lookup, correction)?;
    if store::counting::is_marked(tx, &entry.activity, &entry.id)? {
        stats::uncount(tx, &entry.activity, before)?;
        let more = after.iter().map(|counter| (counter, 1)).collect();
        stats::count(tx, &entry.activity, &more)?;
    }
    Ok(())
}

/// The entry as it was read; nothing if it was taken back since.
fn unchanged(tx: &mut Tx, lookup: &Hash, read: &State) -> Result<Option<Entry>, Error> {
    let entry = store::entries::by_lookup(tx, lookup)?.ok_or(Error::Unknown)?;
    if entry.withdrawn {
        return Ok(None);
    }
    if own::state(tx, &entry)? != *read {
        return Err(Error::Changed);
    }
    Ok(Some(entry))
}

/// The counters of an entry, from what its holder's own copies say. `answers` are those of the own
/// copy too, where answers are linked.
pub fn counters_of(
    counting: &Counting,
    found: &Found,
    contact: Option<&OpenedContact<OwnCopy>>,
    answers: Option<&str>,
) -> Result<Vec<Counter>, Error> {
    let county = contact.and_then(|contact| contact.read::<County>());
    let code = contact.and_then(|contact| contact.read::<PostalCode>());
    let about = About {
        county: county.map(|county| county.expose().to_owned()),
        area: code.and_then(|code| code.expose().get(..3).map(str::to_owned)),
        pool: pool_of(found),
    };
    Ok(counting.counters(&about, answers, found.entry.taken_hour)?)
}

/// The draw that the entry's person picked, where people pick one.
pub fn pool_of(found: &Found) -> Option<String> {
    let pooled = found.facts.arrangement == Arrangement::Pools;
    let first = found.tickets.first().filter(|_| pooled);
    first.map(|(_, ticket)| ticket.draw.clone())
}

/// The rows of linked answers whose entry takes part with no ticket: second ones of a person, and
/// those that are barred.
pub fn answers_left_out(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<String>, Error> {
    Ok(store::counting::answers_without_a_living_ticket(
        tx, activity,
    )?)
}
