//! The words of every letter of the newsletter, as text and as HTML.
//!
//! Invariant: every letter names the library, why it comes and how to check it; nothing in it
//! counts who opens it or follows a link, and no picture is loaded from anywhere. What staff write
//! is the only text that is not from `locales/`.

use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::templates::letterhead::Letterhead;
use crate::platform::text::{self, Language, markdown};
use crate::vault::NewsWords;

use super::letters::LetterKind;
use super::wire::letters::{AboutText, IssueText};
use super::{Error, Issue};

/// Writes on the library's paper.
#[derive(Debug, Clone)]
pub(super) struct Writer(Letterhead);

impl Writer {
    /// Reads the configuration.
    pub(super) fn of(config: &Config) -> Writer {
        Writer(Letterhead::of(config))
    }

    pub(super) fn address(&self, language: Language, path: &str) -> String {
        match path {
            "" => String::new(),
            path => self.0.address(language, path),
        }
    }

    fn leave(&self, language: Language, token: &str) -> String {
        match token {
            "" => String::new(),
            token => self.address(language, &format!("/newsletter/unsubscribe/{token}")),
        }
    }

    /// A letter about a subscription; `path` is where its link leads, `token` the way out where
    /// there is one.
    pub(super) fn about(
        &self,
        kind: LetterKind,
        language: Language,
        path: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<NewsWords, Error> {
        let id = match kind {
            LetterKind::Confirm => "newsletter-mail-subject-confirm",
            LetterKind::Already => "newsletter-mail-subject-already",
            LetterKind::Move => "newsletter-mail-subject-move",
            LetterKind::Moved | LetterKind::Trial => "newsletter-mail-subject-moved",
        };
        let library = self.0.library(language).to_owned();
        let subject = text::message(language, id, &[("library", library.into())]);
        let leave = self.leave(language, token);
        let view = AboutText {
            kind: kind.code(),
            subject: &subject,
            link: &self.address(language, path),
            leave: &leave,
            sender: self.0.sender(language),
        };
        let templates = ["mail/subscription.txt.j2", "mail/subscription.html.j2"];
        let words = NewsWords::written(language, subject.clone(), templates, view, now)?;
        Ok(NewsWords { leave, ..words })
    }

    /// An issue to a subscriber whose links have this token; a trial has none.
    pub(super) fn issue(
        &self,
        issue: &Issue,
        language: Language,
        token: &str,
        now: Timestamp,
    ) -> Result<NewsWords, Error> {
        let (library, title) = (self.0.library(language), issue.text.subject.pick(language));
        let subject = text::message(
            language,
            "newsletter-mail-subject-issue",
            &[("library", library.into()), ("title", title.into())],
        );
        let body = issue.text.body.pick(language);
        let leave = self.leave(language, token);
        let own = match token {
            "" => String::new(),
            token => self.address(language, &format!("/newsletter/preferences/{token}")),
        };
        let view = IssueText {
            subject: &subject,
            title,
            markdown: body,
            plain: &markdown::plain(body),
            page: &self.address(language, &format!("/news/{}", issue.text.slug)),
            own: &own,
            leave: &leave,
            sender: self.0.sender(language),
        };
        let templates = ["mail/issue.txt.j2", "mail/issue.html.j2"];
        let words = NewsWords::written(language, subject.clone(), templates, view, now)?;
        Ok(NewsWords { leave, ..words })
    }
}
