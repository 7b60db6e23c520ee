//! Whether the database takes what is new: a full disk is read as before.
//!
//! Invariant: what a unit of work heard holds until the same unit, or a trial, is stored again. A
//! trial after a failure writes as much as a small group of entries: a server whose disk is full
//! still changes a row in its place.
//!
//! Not here: who is told (`platform::health`), which errors there are ([`super::Error`]).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;

use super::remembered::remember;
use super::{Db, Error};
use crate::platform::clock;
use crate::platform::ids;

/// How often it is tried while it takes nothing.
const BETWEEN_TRIALS: Duration = Duration::from_secs(5);
/// How often it is tried where nothing else is written.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);
/// What a trial writes after a failure, in bytes that cannot be made smaller.
const TRIAL: usize = 32 << 10;
/// Where it writes that.
const PLACE: &str = "db.trial";

/// What the last units of work heard.
#[derive(Default)]
pub(super) struct Writable(Mutex<Heard>);

#[derive(Default, Clone, Copy)]
struct Heard {
    /// The unit of work that was refused.
    refused: Option<&'static str>,
    /// When something was stored or refused last.
    last: Duration,
    /// When it was tried last.
    tried: Duration,
}

impl Writable {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A unit of work was stored.
    pub(super) fn stored(&self, name: &'static str) {
        let mut heard = self.heard();
        heard.last = clock::monotonic();
        if heard.refused == Some(name) {
            heard.refused = None;
            drop(heard);
            tracing::warn!(unit = name, "the database takes what is new again");
        }
    }

    /// A unit of work found no room, or a database that takes nothing.
    pub(super) fn refused(&self, name: &'static str) {
        let mut heard = self.heard();
        heard.last = clock::monotonic();
        let is_first = heard.refused.is_none();
        heard.refused.get_or_insert(name);
        drop(heard);
        if is_first {
            tracing::error!(unit = name, "the database takes nothing new");
        }
    }

    fn takes_all(&self) {
        self.heard().refused = None;
    }
}

impl Db {
    /// Whether it takes what is new; tried now and then.
    pub fn is_writable(&self) -> bool {
        let heard = *self.inner.writable.heard();
        let now = clock::monotonic();
        let is_due = match heard.refused {
            // Other units may be stored meanwhile: those that change a row in its place.
            Some(_) => now.saturating_sub(heard.tried) >= BETWEEN_TRIALS,
            None => now.saturating_sub(heard.last.max(heard.tried)) >= BETWEEN_LOOKS,
        };
        // Whoever writes in SQLite's one place for long is not waited for.
        if is_due && self.inner.write_lane.try_lock().is_some() {
            self.inner.writable.heard().tried = now;
            self.try_writing(heard.refused.is_some());
        }
        self.inner.writable.heard().refused.is_none()
    }

    /// One trial. What else may be wrong is told elsewhere.
    fn try_writing(&self, was_refused: bool) {
        let what = match was_refused {
            true => HEXLOWER.encode(&ids::random::<{ TRIAL / 2 }>()),
            false => String::new(),
        };
        let tried = self.claim_now("try to write", |tx| remember(tx, PLACE, &what));
        if was_refused && tried.is_ok() {
            self.inner.writable.takes_all();
            tracing::warn!("the database takes what is new again");
            // It need not stand there.
            let _: Result<(), Error> = self.claim_now("tidy up", |tx| remember(tx, PLACE, ""));
        }
    }
}
