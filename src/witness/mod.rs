//! A witness for other libraries' journals (C2SP tlog-witness): it says when it saw a checkpoint,
//! and never says so for two checkpoints of one log that contradict each other.
//!
//! Invariant: what was cosigned is on the disk before the cosignature leaves; sizes and times of
//! one log never go back; a checkpoint is cosigned only with the proof that it extends the last.
//!
//! Not here: asking witnesses for our own journal ([`crate::journal`]); keys of the site (the
//! vault's, which no witness needs).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lucky_draw::encode::Hash;
use lucky_draw::note::{Checkpoint, Cosigner, NoteError, SignedNote, Verifier};
use lucky_draw::tree::{empty_root, verify_consistency};

use crate::platform::clock::Clock;

mod notebook;
pub mod pages;
mod submission;

use notebook::{Notebook, Seen};

pub use notebook::NotebookError;
pub use submission::Submission;

/// A log that is followed: whose key signs, under which first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// First line of its checkpoints.
    pub origin: String,
    /// Its key.
    pub key: Verifier,
}

impl Followed {
    /// Reads `VKEY`, or `VKEY ORIGIN` where the origin is not the key's name.
    ///
    /// # Errors
    /// [`NoteError::VerifierKey`].
    pub fn parse(line: &str) -> Result<Followed, NoteError> {
        let mut words = line.split_ascii_whitespace();
        let key = Verifier::parse(words.next().unwrap_or_default())?;
        let origin = words.next().unwrap_or(key.name()).to_owned();
        match words.next() {
            None => Ok(Followed { origin, key }),
            Some(_) => Err(NoteError::VerifierKey),
        }
    }
}

