//! All SQL of who is let in.

pub(super) mod cards;
pub(super) mod codes;
