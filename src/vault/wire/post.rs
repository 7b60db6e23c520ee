//! What crosses about letters, and which messages may be asked twice.
//!
//! Invariant: no address and no text with a person's name in it crosses; the caller sends the words
//! with a mark where the name goes, and hears what became of the letter.

use serde::{Deserialize, Serialize};

use super::super::access::{ENTERING, MEMBERS, SUBSCRIBERS};
use super::{AnswerBox, BundleRef, PersonBox, Request, WinnerBox};
use crate::platform::mail::{Outcome, Trouble};
use crate::platform::text::Language;

/// What is asked about letters.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) enum MailRequest {
    /// A line to the mail server, signed in.
    Connect,
    /// Sender and recipient named, the letter ready to leave.
    Offer(Box<MailOffer>),
    /// The same to somebody with a place in a session, or in its line.
    OfferSeat(Box<SeatOffer>),
    /// The same to a subscriber of the newsletter, or to a member.
    OfferNews(Box<NewsOffer>),
    /// The same to somebody who wrote to the library, with the answer.
    OfferInScope(Box<ScopeOffer>),
    /// The letter leaves.
    HandOver { line: u64 },
    /// The line is not needed any more.
    Leave { line: u64 },
    /// One letter to each of many, each at most once.
    TellAll(Box<MailToAll>),
    /// One letter to each of those whom the operator named.
    Alarm(Box<AlarmLetter>),
}

/// One letter to the person behind a winning ticket.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) struct MailOffer {
    pub(in crate::vault) line: u64,
    pub(in crate::vault) activity: String,
    pub(in crate::vault) bundle: BundleRef,
    /// The person, and where there is a second box, one whose address must be another.
    pub(in crate::vault) boxes: Vec<WinnerBox>,
    pub(in crate::vault) words: Words,
    pub(in crate::vault) message_id: String,
}

/// One letter to somebody with a place in a session, or in its line.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) struct SeatOffer {
    pub(in crate::vault) line: u64,
    pub(in crate::vault) activity: String,
    pub(in crate::vault) bound: PersonBox,
    pub(in crate::vault) words: Words,
    pub(in crate::vault) message_id: String,
}

/// People who are written to at an address that they confirmed, or are about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::vault) enum Readers {
    /// Of the newsletter.
    Subscribers,
    /// With an account.
    Members,
    /// Who wait for a link to enter.
    Entering,
}

impl Readers {
    /// To whose key their addresses are sealed.
    pub(in crate::vault) fn scope(self) -> &'static str {
        match self {
            Readers::Subscribers => SUBSCRIBERS,
            Readers::Members => MEMBERS,
            Readers::Entering => ENTERING,
        }
    }
}

/// One letter to a subscriber of the newsletter, or to a member.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) struct NewsOffer {
    pub(in crate::vault) line: u64,
    pub(in crate::vault) to: Readers,
    pub(in crate::vault) bound: AnswerBox,
    pub(in crate::vault) words: Words,
    /// The same words as HTML.
    pub(in crate::vault) html: String,
    /// Where one click unsubscribes; empty where nobody is subscribed yet.
    pub(in crate::vault) leave: String,
    pub(in crate::vault) message_id: String,
}

/// One letter to somebody who wrote to the library.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) struct ScopeOffer {
    pub(in crate::vault) line: u64,
    pub(in crate::vault) scope: String,
    /// The box with the address, and the box whose text goes into the letter.
    pub(in crate::vault) boxes: Vec<AnswerBox>,
    pub(in crate::vault) words: Words,
    pub(in crate::vault) message_id: String,
}

/// A letter to everybody whom an incident concerns.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) struct MailToAll {
    pub(in crate::vault) activity: String,
    pub(in crate::vault) incident: String,
    /// Each with the name of its letter.
    pub(in crate::vault) boxes: Vec<(PersonBox, String)>,
    /// In each language.
    pub(in crate::vault) words: Vec<Words>,
}

/// A letter to those who look after the site.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) struct AlarmLetter {
    pub(in crate::vault) words: Words,
    pub(in crate::vault) message_id: String,
}

/// The words of a letter.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) struct Words {
    pub(in crate::vault) subject: String,
    pub(in crate::vault) body: String,
    pub(in crate::vault) date: i64,
    /// The tag of the language, as [`Language::tag`] gives it.
    pub(in crate::vault) language: String,
}

