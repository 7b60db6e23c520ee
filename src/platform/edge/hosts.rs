//! Under which names the site may be asked for.
//!
//! Invariant: no page is made for a name that is not ours, so no link, no cookie and no form of
//! ours leads to a stranger's.

use std::net::IpAddr;

use http::uri::Authority;

use super::settings::EdgeSettings;

/// The names of this site.
pub(super) struct Hosts {
    names: Vec<String>,
    /// Without a public origin: a trial, reached as the machine happens to be.
    is_trial: bool,
}

impl Hosts {
    /// The configured names; on a trial also those of this machine.
    pub(super) fn of(settings: &EdgeSettings, public_origin: Option<&str>) -> Hosts {
        let mut names: Vec<String> = settings.hosts.iter().map(|name| plain(name)).collect();
        if let Some((_, authority)) = public_origin.and_then(|origin| origin.split_once("://")) {
            names.extend(name_of(authority));
        }
        let is_trial = public_origin.is_none();
        if is_trial && let Ok(own) = hostname::get() {
            let own = own.to_string_lossy().to_lowercase();
            names.push(format!("{own}.local"));
            names.push(own);
        }
        Hosts { names, is_trial }
    }

    /// Whether a request for `host` is for us, who were reached at `here` from `peer`.
    pub(super) fn are_ours(&self, host: &str, here: IpAddr, peer: IpAddr) -> bool {
        let Some(name) = name_of(host) else {
            return false;
        };
        if self.names.contains(&name) {
            return true;
        }
        let is_here = is_address(host, here) || {
            let address = address_in(&name);
            name == "localhost" || address.is_some_and(|address| address.is_loopback())
        };
        // Programs of this machine, such as a check of its health, need no name.
        is_here && (self.is_trial || peer.to_canonical().is_loopback())
    }
}

/// Whether `host` is the address itself at which we were reached.
pub(super) fn is_address(host: &str, here: IpAddr) -> bool {
    name_of(host).and_then(|name| address_in(&name)) == Some(here.to_canonical())
}

fn address_in(name: &str) -> Option<IpAddr> {
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>().ok()?;
    Some(address.to_canonical())
}

/// The name in `host:port`, in lower case and without a dot at its end.
fn name_of(host: &str) -> Option<String> {
    if host.contains('@') {
        return None;
    }
    let authority: Authority = host.parse().ok()?;
    Some(plain(authority.host()))
}

fn plain(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    lower.strip_suffix('.').unwrap_or(&lower).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAN: &str = "192.0.2.10";

    fn asked(hosts: &Hosts, host: &str, here: &str, peer: &str) -> bool {
        let address = |text: &str| text.parse().expect("an address");
        hosts.are_ours(host, address(here), address(peer))
    }

    #[test]
    fn a_site_with_a_name_is_reached_by_its_names() {
        let settings = EdgeSettings {
            hosts: vec!["Other.example.org".to_owned()],
            ..EdgeSettings::default()
        };
        let hosts = Hosts::of(&settings, Some("https://draw.example.org:8443"));
        for host in [
            "draw.example.org",
            "DRAW.example.org:8443",
            "draw.example.org.",
            "other.example.org:80",
        ] {
            assert!(asked(&hosts, host, LAN, "203.0.113.7"), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "draw.example.org.evil.example",
            "xdraw.example.org",
            "user@draw.example.org",
            "draw.example.org/x",
            "draw.example.org:80:80",
            LAN,
            "localhost",
            "127.0.0.1",
        ] {
            assert!(!asked(&hosts, host, LAN, "203.0.113.7"), "{host}");
        }
        assert!(asked(&hosts, "127.0.0.1:8000", "127.0.0.1", "127.0.0.1"));
        assert!(!asked(&hosts, "evil.example", "127.0.0.1", "127.0.0.1"));
    }

    #[test]
    fn a_trial_is_reached_by_the_names_of_its_machine() {
        let hosts = Hosts::of(&EdgeSettings::default(), None);
        let own = hostname::get().expect("it has a name");
        let own = own.to_string_lossy().into_owned();
        let local = format!("{own}.local:8000");
        for host in [
            &own,
            &local,
            "192.0.2.10:8000",
            "localhost:8000",
            "[::1]:8000",
        ] {
            assert!(asked(&hosts, host, LAN, "192.0.2.99"), "{host}");
        }
        for host in ["evil.example", "192.0.2.11", "localhost.evil.example"] {
            assert!(!asked(&hosts, host, LAN, "192.0.2.99"), "{host}");
        }
    }
}
