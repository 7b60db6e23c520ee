//! An opened text carried out of the place where it was opened.
use fairdraw::vault::{Name, Opened, OpenedContact, WinnerExport};

pub fn keep(winner: OpenedContact<WinnerExport>) -> Option<Opened<'static, Name>> {
    winner.read::<Name>() //~ E0515
}
