//! A provider gets the rows that ticked it and no other.
