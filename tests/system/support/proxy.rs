//! nginx, HAProxy and Caddy, each with the sample that `docs/proxies` ships.
//!
//! Invariant: of a sample only ports, the folder of the certificate and the times are replaced,
//! and each replacement must find something; a missing proxy fails the test.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use super::edge::Certificate;
use super::ports::HeldPort;
use super::tether::Tether;

/// Which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    Haproxy,
    Caddy,
}

impl Kind {
    fn program(self) -> &'static str {
        match self {
            Kind::Nginx => "nginx",
            Kind::Haproxy => "haproxy",
            Kind::Caddy => "caddy",
        }
    }

    fn sample(self) -> &'static str {
        match self {
            Kind::Nginx => "nginx.conf",
            Kind::Haproxy => "haproxy.cfg",
            Kind::Caddy => "Caddyfile",
        }
    }
}

/// A running proxy.
pub struct Proxy {
    pub https: SocketAddr,
    pub http: SocketAddr,
    pub certificate: Certificate,
    _ports: [HeldPort; 2],
    _script: Tether,
    _folder: tempfile::TempDir,
}

impl Proxy {
    /// Starts one before a server at `site`.
    pub fn start(kind: Kind, site: SocketAddr) -> Proxy {
        let certificate = Certificate::fresh();
        let folder = tempfile::tempdir().expect("a folder");
        let held = [HeldPort::new(), HeldPort::new()];
        let [https, http] =
            [0, 1].map(|which| SocketAddr::from((Ipv4Addr::LOCALHOST, held[which].number())));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/proxies");
        let sample = fs::read_to_string(path.join(kind.sample())).expect("the sample is there");
        let tls = certificate.folder().to_str().expect("text").to_owned();
        let mut replaced = vec![
            ("127.0.0.1:8000".to_owned(), site.to_string()),
            ("/etc/fairdraw/tls".to_owned(), tls),
            (" 8s".to_owned(), " 1s".to_owned()),
        ];
        replaced.extend(match kind {
            Kind::Nginx => [
                (" 10s".to_owned(), " 1s".to_owned()),
                ("listen 80;".to_owned(), format!("listen {http};")),
                ("listen 443 ".to_owned(), format!("listen {https} ")),
            ],
            Kind::Haproxy => [
                (" 10s".to_owned(), " 2s".to_owned()),
                ("bind :80\n".to_owned(), format!("bind {http}\n")),
                ("bind :443 ".to_owned(), format!("bind {https} ")),
            ],
            Kind::Caddy => [
                ("read_body 60s".to_owned(), "read_body 3s".to_owned()),
                (
                    "http_port 80\n".to_owned(),
                    format!("http_port {}\n", http.port()),
                ),
                (
                    "https_port 443\n".to_owned(),
                    format!("https_port {}\n", https.port()),
                ),
            ],
        });
        let ready = replaced.iter().fold(sample, |text, (from, to)| {
            assert!(text.contains(from.as_str()), "{from} in {}", kind.sample());
            text.replace(from.as_str(), to)
        });
        fs::write(folder.path().join(kind.sample()), ready).expect("written");
        let place = folder.path().to_str().expect("text");
        let port = https.port().to_string();
        let (script, _) = Tether::start("proxy.sh", &[kind.program(), place, &port]);
        Proxy {
            https,
            http,
            certificate,
            _ports: held,
            _script: script,
            _folder: folder,
        }
    }
}
