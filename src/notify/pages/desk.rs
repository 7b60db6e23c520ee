//! One winner at the desk: the ID is typed and compared, the prize handed over; or the person is
//! called, declines, or gets another copy of a letter.

use std::sync::Arc;
use std::time::Duration;

use lucky_draw::result::Slot;
use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Confirmed, Librarian};
use crate::activity::{self, Field};
use crate::audit::Actor;
use crate::custody::{self, tax};
use crate::draw::tax::RuleBook;
use crate::identity::date::day_of;
use crate::notify::calls;
use crate::notify::claims::{self, Decided};
use crate::notify::leaving;
use crate::notify::wire::{
    CallView, Leave, LeaveRefused, Place, WinnerPage, WinnerView, call_reason, leave_request,
    subject, subject_mistakes, told_apart_by,
};
use crate::notify::{Claim, Error, NoticeId, notices};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::MailFacts;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::platform::web::throttle::Throttle;
use crate::vault::Vault;

pub(super) fn routes() -> Vec<Route> {
    routes![winner, call, claim, undo, leave, confirm, keep, resend]
}

/// How often IDs may be compared for one prize: a desk is not a place to guess at.
pub struct DeskLimit(Throttle<String>);

impl Default for DeskLimit {
    /// Six tries, and one more every ten minutes.
    fn default() -> DeskLimit {
        DeskLimit(Throttle::new(6, Duration::from_secs(600)))
    }
}

impl DeskLimit {
    fn check(&self, place: &Place, now_ms: i64) -> Result<(), AppError> {
        self.0
            .check(format!("{} {}", place.draw, place.slot), now_ms)
    }
}

fn place(id: &str, draw: &str, prize: &str, unit: &str) -> Result<Place, Error> {
    Place::parse(id, draw, prize, unit).ok_or(Error::Unknown)
}

/// The draw of a place, if it is one of the activity.
fn decided(tx: &mut Tx, place: &Place) -> Result<Decided, Error> {
    let draw = claims::decided(tx, &place.draw)?;
    if draw.facts.id == place.activity {
        Ok(draw)
    } else {
        Err(Error::Unknown)
    }
}

fn read(tx: &mut Tx, place: &Place, reader: &Actor, book: &RuleBook) -> Result<WinnerPage, Error> {
    let draw = decided(tx, place)?;
    let slot = &place.slot;
    let claim = claims::of_slot(tx, &draw, slot)?;
    Ok(WinnerPage {
        holds: claims::holds(tx, &draw, &claim)?,
        notices: notices::about(tx, &draw, std::slice::from_ref(slot))?,
        asked: activity::asked_fields(tx, &place.activity)?,
        tag: claims::tag(tx, &draw, &claim)?,
        may_confirm: leaving::may_confirm(tx, &draw, reader, &claim)?,
        is_alone: leaving::is_alone(tx, &draw)?,
        now: tx.now(),
        rules: book.at(tx.now()).clone(),
        claim,
        draw,
    })
}

fn page(lang: Language, found: &WinnerPage, mistakes: Mistakes, called: Option<CallView>) -> Page {
    let at = path_of(found);
    let view = WinnerView::of(lang, found, mistakes, called);
    Page::new(lang, "notify/winner", view).no_store().at(at)
}

/// The page with what was wrong in the form of leaving, and what was typed there.
fn left_again(lang: Language, found: &WinnerPage, refused: LeaveRefused) -> Reply {
    let view = WinnerView::of(lang, found, refused.mistakes.clone(), None).typed(&refused);
    let page = Page::new(lang, "notify/winner", view).no_store();
    page.at(path_of(found)).again().into()
}

fn path_of(found: &WinnerPage) -> String {
    Place::of(&found.draw, &found.claim.slot).path()
}

async fn read_page(
    db: &Db,
    config: &Config,
    place: &Place,
    staff: &Librarian,
) -> Result<WinnerPage, Error> {
    let (place, reader) = (place.clone(), staff.0.actor());
    let book = RuleBook::of(config);
    db.write("read winner", move |tx| read(tx, &place, &reader, &book))
        .await
}

#[get("/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn winner(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let place = place(id, draw, prize, unit)?;
    let found = read_page(db, config, &place, &staff).await?;
    Ok(page(lang, &found, Mistakes::new(), None))
}

#[post(
    "/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/call",
    data = "<form>"
)]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn call(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let place = place(id, draw, prize, unit)?;
    let found = read_page(db, config, &place, &staff).await?;
    let reason = match call_reason(lang, &form) {
        Ok(reason) => reason,
        Err(mistakes) => return Ok(page(lang, &found, mistakes, None).again()),
    };
    let (own_db, own_vault, actor) = (db.inner().clone(), vault.inner().clone(), staff.0.actor());
    let callee = rocket::tokio::task::spawn_blocking(move || {
        calls::open(
            &own_db,
            &own_vault,
            &actor,
            &place.draw,
            &place.slot,
            reason,
        )
    })
    .await
    .map_err(AppError::broken)??;
    Ok(page(
        lang,
        &found,
        Mistakes::new(),
        Some(CallView::of(&callee)),
    ))
}

