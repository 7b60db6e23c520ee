//! What the receipt opened for the person goes into no list.
use fairdraw::vault::{OpenedContact, OwnCopy, WinnerExport};

fn line(_: &OpenedContact<WinnerExport>) {}

pub fn export(own: &OpenedContact<OwnCopy>) {
    line(own) //~ E0308
}
