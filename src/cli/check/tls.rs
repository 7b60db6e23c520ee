//! The site's own address as the public reaches it: whether it answers, and its certificate.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_rustls::rustls;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use crate::platform::clock::{Clock, DAY, Timestamp};
use crate::platform::config::Config;

use super::Finding;

const PATIENCE: Duration = Duration::from_secs(5);
/// Fewer days than this, and renewing by itself has failed.
const SOON: i64 = 14;
/// No certificate of a public authority is good for longer.
const LONGEST: i64 = 400;

/// Why the certificate was not seen.
#[derive(Debug, thiserror::Error)]
enum Unseen {
    #[error("the host's name leads to no address")]
    Name,
    #[error("no connection can be made")]
    Connect(#[from] std::io::Error),
    #[error("the handshake failed")]
    Handshake(#[from] rustls::Error),
}

/// Looks at the certificate that visitors are shown.
pub(super) fn look(config: &Config, clock: &Clock, offline: bool) -> Vec<Finding> {
    let name = "certificate";
    let origin = &config.public_origin;
    let Some(place) = origin.strip_prefix("https://") else {
        let found = match origin.is_empty() {
            true => "public_origin is empty: there is none to look at",
            false => "public_origin has none",
        };
        return vec![Finding::good(name, found)];
    };
    if offline {
        return vec![Finding::unknown(name, "not asked", "leave --offline away")];
    }
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().unwrap_or(443)),
        None => (place, 443),
    };
    vec![match shown(host, port) {
        Ok(chain) => judged(host, &chain, clock.now()),
        Err(error) => Finding::bad(
            name,
            format!("{place}: {}", super::words(&error)),
            "check name service, the server in front, and that port 443 is open",
        ),
    }]
}

fn judged(host: &str, chain: &[CertificateDer<'static>], now: Timestamp) -> Finding {
    let name = "certificate";
    let days = days_left(known(), host, chain, now);
    match days {
        Some(days) if days < SOON => Finding::warning(
            name,
            format!("{host}: good for {days} days more"),
            "renew it, and see why that does not happen by itself",
        ),
        Some(days) => Finding::good(name, format!("{host}: good for {days} days more")),
        None => Finding::bad(
            name,
            format!(
                "{host}: browsers refuse it (expired, for another name, or of an authority that they do not know)"
            ),
            "get a certificate of a public authority for exactly this name, with its whole chain",
        ),
    }
}

/// The authorities that browsers know.
fn known() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}

/// For how many whole days somebody who trusts these authorities will go on taking it; nothing if
/// they do not take it now.
fn days_left(
    roots: RootCertStore,
    host: &str,
    chain: &[CertificateDer<'static>],
    now: Timestamp,
) -> Option<i64> {
    let (own, others) = chain.split_first()?;
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .ok()?;
    let server = ServerName::try_from(host.to_owned()).ok()?;
    let is_good = |days: i64| {
        let at = u64::try_from(now.plus(days * DAY).unix()).unwrap_or_default();
        let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
        let verified = verifier.verify_server_cert(own, others, &server, &[], at);
        verified.is_ok()
    };
    if !is_good(0) {
        return None;
    }
    let (mut good, mut bad) = (0, LONGEST);
    while bad - good > 1 {
        let middle = i64::midpoint(good, bad);
        match is_good(middle) {
            true => good = middle,
            false => bad = middle,
        }
    }
    Some(good)
}

/// The chain that the server shows, whatever it is worth.
fn shown(host: &str, port: u16) -> Result<Vec<CertificateDer<'static>>, Unseen> {
    let looker = Arc::new(Looker {
        seen: Mutex::default(),
        provider: Arc::new(ring::default_provider()),
    });
    let config = ClientConfig::builder_with_provider(looker.provider.clone())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(looker.clone())
        .with_no_client_auth();
    let server = ServerName::try_from(host.to_owned()).or(Err(Unseen::Name))?;
    let mut connection = ClientConnection::new(Arc::new(config), server)?;
    let addresses = (host, port).to_socket_addrs().or(Err(Unseen::Name))?;
    let mut last = Unseen::Name;
    for address in addresses {
        let mut stream = match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => stream,
            Err(error) => {
                last = error.into();
                continue;
            }
        };
        stream.set_read_timeout(Some(PATIENCE))?;
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        let seen = looker.seen.lock().unwrap_or_else(PoisonError::into_inner);
        return Ok(seen.clone());
    }
    Err(last)
}

/// Takes every certificate, to be judged afterwards; nothing is sent over such a connection.
#[derive(Debug)]
struct Looker {
    seen: Mutex<Vec<CertificateDer<'static>>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Looker {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = [own].into_iter().chain(others);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = chain.map(|each| each.clone().into_owned()).collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, own, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, own, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::platform::clock::HOUR;

    fn openssl(folder: &std::path::Path, arguments: &str) {
        let done = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder)
            .stderr(Stdio::null())
            .status();
        assert!(done.is_ok_and(|done| done.success()), "openssl {arguments}");
    }

    #[test]
    fn the_days_of_a_certificate_are_counted_as_browsers_do() {
        let folder = tempfile::tempdir().expect("a folder");
        openssl(
            folder.path(),
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 300 -subj /CN=Authority",
        );
        openssl(
            folder.path(),
            "req -newkey rsa:2048 -nodes -keyout own.key -out own.csr -subj /CN=localhost",
        );
        std::fs::write(
            folder.path().join("names"),
            "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n",
        )
        .expect("written");
        openssl(
            folder.path(),
            "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -out own.pem -days 30 -extfile names",
        );
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("bound").port();
        drop(free);
        let mut server = Command::new("openssl")
            .args(["s_server", "-quiet", "-cert", "own.pem", "-key", "own.key"])
            .args(["-accept", &port.to_string()])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl runs");
        let chain = loop {
            match shown("localhost", port) {
                Ok(chain) => break chain,
                Err(error) => {
                    let ended = server.try_wait().expect("asked");
                    assert!(ended.is_none(), "{error}");
                    std::thread::yield_now();
                }
            }
        };
        let _ = server.kill();
        let _ = server.wait();
        // A while after it was made: of its thirty days the first has begun.
        let now = Clock::system().now().plus(HOUR);
        let mut roots = RootCertStore::empty();
        let pem = std::fs::read(folder.path().join("ca.pem")).expect("read");
        let authority = rustls::pki_types::pem::PemObject::from_pem_slice(&pem);
        roots.add(authority.expect("PEM")).expect("an authority");
        let days = |host: &str, at: Timestamp| days_left(roots.clone(), host, &chain, at);
        assert_eq!(days("localhost", now), Some(29));
        assert_eq!(days("localhost", now.plus(20 * DAY)), Some(9));
        assert_eq!(days("localhost", now.plus(31 * DAY)), None);
        assert_eq!(days("other.example.tw", now), None);
        assert_eq!(
            judged("localhost", &chain, now).state,
            super::super::State::Bad
        );
    }
}
