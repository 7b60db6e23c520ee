//! What the pages of the record show.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::{Actor, Break, ChainReport, Filter, Head, Listing, Outcome, Record};
use crate::activity::LocalText;
use crate::platform::text::{self, Language};

/// A page of the record.
#[derive(Serialize)]
pub(super) struct ListView {
    activity: String,
    actor: String,
    activities: Vec<Choice>,
    actors: Vec<Choice>,
    rows: Vec<RecordView>,
    this_page: i64,
    last_page: i64,
    total: i64,
    /// Path and query of this list, ready for the number of a page.
    more: String,
}

/// Somebody the list can be narrowed to.
#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

/// One line.
#[derive(Serialize)]
struct RecordView {
    position: String,
    at: i64,
    /// Of what entrants do nothing finer is kept.
    is_hour: bool,
    actor: String,
    act: String,
    activity: String,
    /// The activity's name; empty where the line is of none, or of one that is gone.
    title: String,
    object: String,
    purpose: String,
    reason: String,
}

impl ListView {
    /// `names` are those of staff by id, `titles` those of activities.
    pub(super) fn of(
        lang: Language,
        filter: Filter,
        listing: &Listing,
        (names, titles): (&HashMap<String, String>, &HashMap<String, LocalText>),
        more: String,
    ) -> ListView {
        let rows = listing
            .records
            .iter()
            .map(|record| RecordView::of(lang, record, (names, titles)))
            .collect();
        ListView {
            activities: activities(lang, titles, &filter.activity),
            actors: actors(lang, names),
            rows,
            this_page: listing.page,
            last_page: listing.pages,
            total: listing.total,
            more,
            activity: filter.activity,
            actor: filter.actor,
        }
    }
}

impl RecordView {
    fn of(
        lang: Language,
        record: &Record,
        (names, titles): (&HashMap<String, String>, &HashMap<String, LocalText>),
    ) -> RecordView {
        RecordView {
            position: record.position.to_string(),
            at: record.at.0,
            is_hour: record.actor == Actor::Entrant.to_string(),
            actor: actor_words(lang, &record.actor, names),
            act: act_words(lang, &record.act),
            activity: record.activity.clone(),
            title: titles
                .get(&record.activity)
                .map(|title| title.pick(lang).to_owned())
                .unwrap_or_default(),
            object: record.object.clone(),
            purpose: purpose_words(lang, &record.purpose),
            reason: record.reason.clone(),
        }
    }
}

/// What was done, in words; an act that has none is shown by its code.
fn act_words(lang: Language, act: &str) -> String {
    let id = format!("audit-act-{}", act.replace(['.', '_'], "-"));
    text::find(lang, &id, &[]).unwrap_or_else(|| act.to_owned())
}

/// Why personal data was opened, in words; a purpose that has none is shown by its code.
fn purpose_words(lang: Language, purpose: &str) -> String {
    let id = match purpose {
        "winner-notice" => "audit-purpose-winner-notice",
        "winner-call" => "audit-purpose-winner-call",
        "winner-export" => "audit-purpose-winner-export",
        "prize-handover" => "audit-purpose-prize-handover",
        "provider-share" => "audit-purpose-provider-share",
        "tax-filing" => "audit-purpose-tax-filing",
        "disclosure" => "audit-purpose-disclosure",
        "id-lookup" => "audit-purpose-id-lookup",
        "breach-notice" => "audit-purpose-breach-notice",
        "live-reveal" => "audit-purpose-live-reveal",
        "seat-notice" => "audit-purpose-seat-notice",
        "rights-reply" => "audit-purpose-rights-reply",
        "feedback-reply" => "audit-purpose-feedback-reply",
        "phone" => "audit-purpose-phone",
        "post" => "audit-purpose-post",
        "shipping" => "audit-purpose-shipping",
        other => return other.to_owned(),
    };
    text::message(lang, id, &[])
}

fn actor_words(lang: Language, actor: &str, names: &HashMap<String, String>) -> String {
    match actor {
        "system" => text::message(lang, "audit-actor-system", &[]),
        "entrant" => text::message(lang, "audit-actor-entrant", &[]),
        other => match other.strip_prefix("staff:") {
            Some(id) => names.get(id).unwrap_or(&id.to_owned()).clone(),
            None => other.to_owned(),
        },
    }
}

