//! What the list of winners, and a look at a draw, ask first: the claims of some slots, and figures
//! that an index gives.
//!
//! Invariant: nothing here reads whole rows of all winners; a draw may give a hundred thousand prizes.

use diesel::dsl::exists;
use diesel::prelude::*;
use lucky_draw::result::Slot;

use crate::activity::ActivityId;
use crate::notify::claims::Decided;
use crate::notify::{Claim, ClaimStage, Notice, NoticeStage};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::schema::{claims, notices};
use crate::platform::db::{self, Tx};

use super::{ClaimRow, NoticeRow, slot};

/// How every place in the reserve list begins; no prize does.
const RESERVES: &str = "reserve/%";
/// Tickets of one statement.
const AT_ONCE: usize = 500;

macro_rules! of_draw {
    ($draw:expr) => {
        claims::table
            .filter(claims::activity_id.eq($draw.facts.id.as_str()))
            .filter(claims::draw_id.eq($draw.draw()))
    };
}

macro_rules! notices_of_draw {
    ($draw:expr) => {
        notices::table
            .filter(notices::activity_id.eq($draw.facts.id.as_str()))
            .filter(notices::draw_id.eq($draw.draw()))
    };
}

/// Prizes that are held by somebody who was not told.
macro_rules! untold {
    ($draw:expr) => {
        of_draw!($draw)
            .filter(claims::stage.eq(ClaimStage::Held.code()))
            .filter(claims::told.eq(false))
            .filter(claims::slot.not_like(RESERVES))
    };
}

