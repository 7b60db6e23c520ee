//! Who may be told: the proof that a ticket won, made of public texts and nothing else.
//!
//! Invariant: a [`WinnerProof`] comes only from a bundle that verifies (`lucky-draw-verify` says
//! the same), for a ticket that holds a prize now, or for a duplicate of such a person's ticket.
//! The keeper believes no proof: it verifies the same bundle again before it opens anything.
//!
//! A proof cannot be made by hand:
//!
//! ```compile_fail,E0451
//! use fairdraw::vault::{Standing, WinnerProof};
//! fn forge(genuine: WinnerProof) -> WinnerProof {
//!     WinnerProof { position: 7, standing: Standing::Winner, ..genuine }
//! }
//! ```
//!
//! Not here: what is done with an opened contact (`notify`), or who is allowed to (`account`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lucky_draw::bundle::Bundle;
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::note::{SignedNote, Verifier};
use lucky_draw::record::{Close, Freeze, GrammarError, KeyNote, Manifest, VoidCode};
use lucky_draw::result::{ResultNote, SettleNote, Slot, holdings};
use lucky_draw::verify::{Options, verify};

use super::wire::{NotAWinner, Standing};

/// A draw whose public record verifies.
#[derive(Clone)]
pub struct VerifiedDraw {
    facts: Arc<Facts>,
    activity: Arc<str>,
    bundle: Arc<Vec<u8>>,
    /// Of the bundle: a million tickets make it long, and each letter asks for it.
    digest: Hash,
}

/// Proof that the person behind a ticket may be told.
///
/// It is used up by [`record`](super::record), which writes down what will be opened.
pub struct WinnerProof {
    position: u64,
    standing: Standing,
    slot: Slot,
    draw: VerifiedDraw,
}

/// What the keeper takes from a verified bundle.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) origin: String,
    pub(super) manifest: Hash,
    pub(super) result: Hash,
    /// Prizes and reserves together: so many persons may be told, and no more.
    pub(super) slots: usize,
    tag_key: Hash,
    close: Close,
    /// Tickets that hold a slot now.
    holders: BTreeMap<u64, Holder>,
}

#[derive(Debug)]
struct Holder {
    slot: Slot,
    tag: Option<Hash>,
    called: bool,
}

impl Facts {
    /// Verifies a bundle under the site's own key and reads who holds what.
    pub(super) fn of(bundle: &Bundle, site: &Verifier) -> Result<Facts, NotAWinner> {
        let options = Options {
            site_key: Some(site.clone()),
            list_for_proofs: true,
            ..Options::default()
        };
        let report = verify(bundle, &options);
        // A withheld secret and absent witnesses are the operator's lapses, not the winners' (ADRs
        // 0011, 0016).
        if !report.stands() || report.cancelled.is_some() {
            for check in report.failed() {
                tracing::warn!(check = %check, "the bundle of a draw does not verify");
            }
            return Err(NotAWinner::Unverified);
        }
        Facts::read(bundle).ok_or(NotAWinner::Unverified)
    }

    /// Reads the notes of a bundle that verified.
    fn read(bundle: &Bundle) -> Option<Facts> {
        let manifest = note(bundle, "manifest.note", Manifest::parse)?;
        let key = note(bundle, "key.note", KeyNote::parse)?;
        let freeze = note(bundle, "freeze.note", Freeze::parse)?;
        let result = note(bundle, "result.note", ResultNote::parse)?;
        let mut closes =
            (0..).map_while(|seq| note(bundle, &format!("close-{seq}.note"), Close::parse));
        let close = closes.find(|close| close.hash() == freeze.close)?;
        let settles: Vec<SettleNote> = (1..)
            .map_while(|seq| note(bundle, &format!("settle-{seq}.note"), SettleNote::parse))
            .collect();
        let first: BTreeSet<(Slot, u64)> = holdings(&result, &[])
            .into_iter()
            .map(|holding| (holding.slot, holding.index))
            .collect();
        let now = holdings(&result, &settles).into_iter();
        let holders = now.map(|holding| {
            let called = !first.contains(&(holding.slot.clone(), holding.index));
            let holder = Holder {
                slot: holding.slot,
                tag: holding.opening.map(|opening| opening.tag),
                called,
            };
            (holding.index, holder)
        });
        Some(Facts {
            origin: manifest.origin.clone(),
            manifest: manifest.hash(),
            result: result.hash(),
            slots: manifest.slots().count(),
            tag_key: key.tag_key,
            close,
            holders: holders.collect(),
        })
    }

