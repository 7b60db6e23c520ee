//! Ed25519 keys of signed notes (C2SP signed-note, signature type 0x01).
//!
//! Invariant: a `Verifier` holds a key that is not of small order, and signatures are checked
//! strictly. The seed of a `Signer` is wiped when it is dropped and never shown.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};

use super::NoteError;
use super::signed::{SignedNote, is_key_name, signature_line};
use crate::encode::{base64, sha256_parts};

/// Ed25519 over the note's text.
const ED25519: u8 = 0x01;

/// Signs notes under one key name.
pub struct Signer {
    name: String,
    key: SigningKey,
}

/// Checks notes of one key.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

impl Signer {
    /// The signer with this name and Ed25519 seed.
    ///
    /// # Errors
    ///
    /// `NoteError::KeyName`.
    pub fn new(key_name: &str, seed: [u8; 32]) -> Result<Signer, NoteError> {
        if !is_key_name(key_name) {
            return Err(NoteError::KeyName);
        }
        Ok(Signer {
            name: key_name.to_owned(),
            key: SigningKey::from_bytes(&seed),
        })
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same Ed25519 key under another name, as journals use it (section 4.9).
    ///
    /// # Errors
    ///
    /// `NoteError::KeyName`.
    pub fn with_name(&self, name: &str) -> Result<Signer, NoteError> {
        Signer::new(name, self.key.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }

    /// The verifier key as printed on posters: `<name>+<key ID>+<base64(type ‖ key)>`.
    #[must_use]
    pub fn vkey(&self) -> String {
        self.verifier().vkey()
    }

    /// The whole signed note of `text`, which must end with a line feed.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        use ed25519_dalek::Signer as _;
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let key_id = key_id(&self.name, ED25519, &self.key.verifying_key());
        format!("{text}\n{}", signature_line(&self.name, key_id, &signature))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Verifier {
    /// Reads a verifier key.
    ///
    /// # Errors
    ///
    /// `NoteError::VerifierKey` unless the text is the one canonical form of a sound key.
    pub fn parse(vkey: &str) -> Result<Verifier, NoteError> {
        let (name, key) = parse_vkey(vkey, ED25519).ok_or(NoteError::VerifierKey)?;
        Ok(Verifier { name, key })
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same key under another name. The name is not checked: a note signed under a name that
    /// is none does not exist.
    #[must_use]
    pub fn with_name(&self, name: &str) -> Verifier {
        Verifier {
            name: name.to_owned(),
            key: self.key,
        }
    }

    /// The verifier key as text.
    #[must_use]
    pub fn vkey(&self) -> String {
        write_vkey(&self.name, ED25519, &self.key)
    }

    /// Opens a note that carries exactly one signature line, this key's, and gives its text.
    ///
    /// # Errors
    ///
    /// `Form`, `Lines` (another key's line, or more than one) or `Signature`.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NoteError> {
        let signed = SignedNote::parse(note)?;
        if signed.lines.len() != 1 {
            return Err(NoteError::Lines);
        }
        self.check(&signed)?;
        Ok(signed.text)
    }

    /// Checks the first signature line, which must be this key's; later lines are the caller's.
    ///
    /// # Errors
    ///
    /// `Lines` or `Signature`.
    pub fn check(&self, note: &SignedNote<'_>) -> Result<(), NoteError> {
        let line = note.lines.first().ok_or(NoteError::Lines)?;
        let key_id = key_id(&self.name, ED25519, &self.key);
        if line.name != self.name || line.key_id != key_id {
            return Err(NoteError::Lines);
        }
        verify_bytes(&self.key, note.text.as_bytes(), &line.signature)
    }

    /// Checks the first signature line that claims to be this key's, wherever it stands; lines of
    /// other keys are not looked at, as a witness reads a checkpoint (C2SP tlog-witness).
    ///
    /// # Errors
    ///
    /// `Lines` if no line is this key's, or `Signature`.
    pub fn check_among(&self, note: &SignedNote<'_>) -> Result<(), NoteError> {
        let key_id = key_id(&self.name, ED25519, &self.key);
        let mut lines = note.lines.iter();
        let line = lines.find(|line| line.name == self.name && line.key_id == key_id);
        let line = line.ok_or(NoteError::Lines)?;
        verify_bytes(&self.key, note.text.as_bytes(), &line.signature)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({})", self.vkey())
    }
}

/// The first four bytes of H(name ‖ LF ‖ type ‖ key).
pub(super) fn key_id(name: &str, kind: u8, key: &VerifyingKey) -> [u8; 4] {
    let hash = sha256_parts(&[name.as_bytes(), b"\n", &[kind], key.as_bytes()]);
    [hash.0[0], hash.0[1], hash.0[2], hash.0[3]]
}

pub(super) fn write_vkey(name: &str, kind: u8, key: &VerifyingKey) -> String {
    let id = HEXLOWER.encode(&key_id(name, kind, key));
    let encoded = BASE64.encode(&[&[kind], &key.as_bytes()[..]].concat());
    format!("{name}+{id}+{encoded}")
}

/// The name and key of a verifier key of type `kind`, if `vkey` is its canonical form.
pub(super) fn parse_vkey(vkey: &str, kind: u8) -> Option<(String, VerifyingKey)> {
    // Base64 may hold '+', names and key IDs do not.
    let mut parts = vkey.splitn(3, '+');
    let (name, _, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = base64(encoded)?;
    let (&found, key) = bytes.split_first()?;
    let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    let sound = found == kind && is_key_name(name) && is_reduced(key.as_bytes()) && !key.is_weak();
    (sound && write_vkey(name, kind, &key) == vkey).then(|| (name.to_owned(), key))
}

/// Whether the y of an encoded point is below the field's 2^255 - 19: the curve library also takes
/// the 19 other forms.
fn is_reduced(key: &[u8; 32]) -> bool {
    key[0] < 0xed || key[1..31].iter().any(|byte| *byte != 0xff) || key[31] & 0x7f != 0x7f
}

pub(super) fn verify_bytes(
    key: &VerifyingKey,
    message: &[u8],
    signature: &[u8],
) -> Result<(), NoteError> {
    let signature = Signature::from_slice(signature).map_err(|_too_long| NoteError::Signature)?;
    key.verify_strict(message, &signature)
        .map_err(|_mismatch| NoteError::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_whose_coordinate_is_not_reduced_is_refused() {
        let vkey = |bytes: &[u8; 32]| {
            let hash = sha256_parts(&[b"x\n", &[ED25519], bytes]);
            let encoded = BASE64.encode(&[&[ED25519], &bytes[..]].concat());
            format!("x+{}+{encoded}", HEXLOWER.encode(&hash.0[..4]))
        };
        let mut points = 0;
        for y in 0..19_u8 {
            let mut small = [0; 32];
            small[0] = y;
            let mut surplus = [0xff; 32];
            (surplus[0], surplus[31]) = (0xed + y, 0x7f);
            let sound = |bytes| VerifyingKey::from_bytes(bytes).is_ok_and(|key| !key.is_weak());
            assert_eq!(
                Verifier::parse(&vkey(&small)).is_ok(),
                sound(&small),
                "y = {y}"
            );
            assert!(Verifier::parse(&vkey(&surplus)).is_err(), "y = p + {y}");
            points += u32::from(sound(&surplus));
        }
        assert!(points > 0, "the curve library takes some of them");
    }
}
