//! The mail to winners reads a field that it does not need.
use fairdraw::vault::{OpenedContact, Phone, WinnerNotice};

pub fn call(winner: &OpenedContact<WinnerNotice>) -> bool {
    winner.read::<Phone>().is_some() //~ E0277
}
