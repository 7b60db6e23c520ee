//! Keys in files: wrapped under a key-encryption key (KEK) whose epochs come and go.
//!
//! Invariant: a key opens under a KEK of the folder or not at all; at rest one epoch exists.
//! Destroying a key ends with a new epoch and the death of the old one, so that a copy of the
//! wrapped file that somebody kept opens nothing (`privacy` 1.4, 1.8 step 2).
//!
//! Every file has two slots of half a page. Wrapping anew writes the free slot, waits for the
//! disk, then wipes the other: at each moment one of them opens, and nothing leaves its blocks.
//!
//! Not here: what the keys are for (`crypt`), who may ask for them (`keeper`).

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use lucky_draw::encode::sha256;
use zeroize::Zeroizing;

use super::disk::{self, PAGE};
use super::{budget, crypt, places, promised};
use crate::platform::fail;
use crate::platform::ids;

/// 32 bytes that are wiped when dropped.
pub(super) type Key = Zeroizing<[u8; 32]>;

const SLOT: usize = PAGE / 2;
const KEY_MAGIC: &[u8; 16] = b"fairdraw-key/1\0\0";
const KEK_MAGIC: &[u8; 16] = b"fairdraw-kek/1\0\0";
/// What every key file begins with, twice: to be looked for where no key may be.
pub const SIGNS_OF_KEYS: [&[u8]; 2] = [KEY_MAGIC, KEK_MAGIC];
const ENDING: &str = ".key";
/// What is left of a key that was destroyed.
const GONE: &str = ".gone";
/// How the files end that hold no key: lines of row ids, numbers and codes.
pub(super) const LISTS: [&str; 8] = [
    ".openings",
    ".told",
    ".allowances",
    promised::ENDING,
    places::ENDING,
    budget::ENDING,
    budget::LISTS_ENDING,
    GONE,
];
/// Those of them that stay when the activity's key is destroyed.
const OUTLIVE: [&str; 3] = [".openings", ".told", GONE];
/// What ends the name of a key that belongs to another one: the own secret of a draw.
const BELONGING: &str = ".opseed";

/// Why the key folder did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The operating system refused.
    #[error("the key folder cannot be read or written")]
    Disk(#[from] io::Error),
    /// Another process holds the folder.
    #[error("another process uses the key folder; stop the running server first")]
    InUse,
    /// A file is there whose key does not open.
    #[error("the key file of {0} is damaged")]
    Damaged(String),
    /// Wrapped keys without any key-encryption key: a folder that was copied in part.
    #[error("the key-encryption key is missing from the key folder")]
    NoKek,
    /// The keys of an older version stand on another file system than the new folder.
    #[error(
        "the keys in {} cannot be moved to {}, which is on another file system: set `keys` to a folder on the same one, or move them yourself and wipe the old disk",
        before.display(), now.display()
    )]
    TwoFileSystems {
        /// Where they are.
        before: PathBuf,
        /// Where they should be.
        now: PathBuf,
    },
}

/// The key folder, held by this process alone.
pub(super) struct Keys {
    folder: PathBuf,
    keks: BTreeMap<u64, Key>,
    /// Held for the lifetime: a second process would go on using keys this one destroys.
    _lock: File,
}

impl Keys {
    /// Opens the folder, ends what a power cut interrupted, and makes a first KEK.
    pub(super) fn open(folder: &Path) -> Result<Keys, KeyError> {
        disk::private_folder(folder)?;
        let lock = lock(folder)?;
        disk::sweep(folder)?;
        let mut keys = Keys {
            folder: folder.to_owned(),
            keks: BTreeMap::new(),
            _lock: lock,
        };
        keys.load_keks()?;
        if keys.keks.is_empty() {
            if !keys.names()?.is_empty() {
                return Err(KeyError::NoKek);
            }
            keys.add_kek(1)?;
        }
        if keys.keks.len() > 1 {
            keys.rewrap_all()?;
            keys.retire_old_keks()?;
        }
        Ok(keys)
    }

