//! Forms and views of the public pages.
//!
//! Invariant: nothing typed is lost, and no page shows an address but the one just typed.

use serde::Serialize;

use crate::identity::email::Email;
use crate::identity::mistake;
use crate::newsletter::consent::{self, Consent};
use crate::newsletter::subscribers::Choice;
use crate::newsletter::{Issue, Subscriber, Topic, TopicId};
use crate::platform::text::{self, Language, markdown};
use crate::platform::web::feed::{Content, Entry};
use crate::platform::web::form::{FormFields, Mistakes};

/// A field that people do not see.
pub(in crate::newsletter) const TRAP: &str = "website";

/// A choice on a form.
#[derive(Serialize)]
pub(in crate::newsletter) struct OptionView {
    value: String,
    label: String,
}

pub(super) fn topic_options(lang: Language, topics: &[Topic]) -> Vec<OptionView> {
    let options = topics.iter().map(|topic| OptionView {
        value: topic.id.0.clone(),
        label: topic.name.pick(lang).to_owned(),
    });
    options.collect()
}

fn languages() -> Vec<OptionView> {
    let option = |language: Language, label: &str| OptionView {
        value: language.tag().to_owned(),
        label: label.to_owned(),
    };
    vec![
        option(Language::ZhTw, "中文"),
        option(Language::En, "English"),
    ]
}

fn language_of(tag: &str) -> Option<Language> {
    let known = Language::ALL.into_iter();
    let mut fitting = known.filter(|language| language.tag() == tag);
    fitting.next()
}

/// The form of a subscription.
#[derive(Serialize)]
pub(in crate::newsletter) struct SubscribeView {
    topics: Vec<OptionView>,
    chosen: Vec<String>,
    languages: Vec<OptionView>,
    language: String,
    email: String,
    /// What the person may have meant.
    suggestion: String,
    consent: String,
    version: i64,
    agreed: bool,
    /// The trap for programs was filled; now it is shown, so that a person can empty it.
    trap: String,
    token: String,
    mistakes: Mistakes,
    message: String,
}

impl SubscribeView {
    pub(in crate::newsletter) fn of(
        consent: &Consent,
        topics: &[Topic],
        form: &FormFields,
        token: String,
        (mistakes, message): (Mistakes, String),
    ) -> SubscribeView {
        let lang = consent.language;
        let email = form.value("email");
        let suggestion = Email::parse(email)
            .ok()
            .and_then(|typed| typed.suggestion());
        let chosen = form.values("topics").into_iter().map(str::to_owned);
        SubscribeView {
            topics: topic_options(lang, topics),
            chosen: chosen.collect(),
            languages: languages(),
            language: match form.value("language") {
                "" => lang.tag().to_owned(),
                typed => typed.to_owned(),
            },
            email: email.to_owned(),
            suggestion: suggestion.map_or_else(String::new, |meant| meant.to_string()),
            consent: consent.words.clone(),
            version: consent::VERSION,
            agreed: form.has("agree"),
            trap: form.value(TRAP).to_owned(),
            token,
            mistakes,
            message,
        }
    }
}

/// Reads topics and language.
pub(in crate::newsletter) fn choice(
    lang: Language,
    form: &FormFields,
    offered: &[Topic],
    mistakes: &mut Mistakes,
) -> Option<Choice> {
    let ticked = form.values("topics");
    let topics: Vec<TopicId> = offered
        .iter()
        .filter(|topic| ticked.contains(&topic.id.as_str()))
        .map(|topic| topic.id.clone())
        .collect();
    if topics.is_empty() {
        mistakes.add(
            "topics",
            text::message(lang, "newsletter-topics-missing", &[]),
        );
    }
    let language = language_of(form.value("language"));
    if language.is_none() {
        let words = text::message(lang, "newsletter-language-missing", &[]);
        mistakes.add("language", words);
    }
    let language = language?;
    (!topics.is_empty()).then_some(Choice { topics, language })
}

/// Reads an address.
pub(in crate::newsletter) fn email(
    lang: Language,
    form: &FormFields,
    mistakes: &mut Mistakes,
) -> Option<Email> {
    match Email::parse(form.value("email")) {
        Ok(email) => Some(email),
        Err(wrong) => {
            let words = mistake::say(lang, wrong.message_id(), &wrong.args());
            mistakes.add("email", words);
            None
        }
    }
}

/// Reads the form of a subscription.
pub(in crate::newsletter) fn subscription(
    lang: Language,
    form: &FormFields,
    offered: &[Topic],
) -> Result<(Email, Choice), Mistakes> {
    let mut mistakes = Mistakes::new();
    let email = email(lang, form, &mut mistakes);
    let choice = choice(lang, form, offered, &mut mistakes);
    if !form.value(TRAP).trim().is_empty() {
        mistakes.add(TRAP, text::message(lang, "newsletter-trap-filled", &[]));
    }
    if !form.has("agree") {
        mistakes.add(
            "agree",
            text::message(lang, "newsletter-agree-missing", &[]),
        );
    }
    match (email, choice) {
        (Some(email), Some(choice)) if mistakes.is_empty() => Ok((email, choice)),
        _ => Err(mistakes),
    }
}

