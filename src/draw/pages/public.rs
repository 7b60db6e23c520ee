//! What anybody may see: every draw, its list, its result and the files to check it with.

use std::sync::Arc;

use rocket::http::{ContentType, Status};
use rocket::{Route, State, get, routes};
use serde::Serialize;

use crate::activity;
use crate::draw::tax::RuleBook;
use crate::draw::wire::{
    CheckView, DrawRow, DrawView, EntriesView, HoldersView, NotesView, PER_PAGE, SettlementPage,
    page_of,
};
use crate::draw::{self, DrawId, DrawStage, Error, Shown};
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::page::Page;
use crate::vault::Vault;

use super::file::File;
use super::shelf::{Big, Key, Shelf};

/// Draws on one page of the list of draws.
const DRAWS_PER_PAGE: u64 = 20;

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        show,
        holders,
        settlement,
        entries,
        check,
        notes,
        how,
        how_in_general
    ]
}

pub(super) fn files() -> Vec<Route> {
    routes![note, bundle]
}

#[derive(Serialize)]
struct ListView {
    rows: Vec<DrawRow>,
    current: u64,
    last: u64,
}

#[get("/draws?<page>")]
async fn list(lang: Language, page: Option<u64>, db: &State<Db>) -> AppResult<Page> {
    let view = db
        .read_public("list draws", move |tx| {
            let (_, count) = draw::list_public(tx, 0, 0)?;
            let count = u64::try_from(count).unwrap_or(0);
            let (page, last) = page_of(page, count, DRAWS_PER_PAGE);
            let (from, at_most) = window(page, DRAWS_PER_PAGE);
            let (plans, _) = draw::list_public(tx, from, at_most)?;
            let now = tx.now();
            let mut rows = Vec::new();
            for plan in &plans {
                let facts = activity::by_id(tx, &plan.activity)?;
                rows.push(DrawRow::of(lang, &facts, plan, now));
            }
            Ok::<_, Error>(ListView {
                rows,
                current: page,
                last,
            })
        })
        .await?;
    Ok(Page::new(lang, "draw/list", view))
}

/// First line and number of lines of a page.
fn window(page: u64, per_page: u64) -> (i64, i64) {
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    (signed((page - 1) * per_page), signed(per_page))
}

async fn read(db: &Db, id: &str) -> Result<Shown, Error> {
    let id = DrawId::from(id);
    db.read_public("read draw", move |tx| draw::shown(tx, &id))
        .await
}

#[get("/d/<id>")]
async fn show(
    lang: Language,
    id: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let shown = read(db, id).await?;
    let view = DrawView::of(lang, &shown, &RuleBook::of(config), db.clock().now());
    Ok(Page::new(lang, "draw/show", view))
}

#[get("/d/<id>/results?<page>")]
async fn holders(lang: Language, id: &str, page: Option<u64>, db: &State<Db>) -> AppResult<Page> {
    let shown = read(db, id).await?;
    if shown.result.is_none() {
        return Err(AppError::not_found());
    }
    Ok(Page::new(
        lang,
        "draw/results",
        HoldersView::of(lang, &shown, page),
    ))
}

/// Every line of one settlement.
#[get("/d/<id>/settlements/<seq>?<page>")]
async fn settlement(
    lang: Language,
    id: &str,
    seq: u32,
    page: Option<u64>,
    db: &State<Db>,
) -> AppResult<Page> {
    let shown = read(db, id).await?;
    let view = SettlementPage::of(lang, &shown, seq, page).ok_or_else(AppError::not_found)?;
    Ok(Page::new(lang, "draw/settlement", view))
}

#[get("/d/<id>/entries?<page>")]
async fn entries(lang: Language, id: &str, page: Option<u64>, db: &State<Db>) -> AppResult<Page> {
    let id = DrawId::from(id);
    let view = db
        .read("read list of tickets", move |tx| {
            let shown = draw::shown(tx, &id)?;
            let size = shown.close.as_ref().map_or(0, |close| close.size);
            let (page, last) = page_of(page, size, PER_PAGE);
            let (_, at_most) = window(page, PER_PAGE);
            let leaves = draw::listed(tx, &shown, (page - 1) * PER_PAGE, at_most)?;
            Ok::<_, Error>(EntriesView::of(lang, &shown, &leaves, page, last))
        })
        .await?;
    Ok(Page::new(lang, "draw/entries", view))
}

