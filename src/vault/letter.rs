//! Letters as their callers see them: a line to the mail server, an offer, a hand-over.
//!
//! Invariant: neither an address nor a letter comes back; what comes back is what became of it. A
//! line that was lost with the vault's process before the letter left means "try later", one that
//! was lost in the hand-over means "uncertain" and nothing else (`decisions` D21).
//!
//! Not here: the words (`notify`), opening and writing (`keeper::post`).

use std::fmt;

use super::disclosing::BoundBox;
use super::opening::Recorded;
use super::purpose::{BreachNotice, WinnerNotice};
use super::wire::post::{MailOffer, MailReply, MailRequest, MailToAll, Words};
use super::wire::{Refusal, Reply, Request};
use super::{Error, Purpose, Vault};
use crate::audit::{self, Act, Actor};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::mail::lull::{Down, Lull};
use crate::platform::mail::{Outcome, Trouble};
use crate::platform::text::Language;

/// Where the person's name, or the library's answer, goes in the text of a letter; a private character
/// of Unicode, which no template and no name holds.
pub const NAME_HERE: char = '\u{f8ff}';

/// The words of a letter; nothing in them is of the person.
#[derive(Clone, Debug)]
pub struct LetterWords {
    /// One line, made of a template.
    pub subject: String,
    /// Plain text, with [`NAME_HERE`] where the person's name goes.
    pub body: String,
    /// When it was written.
    pub date: Timestamp,
    /// Its language: picks the sender's name.
    pub language: Language,
}

impl From<LetterWords> for Words {
    fn from(words: LetterWords) -> Words {
        Words {
            subject: words.subject,
            body: words.body,
            date: words.date.0,
            language: words.language.tag().to_owned(),
        }
    }
}

/// What came of naming sender and recipient to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// The server waits for the letter: [`Line::hand_over`].
    Ready,
    /// It does not; nothing has left.
    Over(Outcome),
    /// The person gave no address that can be written to.
    NoAddress,
    /// The address is that of the other person, who is written to already.
    SameAddress,
}

/// The way to the mail server, which is left alone for a while where it was found down.
pub struct Letterbox {
    vault: Vault,
    lull: Lull,
}

impl Letterbox {
    /// Of this vault.
    pub fn new(vault: &Vault) -> Letterbox {
        Letterbox {
            vault: vault.clone(),
            lull: Lull::default(),
        }
    }

    /// A server that listens, or why none does at `now` and when to try again. Blocks.
    pub fn line(&self, now: Timestamp) -> Result<Line, Down> {
        if let Some(down) = self.lull.at(now) {
            return Err(down);
        }
        let connected = self.vault.connect_mail();
        if connected.is_ok() {
            self.lull.over();
        }
        connected.map_err(|trouble| self.lull.begin(trouble, now))
    }
}

/// A mail server that listens to the vault.
pub struct Line {
    vault: Vault,
    number: u64,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({})", self.number)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let line = self.number;
        let _ = self.vault.ask(Request::Mail(MailRequest::Leave { line }));
    }
}

impl Line {
    /// Has the first of the recorded contacts opened, the letter to it written, and sender and
    /// recipient named. A second contact is one whose address has to be another.
    pub fn offer(
        &mut self,
        recorded: Recorded<WinnerNotice>,
        words: &LetterWords,
        message_id: &str,
    ) -> Result<Offered, Error> {
        let contacts = recorded.into_contacts();
        let draw = match contacts.first() {
            Some(first) => first.proof.draw().clone(),
            None => return Ok(Offered::NoAddress),
        };
        let boxes: Vec<_> = contacts
            .into_iter()
            .map(super::WinnerContact::into_box)
            .collect();
        let reply = self.vault.with_bundle(&draw, |bundle| {
            Request::Mail(MailRequest::Offer(Box::new(MailOffer {
                line: self.number,
                activity: draw.activity().to_owned(),
                bundle,
                boxes: boxes.clone(),
                words: words.clone().into(),
                message_id: message_id.to_owned(),
            })))
        });
        offered(reply)
    }

    /// Which line it is.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// What came of another way of naming sender and recipient.
    pub(super) fn offered(
        &self,
        ask: impl FnOnce(&Vault) -> Result<Reply, Refusal>,
    ) -> Result<Offered, Error> {
        offered(ask(&self.vault))
    }

    /// Has the letter leave. What the server took cannot be taken back.
    pub fn hand_over(self) -> Outcome {
        let line = self.number;
        match self
            .vault
            .ask(Request::Mail(MailRequest::HandOver { line }))
        {
            Ok(Reply::Mail(MailReply::Outcome(told))) => {
                told.outcome().unwrap_or(Outcome::Uncertain)
            }
            // Another process answered: the one that held the line died before it was asked.
            // Or too many letters wait, and this one was not looked at.
            Ok(Reply::Mail(MailReply::Gone)) | Err(Refusal::Busy) => {
                Outcome::TryLater(Trouble::Unreachable)
            }
            Ok(_) | Err(_) => Outcome::Uncertain,
        }
    }
}

