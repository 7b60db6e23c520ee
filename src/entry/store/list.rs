//! The list that staff may see: a line for each ticket, and no person.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::entry::{Counts, Taken};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::schema::{entries, tickets};
use crate::platform::db::{self, Tx};

use super::void;

pub(in crate::entry) fn count(tx: &mut Tx, activity: &ActivityId) -> Result<Counts, db::Error> {
    let of_activity = || entries::table.filter(entries::activity_id.eq(activity.as_str()));
    let taken: i64 = of_activity().count().get_result(tx.conn())?;
    let withdrawn: i64 = of_activity()
        .filter(entries::withdrawn.eq(true))
        .count()
        .get_result(tx.conn())?;
    let duplicates: i64 = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::void.eq("D"))
        .select(diesel::dsl::count(tickets::entry_id).aggregate_distinct())
        .get_result(tx.conn())?;
    Ok(Counts {
        taken: unsigned(taken),
        withdrawn: unsigned(withdrawn),
        duplicates: unsigned(duplicates),
    })
}

type TakenRow = (Option<String>, Option<i64>, i64, bool, Option<String>);

/// Entries with each of their tickets, where they have any.
macro_rules! taken {
    ($activity:expr) => {
        entries::table
            .left_join(
                tickets::table.on(tickets::activity_id
                    .eq(entries::activity_id)
                    .and(tickets::entry_id.eq(entries::id))),
            )
            .filter(entries::activity_id.eq($activity.as_str()))
            .select((
                tickets::draw_id.nullable(),
                tickets::position.nullable(),
                entries::taken_hour,
                entries::withdrawn,
                tickets::void.nullable(),
            ))
    };
}

pub(in crate::entry) fn page(
    tx: &mut Tx,
    activity: &ActivityId,
    skip: u64,
    lines: u64,
) -> Result<Vec<Taken>, db::Error> {
    // Entries of a survey have no number; their random ids give no order within the hour.
    let rows: Vec<TakenRow> = taken!(activity)
        .order((
            entries::taken_hour.desc(),
            tickets::position.desc(),
            tickets::draw_id,
            entries::id,
        ))
        .offset(signed(skip))
        .limit(signed(lines))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(line).collect())
}

/// How many lines the list has: a ticket each, and an entry each where there are no tickets.
pub(in crate::entry) fn count_lines(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let lines: i64 = entries::table
        .left_join(
            tickets::table.on(tickets::activity_id
                .eq(entries::activity_id)
                .and(tickets::entry_id.eq(entries::id))),
        )
        .filter(entries::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(lines))
}

pub(in crate::entry) fn lines_of(
    tx: &mut Tx,
    activity: &ActivityId,
    index: u64,
) -> Result<Vec<Taken>, db::Error> {
    let rows: Vec<TakenRow> = taken!(activity)
        .filter(tickets::position.eq(signed(index)))
        .order(tickets::draw_id)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(line).collect())
}

fn line((draw, position, hour, withdrawn, code): TakenRow) -> Taken {
    Taken {
        draw,
        index: position.map(unsigned),
        hour: Timestamp(hour),
        withdrawn,
        void: code.as_deref().map(void),
    }
}
