//! Signing in: name, passphrase, code, and how often one may be wrong.
//!
//! Invariant: an unknown name, a wrong passphrase, a shut account and a locked one are answered
//! alike and take about as long. Whether an account is locked is decided in the transaction that
//! counts the try, so that tries at the same moment cannot slip through; a wrong
//! code counts as a wrong passphrase does.

use super::factor::{self, Half, Typed};
use super::name::StaffName;
use super::passphrase::{self, Match, PassphraseHash};
use super::token::TokenHash;
use super::{Actor, Error, StaffId, note, session, store};
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::db::{Db, Tx};

/// So many wrong passphrases in a row lock an account.
pub const TRIES: i64 = 5;
/// For so long, in milliseconds.
pub const LOCKED: i64 = 15 * MINUTE;

/// What is kept after one more wrong try: how many in a row, and until when nobody gets in; nothing
/// where the account is not locked by it.
pub fn after_wrong(failures: i64, now: Timestamp) -> (i64, Option<Timestamp>) {
    match failures + 1 {
        TRIES.. => (0, Some(now.plus(LOCKED))),
        failures => (failures, None),
    }
}

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
    session::open(tx, &expected.staff, session, false)?;
    let actor = Actor::Staff(expected.staff.clone());
    note(tx, &actor, "staff.signed_in", &expected.staff)?;
    Ok(Outcome::In(expected.staff.clone()))
}

/// Counts a try of the passphrase where a second step follows; a right one opens nothing yet, and
/// forgets no wrong one: otherwise whoever knows it could go on guessing codes.
pub fn first_step(tx: &mut Tx, expected: &Expected, found: Match) -> Result<Option<Half>, Error> {
    let Some(tries) = open_tries(tx, expected)? else {
        return Ok(None);
    };
    if found == Match::Same {
        return Ok(Some(Half {
            staff: expected.staff.clone(),
            passphrase: expected.passphrase.fingerprint(),
        }));
    }
    count_wrong(tx, &expected.staff, &tries)?;
    Ok(None)
}

/// Takes the second step: counts a wrong one as a wrong passphrase, and after a right one opens
/// `session` in the place of the browser's earlier one.
pub fn second_step(
    tx: &mut Tx,
    half: &Half,
    typed: &Typed,
    session: &TokenHash,
    earlier: Option<&TokenHash>,
) -> Result<Outcome, Error> {
    if !is_open(tx, half)? || !is_right(tx, &half.staff, typed)? {
        return Ok(Outcome::Refused);
    }
    if let Some(earlier) = earlier {
        store::end_session(tx, earlier)?;
    }
    session::open(tx, &half.staff, session, true)?;
    let actor = Actor::Staff(half.staff.clone());
    note(tx, &actor, "staff.signed_in", &half.staff)?;
    Ok(Outcome::In(half.staff.clone()))
}

/// Takes a second step of whoever is signed in, before an act that weighs.
pub(super) fn is_right(tx: &mut Tx, staff: &StaffId, typed: &Typed) -> Result<bool, Error> {
    let now = tx.now();
    let Some(tries) = store::tries(tx, staff)? else {
        return Ok(false);
    };
    // While an account is locked no code is used up.
    if tries.locked_until > now || tries.disabled {
        return Ok(false);
    }
    if factor::take(tx, staff, typed)? {
        store::set_failures(tx, staff, 0, tries.locked_until)?;
        return Ok(true);
    }
    count_wrong(tx, staff, &tries)?;
    Ok(false)
}

/// Whether the passphrase of before is still the one, and the account is open.
pub(super) fn is_open(tx: &mut Tx, half: &Half) -> Result<bool, Error> {
    let now = tx.now();
    let tries = store::tries(tx, &half.staff)?;
    Ok(tries.is_some_and(|tries| {
        !tries.disabled
            && tries.locked_until <= now
            && tries.passphrase.fingerprint() == half.passphrase
    }))
}

/// Counts a try without opening a session: the owner gives the present passphrase once more.
pub fn count(tx: &mut Tx, expected: &Expected, found: Match) -> Result<Outcome, Error> {
    let Some(tries) = open_tries(tx, expected)? else {
        return Ok(Outcome::Refused);
    };
    if found == Match::Same {
        store::set_failures(tx, &expected.staff, 0, tries.locked_until)?;
        return Ok(Outcome::In(expected.staff.clone()));
    }
    count_wrong(tx, &expected.staff, &tries)?;
    Ok(Outcome::Refused)
}

/// What decides about a try; nothing where none counts now.
fn open_tries(tx: &mut Tx, expected: &Expected) -> Result<Option<store::Tries>, Error> {
    let now = tx.now();
    let tries = store::tries(tx, &expected.staff)?;
    Ok(tries.filter(|tries| {
        tries.locked_until <= now && !tries.disabled && tries.passphrase == expected.passphrase
    }))
}

fn count_wrong(tx: &mut Tx, staff: &StaffId, tries: &store::Tries) -> Result<(), Error> {
    let now = tx.now();
    let (failures, locked) = after_wrong(tries.failures, now);
    store::set_failures(tx, staff, failures, locked.unwrap_or(tries.locked_until))?;
    match locked {
        Some(_) => note(tx, &Actor::System, "staff.locked", staff),
        None => Ok(()),
    }
}
