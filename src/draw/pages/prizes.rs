//! One draw of a draft: its prizes, limits and, among several, its name and time; once published,
//! what they are.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::Librarian;
use crate::activity::wire::Heading;
use crate::activity::{ActivityId, Facts, Kind, Stage};
use crate::draw::details::{PlanDetails, PlanTrouble};
use crate::draw::plan;
use crate::draw::tax::RuleBook;
use crate::draw::wire::{
    GameOption, PlanForm, PrizeRow, SECRET, SourceView, game_options, plan_trouble, prize_rows,
    source_views,
};
use crate::draw::{
    self, DrandRound, DrawId, Error, Plan, SourceDetails, SourceKind, SourceTrouble,
};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

use super::{home, one_of, read_planned};

/// What stands for a draw that is not there yet, in the place of its id.
const NEW: &str = "new";

pub(super) fn routes() -> Vec<Route> {
    routes![plan_form, save_plan]
}

#[derive(Serialize)]
struct PlanView {
    heading: Heading,
    /// Its id, or `new`.
    draw: String,
    name: String,
    /// Whether the activity has other draws, so that this one needs a name.
    several: bool,
    /// Earlier draws, which this one may exclude.
    earlier: Vec<EarlierDraw>,
    /// `None` once the plan can no longer be changed.
    form: Option<PlanForm>,
    games: Vec<GameOption>,
    sources: Vec<SourceView>,
    /// Worth at least as much as the settings call valuable, and no lottery is named.
    valuable: bool,
    valuable_from: i64,
    /// What the law takes from a valuable prize.
    value_hint: String,
    /// Whether the library's own secret is offered, or was chosen earlier.
    secret: bool,
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

#[derive(Serialize)]
struct EarlierDraw {
    value: String,
    label: String,
}

impl PlanView {
    fn of(
        language: Language,
        facts: &Facts,
        plan: Option<&Plan>,
        plans: &[Plan],
        config: &Config,
    ) -> PlanView {
        let draws_at = plan.map_or(facts.draws_at, |plan| plan.due_at(facts));
        let published = plan.filter(|plan| plan.manifest.is_some());
        let drand = match published.and_then(Plan::drand) {
            Some(drand) => drand,
            None => {
                let (chain, round) = draw::round_for(draws_at);
                DrandRound { chain, round }
            }
        };
        let book = RuleBook::of(config);
        let tax = book.at(plan.map_or(facts.draws_at, |plan| plan.due_at(facts)));
        let details = plan.map_or_else(PlanDetails::suggested, PlanDetails::from);
        let draft = facts.stage == Stage::Draft;
        let is_earlier = |other: &&Plan| plan.is_none_or(|plan| other.position < plan.position);
        let others = plans
            .iter()
            .filter(|other| plan.is_none_or(|plan| plan.id != other.id));
        PlanView {
            heading: Heading::of(language, facts),
            draw: plan.map_or(NEW, |plan| plan.id.as_str()).to_owned(),
            name: plan.map_or("", |plan| plan.name.pick(language)).to_owned(),
            several: others.count() > 0,
            earlier: plans
                .iter()
                .filter(is_earlier)
                .map(|other| EarlierDraw {
                    value: other.id.0.clone(),
                    label: match other.name.pick(language) {
                        "" => other.slug.clone(),
                        name => name.to_owned(),
                    },
                })
                .collect(),
            form: draft.then(|| PlanForm::from_details(&details, facts.version)),
            games: game_options(language),
            sources: plan.map_or_else(Vec::new, |plan| source_views(language, plan)),
            valuable: plan.is_some_and(|plan| is_valuable(plan, config)),
            valuable_from: config.valuable_from,
            value_hint: text::message(language, "draw-plan-value-hint", &tax.words()),
            secret: config.operator_secret || plan.is_some_and(|plan| plan.secret().is_some()),
            prizes: plan.map_or_else(Vec::new, |plan| prize_rows(language, plan, tax)),
            reserves: details.reserves,
            wins: details.wins_per_person,
            tickets: details.tickets_per_person,
            draws_at: draws_at.0,
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

fn known<'p>(plans: &'p [Plan], draw: &str) -> Result<Option<&'p Plan>, Error> {
    match draw {
        NEW => Ok(None),
        id => one_of(plans, id).map(Some),
    }
}

#[get("/staff/activities/<id>/draws/<draw>")]
async fn plan_form(
    lang: Language,
    _staff: Librarian,
    id: &str,
    draw: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let (facts, plans) = read_planned(db, &ActivityId::from(id)).await?;
    if facts.kind != Kind::Draw {
        return Err(AppError::not_found());
    }
    let plan = known(&plans, draw)?;
    let view = PlanView::of(lang, &facts, plan, &plans, config);
    Ok(Page::new(lang, "draw/plan", view).no_store())
}

#[post("/staff/activities/<id>/draws/<draw>", data = "<sent>")]
async fn save_plan(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    sent: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (facts, plans) = read_planned(db, &id).await?;
    let stored = known(&plans, draw)?;
    let mut form = PlanForm::of(&sent);
    let mut view = PlanView::of(lang, &facts, stored, &plans, config);
    match sent.value("do") {
        "add" => form.add_row(),
        "lottery" => form.add_lottery(),
        _ => {
            let known = stored.map(|plan| plan.id.clone());
            let store = Store {
                lang,
                staff,
                activity: id,
                draw: known,
                others: plans,
                secret_allowed: config.operator_secret,
            };
            return store.save(form, view, db).await;
        }
    }
    view.form = Some(form);
    Ok(Page::new(lang, "draw/plan", view).no_store().into())
}

/// A plan that is to be stored, and by whom.
struct Store {
    lang: Language,
    staff: Librarian,
    activity: ActivityId,
    /// The draw, where it is not a new one.
    draw: Option<DrawId>,
    /// Every draw of the activity.
    others: Vec<Plan>,
    /// Whether the settings allow a secret of the library.
    secret_allowed: bool,
}

impl Store {
    async fn save(self, form: PlanForm, mut view: PlanView, db: &Db) -> AppResult<Reply> {
        let Store {
            lang,
            staff,
            activity: id,
            draw,
            others,
            secret_allowed,
        } = self;
        let details = match form.parse(lang) {
            Ok(details) => details,
            Err(mistakes) => {
                view.form = Some(form);
                view.mistakes = mistakes;
                return Ok(Page::new(lang, "draw/plan", view).again().into());
            }
        };
        if !secret_allowed && details.sources.contains(&SourceDetails::Commit) {
            let words = plan_trouble(lang, PlanTrouble::Source(SourceTrouble::NotAllowed));
            view.mistakes.add(SECRET, words);
            view.form = Some(form);
            return Ok(Page::new(lang, "draw/plan", view).again().into());
        }
        let is_new = |other: &&Plan| draw.as_ref().is_none_or(|own| *own != other.id);
        let taken = |other: &&Plan| is_new(other) && other.slug == details.slug;
        if others.iter().any(|other| taken(&other)) {
            let words = plan_trouble(lang, PlanTrouble::DrawSlugTaken);
            view.mistakes.add("draw_slug", words);
            view.form = Some(form);
            return Ok(Page::new(lang, "draw/plan", view).again().into());
        }
        let (by, version, saved) = (staff.0.id.clone(), form.version(), id.clone());
        db.write("save plan", move |tx| {
            plan::save_plan(tx, &by, &saved, draw.as_ref(), version, &details)
        })
        .await?;
        let back = if view.several { "/draws" } else { "" };
        Ok(Reply::go(lang, &format!("{}{back}", home(&id))))
    }
}
