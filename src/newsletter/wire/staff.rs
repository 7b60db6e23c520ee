//! Forms and views of the pages of staff.

use serde::Serialize;

use super::public::{OptionView, topic_options};
use crate::activity::LocalText;
use crate::identity::{date, typed};
use crate::newsletter::issues::{LONGEST, Text};
use crate::newsletter::{Issue, Progress, Stage, Topic, TopicId};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

/// Longest name of a topic, and longest subject.
const LONGEST_LINE: usize = 120;

/// Every issue.
#[derive(Serialize)]
pub(in crate::newsletter) struct ListView {
    rows: Vec<ListRow>,
    subscribers: i64,
}

#[derive(Serialize)]
struct ListRow {
    id: String,
    title: String,
    stage: &'static str,
    kind: &'static str,
    words: String,
    at: Option<i64>,
    progress: Figures,
}

/// Figures of an issue.
#[derive(Serialize)]
struct Figures {
    all: i64,
    waiting: i64,
    sent: i64,
    uncertain: i64,
    bounced: i64,
    refused: i64,
    dropped: i64,
}

impl From<Progress> for Figures {
    fn from(of: Progress) -> Figures {
        Figures {
            all: of.all(),
            waiting: of.waiting,
            sent: of.sent,
            uncertain: of.uncertain,
            bounced: of.bounced,
            refused: of.refused,
            dropped: of.dropped,
        }
    }
}

fn stage_words(lang: Language, stage: Stage) -> String {
    let id = match stage {
        Stage::Draft => "newsletter-stage-draft",
        Stage::Scheduled => "newsletter-stage-scheduled",
        Stage::Sending => "newsletter-stage-sending",
        Stage::Sent => "newsletter-stage-sent",
        Stage::Stopped => "newsletter-stage-stopped",
    };
    text::message(lang, id, &[])
}

fn tag_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "",
        Stage::Scheduled => "waiting",
        Stage::Sending => "open",
        Stage::Sent => "done",
        Stage::Stopped => "stopped",
    }
}

impl ListView {
    pub(in crate::newsletter) fn of(
        lang: Language,
        issues: &[(Issue, Progress)],
        subscribers: i64,
    ) -> ListView {
        let rows = issues.iter().map(|(issue, progress)| ListRow {
            id: issue.id.0.clone(),
            title: issue.text.subject.pick(lang).to_owned(),
            stage: issue.stage.code(),
            kind: tag_of(issue.stage),
            words: stage_words(lang, issue.stage),
            at: issue.began_at.or(issue.send_at).map(|at| at.0),
            progress: (*progress).into(),
        });
        ListView {
            rows: rows.collect(),
            subscribers,
        }
    }
}

