//! All SQL of purges; a row stays for ever as the tombstone of its activity.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::purge::planted;
use crate::platform::db::schema::purges;
use crate::platform::db::{self, Tx};

use super::wire::{Deleted, Report};
use super::{Error, Purge, Step};

type Row = (
    String,
    String,
    i64,
    i64,
    String,
    String,
    String,
    i64,
    String,
);

pub(super) fn find(tx: &mut Tx, id: &ActivityId) -> Result<Option<Purge>, Error> {
    let row: Option<Row> = purges::table
        .filter(purges::activity_id.eq(id.as_str()))
        .select(columns())
        .first(tx.conn())
        .optional()
        .map_err(db::Error::from)?;
    row.map(purge).transpose()
}

pub(super) fn list(tx: &mut Tx) -> Result<Vec<Purge>, Error> {
    let rows: Vec<Row> = purges::table
        .order(purges::started_at.desc())
        .select(columns())
        .load(tx.conn())
        .map_err(db::Error::from)?;
    rows.into_iter().map(purge).collect()
}

type Columns = (
    purges::activity_id,
    purges::step,
    purges::started_at,
    purges::updated_at,
    purges::report,
    purges::trouble,
    purges::certificate,
    purges::phase2_at,
    purges::phase2,
);

/// What a purge is read from.
fn columns() -> Columns {
    <Columns as Default>::default()
}

fn purge(row: Row) -> Result<Purge, Error> {
    let (activity, step, started_at, updated_at, report, trouble, certificate, second_at, second) =
        row;
    Ok(Purge {
        activity: ActivityId(activity),
        step: Step::parse(&step).ok_or(Error::Damaged)?,
        started_at: Timestamp(started_at),
        updated_at: Timestamp(updated_at),
        report: Report::parse(&report).ok_or(Error::Damaged)?,
        trouble,
        certificate,
        second_at: (second_at > 0).then_some(Timestamp(second_at)),
        second,
    })
}

pub(super) fn insert(tx: &mut Tx, purge: &Purge) -> Result<(), db::Error> {
    diesel::insert_into(purges::table)
        .values((
            purges::activity_id.eq(purge.activity.as_str()),
            purges::step.eq(purge.step.code()),
            purges::started_at.eq(purge.started_at.0),
            purges::updated_at.eq(purge.updated_at.0),
            purges::report.eq(purge.report.to_json()),
            purges::trouble.eq(&purge.trouble),
            purges::certificate.eq(&purge.certificate),
            purges::phase2_at.eq(purge.second_at.map_or(0, |at| at.0)),
            purges::phase2.eq(&purge.second),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn update(tx: &mut Tx, purge: &Purge) -> Result<(), db::Error> {
    diesel::update(purges::table.filter(purges::activity_id.eq(purge.activity.as_str())))
        .set((
            purges::step.eq(purge.step.code()),
            purges::updated_at.eq(purge.updated_at.0),
            purges::report.eq(purge.report.to_json()),
            purges::trouble.eq(&purge.trouble),
            purges::certificate.eq(&purge.certificate),
            purges::phase2_at.eq(purge.second_at.map_or(0, |at| at.0)),
            purges::phase2.eq(&purge.second),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Where a purge stands, and what its transactions erased that the report does not say yet.
pub(super) fn gone(tx: &mut Tx, id: &ActivityId) -> Result<(Step, Deleted), Error> {
    let row: Option<(String, String)> = purges::table
        .filter(purges::activity_id.eq(id.as_str()))
        .select((purges::step, purges::gone))
        .first(tx.conn())
        .optional()
        .map_err(db::Error::from)?;
    let (step, gone) = row.ok_or(Error::Unknown)?;
    let gone = match gone.as_str() {
        "" => Some(Deleted::default()),
        gone => serde_json::from_str(gone).ok(),
    };
    Ok((
        Step::parse(&step).ok_or(Error::Damaged)?,
        gone.ok_or(Error::Damaged)?,
    ))
}

/// Notes what was erased, beside the report; nothing once the report says it.
pub(super) fn note_gone(
    tx: &mut Tx,
    id: &ActivityId,
    gone: Option<&Deleted>,
) -> Result<(), db::Error> {
    let text = gone.map_or(String::new(), |gone| {
        serde_json::to_string(gone).expect("counts are JSON")
    });
    let now = tx.now().0;
    diesel::update(purges::table.filter(purges::activity_id.eq(id.as_str())))
        .set((purges::gone.eq(text), purges::updated_at.eq(now)))
        .execute(tx.conn())?;
    Ok(())
}

/// Puts back what a tombstone says, in the place of whatever a restored database has.
pub(super) fn replace(tx: &mut Tx, purge: &Purge) -> Result<(), db::Error> {
    let known = purges::table.filter(purges::activity_id.eq(purge.activity.as_str()));
    diesel::delete(known).execute(tx.conn())?;
    insert(tx, purge)
}

pub(super) fn has_planted(tx: &mut Tx, id: &ActivityId) -> Result<bool, db::Error> {
    Ok(count_planted(tx, id)? > 0)
}

pub(super) fn count_planted(tx: &mut Tx, id: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = planted::table
        .filter(planted::activity_id.eq(id.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(u64::try_from(rows).unwrap_or_default())
}

pub(super) fn insert_planted(tx: &mut Tx, id: &ActivityId, item: &str) -> Result<(), db::Error> {
    diesel::insert_into(planted::table)
        .values((planted::activity_id.eq(id.as_str()), planted::item.eq(item)))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn forget_planted(tx: &mut Tx, id: &ActivityId) -> Result<usize, db::Error> {
    let rows = planted::table.filter(planted::activity_id.eq(id.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}
