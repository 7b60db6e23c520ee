//! Times in which no member of staff opens personal data.

use diesel::prelude::*;

use crate::platform::clock::Timestamp;
use crate::platform::db::schema::response::vault_freezes;
use crate::platform::db::{self, Tx};
use crate::platform::ids;

pub(in crate::vault) fn since(tx: &mut Tx) -> Result<Option<Timestamp>, db::Error> {
    let began: Option<i64> = vault_freezes::table
        .filter(vault_freezes::lifted_at.is_null())
        .select(vault_freezes::began_at)
        .order(vault_freezes::began_at)
        .first(tx.conn())
        .optional()?;
    Ok(began.map(Timestamp))
}

pub(in crate::vault) fn begin(tx: &mut Tx) -> Result<(), db::Error> {
    let now = tx.now();
    diesel::insert_into(vault_freezes::table)
        .values((
            vault_freezes::id.eq(ids::code(16)),
            vault_freezes::began_at.eq(now.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::vault) fn end(tx: &mut Tx) -> Result<(), db::Error> {
    let now = tx.now();
    diesel::update(vault_freezes::table.filter(vault_freezes::lifted_at.is_null()))
        .set(vault_freezes::lifted_at.eq(Some(now.0)))
        .execute(tx.conn())?;
    Ok(())
}
