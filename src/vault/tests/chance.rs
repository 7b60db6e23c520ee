//! Chance that is the same in every run, and how many cases a run takes.

use lucky_draw::encode::sha256;

/// How many cases: `small`, or what `FAIRDRAW_CASES` says (`make soak-privacy`).
pub(super) fn cases(small: usize) -> usize {
    let wanted = std::env::var("FAIRDRAW_CASES").ok();
    wanted.map_or(small, |text| {
        text.parse().expect("FAIRDRAW_CASES is a number")
    })
}

/// Numbers from a seed.
pub(super) struct Chance {
    seed: u64,
    drawn: u64,
}

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance { seed, drawn: 0 }
    }

    pub(super) fn bytes(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let number = [self.seed.to_be_bytes(), self.drawn.to_be_bytes()].concat();
        sha256(&number).0
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let bytes = self.bytes();
        let number = u64::from_be_bytes(bytes[..8].try_into().expect("8 of 32 bytes"));
        usize::try_from(number % u64::try_from(end).expect("fits")).expect("fits")
    }

    /// One of these.
    pub(super) fn of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }
}
