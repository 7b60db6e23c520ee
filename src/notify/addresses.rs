//! Who of those that will be told left an address of mail.
//!
//! Invariant: each sealed box is asked once, by its header, which says what is in it and nothing of
//! what it says; the answer stands with the claim. A box changes until the close alone, and whoever
//! has their data erased later leaves the slot ([`super::claims`]), so the answer stays true.
//!
//! Not here: what the page says of it ([`super::pages`]).

use std::collections::{HashMap, HashSet};

use lucky_draw::result::Slot;

use crate::entry;
use crate::platform::db::{Db, Tx};
use crate::vault::{self, FieldKind};

use super::Error;
use super::claims::Decided;
use super::store::listing;

/// Boxes of one transaction: others who write wait for no more.
const TOGETHER: i64 = 2_000;

/// Asks every box that was not asked yet.
pub(super) fn learn(db: &Db, draw: &Decided) -> Result<(), Error> {
    while db.write_now("look for addresses", |tx| learn_some(tx, draw))? {}
    Ok(())
}

/// Asks some boxes that were not asked yet; whether there may be more.
pub(super) fn learn_some(tx: &mut Tx, draw: &Decided) -> Result<bool, Error> {
    let unknown = listing::unknown_addresses(tx, draw, TOGETHER)?;
    let reachable = reachable(tx, draw, &unknown)?;
    let (with, without): (Vec<_>, Vec<_>) = unknown
        .into_iter()
        .partition(|(_, index)| reachable.contains(index));
    for (own, has_address) in [(&with, true), (&without, false)] {
        let slots = own.iter().map(|(slot, _)| slot.to_string());
        listing::keep_addresses(tx, draw, &slots.collect::<Vec<_>>(), has_address)?;
    }
    Ok(!with.is_empty() || !without.is_empty())
}

/// The tickets among these whose box holds an address.
fn reachable(tx: &mut Tx, draw: &Decided, unknown: &[(Slot, u64)]) -> Result<HashSet<u64>, Error> {
    let indices: Vec<u64> = unknown.iter().map(|(_, index)| *index).collect();
    let activity = &draw.facts.id;
    let tickets = entry::tickets_at(tx, activity, draw.draw(), &indices)?;
    let of_item: HashMap<String, u64> = tickets
        .into_iter()
        .filter_map(|ticket| Some((ticket.contact_item?, ticket.index)))
        .collect();
    let items: Vec<String> = of_item.keys().cloned().collect();
    let fields = vault::fields_of(tx, activity.as_str(), &items)?;
    let with_email = fields
        .into_iter()
        .filter(|(_, fields)| fields.has(FieldKind::Email));
    Ok(with_email
        .filter_map(|(item, _)| of_item.get(&item).copied())
        .collect())
}
