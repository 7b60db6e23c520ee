//! What the operator sets of the edge: `[default.app.edge]` in `Rocket.toml`.
//!
//! Invariant: every bound has a usual value that suits a library's server on the open internet.
//!
//! Not here: where it listens, which is Rocket's `address` and `port` (`ROCKET_ADDRESS`,
//! `ROCKET_PORT`).

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;
use validator::{Validate, ValidationError};

/// The edge's part of the configuration; times are whole seconds.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = "is_pair"))]
pub struct EdgeSettings {
    /// Names under which the site is reached beside that of `public_origin`, without a port.
    #[validate(custom(function = "are_names"))]
    pub hosts: Vec<String>,
    /// Addresses and networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// PEM file of the certificate and the chain above it; empty: plain http.
    pub certificate: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
    /// Port of a plain listener that sends everybody on to https; 0: none.
    pub redirect_port: u16,
    /// For a TLS handshake.
    #[validate(range(min = 1, max = 60))]
    pub handshake_seconds: u64,
    /// For the head of a request, and how long a connection may rest between two.
    #[validate(range(min = 1, max = 120))]
    pub header_seconds: u64,
    /// For the body of a request, and for the pauses of somebody who reads an answer.
    #[validate(range(min = 1, max = 600))]
    pub body_seconds: u64,
    /// Every so many bytes that came, or went, give a second more.
    #[validate(range(min = 1, max = 1_000_000))]
    pub bytes_per_second: u64,
    /// After so long a connection ends when its answer is finished.
    #[validate(range(min = 1, max = 86_400))]
    pub connection_seconds: u64,
    /// For the answer of the site itself.
    #[validate(range(min = 1, max = 600))]
    pub answer_seconds: u64,
    /// Connections at once; fewer where the system allows fewer open files.
    #[validate(range(min = 16, max = 1_000_000))]
    pub connections: usize,
    /// Connections at once of one address (IPv4) or one network of 64 bits (IPv6).
    #[validate(range(min = 1, max = 1_000_000))]
    pub connections_per_address: usize,
    /// Requests under way at once; more people see the waiting page.
    #[validate(range(min = 1, max = 100_000))]
    pub under_way: usize,
    /// The same for pages of staff, which wait for nobody else.
    #[validate(range(min = 1, max = 100_000))]
    pub under_way_staff: usize,
    /// KiB of a request's body, where a page does not take long forms.
    #[validate(range(min = 1, max = 256))]
    pub body_kib: usize,
    /// MiB of bodies that are in memory at once.
    #[validate(range(min = 1, max = 100_000))]
    pub bodies_mib: usize,
    /// At a stop, how long requests under way may take.
    #[validate(range(max = 600))]
    pub drain_seconds: u64,
    /// At a stop, how long `/healthz` says so before no more connections are taken.
    #[validate(range(max = 600))]
    pub notice_seconds: u64,
}

impl Default for EdgeSettings {
    fn default() -> EdgeSettings {
        EdgeSettings {
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            redirect_port: 0,
            handshake_seconds: 5,
            header_seconds: 8,
            body_seconds: 10,
            bytes_per_second: 8_192,
            connection_seconds: 120,
            answer_seconds: 120,
            connections: 4_096,
            connections_per_address: 256,
            under_way: 512,
            under_way_staff: 64,
            body_kib: 64,
            bodies_mib: 64,
            drain_seconds: 20,
            notice_seconds: 0,
        }
    }
}

impl EdgeSettings {
    /// Whether it speaks TLS itself.
    pub fn has_tls(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }

    /// Whether what this address says about others is believed.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.holds(address))
    }

    /// How long so many bytes may take, above the usual time.
    pub(super) fn pace(&self, bytes: u64) -> Duration {
        let seconds = self.body_seconds.saturating_mul(1_000);
        Duration::from_millis(seconds + bytes.saturating_mul(1_000) / self.bytes_per_second)
    }
}

/// An address or a network, such as `10.0.0.7` or `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether an address lies within it.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// Whether it and the network that begins at `address` have an address in common.
    pub fn meets(&self, address: IpAddr, bits: u8) -> bool {
        let other = IpNet::new(address.to_canonical(), bits);
        other.is_ok_and(|other| {
            self.0.contains(&other.network()) || other.contains(&self.0.network())
        })
    }
}

/// What was written is neither an address nor a network.
#[derive(Debug, thiserror::Error)]
#[error("an address or a network, such as 10.0.0.7 or 10.0.0.0/8")]
pub struct NotANetwork;

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Network, NotANetwork> {
        let alone = text.parse::<IpAddr>().map(IpNet::from);
        let network = alone.or_else(|_| text.parse::<IpNet>());
        network.map(Network).map_err(|_| NotANetwork)
    }
}

fn is_pair(settings: &EdgeSettings) -> Result<(), ValidationError> {
    let is_empty = |path: &PathBuf| path.as_os_str().is_empty();
    let redirects = settings.redirect_port != 0;
    let fits = is_empty(&settings.certificate) == is_empty(&settings.key)
        && (settings.has_tls() || !redirects);
    fits.then_some(()).ok_or_else(|| {
        ValidationError::new("certificate and key together; redirect_port only with both")
    })
}

fn are_names(names: &[String]) -> Result<(), ValidationError> {
    let fits = |name: &String| {
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        address || !name.is_empty() && name.len() <= 253 && name.chars().all(plain)
    };
    let all = names.iter().all(fits);
    all.then_some(())
        .ok_or_else(|| ValidationError::new("names or addresses, without scheme and port"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_by_address_or_network() {
        let network = |text: &str| Network::try_from(text.to_owned());
        let settings = EdgeSettings {
            trusted_proxies: ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]
                .map(|text| network(text).expect("a network"))
                .into(),
            ..EdgeSettings::default()
        };
        let trusts = |text: &str| settings.trusts(text.parse().expect("an address"));
        for known in ["127.0.0.1", "10.9.8.7", "::ffff:10.0.0.1", "2001:db8::1"] {
            assert!(trusts(known), "{known}");
        }
        for other in ["127.0.0.2", "11.0.0.1", "2001:db9::1", "::1"] {
            assert!(!trusts(other), "{other}");
        }
        for bad in ["", "proxy", "10.0.0.0/33", "10.0.0"] {
            assert!(network(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn settings_that_cannot_be_right_are_refused() {
        let changed = |change: fn(&mut EdgeSettings)| {
            let mut settings = EdgeSettings::default();
            change(&mut settings);
            settings.validate().is_ok()
        };
        assert!(changed(|_| ()));
        assert!(changed(
            |s| s.hosts = vec!["draw.example.org".into(), "[::1]".into()]
        ));
        assert!(!changed(
            |s| s.hosts = vec!["https://draw.example.org".into()]
        ));
        assert!(!changed(|s| s.hosts = vec!["draw.example.org:8000".into()]));
        assert!(!changed(|s| s.certificate = "cert.pem".into()));
        assert!(!changed(|s| s.redirect_port = 80));
        assert!(!changed(|s| s.header_seconds = 0));
        assert!(changed(|s| {
            s.certificate = "cert.pem".into();
            s.key = "key.pem".into();
            s.redirect_port = 80;
        }));
    }
}
