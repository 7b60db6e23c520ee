//! Letters: the words of a notice, in the language in which the person entered.
//!
//! Invariant: a letter names the library, why it comes and how to check it; it holds no link, asks
//! for no money, and its subject is the same for everybody.
//!
//! Not here: addresses ([`super::post`]), the words themselves (`locales/*/mail.ftl`).

use lucky_draw::result::Slot;
use lucky_draw::ticket::TicketNumber;
use zeroize::Zeroizing;

use crate::draw::tax::{Hint, RuleBook};
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::templates;
use crate::platform::text::{self, Language};

use super::claims::Decided;
use super::wire::LetterText;
use super::{Error, NoticeKind};

/// Who writes: the part of every letter that is the same.
#[derive(Debug, Clone)]
pub struct Imprint {
    library_zh: String,
    library_en: String,
    /// Telephone for questions.
    pub phone: String,
    /// Address for questions.
    pub email: String,
    /// Host of the official site as people type it, without `https://`.
    pub host: String,
    /// What is known about the tax on prizes.
    pub tax: RuleBook,
}

impl Imprint {
    /// Reads the configuration.
    pub fn of(config: &Config) -> Imprint {
        let origin = config.public_origin.as_str();
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        let host = if host.is_empty() { &config.site } else { host };
        Imprint {
            library_zh: config.library_zh.clone(),
            library_en: config.library_en.clone(),
            phone: config.contact_phone.clone(),
            email: config.contact_email.clone(),
            host: host.to_owned(),
            tax: RuleBook::of(config),
        }
    }

    /// The library's name.
    pub fn library(&self, language: Language) -> &str {
        match language {
            Language::ZhTw => &self.library_zh,
            Language::En => &self.library_en,
        }
    }
}

/// What a letter is about; nothing of the person.
#[derive(Debug, Clone)]
pub struct Matter<'a> {
    /// The draw.
    pub draw: &'a Decided,
    /// The prize.
    pub slot: &'a Slot,
    /// The ticket that the person holds.
    pub index: u64,
    /// What is told.
    pub kind: NoticeKind,
    /// Until when the person has to come.
    pub deadline: Timestamp,
    /// The language.
    pub language: Language,
}

impl Matter<'_> {
    /// The prize's name, and what the tax rules say about it.
    fn prize(&self, rules: &RuleBook) -> (String, Hint) {
        let slug = match self.slot {
            Slot::Prize { slug, .. } => slug.as_str(),
            Slot::Reserve(_) => "",
        };
        let prize = self.draw.plan.prize(slug);
        let name = prize.map_or("", |prize| prize.name.pick(self.language));
        (
            name.to_owned(),
            rules
                .at(self.deadline)
                .hint(prize.map_or(0, |prize| prize.value_twd)),
        )
    }
}

/// The subject of a letter; nothing in it depends on a person.
pub fn subject(imprint: &Imprint, kind: NoticeKind, language: Language) -> String {
    let id = match kind {
        NoticeKind::Won => "mail-subject-won",
        NoticeKind::Promoted => "mail-subject-promoted",
        NoticeKind::Reminder | NoticeKind::Duplicate => "mail-subject-reminder",
    };
    let library = imprint.library(language).to_owned();
    text::message(language, id, &[("library", library.into())])
}

/// The text of a letter to `name`.
pub fn body(imprint: &Imprint, matter: &Matter, name: &str) -> Result<Zeroizing<String>, Error> {
    let (prize, hint) = matter.prize(&imprint.tax);
    let view = LetterText {
        kind: matter.kind.code(),
        name,
        title: matter.draw.facts.title.pick(matter.language),
        library: imprint.library(matter.language),
        phone: &imprint.phone,
        email: &imprint.email,
        host: &imprint.host,
        prize: &prize,
        ticket: &TicketNumber(matter.index).to_string(),
        deadline: matter.deadline.0,
        is_listed: hint.is_listed,
        is_withheld: hint.resident > 0,
        purge: matter.draw.facts.purges_at.0,
    };
    let text = templates::render(matter.language, "mail/notice.txt.j2", view)?;
    Ok(Zeroizing::new(text))
}
