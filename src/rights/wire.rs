//! What crosses the boundary of requests: a person's form in, pages out.
//!
//! Invariant: nothing typed is lost; a letter is on a page only for whoever wrote it, or for staff
//! after its opening was recorded.

use serde::Serialize;

use crate::activity::Facts;
use crate::identity::email::Email;
use crate::identity::mistake;
use crate::identity::phone::Phone;
use crate::identity::typed;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::policy::retention;

use super::letter::LONGEST;
use super::{Identified, Request, RequestKind, RequestState, Urgency};

/// A choice on a form.
#[derive(Serialize)]
pub(super) struct OptionView {
    value: String,
    label: String,
    hint: String,
}

/// The form of a request.
#[derive(Serialize)]
pub(super) struct AskView {
    kinds: Vec<OptionView>,
    kind: String,
    activities: Vec<OptionView>,
    activity: String,
    text: String,
    email: String,
    phone: String,
    code: String,
    longest: usize,
    /// How long a request is kept after its answer, in words.
    kept: String,
    token: String,
    message: String,
    mistakes: Mistakes,
}

/// A form that was accepted.
pub(super) struct Asked {
    pub(super) kind: RequestKind,
    pub(super) activity: String,
    pub(super) text: String,
    pub(super) email: Option<Email>,
    pub(super) phone: Option<Phone>,
}

impl AskView {
    /// The form with what was typed.
    pub(super) fn new(
        lang: Language,
        activities: &[Facts],
        kept: i64,
        form: &FormFields,
        token: String,
        message: String,
        mistakes: Mistakes,
    ) -> AskView {
        AskView {
            kinds: RequestKind::ALL.map(|kind| kind_option(lang, kind)).into(),
            kind: form.value("kind").to_owned(),
            activities: activities
                .iter()
                .map(|facts| OptionView {
                    value: facts.slug.clone(),
                    label: facts.title.pick(lang).to_owned(),
                    hint: String::new(),
                })
                .collect(),
            activity: form.value("activity").to_owned(),
            text: form.value("text").to_owned(),
            email: form.value("email").to_owned(),
            phone: form.value("phone").to_owned(),
            code: form.value("code").to_owned(),
            longest: LONGEST,
            kept: retention::span(lang, kept),
            token,
            message,
            mistakes,
        }
    }
}

fn kind_option(lang: Language, kind: RequestKind) -> OptionView {
    let days = [("days", kind.days().into())];
    OptionView {
        value: kind.code().to_owned(),
        label: kind_words(lang, kind),
        hint: text::message(lang, "rights-kind-days", &days),
    }
}

fn identified_option(lang: Language, choice: Identified) -> OptionView {
    let id = match choice {
        Identified::Receipt => "rights-label-code",
        Identified::Card => "rights-identified-card",
        Identified::Reach => "rights-identified-reach",
        Identified::NotNeeded => "rights-identified-not-needed",
    };
    OptionView {
        value: choice.code().to_owned(),
        label: text::message(lang, id, &[]),
        hint: String::new(),
    }
}

/// A kind of request in words.
pub(super) fn kind_words(lang: Language, kind: RequestKind) -> String {
    let id = match kind {
        RequestKind::See => "rights-kind-see",
        RequestKind::Copy => "rights-kind-copy",
        RequestKind::Correct => "rights-kind-correct",
        RequestKind::Stop => "rights-kind-stop",
        RequestKind::Erase => "rights-kind-erase",
    };
    text::message(lang, id, &[])
}

/// Reads the form of a request; a wrong receipt code is the page's business.
pub(super) fn read(lang: Language, form: &FormFields) -> Result<Asked, Mistakes> {
    let mut mistakes = Mistakes::new();
    let say = |id: &str| text::message(lang, id, &[]);
    let kind = RequestKind::parse(form.value("kind"));
    if kind.is_none() {
        mistakes.add("kind", say("rights-kind-missing"));
    }
    let words = typed::lines(form.value("text"));
    let length = typed::length(&words);
    if words.is_empty() {
        mistakes.add("text", say("rights-text-missing"));
    } else if length > LONGEST {
        mistakes.add("text", too_long(lang, length, LONGEST));
    }
    let (email, phone) = (form.value("email"), form.value("phone"));
    let mut reach = (None, None);
    if typed::is_blank(email) && typed::is_blank(phone) {
        mistakes.add("email", say("rights-reach-missing"));
    }
    if !typed::is_blank(email) {
        match Email::parse(email) {
            Ok(email) => reach.0 = Some(email),
            Err(wrong) => mistakes.add(
                "email",
                mistake::say(lang, wrong.message_id(), &wrong.args()),
            ),
        }
    }
    if !typed::is_blank(phone) {
        match Phone::parse(phone) {
            Ok(phone) => reach.1 = Some(phone),
            Err(wrong) => mistakes.add(
                "phone",
                mistake::say(lang, wrong.message_id(), &wrong.args()),
            ),
        }
    }
    match kind {
        Some(kind) if mistakes.is_empty() => Ok(Asked {
            kind,
            activity: form.value("activity").to_owned(),
            text: words,
            email: reach.0,
            phone: reach.1,
        }),
        _ => Err(mistakes),
    }
}

/// What to say of a text that is too long.
pub(super) fn too_long(lang: Language, length: usize, longest: usize) -> String {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    text::message(
        lang,
        "rights-text-long",
        &[
            ("length", number(length).into()),
            ("longest", number(longest).into()),
        ],
    )
}