#[post(
    "/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/claim",
    data = "<form>"
)]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn claim(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
    vault: &State<Vault>,
    limit: &State<DeskLimit>,
) -> AppResult<Reply> {
    let place = place(id, draw, prize, unit)?;
    let found = read_page(db, config, &place, &staff).await?;
    let now = db.clock().now();
    let field = told_apart_by(&found.asked).unwrap_or(Field::NationalId);
    let subject = match subject(field, form.value(field.code()), day_of(now)) {
        Ok(subject) => subject,
        Err(mistake) => {
            let mistakes = subject_mistakes(lang, field, mistake);
            return Ok(page(lang, &found, mistakes, None).again().into());
        }
    };
    limit.check(&place, now.0)?;
    let matched = vault.match_id(place.activity.as_str(), &subject, &found.tag)?;
    let (of, actor) = (found.claim.clone(), staff.0.actor());
    db.write("claim prize", move |tx| {
        let draw = decided(tx, &place)?;
        if !matched {
            return claims::differed(tx, &draw, &actor, &of);
        }
        let claimed = claims::claim(tx, &draw, &actor, &place.slot)?;
        // Another ticket may have come to hold the prize since the ID was compared.
        if claimed.index == of.index {
            Ok(())
        } else {
            Err(Error::Moved)
        }
    })
    .await?;
    if matched {
        return Ok(Reply::go(lang, &path_of(&found)));
    }
    let mut mistakes = Mistakes::new();
    mistakes.add(
        field.code(),
        text::message(lang, "notify-claim-no-match", &[]),
    );
    Ok(page(lang, &found, mistakes, None).again().into())
}

/// One change of a claim without a form.
type Change = fn(&mut Tx, &Decided, &Actor, &Slot) -> Result<Claim, Error>;

async fn change(
    lang: Language,
    staff: &Librarian,
    db: &Db,
    place: Place,
    change: Change,
) -> AppResult<Reply> {
    let actor = staff.0.actor();
    let back = place.path();
    db.write("mark claim", move |tx| {
        let draw = decided(tx, &place)?;
        change(tx, &draw, &actor, &place.slot)
    })
    .await?;
    Ok(Reply::go(lang, &back))
}

#[post("/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/undo")]
async fn undo(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    let place = place(id, draw, prize, unit)?;
    let (actor, back) = (staff.0.actor(), place.path());
    db.write("undo handover", move |tx| {
        let draw = decided(tx, &place)?;
        tax::undo(tx, &draw, &actor, &place.slot)?;
        Ok::<_, custody::Error>(())
    })
    .await?;
    Ok(Reply::go(lang, &back))
}

#[post(
    "/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/leave",
    data = "<form>"
)]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn leave(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let place = place(id, draw, prize, unit)?;
    let asked = match leave_request(lang, &form) {
        Ok(asked) => asked,
        Err(refused) => {
            let found = read_page(db, config, &place, &staff).await?;
            return Ok(left_again(lang, &found, refused));
        }
    };
    let (actor, back) = (staff.0.actor(), place.path());
    db.write("leave slot", move |tx| {
        let draw = decided(tx, &place)?;
        match &asked {
            Leave::Wish(wish) => leaving::leave(tx, &draw, &actor, &place.slot, *wish),
            Leave::Ineligible(rule) => leaving::propose(tx, &draw, &actor, &place.slot, rule),
        }
    })
    .await?;
    Ok(Reply::go(lang, &back))
}

#[post(
    "/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/confirm",
    data = "<form>"
)]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn confirm(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let place = place(id, draw, prize, unit)?;
    let (actor, back) = (staff.0.actor(), place.path());
    let seen = form.value("seen").to_owned();
    db.write("confirm ineligible", move |tx| {
        let draw = decided(tx, &place)?;
        leaving::confirm(tx, &draw, &actor, &place.slot, &seen)
    })
    .await?;
    Ok(Reply::go(lang, &back))
}

#[post("/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/keep")]
async fn keep(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    change(
        lang,
        &staff,
        db,
        place(id, draw, prize, unit)?,
        leaving::keep,
    )
    .await
}

#[post("/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/resend/<notice>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn resend(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    notice: &str,
    db: &State<Db>,
    mailer: &State<Arc<MailFacts>>,
) -> AppResult<Reply> {
    let place = place(id, draw, prize, unit)?;
    let back = place.path();
    let (notice, mailer, actor) = (
        NoticeId::from(notice),
        mailer.inner().clone(),
        staff.0.actor(),
    );
    db.write("send again", move |tx| {
        let draw = decided(tx, &place)?;
        notices::resend(tx, &mailer, &draw, &actor, &notice)
    })
    .await?;
    Ok(Reply::go(lang, &back))
}