/// The topics.
#[derive(Serialize)]
pub(in crate::newsletter) struct TopicsView {
    rows: Vec<TopicRow>,
    /// The topic that is renamed; empty for a new one.
    editing: String,
    name_zh: String,
    name_en: String,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct TopicRow {
    id: String,
    zh: String,
    en: String,
    retired: bool,
}

impl TopicsView {
    pub(in crate::newsletter) fn of(
        topics: &[Topic],
        editing: &str,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> TopicsView {
        let edited = topics.iter().find(|topic| topic.id.as_str() == editing);
        let typed = |name: &str, own: Option<&String>| match form.has(name) {
            true => form.value(name).to_owned(),
            false => own.cloned().unwrap_or_default(),
        };
        TopicsView {
            rows: topics
                .iter()
                .map(|topic| TopicRow {
                    id: topic.id.0.clone(),
                    zh: topic.name.zh.clone(),
                    en: topic.name.en.clone(),
                    retired: topic.retired_at.is_some(),
                })
                .collect(),
            editing: edited.map(|topic| topic.id.0.clone()).unwrap_or_default(),
            name_zh: typed("name_zh", edited.map(|topic| &topic.name.zh)),
            name_en: typed("name_en", edited.map(|topic| &topic.name.en)),
            mistakes,
        }
    }
}

/// Reads the name of a topic.
pub(in crate::newsletter) fn topic_name(
    lang: Language,
    form: &FormFields,
) -> Result<LocalText, Mistakes> {
    let mut mistakes = Mistakes::new();
    for field in ["name_zh", "name_en"] {
        let length = typed::length(&typed::line(form.value(field)));
        if length == 0 || length > LONGEST_LINE {
            let words = text::message(lang, "newsletter-topic-name-wrong", &[]);
            mistakes.add(field, words);
        }
    }
    match mistakes.is_empty() {
        true => Ok(LocalText::new(
            typed::line(form.value("name_zh")),
            typed::line(form.value("name_en")),
        )),
        false => Err(mistakes),
    }
}

/// The form of an issue.
#[derive(Serialize)]
pub(in crate::newsletter) struct WriteView {
    /// Empty for a new one.
    id: String,
    version: i64,
    slug: String,
    subject_zh: String,
    subject_en: String,
    body_zh: String,
    body_en: String,
    topics: Vec<OptionView>,
    chosen: Vec<String>,
    longest: usize,
    mistakes: Mistakes,
}

impl WriteView {
    /// An empty form, or the issue as it stands.
    pub(in crate::newsletter) fn of(
        lang: Language,
        topics: &[Topic],
        issue: Option<&Issue>,
    ) -> WriteView {
        let text = issue.map(|issue| &issue.text);
        let of = |pick: fn(&Text) -> &String| text.map(pick).cloned().unwrap_or_default();
        WriteView {
            id: issue.map(|issue| issue.id.0.clone()).unwrap_or_default(),
            version: issue.map_or(0, |issue| issue.version),
            slug: of(|text| &text.slug),
            subject_zh: of(|text| &text.subject.zh),
            subject_en: of(|text| &text.subject.en),
            body_zh: of(|text| &text.body.zh),
            body_en: of(|text| &text.body.en),
            topics: topic_options(lang, topics),
            chosen: text.map_or_else(Vec::new, |text| {
                text.topics.iter().map(|topic| topic.0.clone()).collect()
            }),
            longest: LONGEST,
            mistakes: Mistakes::new(),
        }
    }

