//! The form for feedback, its status, and the list of staff.
//!
//! Invariant: the reference code is shown once and is never in an address; every answer that holds
//! something typed or secret forbids keeping a copy.

mod public;
mod staff;

use std::time::Duration;

use rocket::Route;

use crate::audit::Actor;
use crate::platform::db::Tx;
use crate::platform::web::throttle::Throttle;
use crate::vault::{Email, RequestText, Vault};

use super::letter::{self, Recorded};
use super::wire::LetterView;
use crate::vault::guard::Haste;

use super::{Error, Feedback, Letter};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let mut routes = public::routes();
    routes.extend(staff::routes());
    routes
}

/// How often one network may write or try codes; managed by Rocket.
pub struct FeedbackLimit {
    sent: Throttle,
    codes: Throttle,
    hasty: Haste,
}

impl Default for FeedbackLimit {
    fn default() -> FeedbackLimit {
        FeedbackLimit {
            sent: Throttle::new(30, Duration::from_secs(120)),
            codes: Throttle::new(60, Duration::from_secs(5)),
            hasty: Haste::default(),
        }
    }
}

/// The letters of a matter whose opening is on record.
struct RecordedLetters {
    letters: Vec<Letter>,
    recorded: Option<Recorded>,
}

impl RecordedLetters {
    /// Writes down that `by` opens what there is.
    fn of(tx: &mut Tx, by: &Actor, feedback: &Feedback) -> Result<RecordedLetters, Error> {
        let letters = super::letters(tx, &feedback.id)?;
        let items: Vec<&str> = letters.iter().map(|letter| letter.item.as_str()).collect();
        let recorded = match letter::record(tx, by, feedback, &items) {
            Err(Error::Gone) => None,
            recorded => Some(recorded?),
        };
        Ok(RecordedLetters { letters, recorded })
    }

    /// Opens them, with the address for the answer; what is destroyed stays empty.
    fn open(self, vault: &Vault) -> Result<(Vec<LetterView>, String), Error> {
        let opened = match self.recorded.map(|recorded| letter::open(vault, recorded)) {
            None | Some(Err(Error::Gone)) => Vec::new(),
            Some(opened) => opened?,
        };
        let first = opened.first().and_then(|first| first.read::<Email>());
        let email = first.map_or_else(String::new, |email| email.expose().to_owned());
        let mut texts = opened.iter().map(|letter| {
            let text = letter.read::<RequestText>();
            text.map_or_else(String::new, |text| text.expose().to_owned())
        });
        let views = self
            .letters
            .iter()
            .map(|letter| LetterView::new(letter, texts.next().unwrap_or_default()))
            .collect();
        Ok((views, email))
    }
}
