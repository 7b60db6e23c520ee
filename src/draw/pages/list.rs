//! The draws of one activity: how they share its tickets, in which order they come, and where each
//! stands. Nothing here draws again.

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::{DrawOfficer, Librarian, Organiser};
use crate::activity::wire::Heading;
use crate::activity::{self, ActivityId, Arrangement, Facts, Kind, Stage};
use crate::draw::plan;
use crate::draw::wire::{Phase, Tag};
use crate::draw::{DrawId, DrawStage, Plan};
use crate::platform::clock::Timestamp;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};

use super::{home, one_of, read_planned};

pub(super) fn routes() -> Vec<Route> {
    routes![list, arrange, up, remove, only, only_beacon]
}

#[derive(Serialize)]
struct DrawsView {
    heading: Heading,
    draft: bool,
    version: i64,
    arrangement: &'static str,
    arrangements: Vec<ArrangementOption>,
    draws_at: i64,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct ArrangementOption {
    value: &'static str,
    label: String,
    hint: String,
}

/// One draw.
#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    slug: String,
    due_at: i64,
    prizes: u64,
    reserves: u32,
    tag: Tag,
    excludes: Vec<String>,
    public: bool,
    first: bool,
    may_paste: bool,
    may_cancel: bool,
    drawn: bool,
}

impl DrawsView {
    fn of(language: Language, facts: &Facts, plans: &[Plan], now: Timestamp) -> DrawsView {
        let say = |id: &str| text::message(language, id, &[]);
        DrawsView {
            heading: Heading::of(language, facts),
            draft: facts.stage == Stage::Draft,
            version: facts.version,
            arrangement: facts.arrangement.code(),
            arrangements: Arrangement::ALL
                .into_iter()
                .map(|arrangement| {
                    let (label, hint) = match arrangement {
                        Arrangement::Sessions => (
                            "draw-arrangement-sessions",
                            "draw-arrangement-sessions-hint",
                        ),
                        Arrangement::Pools => {
                            ("draw-arrangement-pools", "draw-arrangement-pools-hint")
                        }
                    };
                    ArrangementOption {
                        value: arrangement.code(),
                        label: say(label),
                        hint: say(hint),
                    }
                })
                .collect(),
            draws_at: facts.draws_at.0,
            rows: plans
                .iter()
                .map(|plan| Row::of(language, facts, plan, plans, now))
                .collect(),
        }
    }
}

/// What people call a draw; its name in the protocol where it has no other.
fn name_of(language: Language, plan: &Plan) -> String {
    match plan.name.pick(language) {
        "" => plan.slug.clone(),
        name => name.to_owned(),
    }
}

impl Row {
    fn of(language: Language, facts: &Facts, plan: &Plan, plans: &[Plan], now: Timestamp) -> Row {
        let excluded = plans
            .iter()
            .filter(|other| plan.excludes.contains(&other.id));
        let published = plan.manifest.is_some();
        let several = plans.len() > 1;
        let waits = matches!(plan.stage, DrawStage::Closed | DrawStage::Frozen);
        Row {
            id: plan.id.0.clone(),
            name: name_of(language, plan),
            slug: plan.slug.clone(),
            due_at: if published {
                plan.round_time().unwrap_or(facts.draws_at).0
            } else {
                plan.due_at(facts).0
            },
            prizes: plan.prize_units(),
            reserves: plan.reserves,
            tag: match published {
                true => Phase::of(facts, plan, now).tag(language),
                false => Tag::planned(language),
            },
            excludes: excluded.map(|other| name_of(language, other)).collect(),
            public: published,
            first: plans.first().is_some_and(|first| first.id == plan.id),
            may_paste: plan.stage == DrawStage::Frozen,
            may_cancel: several && waits,
            drawn: plan.stage == DrawStage::Drawn,
        }
    }
}

#[get("/staff/activities/<id>/draws")]
async fn list(lang: Language, _staff: Organiser, id: &str, db: &State<Db>) -> AppResult<Page> {
    let (facts, plans) = read_planned(db, &ActivityId::from(id)).await?;
    // The draws of sessions are made at publishing.
    let is_made = facts.kind == Kind::Draw || facts.published_at.is_some();
    if !facts.kind.is_drawn() || !is_made {
        return Err(AppError::not_found());
    }
    let view = DrawsView::of(lang, &facts, &plans, db.clock().now());
    Ok(Page::new(lang, "draw/draws", view).no_store())
}

fn draws_path(id: &ActivityId) -> String {
    format!("{}/draws", home(id))
}

fn version(form: &FormFields) -> i64 {
    form.value("version").parse().unwrap_or(0)
}

#[post("/staff/activities/<id>/draws", data = "<form>")]
async fn arrange(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let arrangement = Arrangement::parse(form.value("arrangement")).unwrap_or_default();
    let (by, version, saved) = (staff.0.id.clone(), version(&form), id.clone());
    db.write("save arrangement", move |tx| {
        activity::draft::save_arrangement(tx, &by, &saved, version, arrangement)
    })
    .await?;
    Ok(Reply::go(lang, &draws_path(&id)))
}

#[post("/staff/activities/<id>/draws/<draw>/up", data = "<form>")]
async fn up(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (id, draw) = (ActivityId::from(id), DrawId::from(draw));
    let (by, version, saved) = (staff.0.id.clone(), version(&form), id.clone());
    db.write("move draw up", move |tx| {
        plan::move_up(tx, &by, &saved, &draw, version)
    })
    .await?;
    Ok(Reply::go(lang, &draws_path(&id)))
}

#[post("/staff/activities/<id>/draws/<draw>/remove", data = "<form>")]
async fn remove(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (id, draw) = (ActivityId::from(id), DrawId::from(draw));
    let (by, version, saved) = (staff.0.id.clone(), version(&form), id.clone());
    db.write("remove draw", move |tx| {
        plan::delete_plan(tx, &by, &saved, &draw, version)
    })
    .await?;
    Ok(Reply::go(lang, &draws_path(&id)))
}

/// The page of the one draw; of several, their list.
#[get("/staff/activities/<id>/draw")]
async fn only(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (_, plans) = read_planned(db, &id).await?;
    let page = match plans.as_slice() {
        [] => "/new".to_owned(),
        [plan] => format!("/{}", plan.id),
        _ => String::new(),
    };
    Ok(Reply::go(lang, &format!("{}{page}", draws_path(&id))))
}

/// The page for pasting the round of the first draw that waits for one.
#[get("/staff/activities/<id>/beacon")]
async fn only_beacon(
    lang: Language,
    _staff: DrawOfficer,
    id: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (_, plans) = read_planned(db, &id).await?;
    let waiting = plans.iter().find(|plan| !plan.is_decided());
    let plan = waiting.or(plans.first()).ok_or_else(AppError::not_found)?;
    let plan = one_of(&plans, plan.id.as_str())?;
    let path = format!("{}/{}/beacon", draws_path(&id), plan.id);
    Ok(Reply::go(lang, &path))
}
