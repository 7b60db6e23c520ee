//! All SQL of activities and the personal fields they ask.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::audit::StaffId;
use crate::branch::BranchId;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::{activities, asked_fields};
use crate::platform::db::{self, Conn, Tx};

use super::{
    ActivityId, Arrangement, AskedField, Eligibility, Error, Facts, Field, Kind, LocalText, Stage,
    Unlock,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = activities)]
struct ActivityRow {
    id: String,
    slug: String,
    kind: String,
    stage: String,
    title_zh: String,
    title_en: String,
    text_zh: String,
    text_en: String,
    rules_zh: String,
    rules_en: String,
    opens_at: i64,
    closes_at: i64,
    freezes_at: i64,
    draws_at: i64,
    ends_at: i64,
    claim_days: i64,
    retention_days: i64,
    purges_at: i64,
    answers_linked: bool,
    arrangement: String,
    eligibility: String,
    branch: String,
    notice_zh: String,
    notice_en: String,
    cancelled_reason: String,
    version: i64,
    created_by: String,
    created_at: i64,
    published_at: Option<i64>,
    halted_at: i64,
}

impl From<ActivityRow> for Facts {
    fn from(row: ActivityRow) -> Facts {
        Facts {
            id: ActivityId(row.id),
            slug: row.slug,
            kind: Kind::parse(&row.kind).expect("a CHECK limits the kinds"),
            stage: Stage::parse(&row.stage).expect("a CHECK limits the stages"),
            title: LocalText::new(row.title_zh, row.title_en),
            text: LocalText::new(row.text_zh, row.text_en),
            rules: LocalText::new(row.rules_zh, row.rules_en),
            opens_at: Timestamp(row.opens_at),
            closes_at: Timestamp(row.closes_at),
            freezes_at: Timestamp(row.freezes_at),
            draws_at: Timestamp(row.draws_at),
            ends_at: Timestamp(row.ends_at),
            claim_days: row.claim_days,
            retention_days: row.retention_days,
            purges_at: Timestamp(row.purges_at),
            answers_linked: row.answers_linked,
            arrangement: Arrangement::parse(&row.arrangement)
                .expect("a CHECK limits the arrangements"),
            eligibility: Eligibility::parse(&row.eligibility)
                .expect("only this program writes who may enter"),
            branch: (!row.branch.is_empty()).then_some(BranchId(row.branch)),
            notice: LocalText::new(row.notice_zh, row.notice_en),
            cancelled_reason: row.cancelled_reason,
            version: row.version,
            created_by: StaffId(row.created_by),
            published_at: row.published_at.map(Timestamp),
            halted: row.halted_at > 0,
        }
    }
}

pub(super) fn find(tx: &mut Tx, id: &ActivityId) -> Result<Option<Facts>, db::Error> {
    let row = activities::table
        .filter(activities::id.eq(id.as_str()))
        .select(ActivityRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Facts::from))
}

/// Reads activities, and on PostgreSQL locks their rows; SQLite has one writer anyway.
pub(super) fn hold(tx: &mut Tx, ids: &BTreeSet<&ActivityId>) -> Result<Vec<Facts>, db::Error> {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    if let Conn::Postgres(conn) = tx.conn() {
        let _: Vec<String> = activities::table
            .filter(activities::id.eq_any(&ids))
            .order(activities::id)
            .select(activities::id)
            .for_no_key_update()
            .load(conn)?;
    }
    let rows = activities::table
        .filter(activities::id.eq_any(ids))
        .select(ActivityRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Facts::from).collect())
}

pub(super) fn find_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Facts>, db::Error> {
    let row = activities::table
        .filter(activities::slug.eq(slug))
        .select(ActivityRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Facts::from))
}

pub(super) fn list(tx: &mut Tx, stages: &[Stage]) -> Result<Vec<Facts>, db::Error> {
    let codes: Vec<&str> = stages.iter().map(|stage| stage.code()).collect();
    let rows = activities::table
        .filter(activities::stage.eq_any(codes))
        .order((activities::closes_at, activities::id))
        .select(ActivityRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Facts::from).collect())
}

/// Stores a new draft; the address decides which of two equal ones wins.
pub(super) fn insert(tx: &mut Tx, facts: &Facts) -> Result<(), Error> {
    let now = tx.now().0;
    diesel::insert_into(activities::table)
        .values(ActivityRow {
            created_at: now,
            ..row(facts)
        })
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::SlugTaken))?;
    Ok(())
}

