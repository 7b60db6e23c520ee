//! Asking a provider over HTTP: bounded in time and size, and never led on to another address.
//!
//! Not here: what is asked ([`super`]).

use std::io;
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use ureq::Agent;

use super::settings::is_here;

/// Longest answer that is read, in bytes; a document with many keys has about 20,000.
const LONGEST_ANSWER: u64 = 256 * 1024;
/// Time for one question, from name lookup to the last byte.
const TIME: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Silence {
    /// No connection, no answer in time, or the provider says that it is broken.
    #[error("the provider does not answer")]
    Away,
    /// The answer is too long.
    #[error("the answer of the provider is too long")]
    TooLong,
}

/// Whoever asks the provider of an issuer; by https alone, unless that is on this machine.
pub(super) fn agent(issuer: &str) -> Agent {
    let limits = Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(TIME))
        .user_agent(concat!("fairdraw/", env!("CARGO_PKG_VERSION")));
    match is_here(issuer) {
        true => limits.proxy(None).build().new_agent(),
        false => limits.https_only(true).build().new_agent(),
    }
}

/// Sends one request as it is.
pub(super) fn ask(agent: &Agent, request: HttpRequest) -> Result<HttpResponse, Silence> {
    let answer = agent.run(request).map_err(|_| Silence::Away)?;
    let (head, mut body) = answer.into_parts();
    if head.status.is_server_error() {
        return Err(Silence::Away);
    }
    let bytes = body.with_config().limit(LONGEST_ANSWER).read_to_vec();
    let bytes = bytes.map_err(|error| match error {
        ureq::Error::BodyExceedsLimit(_) => Silence::TooLong,
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => Silence::TooLong,
        _ => Silence::Away,
    })?;
    Ok(HttpResponse::from_parts(head, bytes))
}
