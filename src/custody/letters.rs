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
use crate::entry::Reachable;
use crate::notify::letters::Imprint;
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::{MailFacts, Outcome};
use crate::platform::templates;
use crate::platform::text::{self, Language};
use crate::vault::{self, BoundBox, LetterWords, RecordedBreach, Refusal, Told, Vault};

use super::breach::{self, Incident, LetterStage};
use super::wire::incidents::LetterText;
use super::{Error, IncidentId, hold, store};

/// Letters in one batch: the vault speaks to the mail server once for each.
const BATCH: usize = 20;
/// When a batch that the server did not take is tried again.
const LATER: i64 = 10 * MINUTE;

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
        let taken = self
            .db
            .write_now("take up letters of incident", |tx| self.take_up(tx, id))?;
        let Some(batch) = taken else {
            return Ok(None);
        };
        let told = match self.vault.tell_all(batch.recorded, &batch.words) {
            Ok(told) => told,
            Err(vault::Error::Refused(Refusal::Storage | Refusal::NotAllowed)) => {
                return Ok(Some(self.db.clock().now().plus(LATER)));
            }
            Err(error) => return Err(error.into()),
        };
        let (activity, items) = (batch.activity, batch.items);
        self.db.write_now("settle letters of incident", |tx| {
            let mut again = tx.now();
            for (item, told) in items.iter().zip(&told) {
                match stage(told) {
                    Some(stage) => {
                        store::incidents::set_letter(tx, id, (&activity, item), stage)?;
                    }
                    None => again = tx.now().plus(LATER),
                }
            }
            Ok(Some(again))
        })
    }

    fn take_up(&self, tx: &mut Tx, id: &IncidentId) -> Result<Option<Batch>, Error> {
        let incident = breach::find(tx, id)?;
        let waiting = store::incidents::waiting_letters(tx, id)?;
        let Some((activity, _)) = waiting.first().cloned() else {
            return Ok(None);
        };
        let people = breach::affected(tx, &activity)?;
        let (mut items, mut boxes) = (Vec::new(), Vec::new());
        for (of, item) in &waiting {
            if *of != activity || items.len() == BATCH {
                continue;
            }
            match contact(tx, &activity, &people, item)? {
                Some(bound) => {
                    boxes.push((bound, self.mail.message_id()));
                    items.push(item.clone());
                }
                // The entry was taken back meanwhile, and its contact with it.
                None => {
                    let gone = LetterStage::NoAddress;
                    store::incidents::set_letter(tx, id, (&activity, item), gone)?;
                }
            }
        }
        let actor = match &incident.told_by {
            Some(by) => Actor::Staff(by.clone()),
            None => Actor::System,
        };
        let recorded = vault::record_breach(tx, &actor, id.as_str(), activity.as_str(), boxes)?;
        Ok(Some(Batch {
            words: self.words(tx, &incident, &activity)?,
            activity,
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

/// The sealed contact of an item, found through one of its tickets.
fn contact(
    tx: &mut Tx,
    activity: &ActivityId,
    people: &[Reachable],
    item: &str,
) -> Result<Option<BoundBox>, Error> {
    let person = people.iter().find(|person| person.item == item);
    let Some((draw, index)) = person.and_then(|person| person.tickets.first()) else {
        return Ok(None);
    };
    match hold::contact(tx, activity, &DrawId::from(draw.as_str()), *index) {
        Ok(bound) => Ok(Some(bound)),
        Err(Error::NoTicket(_)) => Ok(None),
        Err(error) => Err(error),
    }
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
