//! One winner at the desk: the ID is typed and compared, the prize handed over; or the person is
//! called, declines, or gets another copy of a letter.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use lucky_draw::result::Slot;
use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::{self, ActivityId, Field};
use crate::draw;
use crate::identity::date::day_of;
use crate::notify::calls;
use crate::notify::claims::{self, Decided};
use crate::notify::wire::{
    self, CallView, WinnerPage, WinnerView, call_reason, subject, subject_mistakes, told_apart_by,
};
use crate::notify::{Claim, Error, NoticeId, notices};
use crate::platform::db::{Db, Tx};
use crate::platform::mail::Mailer;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

pub(super) fn routes() -> Vec<Route> {
    routes![winner, call, claim, undo, decline, keep, resend]
}

/// How often IDs may be compared for one prize: a desk is not a place to guess at.
pub struct DeskLimit(DefaultKeyedRateLimiter<String>);

impl Default for DeskLimit {
    /// Six tries, and one more every ten minutes.
    fn default() -> DeskLimit {
        let quota = Quota::with_period(Duration::from_secs(600)).expect("ten minutes are a period");
        let burst = NonZeroU32::new(6).expect("six is not zero");
        DeskLimit(RateLimiter::keyed(quota.allow_burst(burst)))
    }
}

impl DeskLimit {
    fn check(&self, activity: &ActivityId, slot: &Slot, now_ms: i64) -> Result<(), AppError> {
        if self.0.len() > 10_000 {
            self.0.retain_recent();
        }
        self.0
            .check_key(&format!("{activity} {slot}"))
            .map_err(|refused| {
                let wait = refused.wait_time_from(DefaultClock::default().now());
                AppError::too_many(now_ms, wait)
            })
    }
}

fn place(id: &str, prize: &str, place: &str) -> Result<(ActivityId, Slot), Error> {
    let slot = wire::slot(prize, place).ok_or(Error::Unknown)?;
    Ok((ActivityId::from(id), slot))
}

fn path(activity: &ActivityId, slot: &Slot) -> String {
    format!("/staff/activities/{activity}/winners/{slot}")
}

fn read(tx: &mut Tx, activity: &ActivityId, slot: &Slot) -> Result<WinnerPage, Error> {
    let draw = claims::decided(tx, activity)?;
    let claim = claims::of_slot(tx, &draw, slot)?;
    let holdings = draw::holdings(tx, &draw.plan)?;
    let holds = holdings
        .iter()
        .any(|holding| holding.slot == claim.slot && holding.index == claim.index);
    Ok(WinnerPage {
        holds,
        notices: notices::list(tx, &draw)?,
        asked: activity::asked_fields(tx, activity)?,
        tag: claims::tag(tx, &draw, &claim)?,
        now: tx.now(),
        claim,
        draw,
    })
}

fn page(lang: Language, found: &WinnerPage, mistakes: Mistakes, called: Option<CallView>) -> Page {
    let at = path(&found.draw.facts.id, &found.claim.slot);
    let view = WinnerView::of(lang, found, mistakes, called);
    Page::new(lang, "notify/winner", view).no_store().at(at)
}

async fn read_page(db: &Db, activity: &ActivityId, slot: &Slot) -> Result<WinnerPage, Error> {
    let (activity, slot) = (activity.clone(), slot.clone());
    db.write("read winner", move |tx| read(tx, &activity, &slot))
        .await
}

#[get("/staff/activities/<id>/winners/<prize>/<unit>")]
async fn winner(
    lang: Language,
    _staff: Librarian,
    id: &str,
    prize: &str,
    unit: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let (activity, slot) = place(id, prize, unit)?;
    let found = read_page(db, &activity, &slot).await?;
    Ok(page(lang, &found, Mistakes::new(), None))
}