    /// The epoch under which keys are wrapped now.
    pub(super) fn epoch(&self) -> u64 {
        *self
            .keks
            .keys()
            .next_back()
            .expect("a KEK exists from open on")
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key `name`, made at the first call.
    pub(super) fn obtain(&self, name: &str) -> Result<Key, KeyError> {
        if let Some(key) = self.read(name)? {
            return Ok(key);
        }
        let key = ids::secret::<32>();
        let mut page = Zeroizing::new(ids::random::<PAGE>());
        let record = self.wrap(name, &key);
        page[..record.len()].copy_from_slice(&record);
        disk::create(&self.folder, &file_name(name), &page)?;
        Ok(key)
    }

    /// The key `name`, or nothing when there is none.
    pub(super) fn read(&self, name: &str) -> Result<Option<Key>, KeyError> {
        let Some(page) = disk::read(&self.folder, &file_name(name))? else {
            return Ok(None);
        };
        match self.unwrap(name, &page) {
            Some((_, _, key)) => Ok(Some(key)),
            None => Err(KeyError::Damaged(name.to_owned())),
        }
    }

    /// Whether any file of this key, or of one that belongs to it, exists, even one whose
    /// destruction was interrupted.
    pub(super) fn holds(&self, name: &str) -> Result<bool, KeyError> {
        let start = format!("{name}.");
        let belongs = |file: &String| file.starts_with(&start) && file.contains(BELONGING);
        Ok(disk::exists(&self.folder, &file_name(name))?
            || disk::exists(&self.folder, &shares_name(name))?
            || disk::names(&self.folder)?.iter().any(belongs))
    }

    /// Destroys the key `name`, those that belong to it, and every old copy of them. May be
    /// repeated at any point.
    pub(super) fn erase(&mut self, name: &str) -> Result<(), KeyError> {
        let start = format!("{name}.");
        for owned in self.names()? {
            if owned.starts_with(&start) && owned.ends_with(BELONGING) {
                disk::destroy(&self.folder, &file_name(&owned))?;
            }
        }
        disk::destroy(&self.folder, &shares_name(name))?;
        disk::destroy(&self.folder, &file_name(name))?;
        disk::destroy(&self.folder, &promised::file_name(name))?;
        disk::destroy(&self.folder, &places::file_name(name))?;
        disk::destroy(&self.folder, &budget::file_name(name))?;
        disk::destroy(&self.folder, &budget::lists_file_name(name))?;
        self.bury(name)?;
        // A mark left by an interrupted run is a file of its own.
        disk::sweep(&self.folder)?;
        self.rotate()
    }

    /// Whether a key of this name was destroyed here, ever.
    pub(super) fn was_erased(&self, name: &str) -> Result<bool, KeyError> {
        Ok(disk::exists(&self.folder, &format!("{name}{GONE}"))?)
    }

    /// Leaves a page that says so, without anything secret: a database that is restored from before
    /// must not get a new key under the old name.
    fn bury(&self, name: &str) -> Result<(), KeyError> {
        let file = format!("{name}{GONE}");
        if !disk::exists(&self.folder, &file)? {
            disk::create(&self.folder, &file, &[b' '; PAGE])?;
        }
        Ok(())
    }

    /// Goes to a new epoch and destroys the old one.
    pub(super) fn rotate(&mut self) -> Result<(), KeyError> {
        self.add_kek(self.epoch() + 1)?;
        fail::point("erase:kek-added");
        self.rewrap_all()?;
        fail::point("erase:rewrapped");
        self.retire_old_keks()?;
        fail::point("erase:retired");
        Ok(())
    }

    /// Rotation, step 1: a new KEK beside the old.
    fn add_kek(&mut self, epoch: u64) -> Result<(), KeyError> {
        let kek = ids::secret::<32>();
        let mut page = Zeroizing::new(ids::random::<PAGE>());
        let record = kek_record(epoch, &kek);
        page[..record.len()].copy_from_slice(&record);
        disk::create(&self.folder, &kek_name(epoch), &page)?;
        self.keks.insert(epoch, kek);
        Ok(())
    }

    /// Rotation, step 2: every key under the newest KEK. A key that opens under none of our KEKs
    /// is lost already; it stays as it is and does not keep the others from moving.
    fn rewrap_all(&self) -> Result<(), KeyError> {
        for name in self.names()? {
            if !self.rewrap(&name)? {
                tracing::warn!(key = name, "a key file opens under no key-encryption key");
            }
        }
        Ok(())
    }

    /// Moves one key to the newest KEK; `false` when it does not open.
    fn rewrap(&self, name: &str) -> Result<bool, KeyError> {
        let file = file_name(name);
        let Some(page) = disk::read(&self.folder, &file)? else {
            return Ok(true);
        };
        let Some((slot, epoch, key)) = self.unwrap(name, &page) else {
            return Ok(false);
        };
        let (kept, wiped) = if epoch == self.epoch() {
            (slot, other(slot))
        } else {
            disk::overwrite(
                &self.folder,
                &file,
                other(slot) * SLOT,
                &self.wrap(name, &key),
            )?;
            (other(slot), slot)
        };
        debug_assert_ne!(kept, wiped);
        disk::overwrite(&self.folder, &file, wiped * SLOT, &ids::random::<SLOT>())?;
        Ok(true)
    }

    /// Rotation, step 3: the death of every KEK but the newest.
    fn retire_old_keks(&mut self) -> Result<(), KeyError> {
        let newest = self.epoch();
        let old: Vec<u64> = self.keks.keys().copied().filter(|e| *e < newest).collect();
        for epoch in old {
            disk::destroy(&self.folder, &kek_name(epoch))?;
            self.keks.remove(&epoch);
        }
        Ok(())
    }

    fn load_keks(&mut self) -> Result<(), KeyError> {
        for file in disk::names(&self.folder)? {
            let Some(epoch) = kek_epoch(&file) else {
                continue;
            };
            let page = disk::read(&self.folder, &file)?.unwrap_or_default();
            let kek = read_kek(epoch, &page).ok_or(KeyError::Damaged(file))?;
            self.keks.insert(epoch, kek);
        }
        Ok(())
    }

    /// The names of all wrapped keys.
    fn names(&self) -> Result<Vec<String>, KeyError> {
        let files = disk::names(&self.folder)?;
        let keys = files
            .iter()
            .filter(|file| kek_epoch(file).is_none())
            .filter_map(|file| file.strip_suffix(ENDING))
            .map(str::to_owned);
        Ok(keys.collect())
    }

    /// Magic, epoch, nonce and sealed key: 96 bytes.
    fn wrap(&self, name: &str, key: &Key) -> Vec<u8> {
        let epoch = self.epoch();
        let kek = self.keks.get(&epoch).expect("the newest KEK is loaded");
        let sealed = crypt::lock(kek, &wrap_aad(name, epoch), key.as_slice());
        [KEY_MAGIC.as_slice(), &epoch.to_be_bytes(), &sealed].concat()
    }

    /// The slot, the epoch and the key of the newest record of a page that opens.
    fn unwrap(&self, name: &str, page: &[u8]) -> Option<(usize, u64, Key)> {
        let records = (0..2).filter_map(|slot| {
            let record = page.get(slot * SLOT..slot * SLOT + 96)?;
            let (magic, rest) = record.split_first_chunk::<16>()?;
            let (epoch, rest) = rest.split_first_chunk::<8>()?;
            let epoch = u64::from_be_bytes(*epoch);
            let kek = self.keks.get(&epoch).filter(|_| magic == KEY_MAGIC)?;
            let opened = crypt::unlock(kek, &wrap_aad(name, epoch), rest)?;
            let key = <[u8; 32]>::try_from(opened.as_slice()).ok()?;
            Some((slot, epoch, Zeroizing::new(key)))
        });
        records.max_by_key(|(_, epoch, _)| *epoch)
    }
}

fn lock(folder: &Path) -> Result<File, KeyError> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(KeyError::InUse),
        Err(TryLockError::Error(error)) => Err(KeyError::Disk(error)),
    }
}

