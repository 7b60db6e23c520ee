//! Control: compiles.
use fairdraw::vault::{Email, NationalId, OpenedContact, OpenedParticulars, TaxFiling, WinnerNotice};

pub fn write(winner: &OpenedContact<WinnerNotice>) -> Option<&str> {
    winner.read::<Email>().map(|email| email.expose())
}

pub fn file(payee: &OpenedParticulars<TaxFiling>) -> Option<&str> {
    payee.read::<NationalId>().map(|id| id.expose())
}
