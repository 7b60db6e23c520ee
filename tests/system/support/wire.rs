//! HTTP spoken by hand over a real connection, plain or TLS, from any address of this machine.
//!
//! Invariant: nothing is made right on the way: what a test writes is what arrives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::app::Came;

/// Both directions of a connection.
pub trait Both: Read + Write + Send {}

impl<S: Read + Write + Send> Both for S {}

/// One connection.
pub struct Wire(BufReader<Box<dyn Both>>);

/// A connection of a visitor whose address is `from`, one of this machine's own.
pub fn connected(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
    rustix::net::bind(&socket, &SocketAddrV4::new(from, 0))?;
    rustix::net::connect(&socket, &to)?;
    let stream = TcpStream::from(socket);
    // Far longer than anything may take.
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    Ok(stream)
}

impl Wire {
    /// A plain connection.
    pub fn plain(from: Ipv4Addr, to: SocketAddr) -> Wire {
        Wire::over(connected(from, to).expect("it listens"))
    }

    /// A connection by TLS to a server that shows this certificate; none where it shows another.
    pub fn tls(from: Ipv4Addr, to: SocketAddr, name: &str, certificate: &Path) -> Option<Wire> {
        let mut roots = RootCertStore::empty();
        let trusted = CertificateDer::from_pem_file(certificate).expect("a certificate");
        roots.add(trusted).expect("a certificate");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).expect("a name");
        let mut session = ClientConnection::new(Arc::new(config), name).expect("a session");
        let mut stream = connected(from, to).expect("it listens");
        while session.is_handshaking() {
            session.complete_io(&mut stream).ok()?;
        }
        Some(Wire::over(StreamOwned::new(session, stream)))
    }

    fn over(stream: impl Both + 'static) -> Wire {
        Wire(BufReader::new(Box::new(stream)))
    }

    /// Writes these bytes.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let stream = self.0.get_mut();
        stream.write_all(bytes.as_ref()).expect("it is open");
        stream.flush().expect("it is open");
    }

    /// Reads one answer; none where the connection ended before it began.
    pub fn hear(&mut self) -> Option<Came> {
        let mut lines = Vec::new();
        loop {
            let line = self.line()?;
            match line.as_str() {
                "" if lines.is_empty() => return None,
                "" => break,
                _ => lines.push(line),
            }
        }
        let status = lines[0].split(' ').nth(1).expect("a status");
        let status = status.parse().expect("a number");
        let headers = lines[1..].iter().filter_map(|line| line.split_once(": "));
        let headers: Vec<(String, String)> = headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let of = |wanted: &str| {
            let mut found = headers.iter();
            let found = found.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.as_str())
        };
        let mut bytes = Vec::new();
        if let Some(length) = of("content-length") {
            bytes.resize(length.parse().expect("a length"), 0);
            self.0.read_exact(&mut bytes).expect("the body");
        } else if of("transfer-encoding").is_some() {
            loop {
                let length = self.line().expect("a chunk");
                let length = usize::from_str_radix(&length, 16).expect("a length");
                let mut chunk = vec![0; length + 2];
                self.0.read_exact(&mut chunk).expect("a chunk");
                if length == 0 {
                    break;
                }
                bytes.extend_from_slice(&chunk[..length]);
            }
        }
        Some(Came {
            status,
            headers,
            bytes,
        })
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(read) if read > 0 => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
            _ => None,
        }
    }

    /// Waits until the other side closes; whether it did.
    pub fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => true,
            Err(error) => !matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            ),
        }
    }
}

impl Came {
    /// A header, which is there at most once; empty where it is not.
    pub fn header(&self, name: &str) -> &str {
        let all = self.headers.iter();
        let mut found = all.filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let value = found.next().map_or("", |(_, value)| value);
        assert!(found.next().is_none(), "{name} twice: {:?}", self.headers);
        value
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}
