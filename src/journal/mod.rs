//! The site-wide log of every note: what was promised, and when, in one order (draw-protocol 4.9).
//!
//! Invariant: a note is signed, appended and covered by a signed checkpoint in one transaction;
//! nothing is ever taken out.
//!
//! Not here: the grammar of notes ([`lucky_draw::record`]), tiles and witnesses (a later release).

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::note::TlogProof;

use crate::log::{self, Log};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::vault::{self, CheckpointOf, Vault};

mod store;

/// The journal's name among the logs; it belongs to no activity.
const JOURNAL: (&str, &str) = ("", "journal");

/// Why a note could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log beneath.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// The vault, which signs.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Log(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Log(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// A note that stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its index in the journal.
    pub position: u64,
    /// H(text).
    pub hash: Hash,
    /// Text and signature (C2SP signed-note).
    pub signed: String,
    /// C2SP tlog-proof of the leaf under the checkpoint signed with it.
    pub proof: String,
}

/// Signs a note, appends it and signs the journal's new checkpoint.
pub fn write(tx: &mut Tx, vault: &Vault, text: &str) -> Result<Written, Error> {
    let mut journal = open(tx, vault)?;
    let signed = vault.sign_note(text)?;
    let position = log::append(tx, &mut journal, text.as_bytes())?;
    store::insert(tx, position, text)?;
    let checkpoint =
        vault.sign_checkpoint(CheckpointOf::Journal, &log::checkpoint_text(&journal))?;
    log::keep_checkpoint(tx, &mut journal, checkpoint.clone())?;
    let proof = TlogProof {
        extra: None,
        index: position,
        hashes: log::inclusion_proof(tx, &journal, position, journal.size)?,
        checkpoint,
    };
    Ok(Written {
        position,
        hash: sha256(text.as_bytes()),
        signed,
        proof: proof.to_text(),
    })
}

/// The stretch of the journal from one note up to a size, with what proves its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Index of the first note.
    pub start: u64,
    /// Roots of the perfect subtrees before it, largest first.
    pub frontier: Vec<Hash>,
    /// The size it runs to.
    pub end: u64,
    /// The texts of its notes.
    pub notes: Vec<String>,
}

/// The notes `start..end` (draw-protocol 4.10, `journal.txt`).
pub fn segment(tx: &mut Tx, vault: &Vault, start: u64, end: u64) -> Result<Segment, Error> {
    let journal = open(tx, vault)?;
    Ok(Segment {
        start,
        frontier: log::frontier(tx, &journal, start)?,
        end,
        notes: store::between(tx, start, end)?,
    })
}

/// The newest signed checkpoint; empty before the first note.
pub fn checkpoint(tx: &mut Tx, vault: &Vault) -> Result<String, Error> {
    Ok(open(tx, vault)?.checkpoint)
}

fn open(tx: &mut Tx, vault: &Vault) -> Result<Log, Error> {
    if let Some(journal) = log::find(tx, JOURNAL.0, JOURNAL.1)? {
        return Ok(journal);
    }
    let origin = format!("{}/journal", vault.site_name());
    Ok(log::create(tx, JOURNAL.0, JOURNAL.1, &origin, None)?)
}
