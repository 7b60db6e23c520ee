//! All SQL of draws, their prizes, their sources of randomness and their public files.

pub(super) mod corrections;
pub(super) mod notes;
pub(super) mod sources;

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::activity::{ActivityId, LocalText};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{hash, small};
use crate::platform::db::schema::{draw_exclusions, draw_sources, draws, prizes};
use crate::platform::db::{self, Tx};

use super::{DrawId, DrawStage, Error, Plan, Prize};
use sources::{SourceRow, delete_sources, save_sources, source};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = draws)]
struct DrawRow {
    activity_id: String,
    id: String,
    stage: String,
    reserves: i64,
    wins_per_person: i64,
    tickets_per_person: i64,
    manifest: Option<Vec<u8>>,
    due_at: i64,
    position: i64,
    slug: String,
    name_zh: String,
    name_en: String,
    draws_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = prizes)]
struct PrizeRow {
    activity_id: String,
    draw_id: String,
    position: i64,
    slug: String,
    name_zh: String,
    name_en: String,
    units: i64,
    value_twd: i64,
}

/// What stands in `draws_at` for a draw at the activity's own time.
const WITH_THE_ACTIVITY: i64 = 0;

pub(super) fn find(tx: &mut Tx, id: &DrawId) -> Result<Option<Plan>, db::Error> {
    let row = draws::table
        .filter(draws::id.eq(id.as_str()))
        .select(DrawRow::as_select())
        .first(tx.conn())
        .optional()?;
    row.map(|row| whole(tx, row)).transpose()
}

