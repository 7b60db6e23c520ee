//! A mail server that could not be reached is left alone for a while.
//!
//! Waiting for a server that does not answer would keep every other job waiting too.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Trouble;
use crate::platform::clock::{MINUTE, SECOND, Timestamp};

/// When a site without a mail server is asked again.
pub const UNTIL_CONFIGURED: i64 = 10 * MINUTE;
/// How long a server is left alone: doubles up to the second number.
const LEFT_ALONE: (i64, i64) = (30 * SECOND, 10 * MINUTE);

/// A mail server that could not be reached.
#[derive(Clone, Copy)]
pub struct Down {
    /// What was heard.
    pub why: Trouble,
    /// When it is tried again.
    pub until: Timestamp,
    /// How often in a row.
    failures: u32,
}

/// Whether the server is left alone.
#[derive(Default)]
pub struct Lull(Mutex<Option<Down>>);

impl Lull {
    fn down(&self) -> MutexGuard<'_, Option<Down>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lull that lasts at `now`, if any does.
    pub fn at(&self, now: Timestamp) -> Option<Down> {
        self.down().filter(|down| now < down.until)
    }

    /// The server answers.
    pub fn over(&self) {
        *self.down() = None;
    }

    /// The server did not answer at `now`.
    pub fn begin(&self, why: Trouble, now: Timestamp) {
        let mut down = self.down();
        let failures = down.map_or(0, |down| down.failures.saturating_add(1));
        let (first, longest) = LEFT_ALONE;
        let pause = first.saturating_mul(1 << failures.min(10)).min(longest);
        *down = Some(Down {
            why,
            until: now.plus(pause),
            failures,
        });
    }
}
