//! Reading the files of a SQLite database that this process has open.
//!
//! Invariant: no handle on such a file is closed while the file has a name. SQLite keeps other
//! programs from taking its log away by locks of POSIX, and a process loses every lock on a file as
//! soon as it closes any handle on it (`fcntl(2)`, "Advisory record locking"; SQLite, "How To
//! Corrupt An SQLite Database File", 2.2). The next program that opened the database would believe
//! itself alone.
//!
//! Not here: what the bytes are read for.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, Seek};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::Target;
use super::copy::{self, BESIDE};

/// Device and inode.
type Identity = (u64, u64);

static KEPT: LazyLock<Mutex<HashMap<Identity, File>>> = LazyLock::new(Mutex::default);

impl Target {
    /// Whether SQLite locks this file for us, by whichever name it is called.
    pub fn owns(&self, file: &Path) -> bool {
        let Target::Sqlite(path) = self else {
            return false;
        };
        let Ok(asked) = identity(file) else {
            return false;
        };
        let beside = BESIDE.iter().map(|ending| copy::beside(path, ending));
        std::iter::once(path.clone())
            .chain(beside)
            .any(|own| identity(&own).is_ok_and(|own| own == asked))
    }
}

/// Lets `read` have a file that SQLite locks, from its beginning.
///
/// # Errors
/// It cannot be opened, or what `read` says.
pub fn read<T>(path: &Path, read: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    // Nobody locks a file without a name, and its blocks are free only when it is closed.
    kept.retain(|_, file| file.metadata().is_ok_and(|about| about.nlink() > 0));
    let file = match kept.entry(identity(path)?) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(File::open(path)?),
    };
    file.rewind()?;
    read(file)
}

fn identity(file: &Path) -> io::Result<Identity> {
    let about = file.metadata()?;
    Ok((about.dev(), about.ino()))
}
