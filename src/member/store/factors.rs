//! Rows of second steps and recovery codes.

use diesel::prelude::*;

use crate::account::token::TokenHash;
use crate::member::MemberId;
use crate::member::factor::State;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::member::{member_factors as factors, member_recovery as recovery};
use crate::platform::db::{self, Tx};

/// The sealed secret; nothing where there is none.
pub(in crate::member) fn find(tx: &mut Tx, id: &MemberId) -> Result<Option<Vec<u8>>, db::Error> {
    Ok(factors::table
        .filter(factors::member_id.eq(id.as_str()))
        .select(factors::sealed)
        .first(tx.conn())
        .optional()?)
}

pub(in crate::member) fn state(tx: &mut Tx, id: &MemberId) -> Result<State, db::Error> {
    let set_at: Option<i64> = factors::table
        .filter(factors::member_id.eq(id.as_str()))
        .select(factors::set_at)
        .first(tx.conn())
        .optional()?;
    let left: i64 = recovery::table
        .filter(recovery::member_id.eq(id.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(State {
        set_at: set_at.map(Timestamp),
        recovery_left: left,
    })
}

/// In the place of an earlier one.
pub(in crate::member) fn keep(
    tx: &mut Tx,
    id: &MemberId,
    sealed: &[u8],
    step: i64,
) -> Result<(), db::Error> {
    let now = tx.now().hour();
    diesel::delete(factors::table.filter(factors::member_id.eq(id.as_str()))).execute(tx.conn())?;
    diesel::insert_into(factors::table)
        .values((
            factors::member_id.eq(id.as_str()),
            factors::sealed.eq(sealed),
            factors::last_step.eq(step),
            factors::set_at.eq(now.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether the step is later than every one that was used, of the secret that was compared.
pub(in crate::member) fn use_step(
    tx: &mut Tx,
    id: &MemberId,
    sealed: &[u8],
    step: i64,
) -> Result<bool, db::Error> {
    let unused = factors::table
        .filter(factors::member_id.eq(id.as_str()))
        .filter(factors::sealed.eq(sealed))
        .filter(factors::last_step.lt(step));
    let changed = diesel::update(unused)
        .set(factors::last_step.eq(step))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Forgets the secret and the recovery codes.
pub(in crate::member) fn delete(tx: &mut Tx, id: &MemberId) -> Result<(), db::Error> {
    diesel::delete(factors::table.filter(factors::member_id.eq(id.as_str()))).execute(tx.conn())?;
    replace_recovery(tx, id, &[])
}

pub(in crate::member) fn replace_recovery(
    tx: &mut Tx,
    id: &MemberId,
    codes: &[TokenHash],
) -> Result<(), db::Error> {
    diesel::delete(recovery::table.filter(recovery::member_id.eq(id.as_str())))
        .execute(tx.conn())?;
    for code in codes {
        diesel::insert_into(recovery::table)
            .values((
                recovery::member_id.eq(id.as_str()),
                recovery::code_hash.eq(code.kept()),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Removes a code; whether there was such a one.
pub(in crate::member) fn use_recovery(
    tx: &mut Tx,
    id: &MemberId,
    code: &TokenHash,
) -> Result<bool, db::Error> {
    let gone = diesel::delete(
        recovery::table
            .filter(recovery::member_id.eq(id.as_str()))
            .filter(recovery::code_hash.eq(code.kept())),
    )
    .execute(tx.conn())?;
    Ok(gone == 1)
}
