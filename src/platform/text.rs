//! Every text that a person reads, by message id and language.
//!
//! Messages live in `locales/zh-TW/<domain>.ftl` and `locales/en/<domain>.ftl` (Fluent syntax)
//! and are embedded in the binary. Invariants, held by the tests below and in [`coverage`]: both
//! languages have the same ids with the same variables; every id that a template asks for exists;
//! every id is used; no message contains markup, so a message is safe in HTML as it stands.
//!
//! Not here: which language a request is in ([`crate::platform::web`]).

#[cfg(test)]
mod coverage;
pub mod dates;
pub mod markdown;

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use intl_memoizer::concurrent::IntlLangMemoizer;
use rust_embed::RustEmbed;
use serde::{Serialize, Serializer};
use unic_langid::LanguageIdentifier;

/// What fills a `{ $variable }` of a message: text, or a number that can choose a plural.
///
/// Whole numbers are shown with commas (`1,284`); give years and ticket numbers as text.
pub type Value<'a> = FluentValue<'a>;

/// The languages of the site; Chinese as written in Taiwan comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Chinese as written in Taiwan; the language of addresses without a prefix.
    #[default]
    ZhTw,
    /// English, under `/en`.
    En,
}

impl Language {
    /// Both languages, in the order in which they are offered.
    pub const ALL: [Language; 2] = [Language::ZhTw, Language::En];

    /// BCP 47 tag for `lang`, `hreflang` and `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::ZhTw => "zh-Hant-TW",
            Language::En => "en",
        }
    }

    /// First part of every address in this language: empty, or `/en`.
    pub fn prefix(self) -> &'static str {
        match self {
            Language::ZhTw => "",
            Language::En => "/en",
        }
    }

    /// The other one of the two.
    pub fn other(self) -> Language {
        match self {
            Language::ZhTw => Language::En,
            Language::En => Language::ZhTw,
        }
    }

    /// The address of a page in this language, from its address without a language (`/a/spring`).
    pub fn url(self, path: &str) -> String {
        match (self, path) {
            (Language::ZhTw, path) => path.to_owned(),
            (Language::En, "/") => "/en".to_owned(),
            (Language::En, path) => format!("/en{path}"),
        }
    }

    /// Splits a request's path into its language and the path without it.
    pub fn of_path(path: &str) -> (Language, &str) {
        match path.strip_prefix("/en") {
            Some("") => (Language::En, "/"),
            Some(rest) if rest.starts_with('/') => (Language::En, rest),
            _ => (Language::ZhTw, path),
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Language::ZhTw => "zh-TW/",
            Language::En => "en/",
        }
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.tag())
    }
}

/// The message `id` in `language`, its variables filled.
///
/// An unknown id is a mistake of ours: tests panic, and a running site shows the id and logs it
/// once, because a strange word is better than no page.
pub fn message(language: Language, id: &str, args: &[(&str, Value<'_>)]) -> String {
    match find(language, id, args) {
        Some(text) => text,
        None => {
            our_mistake(id, "there is no such message");
            id.to_owned()
        }
    }
}

/// The message `id`, or nothing where there is none; `id.part` asks for an attribute.
pub fn find(language: Language, id: &str, args: &[(&str, Value<'_>)]) -> Option<String> {
    let bundle = bundle(language);
    let (name, attribute) = match id.split_once('.') {
        Some((name, attribute)) => (name, Some(attribute)),
        None => (id, None),
    };
    let message = bundle.get_message(name)?;
    let pattern = match attribute {
        Some(attribute) => message.get_attribute(attribute)?.value(),
        None => message.value()?,
    };
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        values.set(*name, value.clone());
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&values), &mut errors);
    if !errors.is_empty() {
        our_mistake(id, "a variable of the message is missing");
    }
    Some(text.into_owned())
}

/// A whole number with a comma between thousands, as both languages write it.
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

type Bundle = FluentBundle<FluentResource>;

#[derive(RustEmbed)]
#[folder = "locales/"]
#[include = "*.ftl"]
struct Locales;

fn bundle(language: Language) -> &'static Bundle {
    static ZH_TW: LazyLock<Bundle> = LazyLock::new(|| read(Language::ZhTw));
    static EN: LazyLock<Bundle> = LazyLock::new(|| read(Language::En));
    match language {
        Language::ZhTw => &ZH_TW,
        Language::En => &EN,
    }
}

fn read(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().expect("both tags are valid");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Isolating marks are invisible characters that would reach mail subjects and CSV cells.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(with_commas));
    for (name, source) in sources(language) {
        let resource = match FluentResource::try_new(source) {
            Ok(resource) => resource,
            Err((resource, _)) => {
                our_mistake(&name, "the message file has a syntax mistake");
                resource
            }
        };
        if bundle.add_resource(resource).is_err() {
            our_mistake(&name, "the message file repeats a message");
        }
    }
    bundle
}

/// The message files of one language: path inside `locales/` and text.
fn sources(language: Language) -> impl Iterator<Item = (String, String)> {
    Locales::iter()
        .filter(move |path| path.starts_with(language.folder()))
        .filter_map(|path| {
            let file = Locales::get(&path)?;
            Some((
                path.into_owned(),
                String::from_utf8_lossy(&file.data).into_owned(),
            ))
        })
}

fn with_commas(value: &FluentValue<'_>, _: &IntlLangMemoizer) -> Option<String> {
    match value {
        FluentValue::Number(FluentNumber { value, .. }) if value.fract() == 0.0 => {
            format!("{value:.0}").parse().ok().map(number)
        }
        _ => None,
    }
}

/// Panics in tests; on a running site it is logged, once for each id or file.
fn our_mistake(id: &str, problem: &'static str) {
    static SEEN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    if cfg!(test) {
        panic!("{id}: {problem}");
    }
    let first = match SEEN.lock() {
        Ok(mut seen) => seen.insert(id.to_owned()),
        Err(_) => true,
    };
    if first {
        tracing::error!(id, problem, "a text is not as it should be");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas_and_english_has_plurals() {
        assert_eq!(number(1_284), "1,284");
        assert_eq!(number(-12), "-12");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(number(0), "0");
        let say = |n: i64| message(Language::En, "site-error-count", &[("count", n.into())]);
        assert_eq!(say(1), "1 item needs a correction");
        assert_eq!(say(1_284), "1,284 items need a correction");
        assert_eq!(
            message(Language::ZhTw, "site-error-count", &[("count", 2.into())]),
            "有 2 個地方需要修正"
        );
    }

    #[test]
    fn an_address_keeps_its_page_in_the_other_language() {
        for path in ["/", "/a/spring", "/en-route"] {
            for language in Language::ALL {
                let address = language.url(path);
                assert_eq!(Language::of_path(&address), (language, path));
            }
        }
        assert_eq!(Language::of_path("/en/"), (Language::En, "/"));
    }
}
