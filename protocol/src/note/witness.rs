//! Witnesses: other parties that say when they saw a checkpoint (C2SP tlog-cosignature, Ed25519,
//! signature type 0x04).
//!
//! Invariant: a time is given only for a signature that was checked. Not here: how many witnesses
//! are enough, and by when (`verify`).

use ed25519_dalek::{SigningKey, VerifyingKey};

use super::NoteError;
use super::key::{key_id, parse_vkey, verify_bytes, write_vkey};
use super::signed::{SignatureLine, is_key_name, signature_line};

/// Ed25519 over a time and the checkpoint.
const COSIGNATURE: u8 = 0x04;

/// The public key of one witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    name: String,
    key: VerifyingKey,
}

/// Cosigns checkpoints: the other side of a `Witness`.
pub struct Cosigner {
    name: String,
    key: SigningKey,
}

impl Witness {
    /// Reads a witness's verifier key.
    ///
    /// # Errors
    ///
    /// `NoteError::VerifierKey` unless the text is the one canonical form of a sound key.
    pub fn parse(vkey: &str) -> Result<Witness, NoteError> {
        let (name, key) = parse_vkey(vkey, COSIGNATURE).ok_or(NoteError::VerifierKey)?;
        Ok(Witness { name, key })
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The verifier key as text.
    #[must_use]
    pub fn vkey(&self) -> String {
        write_vkey(&self.name, COSIGNATURE, &self.key)
    }

    /// Whether a signature line claims to be this witness's.
    #[must_use]
    pub fn wrote(&self, line: &SignatureLine<'_>) -> bool {
        line.name == self.name && line.key_id == key_id(&self.name, COSIGNATURE, &self.key)
    }

    /// The Unix time at which the witness saw the checkpoint `text`.
    ///
    /// # Errors
    ///
    /// `Lines` if the line is another key's, `Signature` if it does not match.
    pub fn time(&self, text: &str, line: &SignatureLine<'_>) -> Result<u64, NoteError> {
        if !self.wrote(line) {
            return Err(NoteError::Lines);
        }
        let (time, signature) = line
            .signature
            .split_first_chunk::<8>()
            .ok_or(NoteError::Signature)?;
        let time = u64::from_be_bytes(*time);
        verify_bytes(&self.key, message(time, text).as_bytes(), signature)?;
        Ok(time)
    }
}

impl Cosigner {
    /// The cosigner with this name and Ed25519 seed.
    ///
    /// # Errors
    ///
    /// `NoteError::KeyName`.
    pub fn new(name: &str, seed: [u8; 32]) -> Result<Cosigner, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::KeyName);
        }
        Ok(Cosigner {
            name: name.to_owned(),
            key: SigningKey::from_bytes(&seed),
        })
    }

    /// The verifier key that a key note pins.
    #[must_use]
    pub fn vkey(&self) -> String {
        write_vkey(&self.name, COSIGNATURE, &self.key.verifying_key())
    }

    /// The line that says that the checkpoint `text` was seen at the Unix time `time`.
    #[must_use]
    pub fn line(&self, text: &str, time: u64) -> String {
        use ed25519_dalek::Signer as _;
        let signature = self.key.sign(message(time, text).as_bytes()).to_bytes();
        let bytes = [&time.to_be_bytes()[..], &signature].concat();
        let key_id = key_id(&self.name, COSIGNATURE, &self.key.verifying_key());
        signature_line(&self.name, key_id, &bytes)
    }
}

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::SignedNote;

    /// The cosigned checkpoint of C2SP tlog-cosignature. The specification publishes no key for
    /// it, so its form, its time and the message that is signed are what can be compared.
    const EXAMPLE: &str = "example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        \u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    #[test]
    fn the_example_of_the_specification_has_the_form_that_is_read_and_written() {
        let note = SignedNote::parse(EXAMPLE).expect("a note");
        let line = &note.lines[1];
        assert_eq!(line.name, "witness.example.com/w1");
        assert_eq!(line.key_id, [0x8d, 0x66, 0xcf, 0x3f]);
        assert_eq!(line.signature.len(), 8 + 64);
        let (time, _) = line.signature.split_first_chunk::<8>().expect("a time");
        assert_eq!(u64::from_be_bytes(*time), 1_679_315_147);
        let written = signature_line(line.name, line.key_id, &line.signature);
        assert!(EXAMPLE.ends_with(&written));
        assert_eq!(
            message(1_679_315_147, note.text),
            "cosignature/v1\n\
             time 1679315147\n\
             example.com/behind-the-sofa\n\
             20852163\n\
             CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        );
    }
}