impl Words {
    pub(in crate::vault) fn language(&self) -> Language {
        let known = Language::ALL.into_iter();
        let mut fitting = known.filter(|language| language.tag() == self.language);
        fitting.next().unwrap_or_default()
    }
}

/// What is answered about letters.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) enum MailReply {
    Line(u64),
    Ready,
    /// The line is none, or none any more: nothing has left over it.
    Gone,
    NoAddress,
    SameAddress,
    Trouble(ToldTrouble),
    Outcome(ToldOutcome),
    /// One for each letter; nothing where it left before.
    Each(Vec<Option<ToldOutcome>>),
}

/// [`Trouble`] as it travels.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(in crate::vault) enum ToldTrouble {
    NotConfigured,
    Unreachable,
    Tls,
    SignIn,
    Reply(u16),
}

/// [`Outcome`] as it travels; `NoAddress` for a box without one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(in crate::vault) enum ToldOutcome {
    Sent,
    Refused(u16),
    TryLater(ToldTrouble),
    Uncertain,
    NoAddress,
}

impl From<Trouble> for ToldTrouble {
    fn from(trouble: Trouble) -> ToldTrouble {
        match trouble {
            Trouble::NotConfigured => ToldTrouble::NotConfigured,
            Trouble::Unreachable => ToldTrouble::Unreachable,
            Trouble::Tls => ToldTrouble::Tls,
            Trouble::SignIn => ToldTrouble::SignIn,
            Trouble::Reply(code) => ToldTrouble::Reply(code),
        }
    }
}

impl From<ToldTrouble> for Trouble {
    fn from(told: ToldTrouble) -> Trouble {
        match told {
            ToldTrouble::NotConfigured => Trouble::NotConfigured,
            ToldTrouble::Unreachable => Trouble::Unreachable,
            ToldTrouble::Tls => Trouble::Tls,
            ToldTrouble::SignIn => Trouble::SignIn,
            ToldTrouble::Reply(code) => Trouble::Reply(code),
        }
    }
}

impl From<Outcome> for ToldOutcome {
    fn from(outcome: Outcome) -> ToldOutcome {
        match outcome {
            Outcome::Sent => ToldOutcome::Sent,
            Outcome::Refused { code } => ToldOutcome::Refused(code),
            Outcome::TryLater(trouble) => ToldOutcome::TryLater(trouble.into()),
            Outcome::Uncertain => ToldOutcome::Uncertain,
        }
    }
}

impl ToldOutcome {
    /// Nothing where the box held no address.
    pub(in crate::vault) fn outcome(self) -> Option<Outcome> {
        Some(match self {
            ToldOutcome::Sent => Outcome::Sent,
            ToldOutcome::Refused(code) => Outcome::Refused { code },
            ToldOutcome::TryLater(trouble) => Outcome::TryLater(trouble.into()),
            ToldOutcome::Uncertain => Outcome::Uncertain,
            ToldOutcome::NoAddress => return None,
        })
    }
}

impl Request {
    /// Whether the mail server is needed for the answer, which may take minutes.
    pub(in crate::vault) fn is_mail(&self) -> bool {
        match self {
            Request::Mail(mail) => !matches!(mail, MailRequest::Leave { .. }),
            _ => false,
        }
    }

    /// Asks whether anybody is there, and nothing else.
    pub(in crate::vault) fn nothing() -> Request {
        Request::Each(Vec::new())
    }

    /// Whether the thread that reads answers it, from memory: nothing else can be in its way.
    pub(in crate::vault) fn is_brief(&self) -> bool {
        matches!(self, Request::Each(_))
    }

    /// Whether a person waits for it; others may be before it.
    pub(in crate::vault) fn is_awaited(&self) -> bool {
        matches!(
            self,
            Request::MatchId { .. }
                | Request::OpenOwnCopy { .. }
                | Request::OpenMember { .. }
                | Request::HowLocked { .. }
                | Request::SignCheckpoint { .. }
        )
    }

    /// Whether a message that was lost with the process may be asked of the next one: it changes
    /// nothing, or the second time changes nothing more.
    ///
    /// Letters are not: one may have left. Nor are rows that only the operator's number allows, and
    /// shares that were made but shown to nobody.
    pub(in crate::vault) fn is_asked_again(&self) -> bool {
        !matches!(
            self,
            Request::Mail(_) | Request::OpenNamed { .. } | Request::CreateShares { .. }
        )
    }
}
