//! The contacts of a hold: sealed anew when the key of the activity goes, gone when the hold ends.
//!
//! Invariant: what is sealed anew never comes out open on the way; a hold that was approved is kept
//! or the purge waits; the key of a hold is destroyed before its rows.

use crate::activity::ActivityId;
use crate::audit::Actor;
use crate::draw::DrawId;
use crate::entry;
use crate::journal;
use crate::platform::db::{self, Db, Tx};
use crate::vault::{self, BoundBox, Vault};

use super::{Hold, State, find};
use crate::custody::{Error, HoldId, allowed, kept, note, store};

/// A contact that a hold keeps, sealed to the hold's own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldItem {
    /// The ticket.
    pub position: u64,
    /// Row, box and what the box is bound to.
    pub bound: HeldBox,
}

/// Row, box and what the box is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBox {
    /// The row.
    pub item: String,
    /// The box.
    pub sealed: Vec<u8>,
    /// Hash of the notice that the person was shown.
    pub notice: [u8; 32],
    /// The person's tag in the activity.
    pub tag: [u8; 32],
}

/// Seals the named contacts of an activity anew, each under the key of its hold, before the key of
/// the activity is destroyed. Tells how many are held now. May be repeated.
///
/// # Errors
/// [`Error::NotAllowed`] where more rows are held than the operator's number of the year: the purge
/// waits, since a hold that was approved must not be lost without a word.
pub fn rehouse(db: &Db, vault: &Vault, activity: &ActivityId) -> Result<u64, Error> {
    let (now, due) = db.read_now("list holds due", |tx| {
        Ok::<_, Error>((tx.now(), store::holds::of_activity(tx, activity)?))
    })?;
    let mut held = 0;
    for hold in due.iter().filter(|hold| hold.is_in_force(now)) {
        let waiting = db.read_now("read rows to hold", |tx| missing(tx, hold))?;
        if !waiting.is_empty() {
            let public = vault.create_scope(&hold.scope())?;
            let boxes = waiting.iter().map(|(_, bound)| bound.clone()).collect();
            let sealed = allowed(vault.rehouse(activity.as_str(), &hold.scope(), boxes))?;
            let mut items = Vec::new();
            for ((position, bound), sealed) in waiting.into_iter().zip(sealed) {
                let bound = HeldBox {
                    item: bound.item,
                    sealed: sealed?,
                    notice: bound.notice.0,
                    tag: bound.tag.0,
                };
                items.push(HeldItem { position, bound });
            }
            db.write_now("hold rows", |tx| {
                vault::keep_scope(tx, &hold.scope(), &public)?;
                keep(tx, hold, &items)
            })?;
        }
        held += db.read_now("count held rows", |tx| {
            store::holds::count_items(tx, hold).map_err(Error::from)
        })?;
    }
    Ok(held)
}

fn keep(tx: &mut Tx, hold: &Hold, items: &[HeldItem]) -> Result<(), Error> {
    for item in items {
        let finder = kept::finder_of(tx, &hold.activity, &hold.draw, item.position)?;
        store::holds::insert_item(tx, hold, item, finder)?;
    }
    let held = Hold {
        held: store::holds::count_items(tx, hold)?,
        ..find(tx, &hold.id)?
    };
    store::holds::update(tx, State::Active, &held)?;
    let count = held.held.to_string();
    note(
        tx,
        &Actor::System,
        "custody.rows_held",
        (hold.activity.as_str(), hold.id.as_str()),
        &count,
    )
}

/// The contacts of a hold that are not sealed anew yet; a ticket whose person took the entry back
/// meanwhile has none.
fn missing(tx: &mut Tx, hold: &Hold) -> Result<Vec<(u64, BoundBox)>, Error> {
    let known = store::holds::items(tx, hold)?;
    let mut waiting = Vec::new();
    for position in store::holds::tickets(tx, hold)? {
        if known.iter().any(|item| item.position == position) {
            continue;
        }
        match contact(tx, &hold.activity, &hold.draw, position) {
            Ok(bound) => waiting.push((position, bound)),
            Err(Error::NoTicket(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(waiting)
}

/// The sealed contact behind a ticket.
pub(in crate::custody) fn contact(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &DrawId,
    index: u64,
) -> Result<BoundBox, Error> {
    let ticket = entry::ticket(tx, activity, draw.as_str(), index)?;
    let ticket = ticket.ok_or(Error::NoTicket(index))?;
    let item = ticket.contact_item.ok_or(Error::NoTicket(index))?;
    let sealed = vault::sealed(tx, activity.as_str(), &item)?;
    let sealed = sealed.ok_or(Error::NoTicket(index))?;
    Ok(BoundBox {
        item,
        tag: ticket.tag,
        notice: ticket.notice,
        sealed: sealed.sealed,
    })
}

/// Ends the holds whose last day is over: key, rows, then a signed note that they are gone.
pub(in crate::custody) fn end_due(db: &Db, vault: &Vault) -> Result<usize, Error> {
    let over = db.read_now("list holds that are over", |tx| {
        let now = tx.now();
        let mut holds = store::holds::list(tx)?;
        holds.retain(|hold| hold.state == State::Active && hold.until <= now);
        Ok::<_, Error>(holds)
    })?;
    for hold in &over {
        // Outside a transaction: destroying a key cannot be rolled back, and may be done twice.
        if vault.holds_key(&hold.scope())? {
            vault.erase(&hold.scope())?;
        }
        db.write_now("end hold", |tx| end(tx, vault, &hold.id))?;
    }
    Ok(over.len())
}

fn end(tx: &mut Tx, vault: &Vault, id: &HoldId) -> Result<(), Error> {
    let hold = find(tx, id)?;
    let now = tx.now();
    let rows = store::holds::count_items(tx, &hold)?;
    let ended = Hold {
        state: State::Ended,
        change: None,
        ended_at: Some(now),
        ..hold
    };
    match store::holds::update(tx, State::Active, &ended) {
        // Another process ended it first.
        Err(Error::Moved) => return Ok(()),
        outcome => outcome?,
    }
    store::holds::erase_rows(tx, &ended)?;
    vault::scope_erased(tx, &ended.scope())?;
    db::tidy::wanted(tx)?;
    if rows > 0 {
        let lines = [
            ("hold", ended.id.0.clone()),
            ("basis", ended.basis.code().replace('_', "-")),
            ("rows", rows.to_string()),
            ("ended", now.unix().to_string()),
        ];
        journal::write_site(tx, vault, "hold-end", &lines)?;
    }
    let object = (ended.activity.as_str(), ended.id.as_str());
    note(
        tx,
        &Actor::System,
        "custody.hold_ended",
        object,
        &rows.to_string(),
    )
}
