//! Sealed tokens: what one page must remember until the next, without a row for it (`decisions` D2).
//!
//! Invariant: a token says only what the server put in, is bound to its activity and its kind,
//! and dies with its time; a token in a page or a cookie is unreadable to everybody but the vault.
//!
//! Not here: the seal itself ([`crate::vault`]), where a token travels ([`super::pages`]).

use lucky_draw::encode::Hash;
use lucky_draw::ticket::Secret;
use zeroize::Zeroizing;

use crate::activity::ActivityId;
use crate::platform::clock::{HOUR, MINUTE, SECOND, Timestamp};
use crate::platform::cookies;
use crate::platform::ids;
use crate::vault::{self, TokenError, Vault};

/// How long a form may lie open before it is shown again with a fresh token.
pub const FORM_LIFE: i64 = 12 * HOUR;
/// How long a check page may wait for its button (`decisions` D2).
pub const CHECK_LIFE: i64 = HOUR;
/// How long the receipt page can be reloaded.
pub const RECEIPT_LIFE: i64 = match cookies::RECEIPT.seconds {
    Some(seconds) => seconds * SECOND,
    None => 0,
};
/// How long "my entry" stays usable after the code was typed.
pub const PASS_LIFE: i64 = 30 * MINUTE;

/// In the form: where and when it was handed out.
pub struct FormToken {
    /// The activity whose form it is.
    pub activity: ActivityId,
    /// The secret of the survey that will be sent with it: sent twice, it is one survey. A draw
    /// gets a new one with every check page.
    pub secret: Secret,
    /// When the form was shown.
    pub shown_at: Timestamp,
}

/// In the check page: the secret of the entry that is about to be.
pub struct CheckToken {
    /// The activity it is for.
    pub activity: ActivityId,
    /// The receipt secret; also what makes a repeated POST the same entry.
    pub secret: Secret,
    /// Hash of the notice that the person saw.
    pub notice: Hash,
    /// When the page was shown.
    pub shown_at: Timestamp,
}

/// In the receipt's cookie, and in "my entry" after its code was typed.
pub struct Pass {
    /// The activity entered.
    pub activity: ActivityId,
    /// The receipt secret.
    pub secret: Secret,
}

impl FormToken {
    /// A token for a form shown now.
    pub fn fresh(activity: &ActivityId, now: Timestamp) -> FormToken {
        FormToken {
            activity: activity.clone(),
            secret: fresh_secret(),
            shown_at: now,
        }
    }

    /// The token as the form carries it.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, vault::Error> {
        let shown_at = self.shown_at.0.to_string();
        seal(
            vault,
            now,
            "form",
            &[self.activity.as_str(), self.secret.as_str(), &shown_at],
        )
        .await
    }

    /// Reads a token that a form brought back.
    pub async fn open(
        vault: &Vault,
        now: Timestamp,
        text: &str,
        activity: &ActivityId,
    ) -> Result<FormToken, TokenError> {
        let words = open(vault, now, FORM_LIFE, "form", text).await?;
        let mut words = words.split(' ');
        let token = FormToken {
            activity: words.next().unwrap_or("").into(),
            secret: secret(words.next())?,
            shown_at: Timestamp(words.next().and_then(number).ok_or(TokenError::Broken)?),
        };
        (token.activity == *activity)
            .then_some(token)
            .ok_or(TokenError::Broken)
    }
}

impl CheckToken {
    /// The token as the check page carries it.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, vault::Error> {
        let notice = self.notice.to_string();
        let shown_at = self.shown_at.0.to_string();
        let words = [
            self.activity.as_str(),
            self.secret.as_str(),
            &notice,
            &shown_at,
        ];
        seal(vault, now, "check", &words).await
    }

    /// Reads a token that a check page brought back.
    pub async fn open(
        vault: &Vault,
        now: Timestamp,
        text: &str,
        activity: &ActivityId,
    ) -> Result<CheckToken, TokenError> {
        let words = open(vault, now, CHECK_LIFE, "check", text).await?;
        let mut words = words.split(' ');
        let token = CheckToken {
            activity: words.next().unwrap_or("").into(),
            secret: secret(words.next())?,
            notice: words
                .next()
                .and_then(|hex| hex.parse().ok())
                .ok_or(TokenError::Broken)?,
            shown_at: Timestamp(words.next().and_then(number).ok_or(TokenError::Broken)?),
        };
        (token.activity == *activity)
            .then_some(token)
            .ok_or(TokenError::Broken)
    }
}

impl Pass {
    /// The pass as a cookie or a form carries it.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, vault::Error> {
        let words = [self.activity.as_str(), self.secret.as_str()];
        seal(vault, now, "pass", &words).await
    }

    /// Reads a pass that is at most `life` old.
    pub async fn open(
        vault: &Vault,
        now: Timestamp,
        text: &str,
        life: i64,
    ) -> Result<Pass, TokenError> {
        let words = open(vault, now, life, "pass", text).await?;
        let mut words = words.split(' ');
        Ok(Pass {
            activity: words.next().unwrap_or("").into(),
            secret: secret(words.next())?,
        })
    }
}

/// 100 random bits for a new entry (`decisions` D1).
pub fn fresh_secret() -> Secret {
    Secret::from_entropy(ids::random())
}

async fn seal(
    vault: &Vault,
    now: Timestamp,
    kind: &str,
    words: &[&str],
) -> Result<String, vault::Error> {
    let plain = Zeroizing::new(format!(
        "{kind} {}",
        Zeroizing::new(words.join(" ")).as_str()
    ));
    vault.soon().seal_token(plain.as_bytes(), now).await
}

/// The words after the kind; a token of another kind is broken.
async fn open(
    vault: &Vault,
    now: Timestamp,
    life: i64,
    kind: &str,
    text: &str,
) -> Result<Zeroizing<String>, TokenError> {
    let plain = vault.soon().open_token(text, now, life).await?;
    let plain = std::str::from_utf8(&plain).ok();
    plain
        .and_then(|plain| plain.strip_prefix(kind)?.strip_prefix(' '))
        .map(|words| Zeroizing::new(words.to_owned()))
        .ok_or(TokenError::Broken)
}

fn secret(word: Option<&str>) -> Result<Secret, TokenError> {
    word.and_then(|word| Secret::parse(word).ok())
        .ok_or(TokenError::Broken)
}

fn number(word: &str) -> Option<i64> {
    word.parse().ok()
}
