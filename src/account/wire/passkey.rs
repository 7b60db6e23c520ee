//! Views and forms of passkeys.

use serde::Serialize;

use crate::account::passkey::{Asked, LONGEST_NAME, MOST, Own};
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

/// What the browser is asked.
#[derive(Serialize)]
pub(in crate::account) struct AskedView {
    /// For `navigator.credentials`, as JSON.
    options: String,
    /// What the answer is compared with, sealed.
    asked: String,
}

/// A new passkey is made.
#[derive(Serialize)]
pub(in crate::account) struct NewPasskeyView {
    /// What its owner calls it, as typed.
    pub(in crate::account) label: String,
    pub(in crate::account) longest: usize,
    pub(in crate::account) passkey: AskedView,
    pub(in crate::account) mistakes: Mistakes,
}

/// Those of an account, on its page.
#[derive(Serialize)]
pub(in crate::account) struct PasskeysView {
    list: Vec<PasskeyView>,
    /// Whether another one can be made here.
    may_add: bool,
}

/// One of them.
#[derive(Serialize)]
struct PasskeyView {
    id: String,
    name: String,
    added_at: i64,
    used_at: Option<i64>,
}

impl From<Asked> for AskedView {
    fn from(asked: Asked) -> AskedView {
        AskedView {
            options: asked.options,
            asked: asked.sealed,
        }
    }
}

impl NewPasskeyView {
    pub(in crate::account) fn of(asked: Asked, label: &str, mistakes: Mistakes) -> NewPasskeyView {
        NewPasskeyView {
            label: label.to_owned(),
            longest: LONGEST_NAME,
            passkey: asked.into(),
            mistakes,
        }
    }
}

impl PasskeysView {
    /// Nothing where there is none and none can be made.
    pub(in crate::account) fn of(own: Vec<Own>, offers: bool) -> Option<PasskeysView> {
        let may_add = offers && own.len() < MOST;
        let list: Vec<PasskeyView> = own
            .into_iter()
            .map(|one| PasskeyView {
                id: one.id.0,
                name: one.name,
                added_at: one.added_at.0,
                used_at: one.used_at.map(|at| at.0),
            })
            .collect();
        (may_add || !list.is_empty()).then_some(PasskeysView { list, may_add })
    }
}

/// What the browser answered, and what it was asked; nothing where no passkey was used.
pub(in crate::account) fn answered(form: &FormFields) -> Option<(&str, &str)> {
    let answer = form.value("proof_passkey");
    (!answer.is_empty()).then(|| (form.value("proof_asked"), answer))
}

/// What its owner calls a new one, on one line; a word of ours where nothing was typed.
pub(in crate::account) fn read_label(lang: Language, form: &FormFields) -> String {
    let typed = form.value("label").split_whitespace().collect::<Vec<_>>();
    let name: String = typed.join(" ").chars().take(LONGEST_NAME).collect();
    match name.is_empty() {
        true => text::message(lang, "account-passkey", &[]),
        false => name,
    }
}

/// The same words for an answer that does not fit, a used one and a locked account.
pub(in crate::account) fn refused(lang: Language) -> Mistakes {
    at("proof_code", lang, "account-passkey-refused")
}

/// The browser sent no new passkey, or one that is there already.
pub(in crate::account) fn not_made(lang: Language) -> Mistakes {
    at("label", lang, "account-passkey-differs")
}

fn at(field: &'static str, lang: Language, id: &str) -> Mistakes {
    let mut mistakes = Mistakes::new();
    mistakes.add(field, text::message(lang, id, &[]));
    mistakes
}
