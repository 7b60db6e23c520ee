//! What outsiders saw of a draw's notes, and by when they must have seen it (draw-protocol 4.9).
//!
//! Invariant: only the witnesses that the key note pinned count, however the settings change
//! afterwards.

use lucky_draw::note::{Checkpoint, SignedNote, TlogProof};
use lucky_draw::record::KeyNote;

use crate::activity;
use crate::journal::{self, Pinned};
use crate::platform::clock::{MINUTE, SECOND, Timestamp};
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::{Error, Plan, StoredNote, run};

/// How long before the draw witnesses must have seen the freeze note (draw-protocol 4.9).
const LEAD: i64 = 300 * SECOND;

/// How long before the first entry a draw must be published, so that its witnesses can see that.
pub(super) const TIME_TO_BE_SEEN: i64 = 5 * MINUTE;

/// A note that has not been seen by enough witnesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    /// Which one.
    pub note: Awaited,
    /// How many witnesses have seen it.
    pub seen: u32,
    /// How many must have.
    pub quorum: u32,
    /// By when.
    pub until: Timestamp,
}

/// The notes whose time must be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// Before the first entry.
    Key,
    /// Before the randomness.
    Freeze,
    /// Within a day of the randomness, for the library's own secret to count.
    Reveal,
}

/// What the draw's key note pins; nobody before it is written.
pub(super) fn pinned(tx: &mut Tx, plan: &Plan) -> Result<Pinned, Error> {
    let note = super::note(tx, &plan.activity, plan.id.as_str(), "key.note")?;
    let Some(note) = note else {
        return Ok(Pinned::default());
    };
    let key = KeyNote::parse(note.text()?).map_err(|_| Error::Damaged)?;
    Ok(Pinned {
        vkeys: key.witnesses,
        quorum: key.quorum,
    })
}

/// The proof of a note as the bundle holds it: with a quorum of the pinned witnesses once they
/// have cosigned a checkpoint over it, and until then with the site's own signature.
pub(super) fn proof_of(
    tx: &mut Tx,
    vault: &Vault,
    plan: &Plan,
    note: &StoredNote,
) -> Result<String, Error> {
    let Some(position) = note.position else {
        return Ok(note.proof.clone());
    };
    let pinned = pinned(tx, plan)?;
    let cosigned = journal::cosigned_proof(tx, vault, position, &pinned)?;
    Ok(cosigned.unwrap_or_else(|| note.proof.clone()))
}

/// How many leaves the checkpoint of a proof has.
pub(super) fn size_of(proof: &str) -> Result<u64, Error> {
    let size = || {
        let proof = TlogProof::parse(proof).ok()?;
        let text = SignedNote::parse(&proof.checkpoint).ok()?.text;
        Some(Checkpoint::parse(text).ok()?.size)
    };
    size().ok_or(Error::Damaged)
}

/// The first of the draw's notes that lacks witnesses, if it has any to wait for.
pub fn unseen(tx: &mut Tx, plan: &Plan) -> Result<Option<Unseen>, Error> {
    let pinned = pinned(tx, plan)?;
    if pinned.quorum == 0 {
        return Ok(None);
    }
    let draws = run::manifest(tx, plan)?.earliest_draw_time();
    let draws = i64::try_from(draws).map_err(|_| Error::Damaged)?;
    let facts = activity::by_id(tx, &plan.activity)?;
    let last = Timestamp::from_unix(draws).plus(-LEAD);
    let mut notes = vec![
        (Awaited::Key, "key.note".to_owned(), facts.opens_at),
        (Awaited::Freeze, "freeze.note".to_owned(), last),
    ];
    if let Some(secret) = plan.secret() {
        let until = plan.reveal_until(facts.freezes_at);
        notes.push((Awaited::Reveal, secret.file_name(), until));
    }
    for (awaited, name, until) in notes {
        let note = super::note(tx, &plan.activity, plan.id.as_str(), &name)?;
        let Some(position) = note.and_then(|note| note.position) else {
            continue;
        };
        let seen = journal::seen_by(tx, position, &pinned)?;
        if seen < pinned.quorum {
            return Ok(Some(Unseen {
                note: awaited,
                seen,
                quorum: pinned.quorum,
                until,
            }));
        }
    }
    Ok(None)
}
