//! Opening: answers for counting, contacts of winners, and boxes that were sealed for a provider.
//!
//! Invariant: a contact opens after the public record in the same message was verified and the
//! ledger has taken its line, or because its person sealed it for that provider, which has its line too.
//!
//! Not here: what the operator's yearly numbers allow (`scope`).

use std::sync::{Arc, PoisonError};

use lucky_draw::bundle::Bundle;
use lucky_draw::encode::Hash;
use lucky_draw::ticket;

use super::super::access::{Audience, Purpose};
use super::super::crypt::{self, Binding, Opener, Scope};
use super::super::field::{Contact, FieldKind};
use super::super::ledger::{self, LedgerError, Opening};
use super::super::purpose::{self, ProviderShare};
use super::super::winner::{self, Facts};
use super::super::wire::{AnswerBox, BundleRef, NotAWinner, PersonBox, Refusal, Reply, WinnerBox};
use super::{Keeper, checked, private, storage};

/// The longest bundle, in bytes: a million tickets take 32 MiB of it, the lines of 100,000 winners
/// 16, and their proofs, where they come with it, 110.
const LONGEST_BUNDLE: usize = 1 << 28;

/// How many verified bundles are remembered.
const REMEMBERED: usize = 8;

impl Keeper {
    pub(super) fn open_answers(
        &self,
        activity: &str,
        boxes: &[AnswerBox],
    ) -> Result<Reply, Refusal> {
        let secret = self.secret(activity)?;
        let mut opener = secret.opener(Scope::Answers);
        let mut open = |answers: &AnswerBox| {
            let fields = crypt::fields(&answers.sealed)?;
            // The public key of contacts is another one, so no contact opens here in any case.
            let item = if fields.has(FieldKind::UnlinkedAnswers) {
                ""
            } else {
                answers.item.as_str()
            };
            let binding = Binding {
                activity,
                item,
                tag: None,
                notice: None,
            };
            opener.open(&binding, &answers.sealed)
        };
        let each = boxes
            .iter()
            .map(|answers| private(open(answers)))
            .collect::<Vec<_>>();
        Ok(Reply::OpenedEach(each))
    }

    /// Opens contacts of winners: the public record is verified first, then the ledger takes its
    /// lines, and only then is the private key derived.
    pub(super) fn open_winners(
        &self,
        activity: &str,
        purpose: &str,
        bundle: &BundleRef,
        boxes: &[WinnerBox],
    ) -> Result<Reply, Refusal> {
        let purpose = purpose::ALL
            .iter()
            .find(|facts| facts.code == purpose && facts.of == Audience::Winners)
            .ok_or(Refusal::Purpose)?;
        for wanted in boxes {
            checked(&wanted.item)?;
        }
        let secret = self.opening_secret(activity)?;
        let facts = self.verified(bundle)?;
        facts.belongs_to(&ticket::tag_key_commitment(&secret.tag_key()))?;
        self.was_promised(activity, &facts.manifest)?;
        let tags: Vec<Result<Hash, NotAWinner>> = boxes
            .iter()
            .map(|wanted| facts.tag(wanted.position, wanted.standing))
            .collect();
        let openings: Vec<Opening> = boxes
            .iter()
            .zip(&tags)
            .filter(|(_, tag)| tag.is_ok())
            .map(|(wanted, _)| Opening {
                position: wanted.position,
                standing: wanted.standing,
                item: &wanted.item,
            })
            .collect();
        if !openings.is_empty() {
            self.enter(activity, &facts, purpose.code, &openings)?;
        }
        let mut opener = secret.opener(Scope::Notify);
        let each = boxes.iter().zip(tags).map(|(wanted, tag)| {
            let bound = PersonBox {
                item: wanted.item.clone(),
                tag: tag?.0,
                notice: wanted.notice,
                sealed: wanted.sealed.clone(),
            };
            let contact = contact(&mut opener, activity, &bound)?;
            private(Some(contact.keep_only(purpose.reads).encode()))
        });
        Ok(Reply::OpenedEach(each.collect()))
    }

    /// Opens what was sealed for one provider: a box of anybody who did not tick it does not exist.
    pub(super) fn open_shared(
        &self,
        activity: &str,
        provider: &str,
        boxes: &[PersonBox],
    ) -> Result<Reply, Refusal> {
        let scope = Scope::Provider(checked(provider)?);
        let secret = self.opening_secret(activity)?;
        let rows = boxes.iter().map(|bound| bound.item.as_str());
        self.note(activity, &format!("share {provider}"), rows)?;
        let mut opener = secret.opener(scope);
        let each = boxes.iter().map(|bound| {
            let contact = contact(&mut opener, activity, bound)?;
            private(Some(contact.keep_only(ProviderShare::FACTS.reads).encode()))
        });
        Ok(Reply::OpenedEach(each.collect()))
    }

    /// Writes down which rows are opened for others than winners.
    pub(super) fn note<'a>(
        &self,
        place: &str,
        what: &str,
        items: impl Iterator<Item = &'a str>,
    ) -> Result<(), Refusal> {
        let items: Vec<&str> = items.map(checked).collect::<Result<_, _>>()?;
        let keys = self.keys();
        let noted = ledger::note(keys.folder(), checked(place)?, what, items.into_iter());
        noted.map_err(|error| storage(error.into()))
    }

    /// What a bundle says; verified once and then remembered by its hash.
    fn verified(&self, bundle: &BundleRef) -> Result<Arc<Facts>, Refusal> {
        let digest = match bundle {
            BundleRef::Whole(bytes) if bytes.len() > LONGEST_BUNDLE => {
                return Err(Refusal::TooLarge);
            }
            BundleRef::Whole(bytes) => winner::digest(bytes),
            BundleRef::Known(digest) => Hash(*digest),
        };
        let mut known = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, facts)) = known.iter().find(|(known, _)| *known == digest) {
            return Ok(facts.clone());
        }
        let BundleRef::Whole(bundle) = bundle else {
            return Err(Refusal::SendBundle);
        };
        let parsed = Bundle::from_zip(bundle).map_err(|_| NotAWinner::Unverified)?;
        let facts = Arc::new(Facts::of(&parsed, &self.signer.verifier())?);
        known.truncate(REMEMBERED - 1);
        known.insert(0, (digest, facts.clone()));
        Ok(facts)
    }

    fn enter(
        &self,
        activity: &str,
        facts: &Facts,
        purpose: &str,
        openings: &[Opening],
    ) -> Result<(), Refusal> {
        // Under the lock of the keys, so that two messages cannot both take the last place.
        let keys = self.keys();
        ledger::enter(keys.folder(), activity, facts, purpose, openings).map_err(
            |error| match error {
                LedgerError::OtherDraw => Refusal::OtherDraw,
                LedgerError::TooMany => Refusal::TooMany,
                LedgerError::Disk(error) => storage(error.into()),
            },
        )
    }
}

/// Opens one contact in the place that it is bound to.
pub(super) fn contact(
    opener: &mut Opener,
    activity: &str,
    bound: &PersonBox,
) -> Result<Contact, Refusal> {
    let (tag, notice) = (Hash(bound.tag), Hash(bound.notice));
    let binding = Binding {
        activity,
        item: &bound.item,
        tag: Some(&tag),
        notice: Some(&notice),
    };
    let plain = opener.open(&binding, &bound.sealed);
    Contact::decode(&plain.ok_or(Refusal::Broken)?).ok_or(Refusal::Broken)
}
