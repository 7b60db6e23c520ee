//! A question: what is asked and which replies it accepts.
//!
//! Invariant: what [`Question::check`] returns fits the question. A question with no
//! [`Question::flaws`] can be answered in at least one way.
//!
//! Not here: how each kind reads a reply (`reply.rs`), the JSON of its kind
//! ([`super::wire`]), its form fields (`entry`).

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::answer::Answer;
use super::mistake::{Flaw, Mistake};
use super::{ChoiceId, QuestionId, reply};
use crate::identity::{date, typed};

/// Graphemes in a one-line answer at most.
pub const SHORT_MAX: usize = 200;
/// Graphemes in an answer of several lines at most.
pub const LONG_MAX: usize = 2000;
/// Steps of a scale at most: 0 to 10.
pub const SCALE_STEPS: usize = 11;

/// One item of a survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Names it within its activity.
    pub id: QuestionId,
    /// Its place in the order.
    pub position: u32,
    /// What a reply may be.
    pub kind: QuestionKind,
    /// What is asked, in Traditional Chinese.
    pub label_zh: String,
    /// What is asked, in English; empty means the Chinese words are shown.
    pub label_en: String,
    /// A line of explanation, may be empty.
    pub hint_zh: String,
    /// A line of explanation, may be empty.
    pub hint_en: String,
    /// Whether it must be answered.
    pub required: bool,
}

/// What a reply may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    /// One of the choices.
    SingleChoice {
        /// The choices in order.
        options: Vec<Choice>,
    },
    /// Any of the choices.
    SeveralChoices {
        /// The choices in order.
        options: Vec<Choice>,
        /// The most that may be chosen; `None` means all.
        max: Option<usize>,
    },
    /// One line.
    ShortText {
        /// Graphemes at most, up to [`SHORT_MAX`].
        max: usize,
    },
    /// Several lines.
    LongText {
        /// Graphemes at most, up to [`LONG_MAX`].
        max: usize,
    },
    /// A whole number.
    Number {
        /// The least, inclusive.
        min: Option<i64>,
        /// The greatest, inclusive.
        max: Option<i64>,
    },
    /// A day; the reply shows its calendar itself.
    Date,
    /// A step from `low` to `high`.
    Scale {
        /// First step.
        low: u8,
        /// Last step.
        high: u8,
        /// What the first step means.
        low_label_zh: String,
        /// What the first step means.
        low_label_en: String,
        /// What the last step means.
        high_label_zh: String,
        /// What the last step means.
        high_label_en: String,
    },
}

/// One of the choices of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Stays the same when the words change.
    pub id: ChoiceId,
    /// The words in Traditional Chinese.
    pub label_zh: String,
    /// The words in English; empty means the Chinese ones are shown.
    pub label_en: String,
}

impl Choice {
    /// The English words, or the Chinese ones where there are none.
    pub fn shown_en(&self) -> &str {
        or_else(&self.label_en, &self.label_zh)
    }
}

impl Question {
    /// The name of its form field.
    pub fn field(&self) -> String {
        format!("q_{}", self.id)
    }

    /// The English words, or the Chinese ones where there are none.
    pub fn shown_en(&self) -> &str {
        or_else(&self.label_en, &self.label_zh)
    }

    /// Reads the values its form field was sent with; `None` means it was left out and may be.
    pub fn check(&self, raw: &[String]) -> Result<Option<Answer>, Mistake> {
        let values: Vec<&str> = raw
            .iter()
            .map(String::as_str)
            .filter(|value| !typed::is_blank(value))
            .collect();
        let read = match values.as_slice() {
            [] if self.required => Err(reply::when_empty(&self.kind)),
            [] => Ok(None),
            values => reply::read(&self.kind, values).map(Some),
        };
        read.map_err(|reason| Mistake {
            label_zh: self.label_zh.clone(),
            label_en: self.shown_en().to_owned(),
            reason,
        })
    }

    /// An answer in words of both languages (zh, en), for the page where answers are checked.
    pub fn words(&self, answer: &Answer) -> (Zeroizing<String>, Zeroizing<String>) {
        let both = |text: String| (Zeroizing::new(text.clone()), Zeroizing::new(text));
        match answer {
            Answer::Choice(id) => self.choice_words(std::slice::from_ref(id)),
            Answer::Choices(ids) => self.choice_words(ids),
            Answer::Text(text) => (text.clone(), text.clone()),
            Answer::Number(number) => both(number.to_string()),
            Answer::Scale(step) => both(step.to_string()),
            Answer::Date(day) => (
                Zeroizing::new(date::day_zh(*day)),
                Zeroizing::new(date::day_en(*day)),
            ),
        }
    }

    /// What has to change before the question is published.
    pub fn flaws(&self) -> Vec<Flaw> {
        let label = typed::is_blank(&self.label_zh).then_some(Flaw::NoLabel);
        label.into_iter().chain(self.kind.flaws()).collect()
    }

    fn choice_words(&self, ids: &[ChoiceId]) -> (Zeroizing<String>, Zeroizing<String>) {
        let chosen: Vec<&Choice> = self
            .kind
            .options()
            .iter()
            .filter(|choice| ids.contains(&choice.id))
            .collect();
        let zh: Vec<&str> = chosen
            .iter()
            .map(|choice| choice.label_zh.as_str())
            .collect();
        let en: Vec<&str> = chosen.iter().map(|choice| choice.shown_en()).collect();
        (Zeroizing::new(zh.join("、")), Zeroizing::new(en.join(", ")))
    }
}