/// The draws of an activity, in their order.
pub(super) fn list(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Plan>, db::Error> {
    let rows = draws::table
        .filter(draws::activity_id.eq(activity.as_str()))
        .order((draws::position, draws::id))
        .select(DrawRow::as_select())
        .load(tx.conn())?;
    rows.into_iter().map(|row| whole(tx, row)).collect()
}

/// Every draw at a stage.
pub(super) fn list_at(tx: &mut Tx, stage: DrawStage) -> Result<Vec<Plan>, db::Error> {
    let rows = draws::table
        .filter(draws::stage.eq(stage.code()))
        .order((draws::due_at, draws::id))
        .select(DrawRow::as_select())
        .load(tx.conn())?;
    rows.into_iter().map(|row| whole(tx, row)).collect()
}

pub(super) fn list_public(tx: &mut Tx, from: i64, at_most: i64) -> Result<Vec<Plan>, db::Error> {
    let rows = draws::table
        .filter(draws::manifest.is_not_null())
        .order((draws::due_at.desc(), draws::id))
        .offset(from)
        .limit(at_most)
        .select(DrawRow::as_select())
        .load(tx.conn())?;
    rows.into_iter().map(|row| whole(tx, row)).collect()
}

pub(super) fn count_public(tx: &mut Tx) -> Result<i64, db::Error> {
    Ok(draws::table
        .filter(draws::manifest.is_not_null())
        .count()
        .get_result(tx.conn())?)
}

/// Stores a planned draw, or what changed in it; its stage and what follows it stay.
pub(super) fn save(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    let changed = diesel::update(mine(plan).filter(draws::stage.eq(DrawStage::Planned.code())))
        .set((
            draws::due_at.eq(due_at(plan)),
            draws::reserves.eq(i64::from(plan.reserves)),
            draws::wins_per_person.eq(i64::from(plan.wins_per_person)),
            draws::tickets_per_person.eq(i64::from(plan.tickets_per_person)),
            draws::position.eq(i64::from(plan.position)),
            draws::slug.eq(&plan.slug),
            draws::name_zh.eq(&plan.name.zh),
            draws::name_en.eq(&plan.name.en),
            draws::draws_at.eq(plan.draws_at.map_or(WITH_THE_ACTIVITY, |at| at.0)),
        ))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(draws::table)
            .values(row(plan))
            .execute(tx.conn())?;
    }
    save_sources(tx, plan)?;
    delete_prizes(tx, plan)?;
    for prize in &plan.prizes {
        diesel::insert_into(prizes::table)
            .values(prize_row(plan, prize))
            .execute(tx.conn())?;
    }
    delete_exclusions(tx, plan)?;
    for excluded in &plan.excludes {
        diesel::insert_into(draw_exclusions::table)
            .values((
                draw_exclusions::activity_id.eq(plan.activity.as_str()),
                draw_exclusions::draw_id.eq(plan.id.as_str()),
                draw_exclusions::excluded_id.eq(excluded.as_str()),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Removes a draw that was never published, also from what other draws exclude.
pub(super) fn delete(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    delete_prizes(tx, plan)?;
    delete_sources(tx, plan)?;
    delete_exclusions(tx, plan)?;
    diesel::delete(
        draw_exclusions::table
            .filter(draw_exclusions::activity_id.eq(plan.activity.as_str()))
            .filter(draw_exclusions::excluded_id.eq(plan.id.as_str())),
    )
    .execute(tx.conn())?;
    diesel::delete(mine(plan).filter(draws::stage.eq(DrawStage::Planned.code())))
        .execute(tx.conn())?;
    Ok(())
}

/// The compare-and-set of every change of stage.
pub(super) fn advance(tx: &mut Tx, plan: &Plan, to: DrawStage) -> Result<(), Error> {
    let changed = diesel::update(mine(plan).filter(draws::stage.eq(plan.stage.code())))
        .set(draws::stage.eq(to.code()))
        .execute(tx.conn());
    db::one_changed(changed, Error::OtherStage { found: plan.stage })
}

pub(super) fn set_manifest(tx: &mut Tx, plan: &Plan, manifest: &Hash) -> Result<(), db::Error> {
    diesel::update(mine(plan))
        .set(draws::manifest.eq(Some(manifest.as_bytes().to_vec())))
        .execute(tx.conn())?;
    Ok(())
}

fn delete_exclusions(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::delete(
        draw_exclusions::table
            .filter(draw_exclusions::activity_id.eq(plan.activity.as_str()))
            .filter(draw_exclusions::draw_id.eq(plan.id.as_str())),
    )
    .execute(tx.conn())?;
    Ok(())
}

fn exclusions(tx: &mut Tx, activity: &str, draw: &str) -> Result<Vec<DrawId>, db::Error> {
    let ids: Vec<String> = draw_exclusions::table
        .filter(draw_exclusions::activity_id.eq(activity))
        .filter(draw_exclusions::draw_id.eq(draw))
        .order(draw_exclusions::excluded_id)
        .select(draw_exclusions::excluded_id)
        .load(tx.conn())?;
    Ok(ids.into_iter().map(DrawId).collect())
}

/// A draw with its prizes, sources and exclusions.
fn whole(tx: &mut Tx, row: DrawRow) -> Result<Plan, db::Error> {
    let excludes = exclusions(tx, &row.activity_id, &row.id)?;
    let prizes = prizes::table
        .filter(prizes::activity_id.eq(&row.activity_id))
        .filter(prizes::draw_id.eq(&row.id))
        .order(prizes::position)
        .select(PrizeRow::as_select())
        .load(tx.conn())?;
    let sources = draw_sources::table
        .filter(draw_sources::activity_id.eq(&row.activity_id))
        .filter(draw_sources::draw_id.eq(&row.id))
        .order(draw_sources::position)
        .select(SourceRow::as_select())
        .load(tx.conn())?;
    Ok(Plan {
        activity: ActivityId(row.activity_id),
        id: DrawId(row.id),
        stage: DrawStage::parse(&row.stage).expect("a CHECK limits the stages"),
        sources: sources.into_iter().map(source).collect(),
        reserves: small(row.reserves),
        wins_per_person: small(row.wins_per_person),
        tickets_per_person: small(row.tickets_per_person),
        prizes: prizes.into_iter().map(prize).collect(),
        manifest: row.manifest.map(|bytes| hash(&bytes)),
        position: small(row.position),
        slug: row.slug,
        name: LocalText::new(row.name_zh, row.name_en),
        draws_at: (row.draws_at != WITH_THE_ACTIVITY).then_some(Timestamp(row.draws_at)),
        excludes,
    })
}

fn prize(row: PrizeRow) -> Prize {
    Prize {
        position: small(row.position),
        slug: row.slug,
        name: LocalText::new(row.name_zh, row.name_en),
        units: small(row.units),
        value_twd: row.value_twd,
    }
}

fn row(plan: &Plan) -> DrawRow {
    DrawRow {
        activity_id: plan.activity.0.clone(),
        id: plan.id.0.clone(),
        stage: plan.stage.code().to_owned(),
        reserves: i64::from(plan.reserves),
        wins_per_person: i64::from(plan.wins_per_person),
        tickets_per_person: i64::from(plan.tickets_per_person),
        manifest: plan.manifest.map(|hash| hash.as_bytes().to_vec()),
        due_at: due_at(plan),
        position: i64::from(plan.position),
        slug: plan.slug.clone(),
        name_zh: plan.name.zh.clone(),
        name_en: plan.name.en.clone(),
        draws_at: plan.draws_at.map_or(WITH_THE_ACTIVITY, |at| at.0),
    }
}

/// When the last source is due: what lists are ordered by.
fn due_at(plan: &Plan) -> i64 {
    plan.round_time().map_or(0, |due| due.0)
}

fn prize_row(plan: &Plan, prize: &Prize) -> PrizeRow {
    PrizeRow {
        activity_id: plan.activity.0.clone(),
        draw_id: plan.id.0.clone(),
        position: i64::from(prize.position),
        slug: prize.slug.clone(),
        name_zh: prize.name.zh.clone(),
        name_en: prize.name.en.clone(),
        units: i64::from(prize.units),
        value_twd: prize.value_twd,
    }
}

fn delete_prizes(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::delete(
        prizes::table
            .filter(prizes::activity_id.eq(plan.activity.as_str()))
            .filter(prizes::draw_id.eq(plan.id.as_str())),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// The row of one draw.
#[diesel::dsl::auto_type(no_type_alias)]
fn mine<'a>(plan: &'a Plan) -> _ {
    let activity: &'a str = plan.activity.as_str();
    let id: &'a str = plan.id.as_str();
    draws::table
        .filter(draws::activity_id.eq(activity))
        .filter(draws::id.eq(id))
}
