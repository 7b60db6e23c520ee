//! The JSON of surveys: kinds of questions and answers, each one text column.
//!
//! Invariant: what was written is read back the same; an unknown field or kind is refused, so a
//! column of a newer version is never half understood.
//!
//! Not here: forms (`entry`, and the staff pages of this domain).

pub mod builder;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::answer::Answer;
use super::question::{Choice, QuestionKind};
use super::{Answers, QuestionId};

/// Why a column was not understood. It does not carry the parser's words: they quote answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not the JSON of a question's kind.
    #[error("the kind of a question is not readable")]
    Kind,
    /// Not the JSON of an answer.
    #[error("an answer is not readable")]
    Answer,
}

/// A kind with its choices and limits as JSON.
pub fn kind_to_json(kind: &QuestionKind) -> String {
    written(&KindText::from(kind))
}

/// Reads what [`kind_to_json`] wrote.
pub fn kind_from_json(json: &str) -> Result<QuestionKind, Error> {
    let text: KindText = read(json).ok_or(Error::Kind)?;
    Ok(text.into())
}

/// One answer as JSON; wiped when dropped.
pub fn answer_to_json(answer: &Answer) -> Zeroizing<String> {
    Zeroizing::new(written(&AnswerText::from(answer)))
}

/// Reads what [`answer_to_json`] wrote.
pub fn answer_from_json(json: &str) -> Result<Answer, Error> {
    let text: AnswerText = read(json).ok_or(Error::Answer)?;
    text.try_into()
}

/// All answers of one entry as one JSON object by question.
pub fn answers_to_json(answers: &Answers) -> Zeroizing<String> {
    let by_question: BTreeMap<&str, AnswerText> = answers
        .iter()
        .map(|(id, answer)| (id.as_str(), answer.into()))
        .collect();
    Zeroizing::new(written(&by_question))
}

/// Reads what [`answers_to_json`] wrote, in the order of the questions' ids.
pub fn answers_from_json(json: &str) -> Result<Answers, Error> {
    let by_question: BTreeMap<String, AnswerText> = read(json).ok_or(Error::Answer)?;
    by_question
        .into_iter()
        .map(|(id, text)| Ok((QuestionId(id), text.try_into()?)))
        .collect()
}

