//! A letter with an answer in it, as its caller sees it.
//!
//! Invariant: the opening of both boxes is on record before the vault is asked; neither the address
//! nor the answer comes back.
//!
//! Not here: the words around the answer (`feedback`), opening and writing (`keeper::post`).

use super::Error;
use super::letter::{LetterWords, Line, Offered};
use super::purpose::FeedbackReply;
use super::scopes::RecordedInScope;
use super::wire::post::{MailRequest, ScopeOffer};
use super::wire::{AnswerBox, Request};

impl Line {
    /// Has the first of the recorded boxes opened for its address and the second for its text, which
    /// takes the place of [`super::NAME_HERE`], and sender and recipient named.
    pub fn offer_in_scope(
        &mut self,
        recorded: RecordedInScope<FeedbackReply>,
        words: &LetterWords,
        message_id: &str,
    ) -> Result<Offered, Error> {
        let RecordedInScope { scope, boxes, .. } = recorded;
        let boxes = boxes.into_iter().map(|one| AnswerBox {
            item: one.item,
            sealed: one.sealed,
        });
        let offer = ScopeOffer {
            line: self.number(),
            scope,
            boxes: boxes.collect(),
            words: words.clone().into(),
            message_id: message_id.to_owned(),
        };
        self.offered(|vault| vault.ask(Request::Mail(MailRequest::OfferInScope(Box::new(offer)))))
    }
}
