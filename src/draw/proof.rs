//! What a proof of entry says beside the list as it stands: draw-protocol 4.2, the shareable form.
//!
//! Invariant: a signature of ours over something that our list does not hold is always told, and
//! told as our fault. Nothing here sees a secret receipt, and nothing of a proof is kept.
//!
//! Not here: how a proof is typed or sent ([`super::pages`]); the check without us
//! ([`lucky_draw::verify`], the browser).

use lucky_draw::encode::Hash;
use lucky_draw::note::{Checkpoint, SignedNote, TlogProof, Verifier};
use lucky_draw::tree::{leaf_hash, node_hash, verify_inclusion};

use crate::log::{self, Log};
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::{DrawId, Error, Shown};

/// A shareable proof that was read; nothing about it has been checked.
#[derive(Debug, Clone)]
pub struct Proof {
    proof: TlogProof,
    commitment: Hash,
}

/// What was sent is no shareable proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a shareable proof")]
pub struct Unreadable;

/// The line of a shareable proof's own data: 32 bytes in base64.
const SHAREABLE_EXTRA: usize = 44;

/// Whether a text is, or may be, a secret receipt, which must not be looked at any further. Only the
/// length of the data beside the proof is looked at, so that no secret is ever decoded.
pub fn holds_secret(text: &str) -> bool {
    text.lines().any(|line| {
        let own = line.trim().strip_prefix("extra");
        own.is_some_and(|own| own.trim().len() > SHAREABLE_EXTRA)
    })
}

impl Proof {
    /// Reads a file, what was pasted from one, or a zip with a proof for each of several tickets:
    /// its files are stored as they are, so they are found by how they begin and where they end.
    pub fn read_all(text: &str) -> Result<Vec<Proof>, Unreadable> {
        let text = text.trim_start();
        if holds_secret(text) || !(text.starts_with(HEADER) || text.starts_with(ZIP_FILE)) {
            return Err(Unreadable);
        }
        let ends = |part: &str| {
            let marks = [ZIP_FILE, ZIP_LIST].iter();
            marks.filter_map(|mark| part.find(mark)).min()
        };
        text.split(HEADER)
            .skip(1)
            .map(|part| Proof::read(&part[..ends(part).unwrap_or(part.len())]))
            .collect()
    }

    fn read(part: &str) -> Result<Proof, Unreadable> {
        // What is pasted may have lost its last line end, or gained some.
        let text = format!("{HEADER}{}\n", part.trim_end());
        let proof = TlogProof::parse(&text).map_err(|_| Unreadable)?;
        let commitment = proof.extra.as_deref().and_then(|own| own.try_into().ok());
        match commitment {
            Some(commitment) => Ok(Proof {
                commitment: Hash(commitment),
                proof,
            }),
            None => Err(Unreadable),
        }
    }

    /// The ticket that it is about.
    pub fn index(&self) -> u64 {
        self.proof.index
    }
}

const HEADER: &str = "c2sp.org/tlog-proof@v1\n";
/// What begins a file in a zip, and the list of files at its end.
const ZIP_FILE: &str = "PK\u{3}\u{4}";
const ZIP_LIST: &str = "PK\u{1}\u{2}";

/// What a proof turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Not signed with this site's key, or changed since.
    NotOurs,
    /// Signed by this site for another draw, whose log has this origin.
    OtherDraw(String),
    /// The signature is ours, but the ticket is not under it: the proof was changed.
    Altered,
    /// All of it is true, and the list is not closed yet.
    NotClosed,
    /// The ticket is in the closed list.
    Listed(Box<Place>),
    /// This site signed for the ticket, and the closed list does not have it.
    Missing(Contradiction),
    /// The ticket is there, but what this site signed then and what it published are two lists.
    Fork(Contradiction),
}

impl Verdict {
    /// The word in message ids and in the log.
    pub fn code(&self) -> &'static str {
        match self {
            Verdict::NotOurs => "not-ours",
            Verdict::OtherDraw(_) => "other-draw",
            Verdict::Altered => "altered",
            Verdict::NotClosed => "not-closed",
            Verdict::Listed(_) => "listed",
            Verdict::Missing(_) => "missing",
            Verdict::Fork(_) => "fork",
        }
    }
}

