//! What the staff pages of the general policy show and take.

use serde::Serialize;

use super::Choice;
use crate::activity::LocalText;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language, dates};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::policy::Error;
use crate::policy::general::audience::Told;
use crate::policy::general::diff::{self, Block, Fate};
use crate::policy::general::{
    self, Draft, LONGEST, LONGEST_CHANGE, MOST_DAYS, Part, Scope, Text, Version, Weight,
};

/// A paragraph of a comparison.
#[derive(Serialize)]
pub struct BlockView {
    /// Whether anything in it changed.
    pub changed: bool,
    pieces: Vec<PieceView>,
}

/// A piece of a paragraph: `same`, `gone` or `new`.
#[derive(Serialize)]
struct PieceView {
    fate: &'static str,
    words: String,
}

/// A comparison as `policy/_compared` shows it.
pub fn compared(blocks: Vec<Block>) -> Vec<BlockView> {
    let fate = |fate| match fate {
        Fate::Same => "same",
        Fate::Gone => "gone",
        Fate::New => "new",
    };
    let view = |block: Block| BlockView {
        changed: block.changed,
        pieces: block
            .pieces
            .into_iter()
            .map(|piece| PieceView {
                fate: fate(piece.fate),
                words: piece.words,
            })
            .collect(),
    };
    blocks.into_iter().map(view).collect()
}

/// What is written of the next version, as the form shows it.
#[derive(Serialize)]
struct Written {
    body_zh: String,
    body_en: String,
    change_zh: String,
    change_en: String,
    weight: &'static str,
    wait_days: i64,
    banner_days: i64,
    hosts: String,
    governs: Vec<&'static str>,
    revision: i64,
}

impl Written {
    fn of(draft: &Draft) -> Written {
        let text = &draft.text;
        Written {
            body_zh: text.body.zh.clone(),
            body_en: text.body.en.clone(),
            change_zh: text.change.zh.clone(),
            change_en: text.change.en.clone(),
            weight: match text.weight {
                Weight::Minor => MINOR,
                Weight::Major => MAJOR,
            },
            wait_days: text.wait_days,
            banner_days: text.banner_days,
            hosts: text.scope.hosts.join(" "),
            governs: text.scope.parts.iter().map(|part| part.code()).collect(),
            revision: draft.revision,
        }
    }
}

const MINOR: &str = "minor";
const MAJOR: &str = "major";

/// How far an audience was told of a version.
#[derive(Serialize)]
pub(in crate::policy) struct Telling {
    number: i64,
    audience: String,
    /// Whether it has begun.
    begun: bool,
    over: bool,
    waiting: i64,
    sent: i64,
    uncertain: i64,
    refused: i64,
    dropped: i64,
}

impl Telling {
    pub(in crate::policy) fn of(
        version: &Version,
        audience: String,
        told: Option<Told>,
    ) -> Telling {
        let figures = told.unwrap_or_default();
        Telling {
            number: version.number,
            audience,
            begun: told.is_some(),
            over: figures.is_over,
            waiting: figures.waiting,
            sent: figures.sent,
            uncertain: figures.uncertain,
            refused: figures.refused,
            dropped: figures.dropped,
        }
    }
}

