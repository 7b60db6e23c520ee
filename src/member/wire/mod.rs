//! What crosses the boundary of accounts: forms in, pages, letters and a file out.
//!
//! Invariant: no view holds a passphrase, a session's token or a hash of either.

pub(super) mod entrance;
pub(super) mod letters;
pub(super) mod own;
