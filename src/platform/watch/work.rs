//! A moment's work that a browser does under pressure: finding a number.
//!
//! Invariant: nobody needs it. Whoever has no script waits instead, and who checks it hashes once.
//!
//! Not here: when there is pressure ([`super::Watch::is_pressed`]); the browser's part
//! (`static/js/work.mjs`).

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Zero bits that the hash begins with: about half a second on a desk, two on a telephone.
pub const BITS: u32 = 17;

/// Decimal digits of the number at most.
const LONGEST: usize = 16;

/// What the number is found for; the page shows it. `token` is sealed and of one form.
pub fn challenge(token: &str) -> String {
    let hash = Sha256::digest(token);
    HEXLOWER.encode(&hash[..16])
}

/// Whether the number was found.
pub fn is_done(token: &str, number: &str) -> bool {
    let plain = !number.is_empty() && number.len() <= LONGEST;
    if !plain || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let hash = Sha256::digest(format!("{}.{number}", challenge(token)));
    let [a, b, c, d, ..] = hash.as_slice() else {
        return false;
    };
    u32::from_be_bytes([*a, *b, *c, *d]).leading_zeros() >= BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_and_is_of_one_token() {
        let found = (0_u64..4_000_000)
            .map(|number| number.to_string())
            .find(|number| is_done("token", number))
            .expect("found long before");
        assert!(!is_done("other", &found), "one in a hundred thousand");
        for wrong in ["", "x", "-1", "99999999999999999", &format!(" {found}")] {
            assert!(!is_done("token", wrong), "{wrong}");
        }
        assert_eq!(challenge("token").len(), 32);
    }
}
