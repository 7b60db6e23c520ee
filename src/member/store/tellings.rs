//! Rows of telling members of a version of the policy.

use diesel::prelude::*;

use crate::member::MemberId;
use crate::member::letters::LetterStage;
use crate::member::policy_news::Telling;
use crate::platform::db::schema::member::member_tellings as tellings;
use crate::platform::db::{self, Tx};

type Row = (String, bool, i64, i64, i64, i64);

pub(in crate::member) fn find(tx: &mut Tx, version: i64) -> Result<Option<Telling>, db::Error> {
    let row: Option<Row> = tellings::table
        .filter(tellings::version.eq(version))
        .select((
            tellings::reached,
            tellings::listed,
            tellings::sent,
            tellings::uncertain,
            tellings::refused,
            tellings::dropped,
        ))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(
        |(reached, is_listed, sent, uncertain, refused, dropped)| Telling {
            reached: MemberId(reached),
            is_listed,
            sent,
            uncertain,
            refused,
            dropped,
        },
    ))
}

pub(in crate::member) fn insert(tx: &mut Tx, version: i64) -> Result<(), db::Error> {
    diesel::insert_into(tellings::table)
        .values((
            tellings::version.eq(version),
            tellings::reached.eq(""),
            tellings::listed.eq(false),
            tellings::sent.eq(0),
            tellings::uncertain.eq(0),
            tellings::refused.eq(0),
            tellings::dropped.eq(0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The letters up to this member are written; without one, all of them.
pub(in crate::member) fn reach(
    tx: &mut Tx,
    version: i64,
    last: Option<&MemberId>,
) -> Result<(), db::Error> {
    let this = tellings::table.filter(tellings::version.eq(version));
    match last {
        Some(last) => diesel::update(this)
            .set(tellings::reached.eq(last.as_str()))
            .execute(tx.conn())?,
        None => diesel::update(this)
            .set(tellings::listed.eq(true))
            .execute(tx.conn())?,
    };
    Ok(())
}

/// One letter more that came to its end; one that still waits counts nothing.
pub(in crate::member) fn count(
    tx: &mut Tx,
    version: i64,
    stage: LetterStage,
) -> Result<(), db::Error> {
    let this = tellings::table.filter(tellings::version.eq(version));
    match stage {
        LetterStage::Waiting | LetterStage::Sending => return Ok(()),
        LetterStage::Sent => diesel::update(this)
            .set(tellings::sent.eq(tellings::sent + 1))
            .execute(tx.conn())?,
        LetterStage::Uncertain => diesel::update(this)
            .set(tellings::uncertain.eq(tellings::uncertain + 1))
            .execute(tx.conn())?,
        LetterStage::Bounced | LetterStage::Refused => diesel::update(this)
            .set(tellings::refused.eq(tellings::refused + 1))
            .execute(tx.conn())?,
        LetterStage::Dropped => diesel::update(this)
            .set(tellings::dropped.eq(tellings::dropped + 1))
            .execute(tx.conn())?,
    };
    Ok(())
}
