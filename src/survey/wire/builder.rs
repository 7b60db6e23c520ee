//! The question builder: what a librarian types about one question, and what the pages show.

use serde::Serialize;

use crate::activity::wire::Heading;
use crate::identity::mistake::say;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::survey::question::{Choice, LONG_MAX, Question, QuestionKind, SHORT_MAX};
use crate::survey::{ChoiceId, QuestionId};

/// The kinds in the order in which they are offered.
pub const KINDS: [&str; 7] = [
    "single_choice",
    "several_choices",
    "short_text",
    "long_text",
    "number",
    "date",
    "scale",
];

/// A question as it is typed: every box is text.
#[derive(Debug, Clone, Default, Serialize)]
pub struct QuestionForm {
    /// One of [`KINDS`].
    pub kind: String,
    label_zh: String,
    label_en: String,
    hint_zh: String,
    hint_en: String,
    required: bool,
    options_zh: String,
    options_en: String,
    most: String,
    length: String,
    least: String,
    greatest: String,
    low: String,
    high: String,
    low_zh: String,
    low_en: String,
    high_zh: String,
    high_en: String,
}

impl QuestionForm {
    /// An empty form for a kind; an unknown kind becomes the first.
    pub fn empty(kind: &str) -> QuestionForm {
        let known = KINDS.iter().find(|known| **known == kind);
        QuestionForm {
            kind: (*known.unwrap_or(&KINDS[0])).to_owned(),
            required: true,
            low: "1".to_owned(),
            high: "5".to_owned(),
            ..QuestionForm::default()
        }
    }

    /// What the browser sent.
    pub fn of(form: &FormFields) -> QuestionForm {
        let typed = |name: &str| form.value(name).trim().to_owned();
        QuestionForm {
            kind: QuestionForm::empty(form.value("kind")).kind,
            label_zh: typed("label_zh"),
            label_en: typed("label_en"),
            hint_zh: typed("hint_zh"),
            hint_en: typed("hint_en"),
            required: form.value("required") == "yes",
            options_zh: typed("options_zh"),
            options_en: typed("options_en"),
            most: typed("most"),
            length: typed("length"),
            least: typed("least"),
            greatest: typed("greatest"),
            low: typed("low"),
            high: typed("high"),
            low_zh: typed("low_zh"),
            low_en: typed("low_en"),
            high_zh: typed("high_zh"),
            high_en: typed("high_en"),
        }
    }

    /// A form filled with a stored question.
    pub fn filled(question: &Question) -> QuestionForm {
        let lines = |word: fn(&Choice) -> &str| {
            let options = question.kind.options();
            options.iter().map(word).collect::<Vec<_>>().join("\n")
        };
        let limit = |limit: Option<i64>| limit.map(|n| n.to_string()).unwrap_or_default();
        let mut form = QuestionForm {
            kind: kind_code(&question.kind).to_owned(),
            label_zh: question.label_zh.clone(),
            label_en: question.label_en.clone(),
            hint_zh: question.hint_zh.clone(),
            hint_en: question.hint_en.clone(),
            required: question.required,
            options_zh: lines(|choice| &choice.label_zh),
            options_en: lines(|choice| &choice.label_en),
            ..QuestionForm::default()
        };
        match &question.kind {
            QuestionKind::SeveralChoices { max, .. } => {
                form.most = max.map(|n| n.to_string()).unwrap_or_default();
            }
            QuestionKind::ShortText { max } | QuestionKind::LongText { max } => {
                form.length = max.to_string();
            }
            QuestionKind::Number { min, max } => {
                form.least = limit(*min);
                form.greatest = limit(*max);
            }
            QuestionKind::Scale {
                low,
                high,
                low_label_zh,
                low_label_en,
                high_label_zh,
                high_label_en,
            } => {
                form.low = low.to_string();
                form.high = high.to_string();
                form.low_zh = low_label_zh.clone();
                form.low_en = low_label_en.clone();
                form.high_zh = high_label_zh.clone();
                form.high_en = high_label_en.clone();
            }
            QuestionKind::SingleChoice { .. } | QuestionKind::Date => {}
        }
        form
    }

    /// Reads the form into a question named `id`; choices that keep their place keep their id.
    pub fn parse(
        &self,
        language: Language,
        id: &QuestionId,
        known: &[Choice],
    ) -> Result<Question, Mistakes> {
        let mut mistakes = Mistakes::new();
        let kind = self.parse_kind(language, known, &mut mistakes);
        let question = Question {
            id: id.clone(),
            position: 0,
            kind,
            label_zh: self.label_zh.clone(),
            label_en: self.label_en.clone(),
            hint_zh: self.hint_zh.clone(),
            hint_en: self.hint_en.clone(),
            required: self.required,
        };
        for flaw in question.flaws() {
            let words = say(language, flaw.message_id(), &flaw.args());
            mistakes.add(flaw_field(flaw), words);
        }
        if self.label_en.is_empty() {
            mistakes.add(
                "label_en",
                text::message(language, "survey-label-en-empty", &[]),
            );
        }
        if mistakes.is_empty() {
            Ok(question)
        } else {
            Err(mistakes)
        }
    }

