//! Views of the pages that come before the form where an address has to be confirmed.
//!
//! Not here: the form ([`super::form`]).

use serde::Serialize;

use crate::identity::email::Email;
use crate::identity::mistake;
use crate::platform::text::Language;
use crate::platform::web::form::{FormFields, Mistakes};

use super::Sheet;
use super::form::TRAP;

/// The page that asks where the link goes.
#[derive(Serialize)]
pub struct AskView {
    slug: String,
    title: String,
    closes_at: i64,
    purges_at: i64,
    email: String,
    /// What the person may have meant.
    suggestion: String,
    token: String,
    trap: String,
    message: String,
    mistakes: Mistakes,
}

impl AskView {
    /// With the values of `form`.
    pub fn new(
        lang: Language,
        sheet: &Sheet,
        form: &FormFields,
        token: String,
        message: String,
        mistakes: Mistakes,
    ) -> AskView {
        let email = form.value("email");
        let suggestion = Email::parse(email).ok().and_then(|it| it.suggestion());
        AskView {
            slug: sheet.facts.slug.clone(),
            title: sheet.facts.title.pick(lang).to_owned(),
            closes_at: sheet.facts.closes_at.0,
            purges_at: sheet.facts.purges_at.0,
            email: email.to_owned(),
            suggestion: suggestion.map_or_else(String::new, |meant| meant.to_string()),
            token,
            trap: form.value(TRAP).to_owned(),
            message,
            mistakes,
        }
    }
}

/// Reads the address to which the link goes.
pub fn email(lang: Language, form: &FormFields) -> Result<Email, Mistakes> {
    Email::parse(form.value("email")).map_err(|wrong| {
        let mut mistakes = Mistakes::new();
        let words = mistake::say(lang, wrong.message_id(), &wrong.args());
        mistakes.add("email", words);
        mistakes
    })
}

/// A page of an activity that says one thing: that a letter is on its way, or that a link is good.
#[derive(Serialize)]
pub struct LinkView {
    slug: String,
    title: String,
    closes_at: i64,
    /// What the link carries; empty on the page of a letter on its way.
    proof: String,
}

impl LinkView {
    /// About `sheet`.
    pub fn new(lang: Language, sheet: &Sheet, proof: &str) -> LinkView {
        LinkView {
            slug: sheet.facts.slug.clone(),
            title: sheet.facts.title.pick(lang).to_owned(),
            closes_at: sheet.facts.closes_at.0,
            proof: proof.to_owned(),
        }
    }
}
