//! The corpus's own dice: everything follows from a name, so that every bundle can be made again.

use lucky_draw::encode::sha256;
use lucky_draw::order::Stream;

/// A stream of choices.
pub(crate) struct Dice(Stream);

impl Dice {
    pub(crate) fn new(name: &str) -> Dice {
        Dice(Stream::new(&sha256(name.as_bytes())))
    }

    /// A number below `m`.
    pub(crate) fn below(&mut self, m: u64) -> u64 {
        self.0.uniform(m)
    }

    /// A place in something of this length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("small")
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + u32::try_from(self.below(u64::from(high - low) + 1)).expect("small")
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.place(of.len())]
    }

    /// Entropy of a receipt secret.
    pub(crate) fn entropy(&mut self) -> [u8; 13] {
        let mut entropy = [0; 13];
        entropy[..8].copy_from_slice(&self.0.next_value().to_be_bytes());
        entropy[8..].copy_from_slice(&self.0.next_value().to_be_bytes()[3..]);
        entropy
    }
}
