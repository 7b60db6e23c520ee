//! Letters about accounts.
//!
//! Invariant: a letter goes to the address to which it is about and carries no name; of those that
//! anybody can ask for, an address gets at most [`LETTERS_A_DAY`] in a day. The address is dropped
//! when the letter is settled.
//!
//! Not here: how far a letter has come ([`crate::platform::mail::way`]), the words
//! ([`super::words`]), sending ([`super::post`]).

use lucky_draw::encode::Hash;

use crate::platform::clock::DAY;
use crate::platform::db::{self, Tx};
use crate::platform::ids::text_id;
pub(super) use crate::platform::mail::way::{LetterStage, State};
use crate::platform::text::Language;
use crate::vault::SealedAddress;

use super::asking::LETTERS_A_DAY;
use super::{Error, jobs, store};

text_id!(
    /// Names a letter; its Message-ID is made of it.
    LetterId,
    24
);

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterKind {
    /// The link of a new account.
    Register,
    /// The address has an account already.
    Already,
    /// The link for another passphrase.
    Forgotten,
    /// The address has no account.
    Nobody,
    /// The link that confirms a new address.
    Move,
    /// Tells the old address that there is a new one.
    Moved,
    /// Tells the owner that the passphrase was changed.
    Changed,
    /// Tells of a major change of the general policy, whose version is its code.
    Policy,
}

impl LetterKind {
    const ALL: [LetterKind; 8] = [
        LetterKind::Register,
        LetterKind::Already,
        LetterKind::Forgotten,
        LetterKind::Nobody,
        LetterKind::Move,
        LetterKind::Moved,
        LetterKind::Changed,
        LetterKind::Policy,
    ];

    /// The word in the database and in templates.
    pub fn code(self) -> &'static str {
        match self {
            LetterKind::Register => "register",
            LetterKind::Already => "already",
            LetterKind::Forgotten => "forgotten",
            LetterKind::Nobody => "nobody",
            LetterKind::Move => "move",
            LetterKind::Moved => "moved",
            LetterKind::Changed => "changed",
            LetterKind::Policy => "policy",
        }
    }

    /// Reads [`LetterKind::code`].
    pub fn parse(code: &str) -> Option<LetterKind> {
        LetterKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether a link in it leads to something that waits.
    pub(super) fn has_link(self) -> bool {
        matches!(
            self,
            LetterKind::Register | LetterKind::Forgotten | LetterKind::Move
        )
    }

    /// Whether anybody can bring it about.
    fn is_asked_for(self) -> bool {
        !matches!(
            self,
            LetterKind::Moved | LetterKind::Changed | LetterKind::Policy
        )
    }
}

/// A letter about an account.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) id: LetterId,
    pub(super) kind: LetterKind,
    /// What its link names, or the version that it tells of; empty where it has none.
    pub(super) code: String,
    pub(super) tag: Hash,
    pub(super) language: Language,
    pub(super) item: String,
    pub(super) sealed: Vec<u8>,
    pub(super) state: State,
}

/// Puts a letter into the queue, unless the address got enough of them today.
pub(super) fn write(
    tx: &mut Tx,
    kind: LetterKind,
    (to, language): (&SealedAddress, Language),
    code: &str,
) -> Result<(), Error> {
    let since = tx.now().plus(-DAY);
    let today = store::letters::count_since(tx, &to.tag, since)?;
    if kind.is_asked_for() && today >= LETTERS_A_DAY {
        return Ok(());
    }
    let letter = Letter {
        id: LetterId::fresh(),
        kind,
        code: code.to_owned(),
        tag: to.tag,
        language,
        item: to.item.clone(),
        sealed: to.sealed.clone(),
        state: State::waiting(),
    };
    store::letters::insert(tx, &letter)?;
    Ok(jobs::enqueue_letter(tx, &letter.id)?)
}

/// Forgets letters that were written longer ago than counts.
pub(super) fn sweep(tx: &mut Tx) -> Result<(), Error> {
    let before = tx.now().plus(-2 * DAY);
    if store::letters::drop_old(tx, before)? > 0 {
        db::tidy::wanted(tx)?;
    }
    Ok(())
}