fn other(slot: usize) -> usize {
    1 - slot
}

/// The name of a key that belongs to the key `name` and is destroyed with it; no name of an
/// activity or of the site's own keys is of this form.
pub(super) fn belonging(name: &str, part: &str) -> String {
    format!("{name}.{part}{BELONGING}")
}

/// The page that knows the librarians' shares of the key `name`; it is destroyed with the key.
pub(super) fn shares_name(name: &str) -> String {
    format!("{name}.shares")
}

/// Whether a file stays when the key of its activity is destroyed.
pub(super) fn outlives(file: &str) -> bool {
    OUTLIVE.iter().any(|ending| file.ends_with(ending))
}

fn file_name(name: &str) -> String {
    format!("{name}{ENDING}")
}

fn kek_name(epoch: u64) -> String {
    format!("kek.{epoch}{ENDING}")
}

fn kek_epoch(file: &str) -> Option<u64> {
    let epoch = file.strip_prefix("kek.")?.strip_suffix(ENDING)?;
    epoch.parse().ok()
}

fn wrap_aad(name: &str, epoch: u64) -> Vec<u8> {
    format!("fairdraw-key/1|{name}|{epoch}").into_bytes()
}

/// Magic, epoch, key and the first 16 bytes of their hash: 72 bytes.
fn kek_record(epoch: u64, kek: &Key) -> Zeroizing<Vec<u8>> {
    let mut record = Zeroizing::new(Vec::with_capacity(72));
    record.extend_from_slice(KEK_MAGIC);
    record.extend_from_slice(&epoch.to_be_bytes());
    record.extend_from_slice(kek.as_slice());
    let check = sha256(&record);
    record.extend_from_slice(&check.as_bytes()[..16]);
    record
}