impl QuestionKind {
    /// The choices, for kinds that have them.
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::SingleChoice { options } | Self::SeveralChoices { options, .. } => options,
            _ => &[],
        }
    }

    fn flaws(&self) -> Vec<Flaw> {
        let out_of = |max: usize, limit: usize| (max == 0 || max > limit).then_some(limit);
        let flaw = match self {
            Self::SingleChoice { options } => return choice_flaws(options),
            Self::SeveralChoices { options, max } => {
                let most = max.and_then(|max| out_of(max, options.len()));
                let most = most.map(|max| Flaw::Most { max });
                return choice_flaws(options).into_iter().chain(most).collect();
            }
            Self::ShortText { max } => out_of(*max, SHORT_MAX).map(|max| Flaw::Length { max }),
            Self::LongText { max } => out_of(*max, LONG_MAX).map(|max| Flaw::Length { max }),
            Self::Number { min, max } => {
                let crossed = min.zip(*max).is_some_and(|(min, max)| min > max);
                crossed.then_some(Flaw::Bounds)
            }
            Self::Date => None,
            Self::Scale { low, high, .. } => {
                let steps = usize::from(*high).saturating_sub(usize::from(*low)) + 1;
                let max = SCALE_STEPS;
                (!(2..=max).contains(&steps)).then_some(Flaw::Steps { max })
            }
        };
        flaw.into_iter().collect()
    }
}

fn or_else<'a>(words: &'a str, otherwise: &'a str) -> &'a str {
    if words.is_empty() { otherwise } else { words }
}

fn choice_flaws(options: &[Choice]) -> Vec<Flaw> {
    let words: BTreeSet<&str> = options
        .iter()
        .map(|choice| choice.label_zh.trim())
        .collect();
    let ids: BTreeSet<&str> = options.iter().map(|choice| choice.id.as_str()).collect();
    let unnamed = options
        .iter()
        .any(|choice| typed::is_blank(&choice.label_zh));
    let twice = ids.len() < options.len() || (!unnamed && words.len() < options.len());
    [
        (options.len() < 2, Flaw::FewChoices),
        (unnamed, Flaw::NoChoiceLabel),
        (twice, Flaw::ChoiceTwice),
    ]
    .into_iter()
    .filter_map(|(is_so, flaw)| is_so.then_some(flaw))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn choice(id: &str) -> Choice {
        Choice {
            id: id.into(),
            label_zh: format!("{id} 館"),
            label_en: String::new(),
        }
    }

    fn question(kind: QuestionKind) -> Question {
        Question {
            id: "x".into(),
            position: 1,
            kind,
            label_zh: "您最常去的分館".to_owned(),
            label_en: "The branch you visit most".to_owned(),
            hint_zh: String::new(),
            hint_en: String::new(),
            required: true,
        }
    }

    fn scale(low: u8, high: u8) -> QuestionKind {
        let label = String::new;
        QuestionKind::Scale {
            low,
            high,
            low_label_zh: label(),
            low_label_en: label(),
            high_label_zh: label(),
            high_label_en: label(),
        }
    }

    #[test]
    fn an_optional_question_may_be_left_out() {
        let mut question = question(QuestionKind::Date);
        assert!(question.check(&[" ".to_owned()]).is_err());
        question.required = false;
        assert_eq!(question.check(&[" ".to_owned()]), Ok(None));
    }

    #[test]
    fn answers_are_shown_in_words() {
        let options = vec![choice("a"), choice("b")];
        let several = question(QuestionKind::SeveralChoices { options, max: None });
        let (zh, en) = several.words(&Answer::Choices(vec!["a".into(), "b".into()]));
        assert_eq!((zh.as_str(), en.as_str()), ("a 館、b 館", "a 館, b 館"));
        let (zh, en) = several.words(&Answer::Date(date(2026, 11, 21)));
        assert_eq!(
            (zh.as_str(), en.as_str()),
            ("115 年 11 月 21 日（六）", "Sat 21 Nov 2026")
        );
    }

    #[test]
    fn a_question_nobody_could_answer_has_a_flaw() {
        let twice = vec![choice("a"), choice("a")];
        for (kind, flaws) in [
            (
                QuestionKind::SingleChoice { options: vec![] },
                vec![Flaw::FewChoices],
            ),
            (
                QuestionKind::SingleChoice {
                    options: twice.clone(),
                },
                vec![Flaw::ChoiceTwice],
            ),
            (
                QuestionKind::SeveralChoices {
                    options: vec![choice("a"), choice("b")],
                    max: Some(3),
                },
                vec![Flaw::Most { max: 2 }],
            ),
            (
                QuestionKind::ShortText { max: 201 },
                vec![Flaw::Length { max: 200 }],
            ),
            (
                QuestionKind::LongText { max: 0 },
                vec![Flaw::Length { max: 2000 }],
            ),
            (
                QuestionKind::Number {
                    min: Some(2),
                    max: Some(1),
                },
                vec![Flaw::Bounds],
            ),
            (scale(3, 3), vec![Flaw::Steps { max: 11 }]),
            (scale(0, 11), vec![Flaw::Steps { max: 11 }]),
            (scale(0, 10), vec![]),
        ] {
            assert_eq!(question(kind).flaws(), flaws);
        }
    }
}