    /// The same with what was typed, and what is wrong with it.
    pub(in crate::newsletter) fn again(mut self, form: &FormFields, mistakes: Mistakes) -> Self {
        let typed = |name: &str| form.value(name).to_owned();
        self.version = form.value("version").parse().unwrap_or(self.version);
        self.slug = typed("slug");
        self.subject_zh = typed("subject_zh");
        self.subject_en = typed("subject_en");
        self.body_zh = typed("body_zh");
        self.body_en = typed("body_en");
        self.chosen = form
            .values("topics")
            .into_iter()
            .map(str::to_owned)
            .collect();
        self.mistakes = mistakes;
        self
    }
}

/// Reads the form of an issue. What is missing for sending may be missing in a draft.
pub(in crate::newsletter) fn text_of(
    lang: Language,
    form: &FormFields,
    offered: &[Topic],
) -> Result<Text, Mistakes> {
    let mut mistakes = Mistakes::new();
    let slug = form.value("slug").trim().to_owned();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = (3..=60).contains(&slug.len()) && slug.chars().all(plain) && !slug.starts_with('-');
    if !fits {
        mistakes.add("slug", text::message(lang, "newsletter-slug-wrong", &[]));
    }
    let mut line = |field: &str| {
        let line = typed::line(form.value(field));
        if line.is_empty() || typed::length(&line) > LONGEST_LINE {
            mistakes.add(field, text::message(lang, "newsletter-subject-wrong", &[]));
        }
        line
    };
    let subject = LocalText::new(line("subject_zh"), line("subject_en"));
    let mut lines = |field: &str| {
        // Spaces at the beginning of a line mean something in Markdown.
        let lines = form.value(field).trim().to_owned();
        let length = typed::length(&lines);
        if length == 0 || length > LONGEST {
            let most = i64::try_from(LONGEST).unwrap_or(i64::MAX);
            let words = text::message(lang, "newsletter-body-wrong", &[("longest", most.into())]);
            mistakes.add(field, words);
        }
        lines
    };
    let body = LocalText::new(lines("body_zh"), lines("body_en"));
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
    match mistakes.is_empty() {
        true => Ok(Text {
            slug,
            subject,
            body,
            topics,
        }),
        false => Err(mistakes),
    }
}

/// The two texts of an issue, as they are read.
#[derive(Serialize)]
pub(in crate::newsletter) struct PreviewView {
    id: String,
    title: String,
    texts: Vec<PreviewText>,
}

#[derive(Serialize)]
struct PreviewText {
    lang: &'static str,
    subject: String,
    markdown: String,
    plain: String,
}

impl PreviewView {
    /// `plain` are the letters as mail programs without HTML show them, in the order of languages.
    pub(in crate::newsletter) fn of(
        lang: Language,
        issue: &Issue,
        plain: [String; 2],
    ) -> PreviewView {
        let texts = Language::ALL.into_iter().zip(plain);
        PreviewView {
            id: issue.id.0.clone(),
            title: issue.text.subject.pick(lang).to_owned(),
            texts: texts
                .map(|(of, plain)| PreviewText {
                    lang: of.tag(),
                    subject: issue.text.subject.pick(of).to_owned(),
                    markdown: issue.text.body.pick(of).to_owned(),
                    plain,
                })
                .collect(),
        }
    }
}

/// Sending an issue, and how far it is.
#[derive(Serialize)]
pub(in crate::newsletter) struct SendView {
    id: String,
    slug: String,
    version: i64,
    title: String,
    stage: &'static str,
    kind: &'static str,
    words: String,
    topics: Vec<String>,
    /// Whether it tells everybody of the general policy.
    tells_policy: bool,
    send_at: Option<i64>,
    began_at: Option<i64>,
    ended_at: Option<i64>,
    progress: Figures,
    per_minute: u32,
    /// Whether a mail server is configured.
    has_server: bool,
    email: String,
    language: String,
    at: String,
    mistakes: Mistakes,
}

/// What the page of sending is made of.
pub(in crate::newsletter) struct SendPage {
    pub(in crate::newsletter) issue: Issue,
    pub(in crate::newsletter) topics: Vec<Topic>,
    pub(in crate::newsletter) progress: Progress,
    pub(in crate::newsletter) per_minute: u32,
    pub(in crate::newsletter) has_server: bool,
}

impl SendView {
    pub(in crate::newsletter) fn of(
        lang: Language,
        page: &SendPage,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> SendView {
        let issue = &page.issue;
        let ms = |at: Option<Timestamp>| at.map(|at| at.0);
        SendView {
            id: issue.id.0.clone(),
            slug: issue.text.slug.clone(),
            version: issue.version,
            title: issue.text.subject.pick(lang).to_owned(),
            stage: issue.stage.code(),
            kind: tag_of(issue.stage),
            words: stage_words(lang, issue.stage),
            topics: super::public::names(lang, &page.topics, &issue.text.topics),
            tells_policy: issue.policy > 0,
            send_at: ms(issue.send_at),
            began_at: ms(issue.began_at),
            ended_at: ms(issue.ended_at),
            progress: page.progress.into(),
            per_minute: page.per_minute,
            has_server: page.has_server,
            email: form.value("email").to_owned(),
            language: match form.value("language") {
                "" => lang.tag().to_owned(),
                typed => typed.to_owned(),
            },
            at: form.value("at").to_owned(),
            mistakes,
        }
    }
}

/// Reads the moment of sending, which lies ahead.
pub(in crate::newsletter) fn moment(
    lang: Language,
    form: &FormFields,
    now: Timestamp,
) -> Result<Timestamp, Mistakes> {
    match date::parse_moment(form.value("at")) {
        Ok(at) if at > now => Ok(at),
        _ => {
            let mut mistakes = Mistakes::new();
            mistakes.add("at", text::message(lang, "newsletter-at-wrong", &[]));
            Err(mistakes)
        }
    }
}
