//! `/staff/activities/<id>/discussion`: the switch, what waits, takedowns and answers.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::{self, ActivityId, Facts};
use crate::discussion::wire::{self, DeskView};
use crate::discussion::{self, Appears, Discussion, Error, NewPost, Post, PostId};
use crate::platform::clock::HOUR;
use crate::platform::text;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};
use crate::vault::guard::Visit;

use super::{FORM, fresh_token, post_id};

/// How long the page may lie open before an answer is typed once more.
const FORM_LIFE: i64 = 12 * HOUR;

pub(super) fn routes() -> Vec<Route> {
    routes![show, switch, approve, refuse, take_down, answer]
}

/// What the desk is about.
struct Ground {
    facts: Facts,
    discussion: Option<Discussion>,
    waiting: Vec<Post>,
    shown: Vec<Post>,
}

async fn read(visit: &Visit<'_>, id: &str) -> AppResult<Ground> {
    let id = ActivityId::from(id);
    let found = visit
        .db
        .read("read discussion", move |tx| {
            Ok::<_, Error>(Ground {
                facts: activity::by_id(tx, &id)?,
                discussion: discussion::of(tx, &id)?,
                waiting: discussion::waiting(tx, &id)?,
                shown: discussion::public(tx, &id)?,
            })
        })
        .await;
    match found {
        Err(Error::Activity(activity::Error::Unknown)) => Err(AppError::not_found()),
        found => Ok(found?),
    }
}

#[get("/staff/activities/<id>/discussion")]
async fn show(visit: Visit<'_>, _staff: Librarian, id: &str) -> AppResult<Page> {
    let ground = read(&visit, id).await?;
    Ok(ground.page(&visit, ground.view(&visit)?))
}

#[post("/staff/activities/<id>/discussion", data = "<form>")]
async fn switch(
    visit: Visit<'_>,
    staff: Librarian,
    id: &str,
    form: FormFields,
) -> AppResult<Result<Reply, Page>> {
    let ground = read(&visit, id).await?;
    let before = ground.discussion.map(|own| own.appears);
    let chosen = match form.value("appears") {
        "off" => Some(Discussion {
            appears: before.unwrap_or_default(),
            is_open: false,
        }),
        code => Appears::parse(code).map(|appears| Discussion {
            appears,
            is_open: true,
        }),
    };
    let Some(chosen) = chosen else {
        let mut view = ground.view(&visit)?;
        let words = text::message(visit.lang, "discussion-choose", &[]);
        view.mistakes.add("appears", words);
        return Ok(Err(ground.page(&visit, view).again()));
    };
    let (by, activity) = (staff.0.id.clone(), ground.facts.id.clone());
    let done = visit
        .db
        .write("switch discussion", move |tx| {
            discussion::set(tx, &by, &activity, chosen)
        })
        .await;
    ground.done(&visit, done)
}

#[post("/staff/activities/<id>/discussion/<post>/approve", data = "<_form>")]
async fn approve(
    visit: Visit<'_>,
    staff: Librarian,
    id: &str,
    post: &str,
    _form: FormFields,
) -> AppResult<Result<Reply, Page>> {
    let ground = read(&visit, id).await?;
    let (by, activity, post) = (staff.0.id.clone(), ground.facts.id.clone(), post.into());
    let done = visit
        .db
        .write("approve post", move |tx| {
            discussion::approve(tx, &by, &activity, &post)
        })
        .await;
    ground.done(&visit, done)
}

#[post("/staff/activities/<id>/discussion/<post>/refuse", data = "<_form>")]
async fn refuse(
    visit: Visit<'_>,
    staff: Librarian,
    id: &str,
    post: &str,
    _form: FormFields,
) -> AppResult<Result<Reply, Page>> {
    let ground = read(&visit, id).await?;
    let (by, activity, post) = (staff.0.id.clone(), ground.facts.id.clone(), post.into());
    let done = visit
        .db
        .write("refuse post", move |tx| {
            discussion::refuse(tx, &by, &activity, &post)
        })
        .await;
    ground.done(&visit, done)
}

