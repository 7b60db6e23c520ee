//! `/staff/activities/<id>/admission`: who is let in, the list of cards, and invitation codes.
//!
//! Invariant: a file is held in memory and never on our disk; what is wrong with it goes back as
//! numbers of lines. Codes are shown in the answer to the form that makes them, and never again.

use std::sync::Arc;
use std::time::Duration;

use rocket::http::uri::Host;
use rocket::tokio::task::spawn_blocking;
use rocket::tokio::time::timeout;
use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::{self, ActivityId, Facts};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::fault::Fault;
use crate::platform::mail::MailFacts;
use crate::platform::text::{self, Language};
use crate::platform::web::download::{Answer, Download};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::form::upload::FileUpload;
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::codes::BatchId;
use super::wire::{self, AdmissionView, CardFile, SheetView, Standing};
use super::{Error, cards, codes};

/// So long a visitor waits for an import.
const PATIENCE: Duration = Duration::from_secs(40);

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![show, import, clear, make, withdraw]
}

fn path(id: &ActivityId) -> String {
    format!("/staff/activities/{id}/admission")
}

async fn read(db: &Db, id: &str) -> AppResult<(Facts, Standing)> {
    let id = ActivityId::from(id);
    let found = db
        .read("read admission", move |tx| {
            let facts = activity::by_id(tx, &id)?;
            let batches = codes::batches(tx, &id)?;
            let standing = Standing {
                cards: cards::count(tx, &id)?,
                batches,
            };
            Ok::<_, Error>((facts, standing))
        })
        .await;
    match found {
        Err(Error::Activity(activity::Error::Unknown)) => Err(AppError::not_found()),
        found => Ok(found?),
    }
}

fn page(lang: Language, facts: &Facts, view: AdmissionView) -> Page {
    let page = Page::new(lang, "admission/admission", view).no_store();
    page.at(path(&facts.id))
}

#[get("/staff/activities/<id>/admission?<added>&<known>&<waiting>&<going>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn show(
    lang: Language,
    _staff: Librarian,
    id: &str,
    added: Option<u64>,
    known: Option<u64>,
    waiting: Option<u64>,
    going: Option<bool>,
    db: &State<Db>,
    mail: &State<Arc<MailFacts>>,
) -> AppResult<Page> {
    let (facts, standing) = read(db, id).await?;
    let view = AdmissionView::of(lang, &facts, standing).over(mail);
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX).into();
    let view = match added {
        Some(added) => {
            let known = known.unwrap_or_default();
            let args = [("added", number(added)), ("known", number(known))];
            let mut did = text::message(lang, "admission-cards-added", &args);
            if let Some(waiting) = waiting.filter(|waiting| *waiting > 0) {
                let args = [("waiting", number(waiting))];
                did.push_str(&text::message(lang, "admission-cards-waiting", &args));
            }
            view.after(did)
        }
        None if going == Some(true) => {
            view.after(text::message(lang, "admission-cards-going", &[]))
        }
        None => view,
    };
    Ok(page(lang, &facts, view))
}

#[post("/staff/cards/<id>", data = "<sent>")]
async fn import(
    lang: Language,
    staff: Librarian,
    id: &str,
    sent: FileUpload,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let (facts, standing) = read(db, id).await?;
    if !cards::takes_cards(&facts) {
        return Err(Error::Shut.into());
    }
    let field = match sent.fields().has("pasted") {
        true => "pasted",
        false => "file",
    };
    let file = CardFile::read(sent.fields().value(field));
    if let Some(words) = file.trouble(lang) {
        let view = AdmissionView::of(lang, &facts, standing);
        let mut view = view.pasting(sent.fields().value("pasted"));
        view.mistakes.add(field, words);
        return Ok(page(lang, &facts, view).again().into());
    }
    drop(sent);
    let (db, vault) = (db.inner().clone(), vault.inner().clone());
    let (by, activity) = (staff.0.actor(), facts.id.clone());
    let import = move || {
        let imported = cards::import(&db, &vault, &by, &activity, &file.subjects);
        if let Err(error) = &imported {
            // Nobody may be waiting for it any more.
            tracing::warn!(code = error.code(), "an import of cards broke off");
        }
        imported
    };
    let imported = match timeout(PATIENCE, spawn_blocking(import)).await {
        Ok(imported) => imported.map_err(AppError::broken)??,
        // It goes on without its visitor.
        Err(_) => return Ok(Reply::go(lang, &format!("{}?going=true", path(&facts.id)))),
    };
    let (added, known, waiting) = (imported.added, imported.known, imported.waiting);
    let to = format!(
        "{}?added={added}&known={known}&waiting={waiting}",
        path(&facts.id)
    );
    Ok(Reply::go(lang, &to))
}

