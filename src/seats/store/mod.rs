//! All SQL of places in sessions.

pub(super) mod letters;
pub(super) mod seats;
pub(super) mod sessions;