/// Why a witness could not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder.
    #[error(transparent)]
    Notebook(#[from] NotebookError),
    /// The name.
    #[error(transparent)]
    Name(#[from] NoteError),
}

/// Why a checkpoint was not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Not the body of `add-checkpoint`, or not a checkpoint.
    #[error("expected an old size, a consistency proof, an empty line and a signed checkpoint")]
    Malformed,
    /// The old size is larger than the checkpoint's.
    #[error("the old size is larger than the checkpoint's")]
    OldAboveNew,
    /// This log is not followed here.
    #[error("this witness does not follow a log of this origin")]
    UnknownLog,
    /// None of the log's keys signed it.
    #[error("no known key of this log signed the checkpoint")]
    Unsigned,
    /// The last checkpoint cosigned here had another size, or the same size and another root.
    #[error("the last checkpoint of this log that was cosigned here had {size} leaves")]
    Conflict {
        /// Its size.
        size: u64,
    },
    /// The new tree does not extend the old one, by this proof.
    #[error("the consistency proof does not hold")]
    Proof,
    /// The clock stands before the last cosignature.
    #[error("the clock of this witness went back; try again later")]
    Clock,
    /// The notebook.
    #[error("the notebook of this witness cannot be used")]
    Notebook(#[from] NotebookError),
}

/// A witness; clones are the same one.
#[derive(Clone)]
pub struct Witness {
    inner: Arc<Inner>,
}

struct Inner {
    cosigner: Cosigner,
    followed: BTreeMap<String, Vec<Verifier>>,
    /// One checkpoint at a time: comparing and remembering are one step.
    notebook: Mutex<Notebook>,
    clock: Clock,
}

impl Witness {
    /// Opens the folder of a witness; at the first start its key is made there.
    pub fn open(
        folder: &Path,
        name: &str,
        followed: &[Followed],
        clock: Clock,
    ) -> Result<Witness, OpenError> {
        if !is_name(name) {
            return Err(NoteError::KeyName.into());
        }
        let notebook = Notebook::open(folder)?;
        let cosigner = Cosigner::new(name, *notebook.seed(name)?)?;
        let mut logs: BTreeMap<String, Vec<Verifier>> = BTreeMap::new();
        for log in followed {
            logs.entry(log.origin.clone())
                .or_default()
                .push(log.key.clone());
        }
        Ok(Witness {
            inner: Arc::new(Inner {
                cosigner,
                followed: logs,
                notebook: Mutex::new(notebook),
                clock,
            }),
        })
    }

    /// The key that a library names in its settings.
    pub fn vkey(&self) -> String {
        self.inner.cosigner.vkey()
    }

    /// Each log that is followed, and how many of its leaves were seen.
    pub fn logs(&self) -> Result<Vec<(String, u64)>, NotebookError> {
        let notebook = self.notebook();
        let origins = self.inner.followed.keys();
        origins
            .map(|origin| {
                let size = notebook
                    .seen(origin)?
                    .map_or(0, |seen| seen.checkpoint.size);
                Ok((origin.clone(), size))
            })
            .collect()
    }

    /// Takes the body of an `add-checkpoint` request and answers with the cosignature's line.
    pub fn add_checkpoint(&self, body: &str) -> Result<String, Refusal> {
        let submission = Submission::parse(body).ok_or(Refusal::Malformed)?;
        let note = SignedNote::parse(&submission.checkpoint).map_err(|_| Refusal::Malformed)?;
        let checkpoint = Checkpoint::parse(note.text).map_err(|_| Refusal::Malformed)?;
        let keys = self.inner.followed.get(&checkpoint.origin);
        let keys = keys.ok_or(Refusal::UnknownLog)?;
        if !keys.iter().any(|key| key.check_among(&note).is_ok()) {
            return Err(Refusal::Unsigned);
        }
        if submission.old > checkpoint.size {
            return Err(Refusal::OldAboveNew);
        }
        let notebook = self.notebook();
        let seen = notebook.seen(&checkpoint.origin)?;
        if let Some(seen) = &seen {
            refuse_fork(&notebook, seen, &checkpoint, &submission.checkpoint)?;
        }
        extends(seen.as_ref(), &submission, &checkpoint)?;
        let time = self.time_after(seen.as_ref())?;
        notebook.keep(&Seen {
            checkpoint,
            signed: submission.checkpoint.clone(),
            time,
        })?;
        Ok(self.inner.cosigner.line(note.text, time))
    }

    fn time_after(&self, seen: Option<&Seen>) -> Result<u64, Refusal> {
        let now = u64::try_from(self.inner.clock.now().unix()).unwrap_or(0);
        if now == 0 || seen.is_some_and(|seen| now < seen.time) {
            return Err(Refusal::Clock);
        }
        Ok(now)
    }

    fn notebook(&self) -> std::sync::MutexGuard<'_, Notebook> {
        let notebook = self.inner.notebook.lock();
        notebook.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name that is none must not reach the folder.
fn is_name(name: &str) -> bool {
    Cosigner::new(name, [0; 32]).is_ok()
}

/// Two roots for one size are a fork; whatever old size was claimed, the pair is kept as evidence.
fn refuse_fork(
    notebook: &Notebook,
    seen: &Seen,
    checkpoint: &Checkpoint,
    signed: &str,
) -> Result<(), Refusal> {
    let known = &seen.checkpoint;
    if known.size != checkpoint.size || known.root == checkpoint.root {
        return Ok(());
    }
    let evidence: PathBuf = notebook.keep_fork(seen, signed)?;
    tracing::error!(
        origin = %known.origin,
        size = known.size,
        evidence = %evidence.display(),
        "a log signed two checkpoints that contradict each other"
    );
    Err(Refusal::Conflict { size: known.size })
}

fn extends(
    seen: Option<&Seen>,
    submission: &Submission,
    checkpoint: &Checkpoint,
) -> Result<(), Refusal> {
    let (size, root): (u64, Hash) = match seen {
        Some(seen) => (seen.checkpoint.size, seen.checkpoint.root),
        None => (0, empty_root()),
    };
    if submission.old != size {
        return Err(Refusal::Conflict { size });
    }
    verify_consistency(
        size,
        checkpoint.size,
        &root,
        &checkpoint.root,
        &submission.proof,
    )
    .map_err(|_| Refusal::Proof)
}

#[cfg(test)]
mod tests;