/// Overwrites a draft if nobody saved it since `facts.version`.
pub(super) fn update_draft(tx: &mut Tx, facts: &Facts) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(facts.id.as_str()))
            .filter(activities::stage.eq(Stage::Draft.code()))
            .filter(activities::version.eq(facts.version)),
    )
    .set((
        activities::slug.eq(&facts.slug),
        activities::kind.eq(facts.kind.code()),
        activities::title_zh.eq(&facts.title.zh),
        activities::title_en.eq(&facts.title.en),
        activities::text_zh.eq(&facts.text.zh),
        activities::text_en.eq(&facts.text.en),
        activities::rules_zh.eq(&facts.rules.zh),
        activities::rules_en.eq(&facts.rules.en),
        activities::opens_at.eq(facts.opens_at.0),
        activities::closes_at.eq(facts.closes_at.0),
        activities::freezes_at.eq(facts.freezes_at.0),
        activities::draws_at.eq(facts.draws_at.0),
        activities::claim_days.eq(facts.claim_days),
        activities::retention_days.eq(facts.retention_days),
        activities::answers_linked.eq(facts.answers_linked),
        activities::version.eq(facts.version + 1),
    ))
    .execute(tx.conn())
    .map_err(db::on_duplicate(Error::SlugTaken))?;
    db::one_changed(Ok(changed), Error::Moved)
}

/// Writes what publishing adds to the row.
pub(super) fn freeze_terms(
    tx: &mut Tx,
    facts: &Facts,
    notice: &LocalText,
    purges_at: Timestamp,
) -> Result<(), Error> {
    let now = tx.now().0;
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(facts.id.as_str()))
            .filter(activities::version.eq(facts.version))
            .filter(activities::stage.eq(Stage::Draft.code())),
    )
    .set((
        activities::notice_zh.eq(&notice.zh),
        activities::notice_en.eq(&notice.en),
        activities::purges_at.eq(purges_at.0),
        activities::published_at.eq(Some(now)),
    ))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// The notice that the form of a published activity shows from now on.
pub(super) fn set_notice(tx: &mut Tx, id: &ActivityId, notice: &LocalText) -> Result<(), Error> {
    let published = activities::table
        .filter(activities::id.eq(id.as_str()))
        .filter(activities::published_at.is_not_null());
    let changed = diesel::update(published)
        .set((
            activities::notice_zh.eq(&notice.zh),
            activities::notice_en.eq(&notice.en),
        ))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(super) fn note_cancellation(
    tx: &mut Tx,
    id: &ActivityId,
    reason: &str,
    purges_at: Timestamp,
) -> Result<(), Error> {
    let changed = diesel::update(activities::table.filter(activities::id.eq(id.as_str())))
        .set((
            activities::cancelled_reason.eq(reason),
            activities::purges_at.eq(purges_at.0),
        ))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Notes once that nothing is taken any more; `false` where it was noted before.
pub(super) fn halt(tx: &mut Tx, id: &ActivityId) -> Result<bool, db::Error> {
    let now = tx.now().0;
    let going = activities::table
        .filter(activities::id.eq(id.as_str()))
        .filter(activities::halted_at.eq(0));
    let changed = diesel::update(going)
        .set(activities::halted_at.eq(now))
        .execute(tx.conn())?;
    Ok(changed > 0)
}

/// Keeps the dates of a draw whose promise was replaced, as long as its stage is the one seen.
pub(super) fn move_dates(tx: &mut Tx, moved: &Facts, purges_at: Timestamp) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(moved.id.as_str()))
            .filter(activities::stage.eq(moved.stage.code())),
    )
    .set((
        activities::closes_at.eq(moved.closes_at.0),
        activities::freezes_at.eq(moved.freezes_at.0),
        activities::draws_at.eq(moved.draws_at.0),
        activities::purges_at.eq(purges_at.0),
    ))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// The compare-and-set of every change of stage.
pub(super) fn advance(tx: &mut Tx, id: &ActivityId, from: Stage, to: Stage) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(id.as_str()))
            .filter(activities::stage.eq(from.code())),
    )
    .set(activities::stage.eq(to.code()))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(super) fn asked_fields(tx: &mut Tx, id: &ActivityId) -> Result<Vec<AskedField>, db::Error> {
    let rows: Vec<(String, bool, String, String)> = asked_fields::table
        .filter(asked_fields::activity_id.eq(id.as_str()))
        .select((
            asked_fields::field,
            asked_fields::required,
            asked_fields::purpose_zh,
            asked_fields::purpose_en,
        ))
        .load(tx.conn())?;
    let mut fields: Vec<AskedField> = rows
        .into_iter()
        .map(|(field, required, zh, en)| AskedField {
            field: Field::parse(&field).expect("a CHECK limits the fields"),
            required,
            purpose: LocalText::new(zh, en),
        })
        .collect();
    fields.sort_by_key(|asked| asked.field);
    Ok(fields)
}

