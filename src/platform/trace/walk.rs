//! Files, folders and devices, looked through one after the other.
//!
//! Invariant: nothing is left out silently. A file that vanished between being listed and being
//! opened, as logs of databases do, holds nothing and is no place.

use std::fs::{self, DirEntry, File};
use std::io::{self, ErrorKind, Seek};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::{Scan, Seen, WhyUnread, packed};

impl Scan {
    /// Looks through a file, a block device, an image, or everything below a folder; the names of
    /// files are looked through as well. A link is followed only when it is `path` itself.
    pub fn path(&self, path: &Path) -> Seen {
        let mut seen = match fs::metadata(path) {
            Ok(about) if about.is_dir() => self.folder(path),
            Ok(about) if about.is_file() || about.file_type().is_block_device() => self.file(path),
            Ok(_) => Seen::not_read(&path.display().to_string(), WhyUnread::NoFile),
            Err(error) => refused(path, &error),
        };
        seen.finds.sort();
        seen
    }

    /// Looks through everything below a folder.
    pub fn folder(&self, top: &Path) -> Seen {
        let mut seen = Seen::default();
        let mut waiting = vec![top.to_owned()];
        while let Some(folder) = waiting.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound && folder != top => continue,
                Err(error) => {
                    seen.add(refused(&folder, &error));
                    continue;
                }
            };
            for entry in entries {
                match entry {
                    Ok(entry) => seen.add(self.entry(&entry, &mut waiting)),
                    Err(error) => seen.add(refused(&folder, &error)),
                }
            }
        }
        seen.finds.sort();
        seen
    }

    /// What one name in a folder leads to; a folder waits for its turn.
    fn entry(&self, entry: &DirEntry, waiting: &mut Vec<PathBuf>) -> Seen {
        let path = entry.path();
        let place = path.display().to_string();
        let mut seen = match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                waiting.push(path);
                Seen::default()
            }
            Ok(kind) if kind.is_file() => match self.one(&path) {
                Ok(seen) => seen,
                // It went away after it was listed.
                Err(error) if error.kind() == ErrorKind::NotFound => Seen::default(),
                Err(error) => refused(&path, &error),
            },
            Ok(kind) if kind.is_symlink() => Seen::not_read(&place, WhyUnread::Link),
            Ok(_) => Seen::not_read(&place, WhyUnread::NoFile),
            Err(error) => refused(&path, &error),
        };
        let name = entry.file_name();
        seen.finds
            .extend(self.bytes(&place, name.as_encoded_bytes()));
        seen
    }

    /// Looks through one file or device, and through what is packed in it.
    pub fn file(&self, path: &Path) -> Seen {
        self.one(path).unwrap_or_else(|error| refused(path, &error))
    }

    fn one(&self, path: &Path) -> io::Result<Seen> {
        let mut file = File::open(path)?;
        self.open_file(&path.display().to_string(), &mut file)
    }

    /// Looks through a file from its beginning, and through what is packed in it; it stays open.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open_file(&self, place: &str, file: &mut File) -> io::Result<Seen> {
        file.rewind()?;
        let mut seen = self.reader(place, &*file)?;
        file.rewind()?;
        seen.add(packed::inside(self, file, place)?);
        seen.finds.sort();
        Ok(seen)
    }
}

fn refused(path: &Path, error: &io::Error) -> Seen {
    let why = WhyUnread::Refused(error.kind());
    Seen::not_read(&path.display().to_string(), why)
}
