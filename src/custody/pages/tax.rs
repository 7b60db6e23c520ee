//! The tax vault: taken down at the desk, read and filed by accountants.

use std::sync::Arc;
use std::time::Duration;

use lucky_draw::result::Slot;
use rocket::{Route, State, get, post, routes};

use super::at_field;
use crate::account::guard::{Accountant, Confirmed, Librarian};
use crate::audit::StaffId;
use crate::custody::Error;
use crate::custody::tax::{self, Filer, Paid, TakenDown, TaxRow, TaxRowId, Year};
use crate::custody::wire::tax::{DeskView, RowView, RulesRow, YearRow, YearView, YearsView, payee};
use crate::draw::DrawId;
use crate::draw::tax::RuleBook;
use crate::identity::date::day_of;
use crate::notify::wire::Place;
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::download::Answer;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::platform::web::throttle::Throttle;
use crate::vault::Vault;

pub(super) fn routes() -> Vec<Route> {
    routes![desk, take_down, years, year, act, row, mend]
}

/// How often IDs may be compared for one prize: a desk is not a place to guess at.
pub struct TaxLimit(Throttle<String>);

impl Default for TaxLimit {
    /// Six tries, and one more every ten minutes.
    fn default() -> TaxLimit {
        TaxLimit(Throttle::new(6, Duration::from_secs(600)))
    }
}

impl TaxLimit {
    fn check(&self, (draw, slot): (&DrawId, &Slot), now_ms: i64) -> Result<(), AppError> {
        self.0.check(format!("{draw} {slot}"), now_ms)
    }
}

/// The prize that an address names.
async fn paid(db: &Db, place: Option<Place>) -> Result<Paid, Error> {
    let place = place.ok_or(Error::Unknown)?;
    db.write("read prize", move |tx| {
        tax::paid(tx, &place.activity, &place.draw, &place.slot)
    })
    .await
}

fn desk_page(
    lang: Language,
    paid: &Paid,
    book: &RuleBook,
    reader: &StaffId,
    form: &FormFields,
    mistakes: Mistakes,
) -> Page {
    let at = format!("{}/tax", Place::of(&paid.draw, &paid.slot).path());
    let view = DeskView::of(lang, paid, book, reader, form, mistakes);
    Page::new(lang, "custody/tax_desk", view).no_store().at(at)
}

#[get("/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/tax")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn desk(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let paid = paid(db, Place::parse(id, draw, prize, unit)).await?;
    let (book, empty) = (RuleBook::of(config), FormFields::default());
    Ok(desk_page(
        lang,
        &paid,
        &book,
        &staff.0.id,
        &empty,
        Mistakes::new(),
    ))
}

#[post(
    "/staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/tax",
    data = "<form>"
)]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn take_down(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    prize: &str,
    unit: &str,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    config: &State<Arc<Config>>,
    limit: &State<TaxLimit>,
) -> AppResult<Reply> {
    let paid = Arc::new(paid(db, Place::parse(id, draw, prize, unit)).await?);
    let (book, by) = (RuleBook::of(config), staff.0.id.clone());
    let back = format!("{}/tax", Place::of(&paid.draw, &paid.slot).path());
    let again = |mistakes| desk_page(lang, &paid, &book, &staff.0.id, &form, mistakes).again();
    let now = db.clock().now();
    let mistakes = match (form.value("do"), &paid.row) {
        ("confirm", Some(row)) => {
            let row = row.clone();
            let confirmed = db
                .write("confirm payee", move |tx| tax::confirm(tx, &by, &row))
                .await;
            match confirmed {
                Ok(()) => return Ok(Reply::go(lang, &back)),
                Err(error) => at_field(lang, error, "confirm")?,
            }
        }
        _ => match payee(lang, &form, day_of(now)) {
            Err(mistakes) => mistakes,
            Ok(payee) => {
                limit.check((&paid.draw.plan.id, &paid.slot), now.0)?;
                let (own_db, own_vault) = (db.inner().clone(), vault.inner().clone());
                let (of, rules) = (paid.clone(), book.clone());
                let taking = rocket::tokio::task::spawn_blocking(move || {
                    tax::take_down(&own_db, &own_vault, &by, &rules, &of, &payee)
                });
                match taking.await.map_err(AppError::broken)? {
                    Ok(TakenDown::Kept) => return Ok(Reply::go(lang, &back)),
                    Ok(TakenDown::Differs) => {
                        let mut mistakes = Mistakes::new();
                        let words = text::message(lang, "notify-claim-no-match", &[]);
                        mistakes.add("national_id", words);
                        mistakes
                    }
                    Err(error) => at_field(lang, error, "national_id")?,
                }
            }
        },
    };
    Ok(again(mistakes).into())
}

#[get("/admin/tax")]
async fn years(
    lang: Language,
    _accountant: Accountant,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let years = db.read("list tax years", tax::years).await?;
    let book = RuleBook::of(config);
    let view = YearsView {
        rows: years.iter().map(|year| YearRow::of(lang, year)).collect(),
        rules: book
            .all()
            .iter()
            .rev()
            .map(|rules| RulesRow::of(lang, rules))
            .collect(),
    };
    Ok(Page::new(lang, "custody/tax_years", view).no_store())
}

