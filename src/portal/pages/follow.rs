//! Ways to follow what the library does without an account: a calendar, a feed, a sheet on the wall.

use std::sync::Arc;

use rocket::{Route, State, get, routes};

use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::calendar::Calendar;
use crate::platform::web::error::AppResult;
use crate::platform::web::feed::{Entry, Feed, Frame};
use crate::platform::web::page::Page;
use crate::portal::diary;
use crate::portal::wire::follow::{self, PosterView};

/// Entries of the feed.
const NEWEST: usize = 50;

/// The pages; paths without language.
pub(super) fn routes() -> Vec<Route> {
    routes![feed, calendar, calendar_of, poster]
}

#[get("/feed.atom")]
async fn feed(lang: Language, db: &State<Db>, library: &State<Arc<Config>>) -> AppResult<Feed> {
    let news = db
        .read_public("read feed", |tx| diary::news(tx, NEWEST))
        .await?;
    let entries: Vec<Entry> = news.iter().map(|each| follow::entry(lang, each)).collect();
    let frame = Frame {
        language: lang,
        title: &text::message(lang, "portal-feed-title", &[]),
        stem: "portal",
        at: "/feed.atom",
        page: "/activities",
        library,
    };
    Ok(Feed::of(&frame, &entries))
}

#[get("/calendar.ics")]
async fn calendar(
    lang: Language,
    db: &State<Db>,
    library: &State<Arc<Config>>,
) -> AppResult<Calendar> {
    let all = db.read_public("read calendar", diary::all).await?;
    let dates: Vec<_> = all
        .iter()
        .flat_map(|dated| follow::dates(lang, dated))
        .collect();
    let title = text::message(lang, "portal-feed-title", &[]);
    Ok(Calendar::of(lang, library, &title, "calendar", &dates))
}

#[get("/a/<slug>/calendar.ics")]
async fn calendar_of(
    lang: Language,
    slug: &str,
    db: &State<Db>,
    library: &State<Arc<Config>>,
) -> AppResult<Calendar> {
    let wanted = slug.to_owned();
    let dated = db
        .read_public("read calendar", move |tx| diary::of(tx, &wanted))
        .await?;
    let dates = follow::dates(lang, &dated);
    let title = dated.title().pick(lang);
    Ok(Calendar::of(lang, library, title, slug, &dates))
}

#[get("/a/<slug>/poster")]
async fn poster(
    lang: Language,
    slug: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let slug = slug.to_owned();
    let shown = db
        .read_public("read poster", move |tx| crate::portal::show(tx, &slug))
        .await?;
    let view = PosterView::of(lang, &shown, config);
    Ok(Page::new(lang, "portal/poster", view))
}
