//! Numbers of library cards, as each library prints them.
//!
//! Invariant: a [`LibraryCard`] is 4 to 32 upper-case ASCII letters and digits. No check digit is
//! looked at: every library has a rule of its own, and the list says which numbers there are.
//!
//! Not here: keeping a number; it is turned into a keyed tag and dropped (`vault`).

use std::fmt;

use zeroize::Zeroizing;

use super::mistake::Mistake;
use super::typed;

/// Shortest and longest number.
const SHORTEST: usize = 4;
const LONGEST: usize = 32;

/// A number that may be turned into a tag; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct LibraryCard(Zeroizing<String>);

impl LibraryCard {
    /// Reads a number in any case and width, with spaces and hyphens.
    pub fn parse(raw: &str) -> Result<LibraryCard, Mistake> {
        let folded = typed::folded(raw);
        let kept = folded.chars().filter(|&c| !typed::is_dash(c));
        let text: Zeroizing<String> =
            Zeroizing::new(kept.map(|c| c.to_ascii_uppercase()).collect());
        if text.is_empty() {
            return Err(Mistake::CardEmpty);
        }
        let fits = (SHORTEST..=LONGEST).contains(&text.len());
        match fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            true => Ok(LibraryCard(text)),
            false => Err(Mistake::CardShape),
        }
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the vault's tag is made of: `card:20260001234` (draw-protocol.md section 4.2).
    pub fn subject(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("card:{}", self.as_str()))
    }
}

impl fmt::Debug for LibraryCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LibraryCard(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_however_it_is_written() {
        for raw in ["ab-0012 34", "ＡＢ００１２３４", "AB001234\u{feff}"] {
            let card = LibraryCard::parse(raw).expect("a number");
            assert_eq!(card.subject().as_str(), "card:AB001234", "{raw}");
        }
        let zeros = LibraryCard::parse("00001234").expect("a number");
        assert_eq!(zeros.as_str(), "00001234", "zeros in front count");
    }

    #[test]
    fn what_is_no_number_is_refused_without_being_repeated() {
        assert_eq!(LibraryCard::parse(" - "), Err(Mistake::CardEmpty));
        for raw in ["123", "借閱證1234", "12,34", &"1".repeat(33)] {
            assert_eq!(LibraryCard::parse(raw), Err(Mistake::CardShape), "{raw}");
        }
        let card = LibraryCard::parse("20260001").expect("a number");
        assert!(!format!("{card:?}").contains("2026"));
    }
}
