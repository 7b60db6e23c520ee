//! The form for a request, its status, and the queue of staff.
//!
//! Invariant: the reference code is shown once and is never in an address; every answer that holds
//! something typed or secret forbids keeping a copy.

mod public;
mod staff;

use std::time::Duration;

use rocket::Route;

use crate::activity::{self, Facts};
use crate::platform::db::Tx;
use crate::platform::web::throttle::Throttle;

use super::letter::{self, Opened, Recorded};
use super::wire::Letters;
use super::{Error, Request};
use crate::audit::Actor;
use crate::vault::{Email, Phone, RequestText, Vault};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let mut routes = public::routes();
    routes.extend(staff::routes());
    routes
}

/// How often one network may send requests or try codes; managed by Rocket.
pub struct RequestLimit {
    sent: Throttle,
    codes: Throttle,
}

impl Default for RequestLimit {
    fn default() -> RequestLimit {
        RequestLimit {
            sent: Throttle::new(30, Duration::from_secs(120)),
            codes: Throttle::new(60, Duration::from_secs(5)),
        }
    }
}

/// The activity that a request is about, if there is one.
fn activity_of(tx: &mut Tx, request: &Request) -> Result<Option<Facts>, Error> {
    let id = match &request.activity {
        Some(id) => id,
        None => return Ok(None),
    };
    match activity::by_id(tx, id) {
        Ok(facts) => Ok(Some(facts)),
        Err(activity::Error::Unknown) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The letters of a request whose opening is on record.
struct RecordedLetters {
    own: Option<Recorded>,
    answer: Option<Recorded>,
}

impl RecordedLetters {
    /// Writes down that `by` opens what there is.
    fn of(tx: &mut Tx, by: &Actor, request: &Request) -> Result<RecordedLetters, Error> {
        let answer = match &request.answer_item {
            Some(item) => found(letter::record(tx, by, request, item))?,
            None => None,
        };
        Ok(RecordedLetters {
            own: found(letter::record(tx, by, request, &request.item))?,
            answer,
        })
    }

    /// Opens them; what is destroyed stays empty.
    fn open(self, vault: &Vault) -> Result<Letters, Error> {
        let mut letters = Letters::default();
        if let Some(own) = open(vault, self.own)? {
            letters.text = text(&own);
            let email = own.read::<Email>().map(|email| email.expose().to_owned());
            let phone = own.read::<Phone>().map(|phone| phone.expose().to_owned());
            letters.email = email.unwrap_or_default();
            letters.phone = phone.unwrap_or_default();
        }
        if let Some(answer) = open(vault, self.answer)? {
            letters.answer = text(&answer);
        }
        Ok(letters)
    }
}

fn open(vault: &Vault, recorded: Option<Recorded>) -> Result<Option<Opened>, Error> {
    match recorded {
        Some(recorded) => found(letter::open(vault, recorded)),
        None => Ok(None),
    }
}

fn found<T>(opened: Result<T, Error>) -> Result<Option<T>, Error> {
    match opened {
        Ok(opened) => Ok(Some(opened)),
        Err(Error::Gone) => Ok(None),
        Err(error) => Err(error),
    }
}

fn text(opened: &Opened) -> String {
    let text = opened.read::<RequestText>();
    text.map(|text| text.expose().to_owned())
        .unwrap_or_default()
}
