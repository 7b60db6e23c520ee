//! The name of one request: in a header of its answer, on its error page, in its lines of the log.
//!
//! Invariant: it is random, made here, stored nowhere, and the only name that a request has; what a
//! client or a proxy sends in its place is ignored, because it would be written into the log.
//!
//! Not here: what is logged (each room); the access log, which names no request.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Request, Response};
use tracing::Span;

use crate::platform::ids;

/// The header of every answer.
pub const HEADER: &str = "x-request-id";

/// 40 random bits to find lines of the log by; not a secret.
pub struct Reference(String);

impl Reference {
    /// A new one; for a request that never reaches Rocket.
    pub fn fresh() -> Reference {
        Reference(ids::code(8).to_uppercase())
    }

    /// Its letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// That of this request; always the same however often it is asked.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r str {
        request.local_cache(Reference::fresh).as_str()
    }

    /// What the lines of the log that belong to this request stand in.
    pub fn span(request: &Request<'_>) -> Span {
        tracing::info_span!("request", reference = Reference::of(request))
    }
}

/// Sets the header.
#[derive(Debug)]
pub struct InEveryAnswer;

#[rocket::async_trait]
impl Fairing for InEveryAnswer {
    fn info(&self) -> Info {
        Info {
            name: "reference of every answer",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        response.set_header(Header::new(HEADER, Reference::of(request).to_owned()));
    }
}
