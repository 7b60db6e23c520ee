//! The minutes of a draw, to print and sign.

use rocket::{Route, State, get, routes};

use crate::account::guard::DrawOfficer;
use crate::live::Error;
use crate::live::wire::MinutesView;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;
use crate::vault::Vault;

use super::Screen;

pub(super) fn routes() -> Vec<Route> {
    routes![minutes]
}

#[get("/staff/draws/<id>/minutes")]
async fn minutes(
    screen: Screen<'_>,
    _staff: DrawOfficer,
    id: &str,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let on = screen.read(id).await?;
    let playing = on.playing(screen.hall, None);
    let view = MinutesView::of(screen.lang, &playing, vault.vkey()).ok_or(Error::NothingToShow)?;
    Ok(Page::new(screen.lang, "live/minutes", view).no_store())
}
