//! The journal for people, for feed readers, and for monitors that speak C2SP tlog-tiles.
//!
//! Invariant: files have one address without a language, and a browser of any origin may read
//! them: they are public, signed, and the same for everybody.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{Route, State, get, routes};

use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::feed::{Entry, Feed, Frame};
use crate::platform::web::page::Page;
use crate::vault::Vault;
use crate::{activity, draw};

use super::wire::{self, JournalView, LeafRow, NoteView, Owner, PER_PAGE};
use super::{Leaf, Tile};

/// Entries of the feed.
const NEWEST: u64 = 50;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![latest, note, feed]
}

/// The files of this domain, which have no language and one address.
pub fn files() -> Vec<Route> {
    routes![checkpoint, tile]
}

/// A public file and how long it may be kept.
struct File {
    kind: ContentType,
    keep: &'static str,
    content: Vec<u8>,
}

/// Tiles never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Checkpoints and proofs get new lines.
const FOR_SECONDS: &str = "public, max-age=5";

impl<'r> Responder<'r, 'static> for File {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(self.kind)
            .header(Header::new("Cache-Control", self.keep))
            .header(Header::new("Access-Control-Allow-Origin", "*"))
            .sized_body(self.content.len(), Cursor::new(self.content))
            .ok()
    }
}

#[get("/journal/checkpoint")]
async fn checkpoint(db: &State<Db>) -> AppResult<File> {
    let text = db.read("read checkpoint", super::checkpoint).await?;
    if text.is_empty() {
        return Err(AppError::not_found());
    }
    Ok(File {
        kind: ContentType::Plain,
        keep: FOR_SECONDS,
        content: text.into_bytes(),
    })
}

#[get("/journal/tile/<path..>")]
async fn tile(path: PathBuf, db: &State<Db>) -> AppResult<File> {
    let tile = path.to_str().and_then(Tile::parse);
    let tile = tile.ok_or_else(AppError::not_found)?;
    let found = db
        .read("read tile", move |tx| super::tile(tx, tile))
        .await?;
    Ok(File {
        kind: ContentType::Binary,
        keep: FOR_EVER,
        content: found.ok_or_else(AppError::not_found)?,
    })
}

#[get("/journal?<page>")]
async fn latest(
    lang: Language,
    page: Option<u64>,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let keys = (super::vkey(vault), vault.vkey());
    let view = db
        .read("read journal", move |tx| {
            let size = super::size(tx)?;
            let last = size.div_ceil(PER_PAGE).max(1);
            let current = page.unwrap_or(1).clamp(1, last);
            let end = size - (current - 1) * PER_PAGE;
            let rows = newest(tx, end, PER_PAGE)?;
            let rows = rows
                .iter()
                .map(|(leaf, owner)| LeafRow::of(lang, leaf, owner.as_ref()));
            let rows = rows.collect();
            let appointed = super::appointed(tx)?;
            let page = (current, last);
            Ok::<_, draw::Error>(JournalView::of(lang, size, page, rows, &appointed, keys))
        })
        .await?;
    Ok(Page::new(lang, "journal/list", view))
}

/// The `count` notes before `end`, the newest first, each with whose it is.
fn newest(tx: &mut Tx, end: u64, count: u64) -> Result<Vec<(Leaf, Option<Owner>)>, draw::Error> {
    let start = end.saturating_sub(count);
    let owners = draw::journaled(tx, start, end)?;
    let mut found = Vec::new();
    for leaf in super::leaves(tx, start, end)?.into_iter().rev() {
        let owner = owners.iter().find(|(at, _, _)| *at == leaf.position);
        let owner = match owner {
            Some((_, activity, draw)) => Some((activity::by_id(tx, activity)?, draw.clone())),
            None => None,
        };
        found.push((leaf, owner));
    }
    Ok(found)
}

#[derive(rocket::Responder)]
enum NoteAnswer {
    Page(Page),
    File(File),
}

/// A note as a page (`12`), as its text alone (`12.txt`), or as its proof (`12.proof`).
#[get("/journal/notes/<name>")]
async fn note(
    lang: Language,
    name: &str,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<NoteAnswer> {
    let (number, form) = name.split_once('.').unwrap_or((name, ""));
    let position: u64 = number.parse().map_err(|_| AppError::not_found())?;
    if position.to_string() != number {
        return Err(AppError::not_found());
    }
    let vault = vault.inner().clone();
    let found = db
        .read("read note", move |tx| {
            let Some(proof) = super::proof(tx, &vault, position)? else {
                return Ok(None);
            };
            let found = newest(tx, position + 1, 1)?.pop();
            Ok::<_, draw::Error>(found.map(|(leaf, owner)| (leaf, owner, proof)))
        })
        .await?;
    let (leaf, owner, proof) = found.ok_or_else(AppError::not_found)?;
    let file = |keep, text: String| {
        NoteAnswer::File(File {
            kind: ContentType::Plain,
            keep,
            content: text.into_bytes(),
        })
    };
    match form {
        "" if !name.contains('.') => {
            let view = NoteView::of(lang, &leaf, owner.as_ref(), proof);
            Ok(NoteAnswer::Page(Page::new(lang, "journal/note", view)))
        }
        "txt" => Ok(file(FOR_EVER, leaf.text)),
        "proof" => Ok(file(FOR_SECONDS, proof)),
        _ => Err(AppError::not_found()),
    }
}

#[get("/journal/feed.atom")]
async fn feed(lang: Language, db: &State<Db>, library: &State<Arc<Config>>) -> AppResult<Feed> {
    let leaves = db
        .read("read feed", |tx| {
            let size = super::size(tx)?;
            newest(tx, size, NEWEST)
        })
        .await?;
    let entries: Vec<Entry> = leaves
        .iter()
        .map(|(leaf, owner)| wire::feed_entry(lang, leaf, owner.as_ref()))
        .collect();
    let frame = Frame {
        language: lang,
        title: &text::message(lang, "journal-title", &[]),
        stem: "journal",
        at: "/journal/feed.atom",
        page: "/journal",
        library,
    };
    Ok(Feed::of(&frame, &entries))
}
