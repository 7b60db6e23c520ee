//! Sessions of members: who is signed in where, and for how long.
//!
//! Invariant: a session ends as one of staff does ([`crate::account::session`]): when nobody uses
//! it, after its whole time, and at once when the passphrase changes. It is known by the hash of its
//! token alone.

pub use crate::account::session::{IDLE, WHOLE};
use crate::account::token::{Token, TokenHash};
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::db::Tx;

use super::{Error, MemberId, store};

/// Use is written down at most once in this time, so that reading a page is not a write.
const GRAIN: i64 = MINUTE;

/// A session that is running.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is.
    pub member: MemberId,
    /// By which it is known.
    pub token: TokenHash,
    /// Whether its use ought to be written down ([`keep`]).
    pub unnoted: bool,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug)]
pub struct Opened {
    /// By which it is known.
    pub token: TokenHash,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

/// Opens a session with a token that nobody used before, in the place of the browser's earlier one.
pub(super) fn open(
    tx: &mut Tx,
    member: &MemberId,
    token: &TokenHash,
    earlier: Option<&TokenHash>,
) -> Result<(), Error> {
    let now = tx.now();
    if let Some(earlier) = earlier {
        store::sessions::end(tx, earlier)?;
    }
    store::sessions::drop_ended(tx, now, now.plus(-IDLE))?;
    let times = (now, now.plus(WHOLE));
    Ok(store::sessions::insert(tx, token, member, times)?)
}

/// The running session of a token.
pub fn find(tx: &mut Tx, token: &Token) -> Result<Option<Session>, Error> {
    let token = token.hash();
    let now = tx.now();
    let found = store::sessions::running(tx, &token, now, now.plus(-IDLE))?;
    Ok(found.map(|(member, seen_at)| Session {
        member,
        token,
        unnoted: now >= seen_at.plus(GRAIN),
    }))
}

/// Whether the session still runs: what weighs is done in the transaction that asks.
///
/// # Errors
/// [`Error::SignInFirst`] where it ended meanwhile.
pub(super) fn goes_on(tx: &mut Tx, own: &Session) -> Result<(), Error> {
    let now = tx.now();
    let found = store::sessions::running(tx, &own.token, now, now.plus(-IDLE))?;
    match found.is_some_and(|(member, _)| member == own.member) {
        true => Ok(()),
        false => Err(Error::SignInFirst),
    }
}

/// Writes down that the session is in use.
pub fn keep(tx: &mut Tx, token: &TokenHash) -> Result<(), Error> {
    let now = tx.now();
    Ok(store::sessions::set_seen(tx, token, now)?)
}

/// The running sessions of a member, the newest first.
pub fn list(tx: &mut Tx, member: &MemberId) -> Result<Vec<Opened>, Error> {
    let now = tx.now();
    Ok(store::sessions::list(tx, member, now, now.plus(-IDLE))?)
}

/// Ends one session: its owner signs out.
pub fn end(tx: &mut Tx, session: &Session) -> Result<(), Error> {
    Ok(store::sessions::end(tx, &session.token)?)
}

/// Ends another session of the owner, by the moment at which it was opened.
pub fn end_one(tx: &mut Tx, session: &Session, opened_at: Timestamp) -> Result<(), Error> {
    let others = list(tx, &session.member)?.into_iter();
    for one in others.filter(|one| one.opened_at == opened_at && one.token != session.token) {
        store::sessions::end(tx, &one.token)?;
    }
    Ok(())
}

/// Ends all sessions of the owner but this one.
pub fn end_others(tx: &mut Tx, session: &Session) -> Result<(), Error> {
    let (member, own) = (&session.member, Some(&session.token));
    Ok(store::sessions::end_all(tx, member, own)?)
}
