//! The way out at `/a/<slug>/leave`, and the desk at `/staff/external`.
//!
//! Invariant: a GET changes nothing, so leaving is a POST that counts and leads (303) to the page
//! with the words and the link. The link itself is a plain one that tells the other site nothing;
//! a redirect to another site after a form would be refused by our own policy for forms.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

use super::wire::{EditView, ExternalView, ListView, Typed};
use super::{Error, External, ExternalId, Leavings};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![
        words, leave, list, fresh, create, show, save, publish, withdraw
    ]
}

fn found<T>(found: Result<T, Error>) -> AppResult<T> {
    match found {
        Err(Error::Unknown) => Err(AppError::not_found()),
        found => Ok(found?),
    }
}

#[get("/a/<slug>/leave")]
async fn words(lang: Language, slug: &str, db: &State<Db>) -> AppResult<Page> {
    let slug = slug.to_owned();
    let own = db
        .read("read way out", move |tx| super::published_at(tx, &slug))
        .await;
    let view = ExternalView::of(lang, &found(own)?, db.clock().now());
    Ok(Page::new(lang, "external/leave", view))
}

#[post("/a/<slug>/leave", data = "<_form>")]
async fn leave(lang: Language, slug: &str, _form: FormFields, db: &State<Db>) -> AppResult<Reply> {
    let slug = slug.to_owned();
    let own = db
        .write("count leaving", move |tx| super::leave(tx, &slug))
        .await;
    let path = format!("/a/{}/leave", found(own)?.details.slug);
    Ok(Reply::go(lang, &path))
}

#[get("/staff/external")]
async fn list(lang: Language, _staff: Librarian, db: &State<Db>) -> AppResult<Page> {
    let all = db.read("list external", super::list).await?;
    Ok(Page::new(lang, "external/list", ListView::of(lang, &all)))
}

#[get("/staff/external/new")]
fn fresh(lang: Language, _staff: Librarian) -> Page {
    let view = EditView::fresh(Typed::default(), Mistakes::new());
    Page::new(lang, "external/edit", view).no_store()
}

#[post("/staff/external/new", data = "<form>")]
async fn create(
    lang: Language,
    staff: Librarian,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Result<Reply, Page>> {
    let typed = Typed::of(&form);
    let again = |typed, mistakes| {
        let view = EditView::fresh(typed, mistakes);
        Page::new(lang, "external/edit", view).again()
    };
    let details = match typed.parse(lang) {
        Ok(details) => details,
        Err(mistakes) => return Ok(Err(again(typed, mistakes))),
    };
    let by = staff.0.id.clone();
    let made = db
        .write("create external", move |tx| {
            super::create(tx, &by, &details)
        })
        .await;
    match made {
        Ok(own) => Ok(Ok(Reply::done(lang, &path(&own.id)))),
        Err(Error::SlugTaken) => Ok(Err(again(typed, slug_taken(lang)))),
        Err(error) => Err(error.into()),
    }
}

#[get("/staff/external/<id>", rank = 2)]
async fn show(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let ground = Ground::read(db, id).await?;
    let typed = Typed::from_details(&ground.own.details);
    Ok(ground.page(lang, ground.view(typed)))
}

#[post("/staff/external/<id>", data = "<form>", rank = 2)]
async fn save(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let typed = Typed::of(&form);
    let details = match typed.parse(lang) {
        Ok(details) => details,
        Err(mistakes) => {
            let mut view = ground.view(typed);
            view.mistakes = mistakes;
            return Ok(Err(ground.page(lang, view).again()));
        }
    };
    let (by, id, version) = (staff.0.id.clone(), ground.own.id.clone(), seen(&form));
    let done = db
        .write("save external", move |tx| {
            super::save(tx, &by, &id, version, &details)
        })
        .await;
    ground.done(lang, typed, done)
}

#[post("/staff/external/<id>/publish", data = "<form>")]
async fn publish(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let (by, id, version) = (staff.0.id.clone(), ground.own.id.clone(), seen(&form));
    let is_seen = form.has("sure");
    let done = db
        .write("publish external", move |tx| {
            super::publish(tx, &by, &id, version, is_seen)
        })
        .await;
    let typed = Typed::from_details(&ground.own.details);
    ground.done(lang, typed, done)
}

#[post("/staff/external/<id>/withdraw", data = "<form>")]
async fn withdraw(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let (by, id, version) = (staff.0.id.clone(), ground.own.id.clone(), seen(&form));
    let done = db
        .write("withdraw external", move |tx| {
            super::withdraw(tx, &by, &id, version)
        })
        .await;
    let typed = Typed::from_details(&ground.own.details);
    ground.done(lang, typed, done)
}

fn path(id: &ExternalId) -> String {
    format!("/staff/external/{id}")
}

/// The version that the page of a form showed.
fn seen(form: &FormFields) -> i64 {
    form.value("version").parse().unwrap_or(0)
}

fn slug_taken(lang: Language) -> Mistakes {
    let mut mistakes = Mistakes::new();
    mistakes.add("slug", text::message(lang, "activity-slug-taken-here", &[]));
    mistakes
}

/// One with how many left.
struct Ground {
    own: External,
    leavings: Vec<Leavings>,
}

impl Ground {
    async fn read(db: &Db, id: &str) -> AppResult<Ground> {
        let id = ExternalId::from(id);
        let read = db
            .read("read external", move |tx| {
                Ok(Ground {
                    own: super::by_id(tx, &id)?,
                    leavings: super::leavings(tx, &id)?,
                })
            })
            .await;
        found(read)
    }

    fn view(&self, typed: Typed) -> EditView {
        EditView::of(&self.own, &self.leavings, typed)
    }

    fn page(&self, lang: Language, view: EditView) -> Page {
        Page::new(lang, "external/edit", view)
            .no_store()
            .at(path(&self.own.id))
    }

    /// Back to the page, or the page with what happened meanwhile and what was typed.
    fn done(
        &self,
        lang: Language,
        typed: Typed,
        done: Result<External, Error>,
    ) -> AppResult<Result<Reply, Page>> {
        let mut view = self.view(typed);
        match done {
            Ok(own) => return Ok(Ok(Reply::done(lang, &path(&own.id)))),
            Err(Error::SlugTaken) => view.mistakes = slug_taken(lang),
            Err(Error::NoPolicy) => {
                let words = text::message(lang, "external-policy-sure-missing", &[]);
                view.mistakes.add("sure", words);
            }
            Err(Error::Moved) => {
                view.message = text::message(lang, "external-moved-words", &[]);
                return Ok(Err(self.page(lang, view).status(Status::Conflict)));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(Err(self.page(lang, view).again()))
    }
}
