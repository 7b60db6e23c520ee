//! The operator's desk: checks, countdown, the round pasted, and the next winner.
//!
//! Every cue works by a button and a reload; scripts only save the reload.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use crate::account::guard::DrawOfficer;
use crate::audit::Actor;
use crate::draw::beacon::{self, Relays};
use crate::draw::reveal::{self, Cue, Reveal, Scene};
use crate::draw::{self, DrawId, DrawStage, Pasted, Shown};
use crate::live::wire::{DeskView, PasteView, paste_words};
use crate::live::{Error, Hall, awaited, names, preflight};
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

use super::{Fresh, OnStage, Screen, back, checked, typed};

pub(super) fn routes() -> Vec<Route> {
    routes![desk, direct, check]
}

fn page(screen: &Screen<'_>, on: &OnStage, paste: PasteView) -> Page {
    let chain = awaited(&on.shown.plan).map(|round| round.chain.name);
    let asked = chain.and_then(|chain| screen.hall.asked().get(chain).copied());
    let playing = on.playing(screen.hall, None);
    let origin = &screen.config.public_origin;
    let view = DeskView::of(screen.lang, &playing, asked, origin, paste);
    Page::new(screen.lang, "live/desk", view).no_store()
}

#[get("/staff/draws/<id>/run")]
async fn desk(screen: Screen<'_>, _staff: DrawOfficer, id: &str) -> AppResult<Page> {
    let on = screen.read(id).await?;
    if on.shown.plan.stage == DrawStage::Cancelled {
        return Err(Error::NothingToShow.into());
    }
    Ok(page(&screen, &on, PasteView::default()))
}

/// What the desk was asked to do.
enum Wish {
    Cue(Cue),
    /// Ask the relays whether they and the clock are right.
    Ask,
    /// Say whether what was pasted is the round.
    Check,
    /// Take the pasted round.
    Receive,
}

impl Wish {
    fn of(form: &FormFields) -> Option<Wish> {
        match form.value("do") {
            "ask" => Some(Wish::Ask),
            "check" => Some(Wish::Check),
            "receive" => Some(Wish::Receive),
            word => Cue::parse(word, form.value("step")).map(Wish::Cue),
        }
    }
}

#[post("/staff/draws/<id>/run", data = "<form>")]
async fn direct(
    screen: Screen<'_>,
    staff: DrawOfficer,
    id: &str,
    form: FormFields,
    vault: &State<Vault>,
    relays: &State<Arc<dyn Relays>>,
) -> AppResult<Reply> {
    let on = screen.read(id).await?;
    let Screen { lang, db, hall, .. } = screen;
    let draw = on.shown.plan.id.clone();
    let to = back(&form, &draw, "run", "");
    match Wish::of(&form).ok_or_else(AppError::not_found)? {
        Wish::Cue(cue) => {
            give(cue, &on.shown, staff.0.actor(), db, vault, hall).await?;
            Ok(Reply::go(lang, &to))
        }
        Wish::Ask => {
            let wanted = awaited(&on.shown.plan).ok_or_else(AppError::not_found)?;
            let (relays, chain) = (relays.inner().clone(), wanted.chain);
            let now = on.now;
            let asked =
                rocket::tokio::task::spawn_blocking(move || preflight::ask(&*relays, chain, now))
                    .await
                    .map_err(AppError::broken)?;
            hall.asked().insert(chain.name, asked);
            Ok(Reply::go(lang, &to))
        }
        wish => {
            let mut paste = typed(&form);
            if paste.typed.is_empty() {
                let words = text::message(lang, "draw-paste-empty", &[]);
                paste.mistakes.add("beacon", words);
                return Ok(page(&screen, &on, paste).again().into());
            }
            let wanted = awaited(&on.shown.plan).ok_or_else(AppError::not_found)?;
            let read = beacon::pasted(wanted.chain, wanted.round, &paste.typed);
            let words = paste_words(lang, wanted.round, &read);
            match (wish, read) {
                (Wish::Receive, Ok(round)) => {
                    let (vault, by) = (vault.inner().clone(), staff.0.actor());
                    let received = db
                        .write("receive pasted beacon", move |tx| {
                            draw::receive_pasted(tx, &vault, &by, &draw, &round)
                        })
                        .await?;
                    if received == Pasted::Taken {
                        return Ok(Reply::go(lang, &to));
                    }
                    let words = text::message(lang, "draw-paste-waits", &[]);
                    paste.mistakes.add("beacon", words);
                    Ok(page(&screen, &on, paste).again().into())
                }
                (Wish::Receive, Err(_)) => {
                    paste.mistakes.add("beacon", words);
                    Ok(page(&screen, &on, paste).again().into())
                }
                _ => {
                    paste.verdict = words;
                    Ok(page(&screen, &on, paste).into())
                }
            }
        }
    }
}

