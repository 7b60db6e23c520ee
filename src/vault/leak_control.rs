//! POSITIVE CONTROL OF THE CANARY SCAN. WITH ITS FEATURE ON, THIS LEAKS PERSONAL DATA ON PURPOSE.
//!
//! A scan that finds nothing proves something only if it would have found a leak. A build with
//! the cargo feature `leak-control`, which refuses to serve, writes the name of each contact in
//! clear behind its sealed box; the scan must find it. Without the feature both functions do
//! nothing, and no release has it.

use super::field::Contact;

/// The sealed box, and behind it the name in clear.
#[cfg(feature = "leak-control")]
pub(super) fn leaked(mut sealed: Vec<u8>, contact: &Contact) -> Vec<u8> {
    use super::crypt::BLOCK;
    use super::field::Worded;

    let name = contact.name.as_ref().map_or("", Worded::text).as_bytes();
    sealed.extend_from_slice(&name[..name.len().min(BLOCK - 1)]);
    sealed
}

/// The box without what was appended: less than a block, which no box ends with.
#[cfg(feature = "leak-control")]
pub(super) fn stripped(sealed: &[u8]) -> &[u8] {
    use super::crypt::{BLOCK, overhead};

    let surplus = sealed.len().saturating_sub(overhead(sealed)) % BLOCK;
    &sealed[..sealed.len() - surplus]
}

#[cfg(not(feature = "leak-control"))]
pub(super) fn leaked(sealed: Vec<u8>, _: &Contact) -> Vec<u8> {
    sealed
}

#[cfg(not(feature = "leak-control"))]
pub(super) fn stripped(sealed: &[u8]) -> &[u8] {
    sealed
}
