//! The public pages of activities.

mod about;
mod follow;
mod general;
mod statute;

use rocket::{Route, State, get, routes};

use crate::activity::{self, Kind, Stage};
use crate::branch::{self, BranchId};
use crate::draw::DrawStage;
use crate::external;
use crate::external::wire::ExternalView;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;

use super::wire::{ActivityView, Card, ELSEWHERE, HomeView, ListView, RulesView};
use super::{Error, Listed, Listing, Search};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    [
        routes![home, list, show, rules],
        statute::routes(),
        general::routes(),
        about::routes(),
        follow::routes(),
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
    let everything = db
        .read_public("read front page", |tx| {
            super::everything(tx, &Search::default())
        })
        .await?;
    let ours = everything.iter().filter_map(|each| match each {
        Listing::Ours(listed) => Some(listed.as_ref()),
        Listing::Elsewhere(_) => None,
    });
    let all: Vec<&Listed> = ours.collect();
    let open = everything.iter().filter(|each| match each {
        Listing::Ours(listed) => listed.facts.takes_entries(now),
        Listing::Elsewhere(own) => own.is_on(now),
    });
    let cards = |fits: &dyn Fn(&Listed) -> bool, at_most: usize| {
        all.iter()
            .filter(|listed| fits(listed))
            .take(at_most)
            .map(|listed| Card::of(lang, listed, now))
            .collect::<Vec<_>>()
    };
    let view = HomeView {
        open: open
            .take(FIRST_OPEN)
            .map(|each| Card::of_either(lang, each, now))
            .collect(),
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

#[get("/activities?<stage>&<kind>&<branch>&<q>&<page>")]
async fn list(
    lang: Language,
    stage: Option<&str>,
    kind: Option<&str>,
    branch: Option<&str>,
    q: Option<&str>,
    page: Option<usize>,
    db: &State<Db>,
) -> AppResult<Page> {
    let search = Search {
        stage: stage.and_then(Stage::parse),
        kind: kind.and_then(Kind::parse),
        branch: branch.filter(|id| !id.is_empty()).map(BranchId::from),
        elsewhere: kind == Some(ELSEWHERE),
        words: q.unwrap_or_default().chars().take(100).collect(),
    };
    let now = db.clock().now();
    let wanted = search.clone();
    let (found, branches) = db
        .read_public("search activities", move |tx| {
            let branches = branch::all(tx)?;
            Ok::<_, Error>((super::everything(tx, &wanted)?, branches))
        })
        .await?;
    let view = ListView::of(lang, &search, &found, &branches, page.unwrap_or(1), now);
    Ok(Page::new(lang, "portal/activities", view))
}

#[get("/a/<slug>")]
async fn show(lang: Language, slug: &str, db: &State<Db>) -> AppResult<Page> {
    let now = db.clock().now();
    let slug = slug.to_owned();
    let found = db
        .read_public("read activity page", move |tx| {
            match super::show(tx, &slug) {
                Err(Error::Activity(activity::Error::Unknown)) => {
                    Ok(Err(external::published_at(tx, &slug)?))
                }
                shown => Ok::<_, Error>(Ok(shown?)),
            }
        })
        .await;
    match found {
        Ok(Ok(shown)) => {
            let view = ActivityView::of(lang, &shown, now);
            Ok(Page::new(lang, "portal/activity", view))
        }
        Ok(Err(own)) => {
            let view = ExternalView::of(lang, &own, now);
            Ok(Page::new(lang, "portal/elsewhere", view))
        }
        // Nobody's address: in the words for activities.
        Err(Error::External(external::Error::Unknown)) => {
            Err(Error::Activity(activity::Error::Unknown).into())
        }
        Err(error) => Err(error.into()),
    }
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
