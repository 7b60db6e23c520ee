//! `/feedback` and its status, for everybody.
//!
//! Invariant: a form sent twice is one matter; a code that belongs to nothing is answered in the
//! same words whoever asks. What is about personal data is filed as a request, whose status is
//! at `/privacy/request/status`.

use lucky_draw::ticket::Secret;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::audit::Actor;
use crate::feedback::letter::{self, LONGEST};
use crate::feedback::wire::{self, Again, FindView, StatusView, ThanksView, Typed, WriteView};
use crate::feedback::{self, Error, Feedback, NewFeedback, Topic};
use crate::platform::clock::{HOUR, MINUTE};
use crate::platform::ids;
use crate::platform::text::{self, Language};
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::policy::retention::{self, Class};
use crate::rights::letter::Letter as RequestLetter;
use crate::rights::{self, NewRequest, Request, RequestKind};
use crate::vault::guard::Visit;

use super::{FeedbackLimit, RecordedLetters};

/// How long the form may lie open.
const FORM_LIFE: i64 = 12 * HOUR;
/// How long a status page stays usable after the code was typed.
const PASS_LIFE: i64 = 30 * MINUTE;
/// The kinds of tokens on the two pages.
const FORM: &str = "feedback";
const PASS: &str = "feedback-status";

pub(super) fn routes() -> Vec<Route> {
    routes![
        write,
        send,
        find,
        status,
        write_again_without_form,
        write_again
    ]
}

/// Somebody who writes: the visit, and what was typed.
struct Writing<'a> {
    visit: Visit<'a>,
    form: &'a FormFields,
}

#[get("/feedback")]
async fn write(visit: Visit<'_>) -> AppResult<Page> {
    let form = &FormFields::default();
    let writing = Writing { visit, form };
    writing.form_page(String::new(), Mistakes::new()).await
}

#[post("/feedback", data = "<form>")]
async fn send(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limit: &State<FeedbackLimit>,
) -> AppResult<Page> {
    let (lang, form) = (visit.lang, &form);
    let writing = Writing { visit, form };
    let Some(code) = visit.open_code(FORM, FORM_LIFE, form.value("token")) else {
        let words = text::message(lang, "feedback-form-old", &[]);
        return Ok(writing.form_page(words, Mistakes::new()).await?.again());
    };
    if visit.is_too_fast(form.value("token"), from, &limit.hasty) {
        let words = text::message(lang, "site-form-fast", &[]);
        return Ok(writing.form_page(words, Mistakes::new()).await?.again());
    }
    let typed = match wire::read(lang, form) {
        Ok(typed) => typed,
        Err(mistakes) => {
            let page = writing.form_page(String::new(), mistakes).await?.again();
            return Ok(match form.value(wire::TRAP).trim() {
                "" => page,
                _ => page.noticed(Sign::Trap),
            });
        }
    };
    if let Err(refused) = limit.sent.check(from, visit.now.0) {
        return writing.busy(refused).await;
    }
    writing.store(&typed, &code).await
}

#[get("/feedback/status")]
fn find(lang: Language) -> Page {
    find_page(lang, String::new(), Mistakes::new(), false)
}

#[post("/feedback/status", data = "<form>")]
async fn status(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limit: &State<FeedbackLimit>,
) -> AppResult<Page> {
    limit.codes.check(from, visit.now.0)?;
    match Secret::parse(form.value("code")) {
        Ok(code) => status_page(&visit, &code, Again::default()).await,
        Err(_) => Ok(wrong_code(visit.lang, "feedback-code-wrong")),
    }
}

#[get("/feedback/write")]
fn write_again_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/feedback/status")
}

#[post("/feedback/write", data = "<form>")]
async fn write_again(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limit: &State<FeedbackLimit>,
) -> AppResult<Page> {
    let lang = visit.lang;
    let Some(code) = visit.open_code(PASS, PASS_LIFE, form.value("pass")) else {
        let words = text::message(lang, "feedback-pass-old", &[]);
        let page = find_page(lang, words, Mistakes::new(), false);
        return Ok(page.status(Status::UnprocessableEntity));
    };
    let mut again = Again {
        typed: form.value("text").to_owned(),
        ..Again::default()
    };
    let words = match wire::letter(lang, &again.typed, LONGEST) {
        Ok(words) => words,
        Err(wrong) => {
            again.mistakes.add("text", wrong);
            return Ok(status_page(&visit, &code, again).await?.again());
        }
    };
    if let Err(refused) = limit.sent.check(from, visit.now.0) {
        let Some(until) = refused.until_ms() else {
            return Err(refused);
        };
        again.message = wait(lang, until);
        let page = status_page(&visit, &code, again).await?;
        return Ok(page.status(Status::TooManyRequests));
    }
    let version = form.value("version").parse().unwrap_or(0);
    let lookup = visit.vault.lookup(&code)?;
    let found = visit
        .db
        .read("read feedback", move |tx| feedback::find(tx, &lookup))
        .await?;
    let Some(found) = found else {
        return Ok(wrong_code(lang, "feedback-code-unknown"));
    };
    let sealed = letter::seal_more(visit.vault, &found, &words)?;
    let stored = visit
        .db
        .write("take one letter more", move |tx| {
            feedback::write_again(tx, &lookup, version, &sealed)
        })
        .await;
    match stored {
        Ok(_) => Ok(status_page(&visit, &code, Again::default()).await?.done()),
        Err(error @ (Error::Moved | Error::Full)) => {
            let id = match error {
                Error::Full => "feedback-full-words",
                _ => "feedback-changed",
            };
            again.message = text::message(lang, id, &[]);
            let page = status_page(&visit, &code, again).await?;
            Ok(page.status(Status::Conflict))
        }
        Err(error) => Err(error.into()),
    }
}

