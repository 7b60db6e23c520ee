//! The first version of the policy, which every new site has: in the library's name, true of what
//! the program does. Its words are in `locales/*/policy.md`.
//!
//! Not here: publishing it ([`super::begin`]).

use crate::activity::LocalText;
use crate::platform::config::Config;
use crate::platform::text::{self, Language};

use super::{Part, Scope, Text, Weight};

/// The words, with the library's name and contact.
pub fn text(config: &Config) -> Text {
    let origin = config.public_origin.as_str();
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let change = |language| text::message(language, "policy-first-change", &[]);
    Text {
        body: LocalText::new(body(config, Language::ZhTw), body(config, Language::En)),
        change: LocalText::new(change(Language::ZhTw), change(Language::En)),
        weight: Weight::Minor,
        wait_days: 0,
        banner_days: 0,
        scope: Scope::read(host, &Part::ALL.map(Part::code).join(" ")),
    }
}

fn body(config: &Config, language: Language) -> String {
    let (words, library) = match language {
        Language::ZhTw => (
            include_str!("../../../locales/zh-TW/policy.md"),
            &config.library_zh,
        ),
        Language::En => (
            include_str!("../../../locales/en/policy.md"),
            &config.library_en,
        ),
    };
    let library = match library.as_str() {
        "" => text::message(language, "policy-first-library", &[]),
        name => name.to_owned(),
    };
    let ways = [&config.contact_phone, &config.contact_email];
    let ways: Vec<&str> = ways
        .into_iter()
        .map(String::as_str)
        .filter(|way| !way.is_empty())
        .collect();
    let contact = match ways.as_slice() {
        [] => text::message(language, "policy-first-contact", &[]),
        ways => ways.join(text_separator(language)),
    };
    words
        .trim()
        .replace("{library}", &library)
        .replace("{contact}", &contact)
}

fn text_separator(language: Language) -> &'static str {
    match language {
        Language::ZhTw => "、",
        Language::En => ", ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_library_and_leaves_no_gap() {
        let config = Config {
            library_zh: "測試圖書館".to_owned(),
            library_en: "A library".to_owned(),
            contact_phone: "02-2345-6789".to_owned(),
            ..Config::default()
        };
        let first = text(&config);
        assert!(first.body.zh.contains("測試圖書館") && first.body.zh.contains("02-2345-6789"));
        assert!(
            first
                .body
                .en
                .starts_with("## 1. Who and where\n\nA library (“the library”)")
        );
        let nameless = text(&Config::default());
        for body in [
            first.body.zh,
            first.body.en,
            nameless.body.zh,
            nameless.body.en,
        ] {
            assert!(!body.contains('{') && !body.contains('}'));
        }
    }
}
