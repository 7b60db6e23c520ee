//! The one transaction that stores entries: many of them together, each taken or refused by itself.
//!
//! Invariant: first it is decided for every entry whether it is taken, with its place where places
//! go to whoever comes first, then the rows of all that
//! are taken are written, a few statements for the whole group. The activities are held meanwhile,
//! so that no close can come between and no other instance gives the same index.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use lucky_draw::encode::Hash;

use crate::activity::{self, ActivityId, Eligibility, Facts, Stage};
use crate::admission::{self, codes};
use crate::entry::{EntryId, Error, Ticket, counting, store};
use crate::log::{self, Edge, Log};
use crate::platform::db::{GroupVerb, Outcomes, Tx, Writer};
use crate::policy::general;
use crate::seats;
use crate::vault::{self, CheckpointOf, ItemKind, NewBox, Reach, Vault};

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
    /// The right edges of the logs as the last group left them, by activity and draw.
    edges: Mutex<HashMap<LogName, Edge>>,
}

type LogName = (ActivityId, String);

/// So many logs are remembered.
const REMEMBERED: usize = 256;

impl GroupVerb for Taking {
    type Command = Arc<NewEntry>;
    type Accepted = Accepted;
    type Error = Error;
    const NAME: &'static str = "take entries";

    fn apply(&self, tx: &mut Tx, group: &[Arc<NewEntry>]) -> Result<Outcomes<Taking>, Error> {
        let group: Vec<&NewEntry> = group.iter().map(Arc::as_ref).collect();
        self.take_all(tx, &group)
    }
}

/// What becomes of one entry of a group.
enum Verdict {
    Refused(Error),
    /// It was stored before.
    Known(Accepted),
    /// The entry at this place of the group is the same one.
    Same(usize),
    Taken,
}

impl Taking {
    /// Takes entries whose checkpoints `vault` signs.
    pub fn new(vault: Vault) -> Taking {
        Taking {
            vault,
            edges: Mutex::default(),
        }
    }

    /// Stores entries in their order; each is answered in the same order.
    ///
    /// # Errors
    /// What undoes all of them; an entry that is refused by itself has left nothing behind.
    pub fn take_all(&self, tx: &mut Tx, group: &[&NewEntry]) -> Result<Outcomes<Taking>, Error> {
        let held = activity::hold(tx, group.iter().map(|new| &new.activity))?;
        let verdicts = verdicts(tx, &held, group)?;
        let taken: Vec<&NewEntry> = (group.iter().zip(&verdicts))
            .filter(|(_, verdict)| matches!(verdict, Verdict::Taken))
            .map(|(new, _)| *new)
            .collect();
        let mut placed = self.store(tx, &taken)?.into_iter();
        let mut outcomes: Outcomes<Taking> = Vec::with_capacity(group.len());
        for (new, verdict) in group.iter().zip(verdicts) {
            outcomes.push(match verdict {
                Verdict::Refused(error) => Err(error),
                Verdict::Known(earlier) => Ok(earlier),
                Verdict::Same(at) => match &outcomes[at] {
                    Ok(first) => Ok(first.clone()),
                    // It is asked again, and hears why.
                    Err(_) => Err(Error::Twice),
                },
                Verdict::Taken => Ok(Accepted {
                    activity: new.activity.clone(),
                    entry: new.id.clone(),
                    tickets: placed.next().unwrap_or_default(),
                }),
            });
        }
        Ok(outcomes)
    }

    /// [`Taking::take_all`] for entries that are stored together or not at all.
    ///
    /// # Errors
    /// Why one of them is refused.
    pub fn take_every(&self, tx: &mut Tx, group: &[&NewEntry]) -> Result<Vec<Accepted>, Error> {
        self.take_all(tx, group)?.into_iter().collect()
    }

    /// Writes the rows of entries that are taken; where the tickets of each are.
    fn store(&self, tx: &mut Tx, taken: &[&NewEntry]) -> Result<Vec<Vec<Placed>>, Error> {
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        let counted = counting::count_in(tx, taken)?;
        let policy = general::in_force(tx)?;
        store::entries::insert_all(tx, taken, &counted, policy)?;
        vault::keep_all(tx, &boxes(taken))?;
        for new in taken {
            if let Some(nobodys) = new.answers.as_ref().filter(|_| !new.answers_linked) {
                vault::keep_unlinked(tx, new.activity.as_str(), &nobodys.sealed)?;
            }
        }
        store::sharing::insert_consents(tx, taken)?;
        self.append(tx, taken)
    }

    /// Appends the tickets to their logs, in the order of the entries, and signs what the logs are
    /// afterwards, once each.
    fn append(&self, tx: &mut Tx, taken: &[&NewEntry]) -> Result<Vec<Vec<Placed>>, Error> {
        let mut by_log: BTreeMap<LogName, Vec<(usize, &NewTicket)>> = BTreeMap::new();
        for (at, new) in taken.iter().enumerate() {
            for ticket in &new.tickets {
                let log = (new.activity.clone(), ticket.draw.clone());
                by_log.entry(log).or_default().push((at, ticket));
            }
        }
        let mut rows = Vec::new();
        for ((activity, draw), tickets) in by_log {
            let mut log = log::find(tx, activity.as_str(), &draw)?.ok_or(Error::NoLog)?;
            let first = log.size;
            let leaves: Vec<Hash> = tickets.iter().map(|(_, each)| each.commitment).collect();
            self.append_to(tx, &mut log, &leaves)?;
            rows.extend(
                (first..)
                    .zip(tickets)
                    .map(|(index, (at, ticket))| store::tickets::Row {
                        entry: taken[at],
                        at,
                        index,
                        ticket,
                    }),
            );
        }
        store::tickets::insert_all(tx, &rows)?;
        let mut placed: Vec<Vec<Placed>> = taken.iter().map(|_| Vec::new()).collect();
        for row in rows {
            placed[row.at].push(Placed {
                draw: row.ticket.draw.clone(),
                index: row.index,
            });
        }
        Ok(placed)
    }

