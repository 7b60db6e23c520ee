//! The last look before publishing, and publishing.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use crate::account::guard::{Confirmed, Librarian};
use crate::activity::stage::Draft;
use crate::activity::wire::Heading;
use crate::activity::{self, Activity, ActivityId, Allocation, Kind, Unlock};
use crate::draw::publish::Terms;
use crate::draw::tax::RuleBook;
use crate::draw::wire::{PrizeRow, ProblemRow, prize_rows};
use crate::draw::{self, Error};
use crate::entry::provider;
use crate::platform::clock::HOUR;
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::policy::{self, Item};
use crate::seats::{self, wire::SessionView};
use crate::stats;
use crate::vault::Vault;

use super::{home, planned};

pub(super) fn routes() -> Vec<Route> {
    routes![preview, publish]
}

#[derive(Serialize)]
struct PublishView {
    heading: Heading,
    problems: Vec<ProblemRow>,
    facts: DatesView,
    draws: Vec<DrawPreview>,
    notice_zh: Vec<ItemView>,
    notice_en: Vec<ItemView>,
    /// Whether two of three librarians will open the contacts.
    librarians: bool,
    /// Partners whom people may allow to have their contact, and what they get.
    partners: Vec<String>,
    /// The sessions whose places people take.
    sessions: Vec<SessionView>,
    /// What holds for each of them, where places are given first come.
    terms: Option<TermsView>,
    /// How many tables of counts are declared.
    tables: usize,
    mistakes: Mistakes,
}

/// Rules of sessions, in hours where they are times.
#[derive(Serialize)]
struct TermsView {
    per_person: u32,
    back_hours: i64,
    offer_hours: i64,
}

impl From<seats::Terms> for TermsView {
    fn from(terms: seats::Terms) -> TermsView {
        TermsView {
            per_person: terms.per_person,
            back_hours: terms.back_before / HOUR,
            offer_hours: terms.offer_lasts / HOUR,
        }
    }
}

#[derive(Serialize)]
struct DatesView {
    opens_at: i64,
    closes_at: i64,
    freezes_at: i64,
    draws_at: i64,
    purges_at: i64,
}

/// One of the draws that would be promised.
#[derive(Serialize)]
struct DrawPreview {
    name: String,
    due_at: i64,
    round: String,
    prizes: Vec<PrizeRow>,
    /// The rules file as it would be sealed now.
    rules: Option<String>,
}

#[derive(Serialize)]
struct ItemView {
    label: String,
    text: String,
}

fn item_views(notice: &str) -> Vec<ItemView> {
    let view = |item: Item| ItemView {
        label: item.label,
        text: item.text,
    };
    policy::items_of(notice).into_iter().map(view).collect()
}

fn publish_view(
    tx: &mut Tx,
    language: Language,
    library: &Config,
    id: &ActivityId,
) -> Result<PublishView, Error> {
    let (facts, plans) = planned(tx, id)?;
    let plans = match facts.kind {
        Kind::Seats(Allocation::ByLot) => draw::lots::plans(tx, &facts)?,
        _ => plans,
    };
    let draft: Activity<Draft> = Activity::at(facts)?;
    let now = tx.now();
    let mut problems = draw::problems(tx, &draft, now)?;
    problems.extend(draw::not_allowed(&plans, library));
    let asked = activity::asked_fields(tx, id)?;
    let notice = policy::notice_now(tx, &draft, library)?;
    let notice = stats::in_notice(tx, &draft, notice)?;
    let tax = RuleBook::of(library);
    let mut draws = Vec::new();
    for plan in &plans {
        let rules = match problems.is_empty() {
            true => Some(draw::rules_text(&draft, plan, &plans, &asked, &tax)?),
            false => None,
        };
        draws.push(DrawPreview {
            name: plan.name.pick(language).to_owned(),
            due_at: plan.due_at(&draft).0,
            round: draw::round_for(plan.due_at(&draft)).1.to_string(),
            prizes: prize_rows(language, plan, tax.at(plan.due_at(&draft))),
            rules,
        });
    }
    let problem = |problem: &draw::Problem| ProblemRow::of(language, id, problem);
    Ok(PublishView {
        heading: Heading::of(language, &draft),
        problems: problems.iter().map(problem).collect(),
        facts: DatesView {
            opens_at: draft.opens_at.0,
            closes_at: draft.closes_at.0,
            freezes_at: draft.freezes_at.0,
            draws_at: draft.draws_at.0,
            purges_at: draft.planned_purge().0,
        },
        draws,
        notice_zh: item_views(&notice.zh),
        notice_en: item_views(&notice.en),
        librarians: activity::unlock(tx, id)? == Unlock::TwoOfThree,
        partners: provider::of_activity(tx, id)?
            .iter()
            .map(|offer| offer.provider.name.pick(language).to_owned())
            .collect(),
        sessions: seats::sessions(tx, id)?
            .iter()
            .map(|session| SessionView::of(language, session, now))
            .collect(),
        terms: match draft.kind.is_first_come() {
            true => Some(seats::terms(tx, id)?.into()),
            false => None,
        },
        tables: {
            let asked = stats::declared::asked(tx, &draft)?;
            stats::declared::all(tx, &asked)?.len()
        },
        mistakes: Mistakes::new(),
    })
}

async fn read_publish_view(
    db: &Db,
    language: Language,
    library: &Config,
    id: &ActivityId,
) -> Result<PublishView, Error> {
    let (library, id) = (library.clone(), id.clone());
    db.read("preview publication", move |tx| {
        publish_view(tx, language, &library, &id)
    })
    .await
}

#[get("/staff/activities/<id>/publish")]
async fn preview(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
    library: &State<Arc<Config>>,
) -> AppResult<Page> {
    let view = read_publish_view(db, lang, library, &ActivityId::from(id)).await?;
    Ok(Page::new(lang, "draw/publish", view).no_store())
}

#[post("/staff/activities/<id>/publish", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn publish(
    lang: Language,
    staff: Librarian,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    library: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let mut view = read_publish_view(db, lang, library, &id).await?;
    if !form.has("sure") {
        let words = text::message(lang, "draw-publish-sure-empty", &[]);
        view.mistakes.add("sure", words);
    }
    if !view.problems.is_empty() || !view.mistakes.is_empty() {
        return Ok(Page::new(lang, "draw/publish", view).again().into());
    }
    let (vault, library) = (vault.inner().clone(), Arc::clone(library));
    let (by, published) = (staff.0.id.clone(), id.clone());
    // The keys are made before the transaction; a try that fails leaves a key nobody uses yet.
    let (maker, made_for) = (vault.clone(), id.clone());
    rocket::tokio::task::spawn_blocking(move || maker.create_activity(made_for.as_str()))
        .await
        .map_err(AppError::broken)??;
    db.write("publish activity", move |tx| {
        let draft: Activity<Draft> = Activity::at(activity::by_id(tx, &published)?)?;
        // Asked again in here: librarians may have got their shares meanwhile, and with them the
        // activity another key.
        let notice = policy::notice_now(tx, &draft, &library)?;
        let terms = Terms {
            keys: vault.create_activity(published.as_str())?,
            notice: stats::in_notice(tx, &draft, notice)?,
            tax: RuleBook::of(&library),
        };
        draw::publish(tx, &vault, &by, draft, &terms)
    })
    .await?;
    Ok(Reply::go(lang, &home(&id)))
}
