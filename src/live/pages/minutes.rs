//! The minutes of a draw, to print and sign.

use std::sync::Arc;

use rocket::http::uri::Host;
use rocket::{Route, State, get, routes};

use crate::account::guard::Librarian;
use crate::live::wire::MinutesView;
use crate::live::{Error, Hall};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;
use crate::vault::Vault;

use super::read;

pub(super) fn routes() -> Vec<Route> {
    routes![minutes]
}

#[get("/staff/draws/<id>/minutes")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn minutes(
    lang: Language,
    _staff: Librarian,
    id: &str,
    host: Option<&Host<'_>>,
    db: &State<Db>,
    hall: &State<Arc<Hall>>,
    vault: &State<Vault>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let on = read(db, config, host, id).await?;
    let playing = on.playing(hall, None);
    let view = MinutesView::of(lang, &playing, vault.vkey()).ok_or(Error::NothingToShow)?;
    Ok(Page::new(lang, "live/minutes", view).no_store())
}
