//! All SQL of questions.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::platform::db::schema::questions;
use crate::platform::db::{self, Tx};

use super::question::Question;
use super::{Error, QuestionId, wire};

type Row = (String, i64, String, String, String, String, String, bool);

pub(super) fn list(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Question>, Error> {
    let rows: Vec<Row> = questions::table
        .filter(questions::activity_id.eq(activity.as_str()))
        .select((
            questions::id,
            questions::position,
            questions::kind,
            questions::label_zh,
            questions::label_en,
            questions::hint_zh,
            questions::hint_en,
            questions::required,
        ))
        .order((questions::position, questions::id))
        .load(tx.conn())
        .map_err(db::Error::from)?;
    rows.into_iter().map(question).collect()
}

fn question(row: Row) -> Result<Question, Error> {
    let (id, position, kind, label_zh, label_en, hint_zh, hint_en, required) = row;
    Ok(Question {
        id: QuestionId(id),
        position: u32::try_from(position).unwrap_or(u32::MAX),
        kind: wire::kind_from_json(&kind)?,
        label_zh,
        label_en,
        hint_zh,
        hint_en,
        required,
    })
}

/// Replaces every question of an activity; a draft has few.
pub(super) fn replace(
    tx: &mut Tx,
    activity: &ActivityId,
    new: &[Question],
) -> Result<(), db::Error> {
    diesel::delete(questions::table.filter(questions::activity_id.eq(activity.as_str())))
        .execute(tx.conn())?;
    for question in new {
        diesel::insert_into(questions::table)
            .values((
                questions::activity_id.eq(activity.as_str()),
                questions::id.eq(question.id.as_str()),
                questions::position.eq(i64::from(question.position)),
                questions::kind.eq(wire::kind_to_json(&question.kind)),
                questions::label_zh.eq(&question.label_zh),
                questions::label_en.eq(&question.label_en),
                questions::hint_zh.eq(&question.hint_zh),
                questions::hint_en.eq(&question.hint_en),
                questions::required.eq(question.required),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}
