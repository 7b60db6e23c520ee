//! Letters about accounts.
//!
//! Invariant: a letter goes to the address to which it is about and carries no name; of those that
//! anybody can ask for, an address gets at most [`LETTERS_A_DAY`] by one form in a day. The address is dropped
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
use super::{Error, Member, jobs, store};

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
    /// Tells the owner of a [`Change`], whose word is its code.
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

    /// What the form brings that brings this, where anybody can fill it in. Each form has a number of
    /// letters of its own: whoever fills in one for somebody else keeps nobody from the other.
    fn of_the_same_form(self) -> &'static [LetterKind] {
        match self {
            LetterKind::Register | LetterKind::Already => {
                &[LetterKind::Register, LetterKind::Already]
            }
            LetterKind::Forgotten | LetterKind::Nobody => {
                &[LetterKind::Forgotten, LetterKind::Nobody]
            }
            LetterKind::Move => &[LetterKind::Move],
            LetterKind::Moved | LetterKind::Changed | LetterKind::Policy => &[],
        }
    }
}

/// What of the ways into an account was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The passphrase.
    Passphrase,
    /// A provider elsewhere lets in as well.
    Linked,
    /// It does not any more.
    Unlinked,
    /// A second step was set up, or set up anew.
    StepOn,
    /// It was taken away.
    StepOff,
    /// Somebody who is signed in wants another address, which is not confirmed yet.
    Moving,
}

impl Change {
    const ALL: [Change; 6] = [
        Change::Passphrase,
        Change::Linked,
        Change::Unlinked,
        Change::StepOn,
        Change::StepOff,
        Change::Moving,
    ];

    /// The word in the database and in templates.
    pub(super) fn code(self) -> &'static str {
        match self {
            Change::Passphrase => "",
            Change::Linked => "linked",
            Change::Unlinked => "unlinked",
            Change::StepOn => "step-on",
            Change::StepOff => "step-off",
            Change::Moving => "moving",
        }
    }

    /// Reads [`Change::code`].
    pub(super) fn parse(code: &str) -> Option<Change> {
        Change::ALL.into_iter().find(|change| change.code() == code)
    }
}

/// Tells the owner of an account, at the address that it has now.
pub(super) fn tell(tx: &mut Tx, member: &Member, change: Change) -> Result<(), Error> {
    let to = (&member.address, member.language);
    write(tx, LetterKind::Changed, to, change.code())
}

/// A letter about an account.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) id: LetterId,
    pub(super) kind: LetterKind,
    /// What its link names, with the sealed way back behind it where there is one; the version or
    /// the change that it tells of; empty where it has none.
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
    let same = kind.of_the_same_form();
    if !same.is_empty() && store::letters::count_since(tx, &to.tag, same, since)? >= LETTERS_A_DAY {
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
