//! A draw that is called verified without asking the vault.
use fairdraw::vault::VerifiedDraw;

pub fn believe() {
    let _ = VerifiedDraw::of; //~ E0624
}
