//! `/a/<slug>/enter` and `/a/<slug>/check`: form, check, acceptance (`decisions` D2).
//!
//! Invariant: a repeated POST of one check page is one entry, even when the first answer was lost
//! and the activity has closed since.

use std::sync::Arc;

use lucky_draw::encode::Hash;
use lucky_draw::ticket::Secret;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes, uri};

use crate::admission;
use crate::entry::submit::{self, Filled, Taking, Terms};
use crate::entry::token::{self, CheckToken, FormToken};
use crate::entry::wire::check::CheckView;
use crate::entry::wire::form::{FormView, TRAP};
use crate::entry::wire::shut::{Shut, ShutView, ThanksView};
use crate::entry::wire::{Application, Sheet};
use crate::entry::{Error, receipt};
use crate::identity::date;
use crate::member::guard::Entrance;
use crate::member::session::Session;
use crate::platform::clock::SECOND;
use crate::platform::config::Config;
use crate::platform::db::{Db, Writer};
use crate::platform::text::{self, Language, dates};
use crate::platform::watch::{Sign, work};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::policy;
use crate::seats;
use crate::vault::TokenError;
use crate::vault::guard::Visit;

use super::admitting::{self, Admission};
use super::members::{self, Admitted};
use super::receipt::{Handed, hand_out};
use super::sheets::Sheets;
use super::{Limits, PATIENCE, PRACTISED, proving, seating};

pub(super) fn routes() -> Vec<Route> {
    routes![form, fill, check_without_form, accept, thanks]
}

/// Somebody who fills in the form: the visit, and what was typed.
pub(super) struct Filling<'a> {
    pub(super) visit: Visit<'a>,
    pub(super) form: &'a FormFields,
    /// The member who is signed in, where one is.
    member: Option<Session>,
    from: ClientAddress,
}

#[get("/a/<slug>/enter")]
async fn form(
    visit: Visit<'_>,
    slug: &str,
    from: ClientAddress,
    sheets: &State<Sheets>,
    entrance: Entrance<'_>,
) -> AppResult<Page> {
    let form = &FormFields::default();
    let (sheet, _) = sheets.sheet(visit.db, slug).await?;
    let filling = Filling::new(visit, form, from);
    match Shut::of(&sheet.facts, visit.now) {
        Some(why) => filling.shut(&sheet, why),
        None if entrance.member().is_none() && members::are_needed(&sheet.facts) => {
            Ok(members::only(visit.lang, &sheet.facts, &entrance))
        }
        None if sheet.needs_address() => {
            proving::ask_page(&filling, &sheet, String::new(), Mistakes::new()).await
        }
        None => {
            filling
                .form_page(&sheet, String::new(), Mistakes::new())
                .await
        }
    }
}

#[post("/a/<slug>/enter", data = "<form>")]
async fn fill(
    visit: Visit<'_>,
    slug: &str,
    form: FormFields,
    from: ClientAddress,
    limits: &State<Limits>,
    sheets: &State<Sheets>,
    entrance: Entrance<'_>,
) -> AppResult<Page> {
    let (lang, form) = (visit.lang, &form);
    let mut filling = Filling::new(visit, form, from);
    let (sheet, _) = sheets.sheet(visit.db, slug).await?;
    if let Some(why) = Shut::of(&sheet.facts, visit.now) {
        return Ok(filling.shut(&sheet, why)?.status(Status::Conflict));
    }
    let here = format!("/a/{slug}/enter");
    match members::admit(&sheet.facts, &entrance, form, here).await? {
        Admitted::In(member) => filling.member = member,
        Admitted::Not(page) => return Ok(*page),
    }
    // "Change" on the check page: the same form with what was typed.
    if form.has("change") {
        return filling
            .form_page(&sheet, String::new(), Mistakes::new())
            .await;
    }
    if let Err(refused) = limits.forms.check(from, visit.now.0) {
        return filling.busy(&sheet, refused).await;
    }
    let token = match filling.form_token(&sheet, from, limits).await? {
        Ok(token) => token,
        Err(message) => {
            let page = filling.form_page(&sheet, message, Mistakes::new()).await?;
            return Ok(page.again());
        }
    };
    if let Some(mistakes) = filling.trapped() {
        let page = filling.form_page(&sheet, String::new(), mistakes).await?;
        return Ok(page.again().noticed(Sign::Trap));
    }
    match sheet.read(lang, form, date::day_of(visit.now)) {
        Ok(read) => {
            if let Some(page) = filling.turned_away(&sheet, &read, limits).await? {
                return Ok(page);
            }
            let secret = match sheet.facts.kind.asks_person() {
                false => token.secret,
                true => token::fresh_secret(),
            };
            filling
                .check_page(&sheet, &read, secret, String::new())
                .await
        }
        Err(mistakes) => Ok(filling
            .form_page(&sheet, String::new(), mistakes)
            .await?
            .again()),
    }
}