impl Writing<'_> {
    async fn form_page(&self, message: String, mistakes: Mistakes) -> AppResult<Page> {
        let kept = self
            .visit
            .db
            .read("read retention", |tx| retention::days(tx, Class::Feedback))
            .await?;
        // The code of the matter that is about to be: sent twice, it is one. A form that comes back
        // keeps the one it has.
        let sent = self.form.value("token");
        let code = self
            .visit
            .open_code(FORM, FORM_LIFE, sent)
            .unwrap_or_else(|| Secret::from_entropy(ids::random()));
        let token = self.visit.seal_code(FORM, &code)?;
        let lang = self.visit.lang;
        let view = WriteView::new(lang, kept, self.form, token, message, mistakes);
        Ok(Page::new(lang, "feedback/write", view)
            .no_store()
            .at("/feedback"))
    }

    /// The form again with what was typed, and the time from which it works.
    async fn busy(&self, refused: AppError) -> AppResult<Page> {
        match refused.until_ms() {
            Some(until) => {
                let words = wait(self.visit.lang, until);
                let page = self.form_page(words, Mistakes::new()).await?;
                Ok(page.status(Status::TooManyRequests))
            }
            None => Err(refused),
        }
    }

    async fn store(&self, typed: &Typed, code: &Secret) -> AppResult<Page> {
        let due_at = match typed.topic {
            Topic::Privacy => self.file(typed, code).await?.due().0,
            _ => {
                self.receive(typed, code).await?;
                0
            }
        };
        let view = ThanksView {
            code: code.grouped(),
            wish: typed.wish.code(),
            due_at,
        };
        Ok(Page::new(self.visit.lang, "feedback/thanks", view)
            .no_store()
            .at("/feedback"))
    }

    async fn receive(&self, typed: &Typed, code: &Secret) -> AppResult<Feedback> {
        let email = typed.email.as_ref().map(|email| email.address());
        let email = email.as_ref().map(|email| email.as_str());
        let visit = &self.visit;
        let new = NewFeedback {
            lookup: visit.vault.lookup(code)?,
            topic: typed.topic,
            wish: typed.wish,
            language: visit.lang,
            letter: letter::seal(visit.vault, visit.now, &typed.text, email)?,
        };
        let write = |new: NewFeedback| {
            visit
                .db
                .write("take feedback", move |tx| feedback::receive(tx, &new))
        };
        match write(new.clone()).await {
            Err(Error::Twice) => Ok(write(new).await?),
            stored => Ok(stored?),
        }
    }

    /// What is about personal data is a request to be told about it, with the shorter of the two
    /// clocks; the same reference code opens it.
    async fn file(&self, typed: &Typed, code: &Secret) -> AppResult<Request> {
        let email = typed.email.as_ref().map(|email| email.address());
        let visit = &self.visit;
        let written = RequestLetter {
            text: &typed.text,
            email: email.as_ref().map(|email| email.as_str()),
            phone: None,
        };
        let new = NewRequest {
            lookup: visit.vault.lookup(code)?,
            kind: RequestKind::See,
            activity: None,
            entry: None,
            language: visit.lang,
            letter: rights::letter::seal(visit.vault, visit.now, &written)?,
        };
        let write = |new: NewRequest| {
            visit
                .db
                .write("file request", move |tx| rights::open(tx, &new))
        };
        match write(new.clone()).await {
            Err(rights::Error::Twice) => Ok(write(new).await?),
            stored => Ok(stored?),
        }
    }
}

fn wait(lang: Language, until: i64) -> String {
    let time = text::dates::time(until);
    text::message(lang, "feedback-wait", &[("time", time.into())])
}

/// What became of a matter; the person's own letters are opened on record.
async fn status_page(visit: &Visit<'_>, code: &Secret, again: Again) -> AppResult<Page> {
    let lookup = visit.vault.lookup(code)?;
    let found = visit
        .db
        .write("read feedback", move |tx| {
            let Some(found) = feedback::find(tx, &lookup)? else {
                return Ok::<_, Error>(Err(rights::find(tx, &lookup)?.is_some()));
            };
            let letters = RecordedLetters::of(tx, &Actor::Entrant, &found)?;
            let kept = feedback::kept_until(tx, &found)?;
            Ok(Ok((found, letters, kept)))
        })
        .await?;
    let (found, letters, kept) = match found {
        Ok(found) => found,
        Err(true) => {
            let page = find_page(visit.lang, String::new(), Mistakes::new(), true);
            return Ok(page.status(Status::UnprocessableEntity));
        }
        Err(false) => return Ok(wrong_code(visit.lang, "feedback-code-unknown")),
    };
    let (letters, _) = letters.open(visit.vault)?;
    let pass = visit.seal_code(PASS, code)?;
    let view = StatusView::new(visit.lang, &found, letters, kept.0, pass, again);
    Ok(Page::new(visit.lang, "feedback/status", view)
        .no_store()
        .at("/feedback/status"))
}

fn find_page(lang: Language, message: String, mistakes: Mistakes, is_request: bool) -> Page {
    let view = FindView {
        mistakes,
        message,
        is_request,
    };
    Page::new(lang, "feedback/find", view)
        .no_store()
        .at("/feedback/status")
}

fn wrong_code(lang: Language, id: &str) -> Page {
    let mut mistakes = Mistakes::new();
    mistakes.add("code", text::message(lang, id, &[]));
    let page = find_page(lang, String::new(), mistakes, false).again();
    page.noticed(Sign::Code)
}
