//! The site-wide log of every note: what was promised, and when, in one order (draw-protocol 4.9).
//!
//! Invariant: a note is signed, appended and covered by a signed checkpoint in one transaction;
//! nothing is ever taken out.
//!
//! Not here: the grammar of notes ([`lucky_draw::record`]), being a witness for others
//! ([`crate::witness`]).

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::note::{TlogProof, Verifier};
use lucky_draw::record::{GrammarError, SiteNote};

use crate::audit;
use crate::log::{self, Log};
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::vault::{self, CheckpointOf, Reach, Vault};

mod cosigning;
mod heads;
pub mod jobs;
mod mirror;
pub mod pages;
mod store;
mod tiles;
mod wire;
mod witnesses;

pub use cosigning::Trouble;
pub use heads::{fits_its_root, heads, is_whole, write_head};
pub use mirror::Mirror;
pub use tiles::{Tile, tile};
pub use witnesses::{
    Appointed, Pinned, appoint, appointed, cosigned_at, cosigned_proof, pinned, seen_by,
};

/// The journal's name among the logs; it belongs to no activity.
const JOURNAL: (&str, &str) = ("", "journal");

/// Why a note could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log beneath.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// What the site wants to state about itself has not the form of a site note.
    #[error("this is no site note")]
    Form(#[from] GrammarError),
    /// The record of acts, whose head is signed here.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The vault, which signs.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The mirror's file.
    #[error("the journal's mirror, journal.notes in the data folder, cannot be read or written")]
    Mirror(#[source] std::io::Error),
    /// The mirror holds notes of another site's key.
    #[error(
        "journal.notes in the data folder is of another site or another key; move the file away \
         if this is meant to be a new site"
    )]
    ForeignMirror,
    /// Journal and mirror hold different notes at one place. One of them was forged, or the
    /// folders of two sites were mixed up.
    #[error(
        "the journal in the database and its mirror, journal.notes, differ at note {position}; \
         going on would make the journal a fork, so nothing was changed"
    )]
    MirrorDiffers {
        /// The first such place.
        position: u64,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Log(error) => error.kind(),
            Error::Form(_) => Kind::Broken,
            Error::Mirror(_) | Error::ForeignMirror | Error::MirrorDiffers { .. } => Kind::Broken,
            Error::Audit(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Log(error) => error.code(),
            Error::Form(_) => "journal.form",
            Error::Mirror(_) => "journal.mirror",
            Error::ForeignMirror | Error::MirrorDiffers { .. } => "journal.mirror_differs",
            Error::Audit(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// A note as a reader of the journal finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its index.
    pub position: u64,
    /// Its text.
    pub text: String,
    /// When it was written, by this site's clock.
    pub written_at: Timestamp,
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
    let leaf = Leaf {
        position,
        text: text.to_owned(),
        written_at: tx.now(),
    };
    store::insert(tx, &leaf)?;
    let checkpoint = sign(
        tx,
        vault,
        &journal,
        position,
        &log::checkpoint_text(&journal),
    )?;
    log::keep_checkpoint(tx, &mut journal, checkpoint.clone())?;
    jobs::enqueue_mirroring(tx, journal.size)?;
    if store::any_asked(tx)? {
        jobs::enqueue_cosigning(tx, journal.size)?;
    }
    Ok(Written {
        position,
        hash: sha256(text.as_bytes()),
        signed,
        proof: proof_under(tx, &journal, position, checkpoint)?,
    })
}

/// Signs a checkpoint of the journal, of now or of the past; `before` is a size that the vault most
/// likely knows. What is released of the journal is told by the mirror ([`Mirror::follow`]).
fn sign(
    tx: &mut Tx,
    vault: &Vault,
    journal: &Log,
    before: u64,
    text: &str,
) -> Result<String, Error> {
    let reach = Reach {
        before,
        size: journal.size,
    };
    vault.sign_growth(CheckpointOf::Journal, text, reach, |old, new| {
        Ok::<_, Error>(log::consistency_proof(tx, journal, old, new)?)
    })
}

/// Writes what the site states about itself, apart from its draws: a site note of these lines
/// (draw-protocol 4.9). Names are `[a-z0-9-]{1,32}`, values plain ASCII with single spaces.
pub fn write_site(
    tx: &mut Tx,
    vault: &Vault,
    of: &str,
    lines: &[(&str, String)],
) -> Result<Written, Error> {
    let lines = lines.iter();
    let note = SiteNote {
        of: of.to_owned(),
        lines: lines
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    };
    let text = note.to_text();
    SiteNote::parse(&text)?;
    write(tx, vault, &text)
}

fn proof_under(
    tx: &mut Tx,
    journal: &Log,
    position: u64,
    checkpoint: String,
) -> Result<String, Error> {
    let proof = TlogProof {
        extra: None,
        index: position,
        hashes: log::inclusion_proof(tx, journal, position, journal.size)?,
        checkpoint,
    };
    Ok(proof.to_text())
}

/// Whether a log is the journal, and no draw's.
pub fn is_its_log(log: &Log) -> bool {
    (log.activity.as_str(), log.id.as_str()) == JOURNAL
}

/// How many notes there are.
pub fn size(tx: &mut Tx) -> Result<u64, Error> {
    Ok(find(tx)?.map_or(0, |journal| journal.size))
}

/// Whether the journal has come to `size` notes, and had this root then.
pub fn reaches(tx: &mut Tx, size: u64, root: &Hash) -> Result<bool, Error> {
    match find(tx)? {
        Some(journal) => Ok(log::reaches(tx, &journal, size, root)?),
        None => Ok(false),
    }
}

/// The notes `start..end` as readers find them; beyond the journal's end there are none.
pub fn leaves(tx: &mut Tx, start: u64, end: u64) -> Result<Vec<Leaf>, Error> {
    Ok(store::leaves(tx, start, end)?)
}

/// The best proof of a note there is now: under the first checkpoint that a quorum of today's
/// witnesses has cosigned, else under the newest.
pub fn proof(tx: &mut Tx, vault: &Vault, position: u64) -> Result<Option<String>, Error> {
    let Some(journal) = find(tx)?.filter(|journal| position < journal.size) else {
        return Ok(None);
    };
    let pinned = pinned(tx)?;
    if let Some(proof) = cosigned_proof(tx, vault, position, &pinned)? {
        return Ok(Some(proof));
    }
    let checkpoint = checkpoint(tx)?;
    Ok(Some(proof_under(tx, &journal, position, checkpoint)?))
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

/// The newest signed checkpoint, with what witnesses have said about it; empty before the first
/// note.
pub fn checkpoint(tx: &mut Tx) -> Result<String, Error> {
    let Some(journal) = find(tx)? else {
        return Ok(String::new());
    };
    let lines = witnesses::lines_at(tx, journal.size)?;
    Ok(journal.checkpoint + &lines)
}

/// The key under which checkpoints are signed: what another library's witness follows.
pub fn vkey(vault: &Vault) -> String {
    let name = format!("{}/journal", vault.site_name());
    match Verifier::parse(&vault.vkey()) {
        Ok(site) => site.with_name(&name).vkey(),
        Err(_) => String::new(),
    }
}

fn find(tx: &mut Tx) -> Result<Option<Log>, Error> {
    Ok(log::find(tx, JOURNAL.0, JOURNAL.1)?)
}

fn open(tx: &mut Tx, vault: &Vault) -> Result<Log, Error> {
    if let Some(journal) = find(tx)? {
        return Ok(journal);
    }
    let origin = format!("{}/journal", vault.site_name());
    Ok(log::create(tx, JOURNAL.0, JOURNAL.1, &origin, None)?)
}