pub(super) fn replace_asked_fields(
    tx: &mut Tx,
    id: &ActivityId,
    fields: &[AskedField],
) -> Result<(), db::Error> {
    diesel::delete(asked_fields::table.filter(asked_fields::activity_id.eq(id.as_str())))
        .execute(tx.conn())?;
    for asked in fields {
        diesel::insert_into(asked_fields::table)
            .values((
                asked_fields::activity_id.eq(id.as_str()),
                asked_fields::field.eq(asked.field.code()),
                asked_fields::required.eq(asked.required),
                asked_fields::purpose_zh.eq(&asked.purpose.zh),
                asked_fields::purpose_en.eq(&asked.purpose.en),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Writes how the draws of a draft share its tickets.
pub(super) fn set_arrangement(
    tx: &mut Tx,
    facts: &Facts,
    arrangement: Arrangement,
) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(facts.id.as_str()))
            .filter(activities::stage.eq(Stage::Draft.code())),
    )
    .set(activities::arrangement.eq(arrangement.code()))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Who may enter; everybody where there is no such activity.
pub(super) fn eligibility(tx: &mut Tx, id: &ActivityId) -> Result<Eligibility, db::Error> {
    let word: Option<String> = activities::table
        .filter(activities::id.eq(id.as_str()))
        .select(activities::eligibility)
        .first(tx.conn())
        .optional()?;
    Ok(word.map_or(Eligibility::default(), |word| {
        Eligibility::parse(&word).expect("only words of the list are stored")
    }))
}

/// Writes who may enter a draft.
pub(super) fn set_eligibility(tx: &mut Tx, id: &ActivityId, who: Eligibility) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(id.as_str()))
            .filter(activities::stage.eq(Stage::Draft.code())),
    )
    .set(activities::eligibility.eq(who.code()))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(super) fn set_branch(
    tx: &mut Tx,
    id: &ActivityId,
    branch: Option<&BranchId>,
) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(id.as_str()))
            .filter(activities::stage.eq(Stage::Draft.code())),
    )
    .set(activities::branch.eq(branch.map_or("", BranchId::as_str)))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Writes when the last session of a draft begins.
pub(super) fn set_end(tx: &mut Tx, id: &ActivityId, ends_at: Timestamp) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(id.as_str()))
            .filter(activities::stage.eq(Stage::Draft.code())),
    )
    .set(activities::ends_at.eq(ends_at.0))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(super) fn find_unlock(tx: &mut Tx, id: &ActivityId) -> Result<Unlock, Error> {
    let code: Option<String> = activities::table
        .find(id.as_str())
        .select(activities::unlock)
        .first(tx.conn())
        .optional()
        .map_err(db::Error::from)?;
    match code.ok_or(Error::Unknown)?.as_str() {
        "two_of_three" => Ok(Unlock::TwoOfThree),
        _ => Ok(Unlock::One),
    }
}

pub(super) fn set_unlock(tx: &mut Tx, id: &ActivityId, unlock: Unlock) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(id.as_str()))
            .filter(activities::stage.eq(Stage::Draft.code())),
    )
    .set(activities::unlock.eq(unlock.code()))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Counts one more save of a draft.
pub(super) fn touch(tx: &mut Tx, facts: &Facts) -> Result<(), Error> {
    let changed = diesel::update(
        activities::table
            .filter(activities::id.eq(facts.id.as_str()))
            .filter(activities::stage.eq(Stage::Draft.code()))
            .filter(activities::version.eq(facts.version)),
    )
    .set(activities::version.eq(facts.version + 1))
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(super) fn delete_draft(tx: &mut Tx, id: &ActivityId) -> Result<(), Error> {
    replace_asked_fields(tx, id, &[])?;
    let changed = diesel::delete(
        activities::table
            .filter(activities::id.eq(id.as_str()))
            .filter(activities::stage.eq(Stage::Draft.code())),
    )
    .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

fn row(facts: &Facts) -> ActivityRow {
    ActivityRow {
        id: facts.id.0.clone(),
        slug: facts.slug.clone(),
        kind: facts.kind.code().to_owned(),
        stage: facts.stage.code().to_owned(),
        title_zh: facts.title.zh.clone(),
        title_en: facts.title.en.clone(),
        text_zh: facts.text.zh.clone(),
        text_en: facts.text.en.clone(),
        rules_zh: facts.rules.zh.clone(),
        rules_en: facts.rules.en.clone(),
        opens_at: facts.opens_at.0,
        closes_at: facts.closes_at.0,
        freezes_at: facts.freezes_at.0,
        draws_at: facts.draws_at.0,
        ends_at: facts.ends_at.0,
        claim_days: facts.claim_days,
        retention_days: facts.retention_days,
        purges_at: facts.purges_at.0,
        answers_linked: facts.answers_linked,
        arrangement: facts.arrangement.code().to_owned(),
        eligibility: facts.eligibility.code().to_owned(),
        branch: facts.branch.clone().map(|own| own.0).unwrap_or_default(),
        notice_zh: facts.notice.zh.clone(),
        notice_en: facts.notice.en.clone(),
        cancelled_reason: facts.cancelled_reason.clone(),
        version: facts.version,
        created_by: facts.created_by.0.clone(),
        created_at: 0,
        published_at: facts.published_at.map(|at| at.0),
        halted_at: 0,
    }
}
