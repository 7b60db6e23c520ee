//! The first pages that staff see.

mod sender;

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Admin, Custodian, Librarian, Organiser};
use crate::account::wire::HealthView;
use crate::account::{Permission, Staff};
use crate::activity::{self, ActivityId, Stage};
use crate::branch;
use crate::draw::hour;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::confine::Standing;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::wire::{
    ActivitiesView, AdminView, ClockView, CustodyView, GlanceView, GuardRow, ReminderRow, TodayView,
};
use super::{Error, reminders};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![
        today,
        administration,
        confirm_clock,
        sender::sender,
        custody,
        activities,
        glance,
        delete
    ]
}

#[get("/staff")]
async fn today(
    lang: Language,
    staff: Staff,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Reply> {
    // Nothing on the desk is for an auditor, who begins where there is something to audit.
    if staff.may(Permission::Inspect) {
        return Ok(Reply::go(lang, "/staff/inspections"));
    }
    // Nor for those who only look after data that is kept or handed on.
    if !staff.may(Permission::RunActivities) && !staff.may(Permission::Draw) {
        return Ok(Reply::go(lang, "/admin/custody"));
    }
    let config = Arc::clone(config);
    let today = db
        .read("read desk", move |tx| super::today(tx, &config))
        .await?;
    let page = Page::new(lang, "desk/today", TodayView::of(lang, &staff, &today)).no_store();
    Ok(page.into())
}

#[get("/admin")]
async fn administration(
    lang: Language,
    admin: Admin,
    db: &State<Db>,
    standing: &State<Standing>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let config = Arc::clone(config);
    let engine = db.target().engine();
    let guards = GuardRow::all(lang, standing);
    let clock = ClockView::of(db.clock());
    let view = db
        .read("read administration", move |tx| {
            let reminders = reminders::list(tx, &config)?;
            Ok::<_, Error>(AdminView {
                health: HealthView::read(tx, engine)?,
                clock,
                guards,
                reminders: ReminderRow::all(lang, &admin.0, &reminders),
            })
        })
        .await?;
    Ok(Page::new(lang, "account/health", view))
}

/// An administrator says that the time which the page showed is right.
#[post("/admin/clock", data = "<form>")]
async fn confirm_clock(
    lang: Language,
    admin: Admin,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let shown = form.value("shown").parse().map(Timestamp);
    let Ok(shown) = shown else {
        return Err(AppError::conflict());
    };
    // Long after the page was shown it says nothing about the present any more.
    if db.clock().doubt().is_some() && !db.clock().vouch(shown) {
        return Err(AppError::conflict());
    }
    db.write("confirm the clock", move |tx| {
        hour::confirm(tx, &admin.0.id, shown)
    })
    .await?;
    Ok(Reply::done(lang, "/admin"))
}

/// What is kept and handed on, for those who look after it.
#[get("/admin/custody")]
async fn custody(
    lang: Language,
    staff: Custodian,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let config = Arc::clone(config);
    let view = db
        .read("read custody", move |tx| {
            CustodyView::read(tx, lang, &staff.0, &config)
        })
        .await?;
    Ok(Page::new(lang, "custody/index", view).no_store())
}

#[get("/staff/activities")]
async fn activities(lang: Language, staff: Organiser, db: &State<Db>) -> AppResult<Page> {
    let (mut all, branches) = db
        .read("list activities", |tx| {
            Ok::<_, Error>((activity::list(tx, &Stage::ALL)?, branch::all(tx)?))
        })
        .await?;
    all.retain(|facts| staff.0.reach.covers(facts.branch.as_ref()));
    Ok(Page::new(
        lang,
        "desk/activities",
        ActivitiesView::of(lang, &all, &branches, db.clock().now()),
    )
    .no_store())
}

#[get("/staff/activities/<id>", rank = 3)]
async fn glance(lang: Language, _staff: Organiser, id: &str, db: &State<Db>) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let glance = db
        .read("read activity", move |tx| super::glance(tx, &id))
        .await?;
    let view = GlanceView::of(lang, &glance, db.clock().now());
    Ok(Page::new(lang, "desk/activity", view).no_store())
}

#[post("/staff/activities/<id>/delete")]
async fn delete(
    lang: Language,
    staff: Librarian,
    id: &str,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let deleted = id.clone();
    db.write("delete draft", move |tx| {
        super::delete_draft(tx, &staff.0.id, &deleted)
    })
    .await?;
    // A list of cards had a key: copies of its rows say nothing without it.
    let vault = vault.inner().clone();
    let erase = move || match vault.holds_key(id.as_str()) {
        Ok(true) => vault.erase(id.as_str()).map(drop),
        Ok(false) => Ok(()),
        Err(error) => Err(error),
    };
    rocket::tokio::task::spawn_blocking(erase)
        .await
        .map_err(AppError::broken)??;
    Ok(Reply::go(lang, "/staff/activities"))
}