#[get("/d/<id>/check?<ticket>")]
async fn check(
    lang: Language,
    id: &str,
    ticket: Option<String>,
    db: &State<Db>,
) -> AppResult<Page> {
    let id = DrawId::from(id);
    let view = db
        .read("look a ticket up", move |tx| {
            let shown = draw::shown(tx, &id)?;
            let typed = ticket.unwrap_or_default();
            CheckView::of(lang, &shown, &typed, |index| {
                let found = draw::listed(tx, &shown, index, 1)?;
                let found = found.into_iter().find(|(at, _)| *at == index);
                Ok::<_, Error>(found.map(|(_, leaf)| leaf))
            })
        })
        .await?;
    Ok(Page::new(lang, "draw/check", view))
}

#[get("/d/<id>/how")]
async fn how(
    lang: Language,
    id: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let shown = read(db, id).await?;
    let view = DrawView::of(lang, &shown, &RuleBook::of(config), db.clock().now());
    Ok(Page::new(lang, "draw/how", view))
}

/// Every public file of a draw, with what it is.
#[get("/d/<id>/notes")]
async fn notes(lang: Language, id: &str, db: &State<Db>) -> AppResult<Page> {
    let shown = read(db, id).await?;
    Ok(Page::new(lang, "draw/notes", NotesView::of(lang, &shown)))
}

/// The same story for every draw of this site.
#[get("/verify/how")]
fn how_in_general(lang: Language) -> Page {
    Page::new(lang, "draw/how_in_general", ())
}

/// A public file of a draw as it was sealed, such as `close-0.note`.
#[get("/d/<id>/notes/<name>")]
async fn note(id: &str, name: &str, db: &State<Db>) -> AppResult<File> {
    let shown = read(db, id).await?;
    let note = shown.note(name).ok_or_else(AppError::not_found)?;
    Ok(File {
        kind: ContentType::Plain,
        name: None,
        content: note.note.as_bytes().into(),
    })
}

#[derive(rocket::Responder)]
enum BundleAnswer {
    File(File),
    NotYet(Page),
}

#[get("/d/<id>/bundle.zip")]
async fn bundle(
    lang: Language,
    id: &str,
    from: ClientAddress,
    db: &State<Db>,
    vault: &State<Vault>,
    shelf: &State<Arc<Shelf>>,
    config: &State<Arc<Config>>,
) -> AppResult<BundleAnswer> {
    let now = db.clock().now();
    shelf.check(from, now)?;
    let (id, own) = (DrawId::from(id), vault.inner().clone());
    let (shown, state) = db
        .read("read state of bundle", move |tx| -> Result<_, Error> {
            let shown = draw::shown(tx, &id)?;
            let state = match shown.plan.stage {
                DrawStage::Drawn | DrawStage::Cancelled => {
                    Some(draw::bundle_state(tx, &own, &shown.plan)?)
                }
                _ => None,
            };
            Ok((shown, state))
        })
        .await?;
    let Some(state) = state else {
        let view = DrawView::of(lang, &shown, &RuleBook::of(config), now);
        let page = Page::new(lang, "draw/no_bundle", view).status(Status::NotFound);
        return Ok(BundleAnswer::NotYet(page));
    };
    let name = match shown.all.len() {
        0 | 1 => shown.facts.slug.clone(),
        _ => format!("{}-{}", shown.facts.slug, shown.plan.slug),
    };
    let key = Key {
        draw: shown.plan.id.clone(),
        file: Big::Bundle,
        state,
    };
    let (db, vault) = (db.inner().clone(), vault.inner().clone());
    let build = move || -> Result<_, Error> {
        let read = db.read_now("read bundle", |tx| draw::bundle(tx, &vault, &shown.plan))?;
        // Packed after the connection went back.
        Ok(read.to_zip())
    };
    Ok(BundleAnswer::File(File {
        kind: ContentType::ZIP,
        name: Some(format!("{name}.zip")),
        content: shelf.serve(key, build).await?,
    }))
}
