//! Pages of an entrant audit: for the auditor, and to look at for staff.
//!
//! Invariant: an ID that is typed goes to the vault and nowhere else, and the answer is match or
//! no match. Only the role of an auditor changes anything.

use std::time::Duration;

use lucky_draw::ticket::TicketNumber;
use rocket::{Route, State, get, post, routes};

use crate::account::Permission;
use crate::account::guard::{Auditor, Inspector};
use crate::activity::{self, AskedField, Facts, Field, Stage};
use crate::draw::{self, DrawId, DrawStage, Plan};
use crate::identity::date::day_of;
use crate::notify::wire::{subject, subject_mistakes, told_apart_by};
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::platform::web::throttle::Throttle;
use crate::vault::Vault;

use super::wire::{DrawRow, InspectionView, ListView, TicketView};
use super::{Error, Finding, Inspected};

/// Draws that are looked through for those that can be audited, the latest first.
const LATEST: i64 = 200;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![list, show, act, ticket, mark]
}

/// How often IDs may be compared with one ticket: an audit is not a place to guess at.
pub struct InspectionLimit(Throttle<String>);

impl Default for InspectionLimit {
    /// Four tries, and one more every ten minutes.
    fn default() -> InspectionLimit {
        InspectionLimit(Throttle::new(4, Duration::from_secs(600)))
    }
}

impl InspectionLimit {
    fn check(&self, draw: &DrawId, index: u64, now_ms: i64) -> Result<(), AppError> {
        self.0.check(format!("{draw} {index}"), now_ms)
    }
}

#[get("/staff/inspections")]
async fn list(lang: Language, _staff: Inspector, db: &State<Db>) -> AppResult<Page> {
    let rows = db
        .read("list draws to audit", move |tx| -> Result<_, Error> {
            let (plans, _) = draw::list_public(tx, 0, LATEST)?;
            let mut rows = Vec::new();
            for plan in plans {
                let facts = activity::by_id(tx, &plan.activity)?;
                let early = super::is_early(&facts);
                let is_here = matches!(facts.stage, Stage::Drawn | Stage::Notified);
                if plan.stage != DrawStage::Drawn || !(is_here || early) {
                    continue;
                }
                let signed = draw::note(tx, &plan.activity, plan.id.as_str(), super::NOTE)?;
                rows.push(DrawRow {
                    title: title(lang, &facts, &plan),
                    path: format!("/staff/draws/{}/audit", plan.id),
                    early,
                    signed: signed.is_some(),
                });
            }
            Ok(rows)
        })
        .await?;
    Ok(Page::new(lang, "inspection/list", ListView { rows }).no_store())
}

/// The activity's name, and the draw's own behind it: sessions of one activity have a row each.
fn title(lang: Language, facts: &Facts, plan: &Plan) -> String {
    let title = facts.title.pick(lang);
    match plan.name.pick(lang) {
        "" => title.to_owned(),
        name => format!("{title} · {name}"),
    }
}

async fn read(db: &Db, id: &DrawId) -> Result<Inspected, Error> {
    let id = id.clone();
    db.read("read audit", move |tx| super::read(tx, &id)).await
}

#[get("/staff/draws/<id>/audit")]
async fn show(lang: Language, staff: Inspector, id: &str, db: &State<Db>) -> AppResult<Page> {
    let inspected = read(db, &DrawId::from(id)).await?;
    let acts = staff.0.may(Permission::Inspect);
    let view = InspectionView::of(lang, &inspected, acts, Mistakes::new());
    Ok(Page::new(lang, "inspection/inspection", view).no_store())
}

