//! All SQL of second steps and recovery codes.

use diesel::prelude::*;

use crate::account::StaffId;
use crate::account::factor::{Factor, State};
use crate::account::token::TokenHash;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::{staff_factors, staff_recovery};
use crate::platform::db::{self, Tx};

pub(in crate::account) fn find(tx: &mut Tx, id: &StaffId) -> Result<Option<Factor>, db::Error> {
    let sealed: Option<Vec<u8>> = staff_factors::table
        .filter(staff_factors::staff_id.eq(id.as_str()))
        .select(staff_factors::sealed)
        .first(tx.conn())
        .optional()?;
    Ok(sealed.map(|sealed| Factor { sealed }))
}

pub(in crate::account) fn state(tx: &mut Tx, id: &StaffId) -> Result<State, db::Error> {
    let found: Option<(i64, Option<i64>)> = staff_factors::table
        .filter(staff_factors::staff_id.eq(id.as_str()))
        .select((staff_factors::set_at, staff_factors::reset_at))
        .first(tx.conn())
        .optional()?;
    let left: i64 = staff_recovery::table
        .filter(staff_recovery::staff_id.eq(id.as_str()))
        .count()
        .get_result(tx.conn())?;
    let reset_at = found.and_then(|(_, reset_at)| reset_at).map(Timestamp);
    Ok(State {
        set_at: found
            .filter(|_| reset_at.is_none())
            .map(|(set_at, _)| Timestamp(set_at)),
        reset_at,
        recovery_left: usize::try_from(left).unwrap_or(0),
    })
}

/// In the place of an earlier one.
pub(in crate::account) fn keep(
    tx: &mut Tx,
    id: &StaffId,
    sealed: &[u8],
    step: i64,
) -> Result<(), db::Error> {
    let now = tx.now();
    diesel::delete(staff_factors::table.filter(staff_factors::staff_id.eq(id.as_str())))
        .execute(tx.conn())?;
    diesel::insert_into(staff_factors::table)
        .values((
            staff_factors::staff_id.eq(id.as_str()),
            staff_factors::sealed.eq(sealed),
            staff_factors::last_step.eq(step),
            staff_factors::set_at.eq(now.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether the step is later than every one that was used, of the secret that was compared.
pub(in crate::account) fn use_step(
    tx: &mut Tx,
    id: &StaffId,
    sealed: &[u8],
    step: i64,
) -> Result<bool, db::Error> {
    let unused = staff_factors::table
        .filter(staff_factors::staff_id.eq(id.as_str()))
        .filter(staff_factors::sealed.eq(sealed))
        .filter(staff_factors::last_step.lt(step));
    let changed = diesel::update(unused)
        .set(staff_factors::last_step.eq(step))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Forgets the secret and the recovery codes; that there were some stays until another is kept.
pub(in crate::account) fn reset(tx: &mut Tx, id: &StaffId) -> Result<(), db::Error> {
    let now = tx.now();
    diesel::update(staff_factors::table.filter(staff_factors::staff_id.eq(id.as_str())))
        .set((
            staff_factors::sealed.eq(Vec::new()),
            staff_factors::reset_at.eq(now.0),
        ))
        .execute(tx.conn())?;
    replace_recovery(tx, id, &[])
}

pub(in crate::account) fn replace_recovery(
    tx: &mut Tx,
    id: &StaffId,
    codes: &[TokenHash],
) -> Result<(), db::Error> {
    diesel::delete(staff_recovery::table.filter(staff_recovery::staff_id.eq(id.as_str())))
        .execute(tx.conn())?;
    for code in codes {
        diesel::insert_into(staff_recovery::table)
            .values((
                staff_recovery::staff_id.eq(id.as_str()),
                staff_recovery::code_hash.eq(&code.0),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Removes a code; whether there was such a one.
pub(in crate::account) fn use_recovery(
    tx: &mut Tx,
    id: &StaffId,
    code: &TokenHash,
) -> Result<bool, db::Error> {
    let gone = diesel::delete(
        staff_recovery::table
            .filter(staff_recovery::staff_id.eq(id.as_str()))
            .filter(staff_recovery::code_hash.eq(&code.0)),
    )
    .execute(tx.conn())?;
    Ok(gone == 1)
}
