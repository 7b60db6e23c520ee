//! A person's name: any script, as its bearer writes it.
//!
//! Invariant: 1 to [`MAX`] graphemes in NFC, one line, nothing invisible that could hide or
//! reorder what stands beside it on a page.
//!
//! Not here: what a public page shows of a name ([`super::mask`]).

use std::fmt;

use zeroize::Zeroizing;

use super::mistake::Mistake;
use super::{mask, typed};

/// Graphemes in a name at most.
pub const MAX: usize = 100;

/// A name that may be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(Zeroizing<String>);

impl PersonName {
    /// Cleans and measures a name; no rule about scripts, parts or characters.
    pub fn parse(raw: &str) -> Result<Self, Mistake> {
        let name = Zeroizing::new(typed::line(raw));
        let found = typed::length(&name);
        if typed::is_blank(&name) {
            return Err(Mistake::NameEmpty);
        }
        if found > MAX {
            return Err(Mistake::NameTooLong { max: MAX, found });
        }
        Ok(Self(name))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as a public list shows it, for example `王○明`.
    pub fn masked(&self) -> String {
        mask::name(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_hundred_graphemes_pass_and_one_more_does_not() {
        assert!(PersonName::parse(&"𠮷".repeat(100)).is_ok());
        assert_eq!(
            PersonName::parse(&"𠮷".repeat(101)),
            Err(Mistake::NameTooLong {
                max: 100,
                found: 101
            })
        );
    }

    #[test]
    fn debug_shows_nothing_of_the_name() {
        let name = PersonName::parse("王小明").expect("a plain name");
        assert_eq!(format!("{name:?}"), "PersonName(…)");
    }

    proptest! {
        #[test]
        fn a_stored_name_parses_to_itself(raw in any::<String>()) {
            if let Ok(name) = PersonName::parse(&raw) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
            }
        }
    }
}
