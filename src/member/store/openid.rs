//! Rows of links to a provider elsewhere.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::account::elsewhere::{Known, Linked};
use crate::member::{Error, MemberId};
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::member::member_openid as links;
use crate::platform::db::{self, Tx};

pub(in crate::member) fn find(tx: &mut Tx, id: &MemberId) -> Result<Option<Linked>, db::Error> {
    let found: Option<(String, i64)> = links::table
        .filter(links::member_id.eq(id.as_str()))
        .select((links::issuer, links::linked_at))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(issuer, linked_at)| Linked {
        issuer,
        linked_at: Timestamp(linked_at),
    }))
}

pub(in crate::member) fn by_tag(tx: &mut Tx, tag: &Hash) -> Result<Option<MemberId>, db::Error> {
    let found: Option<String> = links::table
        .filter(links::tag.eq(tag.as_bytes().to_vec()))
        .select(links::member_id)
        .first(tx.conn())
        .optional()?;
    Ok(found.map(MemberId))
}

/// In the place of an earlier one; the unique tag decides which of two is the first.
pub(in crate::member) fn keep(tx: &mut Tx, id: &MemberId, known: &Known) -> Result<(), Error> {
    let now = tx.now().hour();
    delete(tx, id)?;
    diesel::insert_into(links::table)
        .values((
            links::member_id.eq(id.as_str()),
            links::issuer.eq(&known.issuer),
            links::tag.eq(known.tag.as_bytes().to_vec()),
            links::linked_at.eq(now.0),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::OtherLink))?;
    Ok(())
}

pub(in crate::member) fn delete(tx: &mut Tx, id: &MemberId) -> Result<(), db::Error> {
    diesel::delete(links::table.filter(links::member_id.eq(id.as_str()))).execute(tx.conn())?;
    Ok(())
}
