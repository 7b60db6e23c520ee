//! Letters to subscribers of the newsletter, as their caller sees them.
//!
//! Invariant: that addresses will be opened is on record before the vault is asked, one line for
//! all that are opened together, and neither an address nor a letter comes back. The vault itself
//! remembers whose box is closed, so that no old copy of the rows brings anybody back.
//!
//! Not here: the words and when a letter is due (`newsletter`), opening and writing
//! (`keeper::post`).

use std::fmt;

use super::access::SUBSCRIBERS;
use super::disclosing::ScopeBox;
use super::letter::{LetterWords, Line, Offered};
use super::purpose::NewsletterLetter;
use super::wire::post::{MailRequest, NewsOffer};
use super::wire::{AnswerBox, Request};
use super::{Error, Purpose, Vault};
use crate::audit::{self, Act, Actor};
use crate::platform::db::Tx;

/// An address whose opening for one letter is on record.
pub struct RecordedNews(ScopeBox);

impl fmt::Debug for RecordedNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordedNews(…)")
    }
}

/// The words of a letter to a subscriber; nothing in them is of the person but the links.
#[derive(Clone, Debug)]
pub struct NewsWords {
    /// Subject and plain text.
    pub words: LetterWords,
    /// The same as HTML.
    pub html: String,
    /// Where one click unsubscribes (RFC 8058); empty where nobody is subscribed yet.
    pub leave: String,
}

/// Writes one audit line for the addresses that will be opened together, one letter each; `about`
/// is the issue, or the kind of letter.
pub fn record_news(
    tx: &mut Tx,
    actor: &Actor,
    about: &str,
    boxes: Vec<ScopeBox>,
) -> Result<Vec<RecordedNews>, Error> {
    if boxes.is_empty() {
        return Ok(Vec::new());
    }
    let act = Act {
        actor,
        act: audit::NEWS_TOLD,
        activity: "",
        object: &format!("{about} {}", boxes.len()),
        purpose: NewsletterLetter::FACTS.code,
        reason: SUBSCRIBERS,
    };
    audit::record(tx, &act)?;
    Ok(boxes.into_iter().map(RecordedNews).collect())
}

impl Vault {
    /// Has the vault never open this subscriber's box again, whatever the rows say. May be repeated.
    pub fn close_news(&self, item: &str) -> Result<(), Error> {
        let item = item.to_owned();
        self.done(Request::CloseNews { item })
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
        let RecordedNews(bound) = recorded;
        let offer = NewsOffer {
            line: self.number(),
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
