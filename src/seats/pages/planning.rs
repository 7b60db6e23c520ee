//! The sessions of a draft, and what holds for all of them; no script needed.

use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::stage::Draft;
use crate::activity::wire::Heading;
use crate::activity::{self, Activity, ActivityId, Facts, Kind};
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::seats::draft::{self, Planned};
use crate::seats::wire::planning::{PlanView, SessionForm, SessionPage, TermsForm, suggested};
use crate::seats::{self, Error, Session, SessionId, Terms};

pub(super) fn routes() -> Vec<Route> {
    routes![list, save_terms, new, create, edit, save, remove]
}

/// A draft that gives places, with its sessions.
struct Plan {
    facts: Facts,
    sessions: Vec<Session>,
    terms: Terms,
}

fn read(tx: &mut Tx, id: &ActivityId) -> Result<Plan, Error> {
    let draft: Activity<Draft> = Activity::at(activity::by_id(tx, id)?)?;
    let facts = draft.facts().clone();
    if !matches!(facts.kind, Kind::Seats(_)) {
        return Err(Error::Unknown);
    }
    Ok(Plan {
        sessions: seats::sessions(tx, id)?,
        terms: seats::terms(tx, id)?,
        facts,
    })
}

async fn plan(db: &Db, id: &str) -> Result<Plan, Error> {
    let id = ActivityId::from(id);
    db.read("read sessions", move |tx| read(tx, &id)).await
}

fn list_path(id: &ActivityId) -> String {
    format!("/staff/activities/{id}/sessions")
}

#[get("/staff/activities/<id>/sessions")]
async fn list(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let plan = plan(db, id).await?;
    let terms = TermsForm::filled(&plan.terms);
    Ok(list_page(lang, &plan, terms, Mistakes::new(), db))
}

fn list_page(lang: Language, plan: &Plan, terms: TermsForm, mistakes: Mistakes, db: &Db) -> Page {
    let now = db.clock().now();
    let view = PlanView::of(lang, &plan.facts, &plan.sessions, terms, mistakes, now);
    Page::new(lang, "seats/sessions", view).no_store()
}

#[post("/staff/activities/<id>/sessions", data = "<form>")]
async fn save_terms(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let plan = plan(db, id).await?;
    let form = TermsForm::of(&form);
    let terms = match form.parse(lang) {
        Ok(terms) => terms,
        Err(mistakes) => return Ok(list_page(lang, &plan, form, mistakes, db).again().into()),
    };
    let (by, id) = (staff.0.id.clone(), plan.facts.id.clone());
    let back = list_path(&id);
    db.write("save terms of places", move |tx| {
        draft::save_terms(tx, &by, &id, &terms)
    })
    .await?;
    Ok(Reply::done(lang, &back))
}

#[get("/staff/activities/<id>/sessions/new")]
async fn new(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let plan = plan(db, id).await?;
    let action = format!("{}/new", list_path(&plan.facts.id));
    let form = suggested(&plan.facts);
    Ok(session_page(lang, &plan.facts, action, form, Mistakes::new()).no_store())
}

#[post("/staff/activities/<id>/sessions/new", data = "<form>")]
async fn create(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let action = format!("/staff/activities/{id}/sessions/new");
    keep(lang, staff, id, None, action, form, db).await
}

#[get("/staff/activities/<id>/sessions/<session>", rank = 2)]
async fn edit(
    lang: Language,
    _staff: Librarian,
    id: &str,
    session: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let plan = plan(db, id).await?;
    let known = plan
        .sessions
        .iter()
        .find(|each| each.id.as_str() == session);
    let planned = Planned::from(known.ok_or(Error::Unknown)?);
    let action = format!("{}/{session}", list_path(&plan.facts.id));
    let form = SessionForm::filled(&planned);
    Ok(session_page(lang, &plan.facts, action, form, Mistakes::new()).no_store())
}

#[post("/staff/activities/<id>/sessions/<session>", data = "<form>", rank = 2)]
async fn save(
    lang: Language,
    staff: Librarian,
    id: &str,
    session: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let action = format!("/staff/activities/{id}/sessions/{session}");
    let session = SessionId::from(session);
    keep(lang, staff, id, Some(session), action, form, db).await
}

async fn keep(
    lang: Language,
    staff: Librarian,
    id: &str,
    session: Option<SessionId>,
    action: String,
    form: FormFields,
    db: &Db,
) -> AppResult<Reply> {
    let plan = plan(db, id).await?;
    let form = SessionForm::of(&form);
    let planned = match form.parse(lang, &plan.facts) {
        Ok(planned) => planned,
        Err(mistakes) => {
            let page = session_page(lang, &plan.facts, action, form, mistakes);
            return Ok(page.again().into());
        }
    };
    let (by, at) = (staff.0.id.clone(), plan.facts.id.clone());
    let back = list_path(&at);
    db.write("save session", move |tx| {
        draft::save(tx, &by, &at, session.as_ref(), &planned)
    })
    .await?;
    Ok(Reply::done(lang, &back))
}

fn session_page(
    lang: Language,
    facts: &Facts,
    action: String,
    form: SessionForm,
    mistakes: Mistakes,
) -> Page {
    let view = SessionPage {
        heading: Heading::of(lang, facts),
        action,
        form,
        first_come: facts.kind.is_first_come(),
        mistakes,
    };
    Page::new(lang, "seats/session", view)
}

#[post("/staff/activities/<id>/sessions/<session>/delete")]
async fn remove(
    lang: Language,
    staff: Librarian,
    id: &str,
    session: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (at, session) = (ActivityId::from(id), SessionId::from(session));
    let back = list_path(&at);
    db.write("remove session", move |tx| {
        draft::remove(tx, &staff.0.id, &at, &session)
    })
    .await?;
    Ok(Reply::done(lang, &back))
}
