//! Sending one answer: the vault opens the address and the answer between a server that listens and
//! a letter that leaves.
//!
//! Invariant: `sending` is committed before the first byte of the letter leaves, and the outcome
//! after. Neither the address nor the answer comes here.
//!
//! Not here: how far a letter has come ([`super::mailing`]).

use std::sync::Arc;

use crate::audit::Actor;
use crate::notify::letters::Imprint;
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::mail::{MailFacts, Outcome, Trouble};
use crate::platform::templates;
use crate::platform::text;
use crate::vault::{LetterWords, NAME_HERE, Offered, Vault};

use super::letter::{self, Recorded};
use super::mailing::{self, Mailing};
use super::wire::LetterText;
use super::{Author, Error, Feedback, FeedbackId, Letter, store};

/// When a site without a mail server is asked again.
const UNTIL_CONFIGURED: i64 = 10 * MINUTE;

/// Everything that sending needs.
pub(super) struct Post {
    db: Db,
    vault: Vault,
    imprint: Imprint,
    facts: Arc<MailFacts>,
}

impl Post {
    pub(super) fn new(db: &Db, vault: &Vault, facts: &Arc<MailFacts>, config: &Config) -> Post {
        Post {
            db: db.clone(),
            vault: vault.clone(),
            imprint: Imprint::of(config),
            facts: Arc::clone(facts),
        }
    }

    /// Tries to send an answer; answers when to try again, or nothing if it is settled.
    pub(super) fn deliver(&self, id: &FeedbackId, number: i64) -> Result<Option<Timestamp>, Error> {
        let due = self.db.write_now("take up answer", |tx| {
            let feedback = super::by_id(tx, id)?;
            let letters = store::letters(tx, id)?;
            let found = letters.iter().find(|letter| letter.number == number);
            let letter = found.cloned().ok_or(Error::Unknown)?;
            match letter.mail {
                Mailing::Waiting => Ok(Some((feedback, letter))),
                Mailing::Sending => {
                    mailing::put(tx, id, &letter, Mailing::Uncertain, "crash")?;
                    Ok(None)
                }
                _ => Ok::<_, Error>(None),
            }
        })?;
        let Some((feedback, letter)) = due else {
            return Ok(None);
        };
        let now = self.db.clock().now();
        // No address is opened while the server does not listen.
        let mut line = match self.vault.connect_mail() {
            Ok(line) => line,
            Err(Trouble::NotConfigured) => {
                let why = Trouble::NotConfigured.word();
                self.put(id, &letter, Mailing::Waiting, &why)?;
                return Ok(Some(now.plus(UNTIL_CONFIGURED)));
            }
            Err(trouble) => return self.settle(id, &letter, Outcome::TryLater(trouble)),
        };
        let recorded = self.record(&feedback, &letter)?;
        let words = self.words(&feedback, now)?;
        let message_id = self.facts.message_id_of(&letter.item);
        match line.offer_in_scope(recorded, &words, &message_id)? {
            Offered::Ready => {}
            Offered::Over(outcome) => return self.settle(id, &letter, outcome),
            Offered::NoAddress | Offered::SameAddress => {
                self.put(id, &letter, Mailing::NoAddress, "")?;
                return Ok(None);
            }
        }
        let is_ours = self
            .db
            .write_now("begin sending", |tx| mailing::begin(tx, id, &letter))?;
        if !is_ours {
            return Ok(None);
        }
        let outcome = line.hand_over();
        self.settle(id, &letter, outcome)
    }

    /// Puts the opening of the address and of the answer on record.
    fn record(&self, feedback: &Feedback, letter: &Letter) -> Result<Recorded, Error> {
        self.db.write_now("record opening", |tx| {
            let letters = store::letters(tx, &feedback.id)?;
            let first = letters.iter().find(|one| one.author == Author::Person);
            let first = first.ok_or(Error::Unknown)?;
            let items = [first.item.as_str(), letter.item.as_str()];
            letter::record(tx, &Actor::System, feedback, &items)
        })
    }

    /// The words around the answer; nothing in them depends on the person.
    fn words(&self, feedback: &Feedback, now: Timestamp) -> Result<LetterWords, Error> {
        let language = feedback.language;
        let library = self.imprint.library(language);
        let view = LetterText {
            answer: &NAME_HERE.to_string(),
            library,
            phone: &self.imprint.phone,
            email: &self.imprint.email,
            host: &self.imprint.host,
        };
        let args = [("library", library.to_owned().into())];
        Ok(LetterWords {
            subject: text::message(language, "mail-subject-feedback", &args),
            body: templates::render(language, "mail/feedback.txt.j2", view)?,
            date: now,
            language,
        })
    }

    fn settle(
        &self,
        id: &FeedbackId,
        letter: &Letter,
        outcome: Outcome,
    ) -> Result<Option<Timestamp>, Error> {
        self.db.write_now("settle answer", |tx| {
            mailing::settle(tx, id, letter, outcome)
        })
    }

    fn put(&self, id: &FeedbackId, letter: &Letter, mail: Mailing, why: &str) -> Result<(), Error> {
        self.db.write_now("put answer away", |tx| {
            mailing::put(tx, id, letter, mail, why)
        })
    }
}
