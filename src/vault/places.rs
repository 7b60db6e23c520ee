//! How many people in sessions may be written to: a number beside the activity's key.
//!
//! Invariant: the number is written before the first tag of the activity and never grows, so that
//! whoever takes the web side over later cannot have everybody written to; a line of the ledger is
//! on the disk before the contact it names is opened, and of no more different contacts than the
//! number says. An activity that promised no places has no such contact.
//!
//! The file is destroyed with the key. Not here: opening and sending (`keeper::post`).

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::{budget, disk, ledger};

/// How the file ends.
pub(super) const ENDING: &str = ".places";

/// Why a number is not taken, or a contact not opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum PlacesError {
    /// Somebody may have entered already, and the number was another one or none.
    #[error("the places of this activity are promised")]
    Made,
    /// The activity promised no places.
    #[error("the activity promised no places")]
    NotPromised,
    /// As many people as there are places were written to already.
    #[error("more people than places")]
    TooMany,
    #[error("the places cannot be read or written")]
    Disk(#[from] io::Error),
}

/// Writes the number down, in the place of an earlier try, until the first tag is asked for.
pub(super) fn promise(folder: &Path, activity: &str, places: u64) -> Result<(), PlacesError> {
    if read(folder, activity)? == Some(places) {
        return Ok(());
    }
    if disk::exists(folder, &budget::file_name(activity))? {
        return Err(PlacesError::Made);
    }
    let line = format!("places {places}\n");
    disk::replace(folder, &file_name(activity), line.as_bytes())?;
    Ok(())
}

/// Writes down that the contact of `item` is opened for a letter about its place.
pub(super) fn enter(folder: &Path, activity: &str, item: &str) -> Result<(), PlacesError> {
    let places = read(folder, activity)?.ok_or(PlacesError::NotPromised)?;
    let lines = disk::read(folder, &ledger::file_name(activity))?.unwrap_or_default();
    let lines = String::from_utf8_lossy(&lines);
    let mut told: BTreeSet<&str> = lines
        .lines()
        .filter_map(|line| line.strip_prefix("seat "))
        .collect();
    told.insert(item);
    if told.len() as u64 > places {
        return Err(PlacesError::TooMany);
    }
    ledger::note(folder, activity, "seat", std::iter::once(item))?;
    Ok(())
}

fn read(folder: &Path, activity: &str) -> io::Result<Option<u64>> {
    let lines = disk::read(folder, &file_name(activity))?.unwrap_or_default();
    let lines = String::from_utf8_lossy(&lines);
    let number = lines.lines().find_map(|line| line.strip_prefix("places "));
    Ok(number.and_then(|number| number.parse().ok()))
}

/// Beside the activity's key.
pub(super) fn file_name(activity: &str) -> String {
    format!("{activity}{ENDING}")
}
