//! `/admin/requests`: the queue, one request, its answer and its extension.
//!
//! Invariant: a letter is shown after its opening is on record, in the answer to a POST and nowhere
//! else; nothing here changes an entry.

use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Confirmed, PrivacyOfficer};
use crate::audit::{Actor, detector};
use crate::entry;
use crate::identity::typed;
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::rights::letter::{self, LONGEST_ANSWER};
use crate::rights::wire::{self, Around, QueueView, RequestRow, RequestView};
use crate::rights::{self, Error, Identified, Request, RequestId, RequestState, Urgency};
use crate::vault::Vault;
use lucky_draw::ticket::TicketNumber;

use super::{RecordedLetters, activity_of};

/// Longest reason of an extension.
const LONGEST_REASON: usize = 300;

pub(super) fn routes() -> Vec<Route> {
    routes![queue, show, read, answer, extend]
}

#[get("/admin/requests")]
async fn queue(lang: Language, _staff: PrivacyOfficer, db: &State<Db>) -> AppResult<Page> {
    let now = db.clock().now();
    let rows = db
        .read("list requests", |tx| {
            let mut rows = Vec::new();
            for request in rights::list(tx)? {
                let activity = activity_of(tx, &request)?;
                rows.push((request, activity));
            }
            Ok::<_, Error>(rows)
        })
        .await?;
    let overdue = rows
        .iter()
        .filter(|(request, _)| request.urgency(now) == Urgency::Overdue)
        .count();
    let (open, done): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|(request, _)| request.state == RequestState::Open);
    let lines = |of: Vec<(Request, _)>| {
        of.iter()
            .map(|(request, activity)| {
                RequestRow::new(lang, request, Option::as_ref(activity), now)
            })
            .collect()
    };
    let view = QueueView {
        open: lines(open),
        done: lines(done),
        overdue: u64::try_from(overdue).unwrap_or(u64::MAX),
    };
    Ok(Page::new(lang, "rights/queue", view))
}

#[get("/admin/requests/<id>")]
async fn show(lang: Language, _staff: PrivacyOfficer, id: &str, db: &State<Db>) -> AppResult<Page> {
    let ground = Ground::read(db, id).await?;
    let view = ground.view(lang, db, &FormFields::default(), Mistakes::new());
    Ok(ground.page(lang, view))
}

#[post("/admin/requests/<id>/read", data = "<_form>")]
async fn read(
    lang: Language,
    staff: PrivacyOfficer,
    id: &str,
    _form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let ground = Ground::read(db, id).await?;
    let letters = ground.letters(&staff.0.actor(), db, vault).await?;
    let view = ground.view(lang, db, &FormFields::default(), Mistakes::new());
    Ok(ground.page(lang, view.with(letters)))
}

#[post("/admin/requests/<id>/answer", data = "<form>")]
async fn answer(
    lang: Language,
    staff: PrivacyOfficer,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let words = typed::lines(form.value("answer"));
    let mut mistakes = Mistakes::new();
    let length = typed::length(&words);
    if words.is_empty() {
        mistakes.add("answer", text::message(lang, "rights-answer-missing", &[]));
    } else if length > LONGEST_ANSWER {
        mistakes.add("answer", wire::too_long(lang, length, LONGEST_ANSWER));
    }
    let identified = match ground.request.entry {
        Some(_) => Some(Identified::Receipt),
        None => Identified::parse(form.value("identified")),
    };
    let Some(identified) = identified.filter(|_| mistakes.is_empty()) else {
        if identified.is_none() {
            mistakes.add(
                "identified",
                text::message(lang, "rights-identified-missing", &[]),
            );
        }
        // The letter stays open beside what was typed; the opening is recorded once more.
        let letters = ground.letters(&staff.0.actor(), db, vault).await?;
        let view = ground.view(lang, db, &form, mistakes).with(letters);
        return Ok(Err(ground.page(lang, view).again()));
    };
    let sealed = letter::seal_answer(vault, &ground.request, &words)?;
    let (actor, request) = (staff.0.actor(), ground.request.id.clone());
    let done = db
        .write("answer request", move |tx| {
            rights::answer(tx, &actor, &request, &sealed, identified)
        })
        .await;
    ground.done(lang, db, &form, done)
}

