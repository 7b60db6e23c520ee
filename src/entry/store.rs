//! All SQL of entries and their tickets.

pub(super) mod counting;
pub(super) mod drums;
pub(super) mod earned;
pub(super) mod entries;
pub(super) mod list;
pub(super) mod sharing;
pub(super) mod tickets;

use lucky_draw::encode::Hash;
use lucky_draw::record::VoidCode;

use crate::activity::ActivityId;
use crate::platform::db::{self, Tx};
use crate::platform::text::Language;

/// Erases every row of an activity; how many entries and tickets.
pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    sharing::forget(tx, activity)?;
    earned::forget(tx, activity)?;
    Ok(tickets::forget(tx, activity)? + entries::forget(tx, activity)?)
}

/// How many rows of an activity are here.
pub(super) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    Ok(earned::left(tx, activity)?
        + tickets::left(tx, activity)?
        + entries::left(tx, activity)?
        + sharing::left(tx, activity)?)
}

fn void(code: &str) -> VoidCode {
    VoidCode::from_letter(code).expect("a CHECK limits the codes")
}

fn language(tag: &str) -> Language {
    Language::ALL
        .into_iter()
        .find(|language| language.tag() == tag)
        .unwrap_or_default()
}

fn hash(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().expect("hashes are stored with 32 bytes"))
}

fn signed(index: u64) -> i64 {
    i64::try_from(index).expect("an index is below 2^32 (draw-protocol 4.2)")
}

fn unsigned(stored: i64) -> u64 {
    u64::try_from(stored).expect("indices and counts are stored without sign")
}

fn small(stored: i64) -> u32 {
    u32::try_from(stored).expect("ticket numbers of a person are below 2^32")
}
