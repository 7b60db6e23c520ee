//! Taking an entry: everything is computed first, then one transaction stores it.
//!
//! Invariant: what reaches the database is sealed or keyed already; inside the transaction there
//! is no personal data and no vault key but the one that signs the checkpoint.
//!
//! Not here: the form ([`super::wire`]), what the person gets to see ([`super::receipt`]).

use std::collections::BTreeSet;

use lucky_draw::encode::Hash;
use lucky_draw::ticket::{self, Secret};
use zeroize::Zeroizing;

use crate::activity::{self, ActivityId, Facts, Kind, Stage};
use crate::log::{self, Log};
use crate::platform::db::{GroupVerb, Tx, Writer};
use crate::platform::ids;
use crate::platform::text::Language;
use crate::vault::{
    self, AnswersOf, CheckpointOf, Contact, ContactOf, ItemKind, PublicKeys, Vault,
};

use super::{EntryId, Error, store};

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
    pub(super) ticket: Option<NewTicket>,
    pub(super) contact: Option<SealedBox>,
    pub(super) answers: Option<SealedBox>,
    pub(super) answers_linked: bool,
}

/// A leaf to be appended.
#[derive(Clone)]
pub(super) struct NewTicket {
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
    /// The answers as JSON; none where nothing was asked or answered.
    pub answers: Option<Zeroizing<String>>,
    /// The language of the page.
    pub language: Language,
}

/// What of an activity is needed to prepare an entry.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The activity.
    pub facts: Facts,
    /// The draw's log; none in a survey.
    pub log: Option<Log>,
    /// The keys that seal.
    pub keys: PublicKeys,
}

/// Reads what is needed to prepare an entry.
pub fn terms(tx: &mut Tx, facts: Facts) -> Result<Terms, Error> {
    let log = log::of_activity(tx, facts.id.as_str())?;
    let keys = vault::public_keys(tx, facts.id.as_str())?;
    Ok(Terms { facts, log, keys })
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
    let activity = &terms.facts.id;
    let id = EntryId::fresh();
    if terms.facts.kind == Kind::Draw && tag.is_none() {
        return Err(Error::Nobody);
    }
    let ticket = match (tag, &filled.subject) {
        (Some(tag), Some(subject)) => Some(new_ticket(terms, secret, tag, subject)?),
        _ => None,
    };
    let contact = match (&filled.contact, &tag) {
        (Some(contact), Some(tag)) => {
            let mut sealed = seal_contact(terms, tag, &notice, contact)?;
            let own_copy = vault.seal_own_copy(activity.as_str(), id.as_str(), secret, contact)?;
            sealed.own_copy = Some(own_copy);
            Some(sealed)
        }
        _ => None,
    };
    let answers = match &filled.answers {
        Some(json) => Some(seal_answers(terms, json)?),
        None => None,
    };
    Ok(NewEntry {
        activity: activity.clone(),
        id,
        lookup: vault.lookup(secret)?,
        notice,
        language: filled.language,
        ticket,
        contact,
        answers,
        answers_linked: terms.facts.answers_linked,
    })
}

fn new_ticket(
    terms: &Terms,
    secret: &Secret,
    tag: Hash,
    subject: &str,
) -> Result<NewTicket, Error> {
    let base = terms.log.as_ref().and_then(|log| log.base);
    let base = base.ok_or(Error::NoLog)?;
    let nonce = secret.nonce(&base, WEB_TICKET_NO);
    let bind = ticket::bind(&nonce, subject);
    Ok(NewTicket {
        tag,
        bind,
        ticket_no: WEB_TICKET_NO,
        commitment: ticket::commitment(&base, &tag, &bind, WEB_TICKET_NO),
    })
}

fn seal_contact(
    terms: &Terms,
    tag: &Hash,
    notice: &Hash,
    contact: &Contact,
) -> Result<SealedBox, Error> {
    let id = ids::code(20);
    let of = ContactOf {
        activity: terms.facts.id.as_str(),
        item: &id,
        tag,
        notice,
    };
    Ok(SealedBox {
        sealed: vault::seal_contact(&terms.keys, &of, contact)?,
        own_copy: None,
        id,
    })
}

