//! The one transaction that stores entries: many of them together, each taken or refused by itself.

use std::collections::BTreeSet;

use crate::activity::{self, ActivityId, Facts, Stage};
use crate::entry::{EntryId, Error, Ticket, counting, store};
use crate::log;
use crate::platform::db::{GroupVerb, Tx, Writer};
use crate::seats;
use crate::vault::{self, CheckpointOf, ItemKind, Vault};

use super::{NewEntry, NewTicket};

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
        if let Some(earlier) = store::entries::by_lookup(tx, &new.lookup)? {
            let tickets = store::tickets::tickets_of(tx, &earlier.activity, &earlier.id)?;
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
        // First, because a refusal here has written nothing.
        if let Some(wish) = &new.seat {
            seats::take(tx, &new.activity, new.id.as_str(), wish)?;
        }
        store::entries::insert_entry(tx, new)?;
        let linked = new.answers.as_ref().filter(|_| new.answers_linked);
        for (kind, kept) in [
            (ItemKind::Contact, new.contact.as_ref()),
            (ItemKind::Answers, linked),
        ] {
            if let Some(kept) = kept {
                let own_copy = kept.own_copy.as_deref();
                let activity = new.activity.as_str();
                vault::keep(tx, activity, &kept.id, kind, &kept.sealed, own_copy)?;
            }
        }
        if let Some(nobodys) = new.answers.as_ref().filter(|_| !new.answers_linked) {
            vault::keep_unlinked(tx, new.activity.as_str(), &nobodys.sealed)?;
        }
        for (_, share) in &new.shares {
            let activity = new.activity.as_str();
            vault::keep(
                tx,
                activity,
                &share.id,
                ItemKind::Share,
                &share.sealed,
                None,
            )?;
        }
        store::sharing::insert_consents(tx, new)?;
        let mut tickets = Vec::with_capacity(new.tickets.len());
        for ticket in &new.tickets {
            tickets.push(append(tx, new, ticket)?);
        }
        counting::counted(tx, new)?;
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
        Err(Error::Twice | Error::Seats(seats::Error::Twice)) => writer.submit(new).await,
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
    store::tickets::insert_ticket(tx, new, index, ticket)?;
    Ok(Placed {
        draw: log.id,
        index,
    })
}
