//! The public pages of activities.

mod about;
mod general;
mod statute;

use rocket::{Route, State, get, routes};

use crate::activity::{Kind, Stage};
use crate::draw::DrawStage;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;

use super::wire::{ActivityView, Card, HomeView, ListView, RulesView};
use super::{Error, Listed, Search};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    [
        routes![home, list, show, rules],
        statute::routes(),
        general::routes(),
        about::routes(),
    ]
    .concat()
}

/// The files of this domain, which have no language and one address.
pub fn files() -> Vec<Route> {
    about::files()
}

/// How many results the front page names.
const NEWEST_RESULTS: usize = 3;
/// How many open activities the front page names; the list has all.
const FIRST_OPEN: usize = 6;

#[get("/")]
async fn home(lang: Language, db: &State<Db>) -> AppResult<Page> {
    let now = db.clock().now();
    let all = db
        .read_public("read front page", |tx| {
            super::search(tx, &Search::default())
        })
        .await?;
    let cards = |fits: &dyn Fn(&Listed) -> bool, at_most: usize| {
        all.iter()
            .filter(|listed| fits(listed))
            .take(at_most)
            .map(|listed| Card::of(lang, listed, now))
            .collect::<Vec<_>>()
    };
    let view = HomeView {
        open: cards(&|each| each.facts.takes_entries(now), FIRST_OPEN),
        soon: cards(&|each| opens_soon(each, now), FIRST_OPEN),
        results: cards(&has_result, NEWEST_RESULTS),
    };
    Ok(Page::new(lang, "portal/home", view))
}

fn opens_soon(listed: &Listed, now: Timestamp) -> bool {
    let facts = &listed.facts;
    facts.stage == Stage::Open && now < facts.opens_at && facts.opens_at < now.plus(60 * DAY)
}

fn has_result(listed: &Listed) -> bool {
    let mut plans = listed.plans.iter();
    plans.any(|plan| plan.stage == DrawStage::Drawn)
}

#[get("/activities?<stage>&<kind>&<q>&<page>")]
async fn list(
    lang: Language,
    stage: Option<&str>,
    kind: Option<&str>,
    q: Option<&str>,
    page: Option<usize>,
    db: &State<Db>,
) -> AppResult<Page> {
    let search = Search {
        stage: stage.and_then(Stage::parse),
        kind: kind.and_then(Kind::parse),
        words: q.unwrap_or_default().chars().take(100).collect(),
    };
    let now = db.clock().now();
    let wanted = search.clone();
    let found = db
        .read_public("search activities", move |tx| super::search(tx, &wanted))
        .await?;
    let view = ListView::of(lang, &search, &found, page.unwrap_or(1), now);
    Ok(Page::new(lang, "portal/activities", view))
}

#[get("/a/<slug>")]
async fn show(lang: Language, slug: &str, db: &State<Db>) -> AppResult<Page> {
    let now = db.clock().now();
    let slug = slug.to_owned();
    let shown = db
        .read_public("read activity page", move |tx| super::show(tx, &slug))
        .await?;
    Ok(Page::new(
        lang,
        "portal/activity",
        ActivityView::of(lang, &shown, now),
    ))
}

#[get("/a/<slug>/rules")]
async fn rules(lang: Language, slug: &str, db: &State<Db>) -> AppResult<Page> {
    let slug = slug.to_owned();
    let shown = db
        .read_public("read rules", move |tx| super::show(tx, &slug))
        .await?;
    if shown.rules.is_empty() {
        return Err(Error::Unpublished.into());
    }
    let view = RulesView::of(lang, &shown);
    Ok(Page::new(lang, "portal/rules", view))
}
