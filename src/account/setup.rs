//! One-time links: how the first admin comes in, and how those who are invited set a passphrase.
//!
//! Invariant: a link works once and for a limited time; a new one for the same purpose ends the
//! earlier; the link for the first admin works only while there is no admin.

use super::factor::Half;
use super::name::StaffName;
use super::passphrase::PassphraseHash;
use super::token::{Token, TokenHash};
use super::{Actor, Error, Reach, Role, StaffId, Standing, add, list, note, session, store};
use crate::audit::{self, Act};
use crate::platform::clock::HOUR;
use crate::platform::db::{Db, Tx};

/// How long the first admin's link works, in milliseconds.
pub const FIRST_ADMIN: i64 = 24 * HOUR;
/// How long an invitation works, in milliseconds.
pub const INVITATION: i64 = 72 * HOUR;

/// Whom a link lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// The first admin, who chooses a name.
    FirstAdmin,
    /// The owner of an account.
    For(StaffId, StaffName),
}

/// Where a link leads, without language.
pub fn path(token: &Token) -> String {
    format!("/staff/setup/{}", token.text())
}

/// At start: the path of a new link for the first admin; nothing when there is an admin.
///
/// It is printed for the operator and cannot be had again; the next start makes another.
pub fn first_link(db: &Db) -> Result<Option<String>, Error> {
    let token = Token::fresh();
    let made = db.write_now("setup link", |tx| {
        if has_admin(tx)? {
            return Ok::<bool, Error>(false);
        }
        store::drop_links(tx, None)?;
        let ends_at = tx.now().plus(FIRST_ADMIN);
        store::insert_link(tx, &token.hash(), None, ends_at)?;
        let act = Act {
            actor: &Actor::System,
            act: "staff.setup_link_made",
            activity: "",
            object: "",
            purpose: "",
            reason: "",
        };
        audit::record(tx, &act)?;
        Ok(true)
    })?;
    Ok(made.then(|| path(&token)))
}

/// What a link is for.
pub fn link(tx: &mut Tx, token: &TokenHash) -> Result<Link, Error> {
    let now = tx.now();
    match store::link(tx, token, now)?.ok_or(Error::LinkGone)? {
        None if has_admin(tx)? => Err(Error::LinkGone),
        None => Ok(Link::FirstAdmin),
        Some(staff) => {
            let account = store::find(tx, &staff)?.ok_or(Error::LinkGone)?;
            if account.standing == Standing::Disabled {
                return Err(Error::LinkGone);
            }
            let name = StaffName::parse(&account.name).map_err(|_| Error::LinkGone)?;
            Ok(Link::For(staff, name))
        }
    }
}

/// Uses a link up: sets the passphrase of `name` and opens `session`; without one the second step
/// comes next.
///
/// The name of an account that exists does not change.
pub fn accept(
    tx: &mut Tx,
    token: &TokenHash,
    name: &StaffName,
    passphrase: &PassphraseHash,
    session: Option<&TokenHash>,
) -> Result<Half, Error> {
    let staff = match link(tx, token)? {
        Link::FirstAdmin => {
            store::drop_links(tx, None)?;
            add(tx, name, passphrase, &[Role::Admin], &Reach::Library)?
        }
        Link::For(staff, _) => {
            store::drop_links(tx, Some(&staff))?;
            store::set_passphrase(tx, &staff, passphrase)?;
            store::end_sessions(tx, &staff, None)?;
            staff
        }
    };
    if let Some(session) = session {
        session::open(tx, &staff, session, false)?;
    }
    let actor = Actor::Staff(staff.clone());
    note(tx, &actor, "staff.set_up", &staff)?;
    Ok(Half {
        passphrase: passphrase.fingerprint(),
        staff,
    })
}

/// Stores a link for an account and ends its earlier ones.
pub(super) fn replace_link(tx: &mut Tx, staff: &StaffId, link: &Token) -> Result<(), Error> {
    store::drop_links(tx, Some(staff))?;
    let ends_at = tx.now().plus(INVITATION);
    Ok(store::insert_link(tx, &link.hash(), Some(staff), ends_at)?)
}

fn has_admin(tx: &mut Tx) -> Result<bool, Error> {
    Ok(list(tx)?.iter().any(super::is_admin))
}
