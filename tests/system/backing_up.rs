//! Backups hold no key, and restoring brings nothing back.
