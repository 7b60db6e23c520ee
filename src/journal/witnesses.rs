//! Witnesses of the journal: who is asked, what they said, and proofs that carry it.
//!
//! Invariant: what a witness said is kept once and never changed, and a proof takes the first
//! quorum that arrived, so a proof that carries a quorum stays the same bytes for ever.
//!
//! Not here: asking them ([`super::cosigning`]), being one ([`crate::witness`]).

use lucky_draw::note::TlogProof;

use crate::log;
use crate::platform::config::WitnessSetting;
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::{Error, open, store};

/// The witnesses that a key note pins (draw-protocol 4.9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pinned {
    /// Their verifier keys, in byte order.
    pub vkeys: Vec<String>,
    /// How many of them must have seen a checkpoint; 0 without witnesses.
    pub quorum: u32,
}

/// A witness as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointed {
    /// Its key.
    pub vkey: String,
    /// Where it takes checkpoints.
    pub url: String,
    /// Whether the settings name it now.
    pub asked: bool,
    /// The settings' quorum.
    pub quorum: u32,
    /// The largest checkpoint it is known to have cosigned.
    pub size: u64,
    /// How often it could not be had since then.
    pub failures: u32,
    /// When it may be asked again.
    pub next_try: crate::platform::clock::Timestamp,
    /// Why it could not be had, as a word; else empty.
    pub trouble: String,
}

impl Appointed {
    /// The name of its key.
    pub fn name(&self) -> &str {
        self.vkey.split('+').next().unwrap_or_default()
    }
}

/// One line under a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cosignature {
    pub(super) size: u64,
    pub(super) vkey: String,
    /// Unix seconds, by the witness's clock.
    pub(super) seen_at: u64,
    pub(super) line: String,
}

/// Makes the witnesses of the settings those that are asked from now on.
pub fn appoint(tx: &mut Tx, named: &[WitnessSetting], quorum: u32) -> Result<(), Error> {
    for known in store::witnesses(tx)? {
        let setting = named.iter().find(|setting| setting.vkey == known.vkey);
        let renewed = Appointed {
            asked: setting.is_some(),
            url: setting.map_or(known.url.clone(), |setting| setting.url.clone()),
            quorum,
            ..known.clone()
        };
        if renewed != known {
            store::appoint_witness(tx, &renewed)?;
        }
    }
    for setting in named {
        store::insert_witness_if_new(tx, setting, quorum)?;
    }
    if let Some(journal) = super::find(tx)?
        && journal.size > 0
        && store::any_asked(tx)?
    {
        super::jobs::enqueue_cosigning(tx, journal.size)?;
    }
    Ok(())
}

/// Every witness that was ever named, by its key.
pub fn appointed(tx: &mut Tx) -> Result<Vec<Appointed>, Error> {
    Ok(store::witnesses(tx)?)
}

/// What a key note written now pins.
pub fn pinned(tx: &mut Tx) -> Result<Pinned, Error> {
    let mut pinned = Pinned::default();
    for witness in store::witnesses(tx)? {
        if witness.asked {
            pinned.quorum = witness.quorum;
            pinned.vkeys.push(witness.vkey);
        }
    }
    pinned.vkeys.sort_unstable();
    Ok(pinned)
}

/// The proof of the note at `position` under the first checkpoint that a quorum has cosigned:
/// the log's line, then the witnesses in the order of the key note (draw-protocol 4.10).
///
/// Nothing before there is such a checkpoint, and nothing where nobody is pinned.
pub fn cosigned_proof(
    tx: &mut Tx,
    vault: &Vault,
    position: u64,
    pinned: &Pinned,
) -> Result<Option<String>, Error> {
    let said = store::cosignatures_after(tx, position)?;
    let Some((size, lines)) = first_quorum(&said, pinned) else {
        return Ok(None);
    };
    let journal = open(tx, vault)?;
    let text = log::checkpoint_text_at(tx, &journal, size)?;
    let signed = super::sign(tx, vault, &journal, journal.size, &text)?;
    let proof = TlogProof {
        extra: None,
        index: position,
        hashes: log::inclusion_proof(tx, &journal, position, size)?,
        checkpoint: signed + &lines,
    };
    Ok(Some(proof.to_text()))
}

