//! The projector's page, and what it asks every second.

use rocket::{Route, get, routes};

use crate::account::guard::DrawOfficer;
use crate::live::wire::SceneView;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;

use super::{Fresh, Screen, state};

pub(super) fn routes() -> Vec<Route> {
    routes![stage, poll]
}

#[get("/stage/<id>")]
async fn stage(screen: Screen<'_>, _staff: DrawOfficer, id: &str) -> AppResult<Page> {
    let on = screen.read(id).await?;
    let view = SceneView::of(screen.lang, &on.playing(screen.hall, None));
    Ok(Page::new(screen.lang, "live/stage", view).no_store())
}

#[get("/stage/<id>/state")]
async fn poll(screen: Screen<'_>, _staff: DrawOfficer, id: &str) -> AppResult<Fresh> {
    let on = screen.read(id).await?;
    let view = SceneView::of(screen.lang, &on.playing(screen.hall, None));
    Ok(state(&view, on.now))
}
