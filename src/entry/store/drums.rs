//! Drums: the draws of an activity as far as entry has to know them.

use diesel::prelude::*;

use crate::activity::{ActivityId, LocalText};
use crate::entry::NewDrum;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::small;
use crate::platform::db::schema::drums;
use crate::platform::db::{self, Tx};

pub(in crate::entry) fn insert_drum(
    tx: &mut Tx,
    activity: &ActivityId,
    drum: &NewDrum,
) -> Result<(), db::Error> {
    diesel::insert_into(drums::table)
        .values((
            drums::activity_id.eq(activity.as_str()),
            drums::draw_id.eq(&drum.draw),
            drums::position.eq(i64::from(drum.position)),
            drums::slug.eq(&drum.slug),
            drums::name_zh.eq(&drum.name.zh),
            drums::name_en.eq(&drum.name.en),
            drums::cap.eq(i64::from(drum.cap)),
            drums::draws_at.eq(drum.draws_at.0),
            drums::frozen.eq(false),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::entry) fn move_drum(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    draws_at: Timestamp,
) -> Result<(), db::Error> {
    diesel::update(
        drums::table
            .filter(drums::activity_id.eq(activity.as_str()))
            .filter(drums::draw_id.eq(draw)),
    )
    .set((drums::draws_at.eq(draws_at.0), drums::frozen.eq(false)))
    .execute(tx.conn())?;
    Ok(())
}

pub(in crate::entry) fn freeze_drum(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<(), db::Error> {
    diesel::update(
        drums::table
            .filter(drums::activity_id.eq(activity.as_str()))
            .filter(drums::draw_id.eq(draw)),
    )
    .set(drums::frozen.eq(true))
    .execute(tx.conn())?;
    Ok(())
}

pub(in crate::entry) fn has_frozen_drum(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<bool, db::Error> {
    let frozen: i64 = drums::table
        .filter(drums::activity_id.eq(activity.as_str()))
        .filter(drums::frozen.eq(true))
        .count()
        .get_result(tx.conn())?;
    Ok(frozen > 0)
}

pub(in crate::entry) fn drums(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<NewDrum>, db::Error> {
    let rows: Vec<(String, i64, String, String, String, i64, i64)> = drums::table
        .filter(drums::activity_id.eq(activity.as_str()))
        .order((drums::position, drums::draw_id))
        .select((
            drums::draw_id,
            drums::position,
            drums::slug,
            drums::name_zh,
            drums::name_en,
            drums::cap,
            drums::draws_at,
        ))
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(draw, position, slug, zh, en, cap, draws_at)| NewDrum {
            draw,
            position: small(position),
            slug,
            name: LocalText::new(zh, en),
            cap: small(cap),
            draws_at: Timestamp(draws_at),
        })
        .collect())
}
