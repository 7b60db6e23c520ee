//! Openings that are called recorded without a line in the record.
use fairdraw::vault::{Recorded, WinnerContact, WinnerExport};

pub fn skip(contacts: Vec<WinnerContact>) -> Recorded<WinnerExport> {
    Recorded { contacts, purpose: std::marker::PhantomData } //~ E0451
}
