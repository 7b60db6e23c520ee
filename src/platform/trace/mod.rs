//! Looking for strings that should be gone: in files, folders, devices and backups, in every dress.
//!
//! A value may lie about as it was typed, as UTF-16, as base64, in the middle of a web address. So
//! each string becomes many needles ([`dresses`]), and bytes are read once for all of them.
//!
//! Invariant: a needle is found wherever it starts, also across two pieces of a long file; what
//! could not be read is named, so that "nothing found" is never said of bytes that nobody saw.
//! What is looked for is personal, so no result holds it: a [`Find`] has its number.
//!
//! Not here: values that a database packed together or cut into pieces (PostgreSQL compresses long
//! values and statistics), which have to be asked for as rows.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::io::{self, Read};

mod dress;
mod packed;
mod walk;

pub use dress::{Dress, dresses};

/// Needles are this long or longer; shorter ones turn up by chance in a large file.
pub const SHORTEST: usize = 6;

/// What the key of a window keeps of the number it is shifted through.
const WINDOW: u64 = (1 << (8 * SHORTEST)) - 1;

/// A block of zeros, which empty parts of devices consist of.
const ZEROS: [u8; 4096] = [0; 4096];

/// How much of a file is read at a time.
const PIECE: usize = 1 << 20;

/// A string that was found where it should not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Find {
    /// File, device, or the name of other bytes.
    pub place: String,
    /// Which string it is: its number in the list that [`Scan::of`] was given, from 0.
    pub string: usize,
    /// Which dress it wore.
    pub dress: &'static str,
    /// Where it starts for the first time, in bytes from the start of the place.
    pub offset: u64,
    /// How often it is there.
    pub times: u64,
}

/// A place or a part of it that was not looked through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Which.
    pub place: String,
    /// Why.
    pub why: WhyUnread,
}

/// Why a place was not looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyUnread {
    /// The operating system refused.
    Refused(io::ErrorKind),
    /// It leads elsewhere; what is there was not asked for.
    Link,
    /// A socket, a pipe or a device inside a folder.
    NoFile,
    /// Packed in a way that this program does not unpack, encrypted, or damaged.
    Packed,
}

impl fmt::Display for WhyUnread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhyUnread::Refused(kind) => write!(f, "{kind}"),
            WhyUnread::Link => f.write_str("a symbolic link; name its target to look there"),
            WhyUnread::NoFile => f.write_str("a socket, pipe or device; no file"),
            WhyUnread::Packed => {
                f.write_str("packed or encrypted in a way that cannot be looked into")
            }
        }
    }
}

/// What was looked through and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Everything found, sorted by place.
    pub finds: Vec<Find>,
    /// What was not looked through.
    pub unread: Vec<Unread>,
    /// Files and other places that were read to their end.
    pub places: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Seen {
    /// Adds what was seen elsewhere.
    pub fn add(&mut self, other: Seen) {
        self.finds.extend(other.finds);
        self.unread.extend(other.unread);
        self.places += other.places;
        self.bytes += other.bytes;
    }

    /// Whether nothing was found and nothing refused to be read. A link leads to bytes that belong
    /// to another place, and a socket has none.
    pub fn is_clean(&self) -> bool {
        let harmless = |unread: &Unread| matches!(unread.why, WhyUnread::Link | WhyUnread::NoFile);
        self.finds.is_empty() && self.unread.iter().all(harmless)
    }

    fn not_read(place: &str, why: WhyUnread) -> Seen {
        Seen {
            unread: vec![Unread {
                place: place.to_owned(),
                why,
            }],
            ..Seen::default()
        }
    }
}

/// A string is too short to be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("string {string} is shorter than {SHORTEST} bytes and would be found by chance")]
pub struct TooShort {
    /// Its number in the list, from 0.
    pub string: usize,
}

/// All strings in all dresses, ready to look through bytes.
pub struct Scan {
    needles: Vec<Needle>,
    /// Needles by their first bytes.
    starts: HashMap<u64, Vec<u32>>,
    /// One bit for each hash of a start: nearly every position of a file ends here.
    filter: Vec<u64>,
    /// How far a hash is shifted to be the number of a bit.
    shift: u32,
    longest: usize,
}

struct Needle {
    bytes: Box<[u8]>,
    string: usize,
    dress: &'static str,
}

/// What one place has shown so far: needle, where first, how often.
type Hits = BTreeMap<u32, (u64, u64)>;

impl Scan {
    /// Looks for these strings, each in every dress that is long enough.
    ///
    /// # Errors
    /// A string of fewer than [`SHORTEST`] bytes in UTF-8.
    pub fn of<S: AsRef<str>>(strings: &[S]) -> Result<Scan, TooShort> {
        let dressed = strings.iter().map(|string| dresses(string.as_ref()));
        Scan::dressed(dressed)
    }

    /// Looks for these bytes: as they are, in hexadecimal and in base64.
    ///
    /// # Errors
    /// Fewer than [`SHORTEST`] bytes.
    pub fn of_bytes<B: AsRef<[u8]>>(strings: &[B]) -> Result<Scan, TooShort> {
        let dressed = strings.iter().map(|bytes| dress::of_bytes(bytes.as_ref()));
        Scan::dressed(dressed)
    }

