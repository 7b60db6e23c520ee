//! The draws that an activity promised before its first entry: a file beside the activity's key.
//!
//! Invariant: the set is replaced as often as publishing is tried again, until the first tag of the
//! activity is asked for; from then on a promise is only replaced by a successor that names it, of
//! the same log and with no more prizes and reserves, before anything of that log was opened. So
//! whoever takes the web side over later cannot invent a draw that everybody wins.
//!
//! Lines hold hashes and names of logs, nothing of a person. The file is destroyed with the key.
//!
//! Not here: which result of a promise is served (`ledger`).

use std::io;
use std::path::Path;

use lucky_draw::encode::Hash;
use lucky_draw::record::Manifest;

use super::{disk, ledger};

/// How the file ends.
pub(super) const ENDING: &str = ".draws";

/// One promise.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Promise {
    manifest: Hash,
    /// Prizes and reserves.
    slots: usize,
    /// The name of the log, without spaces.
    origin: String,
}

impl Promise {
    fn of(manifest: &Manifest) -> Promise {
        Promise {
            manifest: manifest.hash(),
            slots: slots(manifest),
            origin: manifest.origin.clone(),
        }
    }

    fn line(&self) -> String {
        let Promise {
            manifest,
            slots,
            origin,
        } = self;
        format!("draw {manifest} {slots} {origin}\n")
    }

    fn read(line: &str) -> Option<Promise> {
        let mut fields = line.strip_prefix("draw ")?.splitn(3, ' ');
        Some(Promise {
            manifest: fields.next()?.parse().ok()?,
            slots: fields.next()?.parse().ok()?,
            origin: fields.next()?.to_owned(),
        })
    }
}

/// Prizes and reserves together, without listing them.
fn slots(manifest: &Manifest) -> usize {
    let units = manifest.prizes.iter().map(|prize| prize.units);
    let all = units.chain([manifest.reserves]).map(u64::from).sum::<u64>();
    usize::try_from(all).unwrap_or(usize::MAX)
}

/// Why a promise is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum PromiseError {
    /// Somebody may have entered, or it is no successor of what was promised.
    #[error("the promises of this activity are made")]
    Made,
    #[error("the promises cannot be read or written")]
    Disk(#[from] io::Error),
}

/// Writes down everything that an activity promises, in the place of an earlier try.
pub(super) fn promise(
    folder: &Path,
    activity: &str,
    manifests: &[Manifest],
) -> Result<(), PromiseError> {
    let wanted: Vec<Promise> = manifests.iter().map(Promise::of).collect();
    if read(folder, activity)? == wanted && !wanted.is_empty() {
        return Ok(());
    }
    let twice = |(at, one): (usize, &Promise)| {
        let mut before = wanted.iter().take(at);
        before.any(|other| other.origin == one.origin)
    };
    let successor = |manifest: &Manifest| manifest.supersedes.is_some();
    let wrong = wanted.iter().enumerate().any(twice) || manifests.iter().any(successor);
    if wrong || is_tagged(folder, activity)? {
        return Err(PromiseError::Made);
    }
    write(folder, activity, &wanted)?;
    Ok(())
}

/// Adds what takes the place of a promise.
pub(super) fn succeed(folder: &Path, activity: &str, next: &Manifest) -> Result<(), PromiseError> {
    let mut promises = read(folder, activity)?;
    let next_promise = Promise::of(next);
    if promises.contains(&next_promise) {
        return Ok(());
    }
    let before = next.supersedes.as_ref().map(|(manifest, _)| *manifest);
    let fits = |one: &&Promise| {
        Some(one.manifest) == before
            && one.origin == next_promise.origin
            && next_promise.slots <= one.slots
    };
    let is_served = ledger::is_served(folder, activity, &next_promise.origin)?;
    if is_served || !promises.iter().any(|one| fits(&one)) {
        return Err(PromiseError::Made);
    }
    promises.push(next_promise);
    write(folder, activity, &promises)?;
    Ok(())
}

/// Whether the activity promised this.
pub(super) fn is_promised(folder: &Path, activity: &str, manifest: &Hash) -> io::Result<bool> {
    let promises = read(folder, activity)?;
    Ok(promises.iter().any(|one| one.manifest == *manifest))
}

/// Whether any activity whose key is there promised this.
pub(super) fn is_anybodys(folder: &Path, manifest: &Hash) -> io::Result<bool> {
    for file in disk::names(folder)? {
        if let Some(activity) = file.strip_suffix(ENDING)
            && is_promised(folder, activity, manifest)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether any activity whose key is there promised a draw of this log.
pub(super) fn holds_log(folder: &Path, origin: &str) -> io::Result<bool> {
    for file in disk::names(folder)? {
        if let Some(activity) = file.strip_suffix(ENDING)
            && read(folder, activity)?
                .iter()
                .any(|promise| promise.origin == origin)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a tag was ever asked for in this activity; the budget is on the disk before the first.
fn is_tagged(folder: &Path, activity: &str) -> io::Result<bool> {
    disk::exists(folder, &super::budget::file_name(activity))
}

fn read(folder: &Path, activity: &str) -> io::Result<Vec<Promise>> {
    let lines = disk::read(folder, &file_name(activity))?.unwrap_or_default();
    let lines = String::from_utf8_lossy(&lines);
    Ok(lines.lines().filter_map(Promise::read).collect())
}

fn write(folder: &Path, activity: &str, promises: &[Promise]) -> io::Result<()> {
    let lines: String = promises.iter().map(Promise::line).collect();
    disk::replace(folder, &file_name(activity), lines.as_bytes())
}

/// Beside the activity's key.
pub(super) fn file_name(activity: &str) -> String {
    format!("{activity}{ENDING}")
}
