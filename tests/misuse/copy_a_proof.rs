//! A second proof made of the first.
use fairdraw::vault::WinnerProof;

pub fn copied(proof: &WinnerProof) -> WinnerProof {
    proof.clone() //~ E0308
}
