//! The keeper's own note of what it opened: a file beside the activity's key.
//!
//! Invariant: a line is on the disk before the contact it names is opened; of one log of tickets
//! only one manifest and one result are ever served, and of them at most as many winning tickets
//! as there are prizes and reserves. So a web side that has gone bad, and signs settlements to
//! make ever more winners, reads no more people than an honest draw would have named.
//!
//! Lines hold row ids and ticket numbers, nothing of a person; the file survives the key, because
//! the purge certificate counts its lines.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::disk;
use super::winner::Facts;
use super::wire::Standing;

/// One contact that is about to be opened.
pub(super) struct Opening<'a> {
    pub(super) position: u64,
    pub(super) standing: Standing,
    pub(super) item: &'a str,
}

/// Why a line is not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum LedgerError {
    /// Another draw of the same log was served before.
    #[error("another result of this draw was used before")]
    OtherDraw,
    /// More winning tickets than prizes and reserves.
    #[error("more winning tickets than prizes and reserves")]
    TooMany,
    #[error("the ledger cannot be read or written")]
    Disk(#[from] io::Error),
}

/// Writes down what will be opened, and says no where it goes beyond the one draw.
pub(super) fn enter(
    folder: &Path,
    activity: &str,
    facts: &Facts,
    purpose: &str,
    openings: &[Opening],
) -> Result<(), LedgerError> {
    let name = file_name(activity);
    let before = disk::read(folder, &name)?.unwrap_or_default();
    let before = String::from_utf8_lossy(&before);
    let pin = format!("draw {} {} {}", facts.origin, facts.manifest, facts.result);
    let served = format!("draw {} ", facts.origin);
    let mut lines = String::new();
    match before.lines().find(|line| line.starts_with(&served)) {
        Some(line) if line != pin => return Err(LedgerError::OtherDraw),
        Some(_) => {}
        None => lines += &format!("{pin}\n"),
    }
    let mut told = told(&before, facts);
    for opening in openings {
        let position = opening.position;
        let standing = match opening.standing {
            Standing::DuplicateOf(winner) => format!("duplicate-of-{winner}"),
            Standing::Winner | Standing::CalledReserve => {
                told.insert(position);
                "holder".to_owned()
            }
        };
        lines += &format!(
            "open {} {position} {standing} {purpose} {}\n",
            facts.manifest, opening.item
        );
    }
    if told.len() > facts.slots {
        return Err(LedgerError::TooMany);
    }
    append(folder, &name, &lines)?;
    Ok(())
}

/// Whether anything of the log of tickets `origin` was opened.
pub(super) fn is_served(folder: &Path, activity: &str, origin: &str) -> io::Result<bool> {
    let lines = disk::read(folder, &file_name(activity))?.unwrap_or_default();
    let lines = String::from_utf8_lossy(&lines);
    let served = format!("draw {origin} ");
    Ok(lines.lines().any(|line| line.starts_with(&served)))
}

/// Writes down what will be opened for others than winners: for whom, and which rows.
pub(super) fn note<'a>(
    folder: &Path,
    place: &str,
    what: &str,
    items: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    let lines: String = items.map(|item| format!("{what} {item}\n")).collect();
    if lines.is_empty() {
        return Ok(());
    }
    append(folder, &file_name(place), &lines)
}

/// How many openings of winners there were: distinct row ids, whatever the purpose and however often.
pub(super) fn count(folder: &Path, activity: &str) -> io::Result<u64> {
    let lines = disk::read(folder, &file_name(activity))?.unwrap_or_default();
    let lines = String::from_utf8_lossy(&lines);
    let items: BTreeSet<&str> = lines
        .lines()
        .filter(|line| line.starts_with("open "))
        .filter_map(|line| line.rsplit(' ').next())
        .collect();
    Ok(u64::try_from(items.len()).expect("a count of lines fits 64 bits"))
}

/// The winning tickets of this manifest that were opened before.
fn told(lines: &str, facts: &Facts) -> BTreeSet<u64> {
    let manifest = format!("open {} ", facts.manifest);
    let of_manifest = lines
        .lines()
        .filter_map(|line| line.strip_prefix(&manifest));
    of_manifest
        .filter_map(|line| {
            let (position, rest) = line.split_once(' ')?;
            rest.starts_with("holder ").then(|| position.parse().ok())?
        })
        .collect()
}

/// Adds lines to a file and waits for the disk.
pub(super) fn append(folder: &Path, name: &str, lines: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(folder.join(name))?;
    file.write_all(lines.as_bytes())?;
    file.sync_data()?;
    disk::sync_folder(folder)
}

pub(super) fn file_name(activity: &str) -> String {
    format!("{activity}.openings")
}
