//! What people must be told before they are asked: the notice of Art. 8 of the Personal Data
//! Protection Act (個人資料保護法第 8 條), generated from what an activity really asks; and the
//! library's general privacy policy with its versions.
//!
//! Invariant: the notice has all six items of the article; what it says about fields, purposes and
//! dates comes from the settings that the code itself obeys, so the two cannot part. Publishing
//! freezes the text with the activity; where a date has to move later, there is a new version.
//!
//! Not here: the public pages of what the law wants published ([`crate::portal`]).

use lucky_draw::encode::{Hash, sha256};

use crate::activity::{self, AskedField, Facts, Field, Kind, LocalText, lifecycle};
use crate::audit;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind as FaultKind};
use crate::platform::text::{self, Language, dates};

pub mod codes;
pub mod general;
pub mod jobs;
pub mod pages;
pub mod register;
pub mod retention;
mod store;
pub mod uses;
pub mod versions;
pub mod wire;

use codes::Codes;
use uses::Use;

/// Why something of the policy could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing of that name.
    #[error("nothing of that name")]
    Unknown,
    /// The class is set by the operator, or by nobody.
    #[error("the library does not set this period")]
    NotOurs,
    /// The number of days leaves the bounds of its class.
    #[error("not between {min} and {max} days")]
    OutOfBounds {
        /// The fewest.
        min: i64,
        /// The most.
        max: i64,
    },
    /// The public reason is missing or too long.
    #[error("the reason is missing or too long")]
    ReasonMissing,
    /// A name or a task is missing in a language.
    #[error("a text is missing in a language")]
    NameMissing,
    /// An activity without any purpose.
    #[error("no purpose")]
    PurposeMissing,
    /// Somebody else set it meanwhile.
    #[error("it was set meanwhile")]
    Moved,
    /// A new version of the general policy that says what the last one says.
    #[error("nothing was changed")]
    Same,
    /// A new version of the general policy would hold before the last one does.
    #[error("the version before it takes effect later")]
    TooEarly {
        /// When the last one takes effect.
        earliest: Timestamp,
    },
    /// Somebody who is to be told of a new version cannot be told now.
    #[error("an audience cannot be told")]
    Audience {
        /// What that is to a visitor.
        kind: FaultKind,
        /// Its stable name.
        code: &'static str,
        /// What it is.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Error::Unknown => FaultKind::NotFound,
            Error::Moved => FaultKind::Conflict,
            Error::Audience { kind, .. } => *kind,
            Error::NotOurs
            | Error::OutOfBounds { .. }
            | Error::ReasonMissing
            | Error::NameMissing
            | Error::Same
            | Error::TooEarly { .. }
            | Error::PurposeMissing => FaultKind::Invalid,
            Error::Activity(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "policy.unknown",
            Error::NotOurs => "policy.not_ours",
            Error::OutOfBounds { .. } => "policy.out_of_bounds",
            Error::ReasonMissing => "policy.reason_missing",
            Error::NameMissing => "policy.name_missing",
            Error::PurposeMissing => "policy.purpose_missing",
            Error::Moved => "policy.moved",
            Error::Same => "policy.same",
            Error::TooEarly { .. } => "policy.too_early",
            Error::Audience { code, .. } => code,
            Error::Activity(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// One item of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is about, such as 蒐集目的.
    pub label: String,
    /// What the person is told.
    pub text: String,
}

/// The notice that an activity shows above its form, from what is stored of it.
pub fn notice_now(tx: &mut Tx, facts: &Facts, library: &Config) -> Result<LocalText, Error> {
    let asked = activity::asked_fields(tx, &facts.id)?;
    let codes = codes::of(tx, &facts.id, facts.kind)?;
    Ok(notice(facts, &asked, &codes, library))
}

/// The notice that an activity shows above its form, in both languages, one item a line.
pub fn notice(facts: &Facts, asked: &[AskedField], codes: &Codes, library: &Config) -> LocalText {
    let text = |language| {
        items(language, facts, asked, codes, library)
            .iter()
            .map(|item| format!("{}\t{}", item.label, item.text))
            .collect::<Vec<_>>()
            .join("\n")
    };
    LocalText::new(text(Language::ZhTw), text(Language::En))
}

/// Reads the items of a frozen notice back.
pub fn items_of(notice: &str) -> Vec<Item> {
    notice
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(label, text)| Item {
            label: label.to_owned(),
            text: text.to_owned(),
        })
        .collect()
}

/// What names a notice in an entry: the hash over both languages.
pub fn notice_hash(notice: &LocalText) -> Hash {
    sha256(format!("{}\n{}", notice.zh, notice.en).as_bytes())
}

/// The purpose that the form gives for a field unless the librarian writes another.
pub fn usual_purpose(field: Field) -> LocalText {
    let id = match field {
        Field::Name => "policy-purpose-name",
        Field::LibraryCard => "activity-eligibility-purpose",
        Field::NationalId => "policy-purpose-national-id",
        Field::Phone => "policy-purpose-phone",
        Field::Email => "policy-purpose-email",
        Field::Address => "policy-purpose-address",
    };
    LocalText::new(
        text::message(Language::ZhTw, id, &[]),
        text::message(Language::En, id, &[]),
    )
}

/// The purpose that the form of an activity of this kind gives for a field.
pub fn purpose_for(kind: Kind, field: Field) -> LocalText {
    let id = match field {
        _ if !kind.is_first_come() => return usual_purpose(field),
        Field::LibraryCard => return usual_purpose(field),
        Field::Name => "policy-purpose-name-seats",
        Field::NationalId => "policy-purpose-national-id-seats",
        Field::Phone | Field::Email | Field::Address => "policy-purpose-contact-seats",
    };
    LocalText::new(
        text::message(Language::ZhTw, id, &[]),
        text::message(Language::En, id, &[]),
    )
}

/// The name of a field as a category of personal data.
pub fn field_name(language: Language, field: Field) -> String {
    let id = match field {
        Field::Name => "policy-field-name",
        Field::LibraryCard => "policy-field-library-card",
        Field::NationalId => "policy-field-national-id",
        Field::Phone => "policy-field-phone",
        Field::Email => "policy-field-email",
        Field::Address => "policy-field-address",
    };
    text::message(language, id, &[])
}

fn items(
    language: Language,
    facts: &Facts,
    asked: &[AskedField],
    codes: &Codes,
    library: &Config,
) -> Vec<Item> {
    let say = |id: &str, args: &[(&str, text::Value<'_>)]| text::message(language, id, args);
    let title = facts.title.pick(language).to_owned();
    let name = match language {
        Language::ZhTw => &library.library_zh,
        Language::En => &library.library_en,
    };
    let gone = dates::date(language, facts.planned_purge().0);
    let contact = [
        library.contact_phone.as_str(),
        library.contact_email.as_str(),
    ]
    .into_iter()
    .filter(|way| !way.is_empty())
    .collect::<Vec<_>>()
    .join(text_separator(language));
    let purpose = purpose(language, facts.kind, title, codes);
    let mut kept = say("policy-kept", &[("date", gone.clone().into())]);
    if facts.kind.is_drawn() {
        let planned = Facts {
            purges_at: facts.planned_purge(),
            ..facts.clone()
        };
        let latest = dates::date(language, lifecycle::last_day(&planned).0);
        kept.push_str(&say("policy-kept-latest", &[("date", latest.into())]));
        kept.push_str(&say("policy-kept-tax", &[]));
    }
    if facts.kind.is_drawn() && asked.iter().any(|asked| asked.field == Field::Name) {
        kept.push_str(&say("policy-kept-masked", &[]));
    }
    if !facts.answers_linked {
        kept.push_str(&say("policy-kept-unlinked", &[]));
    }
    let effect = match facts.kind {
        Kind::Draw => say("policy-effect-draw", &[]),
        Kind::Seats(_) => say("policy-effect-seats", &[]),
        Kind::Survey => say("policy-effect-survey", &[]),
    };
    [
        ("policy-item-agency", name.clone()),
        ("policy-item-purpose", purpose),
        ("policy-item-categories", categories(language, asked, codes)),
        ("policy-item-period", kept),
        (
            "policy-item-rights",
            say("policy-rights", &[("contact", contact.into())]),
        ),
        ("policy-item-effect", effect),
    ]
    .map(|(label, text)| Item {
        label: say(label, &[]),
        text,
    })
    .to_vec()
}

/// What for, with the numbers of the regulation and what contacts are opened for.
fn purpose(language: Language, kind: Kind, title: String, codes: &Codes) -> String {
    let id = match kind {
        Kind::Draw => "policy-purpose-draw",
        Kind::Seats(_) => "policy-purpose-seats",
        Kind::Survey => "policy-purpose-survey",
    };
    let numbers = listed(language, &codes.purposes);
    let args = [("title", title.into()), ("codes", numbers.into())];
    let mut purpose = text::message(language, id, &args);
    let uses: Vec<String> = uses::told(kind)
        .iter()
        .map(|each: &Use| each.words(language))
        .collect();
    if !uses.is_empty() {
        let uses = uses.join(text_separator(language));
        purpose.push_str(&text::message(
            language,
            "policy-uses",
            &[("uses", uses.into())],
        ));
    }
    purpose
}

fn categories(language: Language, asked: &[AskedField], codes: &Codes) -> String {
    let mut lines: Vec<String> = asked
        .iter()
        .map(|asked| {
            let args = [
                ("field", field_name(language, asked.field).into()),
                ("code", codes::of_field(asked.field).code.into()),
                ("purpose", asked.purpose.pick(language).to_owned().into()),
            ];
            text::message(language, "policy-category", &args)
        })
        .collect();
    if lines.is_empty() {
        lines.push(text::message(language, "policy-categories-none", &[]));
    }
    if !codes.asked_besides.is_empty() {
        let numbers = listed(language, &codes.asked_besides);
        let args = [("codes", numbers.into())];
        lines.push(text::message(language, "policy-category-besides", &args));
    }
    lines.join(text_separator(language))
}

fn listed(language: Language, codes: &[&'static codes::Code]) -> String {
    let words: Vec<String> = codes.iter().map(|code| code.words(language)).collect();
    words.join(text_separator(language))
}

fn text_separator(language: Language) -> &'static str {
    match language {
        Language::ZhTw => "；",
        Language::En => "; ",
    }
}