    /// [`Scan::of_bytes`] and [`Scan::of`] in one, so that a long file is read once: the bytes have
    /// the first numbers, the strings those after them.
    ///
    /// # Errors
    /// Fewer than [`SHORTEST`] bytes.
    pub fn of_both<B: AsRef<[u8]>, S: AsRef<str>>(
        bytes: &[B],
        strings: &[S],
    ) -> Result<Scan, TooShort> {
        let bytes = bytes.iter().map(|bytes| dress::of_bytes(bytes.as_ref()));
        let strings = strings.iter().map(|string| dresses(string.as_ref()));
        Scan::dressed(bytes.chain(strings))
    }

    fn dressed(strings: impl Iterator<Item = Vec<Dress>>) -> Result<Scan, TooShort> {
        let mut needles = Vec::new();
        for (string, dresses) in strings.enumerate() {
            if dresses
                .first()
                .is_none_or(|(_, plain)| plain.len() < SHORTEST)
            {
                return Err(TooShort { string });
            }
            let mut seen = HashSet::new();
            for (dress, bytes) in dresses {
                if bytes.len() >= SHORTEST && seen.insert(bytes.clone()) {
                    let bytes = bytes.into();
                    needles.push(Needle {
                        bytes,
                        string,
                        dress,
                    });
                }
            }
        }
        Ok(Scan::ready(needles))
    }

    fn ready(needles: Vec<Needle>) -> Scan {
        // Sixty-four bits a needle or more, so that few positions pass by chance.
        let bits = (needles.len().max(1).ilog2() + 7).clamp(16, 28);
        let mut scan = Scan {
            starts: HashMap::new(),
            filter: vec![0; 1 << (bits - 6)],
            shift: 64 - bits,
            longest: needles
                .iter()
                .map(|needle| needle.bytes.len())
                .max()
                .unwrap_or(0),
            needles: Vec::new(),
        };
        for (number, needle) in (0..).zip(&needles) {
            let start = needle.bytes[..SHORTEST].iter();
            let start = start.fold(0, |key, byte| key << 8 | u64::from(*byte));
            let (word, bit) = scan.bit(start);
            scan.filter[word] |= bit;
            scan.starts.entry(start).or_default().push(number);
        }
        scan.needles = needles;
        scan
    }

    /// The word and the bit of the filter that a start belongs to.
    fn bit(&self, start: u64) -> (usize, u64) {
        let hash = start.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift;
        let word = usize::try_from(hash >> 6).expect("the filter is in memory");
        (word, 1 << (hash & 63))
    }

    /// How many needles the strings became.
    pub fn needles(&self) -> usize {
        self.needles.len()
    }

    /// What is found in `bytes`, which `place` names.
    pub fn bytes(&self, place: &str, bytes: &[u8]) -> Vec<Find> {
        let mut hits = Hits::new();
        self.look(bytes, bytes.len(), 0, &mut hits);
        self.told(place, hits)
    }

    /// Reads to the end, in pieces, and tells what is found; packed bytes are taken as they are.
    ///
    /// # Errors
    /// What the reader says; nothing is told then of the bytes before.
    pub fn reader(&self, place: &str, mut from: impl Read) -> io::Result<Seen> {
        let mut hits = Hits::new();
        let mut window = Vec::with_capacity(PIECE + self.longest);
        let mut base = 0;
        loop {
            let before = window.len();
            from.by_ref().take(PIECE as u64).read_to_end(&mut window)?;
            if window.len() == before {
                break;
            }
            // A needle that starts before this place stands whole in the window.
            let sure = (window.len() + 1).saturating_sub(self.longest.max(1));
            self.look(&window, sure, base, &mut hits);
            window.drain(..sure);
            base += sure as u64;
        }
        self.look(&window, window.len(), base, &mut hits);
        Ok(Seen {
            finds: self.told(place, hits),
            unread: Vec::new(),
            places: 1,
            bytes: base + window.len() as u64,
        })
    }

    /// Notes every needle that starts before `until`; `base` is where `bytes` stand in the place.
    fn look(&self, bytes: &[u8], until: usize, base: u64, hits: &mut Hits) {
        let mut key = 0;
        let mut at = 0;
        while at < bytes.len() {
            // After a block of zeros the window holds zeros, as it would byte by byte.
            if bytes[at] == 0 && bytes[at..].starts_with(&ZEROS) && !self.starts.contains_key(&0) {
                at += ZEROS.len();
                key = 0;
                continue;
            }
            key = (key << 8 | u64::from(bytes[at])) & WINDOW;
            at += 1;
            if at < SHORTEST {
                continue;
            }
            let start = at - SHORTEST;
            if start >= until {
                return;
            }
            let (word, bit) = self.bit(key);
            if self.filter[word] & bit == 0 {
                continue;
            }
            for number in self.starts.get(&key).into_iter().flatten() {
                let needle = &self.needles[*number as usize];
                if bytes[start..].starts_with(&needle.bytes) {
                    let offset = base + start as u64;
                    hits.entry(*number).or_insert((offset, 0)).1 += 1;
                }
            }
        }
    }

    fn told(&self, place: &str, hits: Hits) -> Vec<Find> {
        let finds = hits.into_iter().map(|(number, (offset, times))| {
            let needle = &self.needles[number as usize];
            Find {
                place: place.to_owned(),
                string: needle.string,
                dress: needle.dress,
                offset,
                times,
            }
        });
        finds.collect()
    }
}

#[cfg(test)]
mod tests;
