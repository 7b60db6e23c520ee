//! What went wrong, said without HTTP.
//!
//! A domain error is an enum of outcomes a caller can act on; implementing [`Fault`] gives it a
//! kind and a stable code. Invariant: a code is `domain.what_happened` in lower case, never
//! changes, and may have a message of its own: `entry.already_entered` is the Fluent id
//! `entry-already-entered`.
//!
//! Not here: status codes and pages, which belong to [`crate::platform::web`].

use std::error::Error;

/// An error that a person can be told about.
pub trait Fault: Error + Send + Sync + 'static {
    /// Which of the few ways a request can fail this is.
    fn kind(&self) -> Kind;

    /// Stable name, for logs, tests and the message shown; see the module for its form.
    fn code(&self) -> &'static str;
}

/// The few ways in which a request fails, as far as a visitor can act on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What was sent can be understood but not accepted.
    Invalid,
    /// There is nothing by that name.
    NotFound,
    /// Something changed meanwhile, or the same thing was done before.
    Conflict,
    /// It was there and has been removed on purpose.
    Gone,
    /// The person is known and may not.
    Forbidden,
    /// The person is not known.
    Unauthorized,
    /// Too many tries in a short time.
    TooMany,
    /// It works again later.
    Unavailable,
    /// Our own mistake.
    Broken,
}
