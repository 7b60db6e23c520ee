//! How often pages are read, for everybody.
//!
//! Not here: counting ([`crate::platform::web::views`]).

use rocket::{Route, State, get, routes};

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
    routes![show]
}

/// Days that are over: nobody can watch a count move, staff neither.
#[get("/statistics")]
async fn show(lang: Language, db: &State<Db>, clock: &State<Clock>) -> AppResult<Page> {
    let to = day_of(clock.now()) - 1;
    let from = to - DAYS + 1;
    let view = db
        .read_public("read counts of pages", move |tx| {
            let counts = views::between(tx, from, to)?;
            Ok::<_, Error>(ViewsView::of(lang, &counts, (from, to)))
        })
        .await?;
    Ok(Page::new(lang, "stats/views", view))
}
