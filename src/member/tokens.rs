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

/// How long a way back waits for its letter; as long as the row that its link names.
const WAY_LIFE: i64 = 2 * DAY;

const LINK: &str = "member-link ";
const FORM: &str = "member-form";
const WAY: &str = "member-way ";

/// The secret part of a link to the asking of `code`. A way back, as [`seal_way`] made it, may
/// follow the code after a space and goes along.
pub fn seal(vault: &Vault, code: &str, now: Timestamp) -> Result<String, Error> {
    let (code, way) = split(code);
    // A vault that does not answer says so where the link is sealed.
    let way = way.and_then(|sealed| opened(vault, sealed, now, WAY_LIFE).ok()?);
    let way = way.as_deref().and_then(|plain| plain.strip_prefix(WAY));
    let plain = match way {
        Some(way) => format!("{LINK}{code} {way}"),
        None => format!("{LINK}{code}"),
    };
    Ok(vault.seal_token(plain.as_bytes(), now)?)
}

/// What is in a link: the code of the asking, and the way back where there is one.
pub struct Opened {
    /// Names the row that waits.
    pub code: String,
    /// An address of this site, to be looked at once more before anybody is led there.
    pub way: Option<String>,
}

/// What is in a link; nothing where it is none of ours, changed or too old.
///
/// # Errors
/// [`TokenError::Unavailable`] where the vault does not answer, and nothing else.
pub fn open(vault: &Vault, token: &str, now: Timestamp) -> Result<Option<Opened>, TokenError> {
    let plain = opened(vault, token, now, LIFE)?;
    let inside = plain.as_deref().and_then(|plain| plain.strip_prefix(LINK));
    Ok(inside.map(|inside| {
        let (code, way) = split(inside);
        Opened {
            code: code.to_owned(),
            way: way.map(str::to_owned),
        }
    }))
}

/// The way back to the page from which somebody asked for an account, as it waits for its letter:
/// sealed, because no table says which activity brought whom.
pub fn seal_way(vault: &Vault, way: &str, now: Timestamp) -> Result<String, Error> {
    Ok(vault.seal_token(format!("{WAY}{way}").as_bytes(), now)?)
}

/// A code, and what follows it.
pub(super) fn split(code: &str) -> (&str, Option<&str>) {
    code.split_once(' ')
        .map_or((code, None), |(code, way)| (code, Some(way)))
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