fn written<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("maps with text keys and plain values always become JSON")
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    serde_json::from_str(json).ok()
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum KindText {
    SingleChoice {
        options: Vec<ChoiceText>,
    },
    SeveralChoices {
        options: Vec<ChoiceText>,
        max: Option<usize>,
    },
    ShortText {
        max: usize,
    },
    LongText {
        max: usize,
    },
    Number {
        min: Option<i64>,
        max: Option<i64>,
    },
    Date {},
    Scale {
        low: u8,
        high: u8,
        low_label_zh: String,
        low_label_en: String,
        high_label_zh: String,
        high_label_en: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceText {
    id: String,
    zh: String,
    en: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AnswerText {
    Choice(String),
    Choices(Vec<String>),
    Text(String),
    Number(i64),
    Date(String),
    Scale(u8),
}

impl From<&Choice> for ChoiceText {
    fn from(choice: &Choice) -> Self {
        Self {
            id: choice.id.to_string(),
            zh: choice.label_zh.clone(),
            en: choice.label_en.clone(),
        }
    }
}

impl From<ChoiceText> for Choice {
    fn from(text: ChoiceText) -> Self {
        Self {
            id: text.id.as_str().into(),
            label_zh: text.zh,
            label_en: text.en,
        }
    }
}

impl From<&QuestionKind> for KindText {
    fn from(kind: &QuestionKind) -> Self {
        let texts = |options: &[Choice]| options.iter().map(ChoiceText::from).collect();
        match kind.clone() {
            QuestionKind::SingleChoice { options } => Self::SingleChoice {
                options: texts(&options),
            },
            QuestionKind::SeveralChoices { options, max } => Self::SeveralChoices {
                options: texts(&options),
                max,
            },
            QuestionKind::ShortText { max } => Self::ShortText { max },
            QuestionKind::LongText { max } => Self::LongText { max },
            QuestionKind::Number { min, max } => Self::Number { min, max },
            QuestionKind::Date => Self::Date {},
            QuestionKind::Scale {
                low,
                high,
                low_label_zh,
                low_label_en,
                high_label_zh,
                high_label_en,
            } => Self::Scale {
                low,
                high,
                low_label_zh,
                low_label_en,
                high_label_zh,
                high_label_en,
            },
        }
    }
}

impl From<KindText> for QuestionKind {
    fn from(text: KindText) -> Self {
        let choices = |options: Vec<ChoiceText>| options.into_iter().map(Choice::from).collect();
        match text {
            KindText::SingleChoice { options } => Self::SingleChoice {
                options: choices(options),
            },
            KindText::SeveralChoices { options, max } => Self::SeveralChoices {
                options: choices(options),
                max,
            },
            KindText::ShortText { max } => Self::ShortText { max },
            KindText::LongText { max } => Self::LongText { max },
            KindText::Number { min, max } => Self::Number { min, max },
            KindText::Date {} => Self::Date,
            KindText::Scale {
                low,
                high,
                low_label_zh,
                low_label_en,
                high_label_zh,
                high_label_en,
            } => Self::Scale {
                low,
                high,
                low_label_zh,
                low_label_en,
                high_label_zh,
                high_label_en,
            },
        }
    }
}

impl From<&Answer> for AnswerText {
    fn from(answer: &Answer) -> Self {
        match answer {
            Answer::Choice(id) => Self::Choice(id.to_string()),
            Answer::Choices(ids) => Self::Choices(ids.iter().map(ToString::to_string).collect()),
            Answer::Text(text) => Self::Text(text.to_string()),
            Answer::Number(number) => Self::Number(*number),
            Answer::Date(day) => Self::Date(day.to_string()),
            Answer::Scale(step) => Self::Scale(*step),
        }
    }
}

impl TryFrom<AnswerText> for Answer {
    type Error = Error;

    fn try_from(text: AnswerText) -> Result<Self, Error> {
        Ok(match text {
            AnswerText::Choice(id) => Self::Choice(id.as_str().into()),
            AnswerText::Choices(ids) => {
                Self::Choices(ids.iter().map(|id| id.as_str().into()).collect())
            }
            AnswerText::Text(text) => Self::Text(Zeroizing::new(text)),
            AnswerText::Number(number) => Self::Number(number),
            AnswerText::Date(day) => Self::Date(day.parse::<Date>().ok().ok_or(Error::Answer)?),
            AnswerText::Scale(step) => Self::Scale(step),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn kinds_are_read_back_the_same() {
        let choice = |id: &str| Choice {
            id: id.into(),
            label_zh: "總館".to_owned(),
            label_en: "Main".to_owned(),
        };
        let words = |text: &str| text.to_owned();
        for kind in [
            QuestionKind::SingleChoice {
                options: vec![choice("a"), choice("b")],
            },
            QuestionKind::SeveralChoices {
                options: vec![choice("a")],
                max: Some(1),
            },
            QuestionKind::ShortText { max: 200 },
            QuestionKind::LongText { max: 2000 },
            QuestionKind::Number {
                min: Some(-1),
                max: None,
            },
            QuestionKind::Date,
            QuestionKind::Scale {
                low: 1,
                high: 5,
                low_label_zh: words("不滿意"),
                low_label_en: words("Unhappy"),
                high_label_zh: words("滿意"),
                high_label_en: words("Happy"),
            },
        ] {
            assert_eq!(kind_from_json(&kind_to_json(&kind)), Ok(kind));
        }
        assert_eq!(
            kind_to_json(&QuestionKind::ShortText { max: 9 }),
            r#"{"kind":"short_text","max":9}"#
        );
        assert_eq!(kind_to_json(&QuestionKind::Date), r#"{"kind":"date"}"#);
    }

    #[test]
    fn answers_are_read_back_the_same() {
        let text = Zeroizing::new("謝謝\n“\"\\".to_owned());
        let given = [
            Answer::Choice("a".into()),
            Answer::Choices(vec!["a".into(), "b".into()]),
            Answer::Text(text),
            Answer::Number(i64::MIN),
            Answer::Date(date(2026, 11, 21)),
            Answer::Scale(5),
        ];
        for answer in &given {
            assert_eq!(
                answer_from_json(&answer_to_json(answer)).as_ref(),
                Ok(answer)
            );
        }
        assert_eq!(
            answer_to_json(&given[4]).as_str(),
            r#"{"date":"2026-11-21"}"#
        );
        let ids = ["q0", "q1", "q2", "q3", "q4", "q5"].map(QuestionId::from);
        let answers: Answers = ids.into_iter().zip(given).collect();
        assert_eq!(answers_from_json(&answers_to_json(&answers)), Ok(answers));
    }

    #[test]
    fn what_is_not_understood_is_refused_without_quoting_it() {
        for json in [
            "",
            "{}",
            r#"{"kind":"short_text","max":9,"more":1}"#,
            r#"{"kind":"essay"}"#,
        ] {
            assert_eq!(kind_from_json(json), Err(Error::Kind));
        }
        for json in [r#"{"date":"王小明"}"#, r#"{"number":"王小明"}"#, "null"] {
            let error = answer_from_json(json).expect_err("not an answer");
            assert!(!error.to_string().contains('王'));
        }
    }
}
