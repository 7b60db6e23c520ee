//! Holds: proposed by one, approved by another.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use super::at_field;
use crate::account::guard::{Confirmed, PrivacyOfficer};
use crate::account::{self, Permission};
use crate::activity::{self, Stage};
use crate::audit::StaffId;
use crate::custody::hold::{self, LONGEST_DAYS};
use crate::custody::wire::holds::{HoldPage, HoldRow, HoldView, HoldsView, new_hold};
use crate::custody::wire::{Reading, draws};
use crate::custody::{Error, HoldId, has_two};
use crate::draw;
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

pub(super) fn routes() -> Vec<Route> {
    routes![list, propose, show, act]
}

async fn list_view(lang: Language, db: &Db, config: &Config) -> Result<HoldsView, Error> {
    let most = config.held_rows_per_year;
    db.read("list holds", move |tx| {
        let mut rows = Vec::new();
        for hold in hold::list(tx)? {
            let facts = activity::by_id(tx, &hold.activity)?;
            rows.push(HoldRow::of(lang, &facts, &hold, tx.now()));
        }
        let mut draws = draws(tx)?;
        draws.retain(|(facts, _)| facts.stage != Stage::Purged);
        let has_two = has_two(tx, Permission::HoldData)?;
        Ok(HoldsView::of(lang, rows, &draws, (has_two, most)))
    })
    .await
}

#[get("/admin/holds")]
async fn list(
    lang: Language,
    _officer: PrivacyOfficer,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let view = list_view(lang, db, config).await?;
    Ok(Page::new(lang, "custody/holds", view).no_store())
}

#[post("/admin/holds", data = "<form>")]
async fn propose(
    lang: Language,
    officer: PrivacyOfficer,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let mistakes = match new_hold(lang, &form) {
        Ok(new) => {
            let by = officer.0.id.clone();
            let proposed = db
                .write("propose hold", move |tx| hold::propose(tx, &by, &new))
                .await;
            match proposed {
                Ok(id) => return Ok(Reply::go(lang, &format!("/admin/holds/{id}"))),
                Err(error) => at_field(lang, error, "tickets")?,
            }
        }
        Err(mistakes) => mistakes,
    };
    let view = list_view(lang, db, config).await?.typed(&form, mistakes);
    Ok(Page::new(lang, "custody/holds", view).again().into())
}

fn read(tx: &mut Tx, id: &HoldId) -> Result<HoldPage, Error> {
    let hold = hold::find(tx, id)?;
    Ok(HoldPage {
        facts: activity::by_id(tx, &hold.activity)?,
        plan: draw::by_id(tx, &hold.draw)?,
        tickets: hold::tickets(tx, &hold)?,
        names: account::names(tx)?,
        has_two: has_two(tx, Permission::HoldData)?,
        now: tx.now(),
        hold,
    })
}

async fn page(
    lang: Language,
    db: &Db,
    id: HoldId,
    reader: &StaffId,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let at = format!("/admin/holds/{id}");
    let found = db.read("read hold", move |tx| read(tx, &id)).await?;
    let view = HoldView::of(lang, &found, reader, mistakes);
    Ok(Page::new(lang, "custody/hold", view).no_store().at(at))
}

#[get("/admin/holds/<id>")]
async fn show(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    Ok(page(lang, db, HoldId::from(id), &officer.0.id, Mistakes::new()).await?)
}

#[post("/admin/holds/<id>", data = "<form>")]
async fn act(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (by, of) = (officer.0.id.clone(), HoldId::from(id));
    let mut reading = Reading::of(lang, &form);
    let (field, outcome) = match form.value("do") {
        "approve" => {
            let done = db.write("approve hold", move |tx| hold::approve(tx, &by, &of));
            ("approve", done.await)
        }
        "drop" => {
            let done = db.write("drop hold", move |tx| hold::drop_proposal(tx, &by, &of));
            ("approve", done.await)
        }
        "approve_change" => {
            let seen = form.value("seen").parse().unwrap_or(-1);
            let done = db.write("change hold", move |tx| {
                hold::approve_change(tx, &by, &of, seen)
            });
            ("change", done.await)
        }
        change => {
            let days = match change {
                "end" => 0,
                _ => reading.number("days", (1, LONGEST_DAYS), "custody-hold-days-wrong"),
            };
            if !reading.mistakes.is_empty() {
                let mistakes = reading.mistakes;
                let page = page(lang, db, HoldId::from(id), &officer.0.id, mistakes).await?;
                return Ok(page.again().into());
            }
            let done = db.write("propose change of hold", move |tx| {
                hold::propose_change(tx, &by, &of, days)
            });
            ("days", done.await)
        }
    };
    match outcome {
        Ok(()) => Ok(Reply::done(lang, &format!("/admin/holds/{id}"))),
        Err(error) => {
            let mistakes = at_field(lang, error, field)?;
            let page = page(lang, db, HoldId::from(id), &officer.0.id, mistakes).await?;
            Ok(page.again().into())
        }
    }
}
