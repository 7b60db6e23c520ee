//! Views of what the law wants published about personal data, in plain words.
//!
//! Not here: the periods and the register themselves ([`crate::policy`]).

use serde::Serialize;

use super::general::{PolicyRow, PolicyView};

use crate::activity::wire::Heading;
use crate::activity::{Facts, lifecycle};
use crate::platform::config::Config;
use crate::platform::text::{self, Language, dates};
use crate::platform::web::access;
use crate::policy::codes::Code;
use crate::policy::register::File;
use crate::policy::retention::{self, Lasting};
use crate::policy::versions::Version;
use crate::policy::wire::{ChangeRow, ClassRow, ProcessorRow};
use crate::policy::{self, codes::Codes};
use crate::purge::wire::{step_words, trouble_words};
use crate::purge::{Purge, Step};

/// Who holds the data.
#[derive(Serialize)]
pub(in crate::portal) struct Holder {
    name: String,
    phone: String,
    email: String,
}

impl Holder {
    pub(in crate::portal) fn of(language: Language, config: &Config) -> Holder {
        let name = match language {
            Language::ZhTw => &config.library_zh,
            Language::En => &config.library_en,
        };
        Holder {
            name: name.clone(),
            phone: config.contact_phone.clone(),
            email: config.contact_email.clone(),
        }
    }
}

/// Data that goes on a day to come.
#[derive(Serialize)]
pub(in crate::portal) struct ComingRow {
    when: i64,
    /// The latest that it can be; 0 where the day stands.
    latest: i64,
    title: String,
    path: String,
}

impl ComingRow {
    pub(in crate::portal) fn of(language: Language, facts: &Facts) -> ComingRow {
        ComingRow {
            when: facts.purges_at.0,
            latest: lifecycle::latest_purge(facts).map_or(0, |at| at.0),
            title: Heading::of(language, facts).title,
            path: format!("/a/{}", facts.slug),
        }
    }
}

/// `/privacy`.
#[derive(Serialize)]
pub(in crate::portal) struct PrivacyView {
    pub(in crate::portal) holder: Holder,
    /// The general policy in force.
    pub(in crate::portal) policy: Option<PolicyView>,
    /// Versions of it that take effect later.
    pub(in crate::portal) policies_coming: Vec<PolicyRow>,
    pub(in crate::portal) rows: Vec<ClassRow>,
    pub(in crate::portal) coming: Vec<ComingRow>,
    pub(in crate::portal) purged: usize,
    /// Whether the operator opened the ground of benefits that the government gives.
    pub(in crate::portal) benefits: bool,
}

/// `/privacy/retention`.
#[derive(Serialize)]
pub(in crate::portal) struct RetentionView {
    pub(in crate::portal) rows: Vec<ClassRow>,
    pub(in crate::portal) lasting: Vec<String>,
    pub(in crate::portal) changes: Vec<ChangeRow>,
    pub(in crate::portal) coming: Vec<ComingRow>,
}

/// What stays, in words.
pub(in crate::portal) fn lasting(language: Language) -> Vec<String> {
    Lasting::ALL.map(|each| each.words(language)).to_vec()
}

/// One file of Art. 17.
#[derive(Serialize)]
pub(in crate::portal) struct FileRow {
    name: String,
    basis: String,
    purposes: Vec<String>,
    categories: Vec<String>,
    holds: String,
    kept: String,
}

impl FileRow {
    pub(in crate::portal) fn of(language: Language, file: File, days: Option<i64>) -> FileRow {
        FileRow {
            name: file.name(language),
            basis: file.basis(language),
            purposes: words(language, &file.purposes()),
            categories: words(language, &file.categories()),
            holds: file.holds(language),
            kept: match days.zip(file.class()) {
                Some((days, class)) => text::message(
                    language,
                    "portal-register-kept",
                    &[
                        ("span", retention::span(language, days).into()),
                        ("from", class.from(language).into()),
                    ],
                ),
                None if file == File::Newsletter => {
                    text::message(language, "portal-register-kept-newsletter", &[])
                }
                None if file == File::Members => {
                    text::message(language, "portal-register-kept-members", &[])
                }
                None => text::message(language, "portal-register-kept-staff", &[]),
            },
        }
    }
}

