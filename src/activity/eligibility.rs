//! Who may enter an activity, of all the people whom its dates let in.
//!
//! Invariant: it is set while the activity is a draft and frozen with everything else at publishing
//! (`decisions` D9); the rules that a draw commits to tell it. An entry is refused by the server, at
//! the form and again where it is sent.
//!
//! Not here: whether somebody fulfils it, which the pages of entries ask those who know (`member`).

use crate::platform::db::Tx;

use super::{ActivityId, Error, store};

/// Who may enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Eligibility {
    /// Whoever comes.
    #[default]
    Everybody,
    /// People with an account, signed in.
    Members,
}

impl Eligibility {
    /// All of them, in the order of the form.
    pub const ALL: [Eligibility; 2] = [Eligibility::Everybody, Eligibility::Members];

    /// The word in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Eligibility::Everybody => "everybody",
            Eligibility::Members => "members",
        }
    }

    /// Reads [`Eligibility::code`].
    pub fn parse(code: &str) -> Option<Eligibility> {
        Eligibility::ALL.into_iter().find(|who| who.code() == code)
    }

    /// The message that tells people; none where nobody is kept out.
    pub fn message_id(self) -> Option<&'static str> {
        match self {
            Eligibility::Everybody => None,
            Eligibility::Members => Some("activity-eligibility-members-told"),
        }
    }
}

/// Writes who may enter a draft, in the transaction that counts the save.
pub fn save(tx: &mut Tx, id: &ActivityId, who: Eligibility) -> Result<(), Error> {
    store::set_eligibility(tx, id, who)
}
