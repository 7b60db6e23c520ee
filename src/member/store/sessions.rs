//! Rows of sessions.

use diesel::prelude::*;

use crate::account::token::TokenHash;
use crate::member::MemberId;
use crate::member::session::Opened;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::member::member_sessions as sessions;
use crate::platform::db::{self, Tx};

pub(in crate::member) fn insert(
    tx: &mut Tx,
    token: &TokenHash,
    member: &MemberId,
    (opened_at, ends_at): (Timestamp, Timestamp),
) -> Result<(), db::Error> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token.kept()),
            sessions::member_id.eq(member.as_str()),
            sessions::opened_at.eq(opened_at.0),
            sessions::seen_at.eq(opened_at.0),
            sessions::ends_at.eq(ends_at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Whose the running session of a token is, and when it was last used.
pub(in crate::member) fn running(
    tx: &mut Tx,
    token: &TokenHash,
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<Option<(MemberId, Timestamp)>, db::Error> {
    let found: Option<(String, i64)> = sessions::table
        .filter(sessions::token_hash.eq(token.kept()))
        .filter(sessions::ends_at.gt(now.0))
        .filter(sessions::seen_at.gt(seen_after.0))
        .select((sessions::member_id, sessions::seen_at))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(member, seen_at)| (MemberId(member), Timestamp(seen_at))))
}

pub(in crate::member) fn list(
    tx: &mut Tx,
    member: &MemberId,
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<Vec<Opened>, db::Error> {
    let rows: Vec<(Vec<u8>, i64, i64)> = sessions::table
        .filter(sessions::member_id.eq(member.as_str()))
        .filter(sessions::ends_at.gt(now.0))
        .filter(sessions::seen_at.gt(seen_after.0))
        .select((sessions::token_hash, sessions::opened_at, sessions::seen_at))
        .order(sessions::opened_at.desc())
        .load(tx.conn())?;
    let opened = rows.into_iter().map(|(token, opened_at, seen_at)| Opened {
        token: TokenHash::of_kept(token),
        opened_at: Timestamp(opened_at),
        seen_at: Timestamp(seen_at),
    });
    Ok(opened.collect())
}

pub(in crate::member) fn set_seen(
    tx: &mut Tx,
    token: &TokenHash,
    now: Timestamp,
) -> Result<(), db::Error> {
    diesel::update(sessions::table.filter(sessions::token_hash.eq(token.kept())))
        .set(sessions::seen_at.eq(now.0))
        .execute(tx.conn())?;
    Ok(())
}

/// The session goes on with another token.
pub(in crate::member) fn renew(
    tx: &mut Tx,
    token: &TokenHash,
    fresh: &TokenHash,
) -> Result<(), db::Error> {
    diesel::update(sessions::table.filter(sessions::token_hash.eq(token.kept())))
        .set(sessions::token_hash.eq(fresh.kept()))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn end(tx: &mut Tx, token: &TokenHash) -> Result<(), db::Error> {
    diesel::delete(sessions::table.filter(sessions::token_hash.eq(token.kept())))
        .execute(tx.conn())?;
    Ok(())
}

/// Ends all sessions of a member but one.
pub(in crate::member) fn end_all(
    tx: &mut Tx,
    member: &MemberId,
    but: Option<&TokenHash>,
) -> Result<(), db::Error> {
    let but = but.map_or(&[][..], TokenHash::kept);
    let of = sessions::table.filter(sessions::member_id.eq(member.as_str()));
    diesel::delete(of.filter(sessions::token_hash.ne(but))).execute(tx.conn())?;
    Ok(())
}

/// Removes sessions that ended by themselves.
pub(in crate::member) fn drop_ended(
    tx: &mut Tx,
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<(), db::Error> {
    diesel::delete(sessions::table.filter(sessions::ends_at.le(now.0))).execute(tx.conn())?;
    diesel::delete(sessions::table.filter(sessions::seen_at.le(seen_after.0)))
        .execute(tx.conn())?;
    Ok(())
}