#[post("/staff/activities/<id>/winners/<prize>/<unit>/call", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn call(
    lang: Language,
    staff: Librarian,
    id: &str,
    prize: &str,
    unit: &str,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let (activity, slot) = place(id, prize, unit)?;
    let found = read_page(db, &activity, &slot).await?;
    let reason = match call_reason(lang, &form) {
        Ok(reason) => reason,
        Err(mistakes) => return Ok(page(lang, &found, mistakes, None).again()),
    };
    let (own_db, own_vault, actor) = (db.inner().clone(), vault.inner().clone(), staff.0.actor());
    let callee = rocket::tokio::task::spawn_blocking(move || {
        calls::open(&own_db, &own_vault, &actor, &activity, &slot, reason)
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

#[post("/staff/activities/<id>/winners/<prize>/<unit>/claim", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn claim(
    lang: Language,
    staff: Librarian,
    id: &str,
    prize: &str,
    unit: &str,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    limit: &State<DeskLimit>,
) -> AppResult<Reply> {
    let (activity, slot) = place(id, prize, unit)?;
    let found = read_page(db, &activity, &slot).await?;
    let now = db.clock().now();
    let field = told_apart_by(&found.asked).unwrap_or(Field::NationalId);
    let subject = match subject(field, form.value(field.code()), day_of(now)) {
        Ok(subject) => subject,
        Err(mistake) => {
            let mistakes = subject_mistakes(lang, field, mistake);
            return Ok(page(lang, &found, mistakes, None).again().into());
        }
    };
    limit.check(&activity, &slot, now.0)?;
    let matched = vault.match_id(activity.as_str(), &subject, &found.tag)?;
    let (of, actor) = (found.claim.clone(), staff.0.actor());
    db.write("claim prize", move |tx| {
        let draw = claims::decided(tx, &activity)?;
        if !matched {
            return claims::differed(tx, &draw, &actor, &of);
        }
        let claimed = claims::claim(tx, &draw, &actor, &slot)?;
        // Another ticket may have come to hold the prize since the ID was compared.
        if claimed.index == of.index {
            Ok(())
        } else {
            Err(Error::Moved)
        }
    })
    .await?;
    if matched {
        let at = path(&found.draw.facts.id, &found.claim.slot);
        return Ok(Reply::go(lang, &at));
    }
    let mut mistakes = Mistakes::new();
    mistakes.add(
        field.code(),
        text::message(lang, "notify-claim-no-match", &[]),
    );
    Ok(page(lang, &found, mistakes, None).again().into())
}

/// One change of a claim without a form.
type Change = fn(&mut Tx, &Decided, &crate::audit::Actor, &Slot) -> Result<Claim, Error>;

async fn change(
    lang: Language,
    staff: &Librarian,
    db: &Db,
    (activity, slot): (ActivityId, Slot),
    change: Change,
) -> AppResult<Reply> {
    let actor = staff.0.actor();
    let back = path(&activity, &slot);
    db.write("mark claim", move |tx| {
        let draw = claims::decided(tx, &activity)?;
        change(tx, &draw, &actor, &slot)
    })
    .await?;
    Ok(Reply::go(lang, &back))
}

#[post("/staff/activities/<id>/winners/<prize>/<unit>/undo")]
async fn undo(
    lang: Language,
    staff: Librarian,
    id: &str,
    prize: &str,
    unit: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    change(lang, &staff, db, place(id, prize, unit)?, claims::undo).await
}

#[post("/staff/activities/<id>/winners/<prize>/<unit>/decline")]
async fn decline(
    lang: Language,
    staff: Librarian,
    id: &str,
    prize: &str,
    unit: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    change(lang, &staff, db, place(id, prize, unit)?, claims::decline).await
}

#[post("/staff/activities/<id>/winners/<prize>/<unit>/keep")]
async fn keep(
    lang: Language,
    staff: Librarian,
    id: &str,
    prize: &str,
    unit: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    change(lang, &staff, db, place(id, prize, unit)?, claims::keep).await
}

#[post("/staff/activities/<id>/winners/<prize>/<unit>/resend/<notice>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn resend(
    lang: Language,
    staff: Librarian,
    id: &str,
    prize: &str,
    unit: &str,
    notice: &str,
    db: &State<Db>,
    mailer: &State<Arc<Mailer>>,
) -> AppResult<Reply> {
    let (activity, slot) = place(id, prize, unit)?;
    let back = path(&activity, &slot);
    let (notice, mailer, actor) = (
        NoticeId::from(notice),
        mailer.inner().clone(),
        staff.0.actor(),
    );
    db.write("send again", move |tx| {
        let draw = claims::decided(tx, &activity)?;
        notices::resend(tx, &mailer, &draw, &actor, &notice)
    })
    .await?;
    Ok(Reply::go(lang, &back))
}
