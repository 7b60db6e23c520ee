//! What the staff pages of the policy show: periods of keeping, processors, codes of an activity.

pub mod general;

use serde::Serialize;

use crate::activity::AskedField;
use crate::activity::wire::Heading;
use crate::audit;
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::Error;
use super::codes::{self, CATEGORIES, Code, Codes, PURPOSES};
use super::register::Processor;
use super::retention::{self, Change, Class, SetBy};

/// One class of data, in words.
#[derive(Debug, Clone, Serialize)]
pub struct ClassRow {
    /// Its name.
    pub name: String,
    /// How long it is kept now.
    pub kept: String,
    /// From when the days count.
    pub from: String,
    /// Why.
    pub basis: String,
    /// Who says so, and within which bounds.
    pub set_by: String,
}

/// Every class as it holds now.
pub fn class_rows(
    tx: &mut Tx,
    language: Language,
    config: &Config,
) -> Result<Vec<ClassRow>, Error> {
    Class::ALL
        .into_iter()
        .map(|class| {
            let days = retention::held(tx, class, config)?;
            Ok(class_row(language, class, days))
        })
        .collect()
}

fn class_row(language: Language, class: Class, days: i64) -> ClassRow {
    let bounds = class.bounds();
    let span = |days| retention::span(language, days);
    let bounded = |id: &str, name: &'static str| {
        let args = [
            ("min", bounds.min.into()),
            ("max", bounds.max.into()),
            ("name", name.into()),
        ];
        text::message(language, id, &args)
    };
    let set_by = match class.set_by() {
        SetBy::Library => bounded("policy-set-by-library", ""),
        SetBy::File(name) => bounded("policy-set-by-file", name),
        SetBy::Fixed => bounded("policy-set-by-program", ""),
    };
    ClassRow {
        name: class.name(language),
        kept: span(days),
        from: class.from(language),
        basis: class.basis(language),
        set_by,
    }
}

/// One value that the library set.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeRow {
    /// When, epoch milliseconds.
    pub at: i64,
    /// Of which class.
    pub name: String,
    /// How long from then on.
    pub kept: String,
    /// Why.
    pub reason: String,
}

impl ChangeRow {
    /// The row of a change.
    pub fn of(language: Language, change: &Change) -> ChangeRow {
        ChangeRow {
            at: change.set_at.0,
            name: change.class.name(language),
            kept: retention::span(language, change.days),
            reason: change.reason.clone(),
        }
    }
}

/// A choice in a form.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    value: &'static str,
    label: String,
}

/// The staff page of periods.
#[derive(Serialize)]
pub(super) struct RetentionView {
    pub(super) rows: Vec<ClassRow>,
    pub(super) changes: Vec<ChangeRow>,
    pub(super) classes: Vec<Choice>,
    pub(super) class: String,
    pub(super) days: String,
    pub(super) reason: String,
    pub(super) mistakes: Mistakes,
}

/// The classes that the library sets.
pub(super) fn settable(language: Language) -> Vec<Choice> {
    let all = Class::ALL.into_iter();
    all.filter(|class| class.set_by() == SetBy::Library)
        .map(|class| Choice {
            value: class.code(),
            label: class.name(language),
        })
        .collect()
}

/// What has to change in the form of a period, by field.
pub(super) fn retention_mistake(
    language: Language,
    error: &Error,
) -> Option<(&'static str, String)> {
    let say = |id: &str| text::message(language, id, &[]);
    match error {
        Error::NotOurs => Some(("class", say("policy-choose-class"))),
        Error::OutOfBounds { min, max } => {
            let args = [("min", (*min).into()), ("max", (*max).into())];
            Some((
                "days",
                text::message(language, "policy-days-between", &args),
            ))
        }
        Error::ReasonMissing => Some(("reason", say("policy-reason-empty"))),
        Error::Audit(audit::Error::Person(trace)) => Some(("reason", say(trace.message_id()))),
        _ => None,
    }
}

/// Somebody who works on data for the library.
#[derive(Debug, Clone, Serialize)]
pub struct ProcessorRow {
    /// The id.
    pub id: String,
    /// Who.
    pub name: String,
    /// What for.
    pub task: String,
    /// From when, epoch milliseconds.
    pub starts_at: i64,
    /// Until when it worked.
    pub ends_at: Option<i64>,
}

impl ProcessorRow {
    /// The row of a processor.
    pub fn of(language: Language, processor: &Processor) -> ProcessorRow {
        ProcessorRow {
            id: processor.id.as_str().to_owned(),
            name: processor.name.pick(language).to_owned(),
            task: processor.task.pick(language).to_owned(),
            starts_at: processor.starts_at.0,
            ends_at: processor.ends_at.map(|at| at.0),
        }
    }
}

/// The staff page of processors.
#[derive(Serialize)]
pub(super) struct ProcessorsView {
    pub(super) rows: Vec<ProcessorRow>,
    pub(super) form: ProcessorForm,
    pub(super) mistakes: Mistakes,
}

/// What is typed of a processor.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct ProcessorForm {
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) task_zh: String,
    pub(super) task_en: String,
}

impl ProcessorForm {
    pub(super) fn of(form: &FormFields) -> ProcessorForm {
        let typed = |name: &str| form.value(name).trim().chars().take(200).collect();
        ProcessorForm {
            name_zh: typed("name_zh"),
            name_en: typed("name_en"),
            task_zh: typed("task_zh"),
            task_en: typed("task_en"),
        }
    }

    /// What is missing.
    pub(super) fn mistakes(&self, language: Language) -> Mistakes {
        let mut mistakes = Mistakes::new();
        for (field, typed) in [
            ("name_zh", &self.name_zh),
            ("name_en", &self.name_en),
            ("task_zh", &self.task_zh),
            ("task_en", &self.task_en),
        ] {
            if typed.is_empty() {
                let id = match field {
                    "name_zh" | "name_en" => "policy-processor-name-empty",
                    _ => "policy-processor-task-empty",
                };
                mistakes.add(field, text::message(language, id, &[]));
            }
        }
        mistakes
    }
}

/// The page on which the codes of a draft are picked.
#[derive(Serialize)]
pub(super) struct CodesView {
    pub(super) heading: Heading,
    pub(super) purposes: Vec<Choice>,
    pub(super) picked: Vec<&'static str>,
    pub(super) categories: Vec<Choice>,
    /// What follows from the fields that the form asks.
    pub(super) of_fields: Vec<String>,
    pub(super) mistakes: Mistakes,
}

impl CodesView {
    pub(super) fn of(
        language: Language,
        heading: Heading,
        asked: &[AskedField],
        codes: &Codes,
    ) -> CodesView {
        let choice = |code: &Code| Choice {
            value: code.code,
            label: code.words(language),
        };
        let mut of_fields: Vec<&Code> = Vec::new();
        for each in asked {
            let code = codes::of_field(each.field);
            if !of_fields.contains(&code) {
                of_fields.push(code);
            }
        }
        let besides = CATEGORIES.iter().filter(|code| !of_fields.contains(code));
        CodesView {
            heading,
            purposes: PURPOSES.iter().map(choice).collect(),
            picked: codes.numbers().collect(),
            categories: besides.map(choice).collect(),
            of_fields: of_fields.iter().map(|code| code.words(language)).collect(),
            mistakes: Mistakes::new(),
        }
    }
}
