//! What people must be told before they are asked: the notice of Art. 8 of the Personal Data
//! Protection Act (個人資料保護法第 8 條), generated from what an activity really asks.
//!
//! Invariant: the notice has all six items of the article; what it says about fields, purposes and
//! dates comes from the settings that the code itself obeys, so the two cannot part. Publishing
//! freezes the text with the activity.
//!
//! Not here: the library's general privacy policy with its versions (a later release).

use lucky_draw::encode::{Hash, sha256};

use crate::activity::{AskedField, Facts, Field, Kind, LocalText};
use crate::platform::config::Config;
use crate::platform::text::{self, Language, dates};

/// One item of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is about, such as 蒐集目的.
    pub label: String,
    /// What the person is told.
    pub text: String,
}

/// The notice that an activity shows above its form, in both languages, one item a line.
pub fn notice(facts: &Facts, asked: &[AskedField], library: &Config) -> LocalText {
    let text = |language| {
        items(language, facts, asked, library)
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

/// The name of a field as a category of personal data.
pub fn field_name(language: Language, field: Field) -> String {
    let id = match field {
        Field::Name => "policy-field-name",
        Field::NationalId => "policy-field-national-id",
        Field::Phone => "policy-field-phone",
        Field::Email => "policy-field-email",
        Field::Address => "policy-field-address",
    };
    text::message(language, id, &[])
}

fn items(language: Language, facts: &Facts, asked: &[AskedField], library: &Config) -> Vec<Item> {
    let say = |id: &str, args: &[(&str, text::Value<'_>)]| text::message(language, id, args);
    let title = facts.title.pick(language).to_owned();
    let name = match language {
        Language::ZhTw => &library.library_zh,
        Language::En => &library.library_en,
    };
    let gone = dates::date(language, facts.planned_purge().0);
    let survey = facts.kind == Kind::Survey;
    let contact = [
        library.contact_phone.as_str(),
        library.contact_email.as_str(),
    ]
    .into_iter()
    .filter(|way| !way.is_empty())
    .collect::<Vec<_>>()
    .join(text_separator(language));
    let purpose = if survey {
        say("policy-purpose-survey", &[("title", title.into())])
    } else {
        say("policy-purpose-draw", &[("title", title.into())])
    };
    let mut kept = say("policy-kept", &[("date", gone.clone().into())]);
    if !survey {
        kept.push_str(&say("policy-kept-tax", &[]));
    }
    if !survey && asked.iter().any(|asked| asked.field == Field::Name) {
        kept.push_str(&say("policy-kept-masked", &[]));
    }
    if !facts.answers_linked {
        kept.push_str(&say("policy-kept-unlinked", &[]));
    }
    let effect = if survey {
        say("policy-effect-survey", &[])
    } else {
        say("policy-effect-draw", &[])
    };
    [
        ("policy-item-agency", name.clone()),
        ("policy-item-purpose", purpose),
        ("policy-item-categories", categories(language, asked)),
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

fn categories(language: Language, asked: &[AskedField]) -> String {
    if asked.is_empty() {
        return text::message(language, "policy-categories-none", &[]);
    }
    asked
        .iter()
        .map(|asked| {
            text::message(
                language,
                "policy-category",
                &[
                    ("field", field_name(language, asked.field).into()),
                    ("purpose", asked.purpose.pick(language).to_owned().into()),
                ],
            )
        })
        .collect::<Vec<_>>()
        .join(text_separator(language))
}

fn text_separator(language: Language) -> &'static str {
    match language {
        Language::ZhTw => "；",
        Language::En => "; ",
    }
}