#[post("/staff/activities/<id>/admission/clear", data = "<form>")]
async fn clear(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (facts, standing) = read(db, id).await?;
    if !form.has("sure") {
        let mut view = AdmissionView::of(lang, &facts, standing);
        let words = text::message(lang, "admission-clear-sure-empty", &[]);
        view.mistakes.add("sure", words);
        return Ok(page(lang, &facts, view).again().into());
    }
    let (by, activity) = (staff.0.actor(), facts.id.clone());
    db.write("clear cards", move |tx| cards::clear(tx, &by, &activity))
        .await?;
    Ok(Reply::go(lang, &path(&facts.id)))
}

/// The form's address as it is printed.
fn address(lang: Language, facts: &Facts, config: &Config, host: Option<&Host<'_>>) -> String {
    let path = lang.url(&format!("/a/{}/enter", facts.slug));
    match (config.public_origin.as_str(), host) {
        ("", Some(host)) => format!("http://{host}{path}"),
        (origin, _) => format!("{origin}{path}"),
    }
}

/// Makes codes; the answer is the sheet to print, or the file.
#[post("/staff/activities/<id>/admission/codes", data = "<form>")]
async fn make(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    host: Option<&Host<'_>>,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Answer> {
    let (facts, standing) = read(db, id).await?;
    let count = match wire::wanted(lang, form.value("count")) {
        Ok(count) => count,
        Err(mistakes) => {
            let view = AdmissionView::of(lang, &facts, standing);
            let view = view.wanting(form.value("count"), mistakes);
            return Ok(page(lang, &facts, view).again().into());
        }
    };
    let (by, activity) = (staff.0.id.clone(), facts.id.clone());
    let made = db
        .write("make codes", move |tx| {
            codes::make(tx, &by, &activity, count)
        })
        .await?;
    let address = address(lang, &facts, config, host);
    if form.value("as") == "csv" {
        let name = format!("invitations-{}.csv", facts.slug);
        return Ok(Download::csv(name, wire::sheet_csv(&address, &made)).into());
    }
    let view = SheetView::of(lang, &facts, address, &made);
    let page = Page::new(lang, "admission/invitations", view).no_store();
    Ok(page.at(path(&facts.id)).into())
}

#[post(
    "/staff/activities/<id>/admission/codes/<batch>/withdraw",
    data = "<form>"
)]
async fn withdraw(
    lang: Language,
    staff: Librarian,
    id: &str,
    batch: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (facts, standing) = read(db, id).await?;
    let sure = format!("sure-{batch}");
    // Of a batch that is not there the transaction says so.
    let is_there = standing
        .batches
        .iter()
        .any(|each| each.id.as_str() == batch);
    if is_there && codes::takes_codes(&facts) && !form.has(&sure) {
        let mut view = AdmissionView::of(lang, &facts, standing);
        let words = text::message(lang, "admission-codes-withdraw-unsure", &[]);
        view.mistakes.add(sure, words);
        return Ok(page(lang, &facts, view).again().into());
    }
    let (by, activity, batch) = (staff.0.id.clone(), facts.id.clone(), BatchId::from(batch));
    db.write("withdraw codes", move |tx| {
        codes::withdraw(tx, &by, &activity, &batch)
    })
    .await?;
    Ok(Reply::go(lang, &path(&facts.id)))
}
