//! A log that leads to nobody.