#[post("/staff/draws/<id>/audit", data = "<form>")]
async fn act(
    lang: Language,
    auditor: Auditor,
    id: &str,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let (id, by) = (DrawId::from(id), auditor.0.actor());
    let at = format!("/staff/draws/{id}/audit");
    let mut mistakes = Mistakes::new();
    let size = form.value("size").parse::<u64>();
    match (form.value("do"), size) {
        ("begin", Ok(size)) => {
            let draw = id.clone();
            db.write("begin audit", move |tx| super::begin(tx, &by, &draw, size))
                .await?;
            return Ok(Reply::go(lang, &at));
        }
        ("begin", Err(_)) => {
            mistakes.add("size", text::message(lang, "inspection-size-empty", &[]));
        }
        ("sign", _) if form.has("sure") => {
            let (draw, vault) = (id.clone(), vault.inner().clone());
            db.write("sign audit", move |tx| super::sign(tx, &vault, &by, &draw))
                .await?;
            return Ok(Reply::go(lang, &at));
        }
        ("sign", _) => {
            mistakes.add("sure", text::message(lang, "inspection-sure-empty", &[]));
        }
        _ => return Err(AppError::not_found()),
    }
    let inspected = read(db, &id).await?;
    let view = InspectionView::of(lang, &inspected, true, mistakes);
    Ok(Page::new(lang, "inspection/inspection", view)
        .again()
        .into())
}

/// A ticket of the sample by the number in the address.
struct Sampled {
    inspected: Inspected,
    asked: Vec<AskedField>,
    index: u64,
    finding: Option<Finding>,
}

async fn sampled(db: &Db, id: &str, ticket: &str) -> AppResult<Sampled> {
    let inspected = read(db, &DrawId::from(id)).await?;
    let number: TicketNumber = ticket.parse().map_err(|_| AppError::not_found())?;
    let tickets = inspected.inspection.iter().flat_map(|own| &own.tickets);
    let found = tickets.copied().find(|(index, _)| *index == number.0);
    let (index, finding) = found.ok_or_else(AppError::not_found)?;
    let activity = inspected.shown.facts.id.clone();
    let asked = db
        .read("read asked fields", move |tx| {
            activity::asked_fields(tx, &activity)
        })
        .await?;
    Ok(Sampled {
        inspected,
        asked,
        index,
        finding,
    })
}

impl Sampled {
    fn page(&self, lang: Language, acts: bool, mistakes: Mistakes) -> Page {
        let ticket = (self.index, self.finding);
        let view = TicketView::of(lang, &self.inspected, &self.asked, ticket, acts, mistakes);
        Page::new(lang, "inspection/ticket", view).no_store()
    }
}

#[get("/staff/draws/<id>/audit/<ticket>")]
async fn ticket(
    lang: Language,
    staff: Inspector,
    id: &str,
    ticket: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let sampled = sampled(db, id, ticket).await?;
    Ok(sampled.page(lang, staff.0.may(Permission::Inspect), Mistakes::new()))
}

#[post("/staff/draws/<id>/audit/<ticket>", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn mark(
    lang: Language,
    auditor: Auditor,
    id: &str,
    ticket: &str,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    limit: &State<InspectionLimit>,
) -> AppResult<Reply> {
    let sampled = sampled(db, id, ticket).await?;
    let (draw, by, index) = (DrawId::from(id), auditor.0.actor(), sampled.index);
    let back = format!("/staff/draws/{draw}/audit");
    if form.value("do") == "missing" {
        db.write("mark ticket", move |tx| {
            super::mark(tx, &by, &draw, index, Finding::Missing)
        })
        .await?;
        return Ok(Reply::go(lang, &back));
    }
    let now = db.clock().now();
    let field = told_apart_by(&sampled.asked).unwrap_or(Field::NationalId);
    let subject = match subject(field, form.value(field.code()), day_of(now)) {
        Ok(subject) => subject,
        Err(mistake) => {
            let mistakes = subject_mistakes(lang, field, mistake);
            return Ok(sampled.page(lang, true, mistakes).again().into());
        }
    };
    limit.check(&draw, index, now.0)?;
    let of = draw.clone();
    let tag = db
        .read("read tag", move |tx| super::tag(tx, &of, index))
        .await?;
    let activity = sampled.inspected.shown.facts.id.as_str();
    let matched = vault.match_id(activity, &subject, &tag)?;
    db.write("mark ticket", move |tx| match matched {
        true => super::mark(tx, &by, &draw, index, Finding::Found),
        false => super::differed(tx, &by, &draw, index),
    })
    .await?;
    if matched {
        return Ok(Reply::go(lang, &back));
    }
    let mut mistakes = Mistakes::new();
    mistakes.add(
        field.code(),
        text::message(lang, "inspection-no-match", &[]),
    );
    Ok(sampled.page(lang, true, mistakes).again().into())
}
