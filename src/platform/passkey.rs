//! Passkeys: what a browser is asked for one (WebAuthn), and whether its answer counts.
//!
//! Invariant: an answer counts only for the question it was asked, at the origin of this site, with
//! the person verified on the device, and by a key that was named in the question; a counter that
//! does not move on is refused. Which maker a device is of is not asked.
//!
//! Not here: whose a passkey is, and that an answer counts once (`account::passkey`).

use sha2::{Digest, Sha256};
use webauthn_rs::prelude::{
    AuthenticationResult, Passkey, PasskeyAuthentication, PasskeyRegistration, Url, Uuid, Webauthn,
    WebauthnBuilder,
};
use zeroize::Zeroizing;

/// Longest answer of a browser.
const LONGEST: usize = 16 * 1024;

/// It is none of ours, or no answer to this question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer of the passkey does not count")]
pub struct Refused;

/// This site, as browsers know whom a passkey is for.
pub struct RelyingParty(Webauthn);

/// The public half of a passkey.
#[derive(Clone)]
pub struct Key(Passkey);

/// What a browser is asked, and what is kept until it answers.
pub struct Question {
    /// For `navigator.credentials`, as JSON.
    pub options: String,
    /// What the answer is compared with; nobody may change it.
    pub kept: Zeroizing<String>,
}

/// An answer that counts.
pub struct Answer(AuthenticationResult);

impl RelyingParty {
    /// The site at an origin; nothing where browsers make no passkeys for it: they do at names by
    /// https, and on this machine.
    pub fn at(origin: &str, library: &str) -> Option<RelyingParty> {
        let origin = Url::parse(origin).ok()?;
        let name = origin.domain()?;
        if origin.scheme() != "https" && !(origin.scheme() == "http" && name == "localhost") {
            return None;
        }
        let builder = WebauthnBuilder::new(name, &origin).ok()?;
        Some(RelyingParty(builder.rp_name(library).build().ok()?))
    }

    /// Asks for a new one of an account that is called so; not from a device that holds one of these.
    pub fn ask_for_new(
        &self,
        (account, name): (&str, &str),
        there: &[Key],
    ) -> Result<Question, Refused> {
        let there = there.iter().map(|key| key.0.cred_id().clone()).collect();
        let started = self
            .0
            .start_passkey_registration(handle(account), name, name, Some(there));
        let (options, kept) = started.map_err(refused)?;
        Question::of(&options, &kept)
    }

    /// Reads the answer to [`RelyingParty::ask_for_new`].
    pub fn made(&self, kept: &str, answer: &str) -> Result<Key, Refused> {
        let kept: PasskeyRegistration = read(kept)?;
        let made = self.0.finish_passkey_registration(&read(answer)?, &kept);
        Ok(Key(made.map_err(refused)?))
    }

    /// Asks for one of these.
    pub fn ask(&self, keys: &[Key]) -> Result<Question, Refused> {
        let keys: Vec<Passkey> = keys.iter().map(|key| key.0.clone()).collect();
        let started = self.0.start_passkey_authentication(&keys);
        let (options, kept) = started.map_err(refused)?;
        Question::of(&options, &kept)
    }

    /// Reads the answer to [`RelyingParty::ask`].
    pub fn answered(&self, kept: &str, answer: &str) -> Result<Answer, Refused> {
        let kept: PasskeyAuthentication = read(kept)?;
        let done = self.0.finish_passkey_authentication(&read(answer)?, &kept);
        let done = done.map_err(refused)?;
        match done.user_verified() {
            true => Ok(Answer(done)),
            false => Err(Refused),
        }
    }
}

impl Question {
    fn of(
        options: &impl serde::Serialize,
        kept: &impl serde::Serialize,
    ) -> Result<Question, Refused> {
        Ok(Question {
            options: text(options)?,
            kept: Zeroizing::new(text(kept)?),
        })
    }
}

impl Key {
    /// As it is kept, sealed.
    pub fn text(&self) -> Result<Zeroizing<String>, Refused> {
        Ok(Zeroizing::new(text(&self.0)?))
    }

    /// Reads [`Key::text`].
    pub fn parse(text: &str) -> Result<Key, Refused> {
        Ok(Key(read(text)?))
    }

    /// By what a row is found: the hash of an id that its device drew at random.
    pub fn tag(&self) -> Vec<u8> {
        tag(self.0.cred_id())
    }

    /// Remembers the counter of an answer.
    pub fn note(&mut self, answer: &Answer) {
        self.0.update_credential(&answer.0);
    }
}

impl Answer {
    /// Of which passkey it is ([`Key::tag`]).
    pub fn tag(&self) -> Vec<u8> {
        tag(self.0.cred_id())
    }
}

fn tag(id: &[u8]) -> Vec<u8> {
    let hash = Sha256::new().chain_update("passkey ").chain_update(id);
    hash.finalize().to_vec()
}

/// By what a device tells the accounts of a site apart: the same for every passkey of an account, and
/// nothing that stands elsewhere.
fn handle(account: &str) -> Uuid {
    let hash = Sha256::new()
        .chain_update("passkey-account ")
        .chain_update(account)
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

fn text(value: &impl serde::Serialize) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(|_| Refused)
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Refused> {
    if text.len() > LONGEST {
        return Err(Refused);
    }
    serde_json::from_str(text).map_err(|_| Refused)
}

/// Which check failed; an answer is never printed.
fn refused(error: webauthn_rs::prelude::WebauthnError) -> Refused {
    tracing::info!(%error, "a passkey was refused");
    Refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_names_by_https_and_for_this_machine() {
        for fit in [
            "https://draw.lib.example.tw",
            "https://draw.lib.example.tw:8443",
            "http://localhost:8000",
        ] {
            assert!(RelyingParty::at(fit, "圖書館").is_some(), "{fit}");
        }
        for unfit in [
            "http://draw.lib.example.tw",
            "https://203.0.113.8",
            "http://127.0.0.1:8000",
            "https://[2001:db8::1]",
            "nothing",
        ] {
            assert!(RelyingParty::at(unfit, "圖書館").is_none(), "{unfit}");
        }
    }
}