/// What the keeper said to an offer.
fn offered(reply: Result<Reply, Refusal>) -> Result<Offered, Error> {
    match reply {
        Ok(Reply::Mail(MailReply::Ready)) => Ok(Offered::Ready),
        Ok(Reply::Mail(MailReply::NoAddress)) => Ok(Offered::NoAddress),
        Ok(Reply::Mail(MailReply::SameAddress)) => Ok(Offered::SameAddress),
        Ok(Reply::Mail(MailReply::Outcome(told))) => {
            Ok(told.outcome().map_or(Offered::NoAddress, Offered::Over))
        }
        Ok(Reply::Mail(MailReply::Gone))
        | Err(Refusal::Away | Refusal::Storage | Refusal::Busy) => {
            Ok(Offered::Over(Outcome::TryLater(Trouble::Unreachable)))
        }
        Err(refusal) => Err(refusal.into()),
        Ok(_) => Err(Error::Answer),
    }
}

/// Contacts of everybody affected by an incident, whose opening is on record.
pub struct RecordedBreach {
    activity: String,
    incident: String,
    boxes: Vec<(BoundBox, String)>,
}

impl fmt::Debug for RecordedBreach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordedBreach({}, {})", self.incident, self.boxes.len())
    }
}

/// Writes one audit line for each contact that will be written to about an incident. Each box comes
/// with the name of its letter (`MailFacts::message_id`); a batch has a few dozen at most, because
/// the vault speaks to the mail server once for each.
pub fn record_breach(
    tx: &mut Tx,
    actor: &Actor,
    incident: &str,
    activity: &str,
    boxes: Vec<(BoundBox, String)>,
) -> Result<RecordedBreach, Error> {
    for (one, _) in &boxes {
        let act = Act {
            actor,
            act: audit::TOLD,
            activity,
            object: &format!("{} {incident}", one.item),
            purpose: BreachNotice::FACTS.code,
            reason: incident,
        };
        audit::record(tx, &act)?;
    }
    Ok(RecordedBreach {
        activity: activity.to_owned(),
        incident: incident.to_owned(),
        boxes,
    })
}

/// Writes down that letters which [`record_breach`] had recorded did not leave, and that nothing was
/// opened for them: they are tried again, and recorded again.
pub fn record_not_told(
    tx: &mut Tx,
    actor: &Actor,
    incident: &str,
    activity: &str,
    items: &[String],
) -> Result<(), Error> {
    for item in items {
        let act = Act {
            actor,
            act: audit::NOT_TOLD,
            activity,
            object: &format!("{item} {incident}"),
            purpose: BreachNotice::FACTS.code,
            reason: incident,
        };
        audit::record(tx, &act)?;
    }
    Ok(())
}

/// What became of one letter about an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was offered now.
    Now(Outcome),
    /// It left before, or may have.
    Before,
    /// The person gave no address that can be written to.
    NoAddress,
}

impl Vault {
    /// A line to the mail server, signed in. No address is needed for that, so that none is opened
    /// while the server is down.
    pub fn connect_mail(&self) -> Result<Line, Trouble> {
        match self.ask(Request::Mail(MailRequest::Connect)) {
            Ok(Reply::Mail(MailReply::Line(number))) => Ok(Line {
                vault: self.clone(),
                number,
            }),
            Ok(Reply::Mail(MailReply::Trouble(told))) => Err(told.into()),
            Ok(_) | Err(_) => Err(Trouble::Unreachable),
        }
    }

    /// Writes to everybody in the batch, each at most once for an incident; one answer for each box,
    /// in order. `words` are in each language. Refused unless the operator's file allows it.
    pub fn tell_all(
        &self,
        recorded: RecordedBreach,
        words: &[LetterWords],
    ) -> Result<Vec<Told>, Error> {
        let boxes = recorded.boxes.into_iter();
        let all = MailToAll {
            activity: recorded.activity,
            incident: recorded.incident,
            boxes: boxes.map(|(bound, id)| (bound.into(), id)).collect(),
            words: words.iter().cloned().map(Words::from).collect(),
        };
        match self.ask(Request::Mail(MailRequest::TellAll(Box::new(all))))? {
            Reply::Mail(MailReply::Each(each)) => Ok(each
                .into_iter()
                .map(|told| match told.map(|told| told.outcome()) {
                    None => Told::Before,
                    Some(None) => Told::NoAddress,
                    Some(Some(outcome)) => Told::Now(outcome),
                })
                .collect()),
            _ => Err(Error::Answer),
        }
    }
}
