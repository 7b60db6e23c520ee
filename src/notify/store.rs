//! All SQL of claims, notices and exports.

pub(super) mod listing;

use diesel::prelude::*;
use lucky_draw::result::Slot;

use crate::activity::ActivityId;
use crate::audit::StaffId;
use crate::draw::DrawId;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::{claims, exports, notices};
use crate::platform::db::{self, Tx};

use super::export::Export;
use super::{Claim, ClaimStage, Error, ExportId, Notice, NoticeId, NoticeKind, NoticeStage};

#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
struct ClaimRow {
    slot: String,
    position: i64,
    stage: String,
    deadline: i64,
    marked_by: String,
    marked_at: i64,
    reason: String,
    proposed_by: String,
}

impl From<ClaimRow> for Claim {
    fn from(row: ClaimRow) -> Claim {
        Claim {
            slot: slot(&row.slot),
            index: unsigned(row.position),
            stage: ClaimStage::parse(&row.stage).expect("a CHECK limits the stages"),
            deadline: Timestamp(row.deadline),
            marked_by: row.marked_by,
            marked_at: Timestamp(row.marked_at),
            reason: row.reason,
            proposed_by: row.proposed_by,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notices)]
struct NoticeRow {
    id: String,
    draw_id: String,
    slot: String,
    position: i64,
    kind: String,
    copy: i64,
    message_id: String,
    stage: String,
    attempts: i64,
    next_at: i64,
    last_reply: String,
    sent_at: Option<i64>,
}

impl From<NoticeRow> for Notice {
    fn from(row: NoticeRow) -> Notice {
        Notice {
            id: NoticeId(row.id),
            slot: slot(&row.slot),
            index: unsigned(row.position),
            kind: NoticeKind::parse(&row.kind).expect("a CHECK limits the kinds"),
            copy: row.copy,
            message_id: row.message_id,
            stage: NoticeStage::parse(&row.stage).expect("a CHECK limits the stages"),
            attempts: row.attempts,
            next_at: Timestamp(row.next_at),
            last_reply: row.last_reply,
            sent_at: row.sent_at.map(Timestamp),
        }
    }
}

fn slot(text: &str) -> Slot {
    text.parse().expect("slots are stored as they print")
}

/// Every claim there ever was in a draw, in no particular order.
pub(super) fn claims(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<Claim>, db::Error> {
    let rows = claims::table
        .filter(claims::activity_id.eq(activity.as_str()))
        .filter(claims::draw_id.eq(draw))
        .select(ClaimRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Claim::from).collect())
}

/// The claims on one slot, in no particular order.
pub(super) fn claims_of(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    slot: &Slot,
) -> Result<Vec<Claim>, db::Error> {
    let rows = claims::table
        .filter(claims::activity_id.eq(activity.as_str()))
        .filter(claims::draw_id.eq(draw))
        .filter(claims::slot.eq(slot.to_string()))
        .select(ClaimRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Claim::from).collect())
}

#[derive(Insertable)]
#[diesel(table_name = claims, treat_none_as_default_value = false)]
struct NewClaim<'n> {
    activity_id: &'n str,
    draw_id: &'n str,
    slot: String,
    position: i64,
    stage: &'n str,
    deadline: i64,
    marked_by: &'n str,
    marked_at: i64,
    reason: &'n str,
    proposed_by: &'n str,
    told: bool,
}

pub(super) fn insert_claims(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    new: &[Claim],
) -> Result<(), db::Error> {
    let rows: Vec<NewClaim> = new
        .iter()
        .map(|claim| NewClaim {
            activity_id: activity.as_str(),
            draw_id: draw,
            slot: claim.slot.to_string(),
            position: signed(claim.index),
            stage: claim.stage.code(),
            deadline: claim.deadline.0,
            marked_by: &claim.marked_by,
            marked_at: claim.marked_at.0,
            reason: &claim.reason,
            proposed_by: &claim.proposed_by,
            told: false,
        })
        .collect();
    Ok(insert_all!(tx, claims::table, rows)?)
}

