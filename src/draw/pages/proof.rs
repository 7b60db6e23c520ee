//! `/a/<slug>/proof`: a shareable proof, or a ticket number, beside the public list; and the same
//! as files.
//!
//! Invariant: what is sent is read in memory and forgotten; of a fault of ours the log says which
//! draw and what kind, and nothing of the proof.

use std::sync::Arc;
use std::time::Duration;

use lucky_draw::record::Close;
use lucky_draw::ticket::TicketNumber;
use rocket::http::ContentType;
use rocket::{Route, State, get, post, routes};

use crate::activity::{self, Facts, Stage};
use crate::draw::proof::{self, Proof, Verdict};
use crate::draw::wire::{PlaceFile, ProofAnswer, ProofView, Refused, read_ticket};
use crate::draw::{self, DrawId, Error, Shown};
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::upload::Upload;
use crate::platform::web::page::{Page, Reply};
use crate::platform::web::throttle::Throttle;
use crate::vault::Vault;

use super::file::{File, FileAnswer};
use super::shelf::{Big, Key, Shelf};

/// Proofs in one file: nobody has more tickets in one receipt.
const MOST_PROOFS: usize = 100;
/// Lines of the list that are read in one go.
const LINES_AT_ONCE: i64 = 20_000;

pub(super) fn routes() -> Vec<Route> {
    routes![ask, answer]
}

pub(super) fn files() -> Vec<Route> {
    routes![place_file, list_file]
}

/// How often one network may have proofs checked; managed by Rocket.
pub struct ProofLimit(Throttle);

impl Default for ProofLimit {
    fn default() -> ProofLimit {
        ProofLimit(Throttle::new(200, Duration::from_millis(500)))
    }
}

/// The activity of an address with its public draws.
fn found(tx: &mut Tx, slug: &str) -> Result<(Facts, Vec<Shown>), Error> {
    let facts = activity::find(tx, slug)?;
    let draws = match facts.stage {
        Stage::Draft => Vec::new(),
        _ => proof::of_activity(tx, &facts.id)?,
    };
    Ok((facts, draws))
}

fn page(lang: Language, view: ProofView) -> Page {
    let path = format!("/a/{}/proof", view.slug());
    Page::new(lang, "draw/proof", view).no_store().at(path)
}

#[get("/a/<slug>/proof?<ticket>&<draw>&<refused>")]
async fn ask(
    lang: Language,
    slug: String,
    ticket: Option<String>,
    draw: Option<String>,
    refused: Option<&str>,
    db: &State<Db>,
) -> AppResult<Reply> {
    let typed = ticket.unwrap_or_default();
    // A receipt code typed here leaves the address at once.
    if Refused::of(&typed).is_some() {
        return Ok(Reply::go(lang, &format!("/a/{slug}/proof?refused=code")));
    }
    let refused = refused == Some("code");
    let view = db
        .read("look a ticket's place up", move |tx| {
            let (facts, draws) = found(tx, &slug)?;
            let chosen = |shown: &&Shown| Some(shown.plan.id.as_str()) == draw.as_deref();
            let Some(shown) = draws.iter().find(chosen).or(draws.first()) else {
                return Ok(None);
            };
            let view = ProofView::empty(lang, &facts, &draws);
            if refused {
                return Ok(Some(view.refusing(Refused::Code)));
            }
            if typed.trim().is_empty() {
                return Ok(Some(view));
            }
            let index = match read_ticket(lang, &typed) {
                Ok(TicketNumber(index)) => index,
                Err(words) => return Ok(Some(view.with_number(&typed, Some(words)))),
            };
            let place = proof::place(tx, shown, index)?;
            let answer = match shown.close {
                Some(_) => vec![ProofAnswer::of_number(lang, shown, index, place.as_ref())],
                None => Vec::new(),
            };
            Ok::<_, Error>(Some(view.with_number(&typed, None).with(answer)))
        })
        .await?;
    Ok(page(lang, view.ok_or_else(AppError::not_found)?).into())
}

