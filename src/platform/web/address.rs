//! Where a request comes from.
//!
//! Invariant: an address is used as its network (/24 or /56), never shown, logged or stored. It is
//! that of Rocket's peer, for which [`super::hop`] puts the visitor whom the edge has seen; Rocket's
//! own `ip_header` is off, or anybody could claim any address.
//!
//! Not here: how often one network may try ([`super::throttle`]); which proxies are believed
//! ([`crate::platform::edge`]).

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use rocket::request::{FromRequest, Outcome, Request};

use crate::platform::watch::Near;

/// The network a request comes from: the first 24 bits of IPv4, 56 of IPv6.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(Near);

impl ClientAddress {
    /// The network of an address.
    pub fn of(address: IpAddr) -> ClientAddress {
        ClientAddress(Near::of(address))
    }

    /// The network, for those who count.
    pub fn near(self) -> Near {
        self.0
    }

    /// The network's bytes, for the keyed hash of the access log and for nothing else.
    pub(super) fn bytes(self) -> [u8; 16] {
        self.0.bytes()
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

#[cfg(test)]
mod tests {
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
}
