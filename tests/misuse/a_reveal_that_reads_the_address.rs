//! The stage shows masked names and nothing else.
use fairdraw::vault::{AddressLine, LiveReveal, OpenedContact};

pub fn show(winner: &OpenedContact<LiveReveal>) -> bool {
    winner.read::<AddressLine>().is_some() //~ E0277
}
