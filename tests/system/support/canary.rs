//! The scan for personal data: unique strings are entered, and no file may hold them afterwards.
//!
//! A value may lie about in many dresses, so every canary is looked for in each encoding of
//! [`dresses`]. Invariant: a scan that finds nothing means something only beside a scan of the
//! same kind that found what was put there on purpose.
//!
//! Not here: compressed copies. PostgreSQL compresses long values and statistics, so its rows are
//! also read as text ([`super::TestDatabase::rows`]).

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

/// Shorter byte strings turn up by chance in a large file.
const SHORTEST: usize = 8;

/// A canary that was found where it must not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Find {
    /// File, or the name of other bytes.
    pub place: String,
    /// The canary.
    pub canary: String,
    /// Which dress it wore.
    pub encoding: &'static str,
}

/// All canaries in all dresses, ready to look through files.
pub struct Scan {
    needles: Vec<Needle>,
    /// Needles by their first bytes.
    starts: HashMap<[u8; SHORTEST], Vec<usize>>,
    /// One bit for each possible pair of first bytes: most positions of a file end here.
    first_pairs: Vec<bool>,
}

struct Needle {
    bytes: Vec<u8>,
    canary: String,
    encoding: &'static str,
}

impl Scan {
    /// Looks for these strings; each has at least 8 bytes in UTF-8.
    pub fn of<S: AsRef<str>>(canaries: &[S]) -> Scan {
        let mut scan = Scan {
            needles: Vec::new(),
            starts: HashMap::new(),
            first_pairs: vec![false; 1 << 16],
        };
        for canary in canaries {
            let canary = canary.as_ref();
            assert!(canary.len() >= SHORTEST, "a canary needs 8 bytes or more");
            let mut seen = BTreeSet::new();
            for (encoding, bytes) in dresses(canary) {
                if bytes.len() >= SHORTEST && seen.insert(bytes.clone()) {
                    scan.add(canary, encoding, bytes);
                }
            }
        }
        scan
    }

    fn add(&mut self, canary: &str, encoding: &'static str, bytes: Vec<u8>) {
        let start = *bytes
            .first_chunk()
            .expect("a needle is never shorter than its start");
        self.first_pairs[pair(start[0], start[1])] = true;
        self.starts
            .entry(start)
            .or_default()
            .push(self.needles.len());
        self.needles.push(Needle {
            bytes,
            canary: canary.to_owned(),
            encoding,
        });
    }

    /// What is found in a file or in every file below a folder, and in the names of the files.
    pub fn folder(&self, folder: &Path) -> Vec<Find> {
        let mut finds = Vec::new();
        let mut waiting = vec![folder.to_owned()];
        while let Some(path) = waiting.pop() {
            let place = path.display().to_string();
            finds.extend(self.bytes(&place, place.as_bytes()));
            if path.is_dir() {
                // A database or mail server may remove a file while its folder is read.
                let entries = fs::read_dir(&path).into_iter().flatten();
                waiting.extend(entries.flatten().map(|entry| entry.path()));
            } else if let Ok(bytes) = fs::read(&path) {
                finds.extend(self.bytes(&place, &bytes));
            }
        }
        finds.sort();
        finds.dedup();
        finds
    }

    /// What is found in `bytes`, which `place` names.
    pub fn bytes(&self, place: &str, bytes: &[u8]) -> Vec<Find> {
        let mut finds = Vec::new();
        for (at, window) in bytes.windows(SHORTEST).enumerate() {
            if !self.first_pairs[pair(window[0], window[1])] {
                continue;
            }
            let Some(candidates) = window.first_chunk().and_then(|s| self.starts.get(s)) else {
                continue;
            };
            for needle in candidates.iter().map(|index| &self.needles[*index]) {
                if bytes[at..].starts_with(&needle.bytes) {
                    finds.push(Find {
                        place: place.to_owned(),
                        canary: needle.canary.clone(),
                        encoding: needle.encoding,
                    });
                }
            }
        }
        finds.sort();
        finds.dedup();
        finds
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// A canary in every encoding in which a careless program might leave it behind.
pub fn dresses(canary: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = canary.as_bytes();
    let full_width: String = canary
        .chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
            other => other,
        })
        .collect();
    let mut all = vec![
        ("UTF-8", bytes.to_vec()),
        ("upper case", canary.to_uppercase().into_bytes()),
        ("lower case", canary.to_lowercase().into_bytes()),
        ("full width", full_width.into_bytes()),
        ("UTF-16LE", utf16(canary, u16::to_le_bytes)),
        ("UTF-16BE", utf16(canary, u16::to_be_bytes)),
        ("hex", HEXLOWER.encode(bytes).into_bytes()),
        ("HEX", HEXUPPER.encode(bytes).into_bytes()),
        ("percent", percent(bytes, "%20").into_bytes()),
        ("form", percent(bytes, "+").into_bytes()),
        ("quoted-printable", quoted_printable(bytes).into_bytes()),
        ("JSON escapes", json_escapes(canary).into_bytes()),
    ];
    for offset in 0..3 {
        all.push(("base64", base64(bytes, offset, &BASE64_NOPAD)));
        all.push(("base64url", base64(bytes, offset, &BASE64URL_NOPAD)));
    }
    // An index with compressed prefixes keeps only how a value ends.
    if let Some((at, _)) = canary.char_indices().rev().nth(9).filter(|(at, _)| *at > 0) {
        all.push(("last ten characters", bytes[at..].to_vec()));
    }
    all
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// The part of base64 that does not depend on the bytes around the canary.
fn base64(bytes: &[u8], offset: usize, alphabet: &data_encoding::Encoding) -> Vec<u8> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(bytes);
    let whole = padded.len() / 3 * 4;
    let coded = alphabet.encode(&padded).into_bytes();
    let first_own = if offset == 0 { 0 } else { offset + 1 };
    coded[first_own.min(whole)..whole].to_vec()
}

fn percent(bytes: &[u8], space: &str) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                text.push(char::from(byte));
            }
            b' ' => text.push_str(space),
            other => write!(text, "%{other:02X}").expect("a String takes everything"),
        }
    }
    text
}

fn quoted_printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b' '..=b'<' | b'>'..=b'~' => text.push(char::from(byte)),
            other => write!(text, "={other:02X}").expect("a String takes everything"),
        }
    }
    text
}

fn json_escapes(text: &str) -> String {
    let mut escaped = String::new();
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(ascii @ b' '..=b'~') => escaped.push(char::from(ascii)),
            _ => write!(escaped, "\\u{unit:04x}").expect("a String takes everything"),
        }
    }
    escaped
}
