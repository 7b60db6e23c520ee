//! The journal as static files of a tiled log (C2SP tlog-tiles).
//!
//! Invariant: a tile's bytes never change; what is beyond the journal's size does not exist.
//!
//! Not here: headers and addresses' prefix ([`super::pages`]).

use crate::log;
use crate::platform::db::Tx;

use super::{Error, find, store};

/// Hashes, or entries, in a full tile.
const WIDTH: u64 = 256;
/// Height of a tile.
const HEIGHT: u32 = 8;

/// One tile's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Level of hashes; none for a bundle of entries.
    pub level: Option<u32>,
    /// Its place within the level.
    pub index: u64,
    /// How many hashes or entries, 1 to 256.
    pub width: u64,
}

impl Tile {
    /// Reads `<L>/<N>[.p/<W>]` and `entries/<N>[.p/<W>]`.
    pub fn parse(path: &str) -> Option<Tile> {
        let (level, rest) = path.split_once('/')?;
        let level = match level {
            "entries" => None,
            level => Some(decimal(level).filter(|level| *level < 64)?),
        };
        let level = level.map(u32::try_from).transpose().ok()?;
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH),
            Some((index, width)) => {
                let width = decimal(width)?;
                (index, (1..WIDTH).contains(&width).then_some(width)?)
            }
        };
        let index = index_of(index)?;
        Some(Tile {
            level,
            index,
            width,
        })
    }

    /// The places of its hashes or entries, within its level.
    fn range(self) -> Option<(u64, u64)> {
        let from = self.index.checked_mul(WIDTH)?;
        Some((from, from.checked_add(self.width)?))
    }
}

/// The bytes of a tile; nothing where the journal has not come so far, or where an entry is too
/// long for a bundle (65,535 bytes): each note also has an address of its own.
pub fn tile(tx: &mut Tx, tile: Tile) -> Result<Option<Vec<u8>>, Error> {
    let (Some(journal), Some((from, to))) = (find(tx)?, tile.range()) else {
        return Ok(None);
    };
    let height = HEIGHT * tile.level.unwrap_or(0);
    let complete = journal.size.checked_shr(height).unwrap_or(0);
    if to > complete {
        return Ok(None);
    }
    if tile.level.is_none() {
        return Ok(bundle(&store::between(tx, from, to)?));
    }
    let hashes = log::hashes(tx, &journal, height, from, tile.width)?;
    Ok(Some(hashes.iter().flat_map(|hash| hash.0).collect()))
}

/// Entries, each after its length in two bytes.
fn bundle(notes: &[String]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for note in notes {
        let length = u16::try_from(note.len()).ok()?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(note.as_bytes());
    }
    Some(bytes)
}

/// A number without sign and leading zeros.
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// `x001/x234/067` for 1234067.
fn index_of(path: &str) -> Option<u64> {
    let parts: Vec<&str> = path.split('/').collect();
    let (last, before) = parts.split_last()?;
    let mut index: u64 = 0;
    for part in before
        .iter()
        .map(|part| part.strip_prefix('x'))
        .chain([Some(*last)])
    {
        let part = part.filter(|part| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()));
        index = index.checked_mul(1000)?.checked_add(part?.parse().ok()?)?;
    }
    // A part of zeros in front would be a second address of the same tile.
    (before.first() != Some(&"x000")).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_address() {
        let of = |level, index, width| {
            Some(Tile {
                level,
                index,
                width,
            })
        };
        for (path, tile) in [
            ("0/000", of(Some(0), 0, 256)),
            ("0/000.p/1", of(Some(0), 0, 1)),
            ("63/x001/x234/067.p/255", of(Some(63), 1_234_067, 255)),
            ("entries/x001/000", of(None, 1000, 256)),
            ("entries/017.p/9", of(None, 17, 9)),
        ] {
            assert_eq!(Tile::parse(path), tile, "{path}");
        }
        for wrong in [
            "",
            "0",
            "0/",
            "00/000",
            "64/000",
            "-1/000",
            "0/0",
            "0/0000",
            "0/x000/000",
            "0/x001/x000",
            "0/000/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p",
            "0/000.p/1/2",
            "data/000",
            "0/+01",
            "0/000/",
            "0/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(Tile::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_entry_that_is_too_long_for_a_bundle_makes_no_bundle() {
        let longest = "x".repeat(65_535);
        let bytes = bundle(&["ab".to_owned(), longest.clone()]).expect("it fits");
        assert_eq!(bytes[..6], [0, 2, b'a', b'b', 0xff, 0xff]);
        assert_eq!(bundle(&[longest + "x"]), None);
    }
}
