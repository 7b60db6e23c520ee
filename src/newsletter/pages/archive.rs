//! `/news`: every issue that was sent, for everybody and for feed readers.

use std::sync::Arc;

use rocket::{Route, State, get, routes};

use crate::newsletter::issues;
use crate::newsletter::wire::public::{IssueView, NewsView, feed_entry};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::feed::{Entry, Feed, Frame};
use crate::platform::web::page::Page;

/// Entries of the feed.
const NEWEST: usize = 30;

pub(super) fn routes() -> Vec<Route> {
    routes![list, feed_file, issue]
}

#[get("/news")]
async fn list(lang: Language, db: &State<Db>) -> AppResult<Page> {
    let issues = db.read_public("list issues", issues::public).await?;
    Ok(Page::new(
        lang,
        "newsletter/news",
        NewsView::of(lang, &issues),
    ))
}

#[get("/news/<slug>", rank = 2)]
async fn issue(lang: Language, slug: &str, db: &State<Db>) -> AppResult<Page> {
    let slug = slug.to_owned();
    let found = db
        .read_public("read issue", move |tx| issues::by_slug(tx, &slug))
        .await?;
    Ok(Page::new(
        lang,
        "newsletter/issue",
        IssueView::of(lang, &found),
    ))
}

#[get("/news/feed.atom")]
async fn feed_file(
    lang: Language,
    db: &State<Db>,
    library: &State<Arc<Config>>,
) -> AppResult<Feed> {
    let mut issues = db.read_public("read feed", issues::public).await?;
    issues.truncate(NEWEST);
    let entries: Vec<Entry> = issues.iter().map(|issue| feed_entry(lang, issue)).collect();
    let frame = Frame {
        language: lang,
        title: &text::message(lang, "newsletter-news-title", &[]),
        stem: "news",
        at: "/news/feed.atom",
        page: "/news",
        library,
    };
    Ok(Feed::of(&frame, &entries))
}
