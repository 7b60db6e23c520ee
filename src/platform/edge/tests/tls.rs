//! TLS of the edge, with certificates that OpenSSL makes.

use std::path::Path;
use std::process::Command;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::*;
use crate::platform::edge::tls::Tls;

const ORIGIN: &str = "https://draw.example.org";

/// Writes a new certificate and its key into a folder, as a renewal does: beside, then over.
fn renew(folder: &Path) -> CertificateDer<'static> {
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.join(name));
    let [new_certificate, new_key] = ["cert.new", "key.new"].map(|name| folder.join(name));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args(["-nodes", "-days", "2", "-subj", "/CN=draw.example.org"])
        .args(["-addext", "subjectAltName=DNS:draw.example.org"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&new_key)
        .arg("-out")
        .arg(&new_certificate)
        .output()
        .expect("openssl is there");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let der = CertificateDer::from_pem_file(&new_certificate).expect("a certificate");
    std::fs::rename(new_certificate, certificate).expect("renamed");
    std::fs::rename(new_key, key).expect("renamed");
    der
}

fn with_tls(folder: &Path, change: impl FnOnce(&mut EdgeSettings)) -> Running {
    running(named(ORIGIN), |settings| {
        settings.certificate = folder.join("cert.pem");
        settings.key = folder.join("key.pem");
        change(settings);
    })
}

/// A connection by TLS that takes this certificate and no other; none where another is shown.
fn by_tls(edge: &Running, trusted: &CertificateDer<'static>) -> Option<Wire> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("draw.example.org").expect("a name");
    let mut session = ClientConnection::new(Arc::new(config), name).expect("a session");
    let mut stream = TcpStream::connect(edge.address).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a time");
    while session.is_handshaking() {
        session.complete_io(&mut stream).ok()?;
    }
    let stream = StreamOwned::new(session, stream);
    Some(Wire(BufReader::new(Box::new(stream))))
}

const ASK: &str = "GET /from HTTP/1.1\r\nHost: draw.example.org\r\n";

#[test]
fn a_renewed_certificate_is_used_without_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = renew(folder.path());
    let edge = with_tls(folder.path(), |_| ());
    let mut before = by_tls(&edge, &first).expect("the first one");
    before.say(ASK, "");
    let came = before.hear();
    assert_eq!((came.status, came.body.as_str()), (200, "127.0.0.1"));
    assert_eq!(came.header("Strict-Transport-Security"), "max-age=63072000");
    let second = renew(folder.path());
    let mut after = loop {
        if let Some(wire) = by_tls(&edge, &second) {
            break wire;
        }
        std::thread::yield_now();
    };
    after.say(ASK, "");
    assert_eq!(after.hear().status, 200);
    assert!(by_tls(&edge, &first).is_none());
    // Who was there already is not disturbed.
    before.say(ASK, "");
    assert_eq!(before.hear().status, 200);
}

#[test]
fn a_certificate_that_cannot_be_used_leaves_the_one_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = tempfile::tempdir().expect("a folder");
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
    let open = || Tls::open(&certificate, &key);
    let error = |outcome: Result<Tls, TlsError>| outcome.err().expect("refused").to_string();
    assert!(error(open()).ends_with("cert.pem cannot be read"));
    let first = renew(folder.path());
    let tls = open().expect("it can be used");
    assert_eq!(tls.shown(), first);
    renew(other.path());
    let bad: [(&Path, &[u8]); 3] = [
        (&certificate, b"-----BEGIN CERTIFICATE-----\nabc\n"),
        (&certificate, b""),
        (&key, b"no key"),
    ];
    for (file, content) in bad {
        let good = std::fs::read(file).expect("read");
        std::fs::write(file, content).expect("written");
        tls.look();
        assert_eq!(tls.shown(), first, "{content:?}");
        assert!(open().is_err());
        std::fs::write(file, good).expect("written");
    }
    // A key of somebody else's certificate.
    std::fs::copy(other.path().join("key.pem"), &key).expect("copied");
    tls.look();
    assert_eq!(tls.shown(), first);
    assert_eq!(error(open()), "certificate and key cannot be used");
    std::fs::remove_file(&key).expect("removed");
    tls.look();
    assert_eq!(tls.shown(), first);
    let second = renew(folder.path());
    tls.look();
    assert_eq!(tls.shown(), second);
}

#[test]
fn a_handshake_that_does_not_end_is_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    renew(folder.path());
    let edge = with_tls(folder.path(), |settings| settings.handshake_seconds = 1);
    // Nothing, half a hello, and somebody who has not understood that this is TLS.
    for begun in ["", "\x16\x03\x01\x02\x00\x01\x00", "GET / HTTP/1.1\r\n\r\n"] {
        let mut wire = edge.wire();
        wire.write(begun);
        assert!(wire.is_closed(), "{begun:?}");
    }
    // The last one is counted when its connection is gone, which is seen first.
    let begun = std::time::Instant::now();
    let failed = || {
        let failed = &edge.figures.handshakes_failed;
        failed.load(std::sync::atomic::Ordering::Relaxed)
    };
    while failed() < 3 && begun.elapsed() < std::time::Duration::from_secs(10) {
        std::thread::yield_now();
    }
    assert_eq!(failed(), 3);
}

#[test]
fn plain_http_leads_to_https() {
    let folder = tempfile::tempdir().expect("a folder");
    renew(folder.path());
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let plain = free.local_addr().expect("an address");
    drop(free);
    let _edge = with_tls(folder.path(), |settings| {
        settings.redirect_port = plain.port()
    });
    let ask = |head: &str, body: &str| {
        let mut wire = Wire::to(plain);
        wire.say(head, body);
        wire.hear()
    };
    let led = ask(
        "GET /a/spring?x=%22 HTTP/1.1\r\nHost: draw.example.org\r\n",
        "",
    );
    assert_eq!(led.status, 308);
    assert_eq!(
        led.header("Location"),
        "https://draw.example.org/a/spring?x=%22"
    );
    assert_eq!(led.header("Strict-Transport-Security"), "");
    assert_eq!(led.header("Connection"), "close");
    for head in [
        "GET / HTTP/1.1\r\nHost: evil.example\r\n",
        "GET / HTTP/1.1\r\n",
        "POST /send HTTP/1.1\r\nHost: draw.example.org\r\nContent-Length: 1\r\n",
    ] {
        let refused = ask(head, "a");
        assert_eq!(
            (refused.status, refused.header("Location")),
            (400, ""),
            "{head}"
        );
    }
}
