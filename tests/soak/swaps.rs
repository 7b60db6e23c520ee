//! Sealed boxes put in each other's place.
