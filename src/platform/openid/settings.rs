//! What the operator sets about a provider.
//!
//! Invariant: the client's secret is printed nowhere and leaves the settings when the provider is
//! made of them; an issuer is reached by https, or is on this machine.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use validator::{Validate, ValidationError};
use zeroize::{Zeroize, Zeroizing};

use crate::platform::text::Language;

/// A provider of OpenID Connect, for staff or for members. Without an issuer there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = "is_whole"))]
pub struct OpenIdSettings {
    /// The provider as it names itself, such as `https://id.city.example/realms/staff`; empty: none.
    #[validate(custom(function = "is_issuer"))]
    pub issuer: String,
    /// By what the provider knows this site.
    #[validate(length(max = 200))]
    pub client_id: String,
    /// What shows the provider that it is this site; empty for a client that has none.
    pub client_secret: Secret,
    /// A file that holds it instead.
    pub client_secret_file: PathBuf,
    /// What people call the provider, on the buttons that lead to it.
    #[validate(length(max = 40))]
    pub name_zh: String,
    /// The same in English.
    #[validate(length(max = 40))]
    pub name_en: String,
    /// Values of `acr` with which the provider says that it asked for two factors.
    pub multi_factor_acr: Vec<String>,
    /// Values in `amr` that say so.
    pub multi_factor_amr: Vec<String>,
}

/// A secret of the settings.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes it out; nothing is left.
    pub fn take(&mut self) -> Zeroizing<String> {
        Zeroizing::new(std::mem::take(&mut self.0))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(text)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl OpenIdSettings {
    /// Whether there is a provider.
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// What people call it.
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::ZhTw => &self.name_zh,
            Language::En => &self.name_en,
        }
    }

    /// Reads the secret from the environment, or from its file, where one of them has it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn find_secret(&mut self, variable: &str) -> std::io::Result<()> {
        if let Ok(secret) = std::env::var(variable) {
            self.client_secret = Secret(secret);
        } else if !self.client_secret_file.as_os_str().is_empty() {
            let text = Zeroizing::new(std::fs::read_to_string(&self.client_secret_file)?);
            self.client_secret = Secret(text.trim().to_owned());
        }
        Ok(())
    }
}

/// Whether an address is one of this machine, where nobody listens in between.
pub(super) fn is_here(address: &str) -> bool {
    let rest = address.strip_prefix("http://").unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| {
        let behind = rest.strip_prefix(host);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with([':', '/']))
    })
}

fn is_issuer(issuer: &str) -> Result<(), ValidationError> {
    let is_address = issuer.starts_with("https://") || is_here(issuer);
    let is_plain =
        issuer.bytes().all(|byte| byte.is_ascii_graphic()) && !issuer.contains(['?', '#']);
    let fits = issuer.is_empty() || is_address && is_plain;
    fits.then_some(())
        .ok_or_else(|| ValidationError::new("empty, or https:// (http:// only on this machine)"))
}

fn is_whole(settings: &OpenIdSettings) -> Result<(), ValidationError> {
    let needed = [&settings.client_id, &settings.name_zh, &settings.name_en];
    let fits = !settings.is_on() || needed.iter().all(|text| !text.is_empty());
    fits.then_some(()).ok_or_else(|| {
        ValidationError::new("issuer needs client_id, name_zh and name_en beside it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_reached_by_https_or_on_this_machine() {
        for good in [
            "",
            "https://id.city.example/realms/staff",
            "http://127.0.0.1:9000",
            "http://localhost:9000/op",
            "http://[::1]:9000",
        ] {
            assert!(is_issuer(good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.city.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.1@evil.example",
            "id.city.example",
            "https://id.city.example/?realm=staff",
            "https://id.city.example/#a",
            "https://id.city example",
        ] {
            assert!(is_issuer(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_secret_is_not_printed_and_is_taken_once() {
        let mut secret = Secret::from("s3cret".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
        assert_eq!(*secret.take(), "s3cret");
        assert!(secret.is_empty());
    }
}
