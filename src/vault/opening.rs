//! Opening the contacts of winners: first written down, then opened.
//!
//! Invariant: a contact is opened with a [`Recorded`] in hand, which only [`record`] makes, in
//! the transaction that stores the audit lines. The caller opens after its commit.
//!
//! A purpose that is not for winners has no such record:
//!
//! ```compile_fail,E0277
//! use fairdraw::vault::{Recorded, ServiceAnalysis};
//! fn count(recorded: Recorded<ServiceAnalysis>) {}
//! ```

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use lucky_draw::encode::Hash;

use super::access::{OfWinners, OpenedContact};
use super::field::Contact;
use super::purpose::LiveReveal;
use super::winner::{VerifiedDraw, WinnerProof};
use super::wire::{BundleRef, Private, Refusal, Reply, Request, WinnerBox};
use super::{Error, Purpose, Sealed, Vault, freeze, told};
use crate::audit::{self, Act, Actor};
use crate::platform::db::Tx;

/// A winner's sealed contact and why it may be opened.
pub struct WinnerContact {
    /// The proof for the ticket.
    pub proof: WinnerProof,
    /// The row.
    pub sealed: Sealed,
    /// The hash of the notice that the person was shown.
    pub notice: Hash,
}

/// Contacts whose opening for the purpose `P` is on record.
pub struct Recorded<P: OfWinners> {
    contacts: Vec<WinnerContact>,
    purpose: PhantomData<P>,
}

impl<P: OfWinners> fmt::Debug for Recorded<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorded({}, {})", P::FACTS.code, self.contacts.len())
    }
}

/// One winner, open for the purpose `P`.
#[derive(Debug)]
pub struct OpenedWinner<P: OfWinners> {
    /// The ticket.
    pub position: u64,
    /// The row.
    pub item: String,
    /// What the person can be told at, or why it stays closed.
    pub contact: Result<OpenedContact<P>, Refusal>,
}

/// Writes one audit line for each contact that will be opened: row, slot and ticket.
///
/// `reason` is the caller's, such as the id of the export; never about a person.
///
/// # Errors
/// [`Error::NotTold`] where the notice that the person read does not name the purpose;
/// [`Error::Frozen`] while staff open nothing.
pub fn record<P: OfWinners>(
    tx: &mut Tx,
    actor: &Actor,
    reason: &str,
    contacts: Vec<WinnerContact>,
) -> Result<Recorded<P>, Error> {
    // Masked names in a full hall tell an intruder nothing, and people would wait for the draw.
    if P::FACTS.code != LiveReveal::FACTS.code {
        freeze::check(tx, actor)?;
    }
    let mut notices: HashSet<(&str, Hash)> = HashSet::new();
    for contact in &contacts {
        let activity = contact.proof.draw().activity();
        if notices.insert((activity, contact.notice)) {
            told::check::<P>(tx, activity, &contact.notice)?;
        }
    }
    let object = |contact: &WinnerContact| {
        let (item, proof) = (&contact.sealed.item, &contact.proof);
        format!("{item} {} {}", proof.slot(), proof.position())
    };
    let objects: Vec<String> = contacts.iter().map(object).collect();
    let acts: Vec<Act> = contacts
        .iter()
        .zip(&objects)
        .map(|(contact, object)| Act {
            actor,
            act: "vault.opened",
            activity: contact.proof.draw().activity(),
            object,
            purpose: P::FACTS.code,
            reason,
        })
        .collect();
    audit::record_all(tx, &acts)?;
    Ok(Recorded {
        contacts,
        purpose: PhantomData,
    })
}

impl Vault {
    /// Verifies the bundle of a draw; its winners' proofs come from what this gives.
    pub fn verified(
        &self,
        activity: &str,
        bundle: &lucky_draw::bundle::Bundle,
    ) -> Result<VerifiedDraw, Error> {
        let site = lucky_draw::note::Verifier::parse(&self.vkey()).map_err(|_| Error::Answer)?;
        Ok(VerifiedDraw::of(activity, bundle, &site)?)
    }

    /// Has the keeper verify the record of a draw and open nothing: what takes it long for many
    /// winners can be done while their openings are written down.
    ///
    /// # Errors
    /// As [`Vault::open_winners`] for the whole draw.
    pub fn show_record<P: OfWinners>(&self, draw: &VerifiedDraw) -> Result<(), Error> {
        self.open_of_draw::<P>(draw, Vec::new(), &mut Vec::new())
    }

    /// Opens what was recorded, each contact down to the fields of its purpose; one answer for
    /// each, in order. A draw whose record does not verify, or that is not the one served
    /// before, opens nothing at all.
    pub fn open_winners<P: OfWinners>(
        &self,
        recorded: Recorded<P>,
    ) -> Result<Vec<OpenedWinner<P>>, Error> {
        let mut opened = Vec::with_capacity(recorded.contacts.len());
        let mut waiting = recorded.contacts.into_iter().peekable();
        while let Some(first) = waiting.peek() {
            let draw = first.proof.draw().clone();
            let mut of_draw = Vec::new();
            while let Some(next) = waiting.next_if(|next| same(next.proof.draw(), &draw)) {
                of_draw.push(next);
            }
            self.open_of_draw(&draw, of_draw, &mut opened)?;
        }
        Ok(opened)
    }

    fn open_of_draw<P: OfWinners>(
        &self,
        draw: &VerifiedDraw,
        contacts: Vec<WinnerContact>,
        opened: &mut Vec<OpenedWinner<P>>,
    ) -> Result<(), Error> {
        let labels: Vec<(u64, String)> = contacts
            .iter()
            .map(|contact| (contact.proof.position(), contact.sealed.item.clone()))
            .collect();
        let boxes: Vec<WinnerBox> = contacts.into_iter().map(WinnerContact::into_box).collect();
        let reply = self.with_bundle(draw, |bundle| Request::OpenWinners {
            activity: draw.activity().to_owned(),
            purpose: P::FACTS.code.to_owned(),
            bundle,
            boxes: boxes.clone(),
        });
        let Reply::OpenedEach(each) = reply? else {
            return Err(Error::Answer);
        };
        let winners = labels.into_iter().zip(each);
        opened.extend(winners.map(|((position, item), plain)| OpenedWinner {
            position,
            item,
            contact: plain.and_then(|plain: Private| {
                let contact = Contact::decode(&plain.0).ok_or(Refusal::Broken)?;
                Ok(OpenedContact::new(contact))
            }),
        }));
        Ok(())
    }
}

impl Vault {
    /// Asks with the hash of the bundle, and with all of it when the keeper does not know it.
    pub(super) fn with_bundle(
        &self,
        draw: &VerifiedDraw,
        request: impl Fn(BundleRef) -> Request,
    ) -> Result<Reply, Refusal> {
        let known = draw.digest();
        match self.ask(request(BundleRef::Known(known.0))) {
            Err(Refusal::SendBundle) => self.ask(request(BundleRef::Whole(draw.bundle().clone()))),
            answer => answer,
        }
    }
}

impl WinnerContact {
    pub(super) fn into_box(self) -> WinnerBox {
        WinnerBox {
            position: self.proof.position(),
            standing: self.proof.standing(),
            item: self.sealed.item,
            notice: self.notice.0,
            sealed: self.sealed.sealed,
        }
    }
}

impl<P: OfWinners> Recorded<P> {
    pub(super) fn into_contacts(self) -> Vec<WinnerContact> {
        self.contacts
    }
}

fn same(one: &VerifiedDraw, other: &VerifiedDraw) -> bool {
    one.activity() == other.activity() && one.digest() == other.digest()
}
