//! Random bytes and the identifiers made of them: outside the vault the one place that asks the
//! operating system for randomness.
//!
//! Invariant: no identifier tells when, or in which order, it was made.

use zeroize::Zeroizing;

/// Lower-case Crockford base 32: no i, l, o, u, so that an identifier survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// `N` random bytes from the operating system.
///
/// # Panics
/// When the operating system has no randomness to give; nothing here is safe without it.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system supplies randomness");
    bytes
}

/// `N` random bytes that are wiped when dropped.
pub fn secret<const N: usize>() -> Zeroizing<[u8; N]> {
    Zeroizing::new(random())
}

/// An identifier of `length` characters with 5 random bits each.
pub fn code(length: usize) -> String {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the operating system supplies randomness");
    bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

/// So many beginnings of [`code`]s at equal distances, ascending: the codes that follow them are a fair
/// choice among very many, found without reading the others.
pub fn spread(count: usize) -> impl Iterator<Item = String> {
    const DIGITS: u32 = 4;
    let all = 1_usize << (5 * DIGITS);
    let count = count.clamp(1, all);
    (0..count).map(move |nth| {
        let place = nth * all / count;
        let digit = |at: u32| ALPHABET[place >> (5 * at) & 31];
        (0..DIGITS).rev().map(|at| char::from(digit(at))).collect()
    })
}

/// Makes a typed identifier over sortable ASCII text.
macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident, $length:literal) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub String);

        impl $name {
            /// A new random identifier.
            pub fn fresh() -> $name {
                $name($crate::platform::ids::code($length))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                $name(text.to_owned())
            }
        }
    };
}
pub(crate) use text_id;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_asked_length_and_differ() {
        assert_eq!(code(16).len(), 16);
        assert_ne!(code(16), code(16));
        assert!(code(64).bytes().all(|b| ALPHABET.contains(&b)));
    }
}
