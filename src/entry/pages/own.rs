//! `/entry`: find the own entry by its receipt code, read it, take it back.
//!
//! Invariant: a code that belongs to nothing is answered in the same words and with the same work
//! whoever asks; a code is never in an address.

use std::sync::Arc;

use rocket::http::{ContentType, Status};
use rocket::{Route, State, get, post, routes};

use lucky_draw::ticket::{Secret, SecretError};

use crate::entry::receipt::{self, Found};
use crate::entry::token::{PASS_LIFE, Pass};
use crate::entry::wire::own::{FindView, OwnView, data_file};
use crate::entry::{self, Error, own};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::stats::{self, Counter};
use crate::vault::{OpenedContact, OwnCopy, Vault};

use super::receipt::{Handed, hand_out};
use super::{Download, Limits};

pub(super) fn routes() -> Vec<Route> {
    routes![
        ask,
        show,
        withdraw_without_form,
        withdraw,
        data_without_form,
        data,
        receipt_again
    ]
}

#[get("/entry")]
fn ask(lang: Language) -> Page {
    find_page(lang, String::new(), Mistakes::new())
}

#[post("/entry", data = "<form>")]
async fn show(
    lang: Language,
    form: FormFields,
    from: ClientAddress,
    limits: &State<Limits>,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    limits.codes.check(from, db.clock().now().0)?;
    let secret = match Secret::parse(form.value("code")) {
        Ok(secret) => secret,
        Err(error) => return Ok(wrong_code(lang, code_words(lang, error))),
    };
    match Holder::of(secret, db, vault).await? {
        Some(holder) => holder.page(lang, db, vault).await,
        None => {
            let words = text::message(lang, "entry-code-unknown", &[]);
            Ok(wrong_code(lang, words))
        }
    }
}

#[get("/entry/withdraw")]
fn withdraw_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

