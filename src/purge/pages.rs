//! The certificate for everybody, and the list of purges for staff.

use std::sync::Arc;

use rocket::http::ContentType;
use rocket::{Route, State, get, routes};

use crate::account::guard::Admin;
use crate::activity::wire::Heading;
use crate::activity::{self, Facts, Stage, lifecycle};
use crate::draw::{self, DrawId, Plan};
use crate::platform::config::Config;
use crate::platform::db::tidy;
use crate::platform::db::{Db, Tx};
use crate::platform::text::{Language, dates, message};
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;

use super::wire::{
    CertificateView, ComingRow, PurgeRow, PurgesView, done_so_far, outstanding, step_words, steps,
    trouble_words,
};
use super::{Error, Purge, Step, jobs};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![
        of_draw,
        of_activity,
        file_of_draw,
        second_file_of_draw,
        file_of_activity,
        second_file_of_activity,
        list
    ]
}

fn read(tx: &mut Tx, facts: Facts, plan: Option<Plan>) -> Result<Found, Error> {
    let purge = super::find(tx, &facts.id)?.ok_or(Error::Unknown)?;
    let draw_id = plan.as_ref().map(|plan| plan.id.0.clone());
    let draw_id = draw_id.unwrap_or_default();
    let mut notes = ["purge-1.note", "purge-2.note"].map(|_| String::new());
    for (phase, note) in (1..).zip(&mut notes) {
        let stored = draw::note(tx, &facts.id, &draw_id, &format!("purge-{phase}.note"))?;
        *note = stored.map(|stored| stored.note).unwrap_or_default();
    }
    Ok(Found {
        facts,
        plan,
        purge,
        notes,
    })
}

struct Found {
    facts: Facts,
    plan: Option<Plan>,
    purge: Purge,
    /// The signed notes of both phases; empty where there is none yet.
    notes: [String; 2],
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

async fn find_by_slug(db: &Db, slug: &str) -> Result<Found, Error> {
    let slug = slug.to_owned();
    db.read("read certificate", move |tx| {
        let facts = activity::find(tx, &slug)?;
        let plan = draw::plans(tx, &facts.id)?.into_iter().next();
        read(tx, facts, plan)
    })
    .await
}

#[get("/d/<id>/purge")]
async fn of_draw(lang: Language, id: &str, db: &State<Db>) -> AppResult<Page> {
    let found = find_by_draw(db, id).await?;
    Ok(certificate_page(lang, found))
}

#[get("/a/<slug>/purge")]
async fn of_activity(lang: Language, slug: &str, db: &State<Db>) -> AppResult<Page> {
    Ok(certificate_page(lang, find_by_slug(db, slug).await?))
}

#[get("/d/<id>/certificate.json")]
async fn file_of_draw(id: &str, db: &State<Db>) -> AppResult<(ContentType, String)> {
    file(find_by_draw(db, id).await?.purge.certificate)
}

#[get("/d/<id>/certificate-2.json")]
async fn second_file_of_draw(id: &str, db: &State<Db>) -> AppResult<(ContentType, String)> {
    file(find_by_draw(db, id).await?.purge.second)
}

#[get("/a/<slug>/certificate.json")]
async fn file_of_activity(slug: &str, db: &State<Db>) -> AppResult<(ContentType, String)> {
    file(find_by_slug(db, slug).await?.purge.certificate)
}

#[get("/a/<slug>/certificate-2.json")]
async fn second_file_of_activity(slug: &str, db: &State<Db>) -> AppResult<(ContentType, String)> {
    file(find_by_slug(db, slug).await?.purge.second)
}

fn file(certificate: String) -> AppResult<(ContentType, String)> {
    if certificate.is_empty() {
        return Err(Error::Unknown.into());
    }
    Ok((ContentType::JSON, certificate))
}

fn certificate_page(lang: Language, found: Found) -> Page {
    let Found {
        facts,
        plan,
        purge,
        notes: [note, second_note],
    } = found;
    let done = purge.step == Step::Done;
    let hash = |file: &str| match file {
        "" => String::new(),
        file => lucky_draw::encode::sha256(file.as_bytes()).to_string(),
    };
    let view = CertificateView {
        back: match &plan {
            Some(plan) => format!("/d/{}", plan.id),
            None => format!("/a/{}", facts.slug),
        },
        title: facts.title.pick(lang).to_owned(),
        done,
        step: step_words(lang, purge.step),
        trouble: trouble_words(lang, &purge.trouble),
        updated_at: purge.updated_at.0,
        facts: done_so_far(lang, &purge),
        steps: steps(lang, &purge.report),
        outstanding: outstanding(lang, &purge.report),
        second_state: second_state(&purge),
        second_at: purge.second_at.map_or(0, |at| at.0),
        hash: hash(&purge.certificate),
        second_hash: hash(&purge.second),
        scanned: purge.report.scanned,
        certificate: purge.certificate,
        note,
        second: purge.second,
        second_note,
    };
    Page::new(lang, "purge/certificate", view)
}

fn second_state(purge: &Purge) -> &'static str {
    match (purge.second.is_empty(), purge.second_at) {
        (false, _) => "done",
        (true, Some(_)) => "pending",
        (true, None) => "never",
    }
}

#[get("/admin/purges")]
async fn list(
    lang: Language,
    _staff: Admin,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let tidy_hour = jobs::tidy_hour(config.quiet_hour);
    let view = db
        .read("list purges", move |tx| overview(tx, lang, tidy_hour))
        .await?;
    Ok(Page::new(lang, "purge/list", view).no_store())
}

fn overview(tx: &mut Tx, lang: Language, tidy_hour: u8) -> Result<PurgesView, Error> {
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
            let at_the_latest = lifecycle::latest_purge(facts).map_or(0, |at| at.0);
            Some(ComingRow {
                title: Heading::of(lang, facts).title,
                path: format!("/staff/activities/{}", facts.id),
                when: super::due_at(facts)?.0,
                at_the_latest,
            })
        })
        .collect();
    coming.sort_by_key(|row| row.when);
    let mut purges = Vec::new();
    let mut restart_due = false;
    for purge in super::list(tx)? {
        let facts = activity::by_id(tx, &purge.activity)?;
        let done = purge.step == Step::Done;
        restart_due |= done && purge.report.restarted_at == 0;
        purges.push(PurgeRow {
            title: Heading::of(lang, &facts).title,
            path: format!("/a/{}/purge", facts.slug),
            step: step_words(lang, purge.step),
            trouble: trouble_words(lang, &purge.trouble),
            started_at: purge.started_at.0,
            done,
            second: if done {
                second_words(lang, &purge)
            } else {
                String::new()
            },
        });
    }
    let tidiness = tidy::standing(tx)?;
    Ok(PurgesView {
        coming,
        purges,
        tidy_hour,
        tidy_waits: tidiness.wanted > 0,
        tidied_at: tidiness.done,
        restart_due,
    })
}

fn second_words(lang: Language, purge: &Purge) -> String {
    let when = purge.second_at.map_or(0, |at| at.0);
    let values = [("when", dates::date(lang, when).into())];
    match second_state(purge) {
        "done" => message(lang, "purge-second-is-done", &[]),
        "pending" => message(lang, "purge-second-pending-until", &values),
        _ => message(lang, "purge-second-is-never", &[]),
    }
}
