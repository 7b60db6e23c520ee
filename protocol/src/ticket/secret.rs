//! The receipt secret: 100 random bits that only the entrant keeps (section 4.2, D1).
//!
//! Invariant: a `Secret` is always 20 upper-case Crockford characters, is wiped when dropped and
//! is never shown by `Debug`. Not here: where it is shown, and how it is looked up.

use std::fmt;

use zeroize::Zeroize;

use crate::encode::{Hash, tagged_hash};

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 20;

/// A receipt secret. It is as sensitive as the ID number it was given out for.
#[derive(Clone)]
pub struct Secret([u8; LENGTH]);

/// Why a typed receipt code was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Neither 20 characters nor 20 and the check character.
    #[error("a receipt code has 20 characters and one check character, {found} were given")]
    Length {
        /// Characters found, without spaces and hyphens.
        found: usize,
    },
    /// A character outside the alphabet, counted from 1 without spaces and hyphens.
    #[error("character {position} is not one that receipt codes use")]
    Character {
        /// Position from 1.
        position: usize,
    },
    /// The check character does not fit: something was mistyped.
    #[error("the check character does not fit the code")]
    Check,
}

impl Secret {
    /// The secret made of the first 100 bits of `bytes`, five bits a character.
    #[must_use]
    pub fn from_entropy(mut bytes: [u8; 13]) -> Secret {
        let mut text = [0; LENGTH];
        for (position, character) in text.iter_mut().enumerate() {
            let bit = position * 5;
            let window = u16::from(bytes[bit / 8]) << 8
                | u16::from(bytes.get(bit / 8 + 1).copied().unwrap_or(0));
            let value = (window >> (11 - bit % 8)) & 31;
            *character = ALPHABET[usize::from(value)];
        }
        bytes.zeroize();
        Secret(text)
    }

    /// Reads a code as people type it: any case, O as 0, I and L as 1, spaces, hyphens and
    /// full-width forms allowed, with or without the check character.
    ///
    /// # Errors
    ///
    /// Says which rule the text breaks; the check character, when given, must fit.
    pub fn parse(text: &str) -> Result<Secret, SecretError> {
        let mut read = [0; LENGTH + 1];
        let mut found = 0;
        for character in text.chars().map(narrow) {
            if character.is_whitespace() || matches!(character, '-' | '‐'..='―' | '−') {
                continue;
            }
            let value = symbol(character).ok_or(SecretError::Character {
                position: found + 1,
            })?;
            if let Some(slot) = read.get_mut(found) {
                *slot = value;
            }
            found += 1;
        }
        let mut code = [0; LENGTH];
        code.copy_from_slice(&read[..LENGTH]);
        let secret = Secret(code);
        let check = char::from(read[LENGTH]);
        read.zeroize();
        match found {
            LENGTH => Ok(secret),
            21 if check == secret.check_character() => Ok(secret),
            21 => Err(SecretError::Check),
            _ => Err(SecretError::Length { found }),
        }
    }

    /// The 20 characters, ungrouped: the bytes that are hashed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("the alphabet is ASCII")
    }

    /// As shown to the entrant: `XXXX-XXXX-XXXX-XXXX-XXXX-C`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let mut shown = String::with_capacity(LENGTH + 6);
        for group in self.0.chunks(4) {
            shown.extend(group.iter().copied().map(char::from));
            shown.push('-');
        }
        shown.push(self.check_character());
        shown
    }

    /// The character that catches typing slips; not part of the secret.
    #[must_use]
    pub fn check_character(&self) -> char {
        let hash = tagged_hash("check", &[&self.0]);
        char::from(ALPHABET[usize::from(hash.0[0] >> 3)])
    }

    /// TH("lookup", secret): the server keeps an HMAC of this and nothing else of the secret.
    #[must_use]
    pub fn lookup_input(&self) -> Hash {
        tagged_hash("lookup", &[&self.0])
    }

    /// TH("own-copy", secret): part of the key of the entrant's own sealed copy.
    #[must_use]
    pub fn own_copy_input(&self) -> Hash {
        tagged_hash("own-copy", &[&self.0])
    }

    /// The nonce of the person's ticket `ticket_no` under the base manifest.
    #[must_use]
    pub fn nonce(&self, base: &Hash, ticket_no: u32) -> Hash {
        tagged_hash(
            "nonce",
            &[&self.0, base.as_bytes(), &ticket_no.to_be_bytes()],
        )
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Full-width ASCII as the half-width character; everything else as it is.
pub(super) fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).expect("full-width forms shadow ASCII")
        }
        other => other,
    }
}

fn symbol(character: char) -> Option<u8> {
    let upper = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let byte = u8::try_from(upper).ok()?;
    ALPHABET.contains(&byte).then_some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_read_five_bits_at_a_time() {
        assert_eq!(
            Secret::from_entropy([0; 13]).as_str(),
            "00000000000000000000"
        );
        assert_eq!(
            Secret::from_entropy([0xff; 13]).as_str(),
            "ZZZZZZZZZZZZZZZZZZZZ"
        );
        let mut bytes = [0; 13];
        bytes[0] = 0b0000_1000;
        bytes[12] = 0b0001_1111;
        assert_eq!(
            Secret::from_entropy(bytes).as_str(),
            "10000000000000000001",
            "bit 4 ends the first character; the last four bits are not used"
        );
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let secret = Secret::parse("7GQ4X2MN8R3TK9WPABCD").expect("a plain code");
        assert_eq!(secret.grouped(), "7GQ4-X2MN-8R3T-K9WP-ABCD-9");
        for typed in [
            "7gq4-x2mn-8r3t-k9wp-abcd-9",
            " 7GQ4 X2MN 8R3T K9WP ABCD ",
            "７ＧＱ４－Ｘ２ＭＮ－８Ｒ３Ｔ－Ｋ９ＷＰ－ＡＢＣＤ－９",
        ] {
            let read = Secret::parse(typed).expect("the same code");
            assert_eq!(read.as_str(), secret.as_str(), "{typed}");
        }
        let ones = Secret::parse("ooooiiiillllOOOO0101").expect("letters that look like digits");
        assert_eq!(ones.as_str(), "00001111111100000101");
    }

    #[test]
    fn a_mistyped_code_says_what_is_wrong() {
        let error = |typed| Secret::parse(typed).err();
        assert_eq!(
            error("7GQ4-X2MN-8R3T-K9WP-ABCD-8"),
            Some(SecretError::Check)
        );
        assert_eq!(error("7GQ4"), Some(SecretError::Length { found: 4 }));
        assert_eq!(error(""), Some(SecretError::Length { found: 0 }));
        assert_eq!(
            error("7GQ4-U2MN-8R3T-K9WP-ABCD"),
            Some(SecretError::Character { position: 5 })
        );
        assert_eq!(
            error("7GQ4X2MN8R3TK9WPABCD99"),
            Some(SecretError::Length { found: 22 })
        );
    }

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        let secret = Secret::from_entropy([7; 13]);
        assert!(!format!("{secret:?}").contains(secret.as_str()));
    }
}