/// Carries a cue out; a winner's name is opened before the ticket is shown.
///
/// A "next" that comes too late, because somebody else has moved on, opens nothing and shows
/// nothing; and of any other cue the names are opened for the step that it left behind.
async fn give(
    cue: Cue,
    shown: &Shown,
    by: Actor,
    db: &Db,
    vault: &Vault,
    hall: &Arc<Hall>,
) -> AppResult<()> {
    let winners = shown.result.as_ref();
    let winners = winners.map(|result| reveal::order(&shown.plan, result).len());
    let coming = shown
        .reveal
        .map(|reveal| reveal.after(cue, winners, reveal.moved_at));
    let names = Names {
        shown: shown.clone(),
        by: by.clone(),
        db: db.clone(),
        vault: vault.clone(),
        hall: hall.clone(),
    };
    if let Some(coming) = coming {
        names.open(coming).await?;
    }
    let draw = shown.plan.id.clone();
    let after = db
        .write("direct live draw", move |tx| {
            reveal::direct(tx, &by, &draw, cue)
        })
        .await?;
    // Another press came in between: what is really shown may be one step further.
    let shows = |reveal: Reveal| (reveal.step, reveal.names);
    if coming.map(shows) != Some(shows(after)) {
        names.open(after).await?;
    }
    Ok(())
}

/// Everything that the names of a showing are opened with.
#[derive(Clone)]
struct Names {
    shown: Shown,
    by: Actor,
    db: Db,
    vault: Vault,
    hall: Arc<Hall>,
}

impl Names {
    /// Opens the names that the screen shows at this point; those that are known cost nothing.
    async fn open(&self, at: Reveal) -> AppResult<()> {
        let Some(tickets) = named(at, &self.shown) else {
            return Ok(());
        };
        let own = self.clone();
        rocket::tokio::task::spawn_blocking(move || own.open_now(&tickets))
            .await
            .map_err(AppError::broken)
    }

    /// A name that does not open must not stop the hall: the number is shown without it.
    fn open_now(&self, tickets: &[u64]) {
        let Names {
            shown,
            by,
            db,
            vault,
            hall,
        } = self;
        if let Err(error) = names::open(db, vault, hall, by, shown, tickets) {
            tracing::warn!(%error, draw = %shown.plan.id, "a name for the hall was not opened");
        }
    }
}

/// The tickets whose names the screen shows at this point of the showing.
fn named(at: Reveal, shown: &Shown) -> Option<Vec<u64>> {
    let winners = reveal::order(&shown.plan, shown.result.as_ref()?);
    if shown.plan.stage != DrawStage::Drawn || !at.names {
        return None;
    }
    let seen = Scene::at(at.step, winners.len()).revealed(winners.len());
    Some(
        winners
            .into_iter()
            .take(seen)
            .map(|(_, index)| index)
            .collect(),
    )
}

/// While somebody types: is it the round? Nothing is stored.
#[post("/staff/draws/<id>/run/check", data = "<form>")]
async fn check(
    lang: Language,
    _staff: DrawOfficer,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Fresh> {
    let id = DrawId::from(id);
    let plan = db.read("read draw", move |tx| draw::by_id(tx, &id)).await?;
    let wanted = awaited(&plan).ok_or_else(AppError::not_found)?;
    let read = beacon::pasted(wanted.chain, wanted.round, form.value("beacon"));
    Ok(checked(lang, wanted.round, &read))
}
