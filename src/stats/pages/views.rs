//! How often pages are read, for everybody and for staff.
//!
//! Not here: counting ([`crate::platform::web::views`]).

use rocket::{Route, State, get, routes};

use crate::account::guard::Organiser;
use crate::platform::clock::Clock;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;
use crate::platform::web::views::day_of;
use crate::stats::wire::views::ViewsView;
use crate::stats::{Error, views};

/// So many days are shown.
const DAYS: i64 = 30;

pub(super) fn routes() -> Vec<Route> {
    routes![for_everybody, for_staff]
}

async fn view(lang: Language, db: &Db, to: i64, today: bool) -> Result<ViewsView, Error> {
    let from = to - DAYS + 1;
    db.read_public("read counts of pages", move |tx| {
        let counts = views::between(tx, from, to)?;
        Ok(ViewsView::of(lang, &counts, (from, to), today))
    })
    .await
}

/// Days that are over: nobody can watch a count move.
#[get("/statistics")]
async fn for_everybody(lang: Language, db: &State<Db>, clock: &State<Clock>) -> AppResult<Page> {
    let to = day_of(clock.now()) - 1;
    let view = view(lang, db, to, false).await?;
    Ok(Page::new(lang, "stats/views", view))
}

/// With the day that is not over yet.
#[get("/staff/statistics")]
async fn for_staff(
    lang: Language,
    _staff: Organiser,
    db: &State<Db>,
    clock: &State<Clock>,
) -> AppResult<Page> {
    let to = day_of(clock.now());
    let view = view(lang, db, to, true).await?;
    Ok(Page::new(lang, "stats/views", view))
}
