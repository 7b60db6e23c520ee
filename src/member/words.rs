//! The words of every letter about an account, as text and as HTML.
//!
//! Invariant: every letter names the library, why it comes and how to check it, and says that the
//! library never asks for a passphrase; none names the person.

use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::templates::letterhead::Letterhead;
use crate::platform::text::{self, Language};
use crate::vault::NewsWords;

use super::Error;
use super::letters::{Change, LetterKind};
use super::wire::letters::AboutText;

/// Writes on the library's paper.
#[derive(Debug, Clone)]
pub(super) struct Writer(Letterhead);

impl Writer {
    /// Reads the configuration.
    pub(super) fn of(config: &Config) -> Writer {
        Writer(Letterhead::of(config))
    }

    /// A letter of a kind; `named` is the token of its link where something waits for one, or the
    /// version of the policy or the change that it tells of.
    pub(super) fn about(
        &self,
        kind: LetterKind,
        language: Language,
        named: &str,
        now: Timestamp,
    ) -> Result<NewsWords, Error> {
        let change = Change::parse(named).filter(|_| kind == LetterKind::Changed);
        let id = match kind {
            LetterKind::Register => "member-mail-subject-register",
            LetterKind::Already => "member-mail-subject-already",
            LetterKind::Forgotten => "member-mail-subject-forgotten",
            LetterKind::Nobody => "member-mail-subject-nobody",
            LetterKind::Move => "member-mail-subject-move",
            LetterKind::Moved => "member-mail-subject-moved",
            LetterKind::Changed => match change {
                Some(Change::Passphrase) | None => "member-mail-subject-changed",
                Some(_) => "member-mail-subject-ways",
            },
            LetterKind::Policy => "member-mail-subject-policy",
        };
        let path = match kind {
            LetterKind::Register | LetterKind::Forgotten | LetterKind::Move => {
                format!("/members/confirm/{named}")
            }
            LetterKind::Already => "/members/sign-in".to_owned(),
            LetterKind::Nobody => "/members/register".to_owned(),
            LetterKind::Moved | LetterKind::Changed => "/members/forgotten".to_owned(),
            LetterKind::Policy => format!("/privacy/v/{named}"),
        };
        let library = self.0.library(language);
        let subject = text::message(language, id, &[("library", library.into())]);
        let view = AboutText {
            kind: kind.code(),
            change: change.map_or("", Change::code),
            subject: &subject,
            link: &self.0.address(language, &path),
            sender: self.0.sender(language),
        };
        let templates = ["mail/member.txt.j2", "mail/member.html.j2"];
        let subject = subject.clone();
        Ok(NewsWords::written(language, subject, templates, view, now)?)
    }
}
