//! Signing in: name, passphrase, and how often one may be wrong.
//!
//! Invariant: an unknown name, a wrong passphrase, a shut account and a locked one are answered
//! alike and take about as long. Whether an account is locked is decided in the transaction that
//! counts the try, so that tries at the same moment cannot slip through.

use super::name::StaffName;
use super::passphrase::{self, Match, PassphraseHash};
use super::token::TokenHash;
use super::{Actor, Error, StaffId, note, session, store};
use crate::platform::clock::MINUTE;
use crate::platform::db::{Db, Tx};

/// So many wrong passphrases in a row lock an account.
pub const TRIES: i64 = 5;
/// For so long, in milliseconds.
pub const LOCKED: i64 = 15 * MINUTE;

/// What a typed passphrase is compared with.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Whose it is.
    pub staff: StaffId,
    /// As it is kept.
    pub passphrase: PassphraseHash,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed in.
    In(StaffId),
    /// Not; the person learns no more.
    Refused,
}

/// What belongs to a name; nothing where there is no such account.
pub fn expected(tx: &mut Tx, name: &StaffName) -> Result<Option<Expected>, Error> {
    Ok(store::expected(tx, name)?)
}

/// What belongs to an account whose owner changes the passphrase.
pub fn expected_of(tx: &mut Tx, staff: &StaffId) -> Result<Option<Expected>, Error> {
    Ok(store::expected_of(tx, staff)?)
}

/// Asks whoever is signed in for the passphrase once more, before an act that weighs; a wrong one
/// counts as at the sign-in.
pub async fn again(db: &Db, staff: &StaffId, typed: &str) -> Result<Outcome, Error> {
    let of = staff.clone();
    let expected = db
        .read("find account", move |tx| expected_of(tx, &of))
        .await?
        .ok_or(Error::Unknown)?;
    let kept = Some(expected.passphrase.clone());
    let found: Match = passphrase::check_in_turn(typed, kept).await?;
    db.write("count try", move |tx| count(tx, &expected, found))
        .await
}

/// Counts a try and, when it succeeds, opens `session` in the place of the browser's earlier one.
pub fn settle(
    tx: &mut Tx,
    expected: &Expected,
    found: Match,
    session: &TokenHash,
    earlier: Option<&TokenHash>,
) -> Result<Outcome, Error> {
    if count(tx, expected, found)? == Outcome::Refused {
        return Ok(Outcome::Refused);
    }
    if let Some(earlier) = earlier {
        store::end_session(tx, earlier)?;
    }
    session::open(tx, &expected.staff, session)?;
    let actor = Actor::Staff(expected.staff.clone());
    note(tx, &actor, "staff.signed_in", &expected.staff)?;
    Ok(Outcome::In(expected.staff.clone()))
}

/// Counts a try without opening a session: the owner gives the present passphrase once more.
pub fn count(tx: &mut Tx, expected: &Expected, found: Match) -> Result<Outcome, Error> {
    let now = tx.now();
    let Some(tries) = store::tries(tx, &expected.staff)? else {
        return Ok(Outcome::Refused);
    };
    if tries.locked_until > now || tries.disabled || tries.passphrase != expected.passphrase {
        return Ok(Outcome::Refused);
    }
    if found == Match::Same {
        store::set_failures(tx, &expected.staff, 0, tries.locked_until)?;
        return Ok(Outcome::In(expected.staff.clone()));
    }
    let failures = tries.failures + 1;
    if failures < TRIES {
        store::set_failures(tx, &expected.staff, failures, tries.locked_until)?;
    } else {
        store::set_failures(tx, &expected.staff, 0, now.plus(LOCKED))?;
        note(tx, &Actor::System, "staff.locked", &expected.staff)?;
    }
    Ok(Outcome::Refused)
}
