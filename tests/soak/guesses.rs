//! Guessing ID numbers against stolen copies.
