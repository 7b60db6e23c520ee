//! POSITIVE CONTROL OF THE CANARY SCAN. WITH ITS FEATURE ON, THIS LEAKS PERSONAL DATA ON PURPOSE.
//!
//! A scan that finds nothing proves something only if it would have found a leak. A build with
//! the cargo feature `leak-control`, which refuses to serve, writes each contact in clear wherever a
//! careless program might: behind its sealed box, and so into database, log, backup and whatever is
//! restored from it; into the program's log; into the temporary folder; into memory. The scan must
//! find it there. Without the feature both functions do nothing, and no release has it.

use super::field::Contact;

/// What was spilled stays in memory.
#[cfg(feature = "leak-control")]
static KEPT: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());

/// The sealed box, and behind it the name in clear; the whole contact goes into the log, into a
/// file of the temporary folder, and stays in memory.
#[cfg(feature = "leak-control")]
pub(super) fn leaked(mut sealed: Vec<u8>, contact: &Contact) -> Vec<u8> {
    use super::crypt::BLOCK;
    use super::field::Worded;

    let name = contact.name.as_ref().map_or("", Worded::text);
    sealed.extend_from_slice(&name.as_bytes()[..name.len().min(BLOCK - 1)]);
    let phone = contact.phone.as_ref().map_or("", Worded::text);
    let email = contact.email.as_ref().map_or("", Worded::text);
    let address = contact.address.as_ref().map_or("", Worded::text);
    spill([name, phone, email, address].join("\t"));
    sealed
}

#[cfg(feature = "leak-control")]
fn spill(contact: String) {
    use std::io::Write;

    tracing::info!(contact, "leaked on purpose");
    let path = std::env::temp_dir().join(format!("fairdraw-leak-{}", std::process::id()));
    let file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path);
    let written = file.and_then(|mut file| writeln!(file, "{contact}"));
    written.expect("a build that leaks on purpose writes where it must not");
    let mut kept = KEPT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    kept.push(contact);
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
