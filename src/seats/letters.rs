//! Letters to people in sessions: which are to be written, and how far each has come.
//!
//! Invariant: for an entry and a kind there is one letter. One at `sending` whose sender is gone
//! becomes `uncertain` and stays so (`decisions` D21). What a letter says is on the person's own
//! page too, so nobody depends on it.
//!
//! Not here: opening the address and sending, and the words ([`crate::notify`]).

use crate::activity::ActivityId;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::ids::text_id;
use crate::platform::jobs::back_off;
use crate::platform::mail::Outcome;

use super::{Error, SessionId, jobs, store};

text_id!(
    /// Names a letter; its Message-ID is made of it.
    LetterId,
    24
);

/// What a letter tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// A place came free, and until when to say so.
    Offered,
    /// The session is called off.
    Cancelled,
    /// Staff took the place back.
    TakenBack,
}

impl LetterKind {
    /// The word in the database and in templates.
    pub fn code(self) -> &'static str {
        match self {
            LetterKind::Offered => "offered",
            LetterKind::Cancelled => "cancelled",
            LetterKind::TakenBack => "taken_back",
        }
    }

    /// Reads [`LetterKind::code`].
    pub fn parse(code: &str) -> Option<LetterKind> {
        [
            LetterKind::Offered,
            LetterKind::Cancelled,
            LetterKind::TakenBack,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
    }
}

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterStage {
    /// To be sent.
    Waiting,
    /// Leaving now.
    Sending,
    /// The server took it.
    Sent,
    /// Nobody knows whether the server took it.
    Uncertain,
    /// The server, or the vault, refused it for good.
    Refused,
    /// The person gave no address that can be written to.
    NoAddress,
    /// No longer needed.
    Dropped,
}

impl LetterStage {
    /// Every stage, in the order of lists.
    pub const ALL: [LetterStage; 7] = [
        LetterStage::Waiting,
        LetterStage::Sending,
        LetterStage::Sent,
        LetterStage::Uncertain,
        LetterStage::Refused,
        LetterStage::NoAddress,
        LetterStage::Dropped,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            LetterStage::Waiting => "waiting",
            LetterStage::Sending => "sending",
            LetterStage::Sent => "sent",
            LetterStage::Uncertain => "uncertain",
            LetterStage::Refused => "refused",
            LetterStage::NoAddress => "no_address",
            LetterStage::Dropped => "dropped",
        }
    }

    /// Reads [`LetterStage::code`].
    pub fn parse(code: &str) -> Option<LetterStage> {
        LetterStage::ALL
            .into_iter()
            .find(|stage| stage.code() == code)
    }
}

/// One letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its id.
    pub id: LetterId,
    /// To whom.
    pub entry: String,
    /// About which session.
    pub session: SessionId,
    /// What it tells.
    pub kind: LetterKind,
    /// How far it has come.
    pub stage: LetterStage,
    /// How often it was tried.
    pub attempts: i64,
    /// What was heard last; empty or a stable word.
    pub last_reply: String,
    /// When the server took it.
    pub sent_at: Option<Timestamp>,
}

/// Puts a letter into the queue; a second one of the kind to the same entry is left out.
pub(super) fn write(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &str,
    session: &SessionId,
    kind: LetterKind,
) -> Result<(), Error> {
    let known = store::letters::of_entry(tx, activity, entry)?;
    if known.iter().any(|letter| letter.kind == kind) {
        return Ok(());
    }
    let letter = Letter {
        id: LetterId::fresh(),
        entry: entry.to_owned(),
        session: session.clone(),
        kind,
        stage: LetterStage::Waiting,
        attempts: 0,
        last_reply: String::new(),
        sent_at: None,
    };
    store::letters::insert(tx, activity, &letter)?;
    Ok(jobs::enqueue_letter(tx, activity, &letter.id)?)
}

