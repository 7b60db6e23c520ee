//! What frames every page: the library's name and contact, its privacy policy, and the clock of a
//! test build.
//!
//! Not here: where these come from (`platform::config`).

use std::fmt;
use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Value, context};
use rocket::request::Request;
use serde::Serialize;

use crate::platform::text::{self, Language};

/// Settings of the frame, managed by Rocket.
#[derive(Clone, Default)]
pub struct Site {
    /// Name of the library or of its draw site, zh-TW; empty for the built-in name.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// Telephone of the desk that answers, as it is dialled; may be empty.
    pub phone: String,
    /// E-mail address of that desk; may be empty.
    pub email: String,
    /// `https://draw.example.org`, without a slash at the end, where the site is behind a proxy.
    pub public_origin: Option<String>,
    /// Epoch milliseconds of the test clock; set only in builds with the feature `test-clock`.
    pub test_clock: Option<Arc<dyn Fn() -> i64 + Send + Sync>>,
    /// What pages say of the library's privacy policy.
    pub policy: Option<Arc<dyn Fn() -> PolicyLine + Send + Sync>>,
}

/// What pages say of the library's privacy policy.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct PolicyLine {
    /// The number of the version in force; 0 where there is none.
    pub number: i64,
    /// A major change that people must learn of.
    pub change: Option<PolicyChange>,
}

/// A major change of the privacy policy.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PolicyChange {
    /// The number of the version that brings it.
    pub number: i64,
    /// From when it holds, epoch milliseconds.
    pub effective_at: i64,
    /// The version to compare it with.
    pub since: i64,
    /// Whether it holds already.
    pub holds: bool,
}

impl Site {
    pub(super) fn of<'r>(request: &'r Request<'_>) -> Option<&'r Site> {
        request.rocket().state::<Site>()
    }

    pub(super) fn view(&self, language: Language) -> Value {
        let own = match language {
            Language::ZhTw => &self.name,
            Language::En => &self.name_en,
        };
        let name = if own.is_empty() {
            text::message(language, "site-name", &[])
        } else {
            own.clone()
        };
        let policy = self.policy.as_ref().map(|policy| policy());
        context! {
            name => name,
            phone => self.phone.clone(),
            email => self.email.clone(),
            policy => Value::from(Serde(policy.unwrap_or_default())),
        }
    }

    /// Whether people reach the site by https.
    pub fn is_https(&self) -> bool {
        self.public_origin
            .as_deref()
            .is_some_and(|origin| origin.starts_with("https://"))
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("name", &self.name)
            .field("public_origin", &self.public_origin)
            .finish_non_exhaustive()
    }
}

/// Who is signed in, as far as the header of a page shows it.
///
/// The guard that knows a session calls [`Viewer::remember`]; pages of the request then show it.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The sign-in name of the member of staff.
    pub name: String,
    /// Whether what prepares an activity is offered.
    pub prepares: bool,
    /// Whether what draws is offered.
    pub draws: bool,
    /// Whether what the whole library does is offered, and not a branch of it.
    pub library: bool,
    /// Whether the link to the administration is offered.
    pub admin: bool,
    /// Whether the link to what is kept and handed on is offered.
    pub custody: bool,
}

impl Viewer {
    /// Keeps `viewer` for the pages and errors that answer this request; the first one counts.
    pub fn remember(request: &Request<'_>, viewer: Viewer) {
        request.local_cache(|| Some(viewer));
    }

    pub(super) fn of<'r>(request: &'r Request<'_>) -> Option<&'r Viewer> {
        request.local_cache(|| None::<Viewer>).as_ref()
    }
}
