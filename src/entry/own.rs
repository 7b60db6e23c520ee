//! What the holder of a receipt code may do with the own entry: read it, and take it back.
//!
//! Invariant: an entry can be taken back until the close, in a draw until the freeze, and never
//! after it; its leaf keeps its place, so that nobody else's ticket moves (`decisions` D14).
//!
//! Not here: pages ([`super::pages`]); who else opens contact data (`notify`).

use lucky_draw::encode::Hash;
use lucky_draw::ticket::Secret;

use crate::activity::{Facts, Kind, Stage};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::vault::{self, OpenedContact, OwnCopy, Refusal, Vault};

use super::receipt::{self, Found};
use super::{Entry, Error, store};

/// Whether an entry of this activity can be taken back at `now`.
pub fn may_withdraw(facts: &Facts, now: Timestamp) -> bool {
    match facts.stage {
        Stage::Open => now < facts.closes_at,
        // The next close note, at the latest that of the freeze, takes the ticket out.
        Stage::Closed => facts.kind == Kind::Draw && now < facts.freezes_at,
        _ => false,
    }
}

/// Whether the entry has a receipt: answers that belong to nobody have none (`decisions` D7).
pub fn has_receipt(found: &Found) -> bool {
    let kept = found.facts.kind == Kind::Draw || found.facts.answers_linked;
    kept && !found.entry.withdrawn
}

/// Whether the entry can be taken back now.
pub fn is_withdrawable(found: &Found, now: Timestamp) -> bool {
    has_receipt(found) && may_withdraw(&found.facts, now)
}

/// Takes the entry back: its sealed data goes, its ticket is void. A second time is the same.
pub fn withdraw(tx: &mut Tx, lookup: &Hash) -> Result<Found, Error> {
    let found = receipt::find(tx, lookup)?.ok_or(Error::Unknown)?;
    if found.entry.withdrawn {
        return Ok(found);
    }
    let entry = &found.entry;
    let is_final = store::has_frozen_drum(tx, &entry.activity)?;
    if is_final || !may_withdraw(&found.facts, tx.now()) {
        return Err(Error::Ended);
    }
    for item in [&entry.contact_item, &entry.answers_item]
        .into_iter()
        .flatten()
    {
        vault::discard(tx, entry.activity.as_str(), item)?;
    }
    store::withdraw(tx, entry)?;
    receipt::find(tx, lookup)?.ok_or(Error::Unknown)
}

/// The sealed copy that only the receipt secret opens, if it still exists.
pub fn own_copy(tx: &mut Tx, entry: &Entry) -> Result<Option<Vec<u8>>, Error> {
    let Some(item) = &entry.contact_item else {
        return Ok(None);
    };
    let row = vault::sealed(tx, entry.activity.as_str(), item)?;
    Ok(row.and_then(|row| row.own_copy))
}

/// Opens the own copy; none once the activity's key is destroyed.
pub fn open(
    vault: &Vault,
    entry: &Entry,
    secret: &Secret,
    own_copy: &[u8],
) -> Result<Option<OpenedContact<OwnCopy>>, Error> {
    let activity = entry.activity.as_str();
    match vault.open_own_copy(activity, entry.id.as_str(), secret, own_copy) {
        Ok(contact) => Ok(Some(contact)),
        Err(vault::Error::Refused(Refusal::NoKey)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
