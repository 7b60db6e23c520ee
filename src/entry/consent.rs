//! Receipts of consent: to which words a person agreed, in which hour, for what, and when that was
//! taken back.
//!
//! Invariant: nothing is shared without one that stands; taking one back never touches the entry
//! itself. Receipts are shown to the holder of the receipt code and go with the activity's data.
//!
//! Not here: what is offered ([`super::provider`]).

use lucky_draw::encode::Hash;

use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::vault;

use super::provider::{Provider, ProviderId};
use super::{Entry, Error, store};

/// What was agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentTo {
    /// Taking part, under the notice of the activity.
    Entry,
    /// Sharing the contact with a provider.
    Provider(ProviderId),
}

/// A receipt of consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// To what.
    pub to: ConsentTo,
    /// The provider, where it is one.
    pub provider: Option<Provider>,
    /// Hash of the words that were agreed to.
    pub words: Hash,
    /// In which hour.
    pub given_hour: Timestamp,
    /// In which hour it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// The box for the provider, while there is one.
    pub item: Option<String>,
    /// When the box was handed over to the provider.
    pub handed_at: Option<Timestamp>,
}

impl Consent {
    /// Whether sharing is still allowed and has not happened.
    pub fn may_be_taken_back(&self) -> bool {
        self.provider.is_some() && self.withdrawn_at.is_none()
    }
}

/// The receipts of an entry: that of the entry first, then providers by name.
pub fn of(tx: &mut Tx, entry: &Entry) -> Result<Vec<Consent>, Error> {
    Ok(store::sharing::consents(tx, entry)?)
}

/// Takes back the consent to share with a provider. What was not handed over yet is erased and
/// never will be; what was, stays on record with its date. A second time is the same.
pub(super) fn take_back(tx: &mut Tx, entry: &Entry, provider: &ProviderId) -> Result<(), Error> {
    let stands = of(tx, entry)?
        .into_iter()
        .find(|consent| consent.to == ConsentTo::Provider(provider.clone()));
    let consent = stands.ok_or(Error::Unknown)?;
    if consent.withdrawn_at.is_some() {
        return Ok(());
    }
    store::sharing::end_consent(tx, entry, provider)?;
    if let (Some(item), None) = (&consent.item, consent.handed_at) {
        vault::discard(tx, entry.activity.as_str(), item)?;
        store::sharing::remove_box(tx, entry, provider)?;
    }
    Ok(())
}

/// Takes everything back that the entry agreed to, and erases what was sealed for providers, also
/// where it was handed over: the copy here is no longer needed. The rows stay, without a box.
pub(super) fn end_all(tx: &mut Tx, entry: &Entry) -> Result<(), Error> {
    for consent in of(tx, entry)? {
        if let Some(item) = &consent.item {
            vault::discard(tx, entry.activity.as_str(), item)?;
        }
    }
    Ok(store::sharing::end_all(tx, entry)?)
}
