//! The words of the letter with a link to enter, as text and as HTML.
//!
//! Invariant: it names the library, why it comes and how to check it; it says nothing of the person.

use crate::activity::Facts;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::templates::letterhead::Letterhead;
use crate::platform::text::{self, Language};
use crate::vault::NewsWords;

use super::Error;
use super::wire::LinkText;

/// Writes on the library's paper.
#[derive(Debug, Clone)]
pub(super) struct Writer(Letterhead);

impl Writer {
    /// Reads the configuration.
    pub(super) fn of(config: &Config) -> Writer {
        Writer(Letterhead::of(config))
    }

    /// The letter whose link carries `proof`.
    pub(super) fn link(
        &self,
        facts: &Facts,
        language: Language,
        proof: &str,
        now: Timestamp,
    ) -> Result<NewsWords, Error> {
        let args = [("library", self.0.library(language).into())];
        let subject = text::message(language, "admission-mail-subject", &args);
        let path = format!("/a/{}/address/{proof}", facts.slug);
        let view = LinkText {
            subject: &subject,
            title: facts.title.pick(language),
            closes_at: facts.closes_at.0,
            link: &self.0.address(language, &path),
            sender: self.0.sender(language),
        };
        let templates = ["mail/entrance.txt.j2", "mail/entrance.html.j2"];
        let subject = subject.clone();
        Ok(NewsWords::written(language, subject, templates, view, now)?)
    }
}
