//! All SQL of links to a provider elsewhere.

use std::collections::HashSet;

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::account::elsewhere::{Known, Linked};
use crate::account::{Error, StaffId};
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::staff_openid;
use crate::platform::db::{self, Tx};

pub(in crate::account) fn find(tx: &mut Tx, id: &StaffId) -> Result<Option<Linked>, db::Error> {
    let found: Option<(String, i64)> = staff_openid::table
        .filter(staff_openid::staff_id.eq(id.as_str()))
        .select((staff_openid::issuer, staff_openid::linked_at))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(issuer, linked_at)| Linked {
        issuer,
        linked_at: Timestamp(linked_at),
    }))
}

pub(in crate::account) fn by_tag(tx: &mut Tx, tag: &Hash) -> Result<Option<StaffId>, db::Error> {
    let found: Option<String> = staff_openid::table
        .filter(staff_openid::tag.eq(&tag.0[..]))
        .select(staff_openid::staff_id)
        .first(tx.conn())
        .optional()?;
    Ok(found.map(StaffId))
}

/// The ids of accounts that are linked.
pub(in crate::account) fn all(tx: &mut Tx) -> Result<HashSet<String>, db::Error> {
    let ids: Vec<String> = staff_openid::table
        .select(staff_openid::staff_id)
        .load(tx.conn())?;
    Ok(ids.into_iter().collect())
}

pub(in crate::account) fn insert(tx: &mut Tx, id: &StaffId, known: &Known) -> Result<(), Error> {
    let now = tx.now();
    diesel::insert_into(staff_openid::table)
        .values((
            staff_openid::staff_id.eq(id.as_str()),
            staff_openid::issuer.eq(&known.issuer),
            staff_openid::tag.eq(&known.tag.0[..]),
            staff_openid::linked_at.eq(now.0),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::OtherLink))?;
    Ok(())
}

pub(in crate::account) fn delete(tx: &mut Tx, id: &StaffId) -> Result<(), db::Error> {
    diesel::delete(staff_openid::table.filter(staff_openid::staff_id.eq(id.as_str())))
        .execute(tx.conn())?;
    Ok(())
}
