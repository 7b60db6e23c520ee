//! The round, pasted where the hall has no internet; its signature is verified all the same.

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::{Confirmed, DrawOfficer};
use crate::activity::wire::Heading;
use crate::activity::{ActivityId, Facts};
use crate::draw::wire::{SourceView, beacon_mistake, beacon_trouble, source_views};
use crate::draw::{self, DrandRound, DrawStage, Pasted, Plan, PlanSource, beacon};
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::{one_of, read_planned};

pub(super) fn routes() -> Vec<Route> {
    routes![beacon_form, paste_beacon]
}

#[derive(Serialize)]
struct BeaconView {
    heading: Heading,
    draw: String,
    name: String,
    stage: &'static str,
    /// The round to paste; none where no drand round is used.
    round: Option<RoundView>,
    sources: Vec<SourceView>,
    freezes_at: i64,
    /// Whether the round can be taken now.
    ready: bool,
    trouble: Option<String>,
    /// What was pasted.
    beacon: String,
    mistakes: Mistakes,
}

/// A drand round that can be pasted.
#[derive(Serialize)]
struct RoundView {
    chain: &'static str,
    chain_hash: String,
    /// Rounds of this chain need the signature of the round before as well.
    chained: bool,
    number: String,
    due_at: i64,
}

impl From<DrandRound> for RoundView {
    fn from(round: DrandRound) -> RoundView {
        RoundView {
            chain: round.chain.name,
            chain_hash: round.chain.hash.to_string(),
            chained: round.chain.chained,
            number: round.round.to_string(),
            due_at: round.due().0,
        }
    }
}

impl BeaconView {
    fn of(language: Language, facts: &Facts, plan: &Plan, pasted: &str) -> BeaconView {
        BeaconView {
            heading: Heading::of(language, facts),
            draw: plan.id.0.clone(),
            name: plan.name.pick(language).to_owned(),
            stage: plan.stage.code(),
            round: awaited(plan).map(RoundView::from),
            sources: source_views(language, plan),
            freezes_at: facts.freezes_at.0,
            ready: plan.stage == DrawStage::Frozen,
            trouble: beacon_trouble(language, plan.trouble()),
            beacon: pasted.to_owned(),
            mistakes: Mistakes::new(),
        }
    }
}

async fn read_published(db: &Db, id: &str, draw: &str) -> AppResult<(Facts, Plan)> {
    let (facts, plans) = read_planned(db, &ActivityId::from(id)).await?;
    let plan = one_of(&plans, draw)?;
    match plan.manifest {
        Some(_) => Ok((facts, plan.clone())),
        None => Err(AppError::not_found()),
    }
}

/// The round that is missing, or the first one.
fn awaited(plan: &Plan) -> Option<DrandRound> {
    let missing = plan.missing().find_map(PlanSource::drand);
    missing.or_else(|| plan.drand())
}

#[get("/staff/activities/<id>/draws/<draw>/beacon")]
async fn beacon_form(
    lang: Language,
    _staff: DrawOfficer,
    id: &str,
    draw: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let (facts, plan) = read_published(db, id, draw).await?;
    let view = BeaconView::of(lang, &facts, &plan, "");
    Ok(Page::new(lang, "draw/beacon", view).no_store())
}

#[post("/staff/activities/<id>/draws/<draw>/beacon", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn paste_beacon(
    lang: Language,
    staff: DrawOfficer,
    id: &str,
    draw: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let (facts, plan) = read_published(db, id, draw).await?;
    let drand = awaited(&plan).ok_or_else(AppError::not_found)?;
    let pasted = form.value("beacon").trim();
    let mut view = BeaconView::of(lang, &facts, &plan, pasted);
    if pasted.is_empty() {
        let words = text::message(lang, "draw-paste-empty", &[]);
        view.mistakes.add("beacon", words);
        return Ok(Page::new(lang, "draw/beacon", view).again().into());
    }
    let round = match beacon::pasted(drand.chain, drand.round, pasted) {
        Ok(round) => round,
        Err(error) => {
            let words = beacon_mistake(lang, error, drand.round);
            view.mistakes.add("beacon", words);
            return Ok(Page::new(lang, "draw/beacon", view).again().into());
        }
    };
    let (vault, by, id) = (vault.inner().clone(), staff.0.actor(), plan.id.clone());
    let received = db
        .write("receive pasted beacon", move |tx| {
            draw::receive_pasted(tx, &vault, &by, &id, &round)
        })
        .await?;
    match received {
        Pasted::Taken => Ok(Reply::go(lang, &format!("/d/{}", plan.id))),
        Pasted::Waits => {
            let words = text::message(lang, "draw-paste-waits", &[]);
            view.mistakes.add("beacon", words);
            Ok(Page::new(lang, "draw/beacon", view).again().into())
        }
    }
}
