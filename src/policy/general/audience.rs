//! Who is told of a major change of the policy, each by its own room.
//!
//! Invariant: an audience is told once of a version, however often it is asked to tell; nobody is
//! told of one twice. Only rooms whose people agreed to be written to are audiences: entrants are
//! not, because their contacts open for nothing but what their notice says (`docs/decisions`
//! 0037); they read of it on every page.
//!
//! Not here: who they are; `app` lists them, one line each.

use std::sync::Arc;

use crate::platform::db::Tx;
use crate::platform::fault::Fault;
use crate::platform::text::Language;

use super::super::Error;
use super::Version;

/// People who are written to.
pub trait Audience: Send + Sync {
    /// Who they are, in words.
    fn name(&self, language: Language) -> String;

    /// Has every one of them told, later and by itself; asked again it changes nothing.
    ///
    /// # Errors
    /// [`Error::of_audience`] of whatever keeps the room from it; it is asked again.
    fn tell(&self, tx: &mut Tx, version: &Version) -> Result<(), Error>;

    /// How far telling of a version has come; none where it has not begun.
    ///
    /// # Errors
    /// As [`Audience::tell`].
    fn told(&self, tx: &mut Tx, version: i64) -> Result<Option<Told>, Error>;
}

/// Every audience of the site.
pub type Audiences = Arc<[Arc<dyn Audience>]>;

/// How far telling has come, in letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Whether nothing is to be sent any more.
    pub is_over: bool,
    /// To be sent.
    pub waiting: i64,
    /// Taken by the mail server.
    pub sent: i64,
    /// Nobody knows whether the server took them; never sent again by themselves.
    pub uncertain: i64,
    /// Refused by the server.
    pub refused: i64,
    /// Not needed any more: the person left.
    pub dropped: i64,
}

impl Error {
    /// What keeps the room of an audience from telling.
    pub fn of_audience(fault: impl Fault) -> Error {
        Error::Audience {
            kind: fault.kind(),
            code: fault.code(),
            source: Box::new(fault),
        }
    }
}
