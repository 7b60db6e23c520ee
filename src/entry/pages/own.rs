//! `/entry`: find the own entry by its receipt code, read it, take a copy, take it back, have it
//! erased, stop the sharing with a provider.
//!
//! Invariant: a code that belongs to nothing is answered in the same words and with the same work
//! whoever asks; a code is never in an address.
//!
//! Not here: corrections ([`super::correct`]).

use std::sync::Arc;

use rocket::http::{ContentType, Status};
use rocket::{Route, State, get, post, routes};

use lucky_draw::encode::Hash;
use lucky_draw::ticket::{Secret, SecretError};
use serde::Serialize;

use crate::activity::{self, Facts, Stage};
use crate::custody::kept::{self, Kept};
use crate::custody::{self, breach::Incident};
use crate::entry::own::{Held, OwnData};
use crate::entry::provider::ProviderId;
use crate::entry::receipt::{self, Found};
use crate::entry::token::{PASS_LIFE, Pass};
use crate::entry::wire::Sheet;
use crate::entry::wire::copy::data_file;
use crate::entry::wire::own::{EraseView, FindView, KeptPage, KeptView, OwnPages, OwnView};
use crate::entry::{self, Error, own, provider};
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language};
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::download::{Answer, Download};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::stats::{self, Counter, Counting};
use crate::vault::guard::Visit;
use crate::{notify, survey};

use super::Limits;
use super::receipt::{Handed, hand_out};

pub(super) fn routes() -> Vec<Route> {
    routes![
        ask,
        show,
        withdraw_without_form,
        withdraw,
        data_without_form,
        data,
        copy_without_form,
        copy,
        erase_without_form,
        erase,
        share_without_form,
        share,
        receipt_again
    ]
}

#[get("/entry")]
fn ask(lang: Language) -> Page {
    find_page(lang, String::new(), String::new(), Mistakes::new())
}

#[post("/entry", data = "<form>")]
async fn show(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limits: &State<Limits>,
) -> AppResult<Page> {
    let lang = visit.lang;
    // From an account that keeps the receipt.
    if form.has("pass") {
        return match Holder::with_pass(&visit, &form).await? {
            Some(holder) => holder.page().await,
            None => Ok(pass_over(lang)),
        };
    }
    let free = limits.codes.check(from, visit.now.0);
    free.map_err(|refused| refused.noticed(Sign::Code))?;
    let typed = form.value("code");
    let secret = match Secret::parse(typed) {
        Ok(secret) => secret,
        Err(error) => return Ok(wrong_code(lang, typed, code_words(lang, error))),
    };
    let lookup = visit.vault.lookup(&secret)?;
    match Holder::of(&visit, secret).await? {
        Some(holder) => holder.page().await,
        None => Ok(purged(&visit, &lookup).await?.unwrap_or_else(|| {
            wrong_code(lang, typed, text::message(lang, "entry-code-unknown", &[]))
        })),
    }
}

/// What is still kept about somebody whose entry is deleted, until its own last day.
async fn purged(visit: &Visit<'_>, lookup: &Hash) -> AppResult<Option<Page>> {
    let (lang, lookup, config) = (visit.lang, *lookup, Arc::clone(visit.config));
    let kept = visit
        .db
        .read("find what is kept", move |tx| {
            let mut rows = Vec::new();
            for each in kept::of_lookup(tx, &config, &lookup)? {
                let facts = activity::by_id(tx, &each.activity)?;
                rows.push(KeptView::of(lang, &facts, &each));
            }
            Ok::<_, custody::Error>(rows)
        })
        .await?;
    Ok((!kept.is_empty()).then(|| page(lang, "entry/kept", KeptPage { kept })))
}

#[get("/entry/withdraw")]
fn withdraw_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