/// What a page says that says one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::newsletter) enum Said {
    /// A mail is on its way.
    Sent,
    /// The link leads to nothing.
    Over,
    /// The subscription is confirmed.
    In,
    /// The address is changed.
    Moved,
    /// A mail to the new address is on its way.
    Moving,
    /// The subscription is gone.
    Out,
}

/// A page that says one thing, with a link to go on.
#[derive(Serialize)]
pub(in crate::newsletter) struct SaidView {
    title: String,
    lead: String,
    /// The way to one's own subscription; empty where there is none.
    own: String,
    /// Whether the way to the form is shown.
    again: bool,
}

impl SaidView {
    pub(in crate::newsletter) fn of(lang: Language, said: Said, own: String) -> SaidView {
        let (title, lead) = match said {
            Said::Sent => ("newsletter-said-sent", "newsletter-said-sent-lead"),
            Said::Over => ("newsletter-said-over", "newsletter-said-over-lead"),
            Said::In => ("newsletter-said-in", "newsletter-said-in-lead"),
            Said::Moved => ("newsletter-said-moved", "newsletter-said-moved-lead"),
            Said::Moving => ("newsletter-said-moving", "newsletter-said-moving-lead"),
            Said::Out => ("newsletter-said-out", "newsletter-said-out-lead"),
        };
        SaidView {
            title: text::message(lang, title, &[]),
            lead: text::message(lang, lead, &[]),
            own,
            again: matches!(said, Said::Over | Said::Out),
        }
    }
}

/// The page that asks once more before leaving.
#[derive(Serialize)]
pub(in crate::newsletter) struct LeaveView {
    pub(in crate::newsletter) token: String,
}

/// The page of a link that confirms.
#[derive(Serialize)]
pub(in crate::newsletter) struct ConfirmView {
    pub(in crate::newsletter) token: String,
    /// Whether the link is of a new address.
    pub(in crate::newsletter) is_move: bool,
    pub(in crate::newsletter) topics: Vec<String>,
}

/// The names of chosen topics.
pub(in crate::newsletter) fn names(
    lang: Language,
    all: &[Topic],
    chosen: &[TopicId],
) -> Vec<String> {
    let chosen = all.iter().filter(|topic| chosen.contains(&topic.id));
    chosen
        .map(|topic| topic.name.pick(lang).to_owned())
        .collect()
}

/// One's own subscription.
#[derive(Serialize)]
pub(in crate::newsletter) struct OwnView {
    token: String,
    topics: Vec<OptionView>,
    chosen: Vec<String>,
    languages: Vec<OptionView>,
    language: String,
    email: String,
    agreed_at: i64,
    /// The version of the general policy that was in force then; 0 before the first.
    policy_version: i64,
    mistakes: Mistakes,
}

impl OwnView {
    pub(in crate::newsletter) fn of(
        lang: Language,
        token: &str,
        (own, chosen): (&Subscriber, &[TopicId]),
        offered: &[Topic],
        (form, mistakes): (&FormFields, Mistakes),
    ) -> OwnView {
        let is_again = form.has("do");
        OwnView {
            token: token.to_owned(),
            topics: topic_options(lang, offered),
            chosen: match is_again && form.value("do") == "choose" {
                true => form
                    .values("topics")
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                false => chosen.iter().map(|topic| topic.0.clone()).collect(),
            },
            languages: languages(),
            language: match form.value("language") {
                "" => own.language.tag().to_owned(),
                typed => typed.to_owned(),
            },
            email: form.value("email").to_owned(),
            agreed_at: own.agreed_at.0,
            policy_version: own.policy,
            mistakes,
        }
    }
}

/// The archive.
#[derive(Serialize)]
pub(in crate::newsletter) struct NewsView {
    issues: Vec<NewsRow>,
}

#[derive(Serialize)]
struct NewsRow {
    path: String,
    title: String,
    at: i64,
}

impl NewsView {
    pub(in crate::newsletter) fn of(lang: Language, issues: &[Issue]) -> NewsView {
        let rows = issues.iter().map(|issue| NewsRow {
            path: format!("/news/{}", issue.text.slug),
            title: issue.text.subject.pick(lang).to_owned(),
            at: issue.began_at.map_or(0, |at| at.0),
        });
        NewsView {
            issues: rows.collect(),
        }
    }
}

/// One issue of the archive.
#[derive(Serialize)]
pub(in crate::newsletter) struct IssueView {
    title: String,
    markdown: String,
    at: i64,
}

impl IssueView {
    pub(in crate::newsletter) fn of(lang: Language, issue: &Issue) -> IssueView {
        IssueView {
            title: issue.text.subject.pick(lang).to_owned(),
            markdown: issue.text.body.pick(lang).to_owned(),
            at: issue.began_at.map_or(0, |at| at.0),
        }
    }
}

/// One issue as an entry of the feed.
pub(in crate::newsletter) fn feed_entry(language: Language, issue: &Issue) -> Entry {
    Entry {
        name: issue.id.to_string(),
        title: issue.text.subject.pick(language).to_owned(),
        at: issue.began_at.map_or(0, |at| at.0),
        page: format!("/news/{}", issue.text.slug),
        summary: String::new(),
        content: Content::Html(markdown::html(issue.text.body.pick(language))),
    }
}
