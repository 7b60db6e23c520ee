//! Evidence: files are searched for what was deleted.
//!
//! Looked for are pieces of the activity's own sealed boxes, lookup values and tags, and the text
//! of the made-up people in every dress. The pieces are noted in an encoding that the scan does not
//! look for, dropped when it is clean, and out of the files before the certificate is signed.
//!
//! Not here: looking through bytes ([`crate::platform::trace`]).

use std::io;
use std::path::{Path, PathBuf};

use data_encoding::BASE32_NOPAD;

use crate::activity::ActivityId;
use crate::admission;
use crate::custody;
use crate::entry;
use crate::platform::db::{Target, Tx, own_files};
use crate::platform::trace::{Find, Scan, Seen, WhyUnread};
use crate::vault;

use super::wire::{Location, Report};
use super::{Error, Purge, Purger, planted, rooms};

/// Bytes of each needle: enough never to occur by chance, short enough to fit one database page.
const NEEDLE: usize = 24;
/// Needles at most; spread over all rows of a large activity.
const MOST: usize = 2_000;
/// What the scanner calls bytes that wear no dress.
const AS_IT_IS: &str = "bytes";
/// Backups hold sealed bytes for as long as the operator declares, and no plain text ever.
const BACKUP: &str = "fairdraw-backup";
/// Where a PostgreSQL server keeps rows; its write-ahead log holds sealed bytes until it moves on.
const ROWS: [&str; 2] = ["base", "global"];

/// The SHA-256 of this scanner's source, so that it is known which one searched.
pub(super) fn source() -> String {
    let parts = [
        include_str!("scan.rs"),
        include_str!("../platform/trace/mod.rs"),
        include_str!("../platform/trace/dress.rs"),
        include_str!("../platform/trace/packed.rs"),
        include_str!("../platform/trace/walk.rs"),
    ];
    lucky_draw::encode::sha256(parts.concat().as_bytes()).to_string()
}

/// Notes pieces of the boxes of an activity, and its lookup values and tags.
pub(super) fn note_needles(tx: &mut Tx, id: &ActivityId, report: &mut Report) -> Result<(), Error> {
    report.needles = written(&vault::fingerprints(tx, id.as_str(), NEEDLE, MOST)?);
    // What two people decided to hold stays on purpose, and the certificate says so.
    let held = custody::held_tags(tx, id)?;
    let mut marks = entry::fingerprints(tx, id, MOST)?;
    marks.extend(admission::fingerprints(tx, id, MOST)?);
    marks.retain(|mark| !held.contains(mark));
    report.marks = written(&marks);
    Ok(())
}

fn written(needles: &[Vec<u8>]) -> Vec<String> {
    let every = needles.len().div_ceil(MOST).max(1);
    let some = needles.iter().step_by(every);
    some.map(|needle| BASE32_NOPAD.encode(needle)).collect()
}

fn read(needles: &[String]) -> Result<Vec<Vec<u8>>, Error> {
    let decoded = needles
        .iter()
        .map(|needle| BASE32_NOPAD.decode(needle.as_bytes()));
    decoded
        .collect::<Result<_, _>>()
        .map_err(|_| Error::Damaged)
}

/// What a scan saw.
pub(super) struct Scanned {
    /// Place by place.
    pub(super) locations: Vec<Location>,
    /// What could not be read.
    pub(super) unread: Vec<String>,
    /// Backups that lie in the data folder.
    pub(super) backups: Vec<String>,
}

/// Searches the data folder, the key folder, the server's files where they may be read, and the
/// database's own rows.
pub(super) fn run(purger: &Purger, purge: &Purge) -> Result<Scanned, Error> {
    let mut needles = read(&purge.report.needles)?;
    let boxes = needles.len();
    needles.extend(read(&purge.report.marks)?);
    let texts = planted::texts(purge.activity.as_str());
    let whole = Scan::of_both(&needles, &texts).map_err(|_| Error::Damaged)?;
    let plain = Scan::of(&texts).map_err(|_| Error::Damaged)?;
    let mut search = Search {
        database: purger.db.target().clone(),
        boxes,
        sealed: needles.len(),
        whole,
        plain,
        scanned: Scanned {
            locations: Vec::new(),
            unread: Vec::new(),
            backups: Vec::new(),
        },
    };
    for place in inside(&purger.data)? {
        search.data(&purger.data, &place)?;
    }
    search.server(purger)?;
    search.scanned.locations.push(Location {
        name: "keys".to_owned(),
        bytes: 0,
        hits: purger
            .vault
            .scan_key_folder(purge.activity.as_str(), &needles)?,
    });
    search
        .scanned
        .locations
        .push(rows_left(purger, &purge.activity)?);
    for location in search.scanned.locations.iter().filter(|l| l.hits > 0) {
        tracing::error!(place = location.name, hits = location.hits, "traces found");
    }
    Ok(search.scanned)
}

