//! Whether the wall clock may be believed when it says that a date has come.
//!
//! A machine that loses its time would otherwise destroy data years early. So nothing begins on
//! one look: the wall clock must have said the same for a minute of a clock that nobody can set,
//! and after a jump it is mistrusted for a day, in which somebody can mend it.
//!
//! Invariant: a purge that has begun is never held up here; its key may be gone already.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::platform::clock::Timestamp;

/// The first purge of a process comes no sooner than this after its first look.
const FIRST: Duration = Duration::from_secs(60);
/// How long a clock that jumped is not believed.
const AFTER_A_JUMP: Duration = Duration::from_secs(24 * 3_600);
/// More than any leap second, drift or correction over the network.
const JUMP: i64 = 3_600_000;

/// What is known about the wall clock since this process began to look.
#[derive(Default)]
pub struct Watch(Mutex<Option<Look>>);

#[derive(Clone, Copy)]
struct Look {
    wall: Timestamp,
    steady: Duration,
    believed_from: Duration,
}

impl Watch {
    /// Whether `wall` may be believed at the moment `steady` of a clock that nobody can set.
    pub(super) fn believes(&self, wall: Timestamp, steady: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let look = match *last {
            None => Look {
                wall,
                steady,
                believed_from: steady + FIRST,
            },
            Some(look) => {
                let passed = steady.saturating_sub(look.steady).as_millis();
                let expected = look.wall.plus(i64::try_from(passed).unwrap_or(i64::MAX));
                let jumped = (wall.0.saturating_sub(expected.0)).saturating_abs() > JUMP;
                if jumped {
                    tracing::error!(expected = %expected, found = %wall, "the clock jumped; purges wait a day");
                }
                Look {
                    wall,
                    steady,
                    believed_from: match jumped {
                        true => steady + AFTER_A_JUMP,
                        false => look.believed_from,
                    },
                }
            }
        };
        *last = Some(look);
        steady >= look.believed_from
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::{DAY, HOUR, MINUTE};

    const START: Timestamp = Timestamp(1_790_000_000_000);

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn one_look_is_not_enough() {
        let watch = Watch::default();
        assert!(!watch.believes(START, seconds(5)));
        assert!(!watch.believes(START.plus(30_000), seconds(35)));
        assert!(watch.believes(START.plus(MINUTE), seconds(65)));
    }

    #[test]
    fn a_clock_that_jumps_ten_years_is_not_believed_for_a_day() {
        for years in [10, -10] {
            let watch = Watch::default();
            watch.believes(START, seconds(0));
            assert!(watch.believes(START.plus(2 * MINUTE), seconds(120)));
            let jumped = START.plus(years * 365 * DAY);
            assert!(!watch.believes(jumped, seconds(180)));
            let mut day = (1..24).map(|h| (jumped.plus(h * HOUR), 180 + 3_600 * h.unsigned_abs()));
            assert!(day.all(|(wall, steady)| !watch.believes(wall, seconds(steady))));
            let next = seconds(180 + 24 * 3_600);
            assert!(watch.believes(jumped.plus(24 * HOUR), next), "{years}");
        }
    }

    #[test]
    fn a_jump_that_is_mended_counts_from_the_mending() {
        let watch = Watch::default();
        watch.believes(START, seconds(0));
        watch.believes(START.plus(1_000 * DAY), seconds(60));
        assert!(!watch.believes(START.plus(2 * MINUTE), seconds(120)));
        assert!(watch.believes(START.plus(DAY + 2 * MINUTE), seconds(24 * 3_600 + 120)));
    }
}
