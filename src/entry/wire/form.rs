//! The view of the entry form.
//!
//! Not here: reading the form ([`super::Sheet::read`]), the page in its place ([`super::shut`]).

use serde::Serialize;

use crate::activity::{Field, LocalText};
use crate::entry::provider::Offer;
use crate::identity::address::{COUNTIES, County};
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::policy;
use crate::seats::wire::{self as seats_wire, SessionChoice};
use crate::survey::question::{Choice, Question, QuestionKind};

use super::Sheet;

/// The form, with what was typed.
#[derive(Serialize)]
pub struct FormView {
    slug: String,
    title: String,
    /// Whether people say who they are, and agree to that.
    asks_person: bool,
    /// Whether one needs an invitation code, and what was typed.
    invited: bool,
    invitation: String,
    /// What the link in a letter proves; empty where none is needed.
    entrance: String,
    answers_linked: bool,
    closes_at: i64,
    purges_at: i64,
    notice: Vec<NoticeRow>,
    /// Whom the contact may go to, if the person says so; before the fields, unticked.
    offers: Vec<OfferField>,
    fields: Vec<PersonalField>,
    /// The draws of which one is picked.
    pools: Vec<OptionView>,
    pool: String,
    /// The sessions of which one is picked.
    sessions: Vec<SessionChoice>,
    session: String,
    /// Whether the person would stand in line.
    wait: bool,
    /// Whether some session has a line.
    has_line: bool,
    /// When the free places were counted.
    counted_at: i64,
    /// The person has a place already: the way to it is shown.
    known: bool,
    questions: Vec<QuestionField>,
    consent: bool,
    token: String,
    /// A word about the whole form, such as that it lay open too long.
    message: String,
    /// The trap for programs was filled; now it is shown, so that a person can empty it.
    trap: String,
    mistakes: Mistakes,
}

/// An item of the Art. 8 notice.
#[derive(Serialize)]
pub struct NoticeRow {
    label: String,
    text: String,
}

#[derive(Serialize)]
pub(super) struct PersonalField {
    code: &'static str,
    purpose: String,
    required: bool,
    value: String,
    postal_code: String,
    county: String,
    district: String,
    counties: Vec<OptionView>,
}

