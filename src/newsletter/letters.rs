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
use crate::platform::mail::Outcome;
use crate::platform::text::Language;

use super::subscribers::{LETTERS_A_DAY, SealedAddress, Subscriber};
use super::{Error, IssueId, SubscriberId, jobs, store};

text_id!(
    /// Names a letter; its Message-ID is made of it.
    LetterId,
    24
);

/// After so many tries that the server put off, a letter is given up.
const TRIES: i64 = 12;
/// What a server says where there is no such mailbox (RFC 5321, 4.2.3).
const NO_SUCH_MAILBOX: [u16; 3] = [550, 551, 553];

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

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterStage {
    /// To be sent.
    Waiting,
    /// Leaving now.
    Sending,
    /// The server took it.
    Sent,
    /// Nobody knows whether the server took it.
    Uncertain,
    /// The server says that there is no such mailbox.
    Bounced,
    /// The server did not want it.
    Refused,
    /// Not needed any more.
    Dropped,
}

impl LetterStage {
    /// The word in the database.
    pub(super) fn code(self) -> &'static str {
        match self {
            LetterStage::Waiting => "waiting",
            LetterStage::Sending => "sending",
            LetterStage::Sent => "sent",
            LetterStage::Uncertain => "uncertain",
            LetterStage::Bounced => "bounced",
            LetterStage::Refused => "refused",
            LetterStage::Dropped => "dropped",
        }
    }

    /// Reads [`LetterStage::code`].
    pub(super) fn parse(code: &str) -> Option<LetterStage> {
        [
            LetterStage::Waiting,
            LetterStage::Sending,
            LetterStage::Sent,
            LetterStage::Uncertain,
            LetterStage::Bounced,
            LetterStage::Refused,
            LetterStage::Dropped,
        ]
        .into_iter()
        .find(|stage| stage.code() == code)
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

/// What is known of a letter's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) stage: LetterStage,
    pub(super) attempts: i64,
    /// What was heard last; empty or a stable word.
    pub(super) last_reply: String,
}

impl State {
    /// To be sent.
    pub(super) fn waiting() -> State {
        State {
            stage: LetterStage::Waiting,
            attempts: 0,
            last_reply: String::new(),
        }
    }

    /// About to leave.
    pub(super) fn leaving(&self) -> State {
        State {
            stage: LetterStage::Sending,
            ..self.clone()
        }
    }

    /// Not needed any more.
    pub(super) fn dropped(&self) -> State {
        State {
            stage: LetterStage::Dropped,
            ..self.clone()
        }
    }

    /// Its sender is gone.
    pub(super) fn lost(&self) -> State {
        State {
            stage: LetterStage::Uncertain,
            last_reply: "crash".to_owned(),
            ..self.clone()
        }
    }

    /// After a try.
    pub(super) fn after(&self, outcome: Outcome) -> State {
        let attempts = self.attempts + 1;
        let (stage, last_reply) = match outcome {
            Outcome::Sent => (LetterStage::Sent, String::new()),
            Outcome::Uncertain => (LetterStage::Uncertain, "lost".to_owned()),
            Outcome::Refused { code } if NO_SUCH_MAILBOX.contains(&code) => {
                (LetterStage::Bounced, code.to_string())
            }
            Outcome::Refused { code } => (LetterStage::Refused, code.to_string()),
            Outcome::TryLater(trouble) if attempts >= TRIES => {
                (LetterStage::Refused, trouble.word())
            }
            Outcome::TryLater(trouble) => (LetterStage::Waiting, trouble.word()),
        };
        State {
            stage,
            attempts,
            last_reply,
        }
    }

    /// Where a letter may come from to be settled so: what another process gave up as uncertain
    /// may become known.
    pub(super) fn may_follow(&self) -> &'static [LetterStage] {
        const BEFORE: &[LetterStage] = &[LetterStage::Waiting, LetterStage::Sending];
        const KNOWN: &[LetterStage] = &[
            LetterStage::Waiting,
            LetterStage::Sending,
            LetterStage::Uncertain,
        ];
        match self.stage {
            LetterStage::Sent | LetterStage::Bounced | LetterStage::Refused => KNOWN,
            _ => BEFORE,
        }
    }
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
