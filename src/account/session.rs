//! Sessions: who is signed in where, and for how long.
//!
//! Invariant: a session ends 30 minutes after it was last used, 8 hours after it was opened, and
//! at once when its owner's rights change. It is known by the hash of its token alone.

use super::token::{Token, TokenHash};
use super::{Actor, Error, Staff, StaffId, Standing, note, store};
use crate::platform::clock::{HOUR, MINUTE, Timestamp};
use crate::platform::db::Tx;

/// A session ends when nobody used it for so long, in milliseconds.
pub const IDLE: i64 = 30 * MINUTE;
/// A session ends so long after it was opened, in milliseconds.
pub const WHOLE: i64 = 8 * HOUR;

/// So long after somebody proved who it is, an act that weighs asks for it again, in milliseconds.
pub const PROOF: i64 = 10 * MINUTE;

/// Use is written down at most once in this time, so that reading a page is not a write.
const GRAIN: i64 = MINUTE;

/// A session that is running.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is.
    pub staff: Staff,
    /// By which it is known.
    pub token: TokenHash,
    /// Whether it was opened with a second step.
    pub second: bool,
    /// When its owner last proved who it is.
    pub proved_at: Timestamp,
    /// Whether its use ought to be written down ([`keep`]).
    pub unnoted: bool,
}

impl Session {
    /// Whether its owner proved a short time ago who it is.
    pub fn is_proven(&self, now: Timestamp) -> bool {
        now < self.proved_at.plus(PROOF)
    }
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

/// Opens a session with a token that nobody used before.
pub(super) fn open(
    tx: &mut Tx,
    staff: &StaffId,
    token: &TokenHash,
    second: bool,
) -> Result<(), Error> {
    let now = tx.now();
    store::drop_ended_sessions(tx, now, now.plus(-IDLE))?;
    let times = (now, now.plus(WHOLE));
    Ok(store::insert_session(tx, token, staff, times, second)?)
}

/// The running session of a token.
pub fn find(tx: &mut Tx, token: &Token) -> Result<Option<Session>, Error> {
    let token = token.hash();
    let now = tx.now();
    let Some(running) = store::session(tx, &token, now, now.plus(-IDLE))? else {
        return Ok(None);
    };
    let Some(account) = store::find(tx, &running.staff)? else {
        return Ok(None);
    };
    if account.standing != Standing::Active || account.roles.is_empty() {
        return Ok(None);
    }
    let staff = Staff {
        id: account.id,
        name: account.name,
        roles: account.roles,
        reach: account.reach,
    };
    Ok(Some(Session {
        staff,
        token,
        second: running.second,
        proved_at: running.proved_at,
        unnoted: now >= running.seen_at.plus(GRAIN),
    }))
}

/// Writes down that the owner has proved anew who it is; from here on the session has another token.
pub(super) fn prove(tx: &mut Tx, session: &Session, fresh: &TokenHash) -> Result<(), Error> {
    let (now, staff) = (tx.now(), &session.staff);
    store::renew_session(tx, &session.token, fresh, now)?;
    note(tx, &staff.actor(), "staff.confirmed", &staff.id)
}

/// Writes down that the session is in use.
pub fn keep(tx: &mut Tx, token: &TokenHash) -> Result<(), Error> {
    let now = tx.now();
    Ok(store::set_seen(tx, token, now)?)
}

/// The running sessions of an account, the newest first.
pub fn list(tx: &mut Tx, staff: &StaffId) -> Result<Vec<Opened>, Error> {
    let now = tx.now();
    Ok(store::sessions(tx, staff, now, now.plus(-IDLE))?)
}

/// Ends one session: its owner signs out.
pub fn end(tx: &mut Tx, session: &Session) -> Result<(), Error> {
    store::end_session(tx, &session.token)?;
    let staff = &session.staff;
    note(tx, &staff.actor(), "staff.signed_out", &staff.id)
}

/// Ends another session of the owner, by the moment at which it was opened.
pub fn end_one(tx: &mut Tx, session: &Session, opened_at: Timestamp) -> Result<(), Error> {
    let staff = &session.staff;
    let others = list(tx, &staff.id)?.into_iter();
    let others = others.filter(|one| one.opened_at == opened_at && one.token != session.token);
    for one in others {
        store::end_session(tx, &one.token)?;
        note(tx, &staff.actor(), "staff.session_ended", &staff.id)?;
    }
    Ok(())
}

/// Ends all sessions of the owner but this one.
pub fn end_others(tx: &mut Tx, session: &Session) -> Result<(), Error> {
    let staff = &session.staff;
    store::end_sessions(tx, &staff.id, Some(&session.token))?;
    let actor = Actor::Staff(staff.id.clone());
    note(tx, &actor, "staff.sessions_ended", &staff.id)
}