#[post("/admin/requests/<id>/extend", data = "<form>")]
async fn extend(
    lang: Language,
    staff: PrivacyOfficer,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Result<Reply, Page>> {
    let ground = Ground::read(db, id).await?;
    let reason = typed::line(form.value("reason"));
    let mut mistakes = Mistakes::new();
    let length = typed::length(&reason);
    if reason.is_empty() {
        mistakes.add("reason", text::message(lang, "rights-reason-missing", &[]));
    } else if length > LONGEST_REASON {
        mistakes.add("reason", wire::too_long(lang, length, LONGEST_REASON));
    } else if let Some(trace) = detector::find(&reason) {
        mistakes.add("reason", text::message(lang, trace.message_id(), &[]));
    }
    if !mistakes.is_empty() {
        let view = ground.view(lang, db, &form, mistakes);
        return Ok(Err(ground.page(lang, view).again()));
    }
    let (actor, request) = (staff.0.actor(), ground.request.id.clone());
    let done = db
        .write("extend request", move |tx| {
            rights::extend(tx, &actor, &request, &reason)
        })
        .await;
    ground.done(lang, db, &form, done)
}

/// One request with what its page shows around it.
struct Ground {
    request: Request,
    around: Around,
}

impl Ground {
    async fn read(db: &Db, id: &str) -> AppResult<Ground> {
        let id = RequestId::from(id);
        let found = db.read("read request", move |tx| ground(tx, &id)).await;
        match found {
            Err(Error::Unknown) => Err(AppError::not_found()),
            found => Ok(found?),
        }
    }

    fn view(&self, lang: Language, db: &Db, form: &FormFields, mistakes: Mistakes) -> RequestView {
        let now = db.clock().now();
        RequestView::new(lang, &self.request, &self.around, form, mistakes, now)
    }

    fn page(&self, lang: Language, view: RequestView) -> Page {
        Page::new(lang, "rights/request", view)
            .no_store()
            .at(format!("/admin/requests/{}", self.request.id))
    }

    async fn letters(&self, by: &Actor, db: &Db, vault: &Vault) -> AppResult<wire::Letters> {
        let (by, request) = (by.clone(), self.request.clone());
        let recorded = db
            .write("record opening of request", move |tx| {
                RecordedLetters::of(tx, &by, &request)
            })
            .await?;
        Ok(recorded.open(vault)?)
    }

    /// Back to the request, or its page with what happened meanwhile and what was typed.
    fn done(
        &self,
        lang: Language,
        db: &Db,
        form: &FormFields,
        done: Result<Request, Error>,
    ) -> AppResult<Result<Reply, Page>> {
        let words = match done {
            Ok(_) => {
                let path = format!("/admin/requests/{}", self.request.id);
                return Ok(Ok(Reply::done(lang, &path)));
            }
            Err(Error::NotOpen) => "rights-not-open",
            Err(Error::Extended) => "rights-extended",
            Err(Error::TooLate) => "rights-too-late",
            Err(error) => return Err(error.into()),
        };
        let view = self.view(lang, db, form, Mistakes::new());
        let view = view.saying(text::message(lang, words, &[]));
        let page = self.page(lang, view);
        Ok(Err(page.status(rocket::http::Status::Conflict)))
    }
}

fn ground(tx: &mut Tx, id: &RequestId) -> Result<Ground, Error> {
    let request = rights::by_id(tx, id)?;
    let activity = activity_of(tx, &request)?;
    let mut tickets = Vec::new();
    if let (Some(of), Some(entry)) = (&request.activity, &request.entry) {
        for ticket in entry::tickets_of(tx, of, entry)? {
            tickets.push(TicketNumber(ticket.index).to_string());
        }
    }
    Ok(Ground {
        request,
        around: Around { activity, tickets },
    })
}