fn seal_answers(terms: &Terms, json: &str) -> Result<SealedBox, Error> {
    let id = ids::code(20);
    let of = if terms.facts.answers_linked {
        AnswersOf::Item(&id)
    } else {
        AnswersOf::Nobody
    };
    let activity = terms.facts.id.as_str();
    Ok(SealedBox {
        sealed: vault::seal_answers(&terms.keys, activity, of, json.as_bytes())?,
        own_copy: None,
        id,
    })
}

/// What a person is told after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The activity entered.
    pub activity: ActivityId,
    /// The entry, the earlier one where this was a repetition.
    pub entry: EntryId,
    /// The ticket; none in a survey.
    pub index: Option<u64>,
    /// Whether a leaf was appended, so that a new checkpoint is due.
    grown: bool,
}

/// The verb behind the queue of entries.
pub struct Taking {
    vault: Vault,
}

impl Taking {
    /// Takes entries whose checkpoints `vault` signs.
    pub fn new(vault: Vault) -> Taking {
        Taking { vault }
    }
}

impl GroupVerb for Taking {
    type Command = NewEntry;
    type Accepted = Accepted;
    type Error = Error;
    const NAME: &'static str = "take entry";

    fn apply(&self, tx: &mut Tx, new: &NewEntry) -> Result<Accepted, Error> {
        if let Some(earlier) = store::by_lookup(tx, &new.lookup)? {
            let ticket = store::ticket_of(tx, &earlier.activity, &earlier.id)?;
            return Ok(Accepted {
                activity: earlier.activity,
                entry: earlier.id,
                index: ticket.map(|ticket| ticket.index),
                grown: false,
            });
        }
        let facts = activity::by_id(tx, &new.activity)?;
        takes_entries(&facts, tx)?;
        store::insert_entry(tx, new)?;
        for (kind, kept) in [
            (ItemKind::Contact, &new.contact),
            (ItemKind::Answers, &new.answers),
        ] {
            if let Some(kept) = kept {
                let own_copy = kept.own_copy.as_deref();
                let activity = new.activity.as_str();
                vault::keep(tx, activity, &kept.id, kind, &kept.sealed, own_copy)?;
            }
        }
        let index = match &new.ticket {
            Some(ticket) => Some(append(tx, new, ticket)?),
            None => None,
        };
        Ok(Accepted {
            activity: new.activity.clone(),
            entry: new.id.clone(),
            index,
            grown: index.is_some(),
        })
    }

    fn complete(&self, tx: &mut Tx, accepted: &mut [Accepted]) -> Result<(), Error> {
        let grown: BTreeSet<&ActivityId> = accepted
            .iter()
            .filter(|accepted| accepted.grown)
            .map(|accepted| &accepted.activity)
            .collect();
        for activity in grown {
            let mut log = log::of_activity(tx, activity.as_str())?.ok_or(Error::NoLog)?;
            let text = log::checkpoint_text(&log);
            let signed = self.vault.sign_checkpoint(CheckpointOf::Draw, &text)?;
            log::keep_checkpoint(tx, &mut log, signed)?;
        }
        Ok(())
    }
}

/// Submits an entry and answers after its commit. Two equal requests at one moment, which only
/// two instances of the server can make, are one entry: the second try finds the first.
pub async fn take(writer: &Writer<Taking>, new: NewEntry) -> Result<Accepted, Error> {
    match writer.submit(new.clone()).await {
        Err(Error::Twice) => writer.submit(new).await,
        outcome => outcome,
    }
}

fn takes_entries(facts: &Facts, tx: &Tx) -> Result<(), Error> {
    match facts.stage {
        _ if facts.takes_entries(tx.now()) => Ok(()),
        Stage::Draft => Err(Error::NotYet),
        Stage::Open if tx.now() < facts.opens_at => Err(Error::NotYet),
        _ => Err(Error::Ended),
    }
}

fn append(tx: &mut Tx, new: &NewEntry, ticket: &NewTicket) -> Result<u64, Error> {
    let mut log = log::of_activity(tx, new.activity.as_str())?.ok_or(Error::NoLog)?;
    let index = log::append_commitment(tx, &mut log, &ticket.commitment)?;
    store::insert_ticket(tx, new, &log.id, index, ticket)?;
    Ok(index)
}
