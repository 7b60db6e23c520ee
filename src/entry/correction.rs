//! Corrections by the person: a telephone number that was mistyped, a missing answer.
//!
//! Invariant: until the close the holder of the receipt code, and nobody else, replaces what is
//! sealed; rows keep their ids, tickets do not change, and the record holds the hashes of the boxes
//! before and after. What tells people apart is not corrected: it made the ticket.
//!
//! Not here: the form ([`super::wire::correct`]).

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::ticket::Secret;
use zeroize::Zeroizing;

use crate::activity::Stage;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::ids;
use crate::vault::{self, Contact, ItemKind, NewBox, OwnCopyOf, Vault};

use super::consent::{Consent, ConsentTo};
use super::own;
use super::provider::ProviderId;
use super::receipt::{self, Found};
use super::submit::{self, SealedBox, Sealing, Terms};
use super::{Entry, Error, store};

/// What a person wants to be held instead.
pub struct Corrected {
    /// The whole contact; none where none is kept.
    pub contact: Option<Contact>,
    /// The answers as JSON; none where they are not linked.
    pub answers: Option<Zeroizing<String>>,
    /// The contact as each offered provider would get it.
    pub shares: Vec<(ProviderId, Contact)>,
}

/// A correction, sealed.
#[derive(Clone)]
pub struct Correction {
    contact: Option<SealedBox>,
    answers: Option<SealedBox>,
    shares: Vec<SealedBox>,
}

/// Whether the entry can be corrected now.
pub fn may_correct(found: &Found, now: Timestamp) -> bool {
    let facts = &found.facts;
    own::has_receipt(found) && facts.stage == Stage::Open && now < facts.closes_at
}

/// Seals what is to be held instead, under the ids of the boxes that it replaces.
pub fn prepare(
    vault: &Vault,
    terms: &Terms,
    found: &Found,
    consents: &[Consent],
    secret: &Secret,
    corrected: &Corrected,
) -> Result<Correction, Error> {
    let entry = &found.entry;
    let tag = found.tag();
    let mut correction = Correction {
        contact: None,
        answers: None,
        shares: Vec::new(),
    };
    let sealing = Sealing { vault, terms };
    let copy = |of: OwnCopyOf| {
        let activity = terms.facts.id.as_str();
        vault.seal_own_copy(activity, entry.id.as_str(), secret, of)
    };
    if let (Some(item), Some(contact), Some(tag)) = (&entry.contact_item, &corrected.contact, &tag)
    {
        let (item, notice) = (item.clone(), &entry.notice);
        let own = copy(OwnCopyOf::Contact(contact))?;
        correction.contact = Some(sealing.contact(item, tag, notice, contact, own)?);
        for (provider, contact) in &corrected.shares {
            let offer = terms
                .offers
                .iter()
                .find(|each| each.provider.id == *provider);
            if let (Some(offer), Some(item)) = (offer, waiting_box(consents, provider)) {
                let share = submit::seal_share(vault, terms, offer, item, tag, notice, contact)?;
                correction.shares.push(share);
            }
        }
    }
    if let Some(json) = &corrected.answers {
        let item = entry.answers_item.clone().unwrap_or_else(|| ids::code(20));
        let linked = terms.facts.answers_linked;
        let own = linked.then(|| copy(OwnCopyOf::Answers(json.as_bytes())));
        correction.answers = Some(sealing.answers(item, json, own.transpose()?)?);
    }
    Ok(correction)
}

/// The box that a provider has not been handed yet; what was handed over is not changed behind it.
fn waiting_box(consents: &[Consent], provider: &ProviderId) -> Option<String> {
    let of_provider = ConsentTo::Provider(provider.clone());
    let consent = consents.iter().find(|consent| consent.to == of_provider)?;
    match (consent.withdrawn_at, consent.handed_at) {
        (None, None) => consent.item.clone(),
        _ => None,
    }
}

/// Replaces what is sealed, as one: the correction is in force or nothing changed.
///
/// # Errors
/// [`Error::Ended`] after the close, [`Error::Withdrawn`] if the entry was taken back meanwhile.
pub fn correct(tx: &mut Tx, lookup: &Hash, correction: &Correction) -> Result<Found, Error> {
    let found = receipt::find(tx, lookup)?.ok_or(Error::Unknown)?;
    let entry = &found.entry;
    if entry.withdrawn {
        return Err(Error::Withdrawn);
    }
    if !may_correct(&found, tx.now()) {
        return Err(Error::Ended);
    }
    if let Some(sealed) = &correction.contact {
        replace(tx, entry, sealed)?;
    }
    for sealed in &correction.shares {
        // Taken back meanwhile, there is no box, and none comes back.
        if vault::sealed(tx, entry.activity.as_str(), &sealed.id)?.is_some() {
            replace(tx, entry, sealed)?;
        }
    }
    match (&correction.answers, &entry.answers_item) {
        (Some(sealed), Some(item)) if sealed.id == *item => replace(tx, entry, sealed)?,
        (Some(sealed), None) => add_answers(tx, entry, sealed)?,
        _ => {}
    }
    receipt::find(tx, lookup)?.ok_or(Error::Unknown)
}

fn replace(tx: &mut Tx, entry: &Entry, new: &SealedBox) -> Result<(), Error> {
    let activity = entry.activity.as_str();
    let before = vault::sealed(tx, activity, &new.id)?.ok_or(Error::Withdrawn)?;
    vault::replace(tx, activity, &new.id, &new.sealed, new.own_copy.as_deref())?;
    let object = format!(
        "{} {} {}",
        new.id,
        sha256(&before.sealed),
        sha256(&new.sealed)
    );
    own::record(tx, entry, "entry.corrected", &object)
}

fn add_answers(tx: &mut Tx, entry: &Entry, new: &SealedBox) -> Result<(), Error> {
    let answers = NewBox {
        activity: entry.activity.as_str(),
        item: &new.id,
        kind: ItemKind::Answers,
        sealed: &new.sealed,
        own_copy: new.own_copy.as_deref(),
    };
    vault::keep_all(tx, &[answers])?;
    store::entries::name_answers(tx, entry, &new.id)?;
    let object = format!("{} - {}", new.id, sha256(&new.sealed));
    own::record(tx, entry, "entry.corrected", &object)
}
