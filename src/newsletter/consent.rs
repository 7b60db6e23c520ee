//! What people agree to when they subscribe.
//!
//! Invariant: the words that a person saw are kept by their hash, and the subscription names it;
//! other words have another hash, whatever their version says.

use lucky_draw::encode::{Hash, encode, sha256};

use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language};

use super::{Error, store};

/// The version that the form names; goes up when the words change.
pub const VERSION: i64 = 2;

/// The words of a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// In which language they were read.
    pub language: Language,
    /// The words.
    pub words: String,
}

impl Consent {
    /// As the form shows them.
    pub fn shown(language: Language, config: &Config) -> Consent {
        let library = match language {
            Language::ZhTw => &config.library_zh,
            Language::En => &config.library_en,
        };
        let args = [("library", library.as_str().into())];
        Consent {
            language,
            words: text::message(language, "newsletter-consent", &args),
        }
    }

    /// What names the words.
    pub fn hash(&self) -> Hash {
        let version = VERSION.to_string();
        sha256(&encode(
            "fairdraw/1/newsletter-consent",
            &[
                version.as_bytes(),
                self.language.tag().as_bytes(),
                self.words.as_bytes(),
            ],
        ))
    }
}

/// The words that a hash names, and their version.
pub fn of(tx: &mut Tx, hash: &Hash) -> Result<(i64, Consent), Error> {
    store::subscribers::consent(tx, hash)?.ok_or(Error::Unknown)
}

/// Keeps the words, unless they are kept already.
pub(super) fn keep(tx: &mut Tx, consent: &Consent) -> Result<Hash, Error> {
    let hash = consent.hash();
    store::subscribers::keep_consent(tx, &hash, VERSION, consent)?;
    Ok(hash)
}
