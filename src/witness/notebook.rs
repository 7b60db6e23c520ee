//! What a witness remembers, on the disk: its key, and for each log the last checkpoint it saw.
//!
//! Invariant: a page of the notebook is replaced whole and is on the disk before anything is
//! signed for it, so a kill or a power cut at any moment loses at most an answer that nobody got.
//! Two processes cannot write one notebook.
//!
//! Not here: what is accepted ([`super::Witness`]).

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use lucky_draw::encode::sha256;
use lucky_draw::note::{Checkpoint, SignedNote};
use zeroize::Zeroizing;

use crate::platform::ids;

const LOCK: &str = "lock";
const KEY: &str = "key";
const HEADING: &str = "fairdraw witness page 1\n";

/// Why a notebook cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NotebookError {
    /// Another process has it open.
    #[error("another witness works in this folder")]
    InUse,
    /// The folder belongs to a witness of another name; one key under two names could be taken
    /// for two witnesses.
    #[error("this folder belongs to the witness {name}")]
    OtherName {
        /// Its name.
        name: String,
    },
    /// A page is not as it was written. It must not be thrown away: the witness would sign a fork.
    #[error(
        "the page {name} of the notebook is damaged; restore the folder, or start anew with a new key"
    )]
    Damaged {
        /// The file.
        name: PathBuf,
    },
    /// The disk.
    #[error("the notebook cannot be read or written")]
    Disk(#[from] io::Error),
}

/// The last checkpoint that was seen of a log, as its log signed it, and when it was cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) checkpoint: Checkpoint,
    /// The whole signed note.
    pub(super) signed: String,
    /// Unix seconds of the cosignature.
    pub(super) time: u64,
}

/// The folder of a witness.
pub(super) struct Notebook {
    folder: PathBuf,
    /// Held for as long as the notebook is open.
    _lock: File,
}

impl Notebook {
    /// Opens a folder, or makes one.
    pub(super) fn open(folder: &Path) -> Result<Notebook, NotebookError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Notebook {
                folder: folder.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(NotebookError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The seed of the witness's key, made at the first start.
    pub(super) fn seed(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, NotebookError> {
        let Some(text) = self.read(KEY)?.map(Zeroizing::new) else {
            let seed = ids::secret::<32>();
            let text = Zeroizing::new(HEXLOWER.encode(&*seed));
            self.replace(KEY, &Zeroizing::new(format!("{name}\n{}\n", *text)))?;
            return Ok(seed);
        };
        let (owner, seed) = text.split_once('\n').ok_or_else(|| self.damaged(KEY))?;
        if owner != name {
            return Err(NotebookError::OtherName {
                name: owner.to_owned(),
            });
        }
        let bytes = HEXLOWER.decode(seed.trim_end().as_bytes());
        let bytes = Zeroizing::new(bytes.unwrap_or_default());
        match <[u8; 32]>::try_from(bytes.as_slice()) {
            Ok(seed) => Ok(Zeroizing::new(seed)),
            Err(_) => Err(self.damaged(KEY)),
        }
    }

    /// The last checkpoint seen of a log, or nothing if it is new.
    pub(super) fn seen(&self, origin: &str) -> Result<Option<Seen>, NotebookError> {
        let name = page_name(origin);
        let Some(text) = self.read(&name)? else {
            return Ok(None);
        };
        let seen = read_page(&text).filter(|seen| seen.checkpoint.origin == origin);
        seen.map(Some).ok_or_else(|| self.damaged(&name))
    }

    /// Remembers a checkpoint; it is on the disk when this returns.
    pub(super) fn keep(&self, seen: &Seen) -> Result<(), NotebookError> {
        let name = page_name(&seen.checkpoint.origin);
        let page = format!("{HEADING}time {}\n\n{}", seen.time, seen.signed);
        Ok(self.replace(&name, &page)?)
    }

    /// Keeps two checkpoints that contradict each other; the first pair of each log is enough.
    pub(super) fn keep_fork(&self, seen: &Seen, other: &str) -> Result<PathBuf, NotebookError> {
        let name = format!("fork-{}", page_name(&seen.checkpoint.origin));
        if self.read(&name)?.is_none() {
            self.replace(&name, &format!("{}\n{other}", seen.signed))?;
        }
        Ok(self.folder.join(name))
    }

    fn read(&self, name: &str) -> Result<Option<String>, NotebookError> {
        match fs::read_to_string(self.folder.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::InvalidData => Err(self.damaged(name)),
            Err(error) => Err(error.into()),
        }
    }

    fn replace(&self, name: &str, text: &str) -> io::Result<()> {
        let made = self.folder.join(format!("{name}.new"));
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&made)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&made, self.folder.join(name))?;
        File::open(&self.folder)?.sync_all()
    }

    fn damaged(&self, name: &str) -> NotebookError {
        NotebookError::Damaged {
            name: self.folder.join(name),
        }
    }
}

/// Origins may hold any characters; file names hold their hash.
fn page_name(origin: &str) -> String {
    format!("log-{}", sha256(origin.as_bytes()))
}

fn read_page(text: &str) -> Option<Seen> {
    let (head, signed) = text.strip_prefix(HEADING)?.split_once("\n\n")?;
    let note = SignedNote::parse(signed).ok()?;
    Some(Seen {
        checkpoint: Checkpoint::parse(note.text).ok()?,
        signed: signed.to_owned(),
        time: head.strip_prefix("time ")?.parse().ok()?,
    })
}
