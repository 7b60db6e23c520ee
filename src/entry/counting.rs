//! Counting people as they enter, where the activity declared it ([`crate::stats`]).
//!
//! Invariant: the counters change in the transaction of the entry, and a person is in them once:
//! the first living entry of a tag. A second one does the same work and adds nothing, so that it
//! looks like the first from outside (`decisions` D5).
//! What is taken out is worked out from the own copy outside the transaction, because only the
//! holder's secret opens it: inside, the copy is compared with the one that was read, and another
//! request that came between makes it all be read again.

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

/// Counts a new entry in; its rows are there already.
pub(super) fn counted(tx: &mut Tx, new: &NewEntry) -> Result<(), Error> {
    if new.counters.is_empty() {
        return Ok(());
    }
    let is_first = match (new.tickets.first(), &new.seat) {
        (Some(ticket), _) => !store::counting::is_counted(tx, &new.activity, &ticket.tag)?,
        (None, Some(wish)) => {
            seats::is_first_of_person(tx, &new.activity, new.id.as_str(), &wish.tag)?
        }
        // Nobody can be told apart in a survey.
        (None, None) => true,
    };
    stats::count(tx, &new.activity, &new.counters, is_first)?;
    Ok(store::counting::mark(tx, &new.activity, &new.id, is_first)?)
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
        stats::count(tx, &entry.activity, after, true)?;
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
