//! An opened contact kept beside the one that is wiped.
use fairdraw::vault::{OpenedContact, WinnerNotice};

fn copies<T: Clone>() {}

pub fn keep() {
    copies::<OpenedContact<WinnerNotice>>() //~ E0277
}
