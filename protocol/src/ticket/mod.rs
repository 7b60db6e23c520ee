//! From a person to a leaf of the entry log (section 4.2).
//!
//! Invariant: nothing here can be turned back into a person without the activity key or the
//! receipt secret, and neither is ever part of a public file. Not here: the log (`tree`).

mod number;
mod secret;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::encode::{Hash, PREFIX, encode, tagged_hash};

pub use number::{TicketNumber, TicketNumberError};
pub use secret::{Secret, SecretError};

/// The tag that links the tickets of one person inside one activity.
///
/// HMAC-SHA-256 under the activity key of E("lucky-draw/v1/tag", subject); `subject` is a scheme
/// and a value, for example `twid:A123456789`.
#[must_use]
pub fn tag(activity_key: &[u8; 32], subject: &str) -> Hash {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(activity_key).expect("HMAC takes keys of any length");
    mac.update(&encode(&format!("{PREFIX}/tag"), &[subject.as_bytes()]));
    Hash(mac.finalize().into_bytes().into())
}

/// Binds a ticket to a person so that only the holder of the nonce can show it.
#[must_use]
pub fn bind(nonce: &Hash, subject: &str) -> Hash {
    tagged_hash("bind", &[nonce.as_bytes(), subject.as_bytes()])
}

/// C: the 32 bytes that the entry log stores for one ticket. `base` is the hash of the first
/// manifest in the supersedes chain.
#[must_use]
pub fn commitment(base: &Hash, tag: &Hash, bind: &Hash, ticket_no: u32) -> Hash {
    tagged_hash(
        "commit",
        &[
            base.as_bytes(),
            tag.as_bytes(),
            bind.as_bytes(),
            &ticket_no.to_be_bytes(),
        ],
    )
}

/// The `extra` bytes of the entrant's own receipt: tag ‖ bind ‖ u32be(`ticket_no`) ‖ nonce. A
/// shareable proof carries the commitment alone instead.
#[must_use]
pub fn receipt_extra(tag: &Hash, bind: &Hash, ticket_no: u32, nonce: &Hash) -> Vec<u8> {
    let ticket_no = ticket_no.to_be_bytes();
    [&tag.0[..], &bind.0, &ticket_no, &nonce.0].concat()
}

/// What the key note says about the activity key (section 4.9).
#[must_use]
pub fn tag_key_commitment(activity_key: &[u8; 32]) -> Hash {
    tagged_hash("tagkey", &[activity_key])
}
