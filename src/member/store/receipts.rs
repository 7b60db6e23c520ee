//! Rows of the boxes in which members keep receipts.

use diesel::prelude::*;

use crate::member::receipts::{Empty, SealedReceipts};
use crate::member::{Error, MemberId};
use crate::platform::db::schema::member::member_receipts as receipts;
use crate::platform::db::{self, Tx};

pub(in crate::member) fn insert(
    tx: &mut Tx,
    member: &MemberId,
    new: &Empty,
) -> Result<(), db::Error> {
    diesel::insert_into(receipts::table)
        .values((
            receipts::member_id.eq(member.as_str()),
            receipts::item.eq(&new.0.item),
            receipts::sealed.eq(&new.0.sealed),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn find(
    tx: &mut Tx,
    member: &MemberId,
) -> Result<Option<SealedReceipts>, db::Error> {
    let found: Option<(String, Vec<u8>)> = receipts::table
        .filter(receipts::member_id.eq(member.as_str()))
        .select((receipts::item, receipts::sealed))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(item, sealed)| SealedReceipts { item, sealed }))
}

/// Puts a box in the place of the one that was read; `false` where another one is there.
pub(in crate::member) fn replace(
    tx: &mut Tx,
    member: &MemberId,
    read: &SealedReceipts,
    new: &SealedReceipts,
) -> Result<bool, Error> {
    let own = receipts::table
        .filter(receipts::member_id.eq(member.as_str()))
        .filter(receipts::sealed.eq(&read.sealed));
    let changed = diesel::update(own)
        .set(receipts::sealed.eq(&new.sealed))
        .execute(tx.conn())
        .map_err(db::Error::from)?;
    db::tidy::wanted(tx)?;
    Ok(changed == 1)
}

pub(in crate::member) fn touch_all(tx: &mut Tx) -> Result<(), db::Error> {
    diesel::update(receipts::table)
        .set(receipts::item.eq(receipts::item))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn delete(tx: &mut Tx, member: &MemberId) -> Result<(), db::Error> {
    diesel::delete(receipts::table.filter(receipts::member_id.eq(member.as_str())))
        .execute(tx.conn())?;
    Ok(())
}