fn words(language: Language, codes: &[&'static Code]) -> Vec<String> {
    codes.iter().map(|code| code.words(language)).collect()
}

/// One activity in the register.
#[derive(Serialize)]
pub(in crate::portal) struct ActivityFileRow {
    title: String,
    slug: String,
    purposes: String,
    categories: String,
    purges_at: i64,
}

impl ActivityFileRow {
    pub(in crate::portal) fn of(
        language: Language,
        facts: &Facts,
        asked: &[crate::activity::AskedField],
        codes: &Codes,
    ) -> ActivityFileRow {
        let numbers = |codes: &[&'static Code]| {
            let numbers: Vec<&str> = codes.iter().map(|code| code.code).collect();
            numbers.join(" ")
        };
        ActivityFileRow {
            title: Heading::of(language, facts).title,
            slug: facts.slug.clone(),
            purposes: numbers(&codes.purposes),
            categories: numbers(&codes.categories(asked)),
            purges_at: facts.purges_at.0,
        }
    }
}

/// `/privacy/register`.
#[derive(Serialize)]
pub(in crate::portal) struct RegisterView {
    pub(in crate::portal) holder: Holder,
    pub(in crate::portal) files: Vec<FileRow>,
    pub(in crate::portal) activities: Vec<ActivityFileRow>,
    pub(in crate::portal) processors: Vec<ProcessorRow>,
}

/// A purge that is done, or on the way.
#[derive(Serialize)]
pub(in crate::portal) struct PurgedRow {
    title: String,
    path: String,
    when: i64,
    done: bool,
    step: String,
    trouble: String,
    rows: u64,
    hash: String,
    /// What is known of the copies that the operator declared, in words.
    copies: String,
}

impl PurgedRow {
    pub(in crate::portal) fn of(language: Language, facts: &Facts, purge: &Purge) -> PurgedRow {
        let deleted = &purge.report.deleted;
        let rows = deleted.entries + deleted.boxes + deleted.notices;
        let done = purge.step == Step::Done;
        PurgedRow {
            title: Heading::of(language, facts).title,
            path: format!("/a/{}/purge", facts.slug),
            when: purge.updated_at.0,
            done,
            step: step_words(language, purge.step),
            trouble: trouble_words(language, &purge.trouble),
            rows: rows as u64,
            hash: match done {
                true => lucky_draw::encode::sha256(purge.certificate.as_bytes()).to_string(),
                false => String::new(),
            },
            copies: copies(language, purge),
        }
    }
}

/// Whether the second certificate is there, is to come, or cannot be given.
fn copies(language: Language, purge: &Purge) -> String {
    match purge.second_at {
        _ if !purge.second.is_empty() => text::message(language, "portal-purges-copies-gone", &[]),
        Some(at) => {
            let when = dates::date(language, at.0);
            text::message(
                language,
                "portal-purges-copies-until",
                &[("when", when.into())],
            )
        }
        None => text::message(language, "portal-purges-copies-never", &[]),
    }
}

/// `/privacy/purges`.
#[derive(Serialize)]
pub(in crate::portal) struct PurgesView {
    pub(in crate::portal) running: Vec<PurgedRow>,
    pub(in crate::portal) done: Vec<PurgedRow>,
}

/// `/privacy/logs`.
#[derive(Serialize)]
pub(in crate::portal) struct LogsView {
    /// How long a line is kept, in words.
    kept: String,
    fields: Vec<LogField>,
    counted: Vec<LogField>,
}

/// What a line holds at one place.
#[derive(Serialize)]
struct LogField {
    name: &'static str,
    words: String,
}

impl LogsView {
    pub(in crate::portal) fn of(language: Language, days: i64) -> LogsView {
        let field = |(name, id): &(&'static str, &'static str)| {
            let args = [
                ("days", access::KEY_DAYS.into()),
                ("few", access::FEW.into()),
            ];
            LogField {
                name,
                words: text::message(language, id, &args),
            }
        };
        let line = access::FIELDS.iter().map(field);
        let counted = access::COUNTED.iter().map(field);
        LogsView {
            kept: retention::span(language, days),
            fields: line.collect(),
            counted: counted.collect(),
        }
    }
}

/// One notice among those of an activity.
#[derive(Serialize)]
pub(in crate::portal) struct VersionRow {
    version: i64,
    valid_from: i64,
    hash: String,
}

impl VersionRow {
    pub(in crate::portal) fn of(version: &Version) -> VersionRow {
        VersionRow {
            version: version.version,
            valid_from: version.valid_from.0,
            hash: version.hash().to_string(),
        }
    }
}

/// The notice of Art. 8 on a page of its own.
#[derive(Serialize)]
pub(in crate::portal) struct NoticeView {
    slug: String,
    title: String,
    rows: Vec<NoticeRow>,
    hash: String,
    version: i64,
    valid_from: i64,
    /// Whether the form shows it, or showed it last.
    last: bool,
    /// When the data goes as things are, whatever the notice promised.
    purges_at: i64,
    /// The latest that it can be; 0 where the day stands.
    latest: i64,
    versions: Vec<VersionRow>,
}

#[derive(Serialize)]
struct NoticeRow {
    label: String,
    value: String,
}

impl NoticeView {
    pub(in crate::portal) fn of(
        language: Language,
        facts: &Facts,
        versions: &[Version],
        shown: &Version,
    ) -> NoticeView {
        let items = policy::items_of(shown.notice.pick(language));
        let row = |item: policy::Item| NoticeRow {
            label: item.label,
            value: item.text,
        };
        let last = versions.last();
        NoticeView {
            slug: facts.slug.clone(),
            title: facts.title.pick(language).to_owned(),
            rows: items.into_iter().map(row).collect(),
            hash: shown.hash().to_string(),
            version: shown.version,
            valid_from: shown.valid_from.0,
            last: last.is_some_and(|last| last.version == shown.version),
            purges_at: facts.purges_at.0,
            latest: lifecycle::latest_purge(facts).map_or(0, |at| at.0),
            versions: versions.iter().map(VersionRow::of).collect(),
        }
    }
}
