//! What is remembered of a purge outside the database, so that a backup from before it cannot
//! bring the activity back.
//!
//! One line of JSON for each certificate in `<data>/tombstones.jsonl`, appended and synced after the
//! certificate is signed, and again at a start that finds it missing. Beside it the vault keeps
//! `<keys>/<activity>.gone` from the moment a key is destroyed.
//!
//! Invariant: a tombstone holds public text only, and is never removed.
//!
//! Not here: what is done with tombstones after a restore ([`super::replay`]).

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::draw;
use crate::platform::db::Tx;

use super::wire::{KeptFile, Tombstone};
use super::{Error, Purge};

const FILE: &str = "tombstones.jsonl";

/// Appends a tombstone and waits for the disk.
pub fn write(data: &Path, tombstone: &Tombstone) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(data.join(FILE))?;
    // A line that a power cut left half written ends here, and is skipped by the reader.
    let mut line = String::new();
    if !ends_with_a_line(data)? {
        line.push('\n');
    }
    line.push_str(&tombstone.to_json());
    line.push('\n');
    file.write_all(line.as_bytes())?;
    file.sync_all()?;
    File::open(data)?.sync_all()
}

/// Every tombstone, one for each activity: the latest line counts.
pub fn all(data: &Path) -> io::Result<Vec<Tombstone>> {
    let file = match File::open(data.join(FILE)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found: Vec<Tombstone> = Vec::new();
    for line in BufReader::new(file).lines() {
        if let Some(tombstone) = Tombstone::parse(&line?) {
            found.retain(|known| known.activity != tombstone.activity);
            found.push(tombstone);
        }
    }
    Ok(found)
}

fn ends_with_a_line(data: &Path) -> io::Result<bool> {
    use std::os::unix::fs::FileExt;
    let file = File::open(data.join(FILE))?;
    let length = file.metadata()?.len();
    let Some(last) = length.checked_sub(1) else {
        return Ok(true);
    };
    let mut byte = [0];
    file.read_exact_at(&mut byte, last)?;
    Ok(byte == *b"\n")
}

/// The tombstone of a purge that is certified.
pub(super) fn of(tx: &mut Tx, purge: &Purge) -> Result<Tombstone, Error> {
    let mut files = Vec::new();
    let mut draws = vec![String::new()];
    draws.extend(
        draw::plans(tx, &purge.activity)?
            .into_iter()
            .map(|plan| plan.id.0),
    );
    for draw in draws {
        for note in draw::notes(tx, &purge.activity, &draw)? {
            if note.name.starts_with("purge-") || note.name.starts_with("certificate-") {
                files.push(KeptFile::of(&draw, note));
            }
        }
    }
    Ok(Tombstone {
        activity: purge.activity.0.clone(),
        started_at: purge.started_at.0,
        purged_at: purge.updated_at.0,
        report: purge.report.clone(),
        certificate: purge.certificate.clone(),
        second_at: purge.second_at.map_or(0, |at| at.0),
        second: purge.second.clone(),
        files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tombstone(activity: &str, purged_at: i64) -> Tombstone {
        Tombstone {
            activity: activity.to_owned(),
            purged_at,
            ..Tombstone::default()
        }
    }

    #[test]
    fn the_latest_line_counts_and_a_torn_one_is_skipped() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path();
        assert_eq!(all(data).expect("read"), Vec::new());
        write(data, &tombstone("spring", 1)).expect("written");
        write(data, &tombstone("autumn", 2)).expect("written");
        let torn = std::fs::read_to_string(data.join(FILE)).expect("read") + "{\"activity\":\"wi";
        std::fs::write(data.join(FILE), torn).expect("torn");
        write(data, &tombstone("spring", 3)).expect("written");
        let found = all(data).expect("read");
        assert_eq!(found, [tombstone("autumn", 2), tombstone("spring", 3)]);
    }
}
