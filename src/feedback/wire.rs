//! What crosses the boundary of feedback: a person's form in, pages and letters out.
//!
//! Invariant: nothing typed is lost; a letter is on a page only for whoever wrote it, or for staff
//! after its opening was recorded.

mod staff;

pub(super) use staff::{Filter, ListView, MatterView};

use serde::Serialize;

use crate::identity::email::Email;
use crate::identity::mistake;
use crate::identity::typed;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::policy::retention;

use super::letter::LONGEST;
use super::{Author, Feedback, Letter, State, Topic, Wish};

/// A field that people do not see and programs fill.
pub(super) const TRAP: &str = "website";

/// A choice on a form.
#[derive(Serialize)]
pub(super) struct OptionView {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) hint: String,
}

/// The form.
#[derive(Serialize)]
pub(super) struct WriteView {
    topics: Vec<OptionView>,
    topic: String,
    wishes: Vec<OptionView>,
    wish: String,
    text: String,
    email: String,
    trap: String,
    longest: usize,
    /// How long it is kept after it is closed, in words.
    kept: String,
    token: String,
    message: String,
    mistakes: Mistakes,
}

/// A form that was accepted.
pub(super) struct Typed {
    pub(super) topic: Topic,
    pub(super) wish: Wish,
    pub(super) text: String,
    /// Where the answer goes; nothing where none was wished by mail, whatever was typed.
    pub(super) email: Option<Email>,
}

impl WriteView {
    /// The form with what was typed.
    pub(super) fn new(
        lang: Language,
        kept: i64,
        form: &FormFields,
        token: String,
        message: String,
        mistakes: Mistakes,
    ) -> WriteView {
        WriteView {
            topics: Topic::ALL.map(|topic| topic_option(lang, topic)).into(),
            topic: form.value("topic").to_owned(),
            wishes: Wish::ALL.map(|wish| wish_option(lang, wish)).into(),
            wish: form.value("wish").to_owned(),
            text: form.value("text").to_owned(),
            email: form.value("email").to_owned(),
            trap: form.value(TRAP).to_owned(),
            longest: LONGEST,
            kept: retention::span(lang, kept),
            token,
            message,
            mistakes,
        }
    }
}

fn topic_option(lang: Language, topic: Topic) -> OptionView {
    let hint = match topic {
        Topic::Privacy => text::message(lang, "feedback-topic-privacy-hint", &[]),
        _ => String::new(),
    };
    OptionView {
        value: topic.code().to_owned(),
        label: topic_words(lang, topic),
        hint,
    }
}

fn wish_option(lang: Language, wish: Wish) -> OptionView {
    let hint = match wish {
        Wish::OnPage => text::message(lang, "feedback-wish-page-hint", &[]),
        _ => String::new(),
    };
    OptionView {
        value: wish.code().to_owned(),
        label: wish_words(lang, wish),
        hint,
    }
}

/// A topic in words.
pub(super) fn topic_words(lang: Language, topic: Topic) -> String {
    let id = match topic {
        Topic::Activity => "feedback-topic-activity",
        Topic::Service => "feedback-topic-service",
        Topic::Website => "feedback-topic-website",
        Topic::Privacy => "feedback-topic-privacy",
        Topic::Other => "feedback-topic-other",
    };
    text::message(lang, id, &[])
}

pub(super) fn wish_words(lang: Language, wish: Wish) -> String {
    let id = match wish {
        Wish::None => "feedback-wish-none",
        Wish::OnPage => "feedback-wish-page",
        Wish::ByMail => "feedback-wish-mail",
    };
    text::message(lang, id, &[])
}

/// Reads the form.
pub(super) fn read(lang: Language, form: &FormFields) -> Result<Typed, Mistakes> {
    let mut mistakes = Mistakes::new();
    let say = |id: &str| text::message(lang, id, &[]);
    if !form.value(TRAP).trim().is_empty() {
        mistakes.add(TRAP, say("feedback-trap-filled"));
    }
    let topic = Topic::parse(form.value("topic"));
    if topic.is_none() {
        mistakes.add("topic", say("feedback-topic-missing"));
    }
    let words = match letter(lang, form.value("text"), LONGEST) {
        Ok(words) => words,
        Err(wrong) => {
            mistakes.add("text", wrong);
            String::new()
        }
    };
    // What is about personal data is answered in any case, and the address helps to reach whoever asks.
    let is_private = topic == Some(Topic::Privacy);
    let wish = match is_private {
        true => Some(Wish::OnPage),
        false => Wish::parse(form.value("wish")),
    };
    if wish.is_none() {
        mistakes.add("wish", say("feedback-wish-missing"));
    }
    let typed = form.value("email");
    let takes_email = wish == Some(Wish::ByMail) || is_private;
    let mut email = None;
    match takes_email && !typed::is_blank(typed) {
        true => match Email::parse(typed) {
            Ok(read) => email = Some(read),
            Err(wrong) => mistakes.add(
                "email",
                mistake::say(lang, wrong.message_id(), &wrong.args()),
            ),
        },
        false if wish == Some(Wish::ByMail) => {
            mistakes.add("email", say("feedback-email-missing"));
        }
        false => {}
    }
    match (topic, wish) {
        (Some(topic), Some(wish)) if mistakes.is_empty() => Ok(Typed {
            topic,
            wish,
            text: words,
            email,
        }),
        _ => Err(mistakes),
    }
}

