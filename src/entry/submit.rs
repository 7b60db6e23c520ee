//! Taking an entry: everything is computed first, then one transaction stores it.
//!
//! Invariant: what reaches the database is sealed or keyed already; inside the transaction there
//! is no personal data and no vault key but the one that signs the checkpoint.
//!
//! Not here: the form ([`super::wire`]), what the person gets to see ([`super::receipt`]).

mod taking;

pub use taking::{Accepted, Placed, Taking, take};

use lucky_draw::encode::Hash;
use lucky_draw::ticket::{self, Secret};
use zeroize::Zeroizing;

use crate::activity::{ActivityId, Facts};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::ids;
use crate::platform::text::Language;
use crate::seats::{self, SessionId};
use crate::stats;
use crate::vault::{self, AnswersOf, Contact, ContactOf, OwnCopyOf, PublicKeys, Vault};

use super::provider::{self, Offer, ProviderId};
use super::{Drum, EntryId, Error, drum};

/// The web commits one ticket a person (`decisions` D4).
pub const WEB_TICKET_NO: u32 = 0;

/// Everything about one entry that may be stored; owned, so that it can wait in a queue.
#[derive(Clone)]
pub struct NewEntry {
    pub(super) activity: ActivityId,
    pub(super) id: EntryId,
    pub(super) lookup: Hash,
    pub(super) notice: Hash,
    pub(super) language: Language,
    pub(super) tickets: Vec<NewTicket>,
    pub(super) contact: Option<SealedBox>,
    pub(super) answers: Option<SealedBox>,
    pub(super) answers_linked: bool,
    pub(super) counters: Vec<stats::Counter>,
    /// The hour in which it was taken, and in which it is counted.
    pub(super) taken_hour: Timestamp,
    /// Whether the person agreed to take part under the notice.
    pub(super) agreed: bool,
    /// What the person ticked beside that.
    pub(super) consents: Vec<NewConsent>,
    pub(super) shares: Vec<(ProviderId, SealedBox)>,
    /// The place that is wanted, where places go to whoever comes first.
    pub(super) seat: Option<seats::Wish>,
    /// The invitation code that is used up with it.
    pub(super) code: Option<Hash>,
}

impl NewEntry {
    /// The same, on an invitation: of all entries with one code one is taken.
    pub fn invited_by(self, code: Option<Hash>) -> NewEntry {
        NewEntry { code, ..self }
    }
}

/// A receipt of consent to share with a provider, to be stored.
#[derive(Clone)]
pub(super) struct NewConsent {
    pub(super) to: ProviderId,
    pub(super) words: Hash,
}

/// A leaf to be appended.
#[derive(Clone)]
pub(super) struct NewTicket {
    pub(super) draw: String,
    pub(super) tag: Hash,
    pub(super) bind: Hash,
    pub(super) ticket_no: u32,
    pub(super) commitment: Hash,
}

/// A box for the vault's table.
#[derive(Clone)]
pub(super) struct SealedBox {
    pub(super) id: String,
    pub(super) sealed: Vec<u8>,
    pub(super) own_copy: Option<Vec<u8>>,
}

/// What a person filled in, ready to be sealed.
pub struct Filled {
    /// Where winners can be told; none in a survey.
    pub contact: Option<Contact>,
    /// What the tag is made of, such as `twid:A123456789`; none in a survey.
    pub subject: Option<Zeroizing<String>>,
    /// The draw that was picked, where an activity has several pools.
    pub pool: Option<String>,
    /// The session that was picked, where places go to whoever comes first, and whether the person
    /// would stand in line for it.
    pub session: Option<(SessionId, bool)>,
    /// The answers as JSON; none where nothing was asked or answered.
    pub answers: Option<Zeroizing<String>>,
    /// What of the person the statistics may count, in coarse words.
    pub about: stats::About,
    /// What each provider gets that the person ticked, with the fields it was offered.
    pub shares: Vec<(ProviderId, Contact)>,
    /// The language of the page.
    pub language: Language,
}

