//! Letters to people in sessions, as their caller sees them.
//!
//! Invariant: as for winners, the opening is on record before the vault is asked, and neither an
//! address nor a letter comes back. The vault writes to no more different people than there are
//! places and places in line, as the activity promised before its first entry.
//!
//! Not here: the words and when a letter is due (`notify`), opening and writing (`keeper::post`).

use std::fmt;

use super::disclosing::BoundBox;
use super::letter::{LetterWords, Line, Offered};
use super::purpose::SeatNotice;
use super::wire::Request;
use super::wire::post::{MailRequest, SeatOffer};
use super::{Error, Purpose, Vault, told};
use crate::audit::{self, Act, Actor};
use crate::platform::db::Tx;

/// A contact whose opening for a letter about its place is on record.
pub struct RecordedSeat {
    activity: String,
    bound: BoundBox,
}

impl fmt::Debug for RecordedSeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordedSeat({})", self.activity)
    }
}

/// Writes the audit line of a contact that will be opened for one letter.
///
/// # Errors
/// [`Error::NotTold`] where the notice that the person read does not name the purpose.
pub fn record_seat(
    tx: &mut Tx,
    actor: &Actor,
    letter: &str,
    activity: &str,
    bound: BoundBox,
) -> Result<RecordedSeat, Error> {
    told::check::<SeatNotice>(tx, activity, &bound.notice)?;
    let act = Act {
        actor,
        act: audit::SEAT_TOLD,
        activity,
        object: &bound.item,
        purpose: SeatNotice::FACTS.code,
        reason: letter,
    };
    audit::record(tx, &act)?;
    Ok(RecordedSeat {
        activity: activity.to_owned(),
        bound,
    })
}

impl Vault {
    /// Tells the vault how many people an activity can hold, places and places in line together:
    /// it writes to no more of them. Before the first tag of the activity; may be repeated until
    /// then, and every time takes the place of the time before.
    pub fn promise_places(&self, activity: &str, places: u64) -> Result<(), Error> {
        self.done(Request::PromisePlaces {
            activity: activity.to_owned(),
            places,
        })
    }
}

impl Line {
    /// Has the recorded contact opened, the letter to it written, and sender and recipient named.
    pub fn offer_seat(
        &mut self,
        recorded: RecordedSeat,
        words: &LetterWords,
        message_id: &str,
    ) -> Result<Offered, Error> {
        let RecordedSeat { activity, bound } = recorded;
        let offer = SeatOffer {
            line: self.number(),
            activity,
            bound: bound.into(),
            words: words.clone().into(),
            message_id: message_id.to_owned(),
        };
        self.offered(|vault| vault.ask(Request::Mail(MailRequest::OfferSeat(Box::new(offer)))))
    }
}
