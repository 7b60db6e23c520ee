//! Rows of the tax vault that turn out to be wrong: a handover that is taken back, a payee whose
//! name, address or residency was taken down wrongly.
//!
//! Invariant: a row stands for a handover that stands; what is put right is sealed anew, and a row
//! of another ID number waits for a second person again; nothing changes once the year is filed.

use lucky_draw::result::Slot;

use crate::audit::{Actor, StaffId};
use crate::draw::tax::RuleBook;
use crate::notify::Claim;
use crate::notify::claims::{self, Decided};
use crate::platform::db::{self, Db, Tx};
use crate::vault::{self, Particulars, Vault};

use super::{Payee, TakenDown, TaxRow, TaxRowId, scope, year};
use crate::custody::{Error, note, store};

/// One row.
///
/// # Errors
/// [`Error::Unknown`] where the year has no such row.
pub fn row(tx: &mut Tx, year: i16, id: &TaxRowId) -> Result<TaxRow, Error> {
    store::tax::row(tx, year, id)?.ok_or(Error::Unknown)
}

/// Takes back a handover that was marked by mistake: the row that was taken down of it goes too.
///
/// # Errors
/// [`Error::YearShut`] where that row is filed.
pub fn undo(tx: &mut Tx, draw: &Decided, by: &Actor, slot: &Slot) -> Result<Claim, Error> {
    let undone = claims::undo(tx, draw, by, slot)?;
    let (activity, id) = (&draw.facts.id, &draw.plan.id);
    if let Some(row) = store::tax::of_claim(tx, activity, id, slot, undone.index)? {
        is_open(tx, &row)?;
        store::tax::erase(tx, &row)?;
        db::tidy::wanted(tx)?;
        record(tx, by, "custody.payee_removed", &row)?;
    }
    Ok(undone)
}

/// Seals anew what the statement needs of a payee. The ID number is typed again: it has to be the
/// one that is kept, where that was compared with the entry.
///
/// # Errors
/// [`Error::YearShut`] once the year is filed, [`Error::Moved`] if somebody put it right meanwhile.
pub fn correct(
    db: &Db,
    vault: &Vault,
    by: &StaffId,
    book: &RuleBook,
    row: &TaxRow,
    payee: &Payee,
) -> Result<TakenDown, Error> {
    db.read_now("read tax year", |tx| is_open(tx, row))?;
    let scope = scope(row.year);
    let tag = vault.tag_in_scope(&scope, &payee.subject)?;
    let is_same = tag == row.payee;
    if row.matched && !is_same {
        return Ok(TakenDown::Differs);
    }
    let public = vault.create_scope(&scope)?;
    let particulars = Particulars::new()
        .with(&payee.name)
        .with(&payee.id)
        .with(&payee.address);
    let mended = TaxRow {
        payee: tag,
        sealed: vault::seal_to_scope(&public, &scope, row.id.as_str(), &particulars)?,
        withheld: book.at(row.paid_at).withheld(row.value, payee.residency),
        residency: payee.residency,
        // Another number is another look at the card: by whoever typed it, and by a second person.
        entered_by: if is_same {
            row.entered_by.clone()
        } else {
            by.clone()
        },
        confirmed_by: row.confirmed_by.clone().filter(|_| is_same),
        ..row.clone()
    };
    db.write_now("correct payee", |tx| {
        is_open(tx, row)?;
        store::tax::replace(tx, row, &mended)?;
        db::tidy::wanted(tx)?;
        record(
            tx,
            &Actor::Staff(by.clone()),
            "custody.payee_corrected",
            &mended,
        )
    })?;
    Ok(TakenDown::Kept)
}

fn is_open(tx: &mut Tx, row: &TaxRow) -> Result<(), Error> {
    match year(tx, row.year)?.filed_at {
        Some(_) => Err(Error::YearShut),
        None => Ok(()),
    }
}

fn record(tx: &mut Tx, by: &Actor, act: &'static str, row: &TaxRow) -> Result<(), Error> {
    let object = format!("{} {} {}", row.slot, row.index, row.id);
    note(tx, by, act, (row.activity.as_str(), &object), "")
}
