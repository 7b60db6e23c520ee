//! How often somebody, or something, may be tried.
//!
//! Invariant: tries are counted in memory alone, so a key may be an address or a tag: it is never
//! shown, logged or stored.
//!
//! Not here: limits that outlive a restart, which belong to the database.

use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::address::ClientAddress;
use super::error::AppError;

/// A bucket of tries for every key, refilled steadily; usually for every network.
pub struct Throttle<K: Hash + Eq + Clone = ClientAddress, C: Clock = DefaultClock> {
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, C, NoOpMiddleware<C::Instant>>,
}

impl<K: Hash + Eq + Clone> Throttle<K> {
    /// `burst` tries at once, after which one more comes free every `refill`.
    ///
    /// For sign-in: `Throttle::new(10, Duration::from_secs(60))`.
    pub fn new(burst: u32, refill: Duration) -> Throttle<K> {
        Throttle::with_clock(burst, refill, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock> Throttle<K, C> {
    fn with_clock(burst: u32, refill: Duration, clock: C) -> Throttle<K, C> {
        let refill = refill.max(Duration::from_millis(1));
        let quota = Quota::with_period(refill)
            .expect("a period above zero is a quota")
            .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
        Throttle {
            limiter: RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock),
        }
    }

    /// Takes one try, or answers with the page that names the time of the next one.
    pub fn check(&self, key: K, now_ms: i64) -> Result<(), AppError> {
        // Keys that are not heard of for a while leave the table.
        if self.limiter.len() > 10_000 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&key).map_err(|refused| {
            AppError::too_many(now_ms, refused.wait_time_from(self.limiter.clock().now()))
        })
    }
}

impl<K: Hash + Eq + Clone, C: Clock> fmt::Debug for Throttle<K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Throttle")
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;
    use rocket::http::Status;

    use super::*;

    #[test]
    fn tries_run_out_and_come_back() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::with_clock(3, Duration::from_secs(60), clock.clone());
        let from = |address: &str| ClientAddress::of(address.parse().expect("an address"));
        let (here, there) = (from("203.0.113.7"), from("198.51.100.1"));
        for _ in 0..3 {
            assert!(throttle.check(here, 0).is_ok());
        }
        let refused = throttle
            .check(here, 0)
            .expect_err("the fourth is one too many");
        assert_eq!(refused.status(), Status::TooManyRequests);
        assert!(throttle.check(there, 0).is_ok());
        clock.advance(Duration::from_secs(60));
        assert!(throttle.check(here, 0).is_ok());
        assert!(throttle.check(here, 0).is_err());
    }
}