#[post("/staff/activities/<id>/discussion/<post>/take-down", data = "<form>")]
async fn take_down(
    visit: Visit<'_>,
    staff: Librarian,
    id: &str,
    post: &str,
    form: FormFields,
) -> AppResult<Result<Reply, Page>> {
    let ground = read(&visit, id).await?;
    let reason = match wire::reason(visit.lang, form.value("reason"), visit.now) {
        Ok(reason) => reason,
        Err(wrong) => {
            let mut view = ground.view(&visit)?;
            view.mistakes.add(format!("reason-{post}"), wrong);
            post.clone_into(&mut view.typed_for);
            form.value("reason").clone_into(&mut view.reason);
            return Ok(Err(ground.page(&visit, view).again()));
        }
    };
    let (by, activity) = (staff.0.id.clone(), ground.facts.id.clone());
    let post = PostId::from(post);
    let done = visit
        .db
        .write("take post down", move |tx| {
            discussion::take_down(tx, &by, &activity, &post, &reason)
        })
        .await;
    ground.done(&visit, done)
}

#[post("/staff/activities/<id>/discussion/<post>/answer", data = "<form>")]
async fn answer(
    visit: Visit<'_>,
    staff: Librarian,
    id: &str,
    post: &str,
    form: FormFields,
) -> AppResult<Result<Reply, Page>> {
    let ground = read(&visit, id).await?;
    let code = visit.open_code(FORM, FORM_LIFE, form.value("token"));
    let read = wire::read(visit.lang, &form);
    let (code, words) = match (code, read) {
        (Some(code), Ok(words)) => (code, words),
        (code, read) => {
            let mut view = ground.view(&visit)?;
            if code.is_none() {
                view.message = text::message(visit.lang, "discussion-form-old", &[]);
            }
            if read.is_err() {
                let words = text::message(visit.lang, "discussion-answer-wrong", &[]);
                view.mistakes.add(format!("text-{post}"), words);
            }
            post.clone_into(&mut view.typed_for);
            form.value("text").clone_into(&mut view.text);
            return Ok(Err(ground.page(&visit, view).again()));
        }
    };
    let (by, activity) = (staff.0.id.clone(), ground.facts.id.clone());
    let new = NewPost {
        // One token serves the whole page: the question makes the ids of two answers differ.
        id: answer_id(&post_id(&code), post),
        question: Some(PostId::from(post)),
        text: words,
    };
    let done = visit
        .db
        .write("answer in discussion", move |tx| {
            discussion::answer(tx, &by, &activity, &new).map(|_| ())
        })
        .await;
    ground.done(&visit, done)
}

fn answer_id(own: &PostId, question: &str) -> PostId {
    let both = wire::fingerprint(&format!("{own} {question}"));
    PostId(both.chars().take(12).collect())
}

impl Ground {
    fn path(&self) -> String {
        format!("/staff/activities/{}/discussion", self.facts.id)
    }

    fn view(&self, visit: &Visit<'_>) -> AppResult<DeskView> {
        let token = fresh_token(visit)?;
        let posts = (self.waiting.as_slice(), self.shown.as_slice());
        Ok(DeskView::new(
            visit.lang,
            &self.facts,
            self.discussion,
            posts,
            token,
            visit.now,
        ))
    }

    fn page(&self, visit: &Visit<'_>, view: DeskView) -> Page {
        Page::new(visit.lang, "discussion/desk", view)
            .no_store()
            .at(self.path())
    }

    /// Back to the desk, or its page with what happened meanwhile.
    fn done(&self, visit: &Visit<'_>, done: Result<(), Error>) -> AppResult<Result<Reply, Page>> {
        let id = match done {
            Ok(()) => return Ok(Ok(Reply::done(visit.lang, &self.path()))),
            Err(Error::Moved | Error::Unknown) => "discussion-moved-words",
            Err(Error::Shut) => "discussion-purged-words",
            Err(error) => return Err(error.into()),
        };
        let mut view = self.view(visit)?;
        view.message = text::message(visit.lang, id, &[]);
        let page = self.page(visit, view);
        Ok(Err(page.status(Status::Conflict)))
    }
}
