//! What the holder of a receipt code may do with the own entry: read it, see who opened it, take
//! it back, have it erased.
//!
//! Invariant: an entry can be taken back until the close, in a draw until the freeze, and never
//! after it; its leaf keeps its place, so that nobody else's ticket moves (`decisions` D14). What
//! is sealed can be erased as long as it is there: after the freeze the ticket stays, and a prize
//! of it passes on.
//!
//! Not here: corrections ([`super::correction`]), pages ([`super::pages`]); who else opens contact
//! data (`notify`).

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::ticket::Secret;

use crate::activity::{Facts, Stage};
use crate::audit::{self, Act, Actor, Opening};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::seats;
use crate::vault::{self, OpenedAnswers, OpenedContact, OwnCopy, Refusal, Vault};

use super::consent::{self, Consent};
use super::provider::ProviderId;
use super::receipt::{self, Found};
use super::{Entry, Error, store};

/// Whether an entry of this activity can be taken back at `now`.
pub fn may_withdraw(facts: &Facts, now: Timestamp) -> bool {
    match facts.stage {
        Stage::Open => now < facts.closes_at,
        // The next close note, at the latest that of the freeze, takes the ticket out.
        Stage::Closed => facts.kind.is_drawn() && now < facts.freezes_at,
        _ => false,
    }
}

/// Whether the entry has a receipt: answers that belong to nobody have none (`decisions` D7).
pub fn has_receipt(found: &Found) -> bool {
    let kept = found.facts.kind.asks_person() || found.facts.answers_linked;
    kept && !found.entry.withdrawn
}

/// Whether the entry can be taken back now; a place in a session, until its own time.
pub fn is_withdrawable(found: &Found, now: Timestamp) -> bool {
    let in_time = match &found.seat {
        Some(held) => {
            let is_on = matches!(found.facts.stage, Stage::Open | Stage::Closed);
            is_on && held.is_returnable(now)
        }
        None => !found.is_final && may_withdraw(&found.facts, now),
    };
    has_receipt(found) && in_time
}

/// Whether what is sealed can be erased while the ticket stays: where the entry can no longer be
/// taken back and something is left.
pub fn is_erasable(found: &Found, now: Timestamp) -> bool {
    let entry = &found.entry;
    let sealed = entry.contact_item.is_some() || entry.answers_item.is_some();
    sealed && found.facts.stage != Stage::Purged && !is_withdrawable(found, now)
}

/// Takes the entry back: its sealed data goes, its ticket is void. A second time is the same.
/// Whoever has the own copies takes it out of the counters too: [`super::withdraw`].
pub fn withdraw(tx: &mut Tx, lookup: &Hash) -> Result<Found, Error> {
    let found = receipt::find(tx, lookup)?.ok_or(Error::Unknown)?;
    if found.entry.withdrawn {
        return Ok(found);
    }
    let is_late = match found.seat {
        Some(_) => !is_withdrawable(&found, tx.now()),
        None => found.is_final || !may_withdraw(&found.facts, tx.now()),
    };
    if is_late {
        return Err(Error::Ended);
    }
    if found.seat.is_some() {
        let entry = &found.entry;
        seats::line::give_back(tx, &entry.activity, entry.id.as_str())?;
    }
    discard(tx, &found.entry)?;
    store::entries::withdraw(tx, &found.entry)?;
    receipt::find(tx, lookup)?.ok_or(Error::Unknown)
}

/// Says yes to the place that is offered to the entry. A second time is the same.
///
/// # Errors
/// [`Error::Ended`] once the offer has passed.
pub fn accept_place(tx: &mut Tx, lookup: &Hash) -> Result<Found, Error> {
    let found = receipt::find(tx, lookup)?.ok_or(Error::Unknown)?;
    let entry = &found.entry;
    match seats::line::accept(tx, &entry.activity, entry.id.as_str()) {
        Err(seats::Error::Moved) => return Err(Error::Ended),
        accepted => accepted?,
    }
    record(tx, entry, "seats.accepted", entry.id.as_str())?;
    receipt::find(tx, lookup)?.ok_or(Error::Unknown)
}

/// Erases what is sealed of an entry that can no longer be taken back. The ticket, its tag and its
/// commitment stay until the purge: the draw is checked and settled with them. A second time is
/// the same.
///
/// # Errors
/// [`Error::Ended`] while the entry can still be taken back, which erases more.
pub fn erase(tx: &mut Tx, lookup: &Hash) -> Result<Found, Error> {
    let found = receipt::find(tx, lookup)?.ok_or(Error::Unknown)?;
    if found.entry.erased_at.is_some() || found.entry.withdrawn {
        return Ok(found);
    }
    if !is_erasable(&found, tx.now()) {
        return Err(Error::Ended);
    }
    discard(tx, &found.entry)?;
    store::entries::erase(tx, &found.entry)?;
    record(tx, &found.entry, "entry.erased", found.entry.id.as_str())?;
    receipt::find(tx, lookup)?.ok_or(Error::Unknown)
}

