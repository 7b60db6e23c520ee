//! Providers: who outside the library a person may allow to have the contact, and what was allowed.
//!
//! Invariant: a box for a provider exists only where the person ticked that provider, and is gone
//! once the person took that back before it was handed over. What is offered is fixed when the
//! activity is published.
//!
//! Not here: the form ([`super::wire`]), the export (`custody`), what opens a box
//! ([`crate::vault`]).

use lucky_draw::encode::{Hash, encode, sha256};

use crate::activity::{self, ActivityId, Field, LocalText, Stage};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::ids::text_id;

use super::{EntryId, Error, store};

text_id!(
    /// Names a provider.
    ProviderId,
    8
);

/// Somebody outside the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// What people call it.
    pub name: LocalText,
    /// Where people reach it about their data: an address on the web, a mailbox or a telephone.
    pub address: String,
    /// Whether new activities may offer it.
    pub active: bool,
}

/// What an activity offers: to share these fields with this provider, for this, until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// With whom.
    pub provider: Provider,
    /// Which fields, in the order of the form; never the ID number, which nobody keeps.
    pub fields: Vec<Field>,
    /// What for.
    pub purpose: LocalText,
    /// Until when the provider may keep them.
    pub until: Timestamp,
}

impl Offer {
    /// The name of its box on the form.
    pub fn form_field(&self) -> String {
        format!("share_{}", self.provider.id)
    }

    /// What names the words that the person saw: the hash over all that the form says of the offer.
    pub fn words_hash(&self) -> Hash {
        let fields: Vec<&str> = self.fields.iter().map(|field| field.code()).collect();
        let until = self.until.0.to_string();
        sha256(&encode(
            "fairdraw/1/offer",
            &[
                self.provider.id.as_str().as_bytes(),
                self.provider.name.zh.as_bytes(),
                self.provider.name.en.as_bytes(),
                self.provider.address.as_bytes(),
                fields.join(" ").as_bytes(),
                self.purpose.zh.as_bytes(),
                self.purpose.en.as_bytes(),
                until.as_bytes(),
            ],
        ))
    }
}

/// A box that a provider's export may open, with what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderBox {
    /// Whose it is.
    pub entry: EntryId,
    /// The vault's row.
    pub item: String,
    /// The person's tag in the activity.
    pub tag: Hash,
    /// Hash of the notice that the person agreed to.
    pub notice: Hash,
    /// When it was handed over; none so far.
    pub handed_at: Option<Timestamp>,
}

/// Every provider, those in use first.
pub fn all(tx: &mut Tx) -> Result<Vec<Provider>, Error> {
    Ok(store::sharing::providers(tx)?)
}

/// Stores a provider, new or changed. What was offered under its old words stays as it was hashed.
pub fn save(tx: &mut Tx, provider: &Provider) -> Result<(), Error> {
    Ok(store::sharing::save_provider(tx, provider)?)
}

/// What an activity offers, in the order of the providers' names.
pub fn of_activity(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Offer>, Error> {
    Ok(store::sharing::offers(tx, activity)?)
}

/// Sets what a draft offers; a provider that is offered already is replaced.
///
/// # Errors
/// [`Error::Ended`] once the activity is published: what people were told cannot change.
pub fn offer(tx: &mut Tx, activity: &ActivityId, offer: &Offer) -> Result<(), Error> {
    is_draft(tx, activity)?;
    store::sharing::remove_offer(tx, activity, &offer.provider.id)?;
    Ok(store::sharing::insert_offer(tx, activity, offer)?)
}

/// Takes an offer out of a draft.
///
/// # Errors
/// As [`offer`].
pub fn withdraw_offer(
    tx: &mut Tx,
    activity: &ActivityId,
    provider: &ProviderId,
) -> Result<(), Error> {
    is_draft(tx, activity)?;
    Ok(store::sharing::remove_offer(tx, activity, provider)?)
}

fn is_draft(tx: &mut Tx, activity: &ActivityId) -> Result<(), Error> {
    match activity::by_id(tx, activity)?.stage {
        Stage::Draft => Ok(()),
        _ => Err(Error::Ended),
    }
}

/// The boxes of one provider: of those who ticked it and did not take that back.
pub fn boxes(
    tx: &mut Tx,
    activity: &ActivityId,
    provider: &ProviderId,
) -> Result<Vec<ProviderBox>, Error> {
    Ok(store::sharing::boxes(tx, activity, provider)?)
}

/// Notes that these people's boxes were handed over now, in the caller's transaction with the
/// record of their opening; a box that was handed over before keeps its time.
pub fn hand_over(
    tx: &mut Tx,
    activity: &ActivityId,
    provider: &ProviderId,
    entries: &[EntryId],
) -> Result<(), Error> {
    for entry in entries {
        store::sharing::mark_handed(tx, activity, provider, entry)?;
    }
    Ok(())
}
