//! Providers, what activities offer to share with them, and the export for one.

use rocket::{Route, State, get, post, routes};

use super::at_field;
use crate::account::guard::{Admin, Confirmed, Librarian, PrivacyOfficer};
use crate::account::{Permission, Staff};
use crate::activity::{self, ActivityId, Stage};
use crate::custody::sharing::{self, Shared, Taker};
use crate::custody::wire::Reading;
use crate::custody::wire::providers::{self as wire, OffersPage, OffersView, ProvidersView};
use crate::custody::{Error, note};
use crate::entry::provider::{self, ProviderId};
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::download::Answer;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

pub(super) fn routes() -> Vec<Route> {
    routes![list, save, offers, change, export]
}

#[get("/admin/providers?<edit>")]
async fn list(
    lang: Language,
    _officer: PrivacyOfficer,
    edit: Option<&str>,
    db: &State<Db>,
) -> AppResult<Page> {
    let known = db.read("list providers", provider::all).await?;
    let view = ProvidersView::of(&known, edit.unwrap_or(""));
    Ok(Page::new(lang, "custody/providers", view).no_store())
}

#[post("/admin/providers", data = "<form>")]
async fn save(
    lang: Language,
    officer: PrivacyOfficer,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let known = db.read("list providers", provider::all).await?;
    let own = match wire::provider(lang, &form, &known) {
        Ok(own) => own,
        Err(mistakes) => {
            let view = ProvidersView::of(&known, form.value("id")).again(&form, mistakes);
            return Ok(Page::new(lang, "custody/providers", view).again().into());
        }
    };
    let by = officer.0.actor();
    db.write("save provider", move |tx| {
        provider::save(tx, &own)?;
        note(tx, &by, "custody.provider_saved", ("", own.id.as_str()), "")
    })
    .await?;
    Ok(Reply::done(lang, "/admin/providers"))
}

fn read(tx: &mut Tx, id: &ActivityId) -> Result<OffersPage, Error> {
    let facts = activity::by_id(tx, id)?;
    let mut offers = Vec::new();
    for offer in provider::of_activity(tx, id)? {
        let shared = match facts.stage {
            Stage::Draft | Stage::Purged => Shared {
                people: 0,
                handed: 0,
            },
            _ => sharing::count(tx, id, &offer.provider.id)?,
        };
        offers.push((offer, shared));
    }
    Ok(OffersPage {
        asked: activity::asked_fields(tx, id)?,
        providers: provider::all(tx)?,
        offers,
        facts,
    })
}

async fn page(
    lang: Language,
    db: &Db,
    staff: &Staff,
    id: &str,
    form: &FormFields,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let of = ActivityId::from(id);
    let found = db.read("read offers", move |tx| read(tx, &of)).await?;
    let may_export = staff.may(Permission::Export);
    let view = OffersView::of(lang, &found, may_export, form, mistakes);
    let page = Page::new(lang, "custody/offers", view).no_store();
    Ok(page.at(format!("/staff/activities/{id}/providers")))
}

#[get("/staff/activities/<id>/providers")]
async fn offers(lang: Language, staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let empty = FormFields::default();
    Ok(page(lang, db, &staff.0, id, &empty, Mistakes::new()).await?)
}

#[post("/staff/activities/<id>/providers", data = "<form>")]
async fn change(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let back = format!("/staff/activities/{id}/providers");
    let (of, by) = (ActivityId::from(id), staff.0.actor());
    if form.value("do") == "remove" {
        let provider = ProviderId::from(form.value("provider"));
        db.write("withdraw offer", move |tx| {
            provider::withdraw_offer(tx, &of, &provider)?;
            let object = (of.as_str(), provider.as_str());
            note(tx, &by, "custody.offer_removed", object, "")
        })
        .await?;
        return Ok(Reply::done(lang, &back));
    }
    let wanted = of.clone();
    let found = db.read("read offers", move |tx| read(tx, &wanted)).await?;
    let offer = match wire::offer(lang, &form, &found.providers, &found.asked, &found.facts) {
        Ok(offer) => offer,
        Err(mistakes) => {
            let page = page(lang, db, &staff.0, id, &form, mistakes).await?;
            return Ok(page.again().into());
        }
    };
    db.write("offer provider", move |tx| {
        provider::offer(tx, &of, &offer)?;
        let object = (of.as_str(), offer.provider.id.as_str());
        note(tx, &by, "custody.offer_made", object, "")
    })
    .await?;
    Ok(Reply::done(lang, &back))
}

#[post("/staff/activities/<id>/providers/<provider>/export", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn export(
    lang: Language,
    admin: Admin,
    id: &str,
    provider: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Answer> {
    if !admin.0.may(Permission::Export) {
        return Err(AppError::forbidden());
    }
    let mut reading = Reading::of(lang, &form);
    let reason = reading.kept_line("reason", 200, Some("custody-reason-empty"));
    let mut mistakes = reading.mistakes;
    if mistakes.is_empty() {
        let (of, to) = (ActivityId::from(id), ProviderId::from(provider));
        let taker = Taker {
            id: admin.0.id.clone(),
            name: admin.0.name.clone(),
            language: lang,
        };
        let (own_db, own_vault) = (db.inner().clone(), vault.inner().clone());
        let exporting = rocket::tokio::task::spawn_blocking(move || {
            sharing::export(&own_db, &own_vault, &taker, (&of, &to), &reason)
        });
        match exporting.await.map_err(AppError::broken)? {
            Ok(file) => return Ok(file.into()),
            Err(error) => mistakes = at_field(lang, error, "reason")?,
        }
    }
    let page = page(lang, db, &admin.0, id, &form, mistakes).await?;
    Ok(page.again().into())
}