/// Backups that lie in the data folder, by their names.
pub(super) fn backups(data: &Path) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for place in inside(data)? {
        if place.extension().is_some_and(|ending| ending == BACKUP) {
            found.push(name_of(data, &place));
        }
    }
    Ok(found)
}

struct Search {
    database: Target,
    /// How many of the needles are of boxes; those after them are marks.
    boxes: usize,
    /// How many needles there are of both; behind them is the text of the made-up people.
    sealed: usize,
    /// All of it, in one reading.
    whole: Scan,
    /// The text alone: for what keeps sealed bytes for a while.
    plain: Scan,
    scanned: Scanned,
}

impl Search {
    /// Without what only looks like a mark: boxes and text are looked for in every dress, marks as
    /// bytes.
    fn meant(&self, mut seen: Seen) -> Seen {
        let is_mark = |find: &Find| (self.boxes..self.sealed).contains(&find.string);
        seen.finds
            .retain(|find| !is_mark(find) || find.dress == AS_IT_IS);
        seen
    }

    /// A file or folder of the data folder.
    fn data(&mut self, data: &Path, place: &Path) -> Result<(), Error> {
        let look = |scan: &Scan| match self.database.owns(place) {
            true => in_own(scan, place),
            false => Ok(scan.path(place)),
        };
        let is_backup = place.extension().is_some_and(|ending| ending == BACKUP);
        let seen = match is_backup {
            true => look(&self.plain)?,
            false => self.meant(look(&self.whole)?),
        };
        if is_backup {
            self.scanned.backups.push(name_of(data, place));
        }
        self.note(name_of(data, place), seen)
    }

    /// The files of the PostgreSQL server.
    fn server(&mut self, purger: &Purger) -> Result<(), Error> {
        if !matches!(purger.db.target(), Target::Postgres(_)) {
            return Ok(());
        }
        let name = |part: &str| format!("postgresql server files: {part}");
        let Some(folder) = &purger.server_files else {
            self.scanned.unread.push(name("not named by `pg_data`"));
            return Ok(());
        };
        let Ok(parts) = inside(folder) else {
            self.scanned
                .unread
                .push(name("not readable by this program"));
            return Ok(());
        };
        for part in parts {
            let short = name_of(folder, &part);
            let seen = match ROWS.contains(&short.as_str()) {
                true => self.meant(self.whole.path(&part)),
                false => self.plain.path(&part),
            };
            self.note(name(&short), seen)?;
        }
        Ok(())
    }

    /// Adds a place; what could not be read at all is an error, what cannot be looked into is
    /// named.
    fn note(&mut self, name: String, seen: Seen) -> Result<(), Error> {
        for unread in &seen.unread {
            match unread.why {
                WhyUnread::Refused(kind) => return Err(Error::Unreadable(io::Error::from(kind))),
                why => self.scanned.unread.push(format!("{name}: {why}")),
            }
        }
        self.scanned.locations.push(Location {
            name,
            bytes: seen.bytes,
            hits: seen.finds.iter().map(|find| find.times).sum(),
        });
        Ok(())
    }
}

/// A file of the database, which SQLite may take away between two looks.
fn in_own(scan: &Scan, place: &Path) -> Result<Seen, Error> {
    let name = place.display().to_string();
    match own_files::read(place, |file| scan.open_file(&name, file)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Seen::default()),
        seen => seen.map_err(Error::Unreadable),
    }
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

/// What lies in a folder, sorted.
fn inside(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut places = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::Unreadable)? {
        places.push(entry.map_err(Error::Unreadable)?.path());
    }
    places.sort();
    Ok(places)
}

fn name_of(folder: &Path, place: &Path) -> String {
    let name = place.strip_prefix(folder).unwrap_or(place);
    name.to_string_lossy().into_owned()
}