/// Reads a letter of either side, or says what is wrong with it.
pub(super) fn letter(lang: Language, typed: &str, longest: usize) -> Result<String, String> {
    let words = typed::lines(typed);
    let length = typed::length(&words);
    if words.is_empty() {
        return Err(text::message(lang, "feedback-text-missing", &[]));
    }
    if length <= longest {
        return Ok(words);
    }
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let args = [
        ("length", number(length).into()),
        ("longest", number(longest).into()),
    ];
    Err(text::message(lang, "feedback-text-long", &args))
}

/// The page after the form: the reference code, once.
#[derive(Serialize)]
pub(super) struct ThanksView {
    pub(super) code: String,
    pub(super) wish: &'static str,
    /// By when a question about personal data is answered; 0 for everything else.
    pub(super) due_at: i64,
}

/// The form that asks for the reference code.
#[derive(Serialize)]
pub(super) struct FindView {
    pub(super) mistakes: Mistakes,
    pub(super) message: String,
    /// The code belongs to a request about personal data, which has a page of its own.
    pub(super) is_request: bool,
}

/// A letter on a page, opened for its reader.
#[derive(Serialize)]
pub(super) struct LetterView {
    pub(super) is_own: bool,
    written_at: i64,
    /// Empty where it is gone.
    pub(super) text: String,
    /// How far its mail has come; empty where it is not mailed.
    pub(super) mail: &'static str,
}

impl LetterView {
    pub(super) fn new(letter: &Letter, text: String) -> LetterView {
        LetterView {
            is_own: letter.author == Author::Person,
            written_at: letter.written_at.0,
            text,
            mail: match letter.mail {
                super::Mailing::None => "",
                mail => mail.code(),
            },
        }
    }
}

/// The status of a matter, for the person.
#[derive(Serialize)]
pub(super) struct StatusView {
    topic: String,
    wish: &'static str,
    state: &'static str,
    received_at: i64,
    /// 0 where it is not closed.
    closed_at: i64,
    kept_until: i64,
    letters: Vec<LetterView>,
    version: i64,
    policy_version: i64,
    typed: String,
    longest: usize,
    pass: String,
    message: String,
    mistakes: Mistakes,
}

/// What a person typed on the status page, and what is to be said about it.
#[derive(Default)]
pub(super) struct Again {
    pub(super) typed: String,
    pub(super) message: String,
    pub(super) mistakes: Mistakes,
}

impl StatusView {
    pub(super) fn new(
        lang: Language,
        feedback: &Feedback,
        letters: Vec<LetterView>,
        kept_until: i64,
        pass: String,
        again: Again,
    ) -> StatusView {
        // Sent twice, or sent and then changed by a colleague: it is there already.
        let is_there = letters
            .iter()
            .any(|letter| letter.is_own && letter.text == typed::lines(&again.typed));
        let again = match is_there && again.mistakes.is_empty() {
            true => Again::default(),
            false => again,
        };
        StatusView {
            topic: topic_words(lang, feedback.topic),
            wish: feedback.wish.code(),
            state: match feedback.state {
                State::New => "new",
                State::Assigned | State::Reopened => "open",
                State::Answered => "answered",
                State::Closed => "closed",
            },
            received_at: feedback.received_at.0,
            closed_at: feedback.closed_at.map_or(0, |at| at.0),
            kept_until,
            letters,
            version: feedback.version,
            policy_version: feedback.policy,
            typed: again.typed,
            longest: LONGEST,
            pass,
            message: again.message,
            mistakes: again.mistakes,
        }
    }
}

/// What the mail with an answer is filled with; the answer itself is put in by the vault.
#[derive(Serialize)]
pub(super) struct LetterText<'a> {
    pub(super) answer: &'a str,
    pub(super) library: &'a str,
    pub(super) phone: &'a str,
    pub(super) email: &'a str,
    pub(super) host: &'a str,
}
