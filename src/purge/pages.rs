//! The certificate for everybody, and the list of purges for staff.

use rocket::http::ContentType;
use rocket::{Route, State, get, routes};

use crate::account::guard::Admin;
use crate::activity::wire::Heading;
use crate::activity::{self, Facts, Stage};
use crate::draw::{self, DrawId, Plan};
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;

use super::wire::{CertificateView, ComingRow, PurgeRow, PurgesView, step_words, trouble_words};
use super::{Error, Purge, Step};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![of_draw, of_survey, file_of_draw, list]
}

fn read(tx: &mut Tx, facts: Facts, plan: Option<Plan>) -> Result<Found, Error> {
    let purge = super::find(tx, &facts.id)?.ok_or(Error::Unknown)?;
    let draw_id = plan.as_ref().map(|plan| plan.id.0.clone());
    let note = draw::note(
        tx,
        &facts.id,
        draw_id.as_deref().unwrap_or_default(),
        "purge-1.note",
    )?;
    Ok(Found {
        facts,
        plan,
        purge,
        note: note.map(|note| note.note).unwrap_or_default(),
    })
}

struct Found {
    facts: Facts,
    plan: Option<Plan>,
    purge: Purge,
    note: String,
}

async fn find_by_draw(db: &Db, id: &str) -> Result<Found, Error> {
    let id = DrawId::from(id);
    db.read("read certificate", move |tx| {
        let plan = draw::by_id(tx, &id)?;
        let facts = activity::by_id(tx, &plan.activity)?;
        read(tx, facts, Some(plan))
    })
    .await
}

#[get("/d/<id>/purge")]
async fn of_draw(lang: Language, id: &str, db: &State<Db>) -> AppResult<Page> {
    let found = find_by_draw(db, id).await?;
    Ok(certificate_page(lang, found))
}

#[get("/a/<slug>/purge")]
async fn of_survey(lang: Language, slug: &str, db: &State<Db>) -> AppResult<Page> {
    let slug = slug.to_owned();
    let found = db
        .read("read certificate", move |tx| {
            let facts = activity::find(tx, &slug)?;
            let plan = draw::plans(tx, &facts.id)?.into_iter().next();
            read(tx, facts, plan)
        })
        .await?;
    Ok(certificate_page(lang, found))
}

#[get("/d/<id>/certificate.json")]
async fn file_of_draw(id: &str, db: &State<Db>) -> AppResult<(ContentType, String)> {
    let found = find_by_draw(db, id).await?;
    if found.purge.certificate.is_empty() {
        return Err(Error::Unknown.into());
    }
    Ok((ContentType::JSON, found.purge.certificate))
}

fn certificate_page(lang: Language, found: Found) -> Page {
    let Found {
        facts,
        plan,
        purge,
        note,
    } = found;
    let report = purge.report;
    let view = CertificateView {
        back: match &plan {
            Some(plan) => format!("/d/{}", plan.id),
            None => format!("/a/{}", facts.slug),
        },
        title: facts.title.pick(lang).to_owned(),
        done: purge.step == Step::Done,
        step: step_words(lang, purge.step),
        trouble: trouble_words(lang, &purge.trouble),
        started_at: purge.started_at.0,
        updated_at: purge.updated_at.0,
        shredded_at: report.shredded_at,
        method: report.shredded.map(|s| s.method).unwrap_or_default(),
        deleted: report.deleted,
        scanned: report.scanned,
        needles: report.needle_count,
        hash: lucky_draw::encode::sha256(purge.certificate.as_bytes()).to_string(),
        certificate: purge.certificate,
        note,
    };
    Page::new(lang, "purge/certificate", view)
}

#[get("/admin/purges")]
async fn list(lang: Language, _staff: Admin, db: &State<Db>) -> AppResult<Page> {
    let view = db.read("list purges", move |tx| overview(tx, lang)).await?;
    Ok(Page::new(lang, "purge/list", view).no_store())
}

fn overview(tx: &mut Tx, lang: Language) -> Result<PurgesView, Error> {
    let live = [
        Stage::Open,
        Stage::Closed,
        Stage::Drawn,
        Stage::Notified,
        Stage::Cancelled,
    ];
    let mut coming: Vec<ComingRow> = activity::list(tx, &live)?
        .iter()
        .filter_map(|facts| {
            Some(ComingRow {
                title: Heading::of(lang, facts).title,
                path: format!("/staff/activities/{}", facts.id),
                when: super::due_at(facts)?.0,
            })
        })
        .collect();
    coming.sort_by_key(|row| row.when);
    let mut purges = Vec::new();
    for purge in super::list(tx)? {
        let facts = activity::by_id(tx, &purge.activity)?;
        purges.push(PurgeRow {
            title: Heading::of(lang, &facts).title,
            path: format!("/a/{}/purge", facts.slug),
            step: step_words(lang, purge.step),
            trouble: trouble_words(lang, &purge.trouble),
            started_at: purge.started_at.0,
            done: purge.step == Step::Done,
        });
    }
    Ok(PurgesView { coming, purges })
}
