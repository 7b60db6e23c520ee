//! `/privacy/request` and its status, for everybody.
//!
//! Invariant: a form sent twice is one request; a code that belongs to nothing is answered in the
//! same words whoever asks.

use lucky_draw::ticket::Secret;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use zeroize::Zeroizing;

use crate::activity::{self, Facts, Stage};
use crate::audit::Actor;
use crate::entry::{EntryId, receipt};
use crate::platform::clock::{HOUR, MINUTE};
use crate::platform::ids;
use crate::platform::text::{self, Language};
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::policy::retention::{self, Class};
use crate::rights::letter::{self, Letter};
use crate::rights::wire::{self, AskView, Asked, DoneView, FindView, StatusView};
use crate::rights::{self, Error, NewRequest, Request};
use crate::vault::guard::Visit;

use super::{RecordedLetters, RequestLimit, activity_of};

/// How long the form may lie open.
const FORM_LIFE: i64 = 12 * HOUR;
/// How long a status page stays usable after the code was typed.
const PASS_LIFE: i64 = 30 * MINUTE;

pub(super) fn routes() -> Vec<Route> {
    routes![ask, send, find, status, take_back_without_form, take_back]
}

/// Somebody who asks: the visit, and what was typed.
struct Asking<'a> {
    visit: Visit<'a>,
    form: &'a FormFields,
}

#[get("/privacy/request?<activity>")]
async fn ask(visit: Visit<'_>, activity: Option<&str>) -> AppResult<Page> {
    let named = activity.map(|slug| ("activity".to_owned(), Zeroizing::new(slug.to_owned())));
    let form = &FormFields::of_line(named.into_iter().collect());
    let asking = Asking { visit, form };
    asking.form_page(String::new(), Mistakes::new()).await
}

#[post("/privacy/request", data = "<form>")]
async fn send(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limit: &State<RequestLimit>,
) -> AppResult<Page> {
    let (lang, form) = (visit.lang, &form);
    let asking = Asking { visit, form };
    let Some(code) = visit.open_code("request", FORM_LIFE, form.value("token")) else {
        let words = text::message(lang, "rights-form-old", &[]);
        return Ok(asking.form_page(words, Mistakes::new()).await?.again());
    };
    let asked = match wire::read(lang, form) {
        Ok(asked) => asked,
        Err(mistakes) => {
            return Ok(asking.form_page(String::new(), mistakes).await?.again());
        }
    };
    if let Err(refused) = limit.sent.check(from, visit.now.0) {
        return asking.busy(refused).await;
    }
    let (activity, entry) = match asking.about(&asked, from, limit).await? {
        Ok(about) => about,
        Err(mistakes) => {
            return Ok(asking.form_page(String::new(), mistakes).await?.again());
        }
    };
    asking.store(asked, activity, entry, &code).await
}

#[get("/privacy/request/status")]
fn find(lang: Language) -> Page {
    find_page(lang, String::new(), Mistakes::new())
}

#[post("/privacy/request/status", data = "<form>")]
async fn status(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limit: &State<RequestLimit>,
) -> AppResult<Page> {
    limit.codes.check(from, visit.now.0)?;
    match Secret::parse(form.value("code")) {
        Ok(code) => status_page(&visit, &code).await,
        Err(_) => Ok(wrong_code(visit.lang, "rights-code-wrong")),
    }
}

#[get("/privacy/request/take-back")]
fn take_back_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/privacy/request/status")
}

#[post("/privacy/request/take-back", data = "<form>")]
async fn take_back(visit: Visit<'_>, form: FormFields) -> AppResult<Page> {
    let Some(code) = visit.open_code("status", PASS_LIFE, form.value("pass")) else {
        let words = text::message(visit.lang, "rights-pass-old", &[]);
        let page = find_page(visit.lang, words, Mistakes::new());
        return Ok(page.status(Status::UnprocessableEntity));
    };
    let lookup = visit.vault.lookup(&code)?;
    visit
        .db
        .write("take request back", move |tx| {
            rights::take_back(tx, &lookup)
        })
        .await?;
    status_page(&visit, &code).await
}

