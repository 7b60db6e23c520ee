//! What is kept about a person beyond the purge of the activity, as the person is told.
//!
//! Invariant: only the holder of the receipt code is told. Before the purge the rows are found by
//! the tickets of the entry; after it by a hash of the keyed lookup value, which says nothing to
//! anybody without the code.
//!
//! Not here: keeping and erasing ([`super::hold`], [`super::tax`]); how it is said
//! ([`super::wire`]).

use lucky_draw::encode::{Hash, tagged_hash};

use crate::activity::ActivityId;
use crate::draw::DrawId;
use crate::draw::tax::RuleBook;
use crate::entry::receipt;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::Tx;

use super::hold::{Basis, Hold};
use super::tax::{TaxRow, delete_after, rules_of};
use super::{Error, store};

/// A row about a person that has a last day of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The activity it comes from.
    pub activity: ActivityId,
    /// Why it is kept.
    pub why: Why,
    /// Its last moment; of a year that is not filed yet, the latest that it can be.
    pub until: Timestamp,
}

/// Why a row is kept beyond the purge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The contact, under a hold.
    Hold(Basis),
    /// Name, ID number and registered address of a payee, for the tax on a prize.
    Tax {
        /// The year of payment.
        year: i16,
        /// Whether its statements are filed.
        is_filed: bool,
    },
}

/// The rows kept about the entry with these tickets (draw and index).
pub fn of_tickets(
    tx: &mut Tx,
    config: &Config,
    activity: &ActivityId,
    tickets: &[(String, u64)],
) -> Result<Vec<Kept>, Error> {
    let book = RuleBook::of(config);
    let is_own = |draw: &DrawId, index: u64| {
        let mut own = tickets.iter();
        own.any(|(of, ticket)| of == draw.as_str() && *ticket == index)
    };
    let mut kept = Vec::new();
    for hold in store::holds::of_activity(tx, activity)? {
        let named = store::holds::tickets(tx, &hold)?;
        if named.into_iter().any(|index| is_own(&hold.draw, index)) {
            kept.extend(of_hold(tx, &hold));
        }
    }
    for row in store::tax::of_activity(tx, activity)? {
        if is_own(&row.draw, row.index) {
            kept.push(of_row(tx, &book, &row)?);
        }
    }
    Ok(kept)
}

/// The rows kept about whoever has the receipt code of this lookup value, after the purge.
pub fn of_lookup(tx: &mut Tx, config: &Config, lookup: &Hash) -> Result<Vec<Kept>, Error> {
    let book = RuleBook::of(config);
    let finder = finder(lookup);
    let mut kept = Vec::new();
    for hold in store::holds::by_finder(tx, &finder)? {
        kept.extend(of_hold(tx, &hold));
    }
    for row in store::tax::by_finder(tx, &finder)? {
        kept.push(of_row(tx, &book, &row)?);
    }
    Ok(kept)
}

/// By what the row of a ticket's person is found after the purge.
pub(super) fn finder_of(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &DrawId,
    index: u64,
) -> Result<Option<Hash>, Error> {
    let lookup = receipt::lookup_of(tx, activity, draw.as_str(), index)?;
    Ok(lookup.as_ref().map(finder))
}

/// Another value than the lookup itself, which a scan after the purge must find nowhere.
fn finder(lookup: &Hash) -> Hash {
    tagged_hash("kept", &[lookup.as_bytes()])
}

fn of_hold(tx: &mut Tx, hold: &Hold) -> Option<Kept> {
    hold.is_in_force(tx.now()).then(|| Kept {
        activity: hold.activity.clone(),
        why: Why::Hold(hold.basis),
        until: hold.until,
    })
}

fn of_row(tx: &mut Tx, book: &RuleBook, row: &TaxRow) -> Result<Kept, Error> {
    let year = super::tax::year(tx, row.year)?;
    Ok(Kept {
        activity: row.activity.clone(),
        why: Why::Tax {
            year: row.year,
            is_filed: year.filed_at.is_some(),
        },
        until: year
            .delete_after
            .unwrap_or_else(|| delete_after(rules_of(book, row.year), row.year)),
    })
}
