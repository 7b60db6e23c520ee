//! What staff see of feedback: the list, and one matter.

use std::collections::HashMap;

use serde::Serialize;

use crate::account::Account;
use crate::audit::{Actor, StaffId};
use crate::feedback::letter::LONGEST_ANSWER;
use crate::feedback::{self, Event, Feedback, State, Topic};
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::{LetterView, OptionView, topic_words, wish_words};

/// Rows on a page of the list.
const PER_PAGE: usize = 50;

/// The names of staff by id.
type Names = HashMap<String, String>;

/// What the list is narrowed to.
#[derive(Clone, Default)]
pub(in crate::feedback) struct Filter {
    /// `waiting`, `all`, or the code of a state.
    pub(in crate::feedback) state: String,
    /// The code of a topic, or empty.
    pub(in crate::feedback) topic: String,
    /// `me`, `nobody`, or empty.
    pub(in crate::feedback) who: String,
    /// Which page, from 1.
    pub(in crate::feedback) page: usize,
}

impl Filter {
    fn takes(&self, reader: &StaffId, one: &Feedback) -> bool {
        let state = match self.state.as_str() {
            "" | "waiting" => one.state.waits(),
            "all" => true,
            code => one.state.code() == code,
        };
        let topic = self.topic.is_empty() || one.topic.code() == self.topic;
        let who = match self.who.as_str() {
            "me" => one.assigned_to.as_ref() == Some(reader),
            "nobody" => one.assigned_to.is_none(),
            _ => true,
        };
        state && topic && who
    }

    /// The path of the list, ready for the number of a page.
    fn more(&self) -> String {
        // Only codes that the page itself offers are carried on.
        let known = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
        let part = |text: &str| match known(text) {
            true => text.to_owned(),
            false => String::new(),
        };
        format!(
            "/staff/feedback?state={}&topic={}&who={}&page=",
            part(&self.state),
            part(&self.topic),
            part(&self.who)
        )
    }
}

/// A line of the list.
#[derive(Serialize)]
struct Row {
    id: String,
    topic: String,
    received_at: i64,
    wish: String,
    state: &'static str,
    assigned_to: String,
}

/// The list.
#[derive(Serialize)]
pub(in crate::feedback) struct ListView {
    rows: Vec<Row>,
    states: Vec<OptionView>,
    state: String,
    topics: Vec<OptionView>,
    topic: String,
    whos: Vec<OptionView>,
    who: String,
    total: usize,
    this_page: usize,
    last_page: usize,
    more: String,
}

impl ListView {
    pub(in crate::feedback) fn new(
        lang: Language,
        reader: &StaffId,
        all: &[Feedback],
        names: &Names,
        filter: Filter,
    ) -> ListView {
        let fitting: Vec<&Feedback> = all.iter().filter(|one| filter.takes(reader, one)).collect();
        let last_page = fitting.len().div_ceil(PER_PAGE).max(1);
        let this_page = filter.page.clamp(1, last_page);
        let shown = fitting.iter().skip((this_page - 1) * PER_PAGE);
        let rows = shown.take(PER_PAGE).map(|one| Row {
            id: one.id.to_string(),
            topic: topic_words(lang, one.topic),
            received_at: one.received_at.0,
            wish: wish_words(lang, one.wish),
            state: one.state.code(),
            assigned_to: name_of(names, one.assigned_to.as_ref()),
        });
        ListView {
            rows: rows.collect(),
            states: states(lang),
            state: match filter.state.is_empty() {
                true => "waiting".to_owned(),
                false => filter.state.clone(),
            },
            topics: Topic::ALL
                .into_iter()
                .filter(|topic| *topic != Topic::Privacy)
                .map(|topic| option(topic.code(), topic_words(lang, topic)))
                .collect(),
            topic: filter.topic.clone(),
            whos: [
                option("me", text::message(lang, "feedback-who-me", &[])),
                option("nobody", text::message(lang, "feedback-who-nobody", &[])),
            ]
            .into(),
            who: filter.who.clone(),
            total: fitting.len(),
            this_page,
            last_page,
            more: filter.more(),
        }
    }
}

fn states(lang: Language) -> Vec<OptionView> {
    let mut choices = vec![option(
        "waiting",
        text::message(lang, "feedback-state-waiting", &[]),
    )];
    choices.extend(State::ALL.map(|state| option(state.code(), state_words(lang, state))));
    choices.push(option(
        "all",
        text::message(lang, "feedback-state-all", &[]),
    ));
    choices
}

