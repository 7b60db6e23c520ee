//! `/a/<slug>/address`: where an address has to be confirmed, the link that opens the form.
//!
//! Invariant: opening the link changes nothing; the button on its page leads to the form, and the form
//! carries on what the link proves. Nothing is stored before the entry itself.
//!
//! Not here: the link and its letter (`admission::address`), whether the form names the same address
//! ([`super::admitting`]).

use std::sync::Arc;

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::admission::address::{self, Proof, Sent};
use crate::admission::guard::Doorman;
use crate::entry::wire::proving::{self as wire, AskView, LinkView};
use crate::entry::wire::shut::Shut;
use crate::entry::wire::{ENTRANCE, Sheet};
use crate::platform::text::{self, Language};
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::TokenError;
use crate::vault::guard::Visit;

use super::Limits;
use super::enter::Filling;
use super::sheets::Sheets;

pub(super) fn routes() -> Vec<Route> {
    routes![sent, ask, link, go_on]
}

fn path(sheet: &Sheet) -> String {
    format!("/a/{}/address", sheet.facts.slug)
}

/// The sheet of an activity that needs a confirmed address.
async fn sheet(visit: &Visit<'_>, slug: &str, sheets: &Sheets) -> AppResult<Arc<Sheet>> {
    let (sheet, _) = sheets.sheet(visit.db, slug).await?;
    match sheet.needs_address() {
        true => Ok(sheet),
        false => Err(AppError::not_found()),
    }
}

/// In place of the form: where shall the link go?
pub(super) async fn ask_page(
    filling: &Filling<'_>,
    sheet: &Sheet,
    message: String,
    mistakes: Mistakes,
) -> AppResult<Page> {
    let token = filling.fresh_token(sheet).await?;
    let lang = filling.visit.lang;
    let view = AskView::new(lang, sheet, filling.form, token, message, mistakes);
    let page = Page::new(lang, "entry/address", view);
    Ok(page.no_store().at(format!("/a/{}/enter", sheet.facts.slug)))
}

#[post("/a/<slug>/address", data = "<form>")]
async fn ask(
    visit: Visit<'_>,
    slug: &str,
    form: FormFields,
    from: ClientAddress,
    limits: &State<Limits>,
    sheets: &State<Sheets>,
    doorman: &State<Arc<Doorman>>,
) -> AppResult<Reply> {
    let sheet = sheet(&visit, slug, sheets).await?;
    let filling = Filling::new(visit, &form, from);
    if let Some(why) = Shut::of(&sheet.facts, visit.now) {
        let page = filling.shut(&sheet, why)?;
        return Ok(page.status(Status::Conflict).into());
    }
    let again = async |message: String, mistakes: Mistakes| {
        let page = ask_page(&filling, &sheet, message, mistakes).await?;
        Ok::<_, AppError>(page.again())
    };
    if let Err(message) = filling.form_token(&sheet, from, limits).await? {
        return Ok(again(message, Mistakes::new()).await?.into());
    }
    if let Some(mistakes) = filling.trapped() {
        let page = again(String::new(), mistakes).await?;
        return Ok(page.noticed(Sign::Trap).into());
    }
    let email = match wire::email(visit.lang, &form) {
        Ok(email) => email,
        Err(mistakes) => return Ok(again(String::new(), mistakes).await?.into()),
    };
    if email.suggestion().is_some() && form.value("meant") != form.value("email") {
        // Perhaps a slip: whoever means it sends it once more.
        return Ok(again(String::new(), Mistakes::new()).await?.into());
    }
    if let Err(refused) = limits.letters.check(from, visit.now.0) {
        let page = again(filling.wait(refused)?, Mistakes::new()).await?;
        return Ok(page.status(Status::TooManyRequests).into());
    }
    match doorman.send(&sheet.facts, email, visit.lang).await? {
        Sent::Left => Ok(Reply::go(visit.lang, &path(&sheet))),
        Sent::Refused => {
            let mut mistakes = Mistakes::new();
            let words = text::message(visit.lang, "admission-link-refused", &[]);
            mistakes.add("email", words);
            Ok(again(String::new(), mistakes).await?.into())
        }
        Sent::NotNow => {
            let words = text::message(visit.lang, "admission-link-not-now", &[]);
            let page = again(words, Mistakes::new()).await?;
            Ok(page.status(Status::ServiceUnavailable).into())
        }
    }
}

