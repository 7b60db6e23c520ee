//! Rows of members, and of the words they agreed to.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::account::passphrase::PassphraseHash;
use crate::member::sign_in::{Expected, Tries};
use crate::member::terms::Terms;
use crate::member::{Error, Member, MemberId};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::unsigned;
use crate::platform::db::schema::member::{member_terms, members};
use crate::platform::db::{self, Tx};
use crate::platform::text::Language;
use crate::vault::SealedAddress;

use super::{hash, language};

#[derive(Queryable, Selectable)]
#[diesel(table_name = members)]
struct Row {
    id: String,
    tag: Vec<u8>,
    item: String,
    sealed: Vec<u8>,
    language: String,
    passphrase_hash: String,
    terms: Vec<u8>,
    made_at: i64,
}

impl From<Row> for Member {
    fn from(row: Row) -> Member {
        Member {
            id: MemberId(row.id),
            address: SealedAddress {
                tag: hash(&row.tag),
                item: row.item,
                sealed: row.sealed,
            },
            language: language(&row.language),
            passphrase: PassphraseHash::of_kept(row.passphrase_hash),
            terms: hash(&row.terms),
            made_at: Timestamp(row.made_at),
        }
    }
}

/// Stores a new member; the unique tag decides which of two is the first.
pub(in crate::member) fn insert(tx: &mut Tx, new: &Member) -> Result<(), Error> {
    diesel::insert_into(members::table)
        .values((
            members::id.eq(new.id.as_str()),
            members::tag.eq(new.address.tag.as_bytes().to_vec()),
            members::item.eq(&new.address.item),
            members::sealed.eq(&new.address.sealed),
            members::language.eq(new.language.tag()),
            members::passphrase_hash.eq(new.passphrase.kept()),
            members::failures.eq(0),
            members::locked_until.eq(0),
            members::terms.eq(new.terms.as_bytes().to_vec()),
            members::made_at.eq(new.made_at.0),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Taken))?;
    Ok(())
}

pub(in crate::member) fn find(tx: &mut Tx, id: &MemberId) -> Result<Option<Member>, db::Error> {
    let row = members::table
        .filter(members::id.eq(id.as_str()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Member::from))
}

pub(in crate::member) fn by_tag(tx: &mut Tx, tag: &Hash) -> Result<Option<Member>, db::Error> {
    let row = members::table
        .filter(members::tag.eq(tag.as_bytes().to_vec()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Member::from))
}

/// The members after one of them, in the order of their ids.
pub(in crate::member) fn after(
    tx: &mut Tx,
    last: &MemberId,
    at_most: i64,
) -> Result<Vec<Member>, db::Error> {
    let rows: Vec<Row> = members::table
        .filter(members::id.gt(last.as_str()))
        .order(members::id)
        .limit(at_most)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Member::from).collect())
}

pub(in crate::member) fn count(tx: &mut Tx) -> Result<i64, db::Error> {
    Ok(members::table.count().get_result(tx.conn())?)
}

/// So many tags are one question.
const TOGETHER: usize = 500;

pub(in crate::member) fn count_among(tx: &mut Tx, tags: &[Hash]) -> Result<u64, db::Error> {
    let mut found = 0;
    for some in tags.chunks(TOGETHER) {
        let some = some.iter().map(|tag| tag.as_bytes().to_vec());
        let rows: i64 = members::table
            .filter(members::tag.eq_any(some.collect::<Vec<_>>()))
            .count()
            .get_result(tx.conn())?;
        found += unsigned(rows);
    }
    Ok(found)
}

pub(in crate::member) fn expected(tx: &mut Tx, tag: &Hash) -> Result<Option<Expected>, Error> {
    let member = by_tag(tx, tag)?;
    Ok(member.map(|member| Expected {
        member: member.id,
        passphrase: member.passphrase,
    }))
}

pub(in crate::member) fn tries(tx: &mut Tx, id: &MemberId) -> Result<Option<Tries>, Error> {
    let found: Option<(i64, i64, String)> = members::table
        .filter(members::id.eq(id.as_str()))
        .select((
            members::failures,
            members::locked_until,
            members::passphrase_hash,
        ))
        .first(tx.conn())
        .optional()
        .map_err(db::Error::from)?;
    Ok(found.map(|(failures, locked_until, hash)| Tries {
        failures,
        locked_until: Timestamp(locked_until),
        passphrase: PassphraseHash::of_kept(hash),
    }))
}

pub(in crate::member) fn set_failures(
    tx: &mut Tx,
    id: &MemberId,
    failures: i64,
    locked_until: Timestamp,
) -> Result<(), db::Error> {
    diesel::update(members::table.filter(members::id.eq(id.as_str())))
        .set((
            members::failures.eq(failures),
            members::locked_until.eq(locked_until.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Sets a passphrase and forgets failed tries.
pub(in crate::member) fn set_passphrase(
    tx: &mut Tx,
    id: &MemberId,
    passphrase: &PassphraseHash,
) -> Result<(), db::Error> {
    diesel::update(members::table.filter(members::id.eq(id.as_str())))
        .set((
            members::passphrase_hash.eq(passphrase.kept()),
            members::failures.eq(0),
            members::locked_until.eq(0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn set_address(
    tx: &mut Tx,
    id: &MemberId,
    address: &SealedAddress,
) -> Result<(), Error> {
    diesel::update(members::table.filter(members::id.eq(id.as_str())))
        .set((
            members::tag.eq(address.tag.as_bytes().to_vec()),
            members::item.eq(&address.item),
            members::sealed.eq(&address.sealed),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Taken))?;
    Ok(())
}

pub(in crate::member) fn set_language(
    tx: &mut Tx,
    id: &MemberId,
    language: Language,
) -> Result<(), db::Error> {
    diesel::update(members::table.filter(members::id.eq(id.as_str())))
        .set(members::language.eq(language.tag()))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn delete(tx: &mut Tx, id: &MemberId) -> Result<(), db::Error> {
    diesel::delete(members::table.filter(members::id.eq(id.as_str()))).execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn keep_terms(tx: &mut Tx, hash: &Hash, terms: &Terms) -> Result<(), Error> {
    let known: i64 = member_terms::table
        .filter(member_terms::hash.eq(hash.as_bytes().to_vec()))
        .count()
        .get_result(tx.conn())
        .map_err(db::Error::from)?;
    if known > 0 {
        return Ok(());
    }
    diesel::insert_into(member_terms::table)
        .values((
            member_terms::hash.eq(hash.as_bytes().to_vec()),
            member_terms::version.eq(terms.version),
            member_terms::language.eq(terms.language.tag()),
            member_terms::words.eq(&terms.words),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Twice))?;
    Ok(())
}

pub(in crate::member) fn terms(tx: &mut Tx, hash: &Hash) -> Result<Option<Terms>, db::Error> {
    let found: Option<(i64, String, String)> = member_terms::table
        .filter(member_terms::hash.eq(hash.as_bytes().to_vec()))
        .select((
            member_terms::version,
            member_terms::language,
            member_terms::words,
        ))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(version, tag, words)| Terms {
        version,
        language: language(&tag),
        words,
    }))
}