fn read_kek(epoch: u64, page: &[u8]) -> Option<Key> {
    let kek = Zeroizing::new(<[u8; 32]>::try_from(page.get(24..56)?).ok()?);
    let expected = kek_record(epoch, &kek);
    (page.get(..72)? == expected.as_slice()).then_some(kek)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn open(folder: &tempfile::TempDir) -> Keys {
        Keys::open(folder.path()).expect("the folder opens")
    }

    fn value(keys: &Keys, name: &str) -> [u8; 32] {
        *keys.read(name).expect("readable").expect("there")
    }

    /// Every byte of every file.
    fn bytes(folder: &tempfile::TempDir) -> Vec<u8> {
        let names = disk::names(folder.path()).expect("listed");
        let read = |name: &String| std::fs::read(folder.path().join(name)).expect("read");
        names.iter().flat_map(read).collect()
    }

    fn occurs(needle: &[u8], hay: &[u8]) -> bool {
        hay.windows(needle.len()).any(|window| window == needle)
    }

    #[test]
    fn a_key_is_the_same_after_a_restart_and_never_in_clear() {
        let folder = folder();
        let made = *open(&folder).obtain("spring").expect("made");
        let keys = open(&folder);
        assert_eq!(value(&keys, "spring"), made);
        assert_eq!(*keys.obtain("spring").expect("found"), made);
        assert!(!occurs(&made, &bytes(&folder)));
        assert!(
            disk::names(folder.path())
                .expect("listed")
                .iter()
                .filter(|name| name.ends_with(".key"))
                .all(|name| bytes_of(&folder, name).len() == PAGE)
        );
    }

    fn bytes_of(folder: &tempfile::TempDir, name: &str) -> Vec<u8> {
        std::fs::read(folder.path().join(name)).expect("read")
    }

    #[test]
    fn a_second_process_is_kept_out() {
        let folder = folder();
        let _keys = open(&folder);
        assert!(matches!(Keys::open(folder.path()), Err(KeyError::InUse)));
    }

    #[test]
    fn after_erasing_nothing_opens_and_the_others_live() {
        let folder = folder();
        let mut keys = open(&folder);
        keys.obtain("spring").expect("made");
        let autumn = *keys.obtain("autumn").expect("made");
        let spring_file = bytes_of(&folder, "spring.key");
        let kek_file = bytes_of(&folder, "kek.1.key");

        keys.erase("spring").expect("erased");

        assert!(keys.read("spring").expect("looked").is_none());
        assert!(!keys.holds("spring").expect("looked"));
        assert_eq!(value(&keys, "autumn"), autumn);
        assert_eq!(keys.epoch(), 2);
        // Neither the wrapped key nor the KEK that opens it is left in any file.
        let left = bytes(&folder);
        assert!(!occurs(&spring_file[24..96], &left));
        assert!(!occurs(&kek_file[24..56], &left));
        // Somebody kept a copy of the file: it opens nothing any more.
        std::fs::write(folder.path().join("spring.key"), &spring_file).expect("put back");
        assert!(matches!(keys.read("spring"), Err(KeyError::Damaged(name)) if name == "spring"));
        keys.erase("spring").expect("erased again");
        keys.erase("spring").expect("and again");
        assert_eq!(value(&keys, "autumn"), autumn);
    }

    #[test]
    fn a_file_of_another_activity_does_not_open() {
        let folder = folder();
        let keys = open(&folder);
        keys.obtain("spring").expect("made");
        let path = |name: &str| folder.path().join(name);
        std::fs::copy(path("spring.key"), path("autumn.key")).expect("copied");
        assert!(matches!(keys.read("autumn"), Err(KeyError::Damaged(_))));
    }

    #[test]
    fn keys_without_their_kek_are_not_given_a_new_one() {
        let folder = folder();
        open(&folder).obtain("spring").expect("made");
        std::fs::remove_file(folder.path().join("kek.1.key")).expect("removed");
        assert!(matches!(Keys::open(folder.path()), Err(KeyError::NoKek)));
    }

    /// Runs `steps` on a folder with two keys, drops everything as a kill does, and opens again.
    fn interrupted(steps: impl FnOnce(&mut Keys)) {
        let folder = folder();
        let mut keys = open(&folder);
        let before = [keys.obtain("a"), keys.obtain("b")].map(|key| *key.expect("made"));
        let old_kek = bytes_of(&folder, "kek.1.key");
        steps(&mut keys);
        drop(keys);

        let keys = open(&folder);
        assert_eq!([value(&keys, "a"), value(&keys, "b")], before);
        assert_eq!(keys.keks.len(), 1, "one epoch at rest");
        assert_eq!(keys.epoch(), 2, "the rotation was finished");
        assert!(!occurs(&old_kek[24..56], &bytes(&folder)));
        let ends = disk::names(folder.path()).expect("listed");
        assert_eq!(ends, ["a.key", "b.key", "kek.2.key", "lock"]);
    }

    #[test]
    fn a_rotation_killed_between_any_two_steps_is_finished_at_the_next_start() {
        interrupted(|keys| keys.add_kek(2).expect("step 1"));
        interrupted(|keys| {
            keys.add_kek(2).expect("step 1");
            assert!(keys.rewrap("a").expect("half of step 2"));
        });
        interrupted(|keys| {
            keys.add_kek(2).expect("step 1");
            // The new record is written, the old one not wiped yet.
            let key = keys.read("a").expect("readable").expect("there");
            let record = keys.wrap("a", &key);
            disk::overwrite(&keys.folder, "a.key", SLOT, &record).expect("written");
        });
        interrupted(|keys| {
            keys.add_kek(2).expect("step 1");
            // The new record is torn: only its first bytes reached the disk.
            let key = keys.read("a").expect("readable").expect("there");
            let record = keys.wrap("a", &key);
            disk::overwrite(&keys.folder, "a.key", SLOT, &record[..40]).expect("written");
        });
        interrupted(|keys| {
            keys.add_kek(2).expect("step 1");
            keys.rewrap_all().expect("step 2");
        });
        interrupted(|keys| {
            keys.add_kek(2).expect("step 1");
            keys.rewrap_all().expect("step 2");
            disk::mark(&keys.folder, "kek.1.key").expect("a part of step 3");
        });
        interrupted(|keys| keys.rotate().expect("all steps"));
    }

    #[test]
    fn an_erasure_killed_after_its_mark_is_finished_and_can_be_repeated() {
        let folder = folder();
        let keys = open(&folder);
        keys.obtain("a").expect("made");
        let wrapped = bytes_of(&folder, "a.key");
        disk::mark(&keys.folder, "a.key").expect("marked");
        assert!(keys.holds("a").expect("looked"), "a copy still exists");
        drop(keys);
        let mut keys = open(&folder);
        assert!(!keys.holds("a").expect("looked"));
        keys.erase("a").expect("repeated");
        assert_eq!(keys.epoch(), 2);
        assert!(!occurs(&wrapped[24..96], &bytes(&folder)));
    }
}
