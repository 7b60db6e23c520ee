//! What the edge has done since it started, in numbers.
//!
//! Invariant: no number leads to an address or a page.

use std::sync::atomic::{AtomicU64, Ordering};

use rocket::http::Status;

/// Counters; every one of them only grows.
#[derive(Debug, Default)]
pub struct Figures {
    /// Connections taken.
    pub connections: AtomicU64,
    /// Those of them that have ended.
    pub ended: AtomicU64,
    /// Connections not taken because their address had too many.
    pub over_one: AtomicU64,
    /// Connections that could not be taken because the system had no more files.
    pub accept_errors: AtomicU64,
    /// TLS handshakes that failed or did not end.
    pub handshakes_failed: AtomicU64,
    /// Requests that went on to the site.
    pub requests: AtomicU64,
    /// Waiting pages shown.
    pub waiting: AtomicU64,
    /// Requests whose body came too slowly.
    pub slow: AtomicU64,
    /// Requests whose body was too long.
    pub too_long: AtomicU64,
    /// Forms that came from somewhere else.
    pub foreign: AtomicU64,
    /// Requests for a name that is not ours.
    pub other_host: AtomicU64,
    /// Requests that were refused for any other reason.
    pub refused: AtomicU64,
}

impl Figures {
    pub(super) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answer that the edge made itself.
    pub(super) fn refused_with(&self, status: Status) {
        Figures::add(match status.code {
            403 => &self.foreign,
            408 => &self.slow,
            413 => &self.too_long,
            421 => &self.other_host,
            503 => &self.waiting,
            _ => &self.refused,
        });
    }
}
