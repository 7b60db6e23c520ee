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
use std::time::Duration;
use zeroize::Zeroizing;

use crate::platform::clock::{SECOND, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::watch::{Sign, Watch};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::throttle::Throttle;

/// A form that comes back sooner was filled by a program, or by a very practised hand.
const PRACTISED: i64 = 2 * SECOND;

/// How many forms of one network may come back so fast: a school has practised hands too.
pub struct Haste(Throttle);

impl Default for Haste {
    fn default() -> Haste {
        Haste(Throttle::new(60, Duration::from_secs(10)))
    }
}

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
    /// What counts signs of attacks.
    pub watch: &'r Watch,
}

impl Visit<'_> {
    /// Whether a form came back faster than a person fills it, and too many of its network did; each
    /// is counted. Whoever looks the page over and sends it again is taken.
    pub fn is_too_fast(&self, token: &str, from: ClientAddress, hasty: &Haste) -> bool {
        if self.vault.open_token(token, self.now, PRACTISED).is_err() {
            return false;
        }
        self.watch.notice(Sign::Hasty, from.near());
        hasty.0.check(from, self.now.0).is_err()
    }

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
        let watch = try_outcome!(request.guard::<&State<Watch>>().await).inner();
        Outcome::Success(Visit {
            lang,
            now: db.clock().now(),
            db,
            vault,
            config,
            watch,
        })
    }
}