async fn year_page(
    lang: Language,
    db: &Db,
    config: &Config,
    number: i16,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let (book, now) = (RuleBook::of(config), db.clock().now());
    let of = book.clone();
    let (year, rows) = db
        .read("read tax year", move |tx| {
            Ok::<_, Error>((tax::year(tx, number)?, tax::rows(tx, &of, number)?))
        })
        .await?;
    let view = YearView::of(lang, &year, &rows, &book, day_of(now).year(), mistakes);
    let page = Page::new(lang, "custody/tax_year", view).no_store();
    Ok(page.at(format!("/admin/tax/{number}")))
}

#[get("/admin/tax/<year>")]
async fn year(
    lang: Language,
    _accountant: Accountant,
    year: i16,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    Ok(year_page(lang, db, config, year, Mistakes::new()).await?)
}

#[post("/admin/tax/<year>", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn act(
    lang: Language,
    accountant: Accountant,
    year: i16,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    config: &State<Arc<Config>>,
) -> AppResult<Answer> {
    let book = RuleBook::of(config);
    let by = accountant.0.id.clone();
    let (field, error) = if form.value("do") == "file" {
        let (own_db, own_vault) = (db.inner().clone(), vault.inner().clone());
        let filer = Filer {
            id: by,
            name: accountant.0.name.clone(),
            language: lang,
        };
        let taking = rocket::tokio::task::spawn_blocking(move || {
            tax::file(&own_db, &own_vault, &book, &filer, year)
        });
        match taking.await.map_err(AppError::broken)? {
            Ok(file) => return Ok(file.into()),
            Err(error) => ("file", error),
        }
    } else if form.has("sure") {
        let filed = db
            .write("file tax year", move |tx| tax::filed(tx, &by, &book, year))
            .await;
        match filed {
            Ok(()) => return Ok(Reply::done(lang, &format!("/admin/tax/{year}")).into()),
            Err(error) => ("sure", error),
        }
    } else {
        let mut mistakes = Mistakes::new();
        let words = text::message(lang, "custody-tax-sure-empty", &[]);
        mistakes.add("sure", words);
        let page = year_page(lang, db, config, year, mistakes).await?;
        return Ok(page.again().into());
    };
    let mistakes = at_field(lang, error, field)?;
    let page = year_page(lang, db, config, year, mistakes).await?;
    Ok(page.again().into())
}

async fn year_and_row(db: &Db, number: i16, id: TaxRowId) -> Result<(Year, TaxRow), Error> {
    db.read("read payee", move |tx| {
        Ok((tax::year(tx, number)?, tax::row(tx, number, &id)?))
    })
    .await
}

fn row_page(
    lang: Language,
    (year, row): (&Year, &TaxRow),
    reader: &StaffId,
    form: &FormFields,
    mistakes: Mistakes,
) -> Page {
    let at = format!("/admin/tax/{}/{}", row.year, row.id);
    let view = RowView::of(lang, (year, row), reader, form, mistakes);
    Page::new(lang, "custody/tax_row", view).no_store().at(at)
}

#[get("/admin/tax/<year>/<id>")]
async fn row(
    lang: Language,
    accountant: Accountant,
    year: i16,
    id: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    let (year, row) = year_and_row(db, year, TaxRowId::from(id)).await?;
    let empty = FormFields::default();
    let of = (&year, &row);
    Ok(row_page(
        lang,
        of,
        &accountant.0.id,
        &empty,
        Mistakes::new(),
    ))
}

/// Puts a payee right, or confirms as a second person one whose ID was not compared.
#[post("/admin/tax/<year>/<id>", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn mend(
    lang: Language,
    accountant: Accountant,
    year: i16,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    config: &State<Arc<Config>>,
    limit: &State<TaxLimit>,
) -> AppResult<Reply> {
    let (year, row) = year_and_row(db, year, TaxRowId::from(id)).await?;
    let by = accountant.0.id.clone();
    let again = |mistakes| {
        let page = row_page(lang, (&year, &row), &accountant.0.id, &form, mistakes);
        Ok(page.again().into())
    };
    let (field, outcome) = if form.value("do") == "confirm" {
        let of = row.clone();
        let confirmed = db
            .write("confirm payee", move |tx| tax::confirm(tx, &by, &of))
            .await;
        ("confirm", confirmed.map(|()| TakenDown::Kept))
    } else {
        let now = db.clock().now();
        let payee = match payee(lang, &form, day_of(now)) {
            Ok(payee) => payee,
            Err(mistakes) => return again(mistakes),
        };
        limit.check((&row.draw, &row.slot), now.0)?;
        let (own_db, own_vault) = (db.inner().clone(), vault.inner().clone());
        let (of, book) = (row.clone(), RuleBook::of(config));
        let mending = rocket::tokio::task::spawn_blocking(move || {
            tax::correct(&own_db, &own_vault, &by, &book, &of, &payee)
        });
        ("national_id", mending.await.map_err(AppError::broken)?)
    };
    match outcome {
        Ok(TakenDown::Kept) => Ok(Reply::done(lang, &format!("/admin/tax/{}", year.year))),
        Ok(TakenDown::Differs) => {
            let mut mistakes = Mistakes::new();
            mistakes.add(
                "national_id",
                text::message(lang, "custody-tax-row-differs", &[]),
            );
            again(mistakes)
        }
        Err(error) => again(at_field(lang, error, field)?),
    }
}
