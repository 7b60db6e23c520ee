//! The secret links of mails: sealed by the vault, good for one thing and for a time.
//!
//! Invariant: a link names a code of the row and not the person; the code changes with the address,
//! so that whoever reads the old mailbox has no way into the new subscription. A copy of the
//! database makes no link, because the key that seals them is the vault's.

use crate::platform::clock::{DAY, Timestamp};
use crate::vault::{TokenError, Vault};

use super::Error;

/// How long the link that confirms an address is good.
pub const CONFIRM_LIFE: i64 = DAY;
/// How long the links below an issue are good; nothing else ends them but leaving or moving.
const OWN_LIFE: i64 = 10 * 365 * DAY;
/// How long a form may lie open.
const FORM_LIFE: i64 = DAY / 2;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Confirms a subscription.
    Confirm,
    /// Confirms a new address.
    Move,
    /// One's own subscription: topics, language, address, leaving.
    Own,
    /// The form was one of ours.
    Form,
}

impl Link {
    fn word(self) -> &'static str {
        match self {
            Link::Confirm => "news-confirm ",
            Link::Move => "news-move ",
            Link::Own => "news-own ",
            Link::Form => "news-form ",
        }
    }

    fn life(self) -> i64 {
        match self {
            Link::Confirm | Link::Move => CONFIRM_LIFE,
            Link::Own => OWN_LIFE,
            Link::Form => FORM_LIFE,
        }
    }
}

/// The secret part of a link to the row of `code`.
pub fn seal(vault: &Vault, link: Link, code: &str, now: Timestamp) -> Result<String, Error> {
    let plain = format!("{}{code}", link.word());
    Ok(vault.seal_token(plain.as_bytes(), now)?)
}

/// The code in a link of this kind; nothing where it is of another kind, changed or too old.
///
/// # Errors
/// [`TokenError::Unavailable`] where the vault does not answer, and nothing else.
pub fn open(
    vault: &Vault,
    link: Link,
    token: &str,
    now: Timestamp,
) -> Result<Option<String>, TokenError> {
    let plain = match vault.open_token(token, now, link.life()) {
        Ok(plain) => plain,
        Err(TokenError::Unavailable) => return Err(TokenError::Unavailable),
        Err(TokenError::Expired | TokenError::Broken) => return Ok(None),
    };
    let code = std::str::from_utf8(&plain).ok();
    let code = code.and_then(|plain| plain.strip_prefix(link.word()));
    Ok(code.map(str::to_owned))
}