impl Asking<'_> {
    async fn form_page(&self, message: String, mistakes: Mistakes) -> AppResult<Page> {
        let (activities, kept) = self
            .visit
            .db
            .read("list activities", |tx| {
                let kept = retention::days(tx, Class::Requests)?;
                Ok::<_, Error>((activity::list(tx, &SHOWN)?, kept))
            })
            .await?;
        // The code of the request that is about to be: sent twice, it is one request. A form that
        // comes back keeps the one it has.
        let sent = self.form.value("token");
        let code = self
            .visit
            .open_code("request", FORM_LIFE, sent)
            .unwrap_or_else(|| Secret::from_entropy(ids::random()));
        let token = self.visit.seal_code("request", &code)?;
        let view = AskView::new(
            self.visit.lang,
            &activities,
            kept,
            self.form,
            token,
            message,
            mistakes,
        );
        Ok(Page::new(self.visit.lang, "rights/ask", view)
            .no_store()
            .at("/privacy/request"))
    }

    /// The form again with what was typed, and the time from which it works.
    async fn busy(&self, refused: AppError) -> AppResult<Page> {
        match refused.until_ms() {
            Some(until) => {
                let time = text::dates::time(until);
                let words = text::message(self.visit.lang, "rights-wait", &[("time", time.into())]);
                let page = self.form_page(words, Mistakes::new()).await?;
                Ok(page.status(Status::TooManyRequests))
            }
            None => Err(refused),
        }
    }

    /// The activity that was named, and the entry whose receipt code was typed, which names its
    /// activity too.
    async fn about(
        &self,
        asked: &Asked,
        from: ClientAddress,
        limit: &RequestLimit,
    ) -> AppResult<Result<(Option<Facts>, Option<EntryId>), Mistakes>> {
        let typed = self.form.value("code");
        if typed.trim().is_empty() {
            let slug = asked.activity.clone();
            let found = self
                .visit
                .db
                .read("find activity", move |tx| match activity::find(tx, &slug) {
                    Ok(facts) if facts.stage != Stage::Draft => Ok(Some(facts)),
                    Ok(_) | Err(activity::Error::Unknown) => Ok(None),
                    Err(error) => Err(error),
                })
                .await?;
            return Ok(Ok((found, None)));
        }
        limit.codes.check(from, self.visit.now.0)?;
        let mut mistakes = Mistakes::new();
        let Ok(code) = Secret::parse(typed) else {
            let words = text::message(self.visit.lang, "rights-receipt-wrong", &[]);
            mistakes.add("code", words);
            return Ok(Err(mistakes));
        };
        let lookup = self.visit.vault.lookup(&code)?;
        let found = self
            .visit
            .db
            .read("find entry", move |tx| receipt::find(tx, &lookup))
            .await?;
        match found {
            Some(found) => Ok(Ok((Some(found.facts), Some(found.entry.id)))),
            None => {
                self.visit.watch.notice(Sign::Code, from.near());
                let words = text::message(self.visit.lang, "entry-code-unknown", &[]);
                mistakes.add("code", words);
                Ok(Err(mistakes))
            }
        }
    }

    async fn store(
        &self,
        asked: Asked,
        activity: Option<Facts>,
        entry: Option<EntryId>,
        code: &Secret,
    ) -> AppResult<Page> {
        let email = asked.email.as_ref().map(|email| email.address());
        let phone = asked.phone.as_ref().map(|phone| phone.display());
        let written = Letter {
            text: &asked.text,
            email: email.as_ref().map(|email| email.as_str()),
            phone: phone.as_ref().map(|phone| phone.as_str()),
        };
        let new = NewRequest {
            lookup: self.visit.vault.lookup(code)?,
            kind: asked.kind,
            activity: activity.map(|facts| facts.id),
            entry,
            language: self.visit.lang,
            letter: letter::seal(self.visit.vault, self.visit.now, &written)?,
        };
        let stored = self.write(new.clone()).await;
        let request = match stored {
            Err(Error::Twice) => self.write(new).await?,
            stored => stored?,
        };
        let view = DoneView {
            code: code.grouped(),
            kind: wire::kind_words(self.visit.lang, request.kind),
            due_at: request.due().0,
        };
        Ok(Page::new(self.visit.lang, "rights/done", view)
            .no_store()
            .at("/privacy/request"))
    }

    async fn write(&self, new: NewRequest) -> Result<Request, Error> {
        self.visit
            .db
            .write("take request", move |tx| rights::open(tx, &new))
            .await
    }
}

/// What became of a request; the person's own letters are opened on record.
async fn status_page(visit: &Visit<'_>, code: &Secret) -> AppResult<Page> {
    let lookup = visit.vault.lookup(code)?;
    let found = visit
        .db
        .write("read request", move |tx| {
            let Some(request) = rights::find(tx, &lookup)? else {
                return Ok::<_, Error>(None);
            };
            let activity = activity_of(tx, &request)?;
            let letters = RecordedLetters::of(tx, &Actor::Entrant, &request)?;
            Ok(Some((request, activity, letters)))
        })
        .await?;
    let Some((request, activity, letters)) = found else {
        return Ok(wrong_code(visit.lang, "rights-code-unknown"));
    };
    let letters = letters.open(visit.vault)?;
    let pass = visit.seal_code("status", code)?;
    let view = StatusView::new(
        visit.lang,
        &request,
        activity.as_ref(),
        letters,
        pass,
        visit.now,
    );
    Ok(Page::new(visit.lang, "rights/status", view)
        .no_store()
        .at("/privacy/request/status"))
}

/// Activities that a request may be about: whatever was published.
const SHOWN: [Stage; 5] = [
    Stage::Open,
    Stage::Closed,
    Stage::Drawn,
    Stage::Notified,
    Stage::Cancelled,
];

fn find_page(lang: Language, message: String, mistakes: Mistakes) -> Page {
    Page::new(lang, "rights/find", FindView { mistakes, message })
        .no_store()
        .at("/privacy/request/status")
}

fn wrong_code(lang: Language, id: &str) -> Page {
    let mut mistakes = Mistakes::new();
    mistakes.add("code", text::message(lang, id, &[]));
    let page = find_page(lang, String::new(), mistakes).again();
    page.noticed(Sign::Code)
}
