//! Letters to subscribers of the newsletter, to members and to people who are about to enter, as their
//! caller sees them.
//!
//! Invariant: that addresses will be opened is on record before the vault is asked, one line for
//! all that are opened together, and neither an address nor a letter comes back. The vault itself
//! remembers whose box is closed, so that no old copy of the rows brings anybody back.
//!
//! Not here: the words and when a letter is due (`newsletter`, `member`), opening and writing
//! (`keeper::post`).

use std::fmt;

use serde::Serialize;

use super::disclosing::ScopeBox;
use super::field::{Email, KeptReceipts};
use super::letter::{LetterWords, Line, Offered};
use super::particulars::{OpenedParticulars, Particulars};
use super::purpose::{EntranceLetter, MemberLetter, MemberOwn, NewsletterLetter};
use super::wire::post::{MailRequest, NewsOffer, Readers};
use super::wire::{AnswerBox, Refusal, Reply, Request};
use super::{Error, NewAddress, Purpose, Vault};
use crate::audit::{self, Act, Actor};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::templates::{self, TemplateError};
use crate::platform::text::Language;

/// An address whose opening for one letter is on record.
pub struct RecordedNews(Readers, ScopeBox);

impl fmt::Debug for RecordedNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordedNews(…)")
    }
}

/// The words of a letter to a reader; nothing in them is of the person but the links.
#[derive(Clone, Debug)]
pub struct NewsWords {
    /// Subject and plain text.
    pub words: LetterWords,
    /// The same as HTML.
    pub html: String,
    /// Where one click unsubscribes (RFC 8058); empty where nobody is subscribed yet.
    pub leave: String,
}

impl NewsWords {
    /// A letter dated `now`, whose text and HTML the two templates write from one `view`.
    pub fn written(
        language: Language,
        subject: String,
        [text, html]: [&str; 2],
        view: impl Serialize,
        now: Timestamp,
    ) -> Result<NewsWords, TemplateError> {
        let body = templates::render(language, text, &view)?;
        let html = templates::render(language, html, &view)?;
        Ok(NewsWords {
            words: LetterWords {
                subject,
                body,
                date: now,
                language,
            },
            html,
            leave: String::new(),
        })
    }
}

/// Writes one audit line for the addresses that will be opened together, one letter each; `about`
/// is the issue, or the kind of letter.
pub fn record_news(
    tx: &mut Tx,
    actor: &Actor,
    about: &str,
    boxes: Vec<ScopeBox>,
) -> Result<Vec<RecordedNews>, Error> {
    record_readers(tx, actor, Readers::Subscribers, about, boxes)
}

/// The same for letters to members; `about` is the kind of letter.
pub fn record_member(
    tx: &mut Tx,
    about: &str,
    boxes: Vec<ScopeBox>,
) -> Result<Vec<RecordedNews>, Error> {
    record_readers(tx, &Actor::System, Readers::Members, about, boxes)
}

/// The same for the letter with a link to enter; its box was made a moment ago.
pub fn record_entering(tx: &mut Tx, to: &NewAddress) -> Result<Option<RecordedNews>, Error> {
    let address = to.keep(tx)?;
    let sealed = ScopeBox {
        item: address.item,
        sealed: address.sealed,
    };
    let recorded = record_readers(tx, &Actor::System, Readers::Entering, "link", vec![sealed])?;
    Ok(recorded.into_iter().next())
}

fn record_readers(
    tx: &mut Tx,
    actor: &Actor,
    to: Readers,
    about: &str,
    boxes: Vec<ScopeBox>,
) -> Result<Vec<RecordedNews>, Error> {
    if boxes.is_empty() {
        return Ok(Vec::new());
    }
    let (told, purpose) = match to {
        Readers::Subscribers => (audit::NEWS_TOLD, NewsletterLetter::FACTS.code),
        Readers::Members => (audit::MEMBER_TOLD, MemberLetter::FACTS.code),
        Readers::Entering => (audit::ENTERING_TOLD, EntranceLetter::FACTS.code),
    };
    let act = Act {
        actor,
        act: told,
        activity: "",
        object: &format!("{about} {}", boxes.len()),
        purpose,
        reason: to.scope(),
    };
    audit::record(tx, &act)?;
    let recorded = boxes.into_iter().map(|one| RecordedNews(to, one));
    Ok(recorded.collect())
}

/// A member's own address and receipts, open for that member.
#[derive(Debug)]
pub struct OwnRecord {
    address: OpenedParticulars<MemberOwn>,
    receipts: OpenedParticulars<MemberOwn>,
}

impl OwnRecord {
    /// The address.
    pub fn email(&self) -> Option<&str> {
        self.address.read::<Email>().map(|email| email.expose())
    }

    /// The receipts, as the member's side wrote them.
    pub fn receipts(&self) -> Option<&str> {
        let receipts = self.receipts.read::<KeptReceipts>();
        receipts.map(|receipts| receipts.expose())
    }
}

impl Vault {
    /// Has the vault never open this subscriber's box again, whatever the rows say. May be repeated.
    pub fn close_news(&self, item: &str) -> Result<(), Error> {
        self.close_reader(Readers::Subscribers, item)
    }

    /// Has the vault never open this box of a member again, whatever the rows say. May be repeated.
    pub fn close_member(&self, item: &str) -> Result<(), Error> {
        self.close_reader(Readers::Members, item)
    }

    fn close_reader(&self, of: Readers, item: &str) -> Result<(), Error> {
        let item = item.to_owned();
        self.done(Request::CloseReader { of, item })
    }

    /// Opens the boxes of a member who is signed in, for that member alone: the caller has asked
    /// for the session. No line is written; the record tells nothing of who reads the own account.
    pub fn open_member(&self, address: ScopeBox, receipts: ScopeBox) -> Result<OwnRecord, Error> {
        let boxes = [address, receipts].map(|one| AnswerBox {
            item: one.item,
            sealed: one.sealed,
        });
        let request = Request::OpenMember {
            boxes: boxes.into(),
        };
        let Reply::OpenedEach(each) = self.ask(request)? else {
            return Err(Error::Answer);
        };
        let mut opened = each.into_iter().map(|plain| {
            let particulars = Particulars::decode(&plain?.0).ok_or(Refusal::Broken)?;
            Ok::<_, Refusal>(OpenedParticulars::new(particulars))
        });
        let (Some(address), Some(receipts)) = (opened.next(), opened.next()) else {
            return Err(Error::Answer);
        };
        Ok(OwnRecord {
            address: address?,
            receipts: receipts?,
        })
    }
}

impl Line {
    /// Has the recorded address opened, the letter to it written, and sender and recipient named.
    pub fn offer_news(
        &mut self,
        recorded: RecordedNews,
        words: &NewsWords,
        message_id: &str,
    ) -> Result<Offered, Error> {
        let RecordedNews(to, bound) = recorded;
        let offer = NewsOffer {
            line: self.number(),
            to,
            bound: AnswerBox {
                item: bound.item,
                sealed: bound.sealed,
            },
            words: words.words.clone().into(),
            html: words.html.clone(),
            leave: words.leave.clone(),
            message_id: message_id.to_owned(),
        };
        self.offered(|vault| vault.ask(Request::Mail(MailRequest::OfferNews(Box::new(offer)))))
    }
}