/// Whether a draw has any claim.
pub(in crate::notify) fn has_claims(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<bool, db::Error> {
    let found: Option<i64> = claims::table
        .filter(claims::activity_id.eq(activity.as_str()))
        .filter(claims::draw_id.eq(draw))
        .select(claims::position)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// Whether one of these tickets holds a slot.
pub(in crate::notify) fn hold_any(
    tx: &mut Tx,
    draw: &Decided,
    tickets: &[u64],
) -> Result<bool, db::Error> {
    for some in tickets.chunks(AT_ONCE) {
        let positions: Vec<i64> = some.iter().map(|index| signed(*index)).collect();
        let found: Option<i64> = of_draw!(draw)
            .filter(claims::stage.eq(ClaimStage::Held.code()))
            .filter(claims::position.eq_any(positions))
            .select(claims::position)
            .first(tx.conn())
            .optional()?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether somebody holds a prize and has not come.
pub(in crate::notify) fn has_held_prize(tx: &mut Tx, draw: &Decided) -> Result<bool, db::Error> {
    let found: Option<i64> = of_draw!(draw)
        .filter(claims::stage.eq(ClaimStage::Held.code()))
        .filter(claims::slot.not_like(RESERVES))
        .select(claims::position)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// Whether a settlement of this deadline may have something to settle: a prize that nobody came for,
/// or a slot that was left. Slots that an earlier settlement took are among the latter.
pub(in crate::notify) fn may_be_settled(
    tx: &mut Tx,
    draw: &Decided,
    deadline: Timestamp,
) -> Result<bool, db::Error> {
    let late: Option<i64> = of_draw!(draw)
        .filter(claims::stage.eq(ClaimStage::Held.code()))
        .filter(claims::slot.not_like(RESERVES))
        .filter(claims::deadline.le(deadline.0))
        .select(claims::position)
        .first(tx.conn())
        .optional()?;
    if late.is_some() {
        return Ok(true);
    }
    let left = ClaimStage::ALL
        .into_iter()
        .filter(|stage| stage.vacates().is_some());
    let left: Option<i64> = of_draw!(draw)
        .filter(claims::stage.eq_any(left.map(ClaimStage::code)))
        .filter(claims::marked_at.lt(deadline.0))
        .select(claims::position)
        .first(tx.conn())
        .optional()?;
    Ok(left.is_some())
}

/// The claims on these slots, in no particular order.
pub(in crate::notify) fn claims_on(
    tx: &mut Tx,
    draw: &Decided,
    slots: &[Slot],
) -> Result<Vec<Claim>, db::Error> {
    let slots: Vec<String> = slots.iter().map(Slot::to_string).collect();
    let rows = of_draw!(draw)
        .filter(claims::slot.eq_any(slots))
        .select(ClaimRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Claim::from).collect())
}

/// The notices about these slots, in no particular order.
pub(in crate::notify) fn notices_about(
    tx: &mut Tx,
    draw: &Decided,
    slots: &[Slot],
) -> Result<Vec<Notice>, db::Error> {
    let slots: Vec<String> = slots.iter().map(Slot::to_string).collect();
    let rows = notices_of_draw!(draw)
        .filter(notices::slot.eq_any(slots))
        .select(NoticeRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// Slot and ticket of every claim at a stage, in no particular order.
pub(in crate::notify) fn at_stage(
    tx: &mut Tx,
    draw: &Decided,
    stage: ClaimStage,
) -> Result<Vec<(Slot, u64)>, db::Error> {
    let rows: Vec<(String, i64)> = of_draw!(draw)
        .filter(claims::stage.eq(stage.code()))
        .select((claims::slot, claims::position))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(own).collect())
}

/// How many hold a prize and were not told.
pub(in crate::notify) fn count_untold(tx: &mut Tx, draw: &Decided) -> Result<u64, db::Error> {
    let count: i64 = untold!(draw).count().get_result(tx.conn())?;
    Ok(unsigned(count))
}

/// Slot and ticket of everybody who holds a prize and was not told, in no particular order.
pub(in crate::notify) fn untold(
    tx: &mut Tx,
    draw: &Decided,
) -> Result<Vec<(Slot, u64)>, db::Error> {
    let rows: Vec<(String, i64)> = untold!(draw)
        .select((claims::slot, claims::position))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(own).collect())
}

/// The same of some slots.
pub(in crate::notify) fn untold_on(
    tx: &mut Tx,
    draw: &Decided,
    slots: &[Slot],
) -> Result<Vec<(Slot, u64)>, db::Error> {
    let slots: Vec<String> = slots.iter().map(Slot::to_string).collect();
    let rows: Vec<(String, i64)> = untold!(draw)
        .filter(claims::slot.eq_any(slots))
        .select((claims::slot, claims::position))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(own).collect())
}

/// How many of [`untold`] have an address of mail, as far as anybody has looked.
pub(in crate::notify) fn count_with_address(tx: &mut Tx, draw: &Decided) -> Result<u64, db::Error> {
    let count: i64 = untold!(draw)
        .filter(claims::has_address.eq(true))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(count))
}

/// Some of [`untold`] whose boxes nobody has asked for an address.
pub(in crate::notify) fn unknown_addresses(
    tx: &mut Tx,
    draw: &Decided,
    at_most: i64,
) -> Result<Vec<(Slot, u64)>, db::Error> {
    let rows: Vec<(String, i64)> = untold!(draw)
        .filter(claims::has_address.is_null())
        .select((claims::slot, claims::position))
        .limit(at_most)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(own).collect())
}

/// Keeps what was found of those of [`unknown_addresses`] that hold these slots.
pub(in crate::notify) fn keep_addresses(
    tx: &mut Tx,
    draw: &Decided,
    slots: &[String],
    has_address: bool,
) -> Result<(), db::Error> {
    for some in slots.chunks(AT_ONCE) {
        diesel::update(
            untold!(draw)
                .filter(claims::has_address.is_null())
                .filter(claims::slot.eq_any(some)),
        )
        .set(claims::has_address.eq(has_address))
        .execute(tx.conn())?;
    }
    Ok(())
}

/// From here on everybody of [`untold`] is told.
pub(in crate::notify) fn mark_told(tx: &mut Tx, draw: &Decided) -> Result<usize, db::Error> {
    Ok(diesel::update(untold!(draw))
        .set(claims::told.eq(true))
        .execute(tx.conn())?)
}

/// What the mail server said to one of the letters that wait.
pub(in crate::notify) fn waits_for(
    tx: &mut Tx,
    draw: &Decided,
) -> Result<Option<String>, db::Error> {
    let reply = notices_of_draw!(draw)
        .filter(notices::stage.eq(NoticeStage::Waiting.code()))
        .filter(notices::last_reply.ne(""))
        .select(notices::last_reply)
        .first(tx.conn())
        .optional()?;
    Ok(reply)
}

/// Whether somebody who holds a slot did not get a letter, and staff have to do something.
pub(in crate::notify) fn has_trouble(tx: &mut Tx, draw: &Decided) -> Result<bool, db::Error> {
    let stages = NoticeStage::ALL
        .into_iter()
        .filter(|stage| stage.is_trouble());
    let found: Option<i64> = notices_of_draw!(draw)
        .filter(notices::stage.eq_any(stages.map(NoticeStage::code)))
        .filter(exists(
            of_draw!(draw)
                .filter(claims::slot.eq(notices::slot))
                .filter(claims::position.eq(notices::position))
                .filter(claims::stage.eq(ClaimStage::Held.code())),
        ))
        .select(notices::position)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

fn own((text, position): (String, i64)) -> (Slot, u64) {
    (slot(&text), unsigned(position))
}
