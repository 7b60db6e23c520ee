//! An answer: one reply to one question.
//!
//! Invariant: `Debug` shows only its form, because an answer may say who gave it.
//!
//! Not here: whether it fits its question ([`super::question`]), its JSON ([`super::wire`]).

use std::fmt;

use jiff::civil::Date;
use zeroize::Zeroizing;

use super::ChoiceId;

/// One reply.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// One of the choices.
    Choice(ChoiceId),
    /// Several of the choices, in the question's order, none twice.
    Choices(Vec<ChoiceId>),
    /// One line or several.
    Text(Zeroizing<String>),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(Date),
    /// A step of a scale.
    Scale(u8),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Choice(_) => "Choice(…)",
            Self::Choices(_) => "Choices(…)",
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Date(_) => "Date(…)",
            Self::Scale(_) => "Scale(…)",
        })
    }
}
