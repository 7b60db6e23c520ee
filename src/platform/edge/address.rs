//! Who is at the other end: the peer, or the visitor that a trusted proxy names.
//!
//! Invariant: what a request says about its origin counts only as far as it comes from proxies
//! that the operator named, read from the right, where the nearest of them wrote. An address is
//! never shown, logged or stored.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;

use super::settings::EdgeSettings;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The visitor's address.
pub(super) fn visitor(peer: IpAddr, headers: &HeaderMap, settings: &EdgeSettings) -> IpAddr {
    let mut nearest = peer.to_canonical();
    if !settings.trusts(nearest) {
        return nearest;
    }
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    for line in lines.into_iter().rev() {
        let Ok(line) = line.to_str() else {
            return nearest;
        };
        for named in line.rsplit(',') {
            // What cannot be read was not written by a proxy that we know.
            let Some(address) = parsed(named.trim()) else {
                return nearest;
            };
            nearest = address;
            if !settings.trusts(nearest) {
                return nearest;
            }
        }
    }
    nearest
}

/// `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::7` or `[2001:db8::7]:4711`.
fn parsed(text: &str) -> Option<IpAddr> {
    let alone = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = alone.or_else(with_port).or_else(bracketed)?;
    Some(address.to_canonical())
}

/// What is counted as one: an address, or the 64 bits that one subscriber of IPv6 has.
pub(super) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::edge::settings::Network;

    fn seen(peer: &str, lines: &[&str]) -> String {
        let trusted = |text: &str| Network::try_from(text.to_owned()).expect("a network");
        let settings = EdgeSettings {
            trusted_proxies: ["10.0.0.0/8", "127.0.0.1"].map(trusted).into(),
            ..EdgeSettings::default()
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().expect("a header"));
        }
        let peer = peer.parse().expect("an address");
        visitor(peer, &headers, &settings).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_names_the_visitor() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("::ffff:127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_a_visitor_wrote_stands_left_of_what_proxies_wrote_and_does_not_count() {
        for (lines, expected) in [
            (&["1.2.3.4, 198.51.100.1"][..], "198.51.100.1"),
            (&["1.2.3.4, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            (&["1.2.3.4", "198.51.100.1", "10.0.0.2"], "198.51.100.1"),
            (&["198.51.100.1:50000"], "198.51.100.1"),
            (&["[2001:db8::1]:50000"], "2001:db8::1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["unknown"], "127.0.0.1"),
            (&["198.51.100.1, unknown, 10.0.0.2"], "10.0.0.2"),
            (&["198.51.100.1,"], "127.0.0.1"),
            (&["10.0.0.9, 10.0.0.2"], "10.0.0.9"),
        ] {
            assert_eq!(seen("127.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn one_subscriber_counts_once() {
        let of = |text: &str| neighbourhood(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
    }
}
