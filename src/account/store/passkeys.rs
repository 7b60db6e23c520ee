//! All SQL of passkeys.

use diesel::prelude::*;

use crate::account::passkey::{Answered, Kept, Made, PasskeyId};
use crate::account::{Error, StaffId};
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::staff_passkeys;
use crate::platform::db::{self, Tx};

type Row = (String, Vec<u8>, Vec<u8>, i64, i64, Option<i64>);

/// Those of an account, the eldest first.
pub(in crate::account) fn list(tx: &mut Tx, staff: &StaffId) -> Result<Vec<Kept>, db::Error> {
    let rows: Vec<Row> = staff_passkeys::table
        .filter(staff_passkeys::staff_id.eq(staff.as_str()))
        .order((staff_passkeys::added_at, staff_passkeys::id))
        .select((
            staff_passkeys::id,
            staff_passkeys::sealed,
            staff_passkeys::tag,
            staff_passkeys::uses,
            staff_passkeys::added_at,
            staff_passkeys::used_at,
        ))
        .load(tx.conn())?;
    let kept = |(id, sealed, tag, uses, added_at, used_at): Row| Kept {
        id: PasskeyId(id),
        sealed,
        tag,
        uses,
        added_at: Timestamp(added_at),
        used_at: used_at.map(Timestamp),
    };
    Ok(rows.into_iter().map(kept).collect())
}

pub(in crate::account) fn insert(
    tx: &mut Tx,
    staff: &StaffId,
    id: &PasskeyId,
    made: &Made,
) -> Result<(), Error> {
    let now = tx.now();
    diesel::insert_into(staff_passkeys::table)
        .values((
            staff_passkeys::id.eq(id.as_str()),
            staff_passkeys::staff_id.eq(staff.as_str()),
            staff_passkeys::tag.eq(&made.tag),
            staff_passkeys::sealed.eq(&made.sealed),
            staff_passkeys::uses.eq(0),
            staff_passkeys::added_at.eq(now.0),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::PasskeyNotMade))?;
    Ok(())
}

/// Whether the passkey is still there and was not used since it was asked.
pub(in crate::account) fn take(
    tx: &mut Tx,
    staff: &StaffId,
    answered: &Answered,
) -> Result<bool, db::Error> {
    let now = tx.now();
    let unused = staff_passkeys::table
        .filter(staff_passkeys::id.eq(answered.id.as_str()))
        .filter(staff_passkeys::staff_id.eq(staff.as_str()))
        .filter(staff_passkeys::uses.eq(answered.uses));
    let changed = diesel::update(unused)
        .set((
            staff_passkeys::uses.eq(answered.uses + 1),
            staff_passkeys::sealed.eq(&answered.sealed),
            staff_passkeys::used_at.eq(now.0),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Whether there was such a one.
pub(in crate::account) fn delete(
    tx: &mut Tx,
    staff: &StaffId,
    id: &PasskeyId,
) -> Result<bool, db::Error> {
    let gone = diesel::delete(
        staff_passkeys::table
            .filter(staff_passkeys::id.eq(id.as_str()))
            .filter(staff_passkeys::staff_id.eq(staff.as_str())),
    )
    .execute(tx.conn())?;
    Ok(gone == 1)
}

/// Removes those of an account.
pub(in crate::account) fn delete_all(tx: &mut Tx, staff: &StaffId) -> Result<(), db::Error> {
    diesel::delete(staff_passkeys::table.filter(staff_passkeys::staff_id.eq(staff.as_str())))
        .execute(tx.conn())?;
    Ok(())
}
