//! Letters to those who look after the site, at the addresses that the operator's own file names.
//!
//! Invariant: the caller brings words and no address; the words hold nothing of a person.

use super::letter::LetterWords;
use super::wire::post::{AlarmLetter, MailReply, MailRequest};
use super::wire::{Reply, Request};
use super::{Error, Vault};
use crate::platform::mail::{Outcome, Trouble};

impl Vault {
    /// Writes to everybody whom the operator named; what became of the letters together: once one of
    /// them may have left, none is sent again.
    pub fn alarm(&self, words: LetterWords, message_id: &str) -> Result<Outcome, Error> {
        let letter = AlarmLetter {
            words: words.into(),
            message_id: message_id.to_owned(),
        };
        let asked = self.ask(Request::Mail(MailRequest::Alarm(Box::new(letter))))?;
        let Reply::Mail(MailReply::Each(each)) = asked else {
            return Err(Error::Answer);
        };
        let outcomes: Vec<Outcome> = each
            .into_iter()
            .filter_map(|told| told.and_then(|told| told.outcome()))
            .collect();
        let left = outcomes
            .iter()
            .find(|outcome| !matches!(outcome, Outcome::TryLater(_)));
        let first = left.or(outcomes.first()).copied();
        Ok(first.unwrap_or(Outcome::TryLater(Trouble::NotConfigured)))
    }
}
