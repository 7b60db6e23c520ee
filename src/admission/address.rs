//! Showing that an e-mail address is one's own: the link in a letter, and what the form that follows
//! carries of it.
//!
//! Invariant: nothing of the address is stored. The letter is written and handed over while its
//! person waits. The link holds a salted hash of the address, sealed by the vault: neither a link nor
//! a log tells an address, and the form that it opens has to name the same one. Opening the link does
//! nothing, so that a program that looks into mails changes nothing.
//!
//! Not here: the words of the letter ([`super::words`]), how many leave ([`super::guard`]), the pages
//! (`entry`).

use std::sync::Arc;

use lucky_draw::encode::{Hash, encode, sha256};

use crate::activity::{ActivityId, Facts};
use crate::identity::email::Email;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::ids;
use crate::platform::mail::{MailFacts, Outcome};
use crate::platform::text::Language;
use crate::vault::{self, Letterbox, Offered, TokenError, Vault};

use super::Error;
use super::words::Writer;

/// How long a link is good.
pub const LIFE: i64 = DAY;
/// How long the form may be filled in that a link opened: whoever opens it late has time.
pub const FORM_LIFE: i64 = LIFE + DAY / 2;

const KIND: &str = "entrance";

/// That somebody reads the mails of an address, for one activity.
pub struct Proof {
    activity: ActivityId,
    salt: String,
    hash: Hash,
}

impl Proof {
    /// Of an address to which a letter goes.
    pub fn of(activity: &ActivityId, email: &Email) -> Proof {
        let salt = ids::code(26);
        Proof {
            hash: hash(activity, &salt, email),
            activity: activity.clone(),
            salt,
        }
    }

    /// As a link and a form carry it.
    pub fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, Error> {
        let plain = format!("{KIND} {} {} {}", self.activity, self.salt, self.hash);
        Ok(vault.seal_token(plain.as_bytes(), now)?)
    }

    /// Reads a proof for `activity` that is at most `life` old.
    ///
    /// # Errors
    /// As the vault says where it is too old, none of ours, or of another activity.
    pub async fn open(
        vault: &Vault,
        now: Timestamp,
        text: &str,
        life: i64,
        activity: &ActivityId,
    ) -> Result<Proof, TokenError> {
        let plain = vault.soon().open_token(text, now, life).await?;
        let plain = std::str::from_utf8(&plain).map_err(|_| TokenError::Broken)?;
        let mut words = plain.split(' ');
        let mut next = || words.next().unwrap_or_default().to_owned();
        let (kind, of, salt, hash) = (next(), next(), next(), next());
        let hash = hash.parse().map_err(|_| TokenError::Broken)?;
        match kind == KIND && of == activity.as_str() {
            true => Ok(Proof {
                activity: activity.clone(),
                salt,
                hash,
            }),
            false => Err(TokenError::Broken),
        }
    }

    /// Whether it is of this address, in whichever case it is written.
    pub fn is_of(&self, email: &Email) -> bool {
        hash(&self.activity, &self.salt, email) == self.hash
    }
}

fn hash(activity: &ActivityId, salt: &str, email: &Email) -> Hash {
    let address = email.address().to_ascii_lowercase();
    let address = zeroize::Zeroizing::new(address);
    sha256(&encode(
        "fairdraw/1/entrance",
        &[
            activity.as_str().as_bytes(),
            salt.as_bytes(),
            address.as_bytes(),
        ],
    ))
}

/// What became of a letter with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The mail server has it, or had perhaps; or the address got enough of them today, which
    /// whoever asks is not told.
    Left,
    /// The mail server will never take a letter to this address.
    Refused,
    /// No letter leaves at the moment.
    NotNow,
}

/// The way of such letters to the mail server.
pub struct Post {
    db: Db,
    vault: Vault,
    facts: Arc<MailFacts>,
    writer: Writer,
    letterbox: Letterbox,
}

impl Post {
    /// Over the mail server of the configuration.
    pub fn new(db: &Db, vault: &Vault, facts: &Arc<MailFacts>, config: &Config) -> Post {
        Post {
            db: db.clone(),
            vault: vault.clone(),
            facts: facts.clone(),
            writer: Writer::of(config),
            letterbox: Letterbox::new(vault),
        }
    }

    /// Sends the link that opens the form of an activity, unless `is_enough` says of the address's tag
    /// that it got enough of them. Blocks until the letter was handed over.
    pub fn send(
        &self,
        facts: &Facts,
        email: &Email,
        language: Language,
        is_enough: impl FnOnce(Hash) -> bool,
    ) -> Result<Sent, Error> {
        let now = self.db.clock().now();
        let Ok(mut line) = self.letterbox.line(now) else {
            return Ok(Sent::NotNow);
        };
        let to = self.vault.seal_entering(email)?;
        let tag = to.address.tag;
        let proof = Proof::of(&facts.id, email).seal(&self.vault, now)?;
        let words = self.writer.link(facts, language, &proof, now)?;
        let recorded = self
            .db
            .write_now("record opening", |tx| vault::record_entering(tx, &to))?;
        let Some(recorded) = recorded else {
            return Ok(Sent::NotNow);
        };
        let offered = line.offer_news(recorded, &words, &self.facts.message_id())?;
        let outcome = match offered {
            // Counted here: what never left, as while the server is away, takes nobody's letters.
            Offered::Ready if is_enough(tag) => Outcome::Sent,
            Offered::Ready => line.hand_over(),
            Offered::Over(outcome) => outcome,
            Offered::NoAddress | Offered::SameAddress => return Ok(Sent::Refused),
        };
        Ok(match outcome {
            Outcome::Sent | Outcome::Uncertain => Sent::Left,
            Outcome::Refused { .. } => Sent::Refused,
            Outcome::TryLater(_) => Sent::NotNow,
        })
    }
}