/// Writes what became of a claim if it still is at stage `from`.
pub(super) fn mark_claim(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    from: ClaimStage,
    claim: &Claim,
) -> Result<(), Error> {
    let changed = diesel::update(
        claims::table
            .filter(claims::activity_id.eq(activity.as_str()))
            .filter(claims::draw_id.eq(draw))
            .filter(claims::slot.eq(claim.slot.to_string()))
            .filter(claims::position.eq(signed(claim.index)))
            .filter(claims::stage.eq(from.code())),
    )
    .set((
        claims::stage.eq(claim.stage.code()),
        claims::deadline.eq(claim.deadline.0),
        claims::marked_by.eq(&claim.marked_by),
        claims::marked_at.eq(claim.marked_at.0),
        claims::reason.eq(&claim.reason),
        claims::proposed_by.eq(&claim.proposed_by),
    ))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Every notice of a draw, in no particular order.
pub(super) fn notices(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<Notice>, db::Error> {
    let rows = notices::table
        .filter(notices::activity_id.eq(activity.as_str()))
        .filter(notices::draw_id.eq(draw))
        .select(NoticeRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// Whether a draw has any notice.
pub(super) fn has_notices(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<bool, db::Error> {
    let found: Option<String> = notices::table
        .filter(notices::activity_id.eq(activity.as_str()))
        .filter(notices::draw_id.eq(draw))
        .select(notices::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// A notice and the draw it is about.
pub(super) fn find_notice(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &NoticeId,
) -> Result<Option<(Notice, DrawId)>, db::Error> {
    let row = notices::table
        .filter(notices::activity_id.eq(activity.as_str()))
        .filter(notices::id.eq(id.as_str()))
        .select(NoticeRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|row| {
        let draw = DrawId(row.draw_id.clone());
        (Notice::from(row), draw)
    }))
}

pub(super) fn insert_notice(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    notice: &Notice,
) -> Result<(), db::Error> {
    diesel::insert_into(notices::table)
        .values((
            notices::activity_id.eq(activity.as_str()),
            notices::id.eq(notice.id.as_str()),
            notices::draw_id.eq(draw),
            notices::slot.eq(notice.slot.to_string()),
            notices::position.eq(signed(notice.index)),
            notices::kind.eq(notice.kind.code()),
            notices::copy.eq(notice.copy),
            notices::message_id.eq(&notice.message_id),
            notices::stage.eq(notice.stage.code()),
            notices::attempts.eq(notice.attempts),
            notices::next_at.eq(notice.next_at.0),
            notices::last_reply.eq(&notice.last_reply),
            notices::sent_at.eq(notice.sent_at.map(|at| at.0)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Writes how far a notice has come if it still is at one of the stages `from`; says whether it was.
pub(super) fn advance_notice(
    tx: &mut Tx,
    activity: &ActivityId,
    from: &[NoticeStage],
    notice: &Notice,
) -> Result<bool, db::Error> {
    for stage in from {
        let changed = diesel::update(
            notices::table
                .filter(notices::activity_id.eq(activity.as_str()))
                .filter(notices::id.eq(notice.id.as_str()))
                .filter(notices::stage.eq(stage.code())),
        )
        .set((
            notices::stage.eq(notice.stage.code()),
            notices::attempts.eq(notice.attempts),
            notices::next_at.eq(notice.next_at.0),
            notices::last_reply.eq(&notice.last_reply),
            notices::sent_at.eq(notice.sent_at.map(|at| at.0)),
        ))
        .execute(tx.conn())?;
        if changed == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many notices stand at each stage.
pub(super) fn count_notices(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<(NoticeStage, u64)>, db::Error> {
    let rows: Vec<(String, i64)> = notices::table
        .filter(notices::activity_id.eq(activity.as_str()))
        .group_by(notices::stage)
        .select((notices::stage, diesel::dsl::count_star()))
        .load(tx.conn())?;
    Ok(by_stage(&rows))
}

/// How many notices of the site stand at each stage.
pub(super) fn count_all_notices(tx: &mut Tx) -> Result<Vec<(NoticeStage, u64)>, db::Error> {
    let rows: Vec<(String, i64)> = notices::table
        .group_by(notices::stage)
        .select((notices::stage, diesel::dsl::count_star()))
        .load(tx.conn())?;
    Ok(by_stage(&rows))
}

fn by_stage(rows: &[(String, i64)]) -> Vec<(NoticeStage, u64)> {
    let counted = NoticeStage::ALL.map(|stage| {
        let found = rows.iter().find(|(code, _)| code == stage.code());
        (stage, found.map_or(0, |(_, count)| unsigned(*count)))
    });
    counted.to_vec()
}

pub(super) fn insert_export(tx: &mut Tx, export: &Export) -> Result<(), db::Error> {
    diesel::insert_into(exports::table)
        .values((
            exports::activity_id.eq(export.activity.as_str()),
            exports::id.eq(export.id.as_str()),
            exports::staff_id.eq(export.by.as_str()),
            exports::made_at.eq(export.made_at.0),
            exports::purpose.eq(export.purpose.code()),
            exports::format.eq(export.format.code()),
            exports::row_count.eq(signed(export.rows)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Exports, the latest first.
pub(super) fn exports(tx: &mut Tx, at_most: i64) -> Result<Vec<Export>, db::Error> {
    let rows: Vec<ExportRow> = exports::table
        .order((exports::made_at.desc(), exports::id))
        .limit(at_most)
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(export).collect())
}

/// Exports of one activity, the latest first.
pub(super) fn exports_of(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Export>, db::Error> {
    let rows: Vec<ExportRow> = exports::table
        .filter(exports::activity_id.eq(activity.as_str()))
        .order((exports::made_at.desc(), exports::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(export).collect())
}

/// The columns of the table, in its order.
type ExportRow = (String, String, String, i64, String, String, i64);

fn export((activity, id, by, made_at, purpose, format, rows): ExportRow) -> Option<Export> {
    Some(Export {
        activity: ActivityId(activity),
        id: ExportId(id),
        by: StaffId(by),
        made_at: Timestamp(made_at),
        purpose: super::export::ExportPurpose::parse(&purpose)?,
        format: super::sheet::Format::parse(&format)?,
        rows: unsigned(rows),
    })
}

/// Erases claims and notices.
pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let gone = diesel::delete(claims::table.filter(claims::activity_id.eq(activity.as_str())))
        .execute(tx.conn())?;
    let letters = diesel::delete(notices::table.filter(notices::activity_id.eq(activity.as_str())))
        .execute(tx.conn())?;
    Ok(gone + letters)
}

/// How many claims and notices there are.
pub(super) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let claimed: i64 = claims::table
        .filter(claims::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    let told: i64 = notices::table
        .filter(notices::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(claimed) + unsigned(told))
}