/// Two things that this site signed and that cannot both be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// How many tickets the proof's signature covers.
    pub signed_size: u64,
    /// The root that it covers.
    pub signed_root: Hash,
    /// How many tickets the list has.
    pub listed_size: u64,
    /// The root of the list at the proof's size; none where the list is shorter.
    pub listed_root: Option<Hash>,
}

/// A ticket in the closed list, with the way up to the list's fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The ticket.
    pub index: u64,
    /// The hash of its leaf, as the public list shows it.
    pub leaf: Hash,
    /// How many tickets the list has.
    pub size: u64,
    /// The list's fingerprint, which the close note signs.
    pub root: Hash,
    /// The neighbours from the leaf up.
    pub path: Vec<Hash>,
}

/// One step of the way up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whether the neighbour stands before what is there already.
    pub before: bool,
    /// The neighbour.
    pub neighbour: Hash,
    /// The two together.
    pub together: Hash,
}

impl Place {
    /// Every step, the last of which gives the list's fingerprint.
    pub fn steps(&self) -> Vec<Step> {
        let (mut node, mut last) = (self.index, self.size.saturating_sub(1));
        let mut hash = self.leaf;
        let mut steps = Vec::with_capacity(self.path.len());
        for neighbour in &self.path {
            // A last node without a partner rises as it is.
            while node == last && node & 1 == 0 && node > 0 {
                node >>= 1;
                last >>= 1;
            }
            let before = node & 1 == 1;
            hash = if before {
                node_hash(neighbour, &hash)
            } else {
                node_hash(&hash, neighbour)
            };
            steps.push(Step {
                before,
                neighbour: *neighbour,
                together: hash,
            });
            node >>= 1;
            last >>= 1;
        }
        steps
    }
}

/// Where a ticket stands in the closed list; none where it is not there, or nothing is closed.
pub fn place(tx: &mut Tx, shown: &Shown, index: u64) -> Result<Option<Place>, Error> {
    let Some(close) = shown.close.as_ref().filter(|close| index < close.size) else {
        return Ok(None);
    };
    let log = log_of(tx, shown)?;
    let commitment = log::commitment(tx, &log, index)?.ok_or(Error::Damaged)?;
    Ok(Some(Place {
        index,
        leaf: leaf_hash(commitment.as_bytes()),
        size: close.size,
        root: close.root,
        path: log::inclusion_proof(tx, &log, index, close.size)?,
    }))
}

/// Checks a proof against the list of a draw.
pub fn check(tx: &mut Tx, vault: &Vault, shown: &Shown, proof: &Proof) -> Result<Verdict, Error> {
    let Some(signed) = checkpoint_of(vault, &proof.proof) else {
        return Ok(Verdict::NotOurs);
    };
    let log = log_of(tx, shown)?;
    if signed.origin != log.origin {
        return Ok(Verdict::OtherDraw(signed.origin));
    }
    let index = proof.index();
    let leaf = leaf_hash(proof.commitment.as_bytes());
    let hashes = &proof.proof.hashes;
    if verify_inclusion(&leaf, index, signed.size, hashes, &signed.root).is_err() {
        return Ok(Verdict::Altered);
    }
    let listed_root = if signed.size <= log.size {
        Some(log::root_at(tx, &log, signed.size)?)
    } else {
        None
    };
    if listed_root == Some(signed.root) {
        return Ok(match place(tx, shown, index)? {
            Some(place) => Verdict::Listed(Box::new(place)),
            None => Verdict::NotClosed,
        });
    }
    let contradiction = Contradiction {
        signed_size: signed.size,
        signed_root: signed.root,
        listed_size: log.size,
        listed_root,
    };
    let listed = log::commitment(tx, &log, index)?;
    Ok(if listed == Some(proof.commitment) {
        Verdict::Fork(contradiction)
    } else {
        Verdict::Missing(contradiction)
    })
}

/// The checkpoint of a proof, if this site signed it.
fn checkpoint_of(vault: &Vault, proof: &TlogProof) -> Option<Checkpoint> {
    let ours = Verifier::parse(&vault.vkey()).ok()?;
    let text = ours.open(&proof.checkpoint).ok()?;
    Checkpoint::parse(text).ok()
}

