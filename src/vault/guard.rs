//! A request to pages on which a person's own data is sealed or opened.
//!
//! Invariant: everything that one request does on the way in is done at one moment, [`Visit::now`].
//!
//! Not here: who may do what (`account`); what was sent, which a handler takes as a form.

use lucky_draw::ticket::Secret;
use rocket::State;
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};

use super::{Error, Vault};
use std::sync::Arc;
use zeroize::Zeroizing;

use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::Language;

/// A visit: in which language, when, and what its pages read from and seal with.
#[derive(Clone, Copy)]
pub struct Visit<'r> {
    /// The language of the page.
    pub lang: Language,
    /// When the request came.
    pub now: Timestamp,
    /// The database.
    pub db: &'r Db,
    /// The vault.
    pub vault: &'r Vault,
    /// What the operator set.
    pub config: &'r Arc<Config>,
}

impl Visit<'_> {
    /// A secret code for a hidden field of a page of one kind, of which no other page makes use.
    pub fn seal_code(&self, kind: &str, code: &Secret) -> Result<String, Error> {
        let plain = Zeroizing::new(format!("{kind} {}", code.as_str()));
        self.vault.seal_token(plain.as_bytes(), self.now)
    }

    /// Reads what [`Visit::seal_code`] wrote for the kind; nothing where it is older than `life`.
    pub fn open_code(&self, kind: &str, life: i64, text: &str) -> Option<Secret> {
        let plain = self.vault.open_token(text, self.now, life).ok()?;
        let plain = std::str::from_utf8(&plain).ok()?;
        let code = plain.strip_prefix(kind)?.strip_prefix(' ')?;
        Secret::parse(code).ok()
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visit<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let lang = try_outcome!(
            request
                .guard::<Language>()
                .await
                .map_error(|(status, _)| (status, ()))
        );
        let db = try_outcome!(request.guard::<&State<Db>>().await).inner();
        let vault = try_outcome!(request.guard::<&State<Vault>>().await).inner();
        let config = try_outcome!(request.guard::<&State<Arc<Config>>>().await).inner();
        Outcome::Success(Visit {
            lang,
            now: db.clock().now(),
            db,
            vault,
            config,
        })
    }
}
