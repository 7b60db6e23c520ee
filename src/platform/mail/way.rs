//! How far a letter to somebody who asked for it has come.
//!
//! Invariant: `sending` is committed before the first byte of a letter leaves; one at `sending`
//! whose sender is gone becomes `uncertain` and stays so (`decisions` D21).
//!
//! Not here: rows of letters (`newsletter`, `member`).

use super::Outcome;

/// After so many tries that the server put off, a letter is given up.
const TRIES: i64 = 12;
/// What a server says where there is no such mailbox (RFC 5321, 4.2.3).
const NO_SUCH_MAILBOX: [u16; 3] = [550, 551, 553];

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
    /// The server says that there is no such mailbox.
    Bounced,
    /// The server did not want it.
    Refused,
    /// Not needed any more.
    Dropped,
}

impl LetterStage {
    /// The word in the database.
    pub fn code(self) -> &'static str {
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
    pub fn parse(code: &str) -> Option<LetterStage> {
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

/// What is known of a letter's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// How far.
    pub stage: LetterStage,
    /// How often it was tried.
    pub attempts: i64,
    /// What was heard last; empty or a stable word.
    pub last_reply: String,
}

impl State {
    /// To be sent.
    pub fn waiting() -> State {
        State {
            stage: LetterStage::Waiting,
            attempts: 0,
            last_reply: String::new(),
        }
    }

    /// About to leave.
    pub fn leaving(&self) -> State {
        State {
            stage: LetterStage::Sending,
            ..self.clone()
        }
    }

    /// Not needed any more.
    pub fn dropped(&self) -> State {
        State {
            stage: LetterStage::Dropped,
            ..self.clone()
        }
    }

    /// Its sender is gone.
    pub fn lost(&self) -> State {
        State {
            stage: LetterStage::Uncertain,
            last_reply: "crash".to_owned(),
            ..self.clone()
        }
    }

    /// After a try.
    pub fn after(&self, outcome: Outcome) -> State {
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
    pub fn may_follow(&self) -> &'static [LetterStage] {
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
