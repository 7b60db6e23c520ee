//! All SQL of showings.

use diesel::prelude::*;

use crate::draw::Plan;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::reveals;
use crate::platform::db::{self, Tx};

use super::Reveal;

#[derive(Queryable, Selectable)]
#[diesel(table_name = reveals)]
struct RevealRow {
    step: i64,
    paused: bool,
    black: bool,
    quiet: bool,
    names: bool,
    reserves: bool,
    begun_at: i64,
    moved_at: i64,
}

pub(super) fn find(tx: &mut Tx, plan: &Plan) -> Result<Option<Reveal>, db::Error> {
    let row: Option<RevealRow> = reveals::table
        .filter(reveals::activity_id.eq(plan.activity.as_str()))
        .filter(reveals::draw_id.eq(plan.id.as_str()))
        .select(RevealRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|row| Reveal {
        step: u64::try_from(row.step).expect("steps are not negative"),
        paused: row.paused,
        black: row.black,
        quiet: row.quiet,
        names: row.names,
        reserves: row.reserves,
        begun_at: Timestamp(row.begun_at),
        moved_at: Timestamp(row.moved_at),
    }))
}

pub(super) fn insert(tx: &mut Tx, plan: &Plan, reveal: &Reveal) -> Result<(), db::Error> {
    diesel::insert_into(reveals::table)
        .values((
            reveals::activity_id.eq(plan.activity.as_str()),
            reveals::draw_id.eq(plan.id.as_str()),
            reveals::step.eq(step(reveal)),
            reveals::paused.eq(reveal.paused),
            reveals::black.eq(reveal.black),
            reveals::quiet.eq(reveal.quiet),
            reveals::names.eq(reveal.names),
            reveals::reserves.eq(reveal.reserves),
            reveals::begun_at.eq(reveal.begun_at.0),
            reveals::moved_at.eq(reveal.moved_at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn update(tx: &mut Tx, plan: &Plan, reveal: &Reveal) -> Result<(), db::Error> {
    diesel::update(
        reveals::table
            .filter(reveals::activity_id.eq(plan.activity.as_str()))
            .filter(reveals::draw_id.eq(plan.id.as_str())),
    )
    .set((
        reveals::step.eq(step(reveal)),
        reveals::paused.eq(reveal.paused),
        reveals::black.eq(reveal.black),
        reveals::quiet.eq(reveal.quiet),
        reveals::names.eq(reveal.names),
        reveals::reserves.eq(reveal.reserves),
        reveals::moved_at.eq(reveal.moved_at.0),
    ))
    .execute(tx.conn())?;
    Ok(())
}

fn step(reveal: &Reveal) -> i64 {
    i64::try_from(reveal.step).expect("steps are bounded by the winners")
}
