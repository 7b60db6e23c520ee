//! TLS 1.3 between two machines that know each other's key: no authority, no names, no dates.
//!
//! Invariant: a channel exists only after both sides have shown the key that the other one was
//! told, and proved that they hold it. Nothing but TLS 1.3 is spoken.
//!
//! What is written leaves in the order in which it was encrypted; reading never waits for writing,
//! so two sides that both write a lot cannot block each other.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::AlwaysResolvesClientRawPublicKeys;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, Connection, DigitallySignedStruct,
    DistinguishedName, Error, ServerConfig, ServerConnection, SignatureScheme,
};

use zeroize::Zeroizing;

use super::{Channel, End, GREETING, Identity, PublicKey};

/// The most that one record holds.
const RECORD: usize = 16 << 10;
/// Looked at by nobody: the key says who it is.
const NAME: &str = "vault.invalid";

/// Whoever shows one of these keys.
#[derive(Debug)]
struct Known {
    keys: Vec<PublicKey>,
    provider: Arc<CryptoProvider>,
}

impl Known {
    fn new(keys: Vec<PublicKey>) -> Arc<Known> {
        Arc::new(Known {
            keys,
            provider: Arc::new(ring::default_provider()),
        })
    }

    fn shows(&self, shown: &CertificateDer<'_>) -> Result<(), Error> {
        let key = PublicKey::of_info(shown.as_ref());
        match key.is_some_and(|key| self.keys.contains(&key)) {
            true => Ok(()),
            false => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn proves(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature_with_raw_key(
            message,
            &SubjectPublicKeyInfoDer::from(shown.as_ref()),
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }
}

/// TLS 1.2 is not spoken, so nobody comes here.
fn old() -> Error {
    Error::General("TLS 1.3 alone is spoken".to_owned())
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.shows(shown).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.proves(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for Known {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.shows(shown).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.proves(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// Over a connection to whoever holds `key`.
pub(super) fn to(stream: TcpStream, identity: &Identity, key: PublicKey) -> io::Result<Channel> {
    let known = Known::new(vec![key]);
    let resolver = AlwaysResolvesClientRawPublicKeys::new(identity.shown());
    let mut config = ClientConfig::builder_with_provider(known.provider.clone())
        .with_protocol_versions(&[&TLS13])
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(known)
        .with_client_cert_resolver(Arc::new(resolver));
    config.resumption = rustls::client::Resumption::disabled();
    let name = ServerName::try_from(NAME).map_err(io::Error::other)?;
    let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    over(stream, connection.into())
}

/// Over a connection from whoever holds one of `keys`.
pub(super) fn from(
    stream: TcpStream,
    identity: &Identity,
    keys: &[PublicKey],
) -> io::Result<Channel> {
    let known = Known::new(keys.to_vec());
    let resolver = AlwaysResolvesServerRawPublicKeys::new(identity.shown());
    let mut config = ServerConfig::builder_with_provider(known.provider.clone())
        .with_protocol_versions(&[&TLS13])
        .map_err(io::Error::other)?
        .with_client_cert_verifier(known)
        .with_cert_resolver(Arc::new(resolver));
    config.send_tls13_tickets = 0;
    let connection = ServerConnection::new(Arc::new(config)).map_err(io::Error::other)?;
    over(stream, connection.into())
}

fn over(mut stream: TcpStream, mut connection: Connection) -> io::Result<Channel> {
    stream.set_read_timeout(Some(GREETING))?;
    stream.set_write_timeout(Some(GREETING))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    stream.set_read_timeout(None)?;
    stream.set_write_timeout(None)?;
    let shared = Arc::new(Shared {
        connection: Mutex::new(connection),
        sending: Mutex::new(()),
    });
    Ok(Channel {
        reader: Box::new(Reader {
            shared: shared.clone(),
            stream: stream.try_clone()?,
            came: Vec::new(),
        }),
        writer: Box::new(Writer {
            shared,
            stream: stream.try_clone()?,
        }),
        end: End::Tcp(stream),
    })
}

struct Shared {
    connection: Mutex<Connection>,
    /// Held from encrypting to sending, so that records leave in their order.
    sending: Mutex<()>,
}

impl Shared {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

struct Reader {
    shared: Arc<Shared>,
    stream: TcpStream,
    /// What came and was not decrypted yet.
    came: Vec<u8>,
}

impl Read for Reader {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            {
                let mut connection = self.shared.connection();
                match connection.reader().read(bytes) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    outcome => return outcome,
                }
                if !self.came.is_empty() {
                    let mut rest = self.came.as_slice();
                    connection.read_tls(&mut rest)?;
                    let taken = self.came.len() - rest.len();
                    connection.process_new_packets().map_err(io::Error::other)?;
                    self.came.drain(..taken);
                    continue;
                }
            }
            let mut more = [0; 16 << 10];
            match self.stream.read(&mut more)? {
                // An end without the closing words is an end too: a frame that was cut is noticed.
                0 => return Ok(0),
                count => self.came.extend_from_slice(&more[..count]),
            }
        }
    }
}

struct Writer {
    shared: Arc<Shared>,
    stream: TcpStream,
}

impl Write for Writer {
    /// Head and body of a short frame are one record.
    fn write_vectored(&mut self, pieces: &[io::IoSlice<'_>]) -> io::Result<usize> {
        let mut whole = Zeroizing::new(Vec::with_capacity(RECORD));
        for piece in pieces {
            let room = RECORD - whole.len();
            whole.extend_from_slice(&piece[..piece.len().min(room)]);
        }
        self.write(&whole)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _turn = self
            .shared
            .sending
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut sealed = Vec::with_capacity(bytes.len() + 256);
        let taken = {
            let mut connection = self.shared.connection();
            let taken = connection.writer().write(bytes)?;
            while connection.wants_write() {
                connection.write_tls(&mut sealed)?;
            }
            taken
        };
        self.stream.write_all(&sealed)?;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
