//! The name with which a member of staff signs in.
//!
//! Invariant: a [`StaffName`] is written in one way only (NFKC, single spaces, no control
//! characters), so that two names that look alike byte for byte are the same.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Most characters, as a reader counts them.
pub const LONGEST: usize = 40;

/// A name for signing in.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffName(String);

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameMistake {
    /// Nothing was typed.
    Empty,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// Characters that cannot be seen or typed.
    Unprintable,
}

impl StaffName {
    /// Reads what was typed.
    pub fn parse(typed: &str) -> Result<StaffName, NameMistake> {
        let normal: String = typed.nfkc().collect();
        let name = normal.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(NameMistake::Empty);
        }
        if name.graphemes(true).count() > LONGEST || name.len() > 8 * LONGEST {
            return Err(NameMistake::TooLong);
        }
        if name.chars().any(unseen) {
            return Err(NameMistake::Unprintable);
        }
        Ok(StaffName(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, zero-width ones and those that change the direction of writing.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Without the name, which is a person's.
impl fmt::Debug for StaffName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaffName(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_one_form() {
        let check = |typed: &str| StaffName::parse(typed).map(|name| name.0);
        assert_eq!(check("  陳\u{3000}館員 "), Ok("陳 館員".to_owned()));
        assert_eq!(check("ＭＥＩ"), Ok("MEI".to_owned()));
        assert_eq!(check(" \t"), Err(NameMistake::Empty));
        assert_eq!(check(&"長".repeat(41)), Err(NameMistake::TooLong));
        assert_eq!(
            check(&format!("a{}", "\u{301}".repeat(400))),
            Err(NameMistake::TooLong)
        );
        assert_eq!(check("mei\u{202e}nimda"), Err(NameMistake::Unprintable));
        assert_eq!(check("mei\u{0}"), Err(NameMistake::Unprintable));
    }
}