#[get("/a/<slug>/check")]
fn check_without_form(lang: Language, slug: &str) -> Reply {
    Reply::go(lang, &uri!(form(slug)).to_string())
}

#[post("/a/<slug>/check", data = "<form>")]
async fn accept(
    visit: Visit<'_>,
    slug: &str,
    form: FormFields,
    entrance: Entrance<'_>,
    limits: &State<Limits>,
    sheets: &State<Sheets>,
    writer: &State<Arc<Writer<Taking>>>,
) -> AppResult<Handed> {
    let from = entrance.from();
    let Visit {
        lang,
        vault,
        config,
        ..
    } = visit;
    let mut filling = Filling {
        visit,
        form: &form,
        member: entrance.member().cloned(),
        from,
    };
    let (sheet, terms) = sheets.sheet(visit.db, slug).await?;
    let token = CheckToken::open(vault, visit.now, form.value("token"), &sheet.facts.id).await;
    let why = Shut::of(&sheet.facts, visit.now);
    let (None, Some(terms)) = (why, terms) else {
        // Taken before: the same receipt again, whatever has happened to the activity since. While
        // entries are taken it is the transaction that finds the earlier one.
        if let Ok(token) = &token
            && filling.is_taken(&token.secret).await?
        {
            return filling.accepted(&sheet, token, config).await;
        }
        let page = filling.shut(&sheet, why.unwrap_or(Shut::Ended))?;
        return Ok(page.status(Status::Conflict).into());
    };
    let here = format!("/a/{slug}/check");
    match members::admit(&sheet.facts, &entrance, &form, here).await? {
        Admitted::In(member) => filling.member = member,
        Admitted::Not(page) => return Ok((*page).into()),
    }
    let read = match sheet.read(lang, &form, date::day_of(visit.now)) {
        Ok(read) => read,
        Err(mistakes) => {
            // The last place may have gone to this very form a moment ago.
            if let Ok(token) = &token
                && !sheet.sessions.is_empty()
                && filling.is_taken(&token.secret).await?
            {
                return filling.accepted(&sheet, token, config).await;
            }
            let page = filling.form_page(&sheet, String::new(), mistakes).await?;
            return Ok(page.again().into());
        }
    };
    let token = match token {
        Ok(token) => token,
        Err(error) => return Ok(filling.token_lost(&sheet, &read, error).await?.into()),
    };
    if let Some(page) = filling.turned_away(&sheet, &read, limits).await? {
        // The code may have gone to this very form a moment ago.
        return match sheet.is_by_invitation() && filling.is_taken(&token.secret).await? {
            true => filling.accepted(&sheet, &token, config).await,
            false => Ok(page.into()),
        };
    }
    if let Some(seconds) = filling.must_wait(&token, from, limits) {
        return Ok(filling.queue_page(&sheet, &read, seconds)?.into());
    }
    let mut free = limits.entries.check(from, visit.now.0);
    if free.is_ok() && sheet.facts.kind.asks_person() {
        let (id, now) = (&sheet.facts.id, visit.now);
        free = limits.shares.check(vault, id, from, now).await;
    }
    if let Err(refused) = free {
        return Ok(filling.busy(&sheet, refused).await?.into());
    }
    let filled = sheet.filled(lang, &read);
    drop(read);
    let code = admitting::code(&sheet, &form);
    match filling.take(writer, &terms, &token, filled, code).await {
        Ok(()) => filling.accepted(&sheet, &token, config).await,
        Err(Error::Ended | Error::NotYet) => {
            // What the transaction saw and the sheet did not: the end, or a database that went back.
            let (sheet, _) = sheets.sheet(visit.db, slug).await?;
            let why = Shut::of(&sheet.facts, visit.now).unwrap_or(Shut::Ended);
            Ok(filling.shut(&sheet, why)?.status(Status::Conflict).into())
        }
        Err(Error::Admission(admission::Error::NoCode)) => {
            let mistakes = admitting::no_code(lang);
            let page = filling.form_page(&sheet, String::new(), mistakes).await?;
            Ok(page.status(Status::Conflict).into())
        }
        Err(Error::Seats(refused)) => {
            let (sheet, _) = sheets.sheet(visit.db, slug).await?;
            let page = filling.no_place(&sheet, refused, from, limits).await?;
            Ok(page.into())
        }
        Err(error) => Err(error.into()),
    }
}

