//! Agreements and comparisons, for privacy officers, and the list of them for everybody.

use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Confirmed, PrivacyOfficer};
use crate::account::{self, Permission};
use crate::audit::StaffId;
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::upload::Upload;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::wire::{self, AgreementRow, AgreementView, AgreementsView, Found, PublicView};
use super::{AgreementId, Error};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![list, propose, show, act, compare, public]
}

const HERE: &str = "/admin/agreements";

async fn list_page(
    lang: Language,
    db: &Db,
    form: &FormFields,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let (rows, has_two) = db
        .read("list agreements", move |tx| {
            let (uses, now) = (super::uses(tx)?, tx.now());
            let rows = uses
                .iter()
                .map(|(own, uses)| AgreementRow::of(lang, (own, *uses), now));
            let two = account::count_who_may(tx, Permission::ApproveDisclosure, None)? > 1;
            Ok::<_, Error>((rows.collect(), two))
        })
        .await?;
    let view = AgreementsView::of(rows, has_two, form, mistakes);
    Ok(Page::new(lang, "matching/list", view).no_store().at(HERE))
}

#[get("/admin/agreements")]
async fn list(lang: Language, _officer: PrivacyOfficer, db: &State<Db>) -> AppResult<Page> {
    Ok(list_page(lang, db, &FormFields::default(), Mistakes::new()).await?)
}

#[post("/admin/agreements", data = "<form>")]
async fn propose(
    lang: Language,
    officer: PrivacyOfficer,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let new = match wire::read_agreement(lang, &form, db.clock().now()) {
        Ok(new) => new,
        Err(mistakes) => {
            let page = list_page(lang, db, &form, mistakes).await?;
            return Ok(page.again().into());
        }
    };
    let (by, who) = (officer.0.actor(), officer.0.id.clone());
    let write = move |tx: &mut Tx<'_>| super::propose(tx, &by, &who, &new);
    let id = db.write("propose agreement", write).await?;
    Ok(Reply::go(lang, &format!("{HERE}/{id}")))
}

async fn one_page(
    lang: Language,
    db: &Db,
    id: &str,
    reader: &StaffId,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let wanted = AgreementId::from(id);
    let found = db
        .read("read agreement", move |tx| {
            Ok::<_, Error>(Found {
                agreement: super::find(tx, &wanted)?,
                comparisons: super::comparisons(tx, &wanted)?,
                names: account::names(tx)?,
                now: tx.now(),
            })
        })
        .await?;
    let view = AgreementView::of(lang, &found, reader, mistakes);
    let page = Page::new(lang, "matching/one", view).no_store();
    Ok(page.at(format!("{HERE}/{id}")))
}

#[get("/admin/agreements/<id>")]
async fn show(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    db: &State<Db>,
) -> AppResult<Page> {
    Ok(one_page(lang, db, id, &officer.0.id, Mistakes::new()).await?)
}

#[post("/admin/agreements/<id>", data = "<form>")]
async fn act(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (by, who) = (officer.0.actor(), officer.0.id.clone());
    let own = AgreementId::from(id);
    let done = match form.value("do") {
        "approve" => {
            let write = move |tx: &mut Tx<'_>| super::approve(tx, &by, &who, &own);
            db.write("approve agreement", write).await
        }
        "end" => {
            let write = move |tx: &mut Tx<'_>| super::end(tx, &by, &own);
            db.write("end agreement", write).await
        }
        _ => return Err(AppError::not_found()),
    };
    done?;
    Ok(Reply::done(lang, &format!("{HERE}/{id}")))
}

/// The list is held in memory, and never on our disk.
#[post("/admin/agreements/<id>/compare", data = "<sent>")]
async fn compare(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    sent: Upload,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let (by, who, own) = (
        officer.0.actor(),
        officer.0.id.clone(),
        AgreementId::from(id),
    );
    let refused = match wire::read_list(lang, sent.fields().value("list")) {
        Err(words) => words,
        Ok(addresses) => {
            let (own_db, own_vault) = (db.inner().clone(), vault.inner().clone());
            let comparing = rocket::tokio::task::spawn_blocking(move || {
                super::compare(&own_db, &own_vault, (&by, &who), &own, &addresses)
            });
            match comparing.await.map_err(AppError::broken)? {
                Ok(_) => return Ok(Reply::done(lang, &format!("{HERE}/{id}"))),
                Err(Error::TooSoon) => text::message(lang, "matching-too-soon", &[]),
                Err(Error::UsedUp) => text::message(lang, "matching-used-up", &[]),
                Err(Error::NotInForce) => text::message(lang, "matching-not-in-force", &[]),
                Err(error) => return Err(error.into()),
            }
        }
    };
    let mut mistakes = Mistakes::new();
    mistakes.add("list", refused);
    let page = one_page(lang, db, id, &officer.0.id, mistakes).await?;
    Ok(page.again().into())
}

#[get("/privacy/comparisons")]
async fn public(lang: Language, db: &State<Db>) -> AppResult<Page> {
    let rows = db
        .read("list agreements in force", move |tx| {
            let (uses, now) = (super::uses(tx)?, tx.now());
            let approved = uses.iter().filter(|(own, _)| own.approved_by.is_some());
            let rows = approved.map(|(own, uses)| AgreementRow::of(lang, (own, *uses), now));
            Ok::<_, Error>(rows.collect::<Vec<_>>())
        })
        .await?;
    Ok(Page::new(lang, "matching/public", PublicView::of(rows)))
}
