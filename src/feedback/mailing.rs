//! How far the mail of an answer has come.
//!
//! Invariant: one at `Sending` whose sender is gone becomes `Uncertain` and stays so
//! (`decisions` D21); the answer is on the status page in any case.

use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::jobs::back_off;
use crate::platform::mail::Outcome;

use super::{Error, FeedbackId, Letter, store};

/// How far the mail of an answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailing {
    /// It is not mailed.
    None,
    /// To be sent.
    Waiting,
    /// Leaving now.
    Sending,
    /// The server took it.
    Sent,
    /// Nobody knows whether the server took it.
    Uncertain,
    /// The server refused it for good.
    Refused,
    /// The address cannot be written to.
    NoAddress,
}

impl Mailing {
    const ALL: [Mailing; 7] = [
        Mailing::None,
        Mailing::Waiting,
        Mailing::Sending,
        Mailing::Sent,
        Mailing::Uncertain,
        Mailing::Refused,
        Mailing::NoAddress,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Mailing::None => "none",
            Mailing::Waiting => "waiting",
            Mailing::Sending => "sending",
            Mailing::Sent => "sent",
            Mailing::Uncertain => "uncertain",
            Mailing::Refused => "refused",
            Mailing::NoAddress => "no_address",
        }
    }

    /// Reads [`Mailing::code`].
    pub fn parse(code: &str) -> Option<Mailing> {
        Mailing::ALL.into_iter().find(|mail| mail.code() == code)
    }
}

/// The letter is about to leave; committed before it does. `false` when somebody else sends it.
pub(super) fn begin(tx: &mut Tx, id: &FeedbackId, letter: &Letter) -> Result<bool, Error> {
    let sending = Letter {
        mail: Mailing::Sending,
        attempts: letter.attempts + 1,
        ..letter.clone()
    };
    Ok(store::advance(tx, id, &[Mailing::Waiting], &sending)?)
}

/// A letter that does not leave now, or not at all, and why as a stable word.
pub(super) fn put(
    tx: &mut Tx,
    id: &FeedbackId,
    letter: &Letter,
    mail: Mailing,
    why: &str,
) -> Result<(), Error> {
    let put = Letter {
        mail,
        last_reply: why.to_owned(),
        ..letter.clone()
    };
    store::advance(tx, id, &[Mailing::Waiting, Mailing::Sending], &put)?;
    Ok(())
}

/// Writes down what became of a try; for one that may be repeated, from when on.
pub(super) fn settle(
    tx: &mut Tx,
    id: &FeedbackId,
    letter: &Letter,
    outcome: Outcome,
) -> Result<Option<Timestamp>, Error> {
    let mut settled = letter.clone();
    settled.attempts += 1;
    let mut again = None;
    (settled.mail, settled.last_reply) = match outcome {
        Outcome::Sent => (Mailing::Sent, String::new()),
        Outcome::Refused { code } => (Mailing::Refused, code.to_string()),
        Outcome::Uncertain => (Mailing::Uncertain, "lost".to_owned()),
        Outcome::TryLater(trouble) => {
            again = Some(tx.now().plus(back_off(letter.attempts)));
            (Mailing::Waiting, trouble.word())
        }
    };
    store::advance(tx, id, &[Mailing::Waiting, Mailing::Sending], &settled)?;
    Ok(again)
}
