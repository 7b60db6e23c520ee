//! Letters of an incident: everybody affected is written to once, by the vault itself.
//!
//! Invariant: no address and no name comes here; a letter that left, or may have, is never sent
//! again, which the vault's own count ensures beside the rows. While the mail server is down no
//! address is opened.
//!
//! Not here: who approved the words ([`super::breach`]), how a letter travels
//! ([`crate::platform::mail`]).

use std::sync::Arc;

use crate::activity::{self, ActivityId};
use crate::audit::Actor;
use crate::draw::DrawId;
use crate::entry::{self, Reachable};
use crate::notify::letters::Imprint;
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::{MailFacts, Outcome, Trouble};
use crate::platform::templates;
use crate::platform::text::{self, Language};
use crate::vault::{self, BoundBox, LetterWords, Lock, RecordedBreach, Refusal, Told, Vault};

use super::breach::{self, Incident, LetterStage};
use super::wire::incidents::LetterText;
use super::{Error, IncidentId, hold, store};

/// Letters in one batch: the vault speaks to the mail server once for each.
const BATCH: usize = 20;
/// When a batch that the server did not take is tried again.
const LATER: i64 = 10 * MINUTE;
/// How long until it is looked again whether two librarians have unlocked the contacts.
const UNTIL_UNLOCKED: i64 = 5 * MINUTE;

/// Everything that sending needs.
pub(super) struct Post {
    db: Db,
    vault: Vault,
    imprint: Imprint,
    mail: Arc<MailFacts>,
}

/// Letters that are about to leave.
struct Batch {
    activity: ActivityId,
    items: Vec<String>,
    by: Actor,
    recorded: RecordedBreach,
    words: Vec<LetterWords>,
}

impl Post {
    pub(super) fn new(db: &Db, vault: &Vault, mail: &Arc<MailFacts>, config: &Config) -> Post {
        Post {
            db: db.clone(),
            vault: vault.clone(),
            imprint: Imprint::of(config),
            mail: Arc::clone(mail),
        }
    }

    /// Sends one batch; answers when to go on, or nothing once every letter is settled.
    pub(super) fn send(&self, id: &IncidentId) -> Result<Option<Timestamp>, Error> {
        if !self.mail.is_configured() {
            return Ok(Some(self.db.clock().now().plus(LATER)));
        }
        let waiting = self.db.read_now("read letters of incident", |tx| {
            store::incidents::waiting_letters(tx, id)
        })?;
        if waiting.is_empty() {
            return Ok(None);
        }
        // Looked at first: what cannot be opened or sent is not put on record as opened.
        let now = self.db.clock().now();
        let Some(activity) = self.unlocked(&waiting, now)? else {
            return Ok(Some(now.plus(UNTIL_UNLOCKED)));
        };
        if self.vault.connect_mail().is_err() {
            return Ok(Some(now.plus(LATER)));
        }
        let taken = self.db.write_now("take up letters of incident", |tx| {
            self.take_up(tx, id, &activity)
        })?;
        let Some(batch) = taken else {
            return Ok(Some(self.db.clock().now()));
        };
        let asked = self.vault.tell_all(batch.recorded, &batch.words);
        let (activity, items, by) = (batch.activity, batch.items, batch.by);
        let told = match asked {
            Ok(told) => told,
            Err(vault::Error::Refused(
                Refusal::Away | Refusal::Storage | Refusal::NotAllowed | Refusal::Locked,
            )) => {
                vec![Told::Now(Outcome::TryLater(Trouble::Unreachable)); items.len()]
            }
            Err(error) => return Err(error.into()),
        };
        self.db.write_now("settle letters of incident", |tx| {
            let mut again = tx.now();
            let mut left = Vec::new();
            for (item, told) in items.iter().zip(&told) {
                match stage(told) {
                    Some(stage) => {
                        store::incidents::set_letter(tx, id, (&activity, item), stage)?;
                    }
                    None => left.push(item.clone()),
                }
            }
            if !left.is_empty() {
                again = tx.now().plus(LATER);
                let of = (id.as_str(), activity.as_str());
                vault::record_not_told(tx, &by, of.0, of.1, &left)?;
            }
            Ok(Some(again))
        })
    }

