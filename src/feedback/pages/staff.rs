//! `/staff/feedback`: the list, one matter, who looks after it, its answer and its end.
//!
//! Invariant: a letter is shown after its opening is on record, in the answer to a POST and nowhere
//! else; every change names the version that its page showed.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::account::{self, Account};
use crate::audit::{Actor, StaffId};
use crate::feedback::letter::{self, LONGEST_ANSWER};
use crate::feedback::wire::{self, Filter, ListView, MatterView};
use crate::feedback::{self, Error, Event, Feedback, FeedbackId};
use crate::platform::clock::Timestamp;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::RecordedLetters;

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, read, assign, answer, close, reopen]
}

#[get("/staff/feedback?<state>&<topic>&<who>&<page>")]
async fn list(
    lang: Language,
    staff: Librarian,
    state: Option<String>,
    topic: Option<String>,
    who: Option<String>,
    page: Option<usize>,
    db: &State<Db>,
) -> AppResult<Page> {
    let filter = Filter {
        state: state.unwrap_or_default(),
        topic: topic.unwrap_or_default(),
        who: who.unwrap_or_default(),
        page: page.unwrap_or(1),
    };
    let (all, names) = db
        .read("list feedback", |tx| {
            Ok::<_, Error>((feedback::list(tx)?, account::names(tx)?))
        })
        .await?;
    let view = ListView::new(lang, &staff.0.id, &all, &names, filter);
    Ok(Page::new(lang, "feedback/list", view))
}

#[get("/staff/feedback/<id>")]
async fn show(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let ground = Ground::read(db, id).await?;
    let view = ground.view(lang, &FormFields::default(), Mistakes::new());
    Ok(ground.page(lang, view))
}

#[post("/staff/feedback/<id>/read", data = "<_form>")]
async fn read(
    lang: Language,
    staff: Librarian,
    id: &str,
    _form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let ground = Ground::read(db, id).await?;
    let form = FormFields::default();
    let view = ground.view(lang, &form, Mistakes::new());
    let view = ground.opened(view, &staff.0.actor(), db, vault).await?;
    Ok(ground.page(lang, view))
}

#[post("/staff/feedback/<id>/assign", data = "<form>")]
async fn assign(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let to = form.value("to").trim();
    let to = (!to.is_empty()).then(|| StaffId::from(to));
    let (by, id, version) = (staff.0.id.clone(), ground.feedback.id.clone(), seen(&form));
    let done = db
        .write("assign feedback", move |tx| {
            feedback::assign(tx, &by, &id, version, to.as_ref())
        })
        .await;
    ground.done(lang, &form, done)
}

#[post("/staff/feedback/<id>/answer", data = "<form>")]
async fn answer(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let words = match wire::letter(lang, form.value("answer"), LONGEST_ANSWER) {
        Ok(words) => words,
        Err(wrong) => {
            let mut mistakes = Mistakes::new();
            mistakes.add("answer", wrong);
            let view = ground.view(lang, &form, mistakes);
            // The letters stay open beside what was typed; the opening is recorded once more.
            let view = ground.opened(view, &staff.0.actor(), db, vault).await?;
            return Ok(Err(ground.page(lang, view).again()));
        }
    };
    let sealed = match letter::seal_more(vault, &ground.feedback, &words) {
        Ok(sealed) => sealed,
        Err(error) => return ground.done(lang, &form, Err(error)),
    };
    let (by, id, version) = (staff.0.id.clone(), ground.feedback.id.clone(), seen(&form));
    let done = db
        .write("answer feedback", move |tx| {
            feedback::answer(tx, &by, &id, version, &sealed)
        })
        .await;
    ground.done(lang, &form, done)
}

#[post("/staff/feedback/<id>/close", data = "<form>")]
async fn close(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let (by, id, version) = (staff.0.actor(), ground.feedback.id.clone(), seen(&form));
    let done = db
        .write("close feedback", move |tx| {
            feedback::close(tx, &by, &id, version)
        })
        .await;
    ground.done(lang, &form, done)
}

#[post("/staff/feedback/<id>/reopen", data = "<form>")]
async fn reopen(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let (by, id, version) = (staff.0.id.clone(), ground.feedback.id.clone(), seen(&form));
    let done = db
        .write("reopen feedback", move |tx| {
            feedback::reopen(tx, &by, &id, version)
        })
        .await;
    ground.done(lang, &form, done)
}

/// The version that the page of a form showed.
fn seen(form: &FormFields) -> i64 {
    form.value("version").parse().unwrap_or(0)
}

/// One matter with what its page shows around it.
struct Ground {
    feedback: Feedback,
    events: Vec<Event>,
    staff: Vec<Account>,
    kept_until: Timestamp,
}

impl Ground {
    async fn read(db: &Db, id: &str) -> AppResult<Ground> {
        let id = FeedbackId::from(id);
        let found = db
            .read("read feedback", move |tx| {
                let feedback = feedback::by_id(tx, &id)?;
                Ok(Ground {
                    events: feedback::history(tx, &id)?,
                    staff: account::list(tx)?,
                    kept_until: feedback::kept_until(tx, &feedback)?,
                    feedback,
                })
            })
            .await;
        match found {
            Err(Error::Unknown) => Err(AppError::not_found()),
            found => Ok(found?),
        }
    }

    fn view(&self, lang: Language, form: &FormFields, mistakes: Mistakes) -> MatterView {
        let around = (self.kept_until.0, self.events.as_slice());
        MatterView::new(lang, &self.feedback, around, &self.staff, form, mistakes)
    }

    async fn opened(
        &self,
        view: MatterView,
        by: &Actor,
        db: &Db,
        vault: &Vault,
    ) -> AppResult<MatterView> {
        let (by, feedback) = (by.clone(), self.feedback.clone());
        let recorded = db
            .write("record opening of feedback", move |tx| {
                RecordedLetters::of(tx, &by, &feedback)
            })
            .await?;
        let (letters, email) = recorded.open(vault)?;
        Ok(view.with(letters, email))
    }

    fn page(&self, lang: Language, view: MatterView) -> Page {
        Page::new(lang, "feedback/matter", view)
            .no_store()
            .at(format!("/staff/feedback/{}", self.feedback.id))
    }

    /// Back to the matter, or its page with what happened meanwhile and what was typed.
    fn done(
        &self,
        lang: Language,
        form: &FormFields,
        done: Result<Feedback, Error>,
    ) -> AppResult<Result<Reply, Page>> {
        let words = match done {
            Ok(_) => {
                let path = format!("/staff/feedback/{}", self.feedback.id);
                return Ok(Ok(Reply::done(lang, &path)));
            }
            Err(Error::Moved) => "feedback-changed",
            Err(Error::NoColleague) => "feedback-no-colleague-words",
            Err(error) => return Err(error.into()),
        };
        let view = self.view(lang, form, Mistakes::new());
        let view = view.saying(text::message(lang, words, &[]));
        Ok(Err(self.page(lang, view).status(Status::Conflict)))
    }
}
