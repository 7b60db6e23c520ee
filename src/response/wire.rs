//! Words and views of alarms.
//!
//! Invariant: no view and no letter holds a network's tag; accounts are told by the names that staff
//! sign in with, which colleagues know.

use std::collections::HashMap;

use serde::Serialize;

use crate::custody::breach::Incident;
use crate::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::text::{self, Language, dates};
use crate::platform::watch::WatchSettings;
use crate::platform::web::form::Mistakes;

use super::letters::account;
use super::{Answer, AnswerKind, Of, Rule, Terms, rules};

/// What the letter is filled with.
#[derive(Serialize)]
pub(super) struct DigestText {
    pub(super) library: String,
    pub(super) alarms: Vec<String>,
    pub(super) more: usize,
    pub(super) incidents: Vec<String>,
    pub(super) page: String,
    pub(super) register: String,
}

/// The page.
#[derive(Serialize)]
pub(super) struct SecurityView {
    frozen_since: Option<i64>,
    running: Vec<AnswerRow>,
    past: Vec<AnswerRow>,
    counts: Vec<CountRow>,
    rules: Vec<RuleRow>,
    /// Whether letters leave.
    has_letters: bool,
    letters_minutes: i64,
    networks: usize,
    may_lift: bool,
    /// The answer whose form is shown again.
    typed_of: String,
    typed: String,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct AnswerRow {
    id: String,
    happened: String,
    done: String,
    who: String,
    began_at: i64,
    until: Option<i64>,
    ended: String,
    incident: String,
    may_lift: bool,
}

#[derive(Serialize)]
struct CountRow {
    words: String,
    hour: u64,
    day: u64,
}

#[derive(Serialize)]
struct RuleRow {
    words: String,
    when: String,
    done: String,
}

/// What the page is made of.
pub(super) struct Found {
    pub(super) frozen_since: Option<Timestamp>,
    pub(super) answers: Vec<Answer>,
    pub(super) hour: Vec<(String, u64)>,
    pub(super) day: Vec<(String, u64)>,
    pub(super) names: HashMap<String, String>,
    pub(super) now: Timestamp,
    pub(super) may_lift: bool,
    pub(super) has_mail: bool,
}

impl SecurityView {
    pub(super) fn of(language: Language, set: &WatchSettings, found: &Found) -> SecurityView {
        let row = |own: &Answer| AnswerRow::of(language, own, found);
        let (running, past): (Vec<&Answer>, Vec<&Answer>) = found
            .answers
            .iter()
            .partition(|own| own.runs(found.now) && own.kind != AnswerKind::Alarm);
        let count = |of: &[(String, u64)], sign: &str| {
            let known = of.iter().find(|(own, _)| own == sign);
            known.map_or(0, |(_, count)| *count)
        };
        let counts = rules::signs().map(|sign| CountRow {
            words: sign_words(language, sign),
            hour: count(&found.hour, sign),
            day: count(&found.day, sign),
        });
        let rules = Rule::ALL.iter().map(|rule| {
            let terms = rule.terms(set);
            RuleRow {
                words: rule_words(language, *rule),
                when: when(language, *rule, &terms, set),
                done: done(language, terms.answers),
            }
        });
        SecurityView {
            frozen_since: found.frozen_since.map(|at| at.0),
            running: running.into_iter().map(row).collect(),
            past: past.into_iter().map(row).collect(),
            counts: counts.collect(),
            rules: rules.collect(),
            has_letters: found.has_mail && !set.alarm_to.is_empty(),
            letters_minutes: set.alarm_minutes,
            networks: set.library_networks.len(),
            may_lift: found.may_lift,
            typed_of: String::new(),
            typed: String::new(),
            mistakes: Mistakes::new(),
        }
    }

