//! `/admin/security`: what was noticed, what was done, which rules there are; and where browsers
//! report what they find on a page.
//!
//! Invariant: a report is counted and not read: addresses with secret codes may stand in it.

use std::sync::Arc;

use rocket::data::{Data, ToByteUnit};
use rocket::http::Status;
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Admin, Confirmed, PrivacyOfficer};
use crate::account::{self, Role, Staff};
use crate::audit::detector;
use crate::identity::typed;
use crate::platform::clock::{DAY, HOUR};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::MailFacts;
use crate::platform::text::{self, Language};
use crate::platform::watch::{Sign, Watch};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::platform::web::throttle::Throttle;
use crate::vault;

use super::wire::{Found, SecurityView};
use super::{AnswerId, Error};

/// Answers on the page.
const SHOWN: i64 = 60;
/// Characters of a reason.
const LONGEST: usize = 200;
/// The longest report that is taken.
const REPORT_KIB: u64 = 8;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![show, lift]
}

/// What has no language.
pub fn files() -> Vec<Route> {
    routes![report]
}

/// How often one network may report.
pub struct ReportLimit(Throttle);

impl Default for ReportLimit {
    fn default() -> ReportLimit {
        ReportLimit(Throttle::new(20, std::time::Duration::from_secs(30)))
    }
}

#[post("/csp-report", data = "<body>")]
async fn report(
    body: Data<'_>,
    from: ClientAddress,
    limit: &State<ReportLimit>,
    watch: &State<Watch>,
) -> Status {
    // Read to its end, so that the connection can go on, and thrown away.
    let whole = body
        .open(REPORT_KIB.kibibytes())
        .stream_to(rocket::tokio::io::sink());
    let is_whole = whole
        .await
        .is_ok_and(|read| read.complete && read.written > 0);
    if is_whole && limit.0.check(from, 0).is_ok() {
        watch.notice(Sign::Script, from.near());
    }
    Status::NoContent
}

/// What the page is read from.
struct Ground<'r> {
    db: &'r Db,
    config: &'r Config,
    mail: &'r MailFacts,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Ground<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let db = try_outcome!(request.guard::<&State<Db>>().await).inner();
        let config = try_outcome!(request.guard::<&State<Arc<Config>>>().await).inner();
        let mail = try_outcome!(request.guard::<&State<Arc<MailFacts>>>().await).inner();
        Outcome::Success(Ground { db, config, mail })
    }
}

impl Ground<'_> {
    async fn view(&self, lang: Language, reader: &Staff) -> Result<SecurityView, Error> {
        let (may_lift, has_mail) = (reader.has(Role::Admin), self.mail.is_configured());
        let found = self
            .db
            .read("read alarms", move |tx| find(tx, may_lift, has_mail))
            .await?;
        Ok(SecurityView::of(lang, &self.config.watch, &found))
    }
}

#[get("/admin/security")]
async fn show(lang: Language, officer: PrivacyOfficer, ground: Ground<'_>) -> AppResult<Page> {
    let view = ground.view(lang, &officer.0).await?;
    Ok(Page::new(lang, "response/security", view).no_store())
}

fn find(tx: &mut Tx, may_lift: bool, has_mail: bool) -> Result<Found, Error> {
    let now = tx.now();
    Ok(Found {
        frozen_since: vault::frozen_since(tx)?,
        answers: super::latest(tx, SHOWN)?,
        hour: super::counts(tx, now.plus(-HOUR))?,
        day: super::counts(tx, now.plus(-DAY))?,
        names: account::names(tx)?,
        now,
        may_lift,
        has_mail,
    })
}

#[post("/admin/security/<id>/lift", data = "<form>")]
async fn lift(
    lang: Language,
    admin: Admin,
    _confirmed: Confirmed,
    id: &str,
    form: FormFields,
    ground: Ground<'_>,
) -> AppResult<Reply> {
    let field = format!("reason-{id}");
    let reason = typed::line(form.value(&field));
    let wrong = match detector::find(&reason) {
        _ if reason.is_empty() => Some("response-reason-empty"),
        _ if typed::length(&reason) > LONGEST => Some("response-reason-long"),
        found => found.map(|trace| trace.message_id()),
    };
    if let Some(wrong) = wrong {
        let mut mistakes = Mistakes::new();
        mistakes.add(field.as_str(), text::message(lang, wrong, &[]));
        let view = ground.view(lang, &admin.0).await?;
        let view = view.again(id, form.value(&field), mistakes);
        let page = Page::new(lang, "response/security", view);
        return Ok(page.at("/admin/security").again().into());
    }
    let (by, answer) = (admin.0.id.clone(), AnswerId::from(id));
    let db = ground.db;
    db.write("lift answer", move |tx| {
        super::lift(tx, &by, &answer, &reason)
    })
    .await?;
    Ok(Reply::done(lang, "/admin/security"))
}
