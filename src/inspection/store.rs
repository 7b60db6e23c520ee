//! All SQL of entrant audits.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::audit::Actor;
use crate::draw::Plan;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::schema::{inspected_tickets, inspections};
use crate::platform::db::{self, Tx};

use super::{Error, Finding};

/// Size of the sample, and when it began.
pub(super) fn find(tx: &mut Tx, plan: &Plan) -> Result<Option<(u64, Timestamp)>, db::Error> {
    let row: Option<(i64, i64)> = inspections::table
        .filter(inspections::activity_id.eq(plan.activity.as_str()))
        .filter(inspections::draw_id.eq(plan.id.as_str()))
        .select((inspections::sample, inspections::begun_at))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|(sample, at)| (unsigned(sample), Timestamp(at))))
}

pub(super) fn insert(tx: &mut Tx, plan: &Plan, sample: u64, by: &Actor) -> Result<(), Error> {
    let now = tx.now().0;
    diesel::insert_into(inspections::table)
        .values((
            inspections::activity_id.eq(plan.activity.as_str()),
            inspections::draw_id.eq(plan.id.as_str()),
            inspections::sample.eq(signed(sample)),
            inspections::begun_by.eq(by.to_string()),
            inspections::begun_at.eq(now),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Moved))?;
    Ok(())
}

pub(super) fn findings(tx: &mut Tx, plan: &Plan) -> Result<BTreeMap<u64, Finding>, db::Error> {
    let rows: Vec<(i64, bool)> = inspected_tickets::table
        .filter(inspected_tickets::activity_id.eq(plan.activity.as_str()))
        .filter(inspected_tickets::draw_id.eq(plan.id.as_str()))
        .select((inspected_tickets::position, inspected_tickets::found))
        .load(tx.conn())?;
    let finding = |found| match found {
        true => Finding::Found,
        false => Finding::Missing,
    };
    Ok(rows
        .into_iter()
        .map(|(position, found)| (unsigned(position), finding(found)))
        .collect())
}

pub(super) fn mark(
    tx: &mut Tx,
    plan: &Plan,
    index: u64,
    finding: Finding,
    by: &Actor,
) -> Result<(), Error> {
    let now = tx.now().0;
    diesel::insert_into(inspected_tickets::table)
        .values((
            inspected_tickets::activity_id.eq(plan.activity.as_str()),
            inspected_tickets::draw_id.eq(plan.id.as_str()),
            inspected_tickets::position.eq(signed(index)),
            inspected_tickets::found.eq(finding == Finding::Found),
            inspected_tickets::marked_by.eq(by.to_string()),
            inspected_tickets::marked_at.eq(now),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Moved))?;
    Ok(())
}

pub(super) fn change(
    tx: &mut Tx,
    plan: &Plan,
    index: u64,
    finding: Finding,
    by: &Actor,
) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::update(
        inspected_tickets::table
            .filter(inspected_tickets::activity_id.eq(plan.activity.as_str()))
            .filter(inspected_tickets::draw_id.eq(plan.id.as_str()))
            .filter(inspected_tickets::position.eq(signed(index))),
    )
    .set((
        inspected_tickets::found.eq(finding == Finding::Found),
        inspected_tickets::marked_by.eq(by.to_string()),
        inspected_tickets::marked_at.eq(now),
    ))
    .execute(tx.conn())?;
    Ok(())
}

pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let marks =
        inspected_tickets::table.filter(inspected_tickets::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(marks).execute(tx.conn())?)
}

pub(super) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let marks: i64 = inspected_tickets::table
        .filter(inspected_tickets::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(marks))
}