#[get("/a/<slug>/address")]
async fn sent(visit: Visit<'_>, slug: &str, sheets: &State<Sheets>) -> AppResult<Page> {
    let sheet = sheet(&visit, slug, sheets).await?;
    let view = LinkView::new(visit.lang, &sheet, "");
    let page = Page::new(visit.lang, "entry/address_sent", view);
    Ok(page.no_store().at(path(&sheet)))
}

/// Whether a link is good.
async fn is_good(visit: &Visit<'_>, sheet: &Sheet, proof: &str) -> AppResult<bool> {
    let (vault, id) = (visit.vault, &sheet.facts.id);
    match Proof::open(vault, visit.now, proof, address::LIFE, id).await {
        Ok(_) => Ok(true),
        Err(TokenError::Unavailable) => Err(AppError::unavailable()),
        Err(TokenError::Expired | TokenError::Broken) => Ok(false),
    }
}

/// In place of a link that is too old, or none of ours: another one.
async fn over(filling: &Filling<'_>, sheet: &Sheet) -> AppResult<Page> {
    let words = text::message(filling.visit.lang, "admission-link-old", &[]);
    let page = ask_page(filling, sheet, words, Mistakes::new()).await?;
    Ok(page.again().noticed(Sign::Code))
}

#[get("/a/<slug>/address/<proof>")]
async fn link(
    visit: Visit<'_>,
    slug: &str,
    proof: &str,
    from: ClientAddress,
    sheets: &State<Sheets>,
) -> AppResult<Page> {
    let sheet = sheet(&visit, slug, sheets).await?;
    let form = FormFields::default();
    let filling = Filling::new(visit, &form, from);
    if let Some(why) = Shut::of(&sheet.facts, visit.now) {
        return filling.shut(&sheet, why);
    }
    if !is_good(&visit, &sheet, proof).await? {
        return over(&filling, &sheet).await;
    }
    let view = LinkView::new(visit.lang, &sheet, proof);
    let page = Page::new(visit.lang, "entry/address_link", view).no_store();
    Ok(page.at(format!("{}/{proof}", path(&sheet))))
}

#[post("/a/<slug>/address/<proof>", data = "<_form>")]
async fn go_on(
    visit: Visit<'_>,
    slug: &str,
    proof: &str,
    _form: FormFields,
    from: ClientAddress,
    sheets: &State<Sheets>,
) -> AppResult<Page> {
    let sheet = sheet(&visit, slug, sheets).await?;
    let form = FormFields::of_line(vec![(ENTRANCE.to_owned(), proof.to_owned().into())]);
    let filling = Filling::new(visit, &form, from);
    if let Some(why) = Shut::of(&sheet.facts, visit.now) {
        return Ok(filling.shut(&sheet, why)?.status(Status::Conflict));
    }
    match is_good(&visit, &sheet, proof).await? {
        true => {
            filling
                .form_page(&sheet, String::new(), Mistakes::new())
                .await
        }
        false => over(&filling, &sheet).await,
    }
}

/// Where the pages of the form are found again in the other language: behind their link.
pub(super) fn address_of(sheet: &Sheet, form: &FormFields) -> String {
    match (sheet.needs_address(), form.value(ENTRANCE)) {
        (true, proof) if is_segment(proof) => format!("{}/{proof}", path(sheet)),
        _ => format!("/a/{}/enter", sheet.facts.slug),
    }
}

/// Whether a text that a form brought can stand in a path.
fn is_segment(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().all(is_plain)
}

/// What to tell whoever names another address than the link was sent to, or has no good link.
pub(super) fn not_shown(lang: Language, id: &'static str) -> Mistakes {
    let mut mistakes = Mistakes::new();
    mistakes.add("email", text::message(lang, id, &[]));
    mistakes
}
