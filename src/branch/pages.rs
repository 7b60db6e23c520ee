//! The branches, for admins.

use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Admin, Confirmed};
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

use super::wire::{self, BranchesView};
use super::{BranchId, Error};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![list, save]
}

const HERE: &str = "/admin/branches";

#[get("/admin/branches?<edit>")]
async fn list(
    lang: Language,
    _admin: Admin,
    edit: Option<&str>,
    db: &State<Db>,
) -> AppResult<Page> {
    let editing = edit.unwrap_or("");
    Ok(page(lang, db, editing, &FormFields::default(), Mistakes::new()).await?)
}

#[post("/admin/branches", data = "<form>")]
async fn save(
    lang: Language,
    admin: Admin,
    db: &State<Db>,
    _confirmed: Confirmed,
    form: FormFields,
) -> AppResult<Reply> {
    let (by, id) = (admin.0.actor(), BranchId::from(form.value("branch")));
    match form.value("do") {
        "close" => {
            let write = move |tx: &mut Tx<'_>| super::close(tx, &by, &id);
            db.write("close branch", write).await?;
            return Ok(Reply::done(lang, HERE));
        }
        "reopen" => {
            let write = move |tx: &mut Tx<'_>| super::reopen(tx, &by, &id);
            db.write("reopen branch", write).await?;
            return Ok(Reply::done(lang, HERE));
        }
        _ => {}
    }
    let again = async |mistakes| {
        let page = page(lang, db, form.value("branch"), &form, mistakes).await?;
        AppResult::Ok(page.again().into())
    };
    let name = match wire::read_name(lang, &form) {
        Ok(name) => name,
        Err(mistakes) => return again(mistakes).await,
    };
    let saved = db.write("save branch", move |tx| match id.as_str() {
        "" => super::make(tx, &by, name.clone()).map(drop),
        _ => super::rename(tx, &by, &id, &name),
    });
    match saved.await {
        Ok(()) => Ok(Reply::done(lang, HERE)),
        Err(Error::NameTaken) => again(wire::name_taken(lang)).await,
        Err(error) => Err(error.into()),
    }
}

async fn page(
    lang: Language,
    db: &Db,
    editing: &str,
    form: &FormFields,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let all = db.read("list branches", super::all).await?;
    let view = BranchesView::of(&all, editing, form, mistakes);
    Ok(Page::new(lang, "branch/list", view).no_store())
}
