//! How many rows beyond the winners were opened or held this year, and how many incidents had
//! letters: the keeper's own count.
//!
//! Invariant: a line is on the disk before the row it names is opened or sealed anew, and rows
//! beyond the operator's number are refused, whatever the web side says. A row that is asked for
//! again costs nothing more.
//!
//! Lines hold row ids and codes, nothing of a person.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::{disk, ledger};

/// The dot keeps it apart from the ledgers of activities.
const FILE: &str = "site.allowances";

/// What is counted.
#[derive(Clone, Copy)]
pub(super) enum Allowed {
    /// Contacts that a disclosure names.
    Named,
    /// Contacts that a hold keeps.
    Held,
    /// Incidents about which everybody is written to.
    Incident,
}

impl Allowed {
    fn code(self) -> &'static str {
        match self {
            Allowed::Named => "named",
            Allowed::Held => "held",
            Allowed::Incident => "incident",
        }
    }
}

/// Why rows are not opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum AllowanceError {
    #[error("more rows than the operator allows in a year")]
    UsedUp,
    #[error("the count cannot be read or written")]
    Disk(#[from] io::Error),
}

/// Writes down rows of `place` in the calendar year `year`, and says no where there would be more
/// than `limit`.
pub(super) fn enter(
    folder: &Path,
    (what, year, limit): (Allowed, &str, u64),
    place: &str,
    why: &str,
    items: &[&str],
) -> Result<(), AllowanceError> {
    let before = disk::read(folder, FILE)?.unwrap_or_default();
    let before = String::from_utf8_lossy(&before);
    let of_year = format!("{} {year} ", what.code());
    let lines = before.lines();
    let mut rows: BTreeSet<&str> = lines
        .filter_map(|line| line.strip_prefix(&of_year))
        .collect();
    let wanted: Vec<String> = items
        .iter()
        .map(|item| format!("{place} {why} {item}"))
        .collect();
    let new: BTreeSet<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|row| !rows.contains(row))
        .collect();
    rows.extend(&new);
    if u64::try_from(rows.len()).expect("a count of lines fits 64 bits") > limit {
        return Err(AllowanceError::UsedUp);
    }
    let lines: String = new.iter().map(|row| format!("{of_year}{row}\n")).collect();
    if !lines.is_empty() {
        ledger::append(folder, FILE, &lines)?;
    }
    Ok(())
}