/// First the page that says what happens, then, with its button, the deed.
#[post("/entry/withdraw", data = "<form>")]
async fn withdraw(visit: Visit<'_>, form: FormFields) -> AppResult<Page> {
    let Some(mut holder) = Holder::with_pass(&visit, &form).await? else {
        return Ok(pass_over(visit.lang));
    };
    let confirmed = form.value("sure") == "yes";
    if confirmed {
        holder.take_back().await?;
    }
    if confirmed || !own::is_withdrawable(&holder.found, visit.now) {
        return holder.page().await;
    }
    let view = holder.view(&OwnData::default()).await?;
    Ok(page(visit.lang, "entry/withdraw", view))
}

#[get("/entry/data")]
fn data_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

#[post("/entry/data", data = "<form>")]
async fn data(visit: Visit<'_>, form: FormFields) -> AppResult<Answer> {
    let Some(holder) = Holder::with_pass(&visit, &form).await? else {
        return Ok(pass_over(visit.lang).into());
    };
    let data = holder.open()?;
    let file = Download {
        kind: ContentType::JSON,
        name: format!("entry-{}.json", holder.found.facts.slug),
        bytes: data_file(&holder.pages(&data)).as_bytes().to_vec(),
    };
    Ok(file.into())
}

#[get("/entry/copy")]
fn copy_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

/// The same as a page to print, with every value in full.
#[post("/entry/copy", data = "<form>")]
async fn copy(visit: Visit<'_>, form: FormFields) -> AppResult<Page> {
    let Some(holder) = Holder::with_pass(&visit, &form).await? else {
        return Ok(pass_over(visit.lang));
    };
    let data = holder.open()?;
    let view = holder.view(&data).await?;
    Ok(page(visit.lang, "entry/copy", view))
}

#[get("/entry/erase")]
fn erase_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

/// First the page that says what goes and what cannot; a prize that would be given up is confirmed
/// by a box of its own.
#[post("/entry/erase", data = "<form>")]
async fn erase(visit: Visit<'_>, form: FormFields) -> AppResult<Page> {
    let Some(mut holder) = Holder::with_pass(&visit, &form).await? else {
        return Ok(pass_over(visit.lang));
    };
    if !own::is_erasable(&holder.found, visit.now) {
        return holder.page().await;
    }
    let waits = holder.waits().await?;
    let sure = form.value("sure") == "yes";
    let mut mistakes = Mistakes::new();
    if sure && waits && form.value("give_up").trim().is_empty() {
        let words = text::message(visit.lang, "entry-erase-give-up-missing", &[]);
        mistakes.add("give_up", words);
    }
    if !sure || !mistakes.is_empty() {
        let facts = &holder.found.facts;
        let again = !mistakes.is_empty();
        let view = EraseView {
            title: facts.title.pick(visit.lang).to_owned(),
            waits,
            may_be_drawn: facts.kind.is_drawn()
                && matches!(facts.stage, Stage::Open | Stage::Closed),
            purges_at: facts.purges_at.0,
            has_seat: holder.found.seat.is_some(),
            answers_unlinked: holder.sheet.has_unlinked(),
            pass: holder.sealed_pass().await?,
            mistakes,
        };
        let page = page(visit.lang, "entry/erase", view);
        return Ok(if again { page.again() } else { page });
    }
    let lookup = visit.vault.lookup(&holder.pass.secret)?;
    visit
        .db
        .write("erase entry", move |tx| own::erase(tx, &lookup))
        .await?;
    holder.look_again().await?;
    holder.page().await
}

#[get("/entry/share")]
fn share_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

/// Takes back the consent to share with one provider.
#[post("/entry/share", data = "<form>")]
async fn share(visit: Visit<'_>, form: FormFields) -> AppResult<Page> {
    let Some(mut holder) = Holder::with_pass(&visit, &form).await? else {
        return Ok(pass_over(visit.lang));
    };
    let lookup = visit.vault.lookup(&holder.pass.secret)?;
    let provider = ProviderId::from(form.value("provider"));
    visit
        .db
        .write("stop sharing", move |tx| {
            own::stop_sharing(tx, &lookup, &provider)
        })
        .await?;
    holder.look_again().await?;
    Ok(holder.page().await?.done())
}

