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
use crate::log;
use crate::platform::clock::Timestamp;
use crate::platform::db::{GroupVerb, Tx, Writer};
use crate::platform::ids;
use crate::platform::text::Language;
use crate::stats;
use crate::vault::{
    self, AnswersOf, CheckpointOf, Contact, ContactOf, ItemKind, OwnCopyOf, PublicKeys, Vault,
};

use super::{Drum, EntryId, Error, Ticket, drum, store};

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
    /// The answers as JSON; none where nothing was asked or answered.
    pub answers: Option<Zeroizing<String>>,
    /// What of the person the statistics may count, in coarse words.
    pub about: stats::About,
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
}

/// Reads what is needed to prepare an entry.
pub fn terms(tx: &mut Tx, facts: Facts) -> Result<Terms, Error> {
    let drums = drum::drums(tx, &facts.id)?;
    let keys = vault::public_keys(tx, facts.id.as_str())?;
    let counting = stats::counting(tx, &facts)?;
    Ok(Terms {
        facts,
        drums,
        keys,
        counting,
        at: tx.now(),
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
    if terms.facts.kind == Kind::Draw && tag.is_none() {
        return Err(Error::Nobody);
    }
    let tickets = match (tag, &filled.subject) {
        (Some(tag), Some(subject)) => {
            let pool = filled.pool.as_deref();
            drum::chosen(&terms.drums, terms.facts.arrangement, pool)?
                .into_iter()
                .map(|drum| new_ticket(drum, secret, tag, subject, WEB_TICKET_NO))
                .collect::<Result<_, _>>()?
        }
        _ => Vec::new(),
    };
    let answers = filled.answers.as_deref().map(String::as_str);
    let counters = terms.counting.counters(&filled.about, answers, terms.at)?;
    let mut new = seal(vault, terms, secret, notice, tag, &filled, tickets)?;
    new.counters = counters;
    Ok(new)
}

/// Seals what a person filled in, with tickets that were committed already.
pub(super) fn seal(
    vault: &Vault,
    terms: &Terms,
    secret: &Secret,
    notice: Hash,
    tag: Option<Hash>,
    filled: &Filled,
    tickets: Vec<NewTicket>,
) -> Result<NewEntry, Error> {
    let activity = &terms.facts.id;
    let id = EntryId::fresh();
    let contact = match (&filled.contact, &tag) {
        (Some(contact), Some(tag)) => {
            let mut sealed = seal_contact(vault, terms, tag, &notice, contact)?;
            let (of, own) = (activity.as_str(), OwnCopyOf::Contact(contact));
            sealed.own_copy = Some(vault.seal_own_copy(of, id.as_str(), secret, own)?);
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
        tickets,
        contact,
        answers,
        answers_linked: terms.facts.answers_linked,
        counters: Vec::new(),
    })
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

fn seal_contact(
    vault: &Vault,
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
        sealed: vault::seal_contact(vault.sealer(), &terms.keys, &of, contact)?,
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
    /// Its tickets; none in a survey.
    pub tickets: Vec<Placed>,
    /// Whether leaves were appended, so that new checkpoints are due.
    grown: bool,
}

/// Where a ticket is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    /// The draw.
    pub draw: String,
    /// The index in its log.
    pub index: u64,
}

impl Accepted {
    /// The index of the first ticket; none in a survey.
    pub fn index(&self) -> Option<u64> {
        self.tickets.first().map(|placed| placed.index)
    }
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
            let tickets = store::tickets_of(tx, &earlier.activity, &earlier.id)?;
            let placed = |ticket: Ticket| Placed {
                draw: ticket.draw,
                index: ticket.index,
            };
            return Ok(Accepted {
                activity: earlier.activity,
                entry: earlier.id,
                tickets: tickets.into_iter().map(placed).collect(),
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
        let mut tickets = Vec::with_capacity(new.tickets.len());
        for ticket in &new.tickets {
            tickets.push(append(tx, new, ticket)?);
        }
        super::counting::counted(tx, new)?;
        Ok(Accepted {
            activity: new.activity.clone(),
            entry: new.id.clone(),
            grown: !tickets.is_empty(),
            tickets,
        })
    }

    fn complete(&self, tx: &mut Tx, accepted: &mut [Accepted]) -> Result<(), Error> {
        let grown: BTreeSet<(&ActivityId, &str)> = accepted
            .iter()
            .filter(|accepted| accepted.grown)
            .flat_map(|accepted| {
                let draws = accepted.tickets.iter().map(|placed| placed.draw.as_str());
                draws.map(|draw| (&accepted.activity, draw))
            })
            .collect();
        for (activity, draw) in grown {
            let mut log = log::find(tx, activity.as_str(), draw)?.ok_or(Error::NoLog)?;
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

fn append(tx: &mut Tx, new: &NewEntry, ticket: &NewTicket) -> Result<Placed, Error> {
    let log = log::find(tx, new.activity.as_str(), &ticket.draw)?;
    let mut log = log.ok_or(Error::NoLog)?;
    let index = log::append_commitment(tx, &mut log, &ticket.commitment)?;
    store::insert_ticket(tx, new, index, ticket)?;
    Ok(Placed {
        draw: log.id,
        index,
    })
}
