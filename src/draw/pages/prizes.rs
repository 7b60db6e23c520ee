//! Prizes and limits of a draft; once published, what they are.

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::Librarian;
use crate::activity::wire::Heading;
use crate::activity::{ActivityId, Facts, Kind, Stage};
use crate::draw::plan::{self, PlanDetails};
use crate::draw::wire::{PlanForm, PrizeRow, prize_rows};
use crate::draw::{self, DrandRound, Plan};
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
    fn of(language: Language, facts: &Facts, plan: Option<&Plan>) -> PlanView {
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

#[get("/staff/activities/<id>/draw")]
async fn plan_form(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let (facts, plan) = read_planned(db, &ActivityId::from(id)).await?;
    if facts.kind != Kind::Draw {
        return Err(AppError::not_found());
    }
    let view = PlanView::of(lang, &facts, plan.as_ref());
    Ok(Page::new(lang, "draw/plan", view).no_store())
}

#[post("/staff/activities/<id>/draw", data = "<sent>")]
async fn save_plan(
    lang: Language,
    staff: Librarian,
    id: &str,
    sent: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (facts, stored) = read_planned(db, &id).await?;
    let mut form = PlanForm::of(&sent);
    let mut view = PlanView::of(lang, &facts, stored.as_ref());
    if sent.value("do") == "add" {
        form.add_row();
        view.form = Some(form);
        return Ok(Page::new(lang, "draw/plan", view).no_store().into());
    }
    let details = match form.parse(lang) {
        Ok(details) => details,
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
