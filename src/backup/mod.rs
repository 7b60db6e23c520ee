//! Backups that never hold a key, and restoring that never brings a purged activity back.
//!
//! Invariant: what leaves here can be read by nobody without the key folder, which never leaves.
//!
//! Not here: the purge (`purge`), whose tombstones are replayed before anything is served.
