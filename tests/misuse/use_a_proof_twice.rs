//! One proof for two openings.
use fairdraw::vault::{Sealed, WinnerContact};

pub fn twice(genuine: WinnerContact, other: Sealed) -> (WinnerContact, WinnerContact) {
    let WinnerContact { proof, sealed, notice } = genuine;
    let first = WinnerContact { proof, sealed, notice };
    (first, WinnerContact { proof, sealed: other, notice }) //~ E0382
}
