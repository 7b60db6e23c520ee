//! Prizes and limits of a draft; once published, what they are.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::Librarian;
use crate::activity::wire::Heading;
use crate::activity::{ActivityId, Facts, Kind, Stage};
use crate::draw::plan::{self, PlanDetails};
use crate::draw::wire::{
    GameOption, PlanForm, PrizeRow, SourceView, game_options, prize_rows, source_views,
};
use crate::draw::{self, DrandRound, Plan, SourceDetails, SourceKind};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

use super::{home, read_planned};

pub(super) fn routes() -> Vec<Route> {
    routes![plan_form, save_plan]
}

#[derive(Serialize)]
struct PlanView {
    heading: Heading,
    /// `None` once the plan can no longer be changed.
    form: Option<PlanForm>,
    games: Vec<GameOption>,
    sources: Vec<SourceView>,
    /// Whether the operator's secret is offered.
    secrets: bool,
    /// Worth at least as much as the settings call valuable, and no lottery is named.
    valuable: bool,
    valuable_from: i64,
    prizes: Vec<PrizeRow>,
    reserves: u32,
    wins: u32,
    tickets: u32,
    draws_at: i64,
    chain: &'static str,
    round: String,
    due_at: i64,
    mistakes: Mistakes,
}

impl PlanView {
    fn of(language: Language, facts: &Facts, plan: Option<&Plan>, config: &Config) -> PlanView {
        let published = plan.filter(|plan| plan.manifest.is_some());
        let drand = match published.and_then(Plan::drand) {
            Some(drand) => drand,
            None => {
                let (chain, round) = draw::round_for(facts.draws_at);
                DrandRound { chain, round }
            }
        };
        let details = plan.map_or_else(PlanDetails::suggested, PlanDetails::from);
        let draft = facts.stage == Stage::Draft;
        PlanView {
            heading: Heading::of(language, facts),
            form: draft.then(|| PlanForm::from_details(&details, facts.version)),
            games: game_options(language),
            sources: plan.map_or_else(Vec::new, |plan| source_views(language, plan)),
            secrets: config.operator_secret,
            valuable: plan.is_some_and(|plan| is_valuable(plan, config)),
            valuable_from: config.valuable_from,
            prizes: plan.map_or_else(Vec::new, |plan| prize_rows(language, plan)),
            reserves: details.reserves,
            wins: details.wins_per_person,
            tickets: details.tickets_per_person,
            draws_at: facts.draws_at.0,
            chain: drand.chain.name,
            round: drand.round.to_string(),
            due_at: drand.due().0,
            mistakes: Mistakes::new(),
        }
    }
}

/// Whether one beacon alone decides about much: then citizens may trust televised balls more.
fn is_valuable(plan: &Plan, config: &Config) -> bool {
    let lottery = |source: &draw::PlanSource| matches!(source.kind, SourceKind::Numbers(_));
    plan.worth_twd() >= config.valuable_from && !plan.sources.iter().any(lottery)
}

#[get("/staff/activities/<id>/draw")]
async fn plan_form(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let (facts, plan) = read_planned(db, &ActivityId::from(id)).await?;
    if facts.kind != Kind::Draw {
        return Err(AppError::not_found());
    }
    let view = PlanView::of(lang, &facts, plan.as_ref(), config);
    Ok(Page::new(lang, "draw/plan", view).no_store())
}

#[post("/staff/activities/<id>/draw", data = "<sent>")]
async fn save_plan(
    lang: Language,
    staff: Librarian,
    id: &str,
    sent: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (facts, stored) = read_planned(db, &id).await?;
    let mut form = PlanForm::of(&sent);
    let mut view = PlanView::of(lang, &facts, stored.as_ref(), config);
    match sent.value("do") {
        "add" => form.add_row(),
        "lottery" => form.add_lottery(),
        _ => return store(lang, staff, id, form, view, db).await,
    }
    view.form = Some(form);
    Ok(Page::new(lang, "draw/plan", view).no_store().into())
}

async fn store(
    lang: Language,
    staff: Librarian,
    id: ActivityId,
    form: PlanForm,
    mut view: PlanView,
    db: &Db,
) -> AppResult<Reply> {
    let details = match form.parse(lang) {
        Ok(details) if view.secrets || !details.sources.contains(&SourceDetails::Commit) => details,
        // The form does not offer what the settings do not allow.
        Ok(_) => return Err(AppError::not_found()),
        Err(mistakes) => {
            view.form = Some(form);
            view.mistakes = mistakes;
            return Ok(Page::new(lang, "draw/plan", view).again().into());
        }
    };
    let (by, version, saved) = (staff.0.id.clone(), form.version(), id.clone());
    db.write("save plan", move |tx| {
        plan::save_plan(tx, &by, &saved, version, &details)
    })
    .await?;
    Ok(Reply::go(lang, &home(&id)))
}
