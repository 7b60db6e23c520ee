//! Letters and how far each has come.
//!
//! Invariant: `sending` is committed before the first byte of a letter leaves; one at `sending`
//! whose sender is gone becomes `uncertain` and stays so (`decisions` D21). The address of a letter
//! about a subscription is dropped when the letter is settled.
//!
//! Not here: the words ([`super::words`]), sending ([`super::post`], [`super::sending`]).

use crate::platform::clock::DAY;
use crate::platform::db::Tx;
use crate::platform::ids::text_id;
pub(super) use crate::platform::mail::way::{LetterStage, State};
use crate::platform::text::Language;

use super::subscribers::{LETTERS_A_DAY, SealedAddress, Subscriber};
use super::{Error, IssueId, SubscriberId, jobs, store};

text_id!(
    /// Names a letter; its Message-ID is made of it.
    LetterId,
    24
);

/// What a letter about a subscription is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterKind {
    /// The link that confirms.
    Confirm,
    /// The address is subscribed already.
    Already,
    /// The link that confirms a new address.
    Move,
    /// Tells the old address that there is a new one.
    Moved,
    /// An issue, sent to one address before it leaves.
    Trial,
}

impl LetterKind {
    /// The word in the database and in templates.
    pub(super) fn code(self) -> &'static str {
        match self {
            LetterKind::Confirm => "confirm",
            LetterKind::Already => "already",
            LetterKind::Move => "move",
            LetterKind::Moved => "moved",
            LetterKind::Trial => "trial",
        }
    }

    /// Reads [`LetterKind::code`].
    pub(super) fn parse(code: &str) -> Option<LetterKind> {
        [
            LetterKind::Confirm,
            LetterKind::Already,
            LetterKind::Move,
            LetterKind::Moved,
            LetterKind::Trial,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
    }
}

/// A letter about a subscription, or a trial.
#[derive(Clone)]
pub(super) struct Single {
    pub(super) id: LetterId,
    pub(super) kind: LetterKind,
    /// Empty for a trial.
    pub(super) subscriber: SubscriberId,
    /// Empty for everything else.
    pub(super) issue: IssueId,
    pub(super) language: Language,
    pub(super) item: String,
    pub(super) sealed: Vec<u8>,
    pub(super) state: State,
}

/// A letter of an issue.
#[derive(Clone)]
pub(super) struct OfIssue {
    pub(super) id: LetterId,
    /// Empty once the person left.
    pub(super) subscriber: SubscriberId,
    pub(super) state: State,
}

/// Puts a letter about a subscription into the queue, unless the person got enough of them today.
pub(super) fn write(tx: &mut Tx, kind: LetterKind, to: &Subscriber) -> Result<(), Error> {
    let since = tx.now().plus(-DAY);
    if store::letters::singles_since(tx, &to.id, since)? >= LETTERS_A_DAY {
        return Ok(());
    }
    let letter = Single {
        id: LetterId::fresh(),
        kind,
        subscriber: to.id.clone(),
        issue: IssueId(String::new()),
        language: to.language,
        item: to.address.item.clone(),
        sealed: to.address.sealed.clone(),
        state: State::waiting(),
    };
    store::letters::insert_single(tx, &letter)?;
    Ok(jobs::enqueue_letter(tx, &letter.id)?)
}

/// Puts a trial of an issue into the queue.
pub(super) fn write_trial(
    tx: &mut Tx,
    issue: &IssueId,
    to: SealedAddress,
    language: Language,
) -> Result<(), Error> {
    let letter = Single {
        id: LetterId::fresh(),
        kind: LetterKind::Trial,
        subscriber: SubscriberId(String::new()),
        issue: issue.clone(),
        language,
        item: to.item,
        sealed: to.sealed,
        state: State::waiting(),
    };
    store::letters::insert_single(tx, &letter)?;
    Ok(jobs::enqueue_letter(tx, &letter.id)?)
}

/// Forgets letters about subscriptions that were written longer ago than counts.
pub(super) fn sweep(tx: &mut Tx) -> Result<(), Error> {
    let before = tx.now().plus(-2 * DAY);
    if store::letters::drop_old_singles(tx, before)? > 0 {
        crate::platform::db::tidy::wanted(tx)?;
    }
    Ok(())
}
