//! The ways to a PostgreSQL database beside the direct one: a pooler, and a copy for reading.
//!
//! Invariant: over a pooler nothing is asked that outlives a transaction: no settings, no named
//! statements, no locks of a session. What needs a session (migrations, compaction, backups) takes
//! the direct way. A copy is read only by those who said that an older state will do
//! ([`super::Db::read_public`]), and only while it is known to be younger than the operator allows.
//!
//! Not here: how connections are opened (`connection`).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::connection::{self, Pool};
use super::{Error, Target, Tx, instances};
use crate::platform::clock::{self, Clock, Timestamp};

/// Ways beside the direct one.
#[derive(Clone, Default)]
pub struct Ways {
    /// PgBouncer in transaction mode, before the same database.
    pub pooler: Option<String>,
    /// A streaming copy.
    pub replica: Option<ReplicaSetting>,
}

/// A copy of the database, and how old it may be.
#[derive(Clone)]
pub struct ReplicaSetting {
    /// Where it is.
    pub url: String,
    /// Seconds.
    pub lag: u32,
}

/// How often it is looked how old the copy is.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// The last word may be so far ahead of this machine's clock.
const AHEAD: i64 = clock::MINUTE;
/// A copy that cannot be reached is left alone for so long.
const LEFT_ALONE: Duration = Duration::from_secs(5);

/// A copy that public pages are read from.
pub(super) struct Replica {
    pool: Pool,
    lag: i64,
    looked: Mutex<Look>,
}

#[derive(Default)]
struct Look {
    /// Not before this moment again.
    next: Duration,
    is_fresh: bool,
}

impl Replica {
    pub(super) fn open(setting: &ReplicaSetting) -> Replica {
        Replica {
            pool: connection::waiting_for_nobody(&Target::Postgres(setting.url.clone())),
            lag: i64::from(setting.lag) * clock::SECOND,
            looked: Mutex::default(),
        }
    }

    fn looked(&self) -> MutexGuard<'_, Look> {
        self.looked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection to a copy that is young enough; nothing sends the reader to the database itself.
    pub(super) fn fresh(
        &self,
        clock: &Clock,
    ) -> Option<diesel::r2d2::PooledConnection<connection::Manager>> {
        let now = clock::monotonic();
        {
            let mut looked = self.looked();
            if now < looked.next && !looked.is_fresh {
                return None;
            }
            if now < looked.next {
                drop(looked);
                return self.pool.get().ok();
            }
            // Others go on with what is known while this one looks.
            looked.next = now + BETWEEN_LOOKS;
        }
        let found = self.look(clock);
        let mut looked = self.looked();
        let was_fresh = looked.is_fresh;
        looked.is_fresh = matches!(found, Ok((true, _)));
        if was_fresh && !looked.is_fresh {
            tracing::warn!(
                "the copy of the database is away or too old; the database itself is read"
            );
        }
        match found {
            Ok((true, conn)) => Some(conn),
            Ok((false, _)) => None,
            Err(_) => {
                looked.next = clock::monotonic() + LEFT_ALONE;
                None
            }
        }
    }

    fn look(
        &self,
        clock: &Clock,
    ) -> Result<(bool, diesel::r2d2::PooledConnection<connection::Manager>), Error> {
        let mut conn = self.pool.get().map_err(Error::Unreachable)?;
        let now = clock.now();
        let last = instances::last_word(&mut Tx {
            conn: &mut conn,
            now,
        })?;
        let is_fresh = last.is_some_and(|last| is_young(now, last, self.lag));
        Ok((is_fresh, conn))
    }
}

/// Whether a copy whose last word is from `last` may be read: not when it is too old, and not when
/// this machine's clock is so far behind the others' that nobody can tell.
fn is_young(now: Timestamp, last: Timestamp, lag: i64) -> bool {
    (-AHEAD..=lag).contains(&now.0.saturating_sub(last.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_read_while_its_age_is_known_and_small() {
        let now = Timestamp(1_790_000_000_000);
        for (age, young) in [(0, true), (5_000, true), (5_001, false), (-5_000, true)] {
            assert_eq!(is_young(now, now.plus(-age), 5_000), young, "{age}");
        }
        // A clock that is an hour behind sees every copy in the future, however old it is.
        assert!(!is_young(now, now.plus(60 * clock::MINUTE), 5_000));
    }
}