/// First the page that says what happens, then, with its button, the deed.
#[post("/entry/withdraw", data = "<form>")]
async fn withdraw(
    lang: Language,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let Some(mut holder) = Holder::with_pass(&form, db, vault).await? else {
        return Ok(pass_over(lang));
    };
    let confirmed = form.value("sure") == "yes";
    if confirmed {
        let lookup = vault.lookup(&holder.pass.secret)?;
        let counted = holder.counters(db, vault).await?;
        let entry = holder.found.entry.clone();
        let outcome = db
            .write("withdraw entry", move |tx| {
                let found = own::withdraw(tx, &lookup)?;
                entry::uncounted(tx, &entry, &counted)?;
                Ok(found)
            })
            .await;
        match outcome {
            Ok(found) => holder.found = found,
            // Closed meanwhile: the page shows the state and no button.
            Err(Error::Ended) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if confirmed || !own::is_withdrawable(&holder.found, db.clock().now()) {
        return holder.page(lang, db, vault).await;
    }
    let view = holder.view(lang, db, vault, None)?;
    Ok(Page::new(lang, "entry/withdraw", view)
        .no_store()
        .at("/entry"))
}

#[get("/entry/data")]
fn data_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

#[post("/entry/data", data = "<form>")]
async fn data(
    lang: Language,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Result<Download, Page>> {
    let Some(holder) = Holder::with_pass(&form, db, vault).await? else {
        return Ok(Err(pass_over(lang)));
    };
    let opened = holder.open(db, vault).await?;
    Ok(Ok(Download {
        kind: ContentType::JSON,
        name: format!("entry-{}.json", holder.found.facts.slug),
        body: data_file(&holder.found, opened.as_ref())
            .as_bytes()
            .to_vec(),
    }))
}

/// The receipt page once more, for whoever has the code.
#[post("/entry/receipt", data = "<form>")]
async fn receipt_again(
    lang: Language,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    config: &State<Arc<Config>>,
) -> AppResult<Handed> {
    match Holder::with_pass(&form, db, vault).await? {
        Some(holder) => hand_out(lang, vault, &holder.pass, db.clock().now(), config),
        None => Ok(pass_over(lang).into()),
    }
}

/// A person who has shown a receipt code that belongs to an entry.
struct Holder {
    pass: Pass,
    found: Found,
}

impl Holder {
    async fn of(secret: Secret, db: &Db, vault: &Vault) -> AppResult<Option<Holder>> {
        let lookup = vault.lookup(&secret)?;
        let found = db
            .read("find entry", move |tx| receipt::find(tx, &lookup))
            .await?;
        Ok(found
            // Answers that belong to nobody are nobody's entry (`decisions` D7).
            .filter(|found| own::has_receipt(found) || found.entry.withdrawn)
            .map(|found| Holder {
                pass: Pass {
                    activity: found.entry.activity.clone(),
                    secret,
                },
                found,
            }))
    }

    async fn with_pass(form: &FormFields, db: &Db, vault: &Vault) -> AppResult<Option<Holder>> {
        match Pass::open(vault, db.clock().now(), form.value("pass"), PASS_LIFE) {
            Ok(pass) => Holder::of(pass.secret, db, vault).await,
            Err(_) => Ok(None),
        }
    }

    async fn open(&self, db: &Db, vault: &Vault) -> AppResult<Option<OpenedContact<OwnCopy>>> {
        let entry = self.found.entry.clone();
        let copy = db
            .read("read own copy", move |tx| own::own_copy(tx, &entry))
            .await?;
        match copy {
            Some(copy) => Ok(own::open(
                vault,
                &self.found.entry,
                &self.pass.secret,
                &copy,
            )?),
            None => Ok(None),
        }
    }

    /// What the statistics counted of the entry.
    async fn counters(&self, db: &Db, vault: &Vault) -> AppResult<Vec<Counter>> {
        let opened = self.open(db, vault).await?;
        let facts = self.found.facts.clone();
        let counting = db
            .read("read what is counted", move |tx| {
                stats::counting(tx, &facts)
            })
            .await?;
        Ok(entry::counters_of(
            &counting,
            &self.found,
            opened.as_ref(),
            None,
        )?)
    }

    fn view(
        &self,
        lang: Language,
        db: &Db,
        vault: &Vault,
        opened: Option<&OpenedContact<OwnCopy>>,
    ) -> AppResult<OwnView> {
        let now = db.clock().now();
        let pass = self.pass.seal(vault, now)?;
        Ok(OwnView::new(lang, &self.found, opened, pass, now))
    }

    async fn page(&self, lang: Language, db: &Db, vault: &Vault) -> AppResult<Page> {
        let opened = self.open(db, vault).await?;
        let view = self.view(lang, db, vault, opened.as_ref())?;
        Ok(Page::new(lang, "entry/own", view).no_store().at("/entry"))
    }
}

fn find_page(lang: Language, message: String, mistakes: Mistakes) -> Page {
    Page::new(lang, "entry/find", FindView { mistakes, message })
        .no_store()
        .at("/entry")
}

fn wrong_code(lang: Language, words: String) -> Page {
    let mut mistakes = Mistakes::new();
    mistakes.add("code", words);
    find_page(lang, String::new(), mistakes).again()
}

/// The pass lived half an hour; the code has to be typed again.
fn pass_over(lang: Language) -> Page {
    let words = text::message(lang, "entry-pass-old", &[]);
    find_page(lang, words, Mistakes::new()).status(Status::UnprocessableEntity)
}

/// A slip of the hand is told; nothing about any entry is in it.
fn code_words(lang: Language, error: SecretError) -> String {
    match error {
        SecretError::Length { found: 0 } => text::message(lang, "entry-code-empty", &[]),
        SecretError::Length { found } => {
            let found = i64::try_from(found).unwrap_or(i64::MAX);
            text::message(lang, "entry-code-length", &[("found", found.into())])
        }
        SecretError::Character { position } => {
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            text::message(
                lang,
                "entry-code-character",
                &[("position", position.into())],
            )
        }
        SecretError::Check => text::message(lang, "entry-code-check", &[]),
    }
}
