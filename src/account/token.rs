//! A secret that is carried instead of a passphrase: a session's cookie, a one-time link.
//!
//! Invariant: the token itself is given to one browser and kept nowhere; tables hold its SHA-256,
//! which needs no salt because a token has 256 random bits.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::platform::ids;

/// 32 random bytes.
#[derive(Clone)]
pub struct Token(Zeroizing<[u8; 32]>);

/// SHA-256 of a token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash(pub(super) Vec<u8>);

impl Token {
    /// A new token.
    pub fn fresh() -> Token {
        Token(ids::secret())
    }

    /// Reads [`Token::text`]; anything else is no token.
    pub fn parse(text: &str) -> Option<Token> {
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
        let token: [u8; 32] = bytes.as_slice().try_into().ok()?;
        Some(Token(Zeroizing::new(token)))
    }

    /// 43 characters of base64url.
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&*self.0)
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(*self.0).to_vec())
    }
}

impl TokenHash {
    /// As it stands in a row.
    pub fn kept(&self) -> &[u8] {
        &self.0
    }

    /// Reads [`TokenHash::kept`].
    pub fn of_kept(bytes: Vec<u8>) -> TokenHash {
        TokenHash(bytes)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_nothing_else_is() {
        let token = Token::fresh();
        let again = Token::parse(&token.text()).expect("its own text is a token");
        assert!(again.hash() == token.hash());
        assert!(token.hash() != Token::fresh().hash());
        assert!(Token::parse("").is_none());
        assert!(Token::parse(&token.text()[1..]).is_none());
        assert!(Token::parse(&format!("{}=", token.text())).is_none());
    }
}
