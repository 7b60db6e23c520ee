//! A proof that a ticket won, made by hand.
use fairdraw::vault::{Standing, WinnerProof};

pub fn forge(genuine: WinnerProof) -> WinnerProof {
    WinnerProof { position: 7, standing: Standing::Winner, ..genuine } //~ E0451
}
