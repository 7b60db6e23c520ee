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
use crate::entry::wire::correct::{CorrectCheckView, CorrectView};
use crate::entry::{self, Error, correction, submit, wire};
use crate::identity::date;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::stats::{About, Counter};
use crate::vault::Vault;

use super::own::{Holder, code_words, pass_over};
use super::{Limits, sheet};

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
    lang: Language,
    form: FormFields,
    from: ClientAddress,
    limits: &State<Limits>,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let holder = match Holder::with_pass(&form, db, vault).await? {
        Some(holder) => Ok(holder),
        None => by_code(lang, &form, from, limits, db, vault).await?,
    };
    let holder = match holder {
        Ok(holder) => holder,
        Err(words) => return code_again(lang, &form, words, db).await,
    };
    let now = db.clock().now();
    if !correction::may_correct(&holder.found, now) || !holder.sheet.is_correctable() {
        return holder.page(lang, db, vault);
    }
    let step = Step {
        lang,
        holder: &holder,
        db,
        vault,
    };
    match (form.value("do"), form.has("change")) {
        ("check" | "save", false) => {}
        ("", false) => {
            let data = holder.open(vault)?;
            let typed = holder.sheet.typed(&data);
            return step.form_page(&typed, Mistakes::new());
        }
        _ => return step.form_page(&form, Mistakes::new()),
    }
    let today = date::day_of(now);
    let read = match holder.sheet.read_correction(lang, &form, today) {
        Ok(read) => read,
        Err(mistakes) => return Ok(step.form_page(&form, mistakes)?.again()),
    };
    if form.value("do") == "check" {
        let pass = holder.pass.seal(vault, now)?;
        let view = CorrectCheckView::new(lang, &holder.sheet, &form, &read, pass);
        let page = Page::new(lang, "entry/correct_check", view);
        return Ok(page.no_store().at("/entry"));
    }
    let data = holder.open(vault)?;
    let corrected = holder.sheet.corrected(&holder.found, &data, &read);
    let before = holder.counters(db, vault).await?;
    let about = About {
        pool: entry::pool_of(&holder.found),
        ..wire::about(&read)
    };
    let answers = corrected.answers.as_deref().map(String::as_str);
    let after = holder
        .counting(db)
        .await?
        .counters(&about, answers, holder.found.entry.taken_hour)
        .map_err(Error::from)?;
    drop((read, data));
    step.save(corrected, (before, after)).await
}

/// One request with whoever sent it.
struct Step<'a> {
    lang: Language,
    holder: &'a Holder,
    db: &'a Db,
    vault: &'a Vault,
}

impl Step<'_> {
    fn form_page(&self, typed: &FormFields, mistakes: Mistakes) -> AppResult<Page> {
        let pass = self.holder.pass.seal(self.vault, self.db.clock().now())?;
        let view = CorrectView::new(self.lang, &self.holder.sheet, typed, pass, mistakes);
        let page = Page::new(self.lang, "entry/correct", view);
        Ok(page.no_store().at("/entry"))
    }

    async fn save(
        &self,
        corrected: correction::Corrected,
        (before, after): (Vec<Counter>, Vec<Counter>),
    ) -> AppResult<Page> {
        let facts = self.holder.found.facts.clone();
        let terms = self
            .db
            .read("read terms", move |tx| submit::terms(tx, facts))
            .await?;
        let secret = &self.holder.pass.secret;
        let consents = &self.holder.held.consents;
        let (vault, found) = (self.vault, &self.holder.found);
        let sealed = correction::prepare(vault, &terms, found, consents, secret, &corrected)?;
        drop(corrected);
        let lookup = vault.lookup(secret)?;
        let of = found.entry.clone();
        let outcome = self
            .db
            .write("correct entry", move |tx| {
                let corrected = correction::correct(tx, &lookup, &sealed)?;
                entry::recounted(tx, &of, &before, &after)?;
                Ok::<_, Error>(corrected)
            })
            .await;
        match outcome {
            // Closed or taken back meanwhile: the page shows the state and no button.
            Ok(_) | Err(Error::Ended | Error::Withdrawn) => {}
            Err(error) => return Err(error.into()),
        }
        let again = Holder::of(secret.clone(), self.db, vault).await?;
        match again {
            Some(holder) => holder.page(self.lang, self.db, vault),
            None => Ok(pass_over(self.lang)),
        }
    }
}

/// The code typed again beside what was typed before, or what to say about it.
async fn by_code(
    lang: Language,
    form: &FormFields,
    from: ClientAddress,
    limits: &Limits,
    db: &Db,
    vault: &Vault,
) -> AppResult<Result<Holder, Option<String>>> {
    if !form.has("code") {
        return Ok(Err(None));
    }
    limits.codes.check(from, db.clock().now().0)?;
    let secret = match Secret::parse(form.value("code")) {
        Ok(secret) => secret,
        Err(error) => return Ok(Err(Some(code_words(lang, error)))),
    };
    let found = Holder::of(secret, db, vault).await?;
    let unknown = || Some(text::message(lang, "entry-code-unknown", &[]));
    Ok(found
        .filter(|holder| holder.found.facts.slug == form.value("activity"))
        .ok_or_else(unknown))
}

/// The form again with what was typed, and a field for the code.
async fn code_again(
    lang: Language,
    form: &FormFields,
    wrong: Option<String>,
    db: &Db,
) -> AppResult<Page> {
    let slug = form.value("activity");
    if slug.is_empty() {
        return Ok(pass_over(lang));
    }
    let (sheet, _) = sheet(db, slug).await?;
    if sheet.facts.stage != Stage::Open {
        return Ok(pass_over(lang));
    }
    let mut mistakes = Mistakes::new();
    if let Some(words) = wrong {
        mistakes.add("code", words);
    }
    let message = text::message(lang, "entry-correct-old", &[]);
    let view = CorrectView::new(lang, &sheet, form, String::new(), mistakes).asking_code(message);
    let page = Page::new(lang, "entry/correct", view).no_store();
    Ok(page.at("/entry").status(Status::UnprocessableEntity))
}
