//! The web side can only seal.
use fairdraw::vault::{PublicKeys, Sealer};

pub fn open(sealer: &Sealer, keys: &PublicKeys, sealed: &[u8]) {
    sealer.open(keys, sealed); //~ E0599
}
