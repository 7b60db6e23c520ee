//! The list of winners as a file, for admins.

use rocket::http::ContentType;
use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Admin, Confirmed};
use crate::account::{self, Permission};
use crate::activity::{self, Stage};
use crate::notify::claims::{self, Decided};
use crate::notify::export::{self, Export, File, Taker};
use crate::notify::sheet::Format;
use crate::notify::wire::{ExportTyped, ExportsView, export_request};
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::download::{Answer, Download};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::Page;
use crate::vault::Vault;

pub(super) fn routes() -> Vec<Route> {
    routes![list, make]
}

impl From<File> for Download {
    fn from(file: File) -> Download {
        match file.format {
            Format::Csv => Download::csv(file.name, file.bytes),
            Format::Xlsx => Download {
                kind: ContentType::new(
                    "application",
                    "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                name: file.name,
                bytes: file.bytes,
            },
        }
    }
}

fn may_export(staff: &Admin) -> AppResult<()> {
    if staff.0.may(Permission::Export) {
        Ok(())
    } else {
        Err(AppError::forbidden())
    }
}

struct Standing {
    draws: Vec<Decided>,
    exports: Vec<(Export, String, String)>,
}

fn standing(tx: &mut Tx, lang: Language) -> AppResult<Standing> {
    let mut draws = Vec::new();
    for facts in activity::list(tx, &[Stage::Closed, Stage::Drawn, Stage::Notified])? {
        draws.extend(claims::all(tx, &facts.id)?);
    }
    let names = account::names(tx)?;
    let mut exports = Vec::new();
    for export in export::list(tx)? {
        let facts = activity::by_id(tx, &export.activity)?;
        let who = names.get(export.by.as_str()).cloned().unwrap_or_default();
        exports.push((export, facts.title.pick(lang).to_owned(), who));
    }
    Ok(Standing { draws, exports })
}

async fn page(lang: Language, db: &Db, typed: ExportTyped, mistakes: Mistakes) -> AppResult<Page> {
    let found = db
        .read("list exports", move |tx| standing(tx, lang))
        .await?;
    let view = ExportsView::of(lang, &found.draws, &found.exports, typed, mistakes);
    Ok(Page::new(lang, "notify/exports", view).no_store())
}

#[get("/admin/exports?<draw>")]
async fn list(lang: Language, staff: Admin, draw: Option<&str>, db: &State<Db>) -> AppResult<Page> {
    may_export(&staff)?;
    let typed = ExportTyped {
        draw: draw.unwrap_or("").to_owned(),
        ..ExportTyped::default()
    };
    page(lang, db, typed, Mistakes::new()).await
}

#[post("/admin/exports", data = "<form>")]
async fn make(
    lang: Language,
    staff: Admin,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Answer> {
    may_export(&staff)?;
    let request = match export_request(lang, &form) {
        Ok(request) => request,
        Err(mistakes) => {
            let typed = ExportTyped {
                draw: form.value("draw").to_owned(),
                purpose: form.value("purpose").to_owned(),
                format: form.value("format").to_owned(),
                reason: form.value("reason").to_owned(),
            };
            let page = page(lang, db, typed, mistakes).await?;
            return Ok(page.again().into());
        }
    };
    let by = Taker {
        id: staff.0.id.clone(),
        name: staff.0.name.clone(),
    };
    let (db, vault) = (db.inner().clone(), vault.inner().clone());
    let file =
        rocket::tokio::task::spawn_blocking(move || export::make(&db, &vault, &by, &request))
            .await
            .map_err(AppError::broken)??;
    Ok(Download::from(file).into())
}
