//! TLS of the edge, and certificates that are renewed while it runs.
//!
//! Invariant: there is always a certificate that fits its key: files that cannot be used leave the
//! one before in its place, and the log says so. The files are looked at every second, because a
//! renewal replaces them and tells nobody.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds nothing of the kind.
    #[error("{} cannot be read", .0.display())]
    File(PathBuf, #[source] pem::Error),
    /// There is no certificate in the file.
    #[error("{} holds no certificate", .0.display())]
    Empty(PathBuf),
    /// The key does not belong to the certificate, or is of a kind that is not known.
    #[error("certificate and key cannot be used")]
    Pair(#[from] rustls::Error),
}

/// TLS with the certificate of the moment.
#[derive(Clone)]
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    current: Arc<Current>,
}

impl Tls {
    /// Reads certificate and key.
    pub(super) fn open(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let files = Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        let stamp = files.stamp();
        let first = files.read(&provider)?;
        let current = Arc::new(Current {
            files,
            provider: provider.clone(),
            seen: Mutex::new(stamp),
            pair: RwLock::new(Arc::new(first)),
        });
        // 1.2 and 1.3, and no suite without forward secrecy: rustls knows no others.
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        // Our order, which puts the stronger first, and not that of a client from long ago.
        config.ignore_client_order = true;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            current,
        })
    }

    /// Takes up a connection.
    pub(super) async fn shake_hands<L>(&self, line: L) -> io::Result<TlsStream<L>>
    where
        L: AsyncRead + AsyncWrite + Unpin,
    {
        self.acceptor.accept(line).await
    }

    /// The certificate of the moment.
    #[cfg(test)]
    pub(super) fn shown(&self) -> CertificateDer<'static> {
        let pair = self.current.pair.read();
        let pair = pair.unwrap_or_else(PoisonError::into_inner);
        pair.cert[0].clone()
    }

    /// Takes new files, if there are new ones.
    pub(super) fn look(&self) {
        self.current.look();
    }
}

/// When the two files were written, and which they are.
type Stamp = [Option<(SystemTime, u64)>; 2];

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let about = fs::metadata(path).ok()?;
            Some((about.modified().ok()?, about.len()))
        })
    }

    fn read(&self, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
        let unread = |path: &PathBuf| {
            let path = path.clone();
            move |error| TlsError::File(path, error)
        };
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(unread(&self.certificate))?;
        if chain.is_empty() {
            return Err(TlsError::Empty(self.certificate.clone()));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(unread(&self.key))?;
        Ok(CertifiedKey::from_der(chain, key, provider)?)
    }
}

struct Current {
    files: Files,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Stamp>,
    pair: RwLock<Arc<CertifiedKey>>,
}

impl Current {
    fn look(&self) {
        let stamp = self.files.stamp();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == stamp {
            return;
        }
        // Of half a renewal there is nothing to say twice: the other half changes the stamp.
        *seen = stamp;
        match self.files.read(&self.provider) {
            Ok(pair) => {
                let mut current = self.pair.write().unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(pair);
                tracing::info!("a new certificate is in use");
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "the certificate of before stays in use");
            }
        }
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let pair = self.pair.read().unwrap_or_else(PoisonError::into_inner);
        Some(pair.clone())
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current")
            .field("certificate", &self.files.certificate)
            .finish_non_exhaustive()
    }
}