    /// The draw is one of the activity whose tag key is committed to by `tag_key`.
    pub(super) fn belongs_to(&self, tag_key: &Hash) -> Result<(), NotAWinner> {
        let same = self.tag_key == *tag_key;
        same.then_some(()).ok_or(NotAWinner::OtherActivity)
    }

    /// The standing of a ticket that holds a prize now, and its person's tag.
    pub(super) fn winner(&self, position: u64) -> Result<(Standing, &Slot, Hash), NotAWinner> {
        let holder = self
            .holders
            .get(&position)
            .ok_or(NotAWinner::HoldsNothing)?;
        if matches!(holder.slot, Slot::Reserve(_)) {
            return Err(NotAWinner::NotCalled);
        }
        let standing = if holder.called {
            Standing::CalledReserve
        } else {
            Standing::Winner
        };
        let tag = holder.tag.ok_or(NotAWinner::Unopened)?;
        Ok((standing, &holder.slot, tag))
    }

    /// The tag of the person who may be told about the ticket `position`. For a duplicate it is
    /// the winner's, which the ticket's sealed box then has to be bound to.
    pub(super) fn tag(&self, position: u64, standing: Standing) -> Result<Hash, NotAWinner> {
        let Standing::DuplicateOf(winner) = standing else {
            let (found, _, tag) = self.winner(position)?;
            return if found == standing {
                Ok(tag)
            } else {
                Err(NotAWinner::HoldsNothing)
            };
        };
        let (_, _, tag) = self.winner(winner)?;
        match self.close.void(position) {
            Some(VoidCode::D) => Ok(tag),
            _ => Err(NotAWinner::NoDuplicate),
        }
    }
}

/// Reads one signed note of a bundle.
fn note<T>(
    bundle: &Bundle,
    name: &str,
    parse: impl Fn(&str) -> Result<T, GrammarError>,
) -> Option<T> {
    let signed = std::str::from_utf8(bundle.file(name)?).ok()?;
    parse(SignedNote::parse(signed).ok()?.text).ok()
}

/// By what a keeper remembers that it has verified a bundle.
pub(super) fn digest(bundle: &[u8]) -> Hash {
    sha256(bundle)
}

impl VerifiedDraw {
    /// Verifies the bundle of a draw of `activity` under the site's key.
    pub(super) fn of(
        activity: &str,
        bundle: &Bundle,
        site: &Verifier,
    ) -> Result<VerifiedDraw, NotAWinner> {
        let facts = Arc::new(Facts::of(bundle, site)?);
        let zip = bundle.to_zip();
        Ok(VerifiedDraw {
            facts,
            activity: activity.into(),
            digest: digest(&zip),
            bundle: Arc::new(zip),
        })
    }

    /// The proof for a ticket that holds a prize.
    pub fn winner(&self, position: u64) -> Result<WinnerProof, NotAWinner> {
        let (standing, slot, _) = self.facts.winner(position)?;
        Ok(WinnerProof {
            position,
            standing,
            slot: slot.clone(),
            draw: self.clone(),
        })
    }

    /// The proof for a void duplicate of the ticket `winner`: `tag` is the duplicate's own, and
    /// has to be the winner's.
    pub fn duplicate(
        &self,
        position: u64,
        tag: &Hash,
        winner: u64,
    ) -> Result<WinnerProof, NotAWinner> {
        let standing = Standing::DuplicateOf(winner);
        if self.facts.tag(position, standing)? != *tag {
            return Err(NotAWinner::NoDuplicate);
        }
        let (_, slot, _) = self.facts.winner(winner)?;
        Ok(WinnerProof {
            position,
            standing,
            slot: slot.clone(),
            draw: self.clone(),
        })
    }

    /// The proofs for all who hold a prize now, in the order of their tickets. Those whose
    /// opening is lost are left out: they come with receipt and ID.
    pub fn winners(&self) -> Vec<WinnerProof> {
        let positions = self.facts.holders.keys();
        positions
            .filter_map(|position| self.winner(*position).ok())
            .collect()
    }

    /// The activity.
    pub fn activity(&self) -> &str {
        &self.activity
    }

    pub(super) fn bundle(&self) -> &Arc<Vec<u8>> {
        &self.bundle
    }

    pub(super) fn digest(&self) -> Hash {
        self.digest
    }
}

impl WinnerProof {
    /// The ticket.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Why its person may be told.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// What the ticket, or the ticket it duplicates, has won.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    pub(super) fn draw(&self) -> &VerifiedDraw {
        &self.draw
    }
}
