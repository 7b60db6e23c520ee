//! Who a machine is to another one: a pair of keys, and nothing that expires.
//!
//! Invariant: the private half is in one file that nobody but its owner reads, is wiped from
//! memory, and is printed nowhere.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use rustls::crypto::ring::sign::any_eddsa_type;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SigningKey};
use zeroize::Zeroizing;

use crate::platform::ids;

/// What stands before 32 private bytes in PKCS#8 (RFC 8410).
const PRIVATE: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// What stands before 32 public bytes in a SubjectPublicKeyInfo (RFC 8410).
const PUBLIC: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// The first word in the file.
const FORM: &str = "fairdraw-identity/1";

/// The public half; what others are told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads 43 characters of base64url.
    pub fn parse(text: &str) -> Option<PublicKey> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(PublicKey(bytes.try_into().ok()?))
    }

    /// As it travels in a handshake.
    pub(super) fn of_info(info: &[u8]) -> Option<PublicKey> {
        let bytes = info.strip_prefix(&PUBLIC)?;
        Some(PublicKey(bytes.try_into().ok()?))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Both halves.
#[derive(Clone)]
pub struct Identity {
    seed: Zeroizing<[u8; 32]>,
    key: Arc<dyn SigningKey>,
    public: PublicKey,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.public)
    }
}

/// Why a machine has no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file.
    #[error("the file of this machine's key cannot be read or written")]
    File(#[from] io::Error),
    /// What is in it.
    #[error("the file of this machine's key is damaged; remove it, and a new key is made")]
    Damaged,
}

impl Identity {
    /// A new one.
    pub fn fresh() -> Identity {
        let seed = ids::secret::<32>();
        Identity::of(seed).expect("any 32 bytes are a key")
    }

    fn of(seed: Zeroizing<[u8; 32]>) -> Option<Identity> {
        let mut der = Zeroizing::new(PRIVATE.to_vec());
        der.extend_from_slice(&*seed);
        let key = any_eddsa_type(&PrivatePkcs8KeyDer::from(der.as_slice())).ok()?;
        let public = PublicKey::of_info(key.public_key()?.as_ref())?;
        Some(Identity { seed, key, public })
    }

    /// From 32 bytes that travelled to the process that needs them.
    pub fn of_seed(seed: [u8; 32]) -> Option<Identity> {
        Identity::of(Zeroizing::new(seed))
    }

    /// The private bytes, for a process of one's own.
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The one in a file, which is made at the first call.
    pub fn kept(file: &Path) -> Result<Identity, IdentityError> {
        match fs::read_to_string(file).map(Zeroizing::new) {
            Ok(text) => read(&text).ok_or(IdentityError::Damaged),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let fresh = Identity::fresh();
                fresh.keep(file)?;
                Ok(fresh)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn keep(&self, file: &Path) -> io::Result<()> {
        let encoded = Zeroizing::new(BASE64URL_NOPAD.encode(&*self.seed));
        let text = Zeroizing::new(format!("{FORM} {}\n", *encoded));
        let mut made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)?;
        made.write_all(text.as_bytes())?;
        made.sync_all()
    }

    /// What others are told.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// As a handshake shows it: the bare key (RFC 7250).
    pub(super) fn shown(&self) -> Arc<CertifiedKey> {
        let info = [&PUBLIC[..], &self.public.0].concat();
        Arc::new(CertifiedKey::new(
            vec![CertificateDer::from(info)],
            self.key.clone(),
        ))
    }
}

fn read(text: &str) -> Option<Identity> {
    let encoded = text.trim_end().strip_prefix(FORM)?.strip_prefix(' ')?;
    let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(encoded.as_bytes()).ok()?);
    let seed = <[u8; 32]>::try_from(bytes.as_slice()).ok()?;
    Identity::of(Zeroizing::new(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("machine.key");
        let first = Identity::kept(&file).expect("made").public();
        assert_eq!(Identity::kept(&file).expect("read").public(), first);
        assert_eq!(PublicKey::parse(&first.to_string()), Some(first));
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &fs::metadata(&file).expect("there").permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&file, "fairdraw-identity/1 short\n").expect("written");
        assert!(matches!(Identity::kept(&file), Err(IdentityError::Damaged)));
    }

    #[test]
    fn what_is_printed_is_the_public_half_alone() {
        let identity = Identity::fresh();
        let private = BASE64URL_NOPAD.encode(identity.seed());
        let printed = format!("{identity:?} {}", identity.public());
        assert!(!printed.contains(&private));
    }
}