    /// With the reason as it was typed, and what is wrong with it.
    pub(super) fn again(self, of: &str, typed: &str, mistakes: Mistakes) -> SecurityView {
        SecurityView {
            typed_of: of.to_owned(),
            typed: typed.to_owned(),
            mistakes,
            ..self
        }
    }
}

impl AnswerRow {
    fn of(language: Language, own: &Answer, found: &Found) -> AnswerRow {
        let say = |id: &str, args: &[(&str, text::Value<'_>)]| text::message(language, id, args);
        let who = match (account(own), own.rule.terms_of()) {
            (Some(staff), _) => found.names.get(&staff.0).cloned().unwrap_or(staff.0),
            (None, Of::Network) => say("response-one-network", &[]),
            (None, _) => String::new(),
        };
        let ended = match (own.lifted_at, &own.lifted_by, own.until) {
            (Some(at), by, _) => {
                let name = by.as_ref().map_or_else(
                    || say("response-lifted-at-machine", &[]),
                    |by| found.names.get(&by.0).cloned().unwrap_or(by.0.clone()),
                );
                let args = [
                    ("date", dates::datetime(language, at.0).into()),
                    ("name", name.into()),
                    ("reason", own.reason.clone().into()),
                ];
                say("response-lifted", &args)
            }
            (_, _, Some(_)) if own.kind == AnswerKind::Alarm => say("response-alarm-only", &[]),
            (_, _, Some(until)) => {
                let args = [("date", dates::datetime(language, until.0).into())];
                say("response-ended", &args)
            }
            _ => String::new(),
        };
        AnswerRow {
            id: own.id.0.clone(),
            happened: happened(language, own.rule, own.count),
            done: kind_words(language, own.kind),
            who,
            began_at: own.began_at.0,
            until: own.until.map(|at| at.0),
            ended,
            incident: own.incident.clone().map_or(String::new(), |id| id.0),
            may_lift: found.may_lift && own.runs(found.now),
        }
    }
}

/// The library's name.
pub(super) fn library(language: Language, config: &Config) -> &str {
    match language {
        Language::ZhTw => &config.library_zh,
        Language::En => &config.library_en,
    }
}

/// One alarm in a letter.
pub(super) fn told(language: Language, own: &Answer, names: &HashMap<String, String>) -> String {
    let name = account(own).and_then(|staff| names.get(&staff.0).cloned());
    let args = [
        ("date", dates::datetime(language, own.began_at.0).into()),
        ("happened", happened(language, own.rule, own.count).into()),
        ("done", kind_words(language, own.kind).into()),
        ("name", name.clone().unwrap_or_default().into()),
    ];
    match name {
        Some(_) => text::message(language, "response-mail-account", &args),
        None => text::message(language, "response-mail-alarm", &args),
    }
}

/// One incident that waits, in a letter.
pub(super) fn reminder(language: Language, own: &Incident, now: Timestamp) -> String {
    let noticed = dates::datetime(language, own.noticed_at.0);
    match own.report_by {
        None => text::message(
            language,
            "response-mail-incident",
            &[("date", noticed.into())],
        ),
        Some(by) => {
            let left = (by.0 - now.0).max(0) / HOUR;
            let args = [
                ("date", noticed.into()),
                ("by", dates::datetime(language, by.0).into()),
                ("hours", left.into()),
            ];
            match by <= now {
                true => text::message(language, "response-mail-incident-late", &args),
                false => text::message(language, "response-mail-incident-clock", &args),
            }
        }
    }
}

/// What a rule has found.
pub(super) fn happened(language: Language, rule: Rule, count: u64) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let args = [
        ("what", rule_words(language, rule).into()),
        ("count", count.into()),
    ];
    text::message(language, "response-happened", &args)
}

/// What is done by itself.
pub(super) fn done(language: Language, answers: &[AnswerKind]) -> String {
    let each: Vec<String> = answers
        .iter()
        .map(|kind| kind_words(language, *kind))
        .collect();
    each.join(&text::message(language, "response-and", &[]))
}

fn when(language: Language, rule: Rule, terms: &Terms, set: &WatchSettings) -> String {
    if terms.most == 0 {
        return text::message(language, "response-off", &[]);
    }
    let most = i64::from(terms.most);
    let (number, unit) = match terms.window {
        window if window % DAY == 0 => (window / DAY, "response-within-days"),
        window if window % HOUR == 0 => (window / HOUR, "response-within-hours"),
        window => (window / MINUTE, "response-within-minutes"),
    };
    let span = match unit {
        "response-within-days" => {
            text::message(language, "response-within-days", &[("n", number.into())])
        }
        "response-within-hours" => {
            text::message(language, "response-within-hours", &[("n", number.into())])
        }
        _ => text::message(language, "response-within-minutes", &[("n", number.into())]),
    };
    let args = [("most", most.into()), ("span", span.into())];
    let words = match rule.terms_of() {
        Of::Network => text::message(language, "response-when-network", &args),
        Of::Account => text::message(language, "response-when-account", &args),
        Of::All => text::message(language, "response-when-all", &args),
    };
    if rule != Rule::Night {
        return words;
    }
    let args = [
        ("words", words.into()),
        ("from", i64::from(set.night_from).into()),
        ("to", i64::from(set.night_to).into()),
    ];
    text::message(language, "response-when-night", &args)
}

fn rule_words(language: Language, rule: Rule) -> String {
    let id = match rule {
        Rule::Passphrases => "response-rule-passphrases",
        Rule::LockOut => "response-rule-lock-out",
        Rule::LockOuts => "response-rule-lock-outs",
        Rule::Codes => "response-rule-codes",
        Rule::Persons => "response-rule-persons",
        Rule::Robots => "response-rule-robots",
        Rule::Rush => "response-rule-rush",
        Rule::OtherSites => "response-rule-other-sites",
        Rule::Refused => "response-rule-refused",
        Rule::Scripts => "response-rule-scripts",
        Rule::Exports => "response-rule-exports",
        Rule::Openings => "response-rule-openings",
        Rule::Night => "response-rule-night",
    };
    text::message(language, id, &[])
}

fn kind_words(language: Language, kind: AnswerKind) -> String {
    let id = match kind {
        AnswerKind::Alarm => "response-kind-alarm",
        AnswerKind::Slow => "response-kind-slow",
        AnswerKind::Press => "response-kind-press",
        AnswerKind::Block => "response-kind-block",
        AnswerKind::Lock => "response-kind-lock",
        AnswerKind::Freeze => "response-kind-freeze",
    };
    text::message(language, id, &[])
}

fn sign_words(language: Language, sign: &str) -> String {
    let id = match sign {
        "sign_in" => "response-sign-sign-in",
        "second_step" => "response-sign-second-step",
        "code" => "response-sign-code",
        "person" => "response-sign-person",
        "trap" => "response-sign-trap",
        "hasty" => "response-sign-hasty",
        "other_site" => "response-sign-other-site",
        "refused" => "response-sign-refused",
        "script" => "response-sign-script",
        "locked" => "response-sign-locked",
        "export" => "response-sign-export",
        _ => "response-sign-opening",
    };
    text::message(language, id, &[])
}
