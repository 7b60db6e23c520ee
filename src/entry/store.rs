//! All SQL of entries and their tickets.

/// The tickets of an activity beside their entries; what is read of them is told by `select`.
macro_rules! tickets_joined {
    ($activity:expr) => {
        tickets::table
            .inner_join(
                entries::table.on(entries::activity_id
                    .eq(tickets::activity_id)
                    .and(entries::id.eq(tickets::entry_id))),
            )
            .filter(tickets::activity_id.eq($activity.as_str()))
    };
}

pub(super) mod counting;
pub(super) mod drums;
pub(super) mod earned;
pub(super) mod entries;
pub(super) mod list;
pub(super) mod sharing;
pub(super) mod tickets;

use lucky_draw::record::VoidCode;

use crate::activity::ActivityId;
use crate::platform::db::{self, Tx};
use crate::platform::text::Language;

/// Erases every row of an activity; how many of all tables together.
pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    Ok(sharing::forget(tx, activity)?
        + earned::forget(tx, activity)?
        + tickets::forget(tx, activity)?
        + entries::forget(tx, activity)?)
}

/// Erases some rows of an activity, `at_most` at once and first those that name others; nothing of
/// the tables that grow with people is left where it erases none.
pub(super) fn forget_some(
    tx: &mut Tx,
    activity: &ActivityId,
    at_most: i64,
) -> Result<usize, db::Error> {
    for table in [
        sharing::forget_some,
        tickets::forget_some,
        entries::forget_some,
    ] {
        let gone = table(tx, activity, at_most)?;
        if gone > 0 {
            return Ok(gone);
        }
    }
    Ok(0)
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