    fn parse_kind(
        &self,
        language: Language,
        known: &[Choice],
        mistakes: &mut Mistakes,
    ) -> QuestionKind {
        let mut number = |field: &str, raw: &str| {
            if raw.is_empty() {
                return None;
            }
            let read = raw.parse::<i64>().ok();
            if read.is_none() {
                mistakes.add(
                    field,
                    text::message(language, "survey-limit-unreadable", &[]),
                );
            }
            read
        };
        let length = |most: usize, wanted: Option<i64>| {
            wanted.map_or(most, |n| usize::try_from(n).unwrap_or(0))
        };
        match self.kind.as_str() {
            "several_choices" => {
                let max = number("most", &self.most).map(|n| usize::try_from(n).unwrap_or(0));
                QuestionKind::SeveralChoices {
                    options: self.options(language, known, mistakes),
                    max,
                }
            }
            "short_text" => QuestionKind::ShortText {
                max: length(SHORT_MAX, number("length", &self.length)),
            },
            "long_text" => QuestionKind::LongText {
                max: length(LONG_MAX, number("length", &self.length)),
            },
            "number" => QuestionKind::Number {
                min: number("least", &self.least),
                max: number("greatest", &self.greatest),
            },
            "date" => QuestionKind::Date,
            "scale" => {
                let step = |n: Option<i64>| n.and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
                QuestionKind::Scale {
                    low: step(number("low", &self.low)),
                    high: step(number("high", &self.high)),
                    low_label_zh: self.low_zh.clone(),
                    low_label_en: self.low_en.clone(),
                    high_label_zh: self.high_zh.clone(),
                    high_label_en: self.high_en.clone(),
                }
            }
            _ => QuestionKind::SingleChoice {
                options: self.options(language, known, mistakes),
            },
        }
    }

    /// One choice a line; the English lines stand beside the Chinese ones.
    fn options(
        &self,
        language: Language,
        known: &[Choice],
        mistakes: &mut Mistakes,
    ) -> Vec<Choice> {
        let lines = |text: &str| -> Vec<String> {
            text.lines()
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect()
        };
        let (zh, en) = (lines(&self.options_zh), lines(&self.options_en));
        if !en.is_empty() && en.len() != zh.len() {
            mistakes.add(
                "options_en",
                text::message(
                    language,
                    "survey-options-uneven",
                    &[
                        ("zh", i64::try_from(zh.len()).unwrap_or(i64::MAX).into()),
                        ("en", i64::try_from(en.len()).unwrap_or(i64::MAX).into()),
                    ],
                ),
            );
        }
        zh.into_iter()
            .enumerate()
            .map(|(at, label_zh)| Choice {
                id: known.get(at).map_or_else(ChoiceId::fresh, |c| c.id.clone()),
                label_zh,
                label_en: en.get(at).cloned().unwrap_or_default(),
            })
            .collect()
    }
}

/// The word for a kind in forms and message ids.
pub fn kind_code(kind: &QuestionKind) -> &'static str {
    match kind {
        QuestionKind::SingleChoice { .. } => "single_choice",
        QuestionKind::SeveralChoices { .. } => "several_choices",
        QuestionKind::ShortText { .. } => "short_text",
        QuestionKind::LongText { .. } => "long_text",
        QuestionKind::Number { .. } => "number",
        QuestionKind::Date => "date",
        QuestionKind::Scale { .. } => "scale",
    }
}

/// A kind as a sentence that a librarian chooses from.
pub fn kind_words(language: Language, code: &str) -> String {
    let id = match code {
        "several_choices" => "survey-kind-several-choices",
        "short_text" => "survey-kind-short-text",
        "long_text" => "survey-kind-long-text",
        "number" => "survey-kind-number",
        "date" => "survey-kind-date",
        "scale" => "survey-kind-scale",
        _ => "survey-kind-single-choice",
    };
    text::message(language, id, &[])
}

fn flaw_field(flaw: crate::survey::mistake::Flaw) -> &'static str {
    use crate::survey::mistake::Flaw;
    match flaw {
        Flaw::NoLabel => "label_zh",
        Flaw::FewChoices | Flaw::NoChoiceLabel | Flaw::ChoiceTwice => "options_zh",
        Flaw::Most { .. } => "most",
        Flaw::Length { .. } => "length",
        Flaw::Bounds => "greatest",
        Flaw::Steps { .. } => "high",
    }
}

/// The list of a draft's questions.
#[derive(Serialize)]
pub struct QuestionsView {
    /// The activity.
    pub heading: Heading,
    /// One row a question.
    pub questions: Vec<QuestionRow>,
    /// The kinds on offer.
    pub kinds: Vec<KindRow>,
}

/// A question in the list.
#[derive(Serialize)]
pub struct QuestionRow {
    id: String,
    label: String,
    kind: String,
    required: bool,
    options: Vec<String>,
}

impl QuestionRow {
    /// The row of a question.
    pub fn of(language: Language, question: &Question) -> QuestionRow {
        let label = match language {
            Language::ZhTw => question.label_zh.as_str(),
            Language::En => question.shown_en(),
        };
        let option = |choice: &Choice| match language {
            Language::ZhTw => choice.label_zh.clone(),
            Language::En => choice.shown_en().to_owned(),
        };
        QuestionRow {
            id: question.id.0.clone(),
            label: label.to_owned(),
            kind: kind_words(language, kind_code(&question.kind)),
            required: question.required,
            options: question.kind.options().iter().map(option).collect(),
        }
    }
}

/// A kind on offer.
#[derive(Serialize)]
pub struct KindRow {
    code: &'static str,
    words: String,
}

/// Every kind as a sentence.
pub fn kinds(language: Language) -> Vec<KindRow> {
    KINDS
        .map(|code| KindRow {
            code,
            words: kind_words(language, code),
        })
        .into_iter()
        .collect()
}

/// The page on which one question is written.
#[derive(Serialize)]
pub struct QuestionView {
    /// The activity.
    pub heading: Heading,
    /// Where the form goes, without language.
    pub action: String,
    /// The kind as a sentence.
    pub kind_words: String,
    /// What is typed.
    pub form: QuestionForm,
    /// What has to change.
    pub mistakes: Mistakes,
}
