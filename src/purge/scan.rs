//! Evidence: files are searched for what was deleted.
//!
//! Needles are taken from the activity's own sealed boxes and lookup values before they go, so
//! the scan means something on production data without anybody's name in it. They are noted in
//! another encoding than the one searched, and dropped when the scan is clean.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;

use crate::activity::ActivityId;
use crate::entry;
use crate::platform::db::{Target, Tx};
use crate::vault;

use super::wire::Location;
use super::{Error, Purge, Purger, rooms};

/// Bytes of each needle: enough never to occur by chance, short enough to fit one database page.
const NEEDLE: usize = 24;
/// Needles at most; spread over all rows of a large activity.
const MOST: usize = 2_000;
const CHUNK: usize = 1 << 20;

/// The needles of an activity, Base64.
pub(super) fn needles(tx: &mut Tx, id: &ActivityId) -> Result<Vec<String>, Error> {
    let mut raw = vault::fingerprints(tx, id.as_str(), NEEDLE)?;
    raw.extend(entry::fingerprints(tx, id)?);
    let every = raw.len().div_ceil(MOST).max(1);
    Ok(raw
        .iter()
        .step_by(every)
        .map(|needle| BASE64.encode(needle))
        .collect())
}

/// Searches every file of the data folder, the key folder and the database's own rows.
pub(super) fn run(purger: &Purger, purge: &Purge) -> Result<Vec<Location>, Error> {
    let needles: Vec<Vec<u8>> = purge
        .report
        .needles
        .iter()
        .map(|needle| BASE64.decode(needle.as_bytes()).map_err(|_| Error::Damaged))
        .collect::<Result<_, _>>()?;
    let mut locations = Vec::new();
    for file in files_below(&purger.data)? {
        if file.starts_with(purger.data.join("keys")) {
            continue;
        }
        let name = file.strip_prefix(&purger.data).unwrap_or(&file);
        locations.push(search_file(&file, &name.to_string_lossy(), &needles)?);
    }
    locations.push(Location {
        name: "keys".to_owned(),
        bytes: 0,
        hits: purger.vault.scan_key_folder(&needles)?,
    });
    locations.push(rows_left(purger, &purge.activity)?);
    if matches!(purger.db.target(), Target::Postgres(_)) {
        // The server's own files are not ours to read; docs/operating.md says what to do there.
        locations.push(Location {
            name: "postgresql server files: not scanned".to_owned(),
            bytes: 0,
            hits: 0,
        });
    }
    Ok(locations)
}

fn rows_left(purger: &Purger, id: &ActivityId) -> Result<Location, Error> {
    let hits = purger
        .db
        .read_now("count rows left", |tx| rooms::left(tx, id))?;
    Ok(Location {
        name: "database rows".to_owned(),
        bytes: 0,
        hits,
    })
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(Error::Unreadable)? {
            let entry = entry.map_err(Error::Unreadable)?;
            let kind = entry.file_type().map_err(Error::Unreadable)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a file in pieces that overlap by the length of a needle, so that none is cut in two.
fn search_file(path: &Path, name: &str, needles: &[Vec<u8>]) -> Result<Location, Error> {
    let mut location = Location {
        name: name.to_owned(),
        bytes: 0,
        hits: 0,
    };
    let mut file = match File::open(path) {
        Ok(file) => file,
        // A log that SQLite removed between listing and opening holds nothing.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(location),
        Err(error) => return Err(Error::Unreadable(error)),
    };
    let index = NeedleIndex::of(needles);
    let mut window = Vec::with_capacity(CHUNK + NEEDLE);
    let mut piece = vec![0; CHUNK];
    loop {
        let read = file.read(&mut piece).map_err(Error::Unreadable)?;
        if read == 0 {
            break;
        }
        location.bytes += u64::try_from(read).unwrap_or(u64::MAX);
        window.extend_from_slice(&piece[..read]);
        location.hits += index.count(&window);
        let keep = window.len().saturating_sub(NEEDLE.saturating_sub(1));
        window.drain(..keep);
    }
    Ok(location)
}

/// Needles by their first four bytes: one look a byte instead of one search a needle.
struct NeedleIndex<'n> {
    by_start: std::collections::HashMap<[u8; 4], Vec<&'n [u8]>>,
}

impl<'n> NeedleIndex<'n> {
    fn of(needles: &'n [Vec<u8>]) -> NeedleIndex<'n> {
        let mut by_start: std::collections::HashMap<[u8; 4], Vec<&'n [u8]>> =
            std::collections::HashMap::new();
        for needle in needles {
            if let Some(start) = needle.first_chunk::<4>() {
                by_start.entry(*start).or_default().push(needle);
            }
        }
        NeedleIndex { by_start }
    }

    fn count(&self, haystack: &[u8]) -> u64 {
        let mut hits = 0;
        for (at, start) in haystack.windows(4).enumerate() {
            let Ok(start) = <[u8; 4]>::try_from(start) else {
                continue;
            };
            if let Some(candidates) = self.by_start.get(&start) {
                let rest = &haystack[at..];
                hits += candidates
                    .iter()
                    .filter(|needle| rest.starts_with(needle))
                    .map(|_| 1)
                    .sum::<u64>();
            }
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_across_two_pieces_is_found() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        let needle = vec![7_u8; NEEDLE];
        let mut bytes = vec![0_u8; CHUNK - 5];
        bytes.extend_from_slice(&needle);
        bytes.extend_from_slice(&[0; 100]);
        std::fs::write(&path, &bytes).expect("a written file");
        let found = search_file(&path, "file", std::slice::from_ref(&needle));
        assert!(found.expect("a searched file").hits >= 1);
        std::fs::write(&path, vec![0; CHUNK * 2]).expect("a written file");
        let found = search_file(&path, "file", &[needle]);
        assert_eq!(found.expect("a searched file").hits, 0);
    }
}
