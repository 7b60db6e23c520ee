//! The order in which tickets leave the drum (section 4.6).
//!
//! Invariant: `Order` is a permutation of 0..n that depends on the seed and n alone; every
//! permutation is equally likely for a uniform seed. Withdrawn tickets are skipped by the caller,
//! never taken out here, so that voiding one moves no other.

use std::collections::BTreeMap;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::encode::Hash;

/// The keystream of ChaCha20 (RFC 8439 section 2.3; key = seed, nonce zero, counter from 0), read
/// as little-endian 64-bit integers.
pub struct Stream(ChaCha20Rng);

impl Stream {
    /// The stream of `seed`.
    #[must_use]
    pub fn new(seed: &Hash) -> Stream {
        Stream(ChaCha20Rng::from_seed(seed.0))
    }

    /// The next 64 bits.
    pub fn next_value(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A uniform integer below `m` by rejection; consumes at least one value even for `m` = 1.
    ///
    /// # Panics
    ///
    /// If `m` is 0: there is no integer below 0.
    pub fn uniform(&mut self, m: u64) -> u64 {
        assert!(m >= 1, "there is no integer below 0");
        // L = floor(2^64 / m) * m can be 2^64 itself, so the surplus 2^64 mod m is compared.
        let surplus = (u64::MAX % m + 1) % m;
        loop {
            let value = self.next_value();
            if value <= u64::MAX - surplus {
                return value % m;
            }
        }
    }
}

/// Sparse Fisher-Yates over the indices 0..n, lazily.
pub struct Order {
    stream: Stream,
    moved: BTreeMap<u64, u64>,
    next: u64,
    size: u64,
}

impl Order {
    /// The order of `n` tickets under `seed`.
    #[must_use]
    pub fn new(seed: &Hash, n: u64) -> Order {
        Order {
            stream: Stream::new(seed),
            moved: BTreeMap::new(),
            next: 0,
            size: n,
        }
    }
}

impl Iterator for Order {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let here = self.next;
        if here == self.size {
            return None;
        }
        self.next += 1;
        let drawn = here + self.stream.uniform(self.size - here);
        // Position `here` is never read again, so its entry leaves the map.
        let displaced = self.moved.remove(&here).unwrap_or(here);
        if drawn == here {
            return Some(displaced);
        }
        Some(self.moved.insert(drawn, displaced).unwrap_or(drawn))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.size - self.next).ok();
        (left.unwrap_or(usize::MAX), left)
    }
}