/// Takes back the consent to share the contact with a provider.
pub fn stop_sharing(tx: &mut Tx, lookup: &Hash, provider: &ProviderId) -> Result<Found, Error> {
    let found = receipt::find(tx, lookup)?.ok_or(Error::Unknown)?;
    consent::take_back(tx, &found.entry, provider)?;
    let object = format!("{} {provider}", found.entry.id);
    record(tx, &found.entry, "entry.sharing_stopped", &object)?;
    receipt::find(tx, lookup)?.ok_or(Error::Unknown)
}

/// The boxes of the entry and everything made for providers.
fn discard(tx: &mut Tx, entry: &Entry) -> Result<(), Error> {
    for item in [&entry.contact_item, &entry.answers_item]
        .into_iter()
        .flatten()
    {
        vault::discard(tx, entry.activity.as_str(), item)?;
    }
    consent::end_all(tx, entry)
}

pub(super) fn record(
    tx: &mut Tx,
    entry: &Entry,
    act: &'static str,
    object: &str,
) -> Result<(), Error> {
    let act = Act {
        actor: &Actor::Entrant,
        act,
        activity: entry.activity.as_str(),
        object,
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}

/// The sealed copies of an entry and everything that is on record about it.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// The copy of the contact that only the receipt secret opens.
    pub contact: Option<Vec<u8>>,
    /// The copy of linked answers.
    pub answers: Option<Vec<u8>>,
    /// Who opened any of it, the oldest first.
    pub openings: Vec<Opening>,
    /// What the person agreed to.
    pub consents: Vec<Consent>,
}

/// Which boxes and consents were held of an entry when it was read: a change that was worked out
/// from them is made only while they are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State(Hash);

impl State {
    fn of(contact: Option<&[u8]>, answers: Option<&[u8]>, consents: &[Consent]) -> State {
        let mut text = String::new();
        for copy in [contact, answers] {
            text.push_str(
                &copy
                    .map(sha256)
                    .map_or_else(String::new, |hash| hash.to_string()),
            );
            text.push('\n');
        }
        for consent in consents {
            let ended = (consent.withdrawn_at, consent.handed_at);
            text.push_str(&format!("{:?} {:?} {ended:?}\n", consent.to, consent.item));
        }
        State(sha256(text.as_bytes()))
    }
}

impl Held {
    /// What was read.
    pub fn state(&self) -> State {
        let (contact, answers) = (self.contact.as_deref(), self.answers.as_deref());
        State::of(contact, answers, &self.consents)
    }
}

/// What is held of an entry now.
pub fn state(tx: &mut Tx, entry: &Entry) -> Result<State, Error> {
    let contact = own_copy(tx, entry, entry.contact_item.as_deref())?;
    let answers = own_copy(tx, entry, entry.answers_item.as_deref())?;
    let consents = consent::of(tx, entry)?;
    Ok(State::of(contact.as_deref(), answers.as_deref(), &consents))
}

fn own_copy(tx: &mut Tx, entry: &Entry, item: Option<&str>) -> Result<Option<Vec<u8>>, Error> {
    let Some(item) = item else {
        return Ok(None);
    };
    let row = vault::sealed(tx, entry.activity.as_str(), item)?;
    Ok(row.and_then(|row| row.own_copy))
}

/// Everything held about an entry.
pub fn held(tx: &mut Tx, entry: &Entry) -> Result<Held, Error> {
    let activity = entry.activity.as_str();
    let consents = consent::of(tx, entry)?;
    let shared = consents.iter().filter_map(|consent| consent.item.clone());
    let items: Vec<String> = [&entry.contact_item, &entry.answers_item]
        .into_iter()
        .flatten()
        .cloned()
        .chain(shared)
        .collect();
    let mut openings = Vec::new();
    for item in &items {
        openings.extend(audit::openings_of(tx, activity, item)?);
    }
    openings.sort_by_key(|opening| opening.at);
    Ok(Held {
        contact: own_copy(tx, entry, entry.contact_item.as_deref())?,
        answers: own_copy(tx, entry, entry.answers_item.as_deref())?,
        openings,
        consents,
    })
}

/// The person's own data, open for the person alone.
#[derive(Default)]
pub struct OwnData {
    /// How the person can be reached.
    pub contact: Option<OpenedContact<OwnCopy>>,
    /// Linked answers.
    pub answers: Option<OpenedAnswers>,
}

/// Opens the own copies; nothing once the activity's key is destroyed.
pub fn open(vault: &Vault, entry: &Entry, secret: &Secret, held: &Held) -> Result<OwnData, Error> {
    let activity = entry.activity.as_str();
    let contact = match &held.contact {
        Some(copy) => gone_is_none(vault.open_own_copy(activity, entry.id.as_str(), secret, copy))?,
        None => None,
    };
    let answers = match &held.answers {
        Some(copy) => {
            gone_is_none(vault.open_own_answers(activity, entry.id.as_str(), secret, copy))?
        }
        None => None,
    };
    Ok(OwnData { contact, answers })
}

fn gone_is_none<T>(opened: Result<T, vault::Error>) -> Result<Option<T>, Error> {
    match opened {
        Ok(opened) => Ok(Some(opened)),
        Err(vault::Error::Refused(Refusal::NoKey)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