    fn append_to(&self, tx: &mut Tx, log: &mut Log, leaves: &[Hash]) -> Result<(), Error> {
        let name = (ActivityId(log.activity.clone()), log.id.clone());
        let known = self.edges().remove(&name);
        let before = log.size;
        let edge = log::append_commitments(tx, log, known, leaves)?;
        let text = log::checkpoint_text(log);
        let reach = Reach {
            before,
            size: log.size,
        };
        let prove = |old, new| match edge.proof(old, new) {
            Some(proof) => Ok(proof),
            None => Ok::<_, Error>(log::consistency_proof(tx, log, old, new)?),
        };
        let signed = self
            .vault
            .sign_growth(CheckpointOf::Draw, &text, reach, prove)?;
        log::keep_checkpoint(tx, log, signed)?;
        let mut edges = self.edges();
        if edges.len() >= REMEMBERED {
            edges.clear();
        }
        // If the transaction is undone the log is not of this state, and the edge is left aside.
        edges.insert(name, edge);
        Ok(())
    }

    fn edges(&self) -> std::sync::MutexGuard<'_, HashMap<LogName, Edge>> {
        self.edges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decides about each entry; nothing is written yet but places.
fn verdicts(
    tx: &mut Tx,
    held: &BTreeMap<ActivityId, Facts>,
    group: &[&NewEntry],
) -> Result<Vec<Verdict>, Error> {
    let lookups: Vec<Hash> = group.iter().map(|new| new.lookup).collect();
    let mut known = store::entries::by_lookups(tx, &lookups)?;
    let mut first: HashMap<Hash, usize> = HashMap::new();
    let mut verdicts = Vec::with_capacity(group.len());
    for (at, new) in group.iter().enumerate() {
        verdicts.push(if let Some(&same) = first.get(&new.lookup) {
            Verdict::Same(same)
        } else if let Some(earlier) = known.remove(&new.lookup) {
            let tickets = store::tickets::tickets_of(tx, &earlier.activity, &earlier.id)?;
            let placed = |ticket: Ticket| Placed {
                draw: ticket.draw,
                index: ticket.index,
            };
            Verdict::Known(Accepted {
                activity: earlier.activity,
                entry: earlier.id,
                tickets: tickets.into_iter().map(placed).collect(),
            })
        } else {
            match held
                .get(&new.activity)
                .map(|facts| takes_entries(facts, tx).map(|()| facts))
            {
                Some(Ok(facts)) => let_in(tx, facts, new)?,
                Some(Err(error)) => Verdict::Refused(error),
                None => Verdict::Refused(activity::Error::Unknown.into()),
            }
        });
        first.entry(new.lookup).or_insert(at);
    }
    Ok(verdicts)
}

/// Whether the invitation of an entry stands, if it needs one, and the place can be had. A code that
/// is not there has written nothing; one that is gone only when it is taken undoes the whole group,
/// which is then taken one by one.
fn let_in(tx: &mut Tx, facts: &Facts, new: &NewEntry) -> Result<Verdict, Error> {
    let refused = || Error::from(admission::Error::NoCode);
    let Some(code) = &new.code else {
        return match facts.eligibility {
            Eligibility::Codes => Ok(Verdict::Refused(refused())),
            _ => seated(tx, new),
        };
    };
    if !codes::is_open(tx, &new.activity, code)? {
        return Ok(Verdict::Refused(refused()));
    }
    match seated(tx, new)? {
        Verdict::Taken if codes::spend(tx, &new.activity, code)? => Ok(Verdict::Taken),
        Verdict::Taken => Err(refused()),
        verdict => Ok(verdict),
    }
}

/// Whether the place that an entry wants can be had; with the place its row is written, a refusal
/// has written nothing.
fn seated(tx: &mut Tx, new: &NewEntry) -> Result<Verdict, Error> {
    let Some(wish) = &new.seat else {
        return Ok(Verdict::Taken);
    };
    match seats::take(tx, &new.activity, new.id.as_str(), wish) {
        Ok(_) => Ok(Verdict::Taken),
        Err(refused) if refused.is_refusal() => Ok(Verdict::Refused(refused.into())),
        Err(error) => Err(error.into()),
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

/// The boxes that somebody can name.
fn boxes<'n>(taken: &[&'n NewEntry]) -> Vec<NewBox<'n>> {
    let mut boxes = Vec::with_capacity(2 * taken.len());
    for new in taken {
        let linked = new.answers.as_ref().filter(|_| new.answers_linked);
        let contact = new.contact.as_ref().map(|kept| (ItemKind::Contact, kept));
        let answers = linked.map(|kept| (ItemKind::Answers, kept));
        let shares = new.shares.iter().map(|(_, kept)| (ItemKind::Share, kept));
        let all = contact.into_iter().chain(answers).chain(shares);
        boxes.extend(all.map(|(kind, kept)| NewBox {
            activity: new.activity.as_str(),
            item: &kept.id,
            kind,
            sealed: &kept.sealed,
            own_copy: kept.own_copy.as_deref(),
        }));
    }
    boxes
}

/// Submits an entry and answers after its commit. Two equal requests at one moment, which only
/// two instances of the server can make, are one entry: the second try finds the first.
pub async fn take(writer: &Writer<Taking>, new: NewEntry) -> Result<Accepted, Error> {
    let new = Arc::new(new);
    match writer.submit(new.clone()).await {
        Err(Error::Twice | Error::Seats(seats::Error::Twice)) => writer.submit(new).await,
        outcome => outcome,
    }
}