/// What of an activity is needed to prepare an entry.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The activity.
    pub facts: Facts,
    /// What tickets go into; none in a survey.
    pub drums: Vec<Drum>,
    /// The keys that seal.
    pub keys: PublicKeys,
    /// What is counted as people enter.
    pub counting: stats::Counting,
    /// When these were read: the day on which an entry counts.
    pub at: Timestamp,
    /// Whom a person may allow to have the contact.
    pub offers: Vec<Offer>,
}

/// Reads what is needed to prepare an entry.
pub fn terms(tx: &mut Tx, facts: Facts) -> Result<Terms, Error> {
    let drums = drum::drums(tx, &facts.id)?;
    let keys = vault::public_keys(tx, facts.id.as_str())?;
    let counting = stats::counting(tx, &facts)?;
    let offers = provider::of_activity(tx, &facts.id)?;
    Ok(Terms {
        facts,
        drums,
        keys,
        counting,
        at: tx.now(),
        offers,
    })
}

/// The tag of whoever `filled` is about; none in a survey. Asked first, so that calls can be
/// limited per tag before anything is sealed.
pub fn tag(vault: &Vault, terms: &Terms, filled: &Filled) -> Result<Option<Hash>, Error> {
    match &filled.subject {
        Some(subject) => Ok(Some(vault.tag(terms.facts.id.as_str(), subject)?)),
        None => Ok(None),
    }
}

/// Seals and commits what a person filled in; the subject is gone afterwards.
pub fn prepare(
    vault: &Vault,
    terms: &Terms,
    secret: &Secret,
    notice: Hash,
    tag: Option<Hash>,
    filled: Filled,
) -> Result<NewEntry, Error> {
    let making = Making::begin(vault, terms, secret, notice, terms.at);
    let keyed = making.ask(&filled)?;
    making.entry(tag, filled, keyed)
}

/// [`tag`] and [`prepare`] at the moment `at`, without blocking a thread: everything that the vault
/// is asked travels together.
pub async fn prepare_soon(
    vault: &Vault,
    terms: &Terms,
    secret: &Secret,
    notice: Hash,
    at: Timestamp,
    filled: Filled,
) -> Result<NewEntry, Error> {
    let making = Making::begin(vault, terms, secret, notice, at);
    let (tag, keyed) = tokio::try_join!(making.tag_soon(&filled), making.ask_soon(&filled))?;
    making.entry(tag, filled, keyed)
}

/// An entry that is being made.
pub(super) struct Making<'m> {
    vault: &'m Vault,
    terms: &'m Terms,
    secret: &'m Secret,
    notice: Hash,
    at: Timestamp,
    id: EntryId,
}

/// What of an entry only the vault's keys can make.
pub(super) struct Keyed {
    lookup: Hash,
    contact: Option<Vec<u8>>,
    answers: Option<Vec<u8>>,
}

