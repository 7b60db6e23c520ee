//! The secret links of mails about accounts: sealed by the vault, good for one thing and for a day.
//!
//! Invariant: a link names a code of the row that waits and not the person; used up, the row is
//! gone, and the link with it. A copy of the database makes no link, because the key that seals them
//! is the vault's.

use crate::platform::clock::{DAY, Timestamp};
use crate::vault::{TokenError, Vault};

use super::Error;

/// How long a link is good.
pub const LIFE: i64 = DAY;
/// How long a form may lie open.
const FORM_LIFE: i64 = DAY / 2;

const LINK: &str = "member-link ";
const FORM: &str = "member-form";

/// The secret part of a link to the asking of `code`.
pub fn seal(vault: &Vault, code: &str, now: Timestamp) -> Result<String, Error> {
    Ok(vault.seal_token(format!("{LINK}{code}").as_bytes(), now)?)
}

/// The code in a link; nothing where it is none of ours, changed or too old.
///
/// # Errors
/// [`TokenError::Unavailable`] where the vault does not answer, and nothing else.
pub fn open(vault: &Vault, token: &str, now: Timestamp) -> Result<Option<String>, TokenError> {
    let plain = opened(vault, token, now, LIFE)?;
    let code = plain.as_deref().and_then(|plain| plain.strip_prefix(LINK));
    Ok(code.map(str::to_owned))
}

/// For a hidden field that says that a form was one of ours.
pub fn seal_form(vault: &Vault, now: Timestamp) -> Result<String, Error> {
    Ok(vault.seal_token(FORM.as_bytes(), now)?)
}

/// Whether a form carries such a field, not too old.
pub fn is_form(vault: &Vault, token: &str, now: Timestamp) -> Result<bool, TokenError> {
    let plain = opened(vault, token, now, FORM_LIFE)?;
    Ok(plain.as_deref() == Some(FORM))
}

fn opened(
    vault: &Vault,
    token: &str,
    now: Timestamp,
    life: i64,
) -> Result<Option<String>, TokenError> {
    match vault.open_token(token, now, life) {
        Ok(plain) => Ok(std::str::from_utf8(&plain).ok().map(str::to_owned)),
        Err(TokenError::Unavailable) => Err(TokenError::Unavailable),
        Err(TokenError::Expired | TokenError::Broken) => Ok(None),
    }
}
