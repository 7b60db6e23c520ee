//! The outer form of a signed note: text, blank line, signature lines.

use data_encoding::BASE64;

use super::NoteError;
use crate::encode::base64;

/// What every signature line starts with: an em dash and a space.
const MARK: &str = "\u{2014} ";

/// One line `— <name> <base64(key ID ‖ signature)>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine<'a> {
    /// The key's name.
    pub name: &'a str,
    /// The first four bytes of the hash that identifies the key.
    pub key_id: [u8; 4],
    /// What follows the key ID: a signature, or a time and a signature.
    pub signature: Vec<u8>,
}

/// A note taken apart; no signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote<'a> {
    /// The signed text, with its last line feed.
    pub text: &'a str,
    /// The signature lines in their order, at least one.
    pub lines: Vec<SignatureLine<'a>>,
}

impl<'a> SignedNote<'a> {
    /// Takes a note apart.
    ///
    /// # Errors
    ///
    /// `NoteError::Form` for anything that is not a text ending in a line feed, a blank line and
    /// one or more well-formed signature lines.
    pub fn parse(note: &'a str) -> Result<SignedNote<'a>, NoteError> {
        let blank = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, signatures) = (&note[..=blank], &note[blank + 2..]);
        let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Form)?;
        let mut lines = Vec::new();
        for line in signatures.split('\n') {
            lines.push(SignatureLine::parse(line).ok_or(NoteError::Form)?);
        }
        Ok(SignedNote { text, lines })
    }
}

impl<'a> SignatureLine<'a> {
    fn parse(line: &'a str) -> Option<SignatureLine<'a>> {
        let (name, encoded) = line.strip_prefix(MARK)?.split_once(' ')?;
        let bytes = base64(encoded)?;
        let (key_id, signature) = bytes.split_first_chunk::<4>()?;
        (is_key_name(name) && !signature.is_empty()).then(|| SignatureLine {
            name,
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }
}

/// Writes one signature line with its line feed.
pub(super) fn signature_line(name: &str, key_id: [u8; 4], signature: &[u8]) -> String {
    let bytes = [&key_id[..], signature].concat();
    format!("{MARK}{name} {}\n", BASE64.encode(&bytes))
}

/// 1 to 255 printable ASCII characters without space and `+`.
pub(crate) fn is_key_name(name: &str) -> bool {
    (1..=255).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic() && b != b'+')
}
