//! Where a request comes from, and how often it may.
//!
//! Invariant: an address is used as its network (/24 or /56), never shown, logged or stored.
//! Rocket's `ip_header` must be off, or anybody could claim any address; behind a proxy on this
//! machine all visitors share one bucket until trusted proxies are configured.
//!
//! Not here: limits per account or per ID number, which belong to the database.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use rocket::request::{FromRequest, Outcome, Request};

use super::error::AppError;

/// The network a request comes from: the first 24 bits of IPv4, 56 of IPv6.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The network of an address.
    pub fn of(address: IpAddr) -> ClientAddress {
        ClientAddress(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & 0xffff_ff00)),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 72))),
        })
    }
}

impl ClientAddress {
    /// The network's bytes, for the keyed hash of the access log and for nothing else.
    pub(super) fn bytes(self) -> [u8; 16] {
        match self.0 {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
            IpAddr::V6(v6) => v6.octets(),
        }
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientAddress(redacted)")
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ClientAddress {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        // A request without a peer comes from inside the process: a test.
        let address = request
            .remote()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
        Outcome::Success(ClientAddress::of(address))
    }
}

/// A bucket of tries for every network, refilled steadily.
pub struct Throttle<C: Clock = DefaultClock> {
    limiter: RateLimiter<
        ClientAddress,
        DefaultKeyedStateStore<ClientAddress>,
        C,
        NoOpMiddleware<C::Instant>,
    >,
}

impl Throttle {
    /// `burst` tries at once, after which one more comes free every `refill`.
    ///
    /// For sign-in: `Throttle::new(10, Duration::from_secs(60))`.
    pub fn new(burst: u32, refill: Duration) -> Throttle {
        Throttle::with_clock(burst, refill, DefaultClock::default())
    }
}

impl<C: Clock> Throttle<C> {
    fn with_clock(burst: u32, refill: Duration, clock: C) -> Throttle<C> {
        let refill = refill.max(Duration::from_millis(1));
        let quota = Quota::with_period(refill)
            .expect("a period above zero is a quota")
            .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
        Throttle {
            limiter: RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock),
        }
    }

    /// Takes one try, or answers with the page that names the time of the next one.
    pub fn check(&self, from: ClientAddress, now_ms: i64) -> Result<(), AppError> {
        // Networks that are not heard of for a while leave the table.
        if self.limiter.len() > 10_000 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&from).map_err(|refused| {
            AppError::too_many(now_ms, refused.wait_time_from(self.limiter.clock().now()))
        })
    }
}

impl<C: Clock> fmt::Debug for Throttle<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Throttle")
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;
    use rocket::http::Status;

    use super::*;

    fn from(address: &str) -> ClientAddress {
        ClientAddress::of(address.parse().expect("an address"))
    }

    #[test]
    fn neighbours_of_one_network_share_a_bucket() {
        assert!(from("203.0.113.7") == from("203.0.113.250"));
        assert!(from("203.0.113.7") != from("203.0.114.7"));
        assert!(from("::ffff:203.0.113.7") == from("203.0.113.9"));
        assert!(from("2001:db8:0:12ff::1") == from("2001:db8:0:1200::2"));
        assert!(from("2001:db8:0:1300::1") != from("2001:db8:0:1200::2"));
        assert_eq!(
            format!("{:?}", from("203.0.113.7")),
            "ClientAddress(redacted)"
        );
    }

    #[test]
    fn tries_run_out_and_come_back() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::with_clock(3, Duration::from_secs(60), clock.clone());
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
