//! All SQL of the newsletter.

pub(super) mod issues;
pub(super) mod letters;
pub(super) mod subscribers;

use crate::platform::text::Language;

fn language(tag: &str) -> Language {
    let known = Language::ALL.into_iter();
    let mut fitting = known.filter(|language| language.tag() == tag);
    fitting.next().unwrap_or_default()
}
