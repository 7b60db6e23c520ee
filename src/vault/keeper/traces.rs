//! Whether anything of an erased activity is left among the keys.
//!
//! Invariant: bytes that the caller chooses are looked for in lists of ids and numbers alone.

use std::collections::HashMap;

use super::super::wire::{Private, Refusal, Reply};
use super::super::{disk, keys};
use super::{Keeper, checked, storage};

/// The shortest needle that a search takes, in bytes.
const NEEDLE: usize = 16;

impl Keeper {
    /// How many files of an erased activity are left, and one more where a needle occurs in a list.
    ///
    /// The caller chooses the needles, so that no page of a key, of a key-encryption key or of shares
    /// is ever looked into: known bytes before an unknown one would tell a key byte by byte.
    pub(super) fn traces(&self, activity: &str, needles: &[Private]) -> Result<Reply, Refusal> {
        let name = checked(activity)?;
        if needles.iter().any(|needle| needle.0.len() < NEEDLE) {
            return Err(Refusal::Broken);
        }
        let keys = self.keys();
        if !keys.was_erased(name).map_err(storage)? {
            return Err(Refusal::NotErased);
        }
        let starts = by_start(needles);
        let mut left = 0;
        let mut found = false;
        for file in disk::names(keys.folder()).map_err(|e| storage(e.into()))? {
            let is_list = keys::LISTS.iter().any(|ending| file.ends_with(ending));
            left += u64::from(file.starts_with(&format!("{name}.")) && !keys::outlives(&file));
            if !is_list || found {
                continue;
            }
            let bytes = disk::read(keys.folder(), &file).map_err(|e| storage(e.into()))?;
            let bytes = bytes.unwrap_or_default();
            found = occurs(&bytes, &starts);
        }
        Ok(Reply::Count(left + u64::from(found)))
    }
}

/// How much of a needle is looked up; the rest is compared where that occurs.
const START: usize = 8;

/// Needles by how they begin; each is longer than that.
fn by_start(needles: &[Private]) -> HashMap<&[u8], Vec<&[u8]>> {
    let mut starts: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    for needle in needles {
        let bytes: &[u8] = &needle.0;
        starts.entry(&bytes[..START]).or_default().push(bytes);
    }
    starts
}

/// Whether any needle occurs: one look at each place, however many needles there are. The lists of a
/// draw with a hundred thousand winners are megabytes, and of needles there are thousands.
fn occurs(bytes: &[u8], starts: &HashMap<&[u8], Vec<&[u8]>>) -> bool {
    let mut places = bytes.windows(START).enumerate();
    places.any(|(at, start)| {
        let needles = starts.get(start).into_iter().flatten();
        needles
            .into_iter()
            .any(|needle| bytes[at..].starts_with(needle))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_wherever_it_lies_and_only_whole() {
        let needles: Vec<Private> = (0..100_u8)
            .map(|n| Private([&[1, 2, 3, 4, 5, 6, 7, 8][..], &[n; 16]].concat()))
            .collect();
        let starts = by_start(&needles);
        for needle in &needles {
            for at in 0..20 {
                let mut bytes = vec![7; at];
                bytes.extend_from_slice(&needle.0);
                assert!(occurs(&bytes, &starts), "at the end, {at} bytes in");
                bytes.push(200);
                assert!(occurs(&bytes, &starts), "{at} bytes in");
                bytes.remove(at + 12);
                assert!(!occurs(&bytes, &starts), "a byte is missing");
            }
        }
        assert!(!occurs(&[], &starts));
    }
}
