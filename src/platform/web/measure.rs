//! What machines ask: is it alive, is it ready, how is it doing.
//!
//! Invariant: strangers learn "ready" or "not ready" and nothing else. Reasons and figures are for
//! whoever shows the token or comes from an address that the operator named; without either setting
//! `/metrics` is not there. An address alone is not believed when something forwarded the request:
//! behind a proxy on this machine everybody comes from 127.0.0.1.
//!
//! Not here: what the figures are ([`crate::platform::metrics`]), what makes a process unready
//! ([`crate::platform::health`]).

use std::net::IpAddr;
use std::time::Duration;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Data, Request, Response, Route, State, get, routes};
use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::platform::clock;
use crate::platform::edge::Network;
use crate::platform::health::{Health, Reason};
use crate::platform::metrics::{Class, Metrics};
use crate::platform::text::Language;

use super::error::{AppError, AppResult};
use super::{Area, access, hop};

/// Who may read figures and reasons.
#[derive(Clone, Default)]
pub struct Watchers {
    token: Option<[u8; 32]>,
    from: Vec<Network>,
}

impl Watchers {
    /// Whoever shows `token` (nobody where it is empty), and who comes from one of the networks.
    pub fn new(token: &str, from: &[Network]) -> Watchers {
        Watchers {
            token: (!token.is_empty()).then(|| Sha256::digest(token).into()),
            from: from.to_vec(),
        }
    }

    fn know(&self, shown: Option<&str>, peer: Option<IpAddr>, forwarded: bool) -> bool {
        let shown: Option<[u8; 32]> = shown.map(|token| Sha256::digest(token).into());
        let fits =
            matches!((self.token, shown), (Some(own), Some(shown)) if own.ct_eq(&shown).into());
        let near = peer.is_some_and(|peer| self.from.iter().any(|each| each.holds(peer)));
        fits || (near && !forwarded)
    }
}

/// Whether whoever asks may know more than strangers.
pub struct Known(bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Known {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let headers = request.headers();
        let authorization = headers.get_one("Authorization");
        let shown = authorization.and_then(|text| text.strip_prefix("Bearer "));
        let forwarded = headers.contains(hop::FORWARDED);
        let peer = request.remote().map(|peer| peer.ip());
        let watchers = request.rocket().state::<Watchers>();
        Outcome::Success(Known(watchers.is_some_and(|watchers| {
            watchers.know(shown.map(str::trim), peer, forwarded)
        })))
    }
}

/// The addresses for machines; without a language.
pub fn routes() -> Vec<Route> {
    routes![alive, ready, ready_by_query, figures]
}

/// The process answers; nothing else is asked.
#[get("/healthz")]
fn alive() -> (ContentType, &'static str) {
    (ContentType::Plain, "alive\n")
}

#[get("/healthz?ready")]
async fn ready_by_query(known: Known, health: &State<Health>) -> Readiness {
    readiness(&known, health).await
}

#[get("/healthz/ready")]
async fn ready(known: Known, health: &State<Health>) -> Readiness {
    readiness(&known, health).await
}

/// Whether the process can do its work.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    /// What keeps it from its work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<&'static str>,
    /// What somebody should look at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'static str>,
}

async fn readiness(known: &Known, health: &Health) -> Readiness {
    let health = health.clone();
    let found = tokio::task::spawn_blocking(move || health.reasons()).await;
    let found = found.unwrap_or_else(|_| vec![Reason::Draining]);
    let codes = |blocks: bool| {
        let those = found.iter().filter(|reason| reason.blocks() == blocks);
        those.map(|reason| reason.code()).collect::<Vec<_>>()
    };
    let (reasons, warnings) = (codes(true), codes(false));
    let ready = reasons.is_empty();
    match known.0 {
        true => Readiness {
            ready,
            reasons,
            warnings,
        },
        false => Readiness {
            ready,
            reasons: Vec::new(),
            warnings: Vec::new(),
        },
    }
}

