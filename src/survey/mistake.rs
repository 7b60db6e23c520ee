//! What has to change in an answer, or in a question before it may be published.
//!
//! Invariant: a mistake holds limits, lengths and the question's own words, never an answer.
//!
//! Not here: the texts (`locales/*/survey.ftl`; days use those of `identity.ftl`).

use std::fmt;

use crate::identity::mistake::{Mistake as IdentityMistake, MistakeArg};

/// Why an answer was not accepted, with the words of its question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The question in Traditional Chinese.
    pub label_zh: String,
    /// The question in English.
    pub label_en: String,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing was written.
    Unanswered,
    /// Nothing was chosen.
    Unchosen,
    /// A choice the question does not have (any more).
    UnknownChoice,
    /// More choices than allowed.
    TooManyChoices {
        /// Choices allowed.
        max: usize,
        /// Choices found.
        found: usize,
    },
    /// Several values where one is asked.
    OneOnly,
    /// A text above the limit.
    TooLong {
        /// Graphemes allowed.
        max: usize,
        /// Graphemes found.
        found: usize,
    },
    /// Not a whole number within the bounds.
    Number {
        /// The least number, when there is one.
        min: Option<i64>,
        /// The greatest number, when there is one.
        max: Option<i64>,
    },
    /// Not a step of the scale.
    OffScale {
        /// First step.
        low: u8,
        /// Last step.
        high: u8,
    },
    /// Not a day.
    Date(IdentityMistake),
}

impl Mistake {
    /// The key of the message in `locales/*/survey.ftl` or, for days, `identity.ftl`.
    pub fn message_id(&self) -> &'static str {
        match self.reason {
            Reason::Unanswered => "survey-answer-empty",
            Reason::Unchosen => "survey-choice-empty",
            Reason::UnknownChoice => "survey-choice-unknown",
            Reason::TooManyChoices { .. } => "survey-choice-many",
            Reason::OneOnly => "survey-answer-one",
            Reason::TooLong { .. } => "survey-text-long",
            Reason::Number { min, max } => match (min, max) {
                (Some(_), Some(_)) => "survey-number-range",
                (Some(_), None) => "survey-number-from",
                (None, Some(_)) => "survey-number-to",
                (None, None) => "survey-number-whole",
            },
            Reason::OffScale { .. } => "survey-scale-range",
            Reason::Date(mistake) => mistake.message_id(),
        }
    }

    /// The values of the message's variables; `label` is always among them.
    pub fn args(&self) -> Vec<MistakeArg> {
        let mut args = vec![MistakeArg::words("label", &self.label_zh, &self.label_en)];
        match self.reason {
            Reason::TooManyChoices { max, found } | Reason::TooLong { max, found } => {
                args.push(MistakeArg::length("max", max));
                args.push(MistakeArg::length("found", found));
            }
            Reason::Number { min, max } => {
                args.extend(min.map(|min| MistakeArg::number("min", min)));
                args.extend(max.map(|max| MistakeArg::number("max", max)));
            }
            Reason::OffScale { low, high } => {
                args.push(MistakeArg::number("min", low.into()));
                args.push(MistakeArg::number("max", high.into()));
            }
            Reason::Date(mistake) => args.extend(mistake.args()),
            Reason::Unanswered | Reason::Unchosen | Reason::UnknownChoice | Reason::OneOnly => {}
        }
        args
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message_id())
    }
}

impl std::error::Error for Mistake {}

/// Why a question cannot be published as it is; shown to the librarian who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// No words in Traditional Chinese.
    NoLabel,
    /// Fewer than two choices.
    FewChoices,
    /// A choice without words in Traditional Chinese.
    NoChoiceLabel,
    /// Two choices with one id or the same words.
    ChoiceTwice,
    /// The most choices allowed is 0 or more than there are.
    Most {
        /// Choices there are.
        max: usize,
    },
    /// The length allowed is 0 or above what this kind takes.
    Length {
        /// Graphemes this kind takes.
        max: usize,
    },
    /// The least number is greater than the greatest.
    Bounds,
    /// Fewer than 2 steps or more than [`super::question::SCALE_STEPS`].
    Steps {
        /// Steps allowed.
        max: usize,
    },
}

impl Flaw {
    /// The key of the message in `locales/*/survey.ftl`.
    pub fn message_id(&self) -> &'static str {
        match self {
            Self::NoLabel => "survey-flaw-label",
            Self::FewChoices => "survey-flaw-choices",
            Self::NoChoiceLabel => "survey-flaw-choice-label",
            Self::ChoiceTwice => "survey-flaw-choice-twice",
            Self::Most { .. } => "survey-flaw-most",
            Self::Length { .. } => "survey-flaw-length",
            Self::Bounds => "survey-flaw-bounds",
            Self::Steps { .. } => "survey-flaw-steps",
        }
    }

    /// The values of the message's variables: `max`, or none.
    pub fn args(&self) -> Vec<MistakeArg> {
        match self {
            Self::Most { max } | Self::Length { max } | Self::Steps { max } => {
                vec![MistakeArg::length("max", *max)]
            }
            _ => Vec::new(),
        }
    }
}