impl<'m> Making<'m> {
    pub(super) fn begin(
        vault: &'m Vault,
        terms: &'m Terms,
        secret: &'m Secret,
        notice: Hash,
        at: Timestamp,
    ) -> Making<'m> {
        Making {
            vault,
            terms,
            secret,
            notice,
            at,
            id: EntryId::fresh(),
        }
    }

    /// What the holder's own copies are of: the contact, and answers that belong to the entry.
    fn copies<'f>(&self, filled: &'f Filled) -> [Option<OwnCopyOf<'f>>; 2] {
        let linked = self.terms.facts.answers_linked;
        let answers = filled.answers.as_ref().filter(|_| linked);
        [
            filled.contact.as_ref().map(OwnCopyOf::Contact),
            answers.map(|json| OwnCopyOf::Answers(json.as_bytes())),
        ]
    }

    pub(super) fn ask(&self, filled: &Filled) -> Result<Keyed, Error> {
        let [contact, answers] = self.copies(filled);
        let copy = |of: Option<OwnCopyOf>| of.map(|of| self.copy(of)).transpose();
        Ok(Keyed {
            lookup: self.vault.lookup(self.secret)?,
            contact: copy(contact)?,
            answers: copy(answers)?,
        })
    }

    fn copy(&self, of: OwnCopyOf) -> Result<Vec<u8>, Error> {
        let activity = self.terms.facts.id.as_str();
        let entry = self.id.as_str();
        Ok(self.vault.seal_own_copy(activity, entry, self.secret, of)?)
    }

    async fn ask_soon(&self, filled: &Filled) -> Result<Keyed, Error> {
        let soon = self.vault.soon();
        let (activity, entry) = (self.terms.facts.id.as_str(), self.id.as_str());
        let copy = async |of: Option<OwnCopyOf<'_>>| match of {
            Some(of) => {
                let copy = soon.seal_own_copy(activity, entry, self.secret, of);
                copy.await.map(Some)
            }
            None => Ok(None),
        };
        let [contact, answers] = self.copies(filled);
        let (lookup, contact, answers) =
            tokio::try_join!(soon.lookup(self.secret), copy(contact), copy(answers))?;
        Ok(Keyed {
            lookup,
            contact,
            answers,
        })
    }

    async fn tag_soon(&self, filled: &Filled) -> Result<Option<Hash>, Error> {
        let Some(subject) = &filled.subject else {
            return Ok(None);
        };
        let activity = self.terms.facts.id.as_str();
        Ok(Some(self.vault.soon().tag(activity, subject).await?))
    }

    /// The entry with the tickets that entering gives.
    fn entry(self, tag: Option<Hash>, filled: Filled, keyed: Keyed) -> Result<NewEntry, Error> {
        let (vault, terms, notice, at) = (self.vault, self.terms, self.notice, self.at);
        if terms.facts.kind.asks_person() && tag.is_none() {
            return Err(Error::Nobody);
        }
        let tickets = match (tag, &filled.subject) {
            (Some(tag), Some(subject)) => {
                let pool = filled.pool.as_deref();
                drum::chosen(&terms.drums, terms.facts.arrangement, pool)?
                    .into_iter()
                    .map(|drum| new_ticket(drum, self.secret, tag, subject, WEB_TICKET_NO))
                    .collect::<Result<_, _>>()?
            }
            _ => Vec::new(),
        };
        let answers = filled.answers.as_deref().map(String::as_str);
        let counters = terms.counting.counters(&filled.about, answers, at)?;
        let seat = wanted(terms, tag, &filled)?;
        let mut new = self.seal(tag, &filled, tickets, keyed)?;
        new.counters = counters;
        new.seat = seat;
        if let Some(tag) = &tag {
            new.shares = shares(vault, terms, tag, &notice, &filled.shares)?;
            new.agreed = true;
            new.consents = consents(terms, &new.shares);
        }
        Ok(new)
    }

    /// Seals what a person filled in, with tickets that were committed already.
    pub(super) fn seal(
        self,
        tag: Option<Hash>,
        filled: &Filled,
        tickets: Vec<NewTicket>,
        keyed: Keyed,
    ) -> Result<NewEntry, Error> {
        let of = Sealing {
            vault: self.vault,
            terms: self.terms,
        };
        let contact = match (&filled.contact, &tag, keyed.contact) {
            (Some(contact), Some(tag), Some(copy)) => {
                Some(of.contact(ids::code(20), tag, &self.notice, contact, copy)?)
            }
            _ => None,
        };
        let answers = match &filled.answers {
            Some(json) => Some(of.answers(ids::code(20), json, keyed.answers)?),
            None => None,
        };
        Ok(NewEntry {
            activity: self.terms.facts.id.clone(),
            id: self.id,
            lookup: keyed.lookup,
            notice: self.notice,
            language: filled.language,
            tickets,
            contact,
            answers,
            answers_linked: self.terms.facts.answers_linked,
            counters: Vec::new(),
            taken_hour: self.at.hour(),
            agreed: false,
            consents: Vec::new(),
            shares: Vec::new(),
            seat: None,
            code: None,
        })
    }
}

/// The place that the person wants, where places go to whoever comes first.
fn wanted(terms: &Terms, tag: Option<Hash>, filled: &Filled) -> Result<Option<seats::Wish>, Error> {
    if !terms.facts.kind.is_first_come() {
        return Ok(None);
    }
    let (session, waits) = filled.session.clone().ok_or(Error::NoPool)?;
    let tag = tag.ok_or(Error::Nobody)?;
    Ok(Some(seats::Wish {
        session,
        tag,
        waits,
    }))
}

