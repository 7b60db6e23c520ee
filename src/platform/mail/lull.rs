//! A mail server that could not be reached is left alone for a while.
//!
//! Waiting for a server that does not answer would keep every other job waiting too.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Trouble;
use crate::platform::clock::{MINUTE, SECOND, Timestamp};

/// When a site without a mail server is asked again.
const UNTIL_CONFIGURED: i64 = 10 * MINUTE;
/// How long a server is left alone: doubles up to the second number.
const LEFT_ALONE: (i64, i64) = (30 * SECOND, 10 * MINUTE);

/// A mail server that could not be reached.
#[derive(Debug, Clone, Copy)]
pub struct Down {
    /// What was heard.
    pub why: Trouble,
    /// When it is tried again.
    pub until: Timestamp,
    /// Whether it was tried just now, rather than left alone or not named at all.
    pub is_tried: bool,
}

/// A lull that began, and after how many failures in a row.
#[derive(Clone, Copy)]
struct Begun(Down, u32);

/// Whether the server is left alone.
#[derive(Default)]
pub struct Lull(Mutex<Option<Begun>>);

impl Lull {
    fn begun(&self) -> MutexGuard<'_, Option<Begun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lull that lasts at `now`, if any does.
    pub fn at(&self, now: Timestamp) -> Option<Down> {
        let lasting = self.begun().map(|Begun(down, _)| down);
        lasting.filter(|down| now < down.until)
    }

    /// The server answers.
    pub fn over(&self) {
        *self.begun() = None;
    }

    /// The server did not answer at `now`. Where none is named, there is nothing to leave alone.
    pub fn begin(&self, why: Trouble, now: Timestamp) -> Down {
        if why == Trouble::NotConfigured {
            return Down {
                why,
                until: now.plus(UNTIL_CONFIGURED),
                is_tried: false,
            };
        }
        let mut begun = self.begun();
        let failures = begun.map_or(0, |Begun(_, failures)| failures.saturating_add(1));
        let (first, longest) = LEFT_ALONE;
        let pause = first.saturating_mul(1 << failures.min(10)).min(longest);
        let down = Down {
            why,
            until: now.plus(pause),
            is_tried: false,
        };
        *begun = Some(Begun(down, failures));
        Down {
            is_tried: true,
            ..down
        }
    }
}
