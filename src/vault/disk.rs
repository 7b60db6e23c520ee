//! Files of the key folder: made whole, changed in place, destroyed in place.
//!
//! Invariant: a file of a key is always [`PAGE`] bytes that never move to other blocks. A file appears
//! under its name only after all its bytes are on the disk; a file whose destruction has begun
//! carries the ending `.erasing`, so that a power cut cannot leave it undecided.
//!
//! The sizes and the order of steps come from measurements on ext4 and btrfs (`privacy` 1.4): a
//! 32-byte file or the usual "write anew and rename" leaves the old bytes on the device.
//!
//! Not here: what the bytes mean (`keys`), and blocks that a copy-on-write file system keeps,
//! which `FileSystem::keeps_copies` can only point out.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::wire::FileSystem;
use crate::platform::fail;
use crate::platform::ids;

/// The size of every file: one block of the common file systems, never stored inside an inode.
pub(super) const PAGE: usize = 4096;

const MADE: &str = "new";
const ERASING: &str = "erasing";

/// Makes `folder` for the owner alone, or narrows an existing one.
pub(super) fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// Makes the file `name`; it exists whole or not at all.
pub(super) fn create(folder: &Path, name: &str, page: &[u8; PAGE]) -> io::Result<()> {
    let made = folder.join(format!("{name}.{MADE}"));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&made)?;
    file.write_all(page)?;
    file.sync_data()?;
    // A rename keeps the blocks: there is one copy of the bytes before and after.
    fs::rename(&made, folder.join(name))?;
    sync_folder(folder)
}

/// All bytes of the file, or nothing when there is none.
pub(super) fn read(folder: &Path, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    match fs::read(folder.join(name)) {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts a file of lines, which are no secret, in the place of another: the old one or the new one is
/// there, whole. Keys are never written like this: it leaves the old bytes on the device.
pub(super) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let made = folder.join(format!("{name}.{MADE}"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&made)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(&made, folder.join(name))?;
    sync_folder(folder)
}

/// Changes bytes in place and waits for the disk.
pub(super) fn overwrite(folder: &Path, name: &str, at: usize, bytes: &[u8]) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(folder.join(name))?;
    let at = u64::try_from(at).expect("an offset inside a page fits 64 bits");
    file.write_all_at(bytes, at)?;
    file.sync_data()
}

/// Destroys the file `name`: marked, overwritten in place, synced, unlinked, folder synced.
/// A file that is not there is destroyed already.
pub(super) fn destroy(folder: &Path, name: &str) -> io::Result<()> {
    mark(folder, name)?;
    fail::point("erase:marked");
    finish(folder, &format!("{name}.{ERASING}"))
}

/// The first step of [`destroy`]: from here on there is no way back.
pub(super) fn mark(folder: &Path, name: &str) -> io::Result<()> {
    let marked = folder.join(format!("{name}.{ERASING}"));
    match fs::rename(folder.join(name), marked) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(folder),
    }
}

/// The other steps of [`destroy`], on a marked file.
fn finish(folder: &Path, marked: &str) -> io::Result<()> {
    let path = folder.join(marked);
    let file = match OpenOptions::new().write(true).open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    file.write_all_at(&ids::random::<PAGE>(), 0)?;
    file.sync_data()?;
    drop(file);
    fail::point("erase:overwritten");
    fs::remove_file(&path)?;
    sync_folder(folder)?;
    fail::point("erase:unlinked");
    Ok(())
}

/// Ends what a power cut interrupted: half-made and half-destroyed files both go.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    for name in names(folder)? {
        let (_, ending) = name.rsplit_once('.').unwrap_or_default();
        if ending == MADE || ending == ERASING {
            finish(folder, &name)?;
        }
    }
    Ok(())
}

/// Whether a file of this name exists, in whatever state.
pub(super) fn exists(folder: &Path, name: &str) -> io::Result<bool> {
    for ending in ["", MADE, ERASING] {
        let name = [name, ending].join(if ending.is_empty() { "" } else { "." });
        if folder.join(name).try_exists()? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The names of all files, sorted.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Makes the folder's own entries durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

impl FileSystem {
    /// The file system that holds `folder`.
    pub fn of(folder: &Path) -> FileSystem {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        FileSystem::in_table(&mounts, &folder)
    }

    fn in_table(mounts: &str, folder: &Path) -> FileSystem {
        let mut found: Option<(PathBuf, FileSystem)> = None;
        for line in mounts.lines() {
            let mut words = line.split(' ').skip(1);
            let (Some(point), Some(kind), Some(options)) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let point = PathBuf::from(point.replace("\\040", " "));
            let deepest = found.as_ref().map_or(0, |(p, _)| p.components().count());
            if folder.starts_with(&point) && point.components().count() >= deepest {
                let copies = matches!(kind, "btrfs" | "zfs" | "bcachefs" | "nilfs2" | "f2fs")
                    || options.split(',').any(|option| option == "data=journal");
                let kind = kind.to_owned();
                found = Some((
                    point,
                    FileSystem {
                        kind,
                        keeps_copies: copies,
                    },
                ));
            }
        }
        found.map_or_else(
            || FileSystem {
                kind: "unknown".to_owned(),
                keeps_copies: true,
            },
            |(_, system)| system,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "/dev/vda / ext4 rw,relatime 0 0\n\
        proc /proc proc rw 0 0\n\
        /dev/vdb /srv/my\\040keys btrfs rw 0 0\n\
        /dev/vdc /srv/journaled ext4 rw,data=journal 0 0\n";

    #[test]
    fn the_deepest_mount_names_the_file_system() {
        let of = |folder: &str| FileSystem::in_table(MOUNTS, Path::new(folder));
        assert_eq!(of("/var/lib/keys").kind, "ext4");
        assert!(!of("/var/lib/keys").keeps_copies);
        assert_eq!(of("/srv/my keys/site").kind, "btrfs");
        assert!(of("/srv/my keys/site").keeps_copies);
        assert!(of("/srv/journaled").keeps_copies);
    }

    #[test]
    fn an_unknown_file_system_is_not_trusted() {
        let system = FileSystem::in_table("", Path::new("/keys"));
        assert_eq!(
            (system.kind.as_str(), system.keeps_copies),
            ("unknown", true)
        );
    }

    #[test]
    fn a_destroyed_file_is_gone_and_destroying_it_again_is_fine() {
        let folder = tempfile::tempdir().expect("a folder");
        create(folder.path(), "a.key", &[7; PAGE]).expect("created");
        assert!(exists(folder.path(), "a.key").expect("looked"));
        destroy(folder.path(), "a.key").expect("destroyed");
        destroy(folder.path(), "a.key").expect("already gone");
        assert!(names(folder.path()).expect("listed").is_empty());
    }

    #[test]
    fn a_marked_file_still_exists_until_the_sweep() {
        let folder = tempfile::tempdir().expect("a folder");
        create(folder.path(), "a.key", &[7; PAGE]).expect("created");
        mark(folder.path(), "a.key").expect("marked");
        assert!(exists(folder.path(), "a.key").expect("looked"));
        sweep(folder.path()).expect("swept");
        assert!(!exists(folder.path(), "a.key").expect("looked"));
    }

    #[test]
    fn files_and_folder_are_for_the_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = folder.path().join("keys");
        private_folder(&keys).expect("made");
        create(&keys, "a.key", &[7; PAGE]).expect("created");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&keys), mode(&keys.join("a.key"))), (0o700, 0o600));
    }
}
