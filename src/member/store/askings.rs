//! Rows that wait for a link in a mail.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::member::MemberId;
use crate::member::asking::{Asking, Kind};
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::member::member_askings as askings;
use crate::platform::db::{self, Tx};
use crate::vault::SealedAddress;

use super::{hash, language};

#[derive(Queryable, Selectable)]
#[diesel(table_name = askings)]
struct Row {
    code: String,
    kind: String,
    member_id: String,
    tag: Vec<u8>,
    item: String,
    sealed: Vec<u8>,
    language: String,
    asked_at: i64,
}

impl From<Row> for Asking {
    fn from(row: Row) -> Asking {
        Asking {
            code: row.code,
            kind: Kind::parse(&row.kind).expect("a CHECK limits the kinds"),
            member: MemberId(row.member_id),
            address: SealedAddress {
                tag: hash(&row.tag),
                item: row.item,
                sealed: row.sealed,
            },
            language: language(&row.language),
            asked_at: Timestamp(row.asked_at),
        }
    }
}

/// In the place of the one with the same code.
pub(in crate::member) fn put(tx: &mut Tx, new: &Asking) -> Result<(), db::Error> {
    diesel::delete(askings::table.filter(askings::code.eq(&new.code))).execute(tx.conn())?;
    diesel::insert_into(askings::table)
        .values((
            askings::code.eq(&new.code),
            askings::kind.eq(new.kind.code()),
            askings::member_id.eq(new.member.as_str()),
            askings::tag.eq(new.address.tag.as_bytes().to_vec()),
            askings::item.eq(&new.address.item),
            askings::sealed.eq(&new.address.sealed),
            askings::language.eq(new.language.tag()),
            askings::asked_at.eq(new.asked_at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn find(tx: &mut Tx, code: &str) -> Result<Option<Asking>, db::Error> {
    let row = askings::table
        .filter(askings::code.eq(code))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Asking::from))
}

/// What waits of a kind for an address.
pub(in crate::member) fn waiting(
    tx: &mut Tx,
    kind: Kind,
    tag: &Hash,
) -> Result<Option<Asking>, db::Error> {
    let row = askings::table
        .filter(askings::tag.eq(tag.as_bytes().to_vec()))
        .filter(askings::kind.eq(kind.code()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Asking::from))
}

pub(in crate::member) fn drop_of(
    tx: &mut Tx,
    member: &MemberId,
    kind: Kind,
) -> Result<(), db::Error> {
    let of = askings::table.filter(askings::member_id.eq(member.as_str()));
    diesel::delete(of.filter(askings::kind.eq(kind.code()))).execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn drop_of_member(tx: &mut Tx, member: &MemberId) -> Result<(), db::Error> {
    diesel::delete(askings::table.filter(askings::member_id.eq(member.as_str())))
        .execute(tx.conn())?;
    Ok(())
}

/// What waits for an address, of an account that begins or has another passphrase now.
pub(in crate::member) fn drop_of_tag(tx: &mut Tx, tag: &Hash) -> Result<(), db::Error> {
    diesel::delete(askings::table.filter(askings::tag.eq(tag.as_bytes().to_vec())))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn drop_old(tx: &mut Tx, before: Timestamp) -> Result<usize, db::Error> {
    Ok(diesel::delete(askings::table.filter(askings::asked_at.lt(before.0))).execute(tx.conn())?)
}