#[derive(Serialize)]
pub(super) struct QuestionField {
    field: String,
    kind: &'static str,
    label: String,
    hint: String,
    limit: String,
    required: bool,
    options: Vec<OptionView>,
    value: String,
    values: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct OptionView {
    value: String,
    label: String,
    hint: String,
}

/// One choice of sharing.
#[derive(Serialize)]
struct OfferField {
    field: String,
    provider: String,
    address: String,
    shares: String,
    purpose: String,
    until: i64,
    ticked: bool,
}

fn offered(lang: Language, offer: &Offer, form: &FormFields) -> OfferField {
    let field = offer.form_field();
    OfferField {
        provider: offer.provider.name.pick(lang).to_owned(),
        address: offer.provider.address.clone(),
        shares: offered_fields(lang, offer),
        purpose: offer.purpose.pick(lang).to_owned(),
        until: offer.until.0,
        ticked: !form.value(&field).trim().is_empty(),
        field,
    }
}

/// The fields of an offer in the words of the notice.
pub(super) fn offered_fields(lang: Language, offer: &Offer) -> String {
    let names: Vec<String> = offer
        .fields
        .iter()
        .map(|field| policy::field_name(lang, *field))
        .collect();
    names.join(match lang {
        Language::ZhTw => "、",
        Language::En => ", ",
    })
}

/// The items of a frozen notice.
pub fn notice_rows(notice: &LocalText, lang: Language) -> Vec<NoticeRow> {
    policy::items_of(notice.pick(lang))
        .into_iter()
        .map(|item| NoticeRow {
            label: item.label,
            text: item.text,
        })
        .collect()
}

impl FormView {
    /// The form of `sheet` with the values of `form`.
    pub fn new(
        lang: Language,
        sheet: &Sheet,
        form: &FormFields,
        token: String,
        message: String,
        mistakes: Mistakes,
    ) -> FormView {
        let facts = &sheet.facts;
        FormView {
            slug: facts.slug.clone(),
            title: facts.title.pick(lang).to_owned(),
            asks_person: facts.kind.asks_person(),
            invited: sheet.is_by_invitation(),
            invitation: form.value(super::INVITATION).to_owned(),
            entrance: match sheet.needs_address() {
                true => form.value(super::ENTRANCE).to_owned(),
                false => String::new(),
            },
            answers_linked: facts.answers_linked,
            closes_at: facts.closes_at.0,
            purges_at: facts.purges_at.0,
            notice: notice_rows(&facts.notice, lang),
            offers: sheet
                .offers
                .iter()
                .map(|offer| offered(lang, offer, form))
                .collect(),
            fields: personal(lang, sheet, form),
            pools: sheet
                .pools()
                .iter()
                .map(|drum| OptionView {
                    value: drum.of.draw.clone(),
                    label: drum.of.name.pick(lang).to_owned(),
                    hint: String::new(),
                })
                .collect(),
            pool: form.value("pool").to_owned(),
            sessions: seats_wire::choices(lang, &sheet.sessions, sheet.at),
            session: form.value("session").to_owned(),
            wait: !form.value("wait").trim().is_empty(),
            has_line: sheet.sessions.iter().any(|each| each.waiting_places > 0),
            counted_at: sheet.at.0,
            known: false,
            questions: sheet
                .questions
                .questions()
                .iter()
                .map(|question| asked(lang, question, form))
                .collect(),
            consent: !form.value("consent").trim().is_empty(),
            token,
            message,
            trap: form.value(TRAP).to_owned(),
            mistakes,
        }
    }
}

impl FormView {
    /// With the way to the place that the person has already.
    pub fn knowing(mut self) -> FormView {
        self.known = true;
        self
    }
}

/// The field that people do not see and programs fill.
pub const TRAP: &str = "website";

pub(super) fn personal(lang: Language, sheet: &Sheet, form: &FormFields) -> Vec<PersonalField> {
    let counties = || {
        COUNTIES.map(|county| OptionView {
            value: county.zh().to_owned(),
            label: match lang {
                Language::ZhTw => county.zh().to_owned(),
                Language::En => county.en().to_owned(),
            },
            hint: String::new(),
        })
    };
    sheet
        .asked
        .iter()
        .map(|asked| PersonalField {
            code: asked.field.code(),
            purpose: asked.purpose.pick(lang).to_owned(),
            required: asked.required,
            value: form.value(asked.field.code()).to_owned(),
            postal_code: form.value("postal_code").to_owned(),
            county: County::parse(form.value("county"))
                .map(|county| county.zh().to_owned())
                .unwrap_or_default(),
            district: form.value("district").to_owned(),
            counties: match asked.field {
                Field::Address => counties().into(),
                _ => Vec::new(),
            },
        })
        .collect()
}

pub(super) fn asked(lang: Language, question: &Question, form: &FormFields) -> QuestionField {
    let field = question.field();
    let (label, hint) = match lang {
        Language::ZhTw => (question.label_zh.as_str(), question.hint_zh.as_str()),
        Language::En if question.hint_en.is_empty() => {
            (question.shown_en(), question.hint_zh.as_str())
        }
        Language::En => (question.shown_en(), question.hint_en.as_str()),
    };
    QuestionField {
        kind: kind(&question.kind),
        label: label.to_owned(),
        hint: hint.to_owned(),
        limit: limit(lang, &question.kind),
        required: question.required,
        options: options(lang, &question.kind),
        value: form.value(&field).to_owned(),
        values: form.values(&field).into_iter().map(str::to_owned).collect(),
        field,
    }
}

/// How a question is asked on the page.
pub(super) fn kind(kind: &QuestionKind) -> &'static str {
    match kind {
        QuestionKind::SingleChoice { .. } | QuestionKind::Scale { .. } => "one",
        QuestionKind::SeveralChoices { .. } => "several",
        QuestionKind::ShortText { .. } => "line",
        QuestionKind::LongText { .. } => "lines",
        QuestionKind::Number { .. } => "number",
        QuestionKind::Date => "date",
    }
}

/// What the person has to keep to, before a mistake says so.
fn limit(lang: Language, kind: &QuestionKind) -> String {
    let say = |id: &str, max: usize| {
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        text::message(lang, id, &[("max", max.into())])
    };
    match kind {
        QuestionKind::SeveralChoices { max: Some(max), .. } => say("entry-limit-choices", *max),
        QuestionKind::LongText { max } => say("entry-limit-text", *max),
        QuestionKind::Date => text::message(lang, "entry-limit-date", &[]),
        _ => String::new(),
    }
}

fn options(lang: Language, kind: &QuestionKind) -> Vec<OptionView> {
    if let QuestionKind::Scale { low, high, .. } = kind {
        return (*low..=*high)
            .map(|step| OptionView {
                value: step.to_string(),
                label: step.to_string(),
                hint: step_hint(lang, kind, step),
            })
            .collect();
    }
    let shown = |choice: &Choice| match lang {
        Language::ZhTw => choice.label_zh.clone(),
        Language::En => choice.shown_en().to_owned(),
    };
    kind.options()
        .iter()
        .map(|choice| OptionView {
            value: choice.id.to_string(),
            label: shown(choice),
            hint: String::new(),
        })
        .collect()
}

/// What the ends of a scale mean.
fn step_hint(lang: Language, kind: &QuestionKind, step: u8) -> String {
    let QuestionKind::Scale {
        low,
        high,
        low_label_zh,
        low_label_en,
        high_label_zh,
        high_label_en,
    } = kind
    else {
        return String::new();
    };
    let (zh, en) = match step {
        step if step == *low => (low_label_zh, low_label_en),
        step if step == *high => (high_label_zh, high_label_en),
        _ => return String::new(),
    };
    match lang {
        Language::En if !en.is_empty() => en.clone(),
        _ => zh.clone(),
    }
}
