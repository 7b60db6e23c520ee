//! The counts of an activity, for staff after the close and for everybody after the purge.

use rocket::{Route, State, get, routes};

use crate::account::guard::Librarian;
use crate::activity::wire::Heading;
use crate::activity::{self, ActivityId, Facts, Stage};
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;
use crate::vault::Vault;

use super::wire::{AnswersView, TableView};
use crate::survey::tally::{BASE, THRESHOLD};

use super::{Error, Table};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![for_staff, for_everybody]
}

#[get("/staff/activities/<id>/answers")]
async fn for_staff(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let (id, vault) = (ActivityId::from(id), vault.inner().clone());
    let (facts, tables) = db
        .read("count answers", move |tx| {
            let facts = activity::by_id(tx, &id)?;
            let tables = super::tables(tx, &vault, &facts)?;
            Ok::<_, Error>((facts, tables))
        })
        .await?;
    Ok(Page::new(lang, "stats/answers", view(lang, &facts, &tables)).no_store())
}

#[get("/a/<slug>/answers")]
async fn for_everybody(
    lang: Language,
    slug: &str,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let (slug, vault) = (slug.to_owned(), vault.inner().clone());
    let (facts, tables) = db
        .read("read counts", move |tx| {
            let facts = activity::find(tx, &slug)?;
            if facts.stage != Stage::Purged {
                return Err(Error::TooEarly);
            }
            let tables = super::tables(tx, &vault, &facts)?;
            Ok((facts, tables))
        })
        .await?;
    Ok(Page::new(
        lang,
        "stats/answers",
        view(lang, &facts, &tables),
    ))
}

fn view(lang: Language, facts: &Facts, tables: &[Table]) -> AnswersView {
    AnswersView {
        heading: Heading::of(lang, facts),
        tables: tables.iter().map(|t| TableView::of(lang, t)).collect(),
        threshold: THRESHOLD,
        base: BASE,
    }
}