#[post("/a/<slug>/proof", data = "<sent>")]
async fn answer(
    lang: Language,
    slug: String,
    sent: Upload,
    from: ClientAddress,
    limit: &State<ProofLimit>,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    limit.0.check(from, db.clock().now().0)?;
    let fields = sent.fields();
    let text = match fields.value("file").trim() {
        "" => fields.value("proof"),
        file => file,
    };
    let read = match Refused::of(text) {
        Some(refused) => Err(Some(refused)),
        None => Proof::read_all(text).map_err(|_| None),
    };
    let empty = text.trim().is_empty();
    let vault = vault.inner().clone();
    let (view, again) = db
        .read("check proofs", move |tx| {
            let (facts, draws) = found(tx, &slug)?;
            if draws.is_empty() {
                return Err(Error::Unknown);
            }
            let view = ProofView::empty(lang, &facts, &draws);
            match &read {
                Err(Some(refused)) => Ok((view.refusing(*refused), true)),
                Err(None) => Ok((view.without_proof(lang, empty), true)),
                Ok(proofs) => {
                    let answers = answers(tx, &vault, lang, &draws, proofs)?;
                    Ok((view.with(answers), false))
                }
            }
        })
        .await?;
    let page = page(lang, view);
    Ok(if again { page.again() } else { page })
}

fn answers(
    tx: &mut Tx,
    vault: &Vault,
    lang: Language,
    draws: &[Shown],
    proofs: &[Proof],
) -> Result<Vec<ProofAnswer>, Error> {
    let mut answers = Vec::new();
    for proof in proofs.iter().take(MOST_PROOFS) {
        let shown = proof::meant(tx, draws, proof)?.ok_or(Error::Unknown)?;
        let verdict = proof::check(tx, vault, shown, proof)?;
        if matches!(verdict, Verdict::Missing(_) | Verdict::Fork(_)) {
            let (draw, verdict) = (shown.plan.id.as_str(), verdict.code());
            tracing::error!(
                draw,
                verdict,
                "somebody holds a proof that contradicts a list"
            );
        }
        answers.push(ProofAnswer::of_proof(lang, shown, proof.index(), &verdict));
    }
    Ok(answers)
}

#[get("/d/<id>/proof/<file>")]
async fn place_file(id: &str, file: &str, db: &State<Db>) -> AppResult<FileAnswer> {
    let ticket = file
        .strip_suffix(".json")
        .and_then(|name| name.parse().ok());
    let TicketNumber(index) = ticket.ok_or_else(AppError::not_found)?;
    let id = DrawId::from(id);
    let now = db.clock().now();
    let answer = db
        .read("read a ticket's place", move |tx| {
            let shown = draw::shown(tx, &id)?;
            if shown.close.is_none() {
                let at = shown.facts.closes_at;
                return Ok(Some(FileAnswer::NotBefore { at, now }));
            }
            let place = proof::place(tx, &shown, index)?;
            Ok::<_, Error>(place.map(|place| {
                FileAnswer::File(Box::new(File {
                    kind: ContentType::JSON,
                    name: None,
                    content: PlaceFile::of(&shown, &place).to_json().into_bytes().into(),
                }))
            }))
        })
        .await?;
    answer.ok_or_else(AppError::not_found)
}

#[get("/d/<id>/entries.csv")]
async fn list_file(
    id: &str,
    from: ClientAddress,
    db: &State<Db>,
    shelf: &State<Arc<Shelf>>,
) -> AppResult<FileAnswer> {
    let now = db.clock().now();
    shelf.check(from, now)?;
    let id = DrawId::from(id);
    let shown = db.read("read draw", move |tx| draw::shown(tx, &id)).await?;
    let (Some(close), Some(last)) = (shown.close.clone(), shown.closes.last()) else {
        let at = shown.facts.closes_at;
        return Ok(FileAnswer::NotBefore { at, now });
    };
    let key = Key {
        draw: shown.plan.id.clone(),
        file: Big::List,
        state: last.note.hash,
    };
    let name = format!("{}-tickets.csv", shown.facts.slug);
    let db = db.inner().clone();
    let build = move || csv(&db, &shown, &close).map(String::into_bytes);
    Ok(FileAnswer::File(Box::new(File {
        kind: ContentType::CSV,
        name: Some(name),
        content: shelf.serve(key, build).await?,
    })))
}

/// RFC 4180; nothing in it needs quotes. The list has not changed since the close, so it is read in
/// parts, and others get at the database in between.
fn csv(db: &Db, shown: &Shown, close: &Close) -> Result<String, Error> {
    let mut text = "ticket_number,leaf_hash,void_code\r\n".to_owned();
    let mut next = 0;
    while next < close.size {
        let leaves = db.read_now("read part of the list", |tx| {
            draw::listed(tx, shown, next, LINES_AT_ONCE)
        })?;
        let Some((last, _)) = leaves.last() else {
            return Err(Error::Damaged);
        };
        next = last + 1;
        for (index, leaf) in leaves {
            let void = close.void(index).map(|code| code.to_string());
            let (number, void) = (TicketNumber(index), void.unwrap_or_default());
            text.push_str(&format!("{number},{leaf},{void}\r\n"));
        }
    }
    Ok(text)
}
