//! Who may enter an activity, of all the people whom its dates let in.
//!
//! Invariant: it is set while the activity is a draft and frozen with everything else at publishing
//! (`decisions` D9); the rules that a draw commits to tell it. An entry is refused by the server, at
//! the form and again where it is sent.
//!
//! Not here: whether somebody fulfils it, which the pages of entries ask those who know (`member`,
//! `admission`).

use crate::platform::db::Tx;

use super::{ActivityId, AskedField, Error, Field, Kind, LocalText, store};

/// Who may enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Eligibility {
    /// Whoever comes.
    #[default]
    Everybody,
    /// People with an account, signed in.
    Members,
    /// People whose library card is on a list that the library imported.
    Cards,
    /// People with an invitation code, which is used once.
    Codes,
    /// People with an e-mail address whose mails they can read.
    Email,
}

impl Eligibility {
    /// All of them, in the order of the form.
    pub const ALL: [Eligibility; 5] = [
        Eligibility::Everybody,
        Eligibility::Members,
        Eligibility::Cards,
        Eligibility::Codes,
        Eligibility::Email,
    ];

    /// The word in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Eligibility::Everybody => "everybody",
            Eligibility::Members => "members",
            Eligibility::Cards => "cards",
            Eligibility::Codes => "codes",
            Eligibility::Email => "email",
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
            Eligibility::Cards => Some("activity-eligibility-cards-told"),
            Eligibility::Codes => Some("activity-eligibility-codes-told"),
            Eligibility::Email => Some("activity-eligibility-email-told"),
        }
    }

    /// The message of the tag beside the title; none where nobody is kept out.
    pub fn tag_id(self) -> Option<&'static str> {
        match self {
            Eligibility::Everybody => None,
            Eligibility::Members => Some("activity-eligibility-members-tag"),
            Eligibility::Cards => Some("activity-eligibility-cards-tag"),
            Eligibility::Codes => Some("activity-eligibility-codes-tag"),
            Eligibility::Email => Some("activity-eligibility-email-tag"),
        }
    }

    /// Whether an activity of this kind can have it: its field cannot be asked of those who are asked
    /// nothing about themselves.
    pub fn fits(self, kind: Kind) -> bool {
        kind.asks_person() || self.brings().is_none()
    }

    /// The field that is asked because of it.
    pub fn brings(self) -> Option<Field> {
        match self {
            Eligibility::Everybody | Eligibility::Members | Eligibility::Codes => None,
            Eligibility::Cards => Some(Field::LibraryCard),
            Eligibility::Email => Some(Field::Email),
        }
    }

    /// Whether its field tells people apart whatever else is asked.
    pub fn tells_apart(self) -> bool {
        self == Eligibility::Cards
    }

    /// The purpose of its field, where the library asks for it for this alone.
    fn purpose(self) -> LocalText {
        LocalText::of_message(match self {
            Eligibility::Email => "activity-eligibility-email-purpose",
            _ => "activity-eligibility-purpose",
        })
    }

    /// What is asked in all, where the library chose `asked`.
    pub fn with_its_own(self, mut asked: Vec<AskedField>) -> Vec<AskedField> {
        let Some(field) = self.brings() else {
            return asked;
        };
        match asked.iter_mut().find(|each| each.field == field) {
            Some(own) => own.required = true,
            None => asked.push(AskedField {
                field,
                required: true,
                purpose: self.purpose(),
            }),
        }
        asked.sort_by_key(|each| each.field);
        asked
    }
}

/// Writes who may enter a draft, in the transaction that counts the save.
pub fn save(tx: &mut Tx, id: &ActivityId, who: Eligibility) -> Result<(), Error> {
    store::set_eligibility(tx, id, who)
}
