//! The register of disclosures, for staff as lines and for everybody as counts.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use super::{at_field, is_oneself};
use crate::account::guard::{Confirmed, PrivacyOfficer};
use crate::account::{self, Permission};
use crate::activity;
use crate::audit::StaffId;
use crate::custody::disclosure::{self, Approved, Approver};
use crate::custody::wire::disclosures::{
    CountRow, DisclosurePage, DisclosureRow, DisclosureView, DisclosuresView, NewView, PublicView,
    new_disclosure,
};
use crate::custody::wire::draws;
use crate::custody::{DisclosureId, Error, has_two};
use crate::identity::date::day_of;
use crate::identity::mistake;
use crate::identity::national_id::NationalId;
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::download::Answer;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

pub(super) fn routes() -> Vec<Route> {
    routes![list, form, propose, show, act, public]
}

#[get("/admin/disclosures")]
async fn list(
    lang: Language,
    _officer: PrivacyOfficer,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let most = config.named_openings_per_year;
    let view = db
        .read("list disclosures", move |tx| {
            let mut rows = Vec::new();
            for own in disclosure::list(tx)? {
                let facts = activity::by_id(tx, &own.activity)?;
                rows.push(DisclosureRow::of(lang, &facts, &own));
            }
            Ok::<_, Error>(DisclosuresView {
                rows,
                has_two: has_two(tx, Permission::ApproveDisclosure)?,
                most,
            })
        })
        .await?;
    Ok(Page::new(lang, "custody/disclosures", view).no_store())
}

#[get("/admin/disclosures/new")]
async fn form(
    lang: Language,
    _officer: PrivacyOfficer,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let draws = db.read("list draws", draws).await?;
    let empty = FormFields::default();
    let view = NewView::of(lang, config, &empty, &draws, Mistakes::new());
    Ok(Page::new(lang, "custody/disclosure_new", view).no_store())
}

#[post("/admin/disclosures/new", data = "<form>")]
async fn propose(
    lang: Language,
    officer: PrivacyOfficer,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let draws = db.read("list draws", draws).await?;
    let read = new_disclosure(lang, config, &form, &draws);
    let (new, mut mistakes) = match read {
        Ok(new) => (Some(new), Mistakes::new()),
        Err(mistakes) => (None, mistakes),
    };
    is_oneself(lang, db, &officer.0.id, &form, &mut mistakes).await?;
    if let (Some(new), true) = (new, mistakes.is_empty()) {
        let (by, settings) = (officer.0.id.clone(), config.inner().clone());
        let proposed = db
            .write("propose disclosure", move |tx| {
                disclosure::propose(tx, &settings, &by, &new)
            })
            .await;
        match proposed {
            Ok(id) => return Ok(Reply::go(lang, &format!("/admin/disclosures/{id}"))),
            Err(error) => mistakes = at_field(lang, error, "ground")?,
        }
    }
    let view = NewView::of(lang, config, &form, &draws, mistakes);
    Ok(Page::new(lang, "custody/disclosure_new", view)
        .again()
        .into())
}

fn read(tx: &mut Tx, id: &DisclosureId, most: u32) -> Result<DisclosurePage, Error> {
    let own = disclosure::find(tx, id)?;
    Ok(DisclosurePage {
        facts: activity::by_id(tx, &own.activity)?,
        tickets: disclosure::tickets(tx, &own)?,
        names: account::names(tx)?,
        has_two: has_two(tx, Permission::ApproveDisclosure)?,
        most,
        disclosure: own,
    })
}

async fn view(
    lang: Language,
    (db, config): (&Db, &Config),
    id: &str,
    reader: &StaffId,
    mistakes: Mistakes,
) -> Result<DisclosureView, Error> {
    let (id, most) = (DisclosureId::from(id), config.named_openings_per_year);
    let found = db
        .read("read disclosure", move |tx| read(tx, &id, most))
        .await?;
    Ok(DisclosureView::of(lang, &found, reader, mistakes))
}

fn page(lang: Language, id: &str, view: DisclosureView) -> Page {
    let at = format!("/admin/disclosures/{id}");
    Page::new(lang, "custody/disclosure", view)
        .no_store()
        .at(at)
}

#[get("/admin/disclosures/<id>")]
async fn show(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let of = (db.inner(), config.as_ref());
    let view = view(lang, of, id, &officer.0.id, Mistakes::new()).await?;
    Ok(page(lang, id, view))
}

#[post("/admin/disclosures/<id>", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn act(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    config: &State<Arc<Config>>,
) -> AppResult<Answer> {
    let back = format!("/admin/disclosures/{id}");
    let (of, by) = (DisclosureId::from(id), officer.0.id.clone());
    let (own_db, own_vault) = (db.inner().clone(), vault.inner().clone());
    let mut mistakes = Mistakes::new();
    match form.value("do") {
        "drop" => {
            let dropped = db
                .write("drop disclosure", move |tx| {
                    disclosure::drop_proposal(tx, &by, &of)
                })
                .await;
            match dropped {
                Ok(()) => return Ok(Reply::go(lang, &back).into()),
                Err(error) => mistakes = at_field(lang, error, "approve")?,
            }
        }
        "look_up" => {
            let typed = NationalId::parse(form.value("national_id"), day_of(db.clock().now()));
            match typed {
                Ok(shown) => {
                    let subject = shown.subject();
                    let looking = rocket::tokio::task::spawn_blocking(move || {
                        disclosure::look_up(&own_db, &own_vault, &by, &of, &subject)
                    });
                    match looking.await.map_err(AppError::broken)? {
                        Ok(tickets) => {
                            let of = (db.inner(), config.as_ref());
                            let view = view(lang, of, id, &officer.0.id, mistakes).await?;
                            return Ok(page(lang, id, view.found(&tickets)).into());
                        }
                        Err(error) => mistakes = at_field(lang, error, "national_id")?,
                    }
                }
                Err(mistake) => {
                    let words = mistake::say(lang, mistake.message_id(), &mistake.args());
                    mistakes.add("national_id", words);
                }
            }
        }
        _ => {
            is_oneself(lang, db, &by, &form, &mut mistakes).await?;
            if mistakes.is_empty() {
                let approver = Approver {
                    id: by,
                    name: officer.0.name.clone(),
                    language: lang,
                };
                let approving = rocket::tokio::task::spawn_blocking(move || {
                    disclosure::approve(&own_db, &own_vault, &approver, &of)
                });
                match approving.await.map_err(AppError::broken)? {
                    Ok(Approved::Extract(file)) => return Ok(file.into()),
                    Ok(Approved::ToLookUp) => return Ok(Reply::go(lang, &back).into()),
                    Err(error) => mistakes = at_field(lang, error, "approve")?,
                }
            }
        }
    }
    let of = (db.inner(), config.as_ref());
    let view = view(lang, of, id, &officer.0.id, mistakes).await?;
    Ok(page(lang, id, view).again().into())
}

#[get("/privacy/disclosures")]
async fn public(lang: Language, db: &State<Db>) -> AppResult<Page> {
    let counts = db.read("count disclosures", disclosure::counts).await?;
    let rows = counts.iter().map(|count| CountRow::of(lang, count));
    let view = PublicView {
        rows: rows.collect(),
    };
    Ok(Page::new(lang, "custody/public", view))
}
