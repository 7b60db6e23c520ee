//! The view of the confirmation.

use serde::Serialize;

use super::passkey::AskedView;
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;

/// Who is it, and what waits.
#[derive(Serialize)]
pub(in crate::account) struct ConfirmView {
    /// Where the form goes, as it is: with its language where it is that of a form.
    action: String,
    /// The page that waits, where no form does.
    next: Option<String>,
    /// What was typed, to be sent on.
    fields: Vec<Kept>,
    /// What waits: a page, a form, or a form that has to be sent again by hand.
    waits: &'static str,
    /// Whether a code is asked for, or the passphrase.
    by_code: bool,
    /// Whether the person has what is asked for.
    has_own_proof: bool,
    /// What people call the provider elsewhere, where it can be shown there as well.
    elsewhere: Option<String>,
    /// What the browser is asked in the place of the code.
    passkey: Option<AskedView>,
    mistakes: Mistakes,
}

/// A field that is carried.
#[derive(Serialize)]
struct Kept {
    name: String,
    value: String,
}

impl ConfirmView {
    pub(in crate::account) fn to_a_page(next: String, by_code: bool) -> ConfirmView {
        ConfirmView {
            action: String::new(),
            next: Some(next),
            fields: Vec::new(),
            waits: "page",
            by_code,
            has_own_proof: true,
            elsewhere: None,
            passkey: None,
            mistakes: Mistakes::new(),
        }
    }

    pub(in crate::account) fn not_kept(next: String, by_code: bool) -> ConfirmView {
        ConfirmView {
            waits: "again",
            ..ConfirmView::to_a_page(next, by_code)
        }
    }

    pub(in crate::account) fn to_a_form<'f>(
        action: String,
        fields: impl Iterator<Item = (&'f str, &'f str)>,
        by_code: bool,
    ) -> ConfirmView {
        let kept = |(name, value): (&str, &str)| Kept {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        ConfirmView {
            action,
            next: None,
            fields: fields.map(kept).collect(),
            waits: "form",
            by_code,
            has_own_proof: true,
            elsewhere: None,
            passkey: None,
            mistakes: Mistakes::new(),
        }
    }

    /// The same with the ways that the person has.
    pub(in crate::account) fn with(
        mut self,
        has_own_proof: bool,
        provider: Option<String>,
    ) -> ConfirmView {
        self.has_own_proof = has_own_proof;
        self.elsewhere = provider;
        self
    }

    /// The same with a passkey in the place of the code.
    pub(in crate::account) fn beside(mut self, passkey: Option<AskedView>) -> ConfirmView {
        self.passkey = passkey;
        self
    }

    /// The same after a wrong try.
    pub(in crate::account) fn refused(mut self, mistakes: Mistakes) -> ConfirmView {
        self.mistakes = mistakes;
        self
    }
}

/// The same words for a wrong passphrase and a locked account.
pub(in crate::account) fn passphrase_refused(lang: Language) -> Mistakes {
    let mut mistakes = Mistakes::new();
    let words = text::message(lang, "account-confirm-differs", &[]);
    mistakes.add("proof_passphrase", words);
    mistakes
}
