//! What crosses the boundary of the newsletter: forms in, pages, letters and entries of the feed out.

pub(super) mod letters;
pub(super) mod public;
pub(super) mod staff;
