//! `/news`: every issue that was sent, for everybody and for feed readers.

use std::io::Cursor;
use std::sync::Arc;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{Route, State, get, routes};

use crate::newsletter::issues;
use crate::newsletter::wire::feed::{self, FeedFrame};
use crate::newsletter::wire::public::{IssueView, NewsView};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
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

/// The feed, which is the same for everybody.
struct Feed(String);

impl<'r> Responder<'r, 'static> for Feed {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let kind = ContentType::new("application", "atom+xml").with_params(("charset", "utf-8"));
        Response::build()
            .header(kind)
            .header(Header::new("Cache-Control", "no-cache"))
            .header(Header::new("Access-Control-Allow-Origin", "*"))
            .sized_body(self.0.len(), Cursor::new(self.0))
            .ok()
    }
}

#[get("/news/feed.atom")]
async fn feed_file(
    lang: Language,
    db: &State<Db>,
    library: &State<Arc<Config>>,
) -> AppResult<Feed> {
    let mut issues = db.read_public("read feed", issues::public).await?;
    issues.truncate(NEWEST);
    let frame = FeedFrame {
        author: match lang {
            Language::ZhTw => &library.library_zh,
            Language::En => &library.library_en,
        },
        site: &library.site,
        origin: &library.public_origin,
    };
    Ok(Feed(feed::atom(lang, &frame, &issues)))
}
