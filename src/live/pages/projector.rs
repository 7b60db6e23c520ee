//! The projector's page, and what it asks every second.

use std::sync::Arc;

use rocket::http::uri::Host;
use rocket::{Route, State, get, routes};

use crate::account::guard::Librarian;
use crate::live::Hall;
use crate::live::wire::SceneView;
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;

use super::{Fresh, read, state};

pub(super) fn routes() -> Vec<Route> {
    routes![stage, poll]
}

#[get("/stage/<id>")]
async fn stage(
    lang: Language,
    _staff: Librarian,
    id: &str,
    host: Option<&Host<'_>>,
    db: &State<Db>,
    hall: &State<Arc<Hall>>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let on = read(db, config, host, id).await?;
    let view = SceneView::of(lang, &on.playing(hall, None));
    Ok(Page::new(lang, "live/stage", view).no_store())
}

#[get("/stage/<id>/state")]
async fn poll(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
    hall: &State<Arc<Hall>>,
    config: &State<Arc<Config>>,
) -> AppResult<Fresh> {
    let on = read(db, config, None, id).await?;
    let view = SceneView::of(lang, &on.playing(hall, None));
    Ok(state(&view, on.now))
}
