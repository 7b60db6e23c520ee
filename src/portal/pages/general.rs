//! The library's general privacy policy for everybody: each version, the list of them, and what
//! changed between two.
//!
//! Not here: writing the next one ([`crate::policy::pages`]).

use rocket::{Route, State, get, routes};

use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;
use crate::policy::{self, general};
use crate::portal::Error;
use crate::portal::wire::general::{CompareView, PolicyRow, PolicyView, VersionsView};

/// The pages; paths without language.
pub(super) fn routes() -> Vec<Route> {
    routes![version, versions, compare]
}

#[get("/privacy/v/<number>")]
async fn version(lang: Language, number: i64, db: &State<Db>) -> AppResult<Page> {
    let view = db
        .read_public("read version of the policy", move |tx| {
            let all = general::all(tx)?;
            let shown = all.iter().find(|version| version.number == number);
            let shown = shown.ok_or(policy::Error::Unknown)?;
            Ok::<_, Error>(PolicyView::of(lang, shown, &all, tx.now()))
        })
        .await?;
    Ok(Page::new(lang, "portal/policy", view))
}

#[get("/privacy/versions")]
async fn versions(lang: Language, db: &State<Db>) -> AppResult<Page> {
    let view = db
        .read_public("list versions of the policy", move |tx| {
            let (all, now) = (general::all(tx)?, tx.now());
            let rows = all.iter().rev();
            Ok::<_, Error>(VersionsView {
                rows: rows
                    .map(|version| PolicyRow::of(lang, version, &all, now))
                    .collect(),
                altered: general::altered(&all),
            })
        })
        .await?;
    Ok(Page::new(lang, "portal/policy_versions", view))
}

/// Without numbers: the last version against the one before it.
#[get("/privacy/compare?<from>&<to>")]
async fn compare(
    lang: Language,
    from: Option<i64>,
    to: Option<i64>,
    db: &State<Db>,
) -> AppResult<Page> {
    let view = db
        .read_public("compare versions of the policy", move |tx| {
            let all = general::all(tx)?;
            let last = all.last().map_or(0, |last| last.number);
            let to = to.unwrap_or(last);
            let from = from.unwrap_or((to - 1).max(1));
            let of = |number| all.iter().find(|version| version.number == number);
            let (Some(old), Some(new)) = (of(from), of(to)) else {
                return Err(Error::Policy(policy::Error::Unknown));
            };
            Ok(CompareView::of(lang, (old, new), &all))
        })
        .await?;
    Ok(Page::new(lang, "portal/policy_compare", view))
}
