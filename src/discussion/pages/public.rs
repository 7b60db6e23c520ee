//! `/a/<slug>/discussion`, for everybody.
//!
//! Invariant: a text in which somebody is found is posted after its writer has seen what was found
//! and said so for this very text; a form sent twice is one post.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::activity::{self, Facts};
use crate::discussion::wire::{self, DiscussionView, ReallyView, TRAP, WriteView};
use crate::discussion::{self, Discussion, Error, LONGEST, NewPost, Post, PostId, PostState};
use crate::platform::clock::HOUR;
use crate::platform::db::Tx;
use crate::platform::text;
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::guard::Visit;

use super::{DiscussionLimit, FORM, fresh_token, post_id};

/// How long the form may lie open.
const FORM_LIFE: i64 = 12 * HOUR;

pub(super) fn routes() -> Vec<Route> {
    routes![show, send]
}

/// What a page of the discussion is about.
struct Ground {
    facts: Facts,
    discussion: Discussion,
    posts: Vec<Post>,
}

/// The discussion at an address. None is there for a draft, nor where it was switched off before
/// anybody wrote, nor after the purge.
fn ground(tx: &mut Tx, slug: &str) -> Result<Ground, Error> {
    let facts = match activity::find(tx, slug) {
        Err(activity::Error::Unknown) => return Err(Error::Unknown),
        facts => facts?,
    };
    if !discussion::is_there(tx, &facts)? {
        return Err(Error::Unknown);
    }
    Ok(Ground {
        discussion: discussion::of(tx, &facts.id)?.ok_or(Error::Unknown)?,
        posts: discussion::public(tx, &facts.id)?,
        facts,
    })
}

async fn read(visit: &Visit<'_>, slug: &str) -> AppResult<Ground> {
    let slug = slug.to_owned();
    let found = visit
        .db
        .read("read discussion", move |tx| ground(tx, &slug))
        .await;
    match found {
        Err(Error::Unknown) => Err(AppError::not_found()),
        found => Ok(found?),
    }
}

#[get("/a/<slug>/discussion?<page>&<reply>&<posted>")]
async fn show(
    visit: Visit<'_>,
    slug: &str,
    page: Option<usize>,
    reply: Option<&str>,
    posted: Option<&str>,
) -> AppResult<Page> {
    let ground = read(&visit, slug).await?;
    let token = fresh_token(&visit)?;
    let form = ground.form(reply.unwrap_or_default(), token);
    let at = (page.unwrap_or(1), posted.unwrap_or_default());
    Ok(ground.page(&visit, at, form))
}

#[post("/a/<slug>/discussion", data = "<form>")]
async fn send(
    visit: Visit<'_>,
    slug: &str,
    form: FormFields,
    from: ClientAddress,
    limit: &State<DiscussionLimit>,
) -> AppResult<Result<Reply, Page>> {
    let lang = visit.lang;
    let ground = read(&visit, slug).await?;
    let say = |id: &str| text::message(lang, id, &[]);
    let Some(code) = visit.open_code(FORM, FORM_LIFE, form.value("token")) else {
        let view = WriteView {
            message: say("discussion-form-old"),
            ..ground.typed(&form, fresh_token(&visit)?, Mistakes::new())
        };
        return Ok(Err(ground.page(&visit, (1, ""), view).again()));
    };
    let token = visit.seal_code(FORM, &code)?;
    if visit.is_too_fast(form.value("token"), from, &limit.1) {
        let view = WriteView {
            message: say("site-form-fast"),
            ..ground.typed(&form, token, Mistakes::new())
        };
        return Ok(Err(ground.page(&visit, (1, ""), view).again()));
    }
    let words = match wire::read(lang, &form) {
        Ok(words) => words,
        Err(mistakes) => {
            let view = ground.typed(&form, token, mistakes);
            let page = ground.page(&visit, (1, ""), view).again();
            return Ok(Err(match form.value(TRAP).trim() {
                "" => page,
                _ => page.noticed(Sign::Trap),
            }));
        }
    };
    let is_sure = form.value("sure") == wire::fingerprint(&words);
    if wire::tells_of_somebody(&words, visit.now) && !is_sure {
        let view = WriteView {
            text: words.clone(),
            ..ground.typed(&form, token, Mistakes::new())
        };
        let view = ReallyView::new(lang, &ground.facts, &words, visit.now, view);
        let page = Page::new(lang, "discussion/really", view);
        return Ok(Err(page.at(ground.path()).again()));
    }
    if let Err(refused) = limit.0.check(from, visit.now.0) {
        let Some(until) = refused.until_ms() else {
            return Err(refused);
        };
        let time = text::dates::time(until);
        let view = WriteView {
            message: text::message(lang, "discussion-wait", &[("time", time.into())]),
            ..ground.typed(&form, token, Mistakes::new())
        };
        let page = ground.page(&visit, (1, ""), view);
        return Ok(Err(page.no_store().status(Status::TooManyRequests)));
    }
    let question = form.value("question").trim();
    let new = NewPost {
        id: post_id(&code),
        question: (!question.is_empty()).then(|| PostId::from(question)),
        text: words,
    };
    let id = ground.facts.id.clone();
    let posted = visit
        .db
        .write("post in discussion", move |tx| {
            discussion::post(tx, &id, &new)
        })
        .await;
    let words = match posted {
        Ok(post) => {
            let what = match post.state {
                PostState::Waiting => "waiting",
                _ => "shown",
            };
            let path = format!("{}?posted={what}", ground.path());
            return Ok(Ok(Reply::go(lang, &path)));
        }
        Err(Error::Shut) => "discussion-shut-words",
        Err(Error::Full) => "discussion-full-words",
        Err(Error::Unknown | Error::Moved) => "discussion-question-gone",
        Err(error) => return Err(error.into()),
    };
    let view = WriteView {
        message: say(words),
        question: String::new(),
        about: String::new(),
        ..ground.typed(&form, token, Mistakes::new())
    };
    let page = ground.page(&visit, (1, ""), view);
    Ok(Err(page.no_store().status(Status::Conflict)))
}

impl Ground {
    fn path(&self) -> String {
        format!("/a/{}/discussion", self.facts.slug)
    }

    /// An empty box, for a question or for an answer to one.
    fn form(&self, question: &str, token: String) -> WriteView {
        let asked = self
            .posts
            .iter()
            .find(|post| post.id.as_str() == question && post.question.is_none());
        WriteView {
            question: asked.map_or_else(String::new, |post| post.id.to_string()),
            about: asked.map_or_else(String::new, |post| wire::first_words(&post.text)),
            longest: LONGEST,
            token,
            ..WriteView::default()
        }
    }

    /// The box with what was typed.
    fn typed(&self, form: &FormFields, token: String, mistakes: Mistakes) -> WriteView {
        WriteView {
            text: form.value("text").to_owned(),
            trap: form.value(TRAP).to_owned(),
            mistakes,
            ..self.form(form.value("question").trim(), token)
        }
    }

    fn page(&self, visit: &Visit<'_>, at: (usize, &str), form: WriteView) -> Page {
        let view = DiscussionView::new(
            visit.lang,
            &self.facts,
            &self.discussion,
            &self.posts,
            at,
            form,
        );
        Page::new(visit.lang, "discussion/discussion", view).at(self.path())
    }
}