/// The staff page of the policy.
#[derive(Serialize)]
pub(in crate::policy) struct GeneralView {
    /// The version in force.
    current: i64,
    /// Versions that take effect later.
    coming: Vec<Coming>,
    altered: Vec<i64>,
    next: i64,
    written: Written,
    weights: Vec<Choice>,
    parts_offered: Vec<Choice>,
    tellings: Vec<Telling>,
    longest: usize,
    most_days: i64,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct Coming {
    number: i64,
    effective_at: i64,
}

impl GeneralView {
    pub(in crate::policy) fn of(
        language: Language,
        (all, now): (&[Version], Timestamp),
        draft: &Draft,
        tellings: Vec<Telling>,
        altered: Vec<i64>,
        mistakes: Mistakes,
    ) -> GeneralView {
        let say = |id: &str| text::message(language, id, &[]);
        let in_force = all.iter().rfind(|each| each.effective_at <= now);
        let coming = all.iter().filter(|each| each.effective_at > now);
        GeneralView {
            current: in_force.map_or(0, |version| version.number),
            coming: coming
                .map(|version| Coming {
                    number: version.number,
                    effective_at: version.effective_at.0,
                })
                .collect(),
            altered,
            next: all.last().map_or(1, |last| last.number + 1),
            written: Written::of(draft),
            weights: vec![
                Choice {
                    value: MINOR,
                    label: say("policy-weight-minor"),
                },
                Choice {
                    value: MAJOR,
                    label: say("policy-weight-major"),
                },
            ],
            parts_offered: Part::ALL
                .map(|part| Choice {
                    value: part.code(),
                    label: say(part.message_id()),
                })
                .into(),
            tellings,
            longest: LONGEST,
            most_days: MOST_DAYS,
            mistakes,
        }
    }
}

/// Reads what was typed; what cannot be read is kept as it can.
pub(in crate::policy) fn read_text(language: Language, form: &FormFields) -> (Text, Mistakes) {
    let mut mistakes = Mistakes::new();
    let say = |id: &str| text::message(language, id, &[]);
    let typed = |name: &str| form.value(name).replace("\r\n", "\n").trim().to_owned();
    let mut limited = |name: &'static str, longest: usize| {
        let words = typed(name);
        if words.chars().count() > longest {
            let args = [("longest", (longest as i64).into())];
            mistakes.add(name, text::message(language, "policy-too-long", &args));
        }
        words
    };
    let body = LocalText::new(limited("body_zh", LONGEST), limited("body_en", LONGEST));
    let change = LocalText::new(
        limited("change_zh", LONGEST_CHANGE),
        limited("change_en", LONGEST_CHANGE),
    );
    let weight = match form.value("weight") {
        MAJOR => Weight::Major,
        _ => Weight::Minor,
    };
    let mut days = |name: &'static str, min: i64| match form.value(name).trim().parse() {
        Ok(days) if (min..=MOST_DAYS).contains(&days) => days,
        _ => {
            let args = [("min", min.into()), ("max", MOST_DAYS.into())];
            mistakes.add(name, text::message(language, "policy-days-between", &args));
            min
        }
    };
    let wait_days = days("wait_days", 0);
    let banner_days = days("banner_days", general::least_banner(weight));
    let parts = form.values("parts").join(" ");
    let scope = Scope::read(&form.value("hosts").to_ascii_lowercase(), &parts);
    let is_host = |host: &String| {
        let letters = host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
        letters && host.len() <= 253
    };
    if !scope.hosts.iter().all(is_host) {
        mistakes.add("hosts", say("policy-hosts-wrong"));
    }
    if scope.parts.is_empty() {
        mistakes.add("parts", say("policy-parts-missing"));
    }
    let text = Text {
        body,
        change,
        weight,
        wait_days,
        banner_days,
        scope,
    };
    (text, mistakes)
}

/// What has to change in the form, by field.
///
/// # Errors
/// The error itself, where nothing that is typed helps.
pub(in crate::policy) fn save_mistake(
    language: Language,
    error: Error,
) -> Result<(&'static str, String), Error> {
    match error {
        Error::Moved => Ok((
            "body_zh",
            text::message(language, "policy-draft-moved-save", &[]),
        )),
        error => Err(error),
    }
}

/// Why a version is not published, beside the box that says yes.
///
/// # Errors
/// The error itself, where the page cannot help.
pub(in crate::policy) fn publish_mistake(
    language: Language,
    error: Error,
) -> Result<String, Error> {
    let say = |id: &str| text::message(language, id, &[]);
    match error {
        Error::Moved => Ok(say("policy-draft-moved")),
        Error::NameMissing => Ok(say("policy-incomplete")),
        Error::Same => Ok(say("policy-same-text")),
        Error::TooEarly { earliest } => {
            let date = dates::date(language, earliest.0);
            let args = [("date", date.into())];
            Ok(text::message(language, "policy-too-early-text", &args))
        }
        error => Err(error),
    }
}

/// The next version as everybody would read it.
#[derive(Serialize)]
pub(in crate::policy) struct PreviewView {
    number: i64,
    /// The whole text in the language of the page; the other page has the other.
    body: String,
    change_zh: String,
    change_en: String,
    major: bool,
    effective_at: i64,
    at_once: bool,
    banner_days: i64,
    hosts: Vec<String>,
    governs: Vec<String>,
    audiences: Vec<String>,
    blocks_zh: Vec<BlockView>,
    blocks_en: Vec<BlockView>,
    revision: i64,
    mistakes: Mistakes,
}

impl PreviewView {
    pub(in crate::policy) fn of(
        language: Language,
        last: &Version,
        draft: &Draft,
        now: Timestamp,
        audiences: Vec<String>,
        mistakes: Mistakes,
    ) -> PreviewView {
        let written = &draft.text;
        let governs = written.scope.parts.iter();
        PreviewView {
            number: last.number + 1,
            body: written.body.pick(language).to_owned(),
            change_zh: written.change.zh.clone(),
            change_en: written.change.en.clone(),
            major: written.weight == Weight::Major,
            effective_at: general::takes_effect(now, written.wait_days).0,
            at_once: written.wait_days == 0,
            banner_days: written.banner_days,
            hosts: written.scope.hosts.clone(),
            governs: governs
                .map(|part| text::message(language, part.message_id(), &[]))
                .collect(),
            audiences,
            blocks_zh: changed(&last.body.zh, &written.body.zh),
            blocks_en: changed(&last.body.en, &written.body.en),
            revision: draft.revision,
            mistakes,
        }
    }
}

/// The paragraphs that changed; the whole text stands below them.
fn changed(old: &str, new: &str) -> Vec<BlockView> {
    let mut blocks = diff::compare(old, new);
    blocks.retain(|block| block.changed);
    compared(blocks)
}