/// The receipt page once more, for whoever has the code.
#[post("/entry/receipt", data = "<form>")]
async fn receipt_again(
    visit: Visit<'_>,
    form: FormFields,
    config: &State<Arc<Config>>,
) -> AppResult<Handed> {
    match Holder::with_pass(&visit, &form).await? {
        Some(holder) => hand_out(&visit, &holder.pass, config, "/receipt").await,
        None => Ok(pass_over(visit.lang).into()),
    }
}

/// How often an entry is read again because another request with the same code changed it; each
/// time one of them was served.
pub(super) const TIMES_READ: usize = 32;

/// A person who has shown a receipt code that belongs to an entry.
pub(super) struct Holder<'v> {
    pub(super) visit: &'v Visit<'v>,
    pub(super) pass: Pass,
    pub(super) found: Found,
    pub(super) sheet: Sheet,
    pub(super) held: Held,
    /// Incidents with data of the activity that people are told of.
    told: Vec<Incident>,
    /// Rows that have a last day of their own.
    kept: Vec<Kept>,
}

impl<'v> Holder<'v> {
    pub(super) async fn of(visit: &'v Visit<'v>, secret: Secret) -> AppResult<Option<Holder<'v>>> {
        let lookup = visit.vault.lookup(&secret)?;
        let config = Arc::clone(visit.config);
        let known = visit
            .db
            .read("find entry", move |tx| match receipt::find(tx, &lookup)? {
                // Answers that belong to nobody are nobody's entry (`decisions` D7).
                Some(found) if own::has_receipt(&found) || found.entry.withdrawn => {
                    let sheet = sheet_of(tx, &found.facts)?;
                    let held = own::held(tx, &found.entry)?;
                    let told = custody::open_incidents(tx, &found.entry.activity)?;
                    let tickets = ticket_ids(&found);
                    let kept = kept::of_tickets(tx, &config, &found.entry.activity, &tickets)?;
                    Ok::<_, AppError>(Some((found, sheet, held, told, kept)))
                }
                _ => Ok(None),
            })
            .await?;
        Ok(known.map(|(found, sheet, held, told, kept)| Holder {
            visit,
            pass: Pass {
                activity: found.entry.activity.clone(),
                secret,
            },
            found,
            sheet,
            held,
            told,
            kept,
        }))
    }

    pub(super) async fn with_pass(
        visit: &'v Visit<'v>,
        form: &FormFields,
    ) -> AppResult<Option<Holder<'v>>> {
        match Pass::open(visit.vault, visit.now, form.value("pass"), PASS_LIFE).await {
            Ok(pass) => Holder::of(visit, pass.secret).await,
            Err(_) => Ok(None),
        }
    }

    /// What is held now, after a change.
    pub(super) async fn look_again(&mut self) -> AppResult<()> {
        let again = Holder::of(self.visit, self.pass.secret.clone()).await?;
        *self = again.ok_or(Error::Unknown)?;
        Ok(())
    }

    /// Takes the entry back; a correction that comes between is read first.
    async fn take_back(&mut self) -> AppResult<()> {
        let lookup = self.visit.vault.lookup(&self.pass.secret)?;
        for _ in 0..TIMES_READ {
            let (read, counted) = (self.held.state(), self.counters().await?);
            let outcome = self
                .visit
                .db
                .write("withdraw entry", move |tx| {
                    entry::withdraw(tx, &lookup, &read, &counted)
                })
                .await;
            match outcome {
                Ok(()) => return self.look_again().await,
                Err(Error::Changed) => self.look_again().await?,
                // Closed meanwhile: the page shows the state and no button.
                Err(Error::Ended) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Changed.into())
    }

    pub(super) fn open(&self) -> AppResult<OwnData> {
        Ok(self.own_data()?)
    }

    /// The own copies, open for their holder.
    pub(super) fn own_data(&self) -> Result<OwnData, Error> {
        let (entry, secret) = (&self.found.entry, &self.pass.secret);
        own::open(self.visit.vault, entry, secret, &self.held)
    }

    fn pages<'a>(&'a self, data: &'a OwnData) -> OwnPages<'a> {
        OwnPages {
            found: &self.found,
            sheet: &self.sheet,
            held: &self.held,
            told: &self.told,
            kept: &self.kept,
            data,
        }
    }

    /// What the statistics counted of the entry.
    async fn counters(&self) -> AppResult<Vec<Counter>> {
        let facts = self.found.facts.clone();
        let counting = self
            .visit
            .db
            .read("read what is counted", move |tx| {
                stats::counting(tx, &facts)
            })
            .await?;
        Ok(self.counters_in(&counting, &self.own_data()?)?)
    }

    /// The same, of what was opened already.
    pub(super) fn counters_in(
        &self,
        counting: &Counting,
        data: &OwnData,
    ) -> Result<Vec<Counter>, Error> {
        let answers = data.answers.as_ref().map(|answers| answers.expose());
        entry::counters_of(counting, &self.found, data.contact.as_ref(), answers)
    }

    /// The pass for the next page.
    pub(super) async fn sealed_pass(&self) -> AppResult<String> {
        Ok(self.pass.seal(self.visit.vault, self.visit.now).await?)
    }

    async fn view(&self, data: &OwnData) -> AppResult<OwnView> {
        // After a change: the activity may have closed since the request came.
        let now = self.visit.db.clock().now();
        let pages = self.pages(data);
        Ok(OwnView::new(
            self.visit.lang,
            &pages,
            self.sealed_pass().await?,
            now,
        ))
    }

    pub(super) async fn page(&self) -> AppResult<Page> {
        let view = self.view(&self.open()?).await?;
        Ok(page(self.visit.lang, "entry/own", view))
    }

    /// Whether one of the tickets waits for a prize, or for its turn as a reserve.
    async fn waits(&self) -> AppResult<bool> {
        let activity = self.found.entry.activity.clone();
        let tickets = ticket_ids(&self.found);
        let waits = self
            .visit
            .db
            .read("look for prizes", move |tx| {
                notify::claims::waits(tx, &activity, &tickets)
            })
            .await?;
        Ok(waits)
    }
}