#[get("/a/<slug>/thanks")]
async fn thanks(
    lang: Language,
    slug: &str,
    db: &State<Db>,
    sheets: &State<Sheets>,
) -> AppResult<Page> {
    let (sheet, _) = sheets.sheet(db, slug).await?;
    let title = sheet.facts.title.pick(lang).to_owned();
    Ok(Page::new(lang, "entry/thanks", ThanksView { title }))
}

impl<'a> Filling<'a> {
    /// Without an account.
    pub(super) fn new(visit: Visit<'a>, form: &'a FormFields, from: ClientAddress) -> Filling<'a> {
        Filling {
            visit,
            form,
            member: None,
            from,
        }
    }

    /// What a form carries that is shown now.
    pub(super) async fn fresh_token(&self, sheet: &Sheet) -> AppResult<String> {
        let (vault, now) = (self.visit.vault, self.visit.now);
        let token = FormToken::fresh(&sheet.facts.id, now);
        Ok(token.seal(vault, now).await?)
    }

    pub(super) async fn form_page(
        &self,
        sheet: &Sheet,
        message: String,
        mistakes: Mistakes,
    ) -> AppResult<Page> {
        let token = self.fresh_token(sheet).await?;
        let view = FormView::new(self.visit.lang, sheet, self.form, token, message, mistakes);
        let page = Page::new(self.visit.lang, "entry/form", view).no_store();
        Ok(page.at(proving::address_of(sheet, self.form)))
    }

    /// The form again, where the person is on no list that lets people in.
    async fn turned_away(
        &self,
        sheet: &Sheet,
        read: &Application,
        limits: &Limits,
    ) -> AppResult<Option<Page>> {
        let looked = admitting::look(
            &self.visit,
            sheet,
            self.form,
            read,
            self.from,
            &limits.misses,
        );
        Ok(match looked.await? {
            Admission::Granted => None,
            Admission::Refused(mistakes) => {
                let page = self.form_page(sheet, String::new(), mistakes).await?;
                Some(page.again())
            }
            Admission::HeldUp(refused) => Some(self.busy(sheet, refused).await?),
        })
    }

    async fn check_page(
        &self,
        sheet: &Sheet,
        read: &Application,
        secret: Secret,
        message: String,
    ) -> AppResult<Page> {
        let token = CheckToken {
            activity: sheet.facts.id.clone(),
            secret,
            notice: policy::notice_hash(&sheet.facts.notice),
            shown_at: self.visit.now,
        };
        let token = token.seal(self.visit.vault, self.visit.now).await?;
        let view = CheckView::new(self.visit.lang, sheet, self.form, read, token, message);
        let view = match self.member {
            Some(_) => view.may_be_kept(self.form.has(members::KEEP)),
            None => view,
        };
        let view = match self.visit.watch.is_pressed(self.from.near()) {
            true => view.pressed(PATIENCE),
            false => view,
        };
        Ok(self.check(sheet, view))
    }

    fn check(&self, sheet: &Sheet, view: CheckView) -> Page {
        let page = Page::new(self.visit.lang, "entry/check", view);
        page.no_store().at(proving::address_of(sheet, self.form))
    }

    /// Under pressure: for how many seconds somebody waits whose browser did no work.
    fn must_wait(&self, token: &CheckToken, from: ClientAddress, limits: &Limits) -> Option<i64> {
        let Visit { now, watch, .. } = self.visit;
        let is_free = !watch.is_pressed(from.near())
            || work::is_done(self.form.value("token"), self.form.value("work"));
        if is_free {
            return None;
        }
        let left = token.shown_at.0 + PATIENCE - now.0;
        if left > 0 {
            return Some(left / SECOND + 1);
        }
        let refused = limits.patient.check(from, now.0).err()?;
        let until = refused.until_ms().unwrap_or(now.0 + PATIENCE);
        Some((until - now.0) / SECOND + 1)
    }

    /// The last page again with its token, so that the time spent on it counts.
    fn queue_page(&self, sheet: &Sheet, read: &Application, seconds: i64) -> AppResult<Page> {
        let lang = self.visit.lang;
        let words = text::message(lang, "entry-work-queue", &[("seconds", seconds.into())]);
        let token = self.form.value("token").to_owned();
        let view = CheckView::new(lang, sheet, self.form, read, token, words).pressed(PATIENCE);
        Ok(self.check(sheet, view).status(Status::TooManyRequests))
    }

    /// The form again with what was typed, when no place could be given.
    async fn no_place(
        &self,
        sheet: &Sheet,
        refused: seats::Error,
        from: ClientAddress,
        limits: &Limits,
    ) -> AppResult<Page> {
        let Visit { lang, now, .. } = self.visit;
        let known = matches!(refused, seats::Error::Again | seats::Error::Enough);
        if known && let Err(busy) = limits.known.check(from, now.0) {
            return self.busy(sheet, busy).await;
        }
        let mistakes = seating::mistakes(lang, sheet, self.form, refused)?;
        let token = self.fresh_token(sheet).await?;
        let view = FormView::new(lang, sheet, self.form, token, String::new(), mistakes);
        let view = if known { view.knowing() } else { view };
        let page = Page::new(lang, "entry/form", view).no_store();
        let page = page.at(proving::address_of(sheet, self.form));
        let page = page.status(Status::Conflict);
        Ok(match known {
            true => page.noticed(Sign::Person),
            false => page,
        })
    }

    /// The page in place of the form, with what was typed to copy.
    pub(super) fn shut(&self, sheet: &Sheet, why: Shut) -> AppResult<Page> {
        let first = sheet.drums.first();
        let draw = first.map(|drum| drum.of.draw.clone()).unwrap_or_default();
        let view = ShutView::new(self.visit.lang, sheet, why, draw, self.form);
        let path = format!("/a/{}/enter", sheet.facts.slug);
        Ok(Page::new(self.visit.lang, "entry/shut", view)
            .no_store()
            .at(path))
    }

    /// The form again with what was typed, and the time from which it works.
    async fn busy(&self, sheet: &Sheet, refused: AppError) -> AppResult<Page> {
        let page = self
            .form_page(sheet, self.wait(refused)?, Mistakes::new())
            .await?;
        Ok(page.status(Status::TooManyRequests))
    }

    /// From when on the next try is free, in words.
    pub(super) fn wait(&self, refused: AppError) -> AppResult<String> {
        let Some(until) = refused.until_ms() else {
            return Err(refused);
        };
        let time = dates::time(until);
        Ok(text::message(
            self.visit.lang,
            "entry-wait",
            &[("time", time.into())],
        ))
    }

    /// What to tell whoever filled the field that only programs see.
    pub(super) fn trapped(&self) -> Option<Mistakes> {
        let is_empty = self.form.value(TRAP).trim().is_empty();
        let told = || {
            let mut mistakes = Mistakes::new();
            let words = text::message(self.visit.lang, "entry-trap-filled", &[]);
            mistakes.add(TRAP, words);
            mistakes
        };
        (!is_empty).then(told)
    }

    /// The form's token, or what to tell the person who sent a form without a good one.
    pub(super) async fn form_token(
        &self,
        sheet: &Sheet,
        from: ClientAddress,
        limits: &Limits,
    ) -> AppResult<Result<FormToken, String>> {
        let say = |id: &str| text::message(self.visit.lang, id, &[]);
        let sent = self.form.value("token");
        let opened = FormToken::open(self.visit.vault, self.visit.now, sent, &sheet.facts.id).await;
        let token = match opened {
            Ok(token) => token,
            Err(TokenError::Unavailable) => return Err(AppError::unavailable()),
            Err(_) => return Ok(Err(say("entry-form-old"))),
        };
        let hasty = self.visit.now.0 - token.shown_at.0 < PRACTISED;
        if hasty {
            self.visit.watch.notice(Sign::Hasty, from.near());
        }
        if hasty && limits.hasty.check(from, self.visit.now.0).is_err() {
            return Ok(Err(say("entry-form-fast")));
        }
        Ok(Ok(token))
    }

    /// An old check page is shown anew; one that is not ours at all begins with the form.
    async fn token_lost(
        &self,
        sheet: &Sheet,
        read: &Application,
        error: TokenError,
    ) -> AppResult<Page> {
        let say = |id: &str| text::message(self.visit.lang, id, &[]);
        match error {
            TokenError::Expired => {
                let page = self
                    .check_page(sheet, read, token::fresh_secret(), say("entry-check-old"))
                    .await?;
                Ok(page.again())
            }
            TokenError::Broken => {
                let page = self
                    .form_page(sheet, say("entry-form-old"), Mistakes::new())
                    .await?;
                Ok(page.again())
            }
            TokenError::Unavailable => Err(AppError::unavailable()),
        }
    }

    async fn is_taken(&self, secret: &Secret) -> AppResult<bool> {
        let lookup = self.visit.vault.soon().lookup(secret).await?;
        let found = self
            .visit
            .db
            .read("find entry", move |tx| receipt::find(tx, &lookup))
            .await?;
        Ok(found.is_some())
    }

    async fn take(
        &self,
        writer: &Writer<Taking>,
        terms: &Terms,
        token: &CheckToken,
        filled: Filled,
        code: Option<Hash>,
    ) -> Result<(), Error> {
        let (vault, at) = (self.visit.vault, self.visit.now);
        let new = submit::prepare_soon(vault, terms, &token.secret, token.notice, at, filled);
        submit::take(writer, new.await?.invited_by(code)).await?;
        Ok(())
    }

    /// The way to the receipt, or to the thanks where there is nothing to keep.
    async fn accepted(
        &self,
        sheet: &Sheet,
        token: &CheckToken,
        config: &Config,
    ) -> AppResult<Handed> {
        if !sheet.facts.kind.asks_person() && !sheet.facts.answers_linked {
            let path = format!("/a/{}/thanks", sheet.facts.slug);
            return Ok(Reply::go(self.visit.lang, &path).into());
        }
        let pass = token::Pass {
            activity: token.activity.clone(),
            secret: token.secret.clone(),
        };
        let place = members::kept_at(&self.visit, self.member.as_ref(), self.form, token).await;
        hand_out(&self.visit, &pass, config, place).await
    }
}