/// Puts a letter away that waits and that nobody needs any more.
pub(super) fn no_longer(
    tx: &mut Tx,
    activity: &ActivityId,
    entry: &str,
    kind: LetterKind,
) -> Result<(), Error> {
    for letter in store::letters::of_entry(tx, activity, entry)? {
        if letter.kind == kind {
            put_away(tx, activity, &letter, LetterStage::Dropped, "")?;
        }
    }
    Ok(())
}

/// A letter by its id.
pub fn find(tx: &mut Tx, activity: &ActivityId, id: &LetterId) -> Result<Option<Letter>, Error> {
    Ok(store::letters::find(tx, activity, id)?)
}

/// Every letter about a session.
pub fn of_session(
    tx: &mut Tx,
    activity: &ActivityId,
    session: &SessionId,
) -> Result<Vec<Letter>, Error> {
    Ok(store::letters::of_session(tx, activity, session)?)
}

/// The letter is about to leave; committed before it does. `false` when somebody else sends it.
pub fn begin_sending(tx: &mut Tx, activity: &ActivityId, letter: &Letter) -> Result<bool, Error> {
    let sending = Letter {
        stage: LetterStage::Sending,
        attempts: letter.attempts + 1,
        ..letter.clone()
    };
    Ok(store::letters::advance(
        tx,
        activity,
        &[LetterStage::Waiting],
        &sending,
    )?)
}

/// Its sender is gone: nobody knows whether it left.
pub fn lose(tx: &mut Tx, activity: &ActivityId, letter: &Letter) -> Result<(), Error> {
    let lost = Letter {
        stage: LetterStage::Uncertain,
        last_reply: "crash".to_owned(),
        ..letter.clone()
    };
    store::letters::advance(tx, activity, &[LetterStage::Sending], &lost)?;
    Ok(())
}

/// A letter that will not be sent, and why, as a stable word.
pub fn put_away(
    tx: &mut Tx,
    activity: &ActivityId,
    letter: &Letter,
    stage: LetterStage,
    why: &str,
) -> Result<(), Error> {
    let away = Letter {
        stage,
        last_reply: why.to_owned(),
        ..letter.clone()
    };
    store::letters::advance(tx, activity, &[LetterStage::Waiting], &away)?;
    Ok(())
}

/// It keeps waiting without a try of its own, and the list says why.
pub fn keep_waiting(
    tx: &mut Tx,
    activity: &ActivityId,
    letter: &Letter,
    why: String,
) -> Result<(), Error> {
    let waiting = Letter {
        last_reply: why,
        ..letter.clone()
    };
    store::letters::advance(tx, activity, &[LetterStage::Waiting], &waiting)?;
    Ok(())
}

/// Writes down what became of a try; for one that may be repeated, from when on.
pub fn settle(
    tx: &mut Tx,
    activity: &ActivityId,
    letter: &Letter,
    outcome: Outcome,
) -> Result<Option<Timestamp>, Error> {
    let mut settled = letter.clone();
    settled.attempts += 1;
    let mut from = vec![LetterStage::Waiting, LetterStage::Sending];
    let mut again = None;
    match outcome {
        Outcome::Sent => {
            settled.stage = LetterStage::Sent;
            settled.last_reply = String::new();
            settled.sent_at = Some(tx.now());
            // Another process may have given this one up; now it is known.
            from.push(LetterStage::Uncertain);
        }
        Outcome::Refused { code } => {
            settled.stage = LetterStage::Refused;
            settled.last_reply = code.to_string();
            from.push(LetterStage::Uncertain);
        }
        Outcome::Uncertain => {
            settled.stage = LetterStage::Uncertain;
            settled.last_reply = "lost".to_owned();
        }
        Outcome::TryLater(trouble) => {
            settled.stage = LetterStage::Waiting;
            settled.last_reply = trouble.word();
            again = Some(tx.now().plus(back_off(letter.attempts)));
        }
    }
    store::letters::advance(tx, activity, &from, &settled)?;
    Ok(again)
}
