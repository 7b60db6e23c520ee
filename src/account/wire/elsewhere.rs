//! Views of the way to a provider elsewhere and back.

use serde::Serialize;

use crate::account::Error;
use crate::account::elsewhere::Linked;
use crate::platform::fault::Fault;
use crate::platform::openid::{Brought, Provider};
use crate::platform::text::{self, Language};
use crate::platform::web::form::FormFields;

/// Leads to the provider.
#[derive(Serialize)]
pub struct LeavingView {
    /// What people call the provider.
    pub provider: String,
    /// Its address.
    pub address: String,
    /// Whether the e-mail address is asked for.
    pub email: bool,
}

/// Somebody came back; the page sends itself on.
#[derive(Serialize)]
pub struct BackView {
    /// What people call the provider.
    pub provider: String,
    /// Where it is sent, without language.
    pub action: &'static str,
    /// What the provider sent along.
    pub fields: Vec<(&'static str, String)>,
}

/// Somebody came back in vain.
#[derive(Serialize)]
pub struct RefusedView {
    /// What happened.
    pub what: String,
    /// What to do.
    pub next: String,
    /// Where to go on, without language.
    pub to: String,
}

impl BackView {
    /// Of what stands in the address.
    pub fn of(
        (provider, action): (&str, &'static str),
        (code, state): (Option<&str>, Option<&str>),
        (iss, error): (Option<&str>, Option<&str>),
    ) -> BackView {
        let sent = [
            ("code", code),
            ("state", state),
            ("iss", iss),
            ("error", error),
        ];
        let sent = sent.into_iter();
        BackView {
            provider: provider.to_owned(),
            action,
            fields: sent
                .filter_map(|(name, value)| Some((name, value?.to_owned())))
                .collect(),
        }
    }
}

impl RefusedView {
    /// In the words of the error.
    pub fn of(lang: Language, error: &impl Fault, provider: &str, to: String) -> RefusedView {
        let id = error.code().replace(['.', '_'], "-");
        let args = [("name", provider.into())];
        RefusedView {
            what: text::message(lang, &id, &args),
            next: text::message(lang, &format!("{id}.next"), &args),
            to,
        }
    }
}

/// Reads what the page of the way back sent on.
pub fn brought(form: &FormFields) -> Brought {
    let value = |name| form.value(name).to_owned();
    Brought {
        state: value("state"),
        code: value("code"),
        iss: value("iss"),
        error: value("error"),
    }
}

/// The provider on the page of an account.
#[derive(Serialize)]
pub struct ProviderView {
    /// What people call it.
    pub name: String,
    /// Since when the account is linked.
    pub linked_at: Option<i64>,
}

impl ProviderView {
    /// Of a provider and the link of an account.
    pub fn of(lang: Language, provider: &Provider, linked: Option<Linked>) -> ProviderView {
        // A link to a provider of before lets nobody in.
        let linked = linked.filter(|linked| linked.issuer == provider.issuer());
        ProviderView {
            name: provider.name(lang).to_owned(),
            linked_at: linked.map(|linked| linked.linked_at.0),
        }
    }
}

/// Whether a page is shown for it, in which the person is told what to do; everything else is an
/// error like any other.
pub(in crate::account) fn is_told(error: &Error) -> bool {
    matches!(
        error,
        Error::OpenId(_)
            | Error::NotLinked
            | Error::ShutElsewhere
            | Error::OtherLink
            | Error::OtherPerson
            | Error::OneFactor
            | Error::LinkGone
    )
}
