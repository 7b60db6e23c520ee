//! Views of the second step.
//!
//! Invariant: a telephone's secret is in [`FactorView`] and recovery codes are in [`RecoveryView`],
//! each shown this once, and in no other view.

use rocket::http::RawStr;
use serde::Serialize;

use super::passkey::AskedView;
use crate::account::factor::State;
use crate::audit::detector;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::qr::QrView;

/// Most characters of a reason.
const LONGEST_REASON: usize = 300;

/// The form for the code.
#[derive(Serialize)]
pub(in crate::account) struct CodeView {
    /// What the passphrase has brought, sealed.
    pub(in crate::account) half: String,
    pub(in crate::account) next: String,
    pub(in crate::account) passkey: Option<AskedView>,
    pub(in crate::account) mistakes: Mistakes,
}

/// A telephone is set up.
#[derive(Serialize)]
pub(in crate::account) struct FactorView {
    pub(in crate::account) action: String,
    /// The secret, sealed.
    pub(in crate::account) setting: String,
    pub(in crate::account) next: String,
    pub(in crate::account) qr: Option<QrView>,
    pub(in crate::account) address: String,
    /// The same in groups of four.
    pub(in crate::account) secret: String,
    pub(in crate::account) name: String,
    pub(in crate::account) reset_at: Option<i64>,
    /// Whether it takes the place of another one.
    pub(in crate::account) replaces: bool,
    pub(in crate::account) mistakes: Mistakes,
}

/// New recovery codes.
#[derive(Serialize)]
pub(in crate::account) struct RecoveryView {
    pub(in crate::account) name: String,
    pub(in crate::account) codes: Vec<String>,
    pub(in crate::account) made_at: i64,
    /// With its language.
    pub(in crate::account) next: String,
}

/// How the second step of an account stands, for an admin.
#[derive(Serialize)]
pub(in crate::account) struct SecondView {
    words: String,
    /// Whether there is one that can be reset.
    is_set: bool,
}

impl SecondView {
    pub(in crate::account) fn of(lang: Language, state: State) -> SecondView {
        let left = i64::try_from(state.recovery_left).unwrap_or(i64::MAX);
        let words = match (state.set_at, state.reset_at) {
            (Some(_), _) => text::message(lang, "account-second-set", &[("left", left.into())]),
            (None, Some(_)) => text::message(lang, "account-second-reset", &[]),
            (None, None) => text::message(lang, "account-second-none", &[]),
        };
        SecondView {
            words,
            is_set: state.set_at.is_some(),
        }
    }
}

/// Why a second step is reset, fit for the record.
pub(in crate::account) fn read_reason(
    lang: Language,
    form: &FormFields,
    mistakes: &mut Mistakes,
) -> Option<String> {
    let reason = form.value("reason").trim();
    let wrong = match reason.chars().count() {
        0 => Some("account-reset-reason-missing"),
        length if length > LONGEST_REASON => Some("account-reset-reason-long"),
        _ => detector::find(reason).map(detector::Trace::message_id),
    };
    if let Some(id) = wrong {
        mistakes.add("reason", text::message(lang, id, &[]));
        return None;
    }
    Some(reason.to_owned())
}

/// The same words for a wrong code, a used one and a locked account.
pub(in crate::account) fn code_refused(lang: Language) -> Mistakes {
    at_code(lang, "account-code-refused")
}

/// The first code of a new telephone does not fit.
pub(in crate::account) fn code_differs(lang: Language) -> Mistakes {
    at_code(lang, "account-factor-differs")
}

fn at_code(lang: Language, id: &str) -> Mistakes {
    let mut mistakes = Mistakes::new();
    mistakes.add("proof_code", text::message(lang, id, &[]));
    mistakes
}

/// What programs on telephones read (the "Key URI Format").
pub fn otpauth(library: &str, name: &str, secret: &str) -> String {
    let encoded = |text: &str| {
        let text = text.replace(':', " ");
        RawStr::new(&text).percent_encode().to_string()
    };
    let library = encoded(library);
    format!(
        "otpauth://totp/{library}:{}?secret={secret}&issuer={library}",
        encoded(name)
    )
}