/// When the last of those who stand in [`cosigned_proof`] saw the note, in Unix seconds by its own
/// clock; nothing before there is such a proof.
pub fn cosigned_at(tx: &mut Tx, position: u64, pinned: &Pinned) -> Result<Option<u64>, Error> {
    let said = store::cosignatures_after(tx, position)?;
    let lines = quorum_lines(&said, pinned);
    Ok(lines.and_then(|lines| lines.iter().map(|line| line.seen_at).max()))
}

/// How many of the pinned witnesses saw the note at `position` under one checkpoint, at most.
pub fn seen_by(tx: &mut Tx, position: u64, pinned: &Pinned) -> Result<u32, Error> {
    let said = store::cosignatures_after(tx, position)?;
    let most = by_checkpoint(&said)
        .map(|lines| {
            lines
                .iter()
                .filter(|line| pinned.vkeys.contains(&line.vkey))
                .count()
        })
        .max();
    Ok(most.and_then(|most| u32::try_from(most).ok()).unwrap_or(0))
}

/// The lines of everybody who is asked, under the checkpoint of this size.
pub(super) fn lines_at(tx: &mut Tx, size: u64) -> Result<String, Error> {
    let mut said = store::cosignatures_at(tx, size)?;
    said.sort_unstable_by(|a, b| a.vkey.cmp(&b.vkey));
    Ok(said.into_iter().map(|line| line.line).collect())
}

/// `said` is in the order of sizes and, within a size, of arrival.
fn by_checkpoint(said: &[Cosignature]) -> impl Iterator<Item = &[Cosignature]> {
    said.chunk_by(|one, next| one.size == next.size)
}

fn first_quorum(said: &[Cosignature], pinned: &Pinned) -> Option<(u64, String)> {
    let first = quorum_lines(said, pinned)?;
    let text = first.iter().map(|line| line.line.as_str()).collect();
    Some((first.first()?.size, text))
}

/// The lines of the proof, in the order of their keys.
fn quorum_lines<'a>(said: &'a [Cosignature], pinned: &Pinned) -> Option<Vec<&'a Cosignature>> {
    let quorum = usize::try_from(pinned.quorum).ok().filter(|q| *q > 0)?;
    by_checkpoint(said).find_map(|lines| {
        let ours = lines
            .iter()
            .filter(|line| pinned.vkeys.contains(&line.vkey));
        let mut first: Vec<&Cosignature> = ours.take(quorum).collect();
        if first.len() < quorum {
            return None;
        }
        first.sort_unstable_by(|a, b| a.vkey.cmp(&b.vkey));
        Some(first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(lines: &[(u64, &str)]) -> Vec<Cosignature> {
        lines
            .iter()
            .map(|(size, vkey)| Cosignature {
                size: *size,
                vkey: (*vkey).to_owned(),
                seen_at: 1,
                line: format!("{vkey}\n"),
            })
            .collect()
    }

    #[test]
    fn a_proof_takes_the_first_quorum_that_arrived_and_keeps_it() {
        let pinned = Pinned {
            vkeys: ["a", "b", "c"].map(str::to_owned).to_vec(),
            quorum: 2,
        };
        let mut lines = vec![(5, "c"), (6, "stranger"), (6, "b")];
        assert_eq!(first_quorum(&said(&lines), &pinned), None);
        lines.extend([(7, "c"), (7, "a")]);
        let chosen = Some((7, "a\nc\n".to_owned()));
        assert_eq!(first_quorum(&said(&lines), &pinned), chosen);
        // Whoever says more later changes nothing that was served.
        lines.extend([(7, "b"), (8, "a"), (8, "b"), (8, "c")]);
        assert_eq!(first_quorum(&said(&lines), &pinned), chosen);
        assert_eq!(first_quorum(&said(&lines), &Pinned::default()), None);
    }
}
