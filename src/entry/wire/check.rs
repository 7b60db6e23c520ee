//! The view of the page on which a person looks over what was typed.
//!
//! Invariant: the values travel on as they were typed, in the person's own page, which nobody may
//! keep a copy of; the ID number is shown masked until the person asks for it.
//!
//! Not here: the token that goes with them ([`crate::entry::token`]).

use serde::Serialize;

use crate::entry::Drum;
use crate::entry::provider::Offer;
use crate::identity::email::Email;
use crate::platform::clock::SECOND;
use crate::platform::text::{self, Language};
use crate::platform::watch::work;
use crate::platform::web::form::FormFields;
use crate::seats::Session;

use super::{Application, Sheet};

/// The check page.
#[derive(Serialize)]
pub struct CheckView {
    slug: String,
    title: String,
    /// Whether people say who they are.
    asks_person: bool,
    gives_receipt: bool,
    /// Whether it is a place in a session that is wanted.
    has_sessions: bool,
    closes_at: i64,
    purges_at: i64,
    /// Each offered provider, and whether the contact goes there.
    offers: Vec<Row>,
    personal: Vec<Row>,
    questions: Vec<Row>,
    hidden: Vec<Hidden>,
    token: String,
    /// The e-mail address that may have been meant, or empty.
    suggestion: String,
    /// A word about the whole page, such as that it lay open too long.
    message: String,
    /// What the browser works on under pressure; empty: nothing.
    work: String,
    bits: u32,
    /// Seconds that somebody without a script waits instead.
    patience: i64,
    /// Whether the receipt can go into the account of somebody who is signed in.
    may_be_kept: bool,
    keep: bool,
}

impl CheckView {
    /// For a member who is signed in; `ticked` as before.
    pub fn may_be_kept(self, ticked: bool) -> CheckView {
        CheckView {
            may_be_kept: self.gives_receipt,
            keep: ticked,
            ..self
        }
    }
}

#[derive(Serialize)]
pub(super) struct Row {
    /// The field that its link leads back to.
    field: String,
    label: String,
    value: String,
    /// The whole value where `value` is a mask, else empty.
    whole: String,
}

#[derive(Serialize)]
pub(super) struct Hidden {
    name: String,
    value: String,
}

impl CheckView {
    /// The page over an accepted form.
    pub fn new(
        lang: Language,
        sheet: &Sheet,
        form: &FormFields,
        read: &Application,
        token: String,
        message: String,
    ) -> CheckView {
        let facts = &sheet.facts;
        CheckView {
            slug: facts.slug.clone(),
            title: facts.title.pick(lang).to_owned(),
            asks_person: facts.kind.asks_person(),
            gives_receipt: facts.kind.asks_person() || facts.answers_linked,
            has_sessions: !sheet.sessions.is_empty(),
            closes_at: facts.closes_at.0,
            purges_at: facts.purges_at.0,
            offers: offers(lang, sheet, read),
            personal: personal(lang, sheet, read),
            questions: answered(lang, sheet, read),
            hidden: hidden(sheet, form),
            token,
            suggestion: read
                .email
                .as_ref()
                .and_then(Email::suggestion)
                .map(|meant| meant.to_string())
                .unwrap_or_default(),
            message,
            may_be_kept: false,
            keep: false,
            work: String::new(),
            bits: 0,
            patience: 0,
        }
    }

    /// Under pressure: the browser works a moment, or the person waits.
    pub fn pressed(self, patience: i64) -> CheckView {
        CheckView {
            work: work::challenge(&self.token),
            bits: work::BITS,
            patience: patience / SECOND,
            ..self
        }
    }
}

fn offers(lang: Language, sheet: &Sheet, read: &Application) -> Vec<Row> {
    let row = |offer: &Offer| {
        let id = if read.shares.contains(&offer.provider.id) {
            "entry-share-yes"
        } else {
            "entry-share-no"
        };
        Row {
            field: offer.form_field(),
            label: offer.provider.name.pick(lang).to_owned(),
            value: text::message(lang, id, &[]),
            whole: String::new(),
        }
    };
    sheet.offers.iter().map(row).collect()
}

pub(super) fn personal(lang: Language, sheet: &Sheet, read: &Application) -> Vec<Row> {
    let row = |field: &str, label: &str, value: String, whole: String| Row {
        field: field.to_owned(),
        label: text::message(lang, label, &[]),
        value,
        whole,
    };
    let plain =
        |field: &str, label: &str, value: &str| row(field, label, value.to_owned(), String::new());
    let mut rows = Vec::new();
    if let Some(name) = &read.name {
        rows.push(plain("name", "entry-label-name", name.as_str()));
    }
    if let Some(id) = &read.national_id {
        let whole = id.as_str().to_owned();
        rows.push(row("national_id", "entry-label-id", id.masked(), whole));
    }
    if let Some(phone) = &read.phone {
        rows.push(plain("phone", "entry-label-phone", &phone.display()));
    }
    if let Some(email) = &read.email {
        rows.push(plain("email", "entry-label-email", &email.address()));
    }
    if let Some(address) = &read.address {
        rows.push(plain(
            "postal_code",
            "entry-label-address",
            &address.display(),
        ));
    }
    let picked = |drum: &&Drum| Some(&drum.of.draw) == read.pool.as_ref();
    if let Some(pool) = sheet.pools().iter().find(picked) {
        rows.push(plain("pool", "entry-label-pool", pool.of.name.pick(lang)));
    }
    let picked = |session: &&Session| Some(&session.id) == read.session.as_ref();
    if let Some(session) = sheet.sessions.iter().find(picked) {
        let words = session.described(lang);
        rows.push(plain("session", "seats-label-session", &words));
        if session.waiting_places > 0 {
            let id = if read.waits {
                "seats-wait-yes"
            } else {
                "seats-wait-no"
            };
            rows.push(plain(
                "wait",
                "seats-label-wait",
                &text::message(lang, id, &[]),
            ));
        }
    }
    rows
}

pub(super) fn answered(lang: Language, sheet: &Sheet, read: &Application) -> Vec<Row> {
    sheet
        .questions
        .questions()
        .iter()
        .map(|question| {
            let words = read.answers.find(&question.id).map(|answer| {
                let (zh, en) = question.words(answer);
                match lang {
                    Language::ZhTw => zh.to_string(),
                    Language::En => en.to_string(),
                }
            });
            Row {
                field: question.field(),
                label: match lang {
                    Language::ZhTw => question.label_zh.clone(),
                    Language::En => question.shown_en().to_owned(),
                },
                value: words.unwrap_or_else(|| text::message(lang, "entry-not-answered", &[])),
                whole: String::new(),
            }
        })
        .collect()
}

pub(super) fn hidden(sheet: &Sheet, form: &FormFields) -> Vec<Hidden> {
    let mut hidden = Vec::new();
    for name in sheet.field_names() {
        for value in form.values(&name) {
            hidden.push(Hidden {
                name: name.clone(),
                value: value.to_owned(),
            });
        }
    }
    hidden
}