fn option(value: &str, label: String) -> OptionView {
    OptionView {
        value: value.to_owned(),
        label,
        hint: String::new(),
    }
}

fn state_words(lang: Language, state: State) -> String {
    let id = match state {
        State::New => "feedback-state-new",
        State::Assigned => "feedback-state-assigned",
        State::Answered => "feedback-state-answered",
        State::Closed => "feedback-state-closed",
        State::Reopened => "feedback-state-reopened",
    };
    text::message(lang, id, &[])
}

fn name_of(names: &Names, id: Option<&StaffId>) -> String {
    let id = id.map_or("", StaffId::as_str);
    names.get(id).map_or(id, String::as_str).to_owned()
}

/// A line of the history.
#[derive(Serialize)]
struct EventRow {
    at: i64,
    /// Of the person only the hour is kept.
    is_hour: bool,
    words: String,
    actor: String,
}

impl EventRow {
    fn new(lang: Language, event: &Event, names: &Names) -> EventRow {
        let about = StaffId(event.about.clone());
        let args = [("name", name_of(names, Some(&about)).into())];
        let words = match event.act.as_str() {
            "assigned" => text::message(lang, "feedback-event-assigned", &args),
            "received" => text::message(lang, "feedback-event-received", &[]),
            "written" => text::message(lang, "feedback-event-written", &[]),
            "freed" => text::message(lang, "feedback-event-freed", &[]),
            "answered" => text::message(lang, "feedback-event-answered", &[]),
            "closed" => text::message(lang, "feedback-event-closed", &[]),
            _ => text::message(lang, "feedback-event-reopened", &[]),
        };
        let is_person = event.actor == Actor::Entrant.to_string();
        let actor = match event.actor.strip_prefix("staff:") {
            Some(id) => name_of(names, Some(&StaffId::from(id))),
            None if is_person => text::message(lang, "feedback-actor-person", &[]),
            None => text::message(lang, "audit-actor-system", &[]),
        };
        EventRow {
            at: event.at.0,
            is_hour: is_person,
            words,
            actor,
        }
    }
}

/// One matter for staff; nothing of the letters before their opening is recorded.
#[derive(Serialize)]
pub(in crate::feedback) struct MatterView {
    id: String,
    topic: String,
    wish: &'static str,
    wish_words: String,
    state: &'static str,
    received_at: i64,
    kept_until: i64,
    assigned_to: String,
    colleagues: Vec<OptionView>,
    events: Vec<EventRow>,
    version: i64,
    opened: bool,
    letters: Vec<LetterView>,
    email: String,
    typed_answer: String,
    longest: usize,
    message: String,
    mistakes: Mistakes,
}

impl MatterView {
    pub(in crate::feedback) fn new(
        lang: Language,
        feedback: &Feedback,
        (kept_until, events): (i64, &[Event]),
        staff: &[Account],
        form: &FormFields,
        mistakes: Mistakes,
    ) -> MatterView {
        let names = staff
            .iter()
            .map(|one| (one.id.0.clone(), one.name.clone()))
            .collect();
        MatterView {
            id: feedback.id.to_string(),
            topic: topic_words(lang, feedback.topic),
            wish: feedback.wish.code(),
            wish_words: wish_words(lang, feedback.wish),
            state: feedback.state.code(),
            received_at: feedback.received_at.0,
            kept_until,
            assigned_to: feedback
                .assigned_to
                .as_ref()
                .map_or_else(String::new, |id| id.0.clone()),
            colleagues: staff
                .iter()
                .filter(|one| feedback::can_have(one))
                .map(|one| option(one.id.as_str(), one.name.clone()))
                .collect(),
            events: events
                .iter()
                .map(|event| EventRow::new(lang, event, &names))
                .collect(),
            version: feedback.version,
            opened: false,
            letters: Vec::new(),
            email: String::new(),
            typed_answer: form.value("answer").to_owned(),
            longest: LONGEST_ANSWER,
            message: String::new(),
            mistakes,
        }
    }

    /// The same with the letters open.
    pub(in crate::feedback) fn with(
        mut self,
        letters: Vec<LetterView>,
        email: String,
    ) -> MatterView {
        self.opened = true;
        self.letters = letters;
        self.email = email;
        self
    }

    /// The same with a word about what happened meanwhile.
    pub(in crate::feedback) fn saying(mut self, message: String) -> MatterView {
        self.message = message;
        self
    }
}
