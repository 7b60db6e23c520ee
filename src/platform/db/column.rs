//! Numbers and hashes as columns hold them: both databases know whole numbers with a sign, and bytes.
//!
//! Invariant: what is read was written by this program; anything else is damage, and stops.
//!
//! Not here: what a number means, and its bounds (each domain's types and its `CHECK`s).

use lucky_draw::encode::Hash;

/// A count, an index or a position, to be stored.
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).expect("counts, indices and positions are below 2^63")
}

/// A count, an index or a position that was stored.
pub fn unsigned(stored: i64) -> u64 {
    u64::try_from(stored).expect("counts, indices and positions are stored without sign")
}

/// A number of a few that was stored.
pub fn small(stored: i64) -> u32 {
    u32::try_from(stored).expect("small numbers are checked before they are stored")
}

/// A hash that was stored.
pub fn hash(stored: &[u8]) -> Hash {
    Hash(stored.try_into().expect("hashes are stored with 32 bytes"))
}