    /// The first activity with letters that wait and contacts that may be opened now.
    fn unlocked(
        &self,
        waiting: &[(ActivityId, String)],
        now: Timestamp,
    ) -> Result<Option<ActivityId>, Error> {
        let mut activities: Vec<&ActivityId> = waiting.iter().map(|(of, _)| of).collect();
        activities.dedup();
        for activity in activities {
            let lock = self.vault.how_locked(activity.as_str(), now)?;
            if matches!(lock, Lock::None | Lock::Open) {
                return Ok(Some(activity.clone()));
            }
        }
        Ok(None)
    }

    /// A batch of letters, recorded as about to be opened; nothing where all of them were settled.
    fn take_up(
        &self,
        tx: &mut Tx,
        id: &IncidentId,
        activity: &ActivityId,
    ) -> Result<Option<Batch>, Error> {
        let incident = breach::find(tx, id)?;
        let waiting = store::incidents::waiting_letters(tx, id)?;
        let people = breach::affected(tx, activity)?;
        let (mut items, mut boxes) = (Vec::new(), Vec::new());
        for (of, item) in &waiting {
            if of != activity || items.len() == BATCH {
                continue;
            }
            match contact(tx, activity, &people, item)? {
                Some(bound) => {
                    boxes.push((bound, self.mail.message_id()));
                    items.push(item.clone());
                }
                // The entry was taken back meanwhile, and its contact with it.
                None => {
                    let gone = LetterStage::NoAddress;
                    store::incidents::set_letter(tx, id, (activity, item), gone)?;
                }
            }
        }
        let actor = match &incident.told_by {
            Some(by) => Actor::Staff(by.clone()),
            None => Actor::System,
        };
        if boxes.is_empty() {
            return Ok(None);
        }
        let recorded = vault::record_breach(tx, &actor, id.as_str(), activity.as_str(), boxes)?;
        Ok(Some(Batch {
            words: self.words(tx, &incident, activity)?,
            activity: activity.clone(),
            by: actor,
            items,
            recorded,
        }))
    }

    /// The letter in both languages; nothing in it depends on the person.
    fn words(
        &self,
        tx: &mut Tx,
        incident: &Incident,
        activity: &ActivityId,
    ) -> Result<Vec<LetterWords>, Error> {
        let facts = activity::by_id(tx, activity)?;
        let mut words = Vec::new();
        for language in Language::ALL {
            let library = self.imprint.library(language).to_owned();
            let args = [("library", library.into())];
            let view = LetterText::of(language, &self.imprint, incident, &facts);
            words.push(LetterWords {
                subject: text::message(language, "mail-subject-incident", &args),
                body: templates::render(language, "mail/incident.txt.j2", view)?,
                date: tx.now(),
                language,
            });
        }
        Ok(words)
    }
}

/// The sealed contact of an item, found through one of its tickets, or its place in a session.
fn contact(
    tx: &mut Tx,
    activity: &ActivityId,
    people: &[Reachable],
    item: &str,
) -> Result<Option<BoundBox>, Error> {
    let person = people.iter().find(|person| person.item == item);
    let Some((draw, index)) = person.and_then(|person| person.tickets.first()) else {
        return seated(tx, activity, item);
    };
    match hold::contact(tx, activity, &DrawId::from(draw.as_str()), *index) {
        Ok(bound) => Ok(Some(bound)),
        Err(Error::NoTicket(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The sealed contact of somebody with a place in a session.
fn seated(tx: &mut Tx, activity: &ActivityId, item: &str) -> Result<Option<BoundBox>, Error> {
    let Some((entry, tag)) = entry::seated(tx, activity, item)? else {
        return Ok(None);
    };
    let sealed = vault::sealed(tx, activity.as_str(), item)?;
    Ok(sealed.map(|sealed| BoundBox {
        item: sealed.item,
        tag,
        notice: entry.notice,
        sealed: sealed.sealed,
    }))
}

/// What became of a letter; nothing where it is tried again.
fn stage(told: &Told) -> Option<LetterStage> {
    match told {
        Told::Before | Told::Now(Outcome::Sent) => Some(LetterStage::Sent),
        Told::NoAddress => Some(LetterStage::NoAddress),
        Told::Now(Outcome::Refused { .. }) => Some(LetterStage::Refused),
        Told::Now(Outcome::Uncertain) => Some(LetterStage::Uncertain),
        Told::Now(Outcome::TryLater(_)) => None,
    }
}
