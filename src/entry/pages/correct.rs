//! `/entry/correct`: form, check, done. Nothing is stored before the last button.
//!
//! Invariant: what was typed survives whatever goes wrong, also a page that lay open too long: then
//! the code is asked beside it.
//!
//! Not here: what may be corrected ([`crate::entry::wire::correct`]).

use lucky_draw::ticket::Secret;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::activity::Stage;
use crate::entry::wire::Application;
use crate::entry::wire::correct::{CorrectCheckView, CorrectView};
use crate::entry::{self, Error, correction, submit, wire};
use crate::identity::date;
use crate::platform::text::{self, Language};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::stats::About;
use crate::vault::guard::Visit;

use super::own::{Holder, TIMES_READ, code_words, page, pass_over};
use super::{Limits, sheets};

pub(super) fn routes() -> Vec<Route> {
    routes![correct_without_form, correct]
}

#[get("/entry/correct")]
fn correct_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

/// `do` says what the person pressed: nothing (from "my entry"), `check`, `change` or `save`.
#[post("/entry/correct", data = "<form>")]
async fn correct(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limits: &State<Limits>,
) -> AppResult<Page> {
    let holder = match Holder::with_pass(&visit, &form).await? {
        Some(holder) => Ok(holder),
        None => by_code(&visit, &form, from, limits).await?,
    };
    let mut holder = match holder {
        Ok(holder) => holder,
        Err(words) => return code_again(&visit, &form, words).await,
    };
    let (lang, now) = (visit.lang, visit.now);
    if !correction::may_correct(&holder.found, now) || !holder.sheet.is_correctable() {
        return holder.page().await;
    }
    match (form.value("do"), form.has("change")) {
        ("check" | "save", false) => {}
        ("", false) => {
            let typed = holder.sheet.typed(&holder.open()?);
            return form_page(&holder, &typed, Mistakes::new()).await;
        }
        _ => return form_page(&holder, &form, Mistakes::new()).await,
    }
    let today = date::day_of(now);
    let read = match holder.sheet.read_correction(lang, &form, today) {
        Ok(read) => read,
        Err(mistakes) => return Ok(form_page(&holder, &form, mistakes).await?.again()),
    };
    if form.value("do") == "check" {
        let pass = holder.sealed_pass().await?;
        let view = CorrectCheckView::new(lang, &holder.sheet, &form, &read, pass);
        return Ok(page(lang, "entry/correct_check", view));
    }
    for _ in 0..TIMES_READ {
        match save(&holder, &read).await {
            // Another request with the same code came between: what it left is read first.
            Err(Error::Changed) => holder.look_again().await?,
            Ok(()) => {
                holder.look_again().await?;
                return Ok(holder.page().await?.done());
            }
            // Closed or taken back meanwhile: the page shows the state and no button.
            Err(Error::Ended | Error::Withdrawn) => {
                holder.look_again().await?;
                return holder.page().await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Changed.into())
}

async fn form_page(holder: &Holder<'_>, typed: &FormFields, mistakes: Mistakes) -> AppResult<Page> {
    let lang = holder.visit.lang;
    let view = CorrectView::new(
        lang,
        &holder.sheet,
        typed,
        holder.sealed_pass().await?,
        mistakes,
    );
    Ok(page(lang, "entry/correct", view))
}

/// Stores the correction, worked out from what the holder read.
async fn save(holder: &Holder<'_>, read: &Application) -> Result<(), Error> {
    let Visit { db, vault, .. } = *holder.visit;
    let (found, secret) = (&holder.found, &holder.pass.secret);
    let facts = found.facts.clone();
    let terms = db
        .read("read terms", move |tx| submit::terms(tx, facts))
        .await?;
    let state = holder.held.state();
    let about = About {
        pool: entry::pool_of(found),
        ..wire::about(read)
    };
    let data = holder.own_data()?;
    let before = holder.counters_in(&terms.counting, &data)?;
    let corrected = holder.sheet.corrected(found, &data, read);
    let answers = corrected.answers.as_deref().map(String::as_str);
    let after = terms
        .counting
        .counters(&about, answers, found.entry.taken_hour)?;
    let consents = &holder.held.consents;
    let sealed = correction::prepare(vault, &terms, found, consents, secret, &corrected)?;
    drop((corrected, data));
    let lookup = vault.lookup(secret)?;
    db.write("correct entry", move |tx| {
        entry::correct(tx, &lookup, &sealed, &state, (&before, &after))
    })
    .await
}

/// The code typed again beside what was typed before, or what to say about it.
async fn by_code<'v>(
    visit: &'v Visit<'v>,
    form: &FormFields,
    from: ClientAddress,
    limits: &Limits,
) -> AppResult<Result<Holder<'v>, Option<String>>> {
    if !form.has("code") {
        return Ok(Err(None));
    }
    limits.codes.check(from, visit.now.0)?;
    let secret = match Secret::parse(form.value("code")) {
        Ok(secret) => secret,
        Err(error) => return Ok(Err(Some(code_words(visit.lang, error)))),
    };
    let found = Holder::of(visit, secret).await?;
    let unknown = || Some(text::message(visit.lang, "entry-code-unknown", &[]));
    Ok(found
        .filter(|holder| holder.found.facts.slug == form.value("activity"))
        .ok_or_else(unknown))
}

/// The form again with what was typed, and a field for the code.
async fn code_again(
    visit: &Visit<'_>,
    form: &FormFields,
    wrong: Option<String>,
) -> AppResult<Page> {
    let lang = visit.lang;
    let slug = form.value("activity");
    if slug.is_empty() {
        return Ok(pass_over(lang));
    }
    let (sheet, _) = sheets::read(visit.db, slug).await?;
    if sheet.facts.stage != Stage::Open {
        return Ok(pass_over(lang));
    }
    let mut mistakes = Mistakes::new();
    if let Some(words) = wrong {
        mistakes.add("code", words);
    }
    let message = text::message(lang, "entry-correct-old", &[]);
    let view = CorrectView::new(lang, &sheet, form, String::new(), mistakes).asking_code(message);
    Ok(page(lang, "entry/correct", view).status(Status::UnprocessableEntity))
}