impl<'r> rocket::response::Responder<'r, 'static> for Readiness {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let text = serde_json::to_string(&self).expect("words become JSON") + "\n";
        let mut answer = Response::build();
        answer
            .header(ContentType::JSON)
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(text.len(), std::io::Cursor::new(text));
        if !self.ready {
            answer.status(Status::ServiceUnavailable);
            answer.header(Header::new("Retry-After", "10"));
        }
        Ok(answer.finalize())
    }
}

/// What the format of `/metrics` is called.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[get("/metrics")]
async fn figures(known: Known, metrics: &State<Metrics>) -> AppResult<Figures> {
    if !known.0 {
        return Err(AppError::not_found());
    }
    let metrics = metrics.inner().clone();
    let text = tokio::task::spawn_blocking(move || metrics.text()).await;
    text.map(Figures).map_err(AppError::broken)
}

struct Figures(String);

impl<'r> rocket::response::Responder<'r, 'static> for Figures {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        Response::build()
            .raw_header("Content-Type", OPEN_METRICS)
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(self.0.len(), std::io::Cursor::new(self.0))
            .ok()
    }
}

/// Counts every request; attached to Rocket.
pub struct Measure(pub Metrics);

/// When a request came, by a clock that only goes forward.
struct Came(Duration);

#[rocket::async_trait]
impl Fairing for Measure {
    fn info(&self) -> Info {
        Info {
            name: "figures",
            kind: Kind::Request | Kind::Response,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        request.local_cache(|| Came(clock::monotonic()));
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let came = request.local_cache(|| Came(clock::monotonic()));
        let took = clock::monotonic().saturating_sub(came.0);
        let class = class(request);
        self.0.answered(class, response.status().code, took);
    }
}

fn class(request: &Request<'_>) -> Class {
    match request.route() {
        Some(route) => class_of(route.uri.path()),
        None => Class::None,
    }
}

fn class_of(pattern: &str) -> Class {
    let first = Language::of_path(pattern).1.split('/').nth(1);
    match first {
        _ if access::is_personal(pattern) => Class::Person,
        Some("assets") => Class::Asset,
        Some("healthz" | "metrics") => Class::Machine,
        Some("journal") if pattern.contains("/tile/") || pattern.ends_with("/checkpoint") => {
            Class::Machine
        }
        _ if Area::of_path(pattern) == Area::Staff => Class::Staff,
        _ => Class::Page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_or_an_address_is_known_and_nobody_else() {
        let own: IpAddr = "127.0.0.1".parse().expect("an address");
        let other: IpAddr = "203.0.113.9".parse().expect("an address");
        let nobody = Watchers::new("", &[]);
        assert!(!nobody.know(Some(""), Some(own), false));
        assert!(!nobody.know(None, Some(own), false));
        let token = "a-token-of-twenty-letters";
        let by_token = Watchers::new(token, &[]);
        assert!(by_token.know(Some(token), Some(other), true));
        assert!(!by_token.know(Some("a-token-of-twenty-letterz"), Some(own), false));
        assert!(!by_token.know(None, Some(own), false));
        let networks = ["127.0.0.0/8", "::1"].map(|text| {
            let network = Network::try_from(text.to_owned());
            network.expect("a network")
        });
        let near = Watchers::new("", &networks);
        assert!(near.know(None, Some(own), false));
        assert!(!near.know(None, Some(own), true), "a proxy forwarded it");
        assert!(!near.know(None, Some(other), false));
        assert!(!near.know(None, None, false));
    }

    #[test]
    fn a_request_is_of_the_class_of_its_route() {
        for (pattern, class) in [
            ("/", Class::Page),
            ("/en/a/<slug>", Class::Page),
            ("/a/<slug>/enter", Class::Person),
            ("/a/<slug>/address", Class::Person),
            ("/en/receipt", Class::Person),
            ("/staff/draws/<id>", Class::Staff),
            ("/staff/draws/<id>/tickets/<index>", Class::Person),
            ("/assets/<tag>/<name..>", Class::Asset),
            ("/journal/tile/<path..>", Class::Machine),
            ("/journal/notes/<name>", Class::Page),
            ("/healthz/ready", Class::Machine),
        ] {
            assert_eq!(class_of(pattern), class, "{pattern}");
        }
    }
}