/// Every activity by its name; one that is asked for and gone stays a choice.
fn activities(lang: Language, titles: &HashMap<String, LocalText>, asked: &str) -> Vec<Choice> {
    let mut choices: Vec<Choice> = titles
        .iter()
        .map(|(id, title)| Choice {
            value: id.clone(),
            label: match title.pick(lang) {
                "" => id.clone(),
                title => format!("{title} ({id})"),
            },
        })
        .collect();
    if !asked.is_empty() && !titles.contains_key(asked) {
        choices.push(Choice {
            value: asked.to_owned(),
            label: asked.to_owned(),
        });
    }
    choices.sort_by(|a, b| a.label.cmp(&b.label));
    choices
}

fn actors(lang: Language, names: &HashMap<String, String>) -> Vec<Choice> {
    let mut staff: Vec<Choice> = names
        .iter()
        .map(|(id, name)| Choice {
            value: format!("staff:{id}"),
            label: name.clone(),
        })
        .collect();
    staff.sort_by(|a, b| a.label.cmp(&b.label));
    let others = ["system", "entrant"].map(|actor| Choice {
        value: actor.to_owned(),
        label: actor_words(lang, actor, names),
    });
    staff.extend(others);
    staff
}

/// The result of a check of the chain.
#[derive(Serialize)]
pub(super) struct CheckView {
    /// `passed`, `failed`, `not-applicable` or `could-not-check`.
    outcome: &'static str,
    words: String,
    length: i64,
    head: String,
    /// How many signed heads fit.
    heads: usize,
    /// The newest of them: when, and its place in the journal.
    signed_at: Option<i64>,
    signed_note: String,
    checked_at: i64,
}

/// What a check of the record found.
pub(super) struct Checked {
    /// The chain against the heads.
    pub(super) report: ChainReport,
    /// The newest head.
    pub(super) newest: Option<Head>,
    /// Whether the journal, which holds the heads, gives its signed root.
    pub(super) journal: bool,
}

impl CheckView {
    /// Nothing stands for a check that could not be made.
    pub(super) fn of(lang: Language, checked: Option<&Checked>, checked_at: i64) -> CheckView {
        let report = checked.map(|checked| &checked.report);
        let (outcome, words) = match checked {
            Some(checked) if !checked.journal => {
                ("failed", text::message(lang, "audit-check-journal", &[]))
            }
            _ => outcome_words(lang, report),
        };
        let newest = checked.and_then(|checked| checked.newest.as_ref());
        CheckView {
            heads: report.map_or(0, |report| report.heads),
            signed_at: newest.map(|head| head.at),
            signed_note: newest.map_or_else(String::new, |head| head.in_journal.to_string()),
            outcome,
            words,
            length: report.map_or(0, |report| report.length),
            head: report.map_or_else(String::new, |report| HEXLOWER.encode(&report.head)),
            checked_at,
        }
    }
}

fn outcome_words(lang: Language, report: Option<&ChainReport>) -> (&'static str, String) {
    let plain = |id: &str| text::message(lang, id, &[]);
    match report.map(|report| report.outcome) {
        Some(Outcome::Passed) => ("passed", plain("audit-check-passed")),
        Some(Outcome::NotApplicable) => ("not-applicable", plain("audit-check-not-applicable")),
        None => ("could-not-check", plain("audit-check-could-not")),
        Some(Outcome::Failed(position, how)) => {
            let id = match how {
                Break::Missing => "audit-check-missing",
                Break::Unlinked => "audit-check-unlinked",
                Break::Changed => "audit-check-changed",
                Break::OtherThanSigned => "audit-check-other-than-signed",
                Break::CutOff => "audit-check-cut-off",
            };
            let position = position.to_string();
            let args = [("position", position.as_str().into())];
            ("failed", text::message(lang, id, &args))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_without_words_is_shown_by_its_code() {
        assert_eq!(
            act_words(Language::En, "staff.locked"),
            "Account locked after failed tries"
        );
        assert_eq!(act_words(Language::En, "some.thing"), "some.thing");
    }

    #[test]
    fn a_purpose_is_shown_in_words() {
        for purpose in ["winner-notice", "winner-call", "winner-export", "shipping"] {
            assert_ne!(purpose_words(Language::ZhTw, purpose), purpose);
        }
        assert_eq!(purpose_words(Language::En, "some-thing"), "some-thing");
        assert_eq!(purpose_words(Language::En, ""), "");
    }

    #[test]
    fn staff_are_shown_by_name_where_it_is_known() {
        let names = HashMap::from([("abc".to_owned(), "陳館員".to_owned())]);
        assert_eq!(actor_words(Language::ZhTw, "staff:abc", &names), "陳館員");
        assert_eq!(actor_words(Language::ZhTw, "staff:xyz", &names), "xyz");
        assert_eq!(actor_words(Language::En, "system", &names), "System");
    }
}