/// The page after a request: its reference code, once.
#[derive(Serialize)]
pub(super) struct DoneView {
    pub(super) code: String,
    pub(super) kind: String,
    pub(super) due_at: i64,
}

/// The form that asks for the reference code.
#[derive(Serialize)]
pub(super) struct FindView {
    pub(super) mistakes: Mistakes,
    pub(super) message: String,
}

/// The status of a request, for the person.
#[derive(Serialize)]
pub(super) struct StatusView {
    kind: String,
    title: String,
    state: &'static str,
    is_overdue: bool,
    received_at: i64,
    due_at: i64,
    /// 0 where it was not extended.
    extended_to: i64,
    extension_reason: String,
    answered_at: i64,
    answer: String,
    /// What the person wrote, while it is kept.
    text: String,
    pass: String,
}

/// Letters of a request as text, opened for the reader of a page.
#[derive(Default)]
pub(super) struct Letters {
    pub(super) text: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) answer: String,
}

impl StatusView {
    pub(super) fn new(
        lang: Language,
        request: &Request,
        activity: Option<&Facts>,
        letters: Letters,
        pass: String,
        now: Timestamp,
    ) -> StatusView {
        StatusView {
            kind: kind_words(lang, request.kind),
            title: activity
                .map(|facts| facts.title.pick(lang).to_owned())
                .unwrap_or_default(),
            state: request.state.code(),
            is_overdue: request.urgency(now) == Urgency::Overdue,
            received_at: request.received_at.0,
            due_at: request.due_at.0,
            extended_to: request.extended_to.map_or(0, |at| at.0),
            extension_reason: request.extension_reason.clone(),
            answered_at: request.answered_at.map_or(0, |at| at.0),
            answer: letters.answer,
            text: letters.text,
            pass,
        }
    }
}

/// A line of the queue.
#[derive(Serialize)]
pub(super) struct RequestRow {
    id: String,
    kind: String,
    title: String,
    received_at: i64,
    due_at: i64,
    is_extended: bool,
    state: &'static str,
    urgency: &'static str,
}

/// The queue of staff.
#[derive(Serialize)]
pub(super) struct QueueView {
    pub(super) open: Vec<RequestRow>,
    pub(super) done: Vec<RequestRow>,
    pub(super) overdue: u64,
}

/// One request for staff; nothing of the letter before its opening is recorded.
#[derive(Serialize)]
pub(super) struct RequestView {
    row: RequestRow,
    slug: String,
    /// The tickets of the entry that the person proved by the receipt code.
    tickets: Vec<String>,
    is_proven: bool,
    extension_reason: String,
    /// Until when an extension would run; 0 where none is possible.
    may_extend_to: i64,
    answered_at: i64,
    opened: bool,
    text: String,
    email: String,
    phone: String,
    answer: String,
    typed_answer: String,
    /// How staff may have made sure who asks.
    ways: Vec<OptionView>,
    identified: String,
    typed_reason: String,
    longest: usize,
    message: String,
    mistakes: Mistakes,
}

impl RequestRow {
    pub(super) fn new(
        lang: Language,
        request: &Request,
        activity: Option<&Facts>,
        now: Timestamp,
    ) -> RequestRow {
        RequestRow {
            id: request.id.to_string(),
            kind: kind_words(lang, request.kind),
            title: activity
                .map(|facts| facts.title.pick(lang).to_owned())
                .unwrap_or_default(),
            received_at: request.received_at.0,
            due_at: request.due().0,
            is_extended: request.extended_to.is_some(),
            state: request.state.code(),
            urgency: match request.urgency(now) {
                Urgency::None => "",
                Urgency::Soon => "soon",
                Urgency::Overdue => "overdue",
            },
        }
    }
}

/// What a page of one request knows besides the request.
pub(super) struct Around {
    pub(super) activity: Option<Facts>,
    pub(super) tickets: Vec<String>,
}

impl RequestView {
    pub(super) fn new(
        lang: Language,
        request: &Request,
        around: &Around,
        form: &FormFields,
        mistakes: Mistakes,
        now: Timestamp,
    ) -> RequestView {
        let may_extend = request.state == RequestState::Open
            && request.extended_to.is_none()
            && now <= request.due_at;
        RequestView {
            row: RequestRow::new(lang, request, around.activity.as_ref(), now),
            slug: around
                .activity
                .as_ref()
                .map(|facts| facts.slug.clone())
                .unwrap_or_default(),
            tickets: around.tickets.clone(),
            is_proven: request.entry.is_some(),
            extension_reason: request.extension_reason.clone(),
            may_extend_to: if may_extend {
                request.kind.extended(request.received_at).0
            } else {
                0
            },
            answered_at: request.answered_at.map_or(0, |at| at.0),
            opened: false,
            text: String::new(),
            email: String::new(),
            phone: String::new(),
            answer: String::new(),
            typed_answer: form.value("answer").to_owned(),
            ways: Identified::CHOICES
                .map(|choice| identified_option(lang, choice))
                .into(),
            identified: form.value("identified").to_owned(),
            typed_reason: form.value("reason").to_owned(),
            longest: super::letter::LONGEST_ANSWER,
            message: String::new(),
            mistakes,
        }
    }

    /// The same with the letters open.
    pub(super) fn with(mut self, letters: Letters) -> RequestView {
        self.opened = true;
        self.text = letters.text;
        self.email = letters.email;
        self.phone = letters.phone;
        self.answer = letters.answer;
        self
    }

    /// The same with a word about what happened meanwhile.
    pub(super) fn saying(mut self, message: String) -> RequestView {
        self.message = message;
        self
    }
}
