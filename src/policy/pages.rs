//! Staff pages of the policy: how long data is kept, who works on it, the codes of an activity, and
//! the general policy.
//!
//! Not here: what the public reads of the same ([`crate::portal`]).

mod general;

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Admin, Librarian};
use crate::activity::stage::Draft;
use crate::activity::wire::Heading;
use crate::activity::{self, Activity, ActivityId, LocalText};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

use super::Error;
use super::codes::{self, Codes};
use super::register::{self, ProcessorId};
use super::retention::{self, Class};
use super::wire::{
    self, ChangeRow, CodesView, ProcessorForm, ProcessorRow, ProcessorsView, RetentionView,
};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let own = routes![
        periods,
        set_period,
        processors,
        add_processor,
        end_processor,
        codes_page,
        pick_codes
    ];
    [own, general::routes()].concat()
}

async fn retention_view(
    lang: Language,
    db: &Db,
    config: &Arc<Config>,
) -> Result<RetentionView, Error> {
    let config = Arc::clone(config);
    db.read("read periods", move |tx| {
        let changes = retention::changes(tx)?;
        Ok(RetentionView {
            rows: wire::class_rows(tx, lang, &config)?,
            changes: changes
                .iter()
                .map(|each| ChangeRow::of(lang, each))
                .collect(),
            classes: wire::settable(lang),
            class: String::new(),
            days: String::new(),
            reason: String::new(),
            mistakes: Mistakes::new(),
        })
    })
    .await
}

#[get("/admin/retention")]
async fn periods(
    lang: Language,
    _admin: Admin,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let view = retention_view(lang, db, config).await?;
    Ok(Page::new(lang, "policy/retention", view).no_store())
}

#[post("/admin/retention", data = "<form>")]
async fn set_period(
    lang: Language,
    admin: Admin,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let mut view = retention_view(lang, db, config).await?;
    form.value("class").clone_into(&mut view.class);
    form.value("days").clone_into(&mut view.days);
    form.value("reason").clone_into(&mut view.reason);
    let class = Class::parse(&view.class).ok_or(Error::NotOurs);
    let (days, reason) = (view.days.trim().parse().unwrap_or(-1), view.reason.clone());
    let outcome = match class {
        Ok(class) => {
            let by = admin.0.id.clone();
            db.write("set period", move |tx| {
                retention::set(tx, &by, class, days, &reason)
            })
            .await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => Ok(Reply::done(lang, "/admin/retention")),
        Err(error) => match wire::retention_mistake(lang, &error) {
            Some((field, words)) => {
                view.mistakes.add(field, words);
                Ok(Page::new(lang, "policy/retention", view).again().into())
            }
            None => Err(error.into()),
        },
    }
}

async fn processors_view(
    lang: Language,
    db: &Db,
    form: ProcessorForm,
    mistakes: Mistakes,
) -> Result<ProcessorsView, Error> {
    let rows = db.read("read processors", register::processors).await?;
    Ok(ProcessorsView {
        rows: rows.iter().map(|row| ProcessorRow::of(lang, row)).collect(),
        form,
        mistakes,
    })
}

#[get("/admin/processors")]
async fn processors(lang: Language, _admin: Admin, db: &State<Db>) -> AppResult<Page> {
    let view = processors_view(lang, db, ProcessorForm::default(), Mistakes::new()).await?;
    Ok(Page::new(lang, "policy/processors", view).no_store())
}

#[post("/admin/processors", data = "<form>")]
async fn add_processor(
    lang: Language,
    admin: Admin,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let form = ProcessorForm::of(&form);
    let mistakes = form.mistakes(lang);
    if !mistakes.is_empty() {
        let view = processors_view(lang, db, form, mistakes).await?;
        return Ok(Page::new(lang, "policy/processors", view).again().into());
    }
    let by = admin.0.id.clone();
    db.write("add processor", move |tx| {
        let name = LocalText::new(&form.name_zh, &form.name_en);
        let task = LocalText::new(&form.task_zh, &form.task_en);
        register::add_processor(tx, &by, name, task)
    })
    .await?;
    Ok(Reply::done(lang, "/admin/processors"))
}

#[post("/admin/processors/<id>/end")]
async fn end_processor(lang: Language, admin: Admin, id: &str, db: &State<Db>) -> AppResult<Reply> {
    let (by, id) = (admin.0.id.clone(), ProcessorId::from(id));
    db.write("end processor", move |tx| {
        register::end_processor(tx, &by, &id)
    })
    .await?;
    Ok(Reply::done(lang, "/admin/processors"))
}

async fn codes_view(lang: Language, db: &Db, id: &ActivityId) -> Result<CodesView, Error> {
    let id = id.clone();
    db.read("read codes", move |tx| {
        let draft: Activity<Draft> = Activity::at(activity::by_id(tx, &id)?)?;
        let asked = activity::asked_fields(tx, &id)?;
        let codes = codes::of(tx, &id, draft.kind)?;
        Ok(CodesView::of(
            lang,
            Heading::of(lang, &draft),
            &asked,
            &codes,
        ))
    })
    .await
}

#[get("/staff/activities/<id>/codes")]
async fn codes_page(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let view = codes_view(lang, db, &ActivityId::from(id)).await?;
    Ok(Page::new(lang, "policy/codes", view).no_store())
}

#[post("/staff/activities/<id>/codes", data = "<form>")]
async fn pick_codes(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let numbers = form.values("purposes").into_iter();
    let codes = match Codes::of_numbers(numbers.chain(form.values("categories"))) {
        Ok(codes) => codes,
        Err(_) => {
            let mut view = codes_view(lang, db, &id).await?;
            view.picked.clear();
            let words = text::message(lang, "policy-codes-empty", &[]);
            view.mistakes.add("purposes", words);
            return Ok(Page::new(lang, "policy/codes", view).again().into());
        }
    };
    let (by, draft) = (staff.0.id.clone(), id.clone());
    db.write("pick codes", move |tx| codes::pick(tx, &by, &draft, &codes))
        .await?;
    Ok(Reply::go(lang, &format!("/staff/activities/{id}")))
}
