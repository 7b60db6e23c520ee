//! The newsletter: topics, who subscribed, issues, and every letter of it.
//!
//! Invariant: nobody is written to who did not use a link in a mail to that address. An address is
//! sealed to a key that only the vault has and is never opened on this side; nothing here takes an
//! entry, so nobody is subscribed by taking part in something. Who leaves is deleted, and nothing
//! is sent to that address again before its owner subscribes anew. Of each issue one letter is
//! written to a subscriber, and one whose answer was lost is never sent again by itself (D21).
//!
//! Not here: opening addresses and speaking to the mail server ([`crate::vault`]).

use crate::audit::{self, Act, Actor};
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::templates::TemplateError;
use crate::platform::text::Language;
use crate::policy;
use crate::vault;

pub mod consent;
pub mod issues;
pub mod jobs;
pub mod letters;
pub mod pages;
pub mod policy_news;
mod post;
mod sending;
mod store;
pub mod subscribers;
pub mod tokens;
pub mod topics;
mod wire;
mod words;

pub use issues::{Issue, IssueId, Progress, Stage};
pub use subscribers::{Subscriber, SubscriberId};
pub use topics::{Topic, TopicId};

/// Why something of the newsletter could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such topic, issue or subscription (any more).
    #[error("no such part of the newsletter")]
    Unknown,
    /// An issue stands elsewhere than it did, or its address is another's.
    #[error("the issue was changed meanwhile")]
    Moved,
    /// The new address is subscribed by itself.
    #[error("the address is subscribed already")]
    Taken,
    /// The same row was stored meanwhile.
    #[error("the same row was stored meanwhile")]
    Twice,
    /// The general policy.
    #[error(transparent)]
    Policy(#[from] policy::Error),
    /// The words of a letter.
    #[error(transparent)]
    Words(#[from] TemplateError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::Moved | Error::Taken | Error::Twice => Kind::Conflict,
            Error::Words(_) => Kind::Broken,
            Error::Policy(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "newsletter.unknown",
            Error::Moved => "newsletter.moved",
            Error::Taken => "newsletter.taken",
            Error::Twice => "newsletter.twice",
            Error::Words(_) => "newsletter.words",
            Error::Policy(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// An issue as mail programs without HTML show it, in each language.
fn plain_letters(config: &Config, issue: &Issue, now: Timestamp) -> Result<[String; 2], Error> {
    let writer = words::Writer::of(config);
    let plain = |language| Ok::<_, Error>(writer.issue(issue, language, "", now)?.words.body);
    Ok([plain(Language::ZhTw)?, plain(Language::En)?])
}

fn note(tx: &mut Tx, by: &Actor, act: &'static str, object: &str) -> Result<(), Error> {
    let act = Act {
        actor: by,
        act,
        activity: "",
        object,
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}