fn log_of(tx: &mut Tx, shown: &Shown) -> Result<Log, Error> {
    let (activity, draw) = (shown.plan.activity.as_str(), shown.plan.id.as_str());
    log::find(tx, activity, draw)?.ok_or(Error::Damaged)
}

/// The draw among `draws` whose log a proof is about; the first one where it is about none.
pub fn meant<'a>(
    tx: &mut Tx,
    draws: &'a [Shown],
    proof: &Proof,
) -> Result<Option<&'a Shown>, Error> {
    let origin = SignedNote::parse(&proof.proof.checkpoint)
        .ok()
        .and_then(|note| Checkpoint::parse(note.text).ok())
        .map(|checkpoint| checkpoint.origin);
    for shown in draws {
        if Some(&log_of(tx, shown)?.origin) == origin.as_ref() {
            return Ok(Some(shown));
        }
    }
    Ok(draws.first())
}

/// Every draw of an activity that the public may see.
pub fn of_activity(
    tx: &mut Tx,
    activity: &crate::activity::ActivityId,
) -> Result<Vec<Shown>, Error> {
    let ids: Vec<DrawId> = super::plans(tx, activity)?
        .into_iter()
        .filter(|plan| plan.manifest.is_some())
        .map(|plan| plan.id)
        .collect();
    ids.iter().map(|id| super::shown(tx, id)).collect()
}

#[cfg(test)]
mod tests {
    use lucky_draw::bundle::Bundle;
    use lucky_draw::tree::MemoryTree;

    use super::*;

    #[test]
    fn the_steps_from_every_ticket_of_every_small_list_lead_to_its_fingerprint() {
        for size in 1..=33_u64 {
            let mut tree = MemoryTree::default();
            for index in 0..size {
                tree.push(leaf_hash(&index.to_be_bytes()));
            }
            for index in 0..size {
                let place = Place {
                    index,
                    leaf: leaf_hash(&index.to_be_bytes()),
                    size,
                    root: tree.root(),
                    path: tree.inclusion_proof(index),
                };
                let top = place
                    .steps()
                    .last()
                    .map_or(place.leaf, |step| step.together);
                assert_eq!(top, place.root, "{index} of {size}");
            }
        }
    }

    #[test]
    fn a_zip_of_proofs_is_read_and_one_of_receipts_is_a_secret() {
        let proof = |extra: usize, index: u64| TlogProof {
            extra: Some(vec![7; extra]),
            index,
            hashes: vec![Hash([9; 32]); 3],
            checkpoint: "a\n1\nb\n\n— a AAAA\n".to_owned(),
        };
        let zip = |extra: usize| {
            let mut files = Bundle::new();
            for index in [3, 80] {
                files.insert(format!("proof-{index}"), proof(extra, index).to_text());
            }
            String::from_utf8_lossy(&files.to_zip()).replace('\0', "\u{fffd}")
        };
        let read = Proof::read_all(&zip(32)).expect("both can be read");
        let indices: Vec<u64> = read.iter().map(Proof::index).collect();
        assert_eq!(indices, [3, 80]);
        assert!(holds_secret(&zip(100)));
        assert!(Proof::read_all(&zip(100)).is_err());
        assert!(Proof::read_all(&zip(31)).is_err());
    }

    #[test]
    fn what_holds_or_may_hold_a_secret_is_not_read_any_further() {
        let long = "A".repeat(136);
        for text in [
            format!("{HEADER}extra {long}\nindex 0\n\n"),
            format!("{HEADER}extra {long}\r\nindex 0\r\n"),
            format!("  extra   {long}"),
            format!("extra{long}"),
        ] {
            assert!(holds_secret(&text), "{text}");
            assert_eq!(Proof::read_all(&text).err(), Some(Unreadable), "{text}");
        }
        for text in ["", "317-4", HEADER, "c2sp.org/tlog-proof@v1", "{}", "\0"] {
            assert!(!holds_secret(text), "{text}");
            assert_eq!(Proof::read_all(text).err(), Some(Unreadable), "{text}");
        }
    }
}
