//! What a draw publishes: its notes and files, and the anchors of its list.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::draw::{Plan, StoredNote};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{hash, signed, unsigned};
use crate::platform::db::schema::{draw_anchors, draw_notes};
use crate::platform::db::{self, Tx};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = draw_notes)]
struct NoteRow {
    activity_id: String,
    draw_id: String,
    name: String,
    note: String,
    hash: Vec<u8>,
    proof: String,
    journal_position: i64,
    written_at: i64,
}

/// What stands in `journal_position` for a file that is not in the journal.
const NOT_JOURNALED: i64 = -1;

/// Gives a public file another name.
pub(in crate::draw) fn rename_note(
    tx: &mut Tx,
    plan: &Plan,
    from: &str,
    to: &str,
) -> Result<(), db::Error> {
    diesel::update(
        draw_notes::table
            .filter(draw_notes::activity_id.eq(plan.activity.as_str()))
            .filter(draw_notes::draw_id.eq(plan.id.as_str()))
            .filter(draw_notes::name.eq(from)),
    )
    .set(draw_notes::name.eq(to))
    .execute(tx.conn())?;
    Ok(())
}

pub(in crate::draw) fn insert_note(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    note: &StoredNote,
) -> Result<(), db::Error> {
    diesel::insert_into(draw_notes::table)
        .values(NoteRow {
            activity_id: activity.0.clone(),
            draw_id: draw.to_owned(),
            name: note.name.clone(),
            note: note.note.clone(),
            hash: note.hash.as_bytes().to_vec(),
            proof: note.proof.clone(),
            journal_position: note.position.map_or(NOT_JOURNALED, signed),
            written_at: note.written_at.0,
        })
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::draw) fn find_note(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    name: &str,
) -> Result<Option<StoredNote>, db::Error> {
    let row = draw_notes::table
        .filter(draw_notes::activity_id.eq(activity.as_str()))
        .filter(draw_notes::draw_id.eq(draw))
        .filter(draw_notes::name.eq(name))
        .select(NoteRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(StoredNote::from))
}

/// When that file was written, without reading it.
pub(in crate::draw) fn written_at(
    tx: &mut Tx,
    plan: &Plan,
    name: &str,
) -> Result<Option<Timestamp>, db::Error> {
    let at: Option<i64> = draw_notes::table
        .filter(draw_notes::activity_id.eq(plan.activity.as_str()))
        .filter(draw_notes::draw_id.eq(plan.id.as_str()))
        .filter(draw_notes::name.eq(name))
        .select(draw_notes::written_at)
        .first(tx.conn())
        .optional()?;
    Ok(at.map(Timestamp))
}

pub(in crate::draw) fn list_notes(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<StoredNote>, db::Error> {
    let rows = draw_notes::table
        .filter(draw_notes::activity_id.eq(activity.as_str()))
        .filter(draw_notes::draw_id.eq(draw))
        .order(draw_notes::name)
        .select(NoteRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(StoredNote::from).collect())
}

/// Whose notes and anchors stand at these places of the journal.
pub(in crate::draw) fn journaled(
    tx: &mut Tx,
    from: u64,
    to: u64,
) -> Result<Vec<(u64, ActivityId, String)>, db::Error> {
    let notes: Vec<(i64, String, String)> = draw_notes::table
        .filter(draw_notes::journal_position.ge(signed(from)))
        .filter(draw_notes::journal_position.lt(signed(to)))
        .select((
            draw_notes::journal_position,
            draw_notes::activity_id,
            draw_notes::draw_id,
        ))
        .load(tx.conn())?;
    let anchors: Vec<(i64, String, String)> = draw_anchors::table
        .filter(draw_anchors::journal_position.ge(signed(from)))
        .filter(draw_anchors::journal_position.lt(signed(to)))
        .select((
            draw_anchors::journal_position,
            draw_anchors::activity_id,
            draw_anchors::draw_id,
        ))
        .load(tx.conn())?;
    Ok(notes
        .into_iter()
        .chain(anchors)
        .map(|(position, activity, draw)| (unsigned(position), ActivityId(activity), draw))
        .collect())
}

/// Size and time of the newest anchor of a draw.
pub(in crate::draw) fn last_anchor(
    tx: &mut Tx,
    plan: &Plan,
) -> Result<Option<(u64, Timestamp)>, db::Error> {
    let row: Option<(i64, i64)> = draw_anchors::table
        .filter(draw_anchors::activity_id.eq(plan.activity.as_str()))
        .filter(draw_anchors::draw_id.eq(plan.id.as_str()))
        .order(draw_anchors::journal_position.desc())
        .select((draw_anchors::size, draw_anchors::written_at))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|(size, at)| (unsigned(size), Timestamp(at))))
}

pub(in crate::draw) fn insert_anchor(
    tx: &mut Tx,
    plan: &Plan,
    position: u64,
    size: u64,
) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::insert_into(draw_anchors::table)
        .values((
            draw_anchors::activity_id.eq(plan.activity.as_str()),
            draw_anchors::draw_id.eq(plan.id.as_str()),
            draw_anchors::journal_position.eq(signed(position)),
            draw_anchors::size.eq(signed(size)),
            draw_anchors::written_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

impl From<NoteRow> for StoredNote {
    fn from(row: NoteRow) -> StoredNote {
        StoredNote {
            name: row.name,
            note: row.note,
            hash: hash(&row.hash),
            proof: row.proof,
            position: u64::try_from(row.journal_position).ok(),
            written_at: Timestamp(row.written_at),
        }
    }
}
