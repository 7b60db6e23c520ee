//! Pages of the record: reading it and checking its chain. Both only read.

use rocket::{Route, State, get, routes, uri};

use super::Filter;
use super::wire::{CheckView, Checked, ListView};
use crate::account;
use crate::account::guard::Admin;
use crate::activity::{self, Stage};
use crate::journal;
use crate::platform::db::Db;
use crate::platform::fault::Fault;
use crate::platform::text::Language;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::page::Page;
use crate::vault::Vault;

/// Mounted with `web::mount`.
pub fn routes() -> Vec<Route> {
    routes![list, check]
}

#[get("/admin/audit?<activity>&<actor>&<page>")]
async fn list(
    lang: Language,
    _admin: Admin,
    db: &State<Db>,
    activity: Option<&str>,
    actor: Option<&str>,
    page: Option<i64>,
) -> AppResult<Page> {
    let (activity, actor) = (
        activity.unwrap_or_default().trim(),
        actor.unwrap_or_default(),
    );
    let filter = Filter {
        activity: activity.to_owned(),
        actor: actor.to_owned(),
    };
    let wanted = filter.clone();
    let (listing, names, titles) = db
        .read("read the record", move |tx| {
            let listing = super::list(tx, &wanted, page.unwrap_or(1))?;
            let known = activity::list(tx, &Stage::ALL)?;
            let titles = known.into_iter().map(|facts| (facts.id.0, facts.title));
            Ok::<_, AppError>((listing, account::names(tx)?, titles.collect()))
        })
        .await?;
    let here = uri!(list(Some(activity), Some(actor), None::<i64>));
    let more = format!("{here}&page=");
    let view = ListView::of(lang, filter, &listing, (&names, &titles), more);
    Ok(Page::new(lang, "audit/list", view))
}

/// A check that cannot be made is an outcome of its own, not a failed check.
#[get("/admin/audit/verify")]
async fn check(lang: Language, _admin: Admin, db: &State<Db>, vault: &State<Vault>) -> Page {
    let vault = vault.inner().clone();
    let checked = db
        .read("check the record", move |tx| {
            let heads = journal::heads(tx)?;
            let newest = heads.iter().max_by_key(|head| head.position).cloned();
            Ok::<_, journal::Error>(Checked {
                report: super::verify(tx, &heads)?,
                newest,
                journal: journal::is_whole(tx, &vault)?,
            })
        })
        .await;
    if let Err(error) = &checked {
        tracing::error!(code = error.code(), "the record cannot be checked");
    }
    let view = CheckView::of(lang, checked.ok().as_ref(), db.clock().now().0);
    Page::new(lang, "audit/check", view)
}
