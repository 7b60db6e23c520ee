//! All SQL of agreements and comparisons.

use diesel::prelude::*;

use crate::activity::LocalText;
use crate::audit::StaffId;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::schema::matching::{agreements, comparisons};
use crate::platform::db::{self, Tx};

use super::{Agreement, AgreementId, Comparison, Error};

#[derive(Queryable, Insertable)]
#[diesel(table_name = agreements)]
struct Row {
    id: String,
    counterparty_zh: String,
    counterparty_en: String,
    aim_zh: String,
    aim_en: String,
    document: String,
    signed_on: i64,
    until: i64,
    proposed_by: String,
    proposed_at: i64,
    approved_by: String,
    ended_at: Option<i64>,
}

impl From<Row> for Agreement {
    fn from(row: Row) -> Agreement {
        Agreement {
            id: AgreementId(row.id),
            counterparty: LocalText::new(row.counterparty_zh, row.counterparty_en),
            aim: LocalText::new(row.aim_zh, row.aim_en),
            document: row.document,
            signed_on: Timestamp(row.signed_on),
            until: Timestamp(row.until),
            proposed_by: StaffId(row.proposed_by),
            proposed_at: Timestamp(row.proposed_at),
            approved_by: (!row.approved_by.is_empty()).then_some(StaffId(row.approved_by)),
            ended_at: row.ended_at.map(Timestamp),
        }
    }
}

pub(super) fn all(tx: &mut Tx) -> Result<Vec<Agreement>, db::Error> {
    let rows: Vec<Row> = agreements::table
        .order((agreements::proposed_at.desc(), agreements::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Agreement::from).collect())
}

pub(super) fn find(tx: &mut Tx, id: &AgreementId) -> Result<Option<Agreement>, db::Error> {
    let row: Option<Row> = agreements::table
        .find(id.as_str())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Agreement::from))
}

pub(super) fn insert(tx: &mut Tx, new: &Agreement) -> Result<(), db::Error> {
    diesel::insert_into(agreements::table)
        .values(Row {
            id: new.id.0.clone(),
            counterparty_zh: new.counterparty.zh.clone(),
            counterparty_en: new.counterparty.en.clone(),
            aim_zh: new.aim.zh.clone(),
            aim_en: new.aim.en.clone(),
            document: new.document.clone(),
            signed_on: new.signed_on.0,
            until: new.until.0,
            proposed_by: new.proposed_by.0.clone(),
            proposed_at: new.proposed_at.0,
            approved_by: String::new(),
            ended_at: None,
        })
        .execute(tx.conn())?;
    Ok(())
}

/// Two people who approve at the same moment: one of them is told that it was done.
pub(super) fn approve(tx: &mut Tx, id: &AgreementId, by: &StaffId) -> Result<(), Error> {
    let waiting = agreements::table
        .filter(agreements::id.eq(id.as_str()))
        .filter(agreements::approved_by.eq(""));
    let changed = diesel::update(waiting)
        .set(agreements::approved_by.eq(by.as_str()))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(super) fn end(tx: &mut Tx, id: &AgreementId) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::update(agreements::table.filter(agreements::id.eq(id.as_str())))
        .set(agreements::ended_at.eq(Some(now)))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn comparisons(tx: &mut Tx, id: &AgreementId) -> Result<Vec<Comparison>, db::Error> {
    let rows: Vec<(i64, String, i64, Option<i64>)> = comparisons::table
        .filter(comparisons::agreement_id.eq(id.as_str()))
        .order(comparisons::position)
        .select((
            comparisons::at,
            comparisons::made_by,
            comparisons::sent,
            comparisons::told,
        ))
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(at, by, sent, told)| Comparison {
            at: Timestamp(at),
            made_by: StaffId(by),
            sent: unsigned(sent),
            told: told.map(unsigned),
        })
        .collect())
}

/// Takes the next place; of two at the same moment one finds it taken.
pub(super) fn begin(
    tx: &mut Tx,
    id: &AgreementId,
    position: usize,
    by: &StaffId,
    sent: usize,
) -> Result<(), Error> {
    let now = tx.now().0;
    diesel::insert_into(comparisons::table)
        .values((
            comparisons::agreement_id.eq(id.as_str()),
            comparisons::position.eq(signed(position as u64)),
            comparisons::at.eq(now),
            comparisons::made_by.eq(by.as_str()),
            comparisons::sent.eq(signed(sent as u64)),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::TooSoon))?;
    Ok(())
}

pub(super) fn tell(
    tx: &mut Tx,
    id: &AgreementId,
    position: usize,
    told: u64,
) -> Result<(), db::Error> {
    let this = comparisons::table
        .filter(comparisons::agreement_id.eq(id.as_str()))
        .filter(comparisons::position.eq(signed(position as u64)));
    diesel::update(this)
        .set(comparisons::told.eq(Some(signed(told))))
        .execute(tx.conn())?;
    Ok(())
}