/// The boxes for the providers that the person ticked.
fn shares(
    vault: &Vault,
    terms: &Terms,
    tag: &Hash,
    notice: &Hash,
    ticked: &[(ProviderId, Contact)],
) -> Result<Vec<(ProviderId, SealedBox)>, Error> {
    let mut shares = Vec::with_capacity(ticked.len());
    for (provider, contact) in ticked {
        if let Some(offer) = terms
            .offers
            .iter()
            .find(|each| each.provider.id == *provider)
        {
            let sealed = seal_share(vault, terms, offer, ids::code(20), tag, notice, contact)?;
            shares.push((provider.clone(), sealed));
        }
    }
    Ok(shares)
}

/// What the person agreed to beside the notice: each provider that was ticked.
fn consents(terms: &Terms, shares: &[(ProviderId, SealedBox)]) -> Vec<NewConsent> {
    let shared = |offer: &&Offer| shares.iter().any(|(id, _)| *id == offer.provider.id);
    let providers = terms.offers.iter().filter(shared).map(|offer| NewConsent {
        to: offer.provider.id.clone(),
        words: offer.words_hash(),
    });
    providers.collect()
}

pub(super) fn new_ticket(
    drum: &Drum,
    secret: &Secret,
    tag: Hash,
    subject: &str,
    ticket_no: u32,
) -> Result<NewTicket, Error> {
    let base = drum.log.base.ok_or(Error::NoLog)?;
    let nonce = secret.nonce(&base, ticket_no);
    let bind = ticket::bind(&nonce, subject);
    Ok(NewTicket {
        draw: drum.of.draw.clone(),
        tag,
        bind,
        ticket_no,
        commitment: ticket::commitment(&base, &tag, &bind, ticket_no),
    })
}

/// Seals what a person wrote: a box for the library, beside the copy for the holder of the code.
#[derive(Clone, Copy)]
pub(super) struct Sealing<'a> {
    pub(super) vault: &'a Vault,
    pub(super) terms: &'a Terms,
}

impl Sealing<'_> {
    /// The contact under a row's id.
    pub(super) fn contact(
        &self,
        id: String,
        tag: &Hash,
        notice: &Hash,
        contact: &Contact,
        own_copy: Vec<u8>,
    ) -> Result<SealedBox, Error> {
        let of = ContactOf {
            activity: self.terms.facts.id.as_str(),
            item: &id,
            tag,
            notice,
        };
        let keys = &self.terms.keys;
        Ok(SealedBox {
            sealed: vault::seal_contact(self.vault.sealer(), keys, &of, contact)?,
            own_copy: Some(own_copy),
            id,
        })
    }

    /// The answers under a row's id; a copy only where they belong to the entry (`decisions` D7).
    pub(super) fn answers(
        &self,
        id: String,
        json: &str,
        own_copy: Option<Vec<u8>>,
    ) -> Result<SealedBox, Error> {
        let activity = self.terms.facts.id.as_str();
        let of = match self.terms.facts.answers_linked {
            true => AnswersOf::Item(&id),
            false => AnswersOf::Nobody,
        };
        Ok(SealedBox {
            sealed: vault::seal_answers(&self.terms.keys, activity, of, json.as_bytes())?,
            own_copy,
            id,
        })
    }
}

/// The contact once more, for one provider that the person ticked.
pub(super) fn seal_share(
    vault: &Vault,
    terms: &Terms,
    offer: &Offer,
    id: String,
    tag: &Hash,
    notice: &Hash,
    contact: &Contact,
) -> Result<SealedBox, Error> {
    let of = ContactOf {
        activity: terms.facts.id.as_str(),
        item: &id,
        tag,
        notice,
    };
    let provider = offer.provider.id.as_str();
    Ok(SealedBox {
        sealed: vault::seal_share(vault.sealer(), &terms.keys, provider, &of, contact)?,
        own_copy: None,
        id,
    })
}
