//! Signing in: address, passphrase, and how often one may be wrong.
//!
//! Invariant: an address without an account, a wrong passphrase and a locked account are answered
//! alike and take as long: each time a hash is computed and a try is written. Whether an account is
//! locked is decided in the transaction that counts the try.

use lucky_draw::encode::Hash;

use crate::account::factor::Typed;
use crate::account::passphrase::{self, Match, PassphraseHash};
use crate::account::sign_in::after_wrong;
use crate::account::token::TokenHash;
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};

use super::factor::{self, Half};
use super::{Error, MemberId, session, store};

/// What a typed passphrase is compared with.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Whose it is.
    pub member: MemberId,
    /// As it is kept.
    pub passphrase: PassphraseHash,
}

/// What decides about a try.
pub(super) struct Tries {
    pub(super) failures: i64,
    pub(super) locked_until: Timestamp,
    pub(super) passphrase: PassphraseHash,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed in.
    In(MemberId),
    /// The passphrase is right, and a second step comes next.
    Half(Half),
    /// Not; the person learns no more.
    Refused,
}

/// A try: what was expected, where there is an account, and whether it was that.
#[derive(Clone, Debug)]
pub struct Tried {
    expected: Option<Expected>,
    found: Match,
}

/// Compares a passphrase with that of the address, as long where there is no account.
pub async fn compare(db: &Db, tag: Option<Hash>, typed: &str) -> Result<Tried, Error> {
    let read = move |tx: &mut Tx<'_>| match tag {
        Some(tag) => store::members::expected(tx, &tag),
        None => Ok(None),
    };
    let expected = db.read("find member", read).await?;
    tried(expected, typed).await
}

/// Compares a passphrase with that of whoever is signed in.
pub async fn compare_own(db: &Db, member: &MemberId, typed: &str) -> Result<Tried, Error> {
    let own = member.clone();
    let read = move |tx: &mut Tx<'_>| store::members::tries(tx, &own);
    let tries = db.read("find member", read).await?;
    let expected = tries.map(|tries| Expected {
        member: member.clone(),
        passphrase: tries.passphrase,
    });
    tried(expected, typed).await
}

async fn tried(expected: Option<Expected>, typed: &str) -> Result<Tried, Error> {
    let kept = expected.as_ref().map(|own| own.passphrase.clone());
    let found = passphrase::check_in_turn(typed, kept).await?;
    Ok(Tried { expected, found })
}

/// Counts a try and, when it succeeds, opens `session` in the place of the browser's earlier one;
/// where a second step follows, a right passphrase opens nothing yet and forgets no wrong one.
pub fn settle(
    tx: &mut Tx,
    tried: &Tried,
    session: &TokenHash,
    earlier: Option<&TokenHash>,
) -> Result<Outcome, Error> {
    if let Some(half) = half_of(tx, tried)? {
        return Ok(Outcome::Half(half));
    }
    let outcome = count(tx, tried)?;
    if let Outcome::In(member) = &outcome {
        session::open(tx, member, session, earlier)?;
    }
    Ok(outcome)
}

/// Whoever gave the right passphrase of an account with a second step that is not locked.
fn half_of(tx: &mut Tx, tried: &Tried) -> Result<Option<Half>, Error> {
    let Some(expected) = tried
        .expected
        .as_ref()
        .filter(|_| tried.found == Match::Same)
    else {
        return Ok(None);
    };
    let half = Half {
        member: expected.member.clone(),
        passphrase: expected.passphrase.fingerprint(),
    };
    let has_step = store::factors::find(tx, &half.member)?.is_some();
    let is_open = has_step && open_tries(tx, &half)?.is_some();
    Ok(is_open.then_some(half))
}

/// What decides about a second step; nothing where the account is locked or has another passphrase.
fn open_tries(tx: &mut Tx, half: &Half) -> Result<Option<Tries>, Error> {
    let now = tx.now();
    let tries = store::members::tries(tx, &half.member)?;
    Ok(tries.filter(|tries| {
        tries.locked_until <= now && tries.passphrase.fingerprint() == half.passphrase
    }))
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
    let now = tx.now();
    let member = &half.member;
    // While an account is locked no code is used up.
    let Some(tries) = open_tries(tx, half)? else {
        return Ok(Outcome::Refused);
    };
    if !factor::take(tx, member, typed)? {
        let (failures, locked) = after_wrong(tries.failures, now);
        let locked_until = locked.unwrap_or(tries.locked_until);
        store::members::set_failures(tx, member, failures, locked_until)?;
        return Ok(Outcome::Refused);
    }
    store::members::set_failures(tx, member, 0, tries.locked_until)?;
    session::open(tx, member, session, earlier)?;
    Ok(Outcome::In(member.clone()))
}

/// Counts a try without opening a session: the owner gives the present passphrase once more.
pub fn count(tx: &mut Tx, tried: &Tried) -> Result<Outcome, Error> {
    let now = tx.now();
    let Some(expected) = &tried.expected else {
        // As much work as for somebody who is known.
        store::members::tries(tx, &MemberId::fresh())?;
        store::members::set_failures(tx, &MemberId::fresh(), 0, now)?;
        return Ok(Outcome::Refused);
    };
    let member = &expected.member;
    let tries = store::members::tries(tx, member)?
        .filter(|tries| tries.locked_until <= now && tries.passphrase == expected.passphrase);
    let Some(tries) = tries else {
        store::members::set_failures(tx, &MemberId::fresh(), 0, now)?;
        return Ok(Outcome::Refused);
    };
    if tried.found == Match::Same {
        store::members::set_failures(tx, member, 0, tries.locked_until)?;
        return Ok(Outcome::In(member.clone()));
    }
    let (failures, locked) = after_wrong(tries.failures, now);
    let locked_until = locked.unwrap_or(tries.locked_until);
    store::members::set_failures(tx, member, failures, locked_until)?;
    Ok(Outcome::Refused)
}