/// The draw and the index of every ticket.
fn ticket_ids(found: &Found) -> Vec<(String, u64)> {
    let tickets = found.tickets.iter();
    tickets
        .map(|(_, ticket)| (ticket.draw.clone(), ticket.index))
        .collect()
}

/// What the activity of an entry asks and offers.
fn sheet_of(tx: &mut Tx, facts: &Facts) -> Result<Sheet, Error> {
    Ok(Sheet {
        facts: facts.clone(),
        asked: activity::asked_fields(tx, &facts.id)?,
        questions: survey::questionnaire(tx, &facts.id)?,
        drums: Vec::new(),
        sessions: Vec::new(),
        at: tx.now(),
        offers: provider::of_activity(tx, &facts.id)?,
    })
}

/// A page of "my entry": never kept, and found again by the code.
pub(super) fn page(lang: Language, template: &'static str, view: impl Serialize) -> Page {
    Page::new(lang, template, view).no_store().at("/entry")
}

fn find_page(lang: Language, code: String, message: String, mistakes: Mistakes) -> Page {
    let view = FindView {
        code,
        mistakes,
        message,
    };
    page(lang, "entry/find", view)
}

/// The form again, with what was typed: one character may be wrong.
fn wrong_code(lang: Language, typed: &str, words: String) -> Page {
    let mut mistakes = Mistakes::new();
    mistakes.add("code", words);
    let page = find_page(lang, typed.to_owned(), String::new(), mistakes);
    page.again().noticed(Sign::Code)
}

/// The pass lived half an hour; the code has to be typed again.
pub(super) fn pass_over(lang: Language) -> Page {
    let words = text::message(lang, "entry-pass-old", &[]);
    find_page(lang, String::new(), words, Mistakes::new()).status(Status::UnprocessableEntity)
}

/// A slip of the hand is told; nothing about any entry is in it.
pub(super) fn code_words(lang: Language, error: SecretError) -> String {
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
