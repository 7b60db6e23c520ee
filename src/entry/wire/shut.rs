//! Views of the pages that stand in place of the form: when entry is shut, and after a survey.
//!
//! Not here: the form ([`super::form`]).

use serde::Serialize;

use crate::activity::{Facts, Stage};
use crate::platform::clock::Timestamp;
use crate::platform::text::Language;
use crate::platform::web::form::FormFields;

use super::Sheet;
use super::form::kind;

/// Why nobody can enter now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// It begins later.
    NotYet,
    /// It is over.
    Ended,
    /// It was cancelled, with a reason.
    Cancelled,
    /// The database was found to be older than receipts that people hold.
    Halted,
}

impl Shut {
    /// Why `facts` take no entry at `now`; `None` when they do. A draft is nobody's business.
    pub fn of(facts: &Facts, now: Timestamp) -> Option<Shut> {
        match facts.stage {
            Stage::Open | Stage::Closed if facts.halted => Some(Shut::Halted),
            Stage::Draft => Some(Shut::NotYet),
            Stage::Open if now < facts.opens_at => Some(Shut::NotYet),
            Stage::Open if now < facts.closes_at => None,
            Stage::Cancelled => Some(Shut::Cancelled),
            _ => Some(Shut::Ended),
        }
    }

    fn code(self) -> &'static str {
        match self {
            Shut::NotYet => "not_yet",
            Shut::Ended => "ended",
            Shut::Cancelled => "cancelled",
            Shut::Halted => "halted",
        }
    }
}

/// The page in place of the form.
#[derive(Serialize)]
pub struct ShutView {
    slug: String,
    title: String,
    why: &'static str,
    opens_at: i64,
    closes_at: i64,
    draws_at: i64,
    asks_person: bool,
    reason: String,
    draw: String,
    typed: Vec<TypedRow>,
}

/// What was typed and not sent, to be copied.
#[derive(Serialize)]
pub struct TypedRow {
    label: String,
    value: String,
}

/// The page after a survey whose answers belong to nobody.
#[derive(Serialize)]
pub struct ThanksView {
    /// The survey's name.
    pub title: String,
}

impl ShutView {
    /// The page that says `why`; `draw` is the draw's id, or empty.
    pub fn new(
        lang: Language,
        sheet: &Sheet,
        why: Shut,
        draw: String,
        form: &FormFields,
    ) -> ShutView {
        let facts = &sheet.facts;
        ShutView {
            slug: facts.slug.clone(),
            title: facts.title.pick(lang).to_owned(),
            why: why.code(),
            opens_at: facts.opens_at.0,
            closes_at: facts.closes_at.0,
            draws_at: facts.draws_at.0,
            asks_person: facts.kind.asks_person(),
            reason: facts.cancelled_reason.clone(),
            draw,
            typed: typed_rows(lang, sheet, form),
        }
    }
}

/// Answers in the person's own words; choices and personal fields need no copying.
fn typed_rows(lang: Language, sheet: &Sheet, form: &FormFields) -> Vec<TypedRow> {
    sheet
        .questions
        .questions()
        .iter()
        .filter(|question| matches!(kind(&question.kind), "line" | "lines"))
        .map(|question| TypedRow {
            label: match lang {
                Language::ZhTw => question.label_zh.clone(),
                Language::En => question.shown_en().to_owned(),
            },
            value: form.value(&question.field()).to_owned(),
        })
        .filter(|row| !row.value.trim().is_empty())
        .collect()
}
