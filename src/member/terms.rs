//! What people agree to when they make an account.
//!
//! Invariant: the words that a person saw are kept by their hash, and the account names it.

use lucky_draw::encode::{Hash, encode, sha256};

use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language};

use super::{Error, store};

/// The version that the form names; goes up when the words change.
pub const VERSION: i64 = 2;

/// The words of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The version.
    pub version: i64,
    /// In which language they were read.
    pub language: Language,
    /// The words.
    pub words: String,
}

impl Terms {
    /// As the form shows them.
    pub fn shown(language: Language, config: &Config) -> Terms {
        let library = match language {
            Language::ZhTw => &config.library_zh,
            Language::En => &config.library_en,
        };
        let args = [("library", library.as_str().into())];
        Terms {
            version: VERSION,
            language,
            words: text::message(language, "member-terms", &args),
        }
    }

    /// What names the words.
    pub fn hash(&self) -> Hash {
        let version = self.version.to_string();
        sha256(&encode(
            "fairdraw/1/member-terms",
            &[
                version.as_bytes(),
                self.language.tag().as_bytes(),
                self.words.as_bytes(),
            ],
        ))
    }
}

/// Keeps the words, unless they are kept already.
pub(super) fn keep(tx: &mut Tx, terms: &Terms) -> Result<Hash, Error> {
    let hash = terms.hash();
    store::members::keep_terms(tx, &hash, terms)?;
    Ok(hash)
}

/// The words that a hash names.
pub fn of(tx: &mut Tx, hash: &Hash) -> Result<Terms, Error> {
    store::members::terms(tx, hash)?.ok_or(Error::Unknown)
}
