//! The rehearsal: desk and projector with made-up numbers, in memory alone.

use rocket::{Route, get, post, routes};

use crate::account::guard::DrawOfficer;
use crate::draw::DrawId;
use crate::draw::reveal::Cue;
use crate::live::Hall;
use crate::live::rehearsal::{self, ROUND, Rehearsal};
use crate::live::wire::{DeskView, PasteView, SceneView, paste_words};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};

use super::{Fresh, OnStage, Screen, back, checked, state, typed};

pub(super) fn routes() -> Vec<Route> {
    routes![desk, direct, check, stage, poll]
}

/// The rehearsal of a draw as it is now; one that has not begun is at its first scene.
fn current(hall: &Hall, draw: &DrawId, now: Timestamp) -> Rehearsal {
    let rehearsals = hall.rehearsals();
    rehearsals
        .get(draw)
        .copied()
        .unwrap_or(Rehearsal::begun(now))
}

fn page(lang: Language, on: &OnStage, hall: &Hall, paste: PasteView) -> Page {
    let rehearsal = current(hall, &on.shown.plan.id, on.now);
    let playing = on.playing(hall, Some(&rehearsal));
    let view = DeskView::of(lang, &playing, None, "", paste);
    Page::new(lang, "live/desk", view).no_store()
}

#[get("/staff/draws/<id>/rehearse")]
async fn desk(screen: Screen<'_>, _staff: DrawOfficer, id: &str) -> AppResult<Page> {
    let on = screen.read(id).await?;
    Ok(page(screen.lang, &on, screen.hall, PasteView::default()))
}

#[post("/staff/draws/<id>/rehearse", data = "<form>")]
async fn direct(
    screen: Screen<'_>,
    _staff: DrawOfficer,
    id: &str,
    form: FormFields,
) -> AppResult<Reply> {
    let on = screen.read(id).await?;
    let (lang, hall) = (screen.lang, screen.hall);
    let draw = on.shown.plan.id.clone();
    let to = back(&form, &draw, "rehearse", "/rehearsal");
    let wish = form.value("do");
    if let Some(cue) = Cue::parse(wish, form.value("step")) {
        let winners = rehearsal::winners(&on.shown.plan).len();
        // Read and written under one lock, so that two presses on one screen are one.
        let mut rehearsals = hall.rehearsals();
        let rehearsal = rehearsals.entry(draw).or_insert(Rehearsal::begun(on.now));
        *rehearsal = rehearsal.after(cue, winners, on.now);
        return Ok(Reply::go(lang, &to));
    }
    if wish == "again" {
        hall.rehearsals().remove(&draw);
        return Ok(Reply::go(lang, &to));
    }
    if !matches!(wish, "check" | "receive") {
        return Err(AppError::not_found());
    }
    let mut paste = typed(&form);
    if paste.typed.is_empty() {
        let words = text::message(lang, "draw-paste-empty", &[]);
        paste.mistakes.add("beacon", words);
        return Ok(page(lang, &on, hall, paste).again().into());
    }
    let read = rehearsal::pasted(&paste.typed);
    let words = paste_words(lang, ROUND, &read);
    match (wish, read) {
        ("receive", Ok(_)) => {
            let received = Rehearsal {
                received: true,
                ..current(hall, &draw, on.now)
            };
            hall.rehearsals().insert(draw, received);
            Ok(Reply::go(lang, &to))
        }
        ("receive", Err(_)) => {
            paste.mistakes.add("beacon", words);
            Ok(page(lang, &on, hall, paste).again().into())
        }
        _ => {
            paste.verdict = words;
            Ok(page(lang, &on, hall, paste).into())
        }
    }
}

#[post("/staff/draws/<_id>/rehearse/check", data = "<form>")]
async fn check(lang: Language, _staff: DrawOfficer, _id: &str, form: FormFields) -> Fresh {
    checked(lang, ROUND, &rehearsal::pasted(form.value("beacon")))
}

#[get("/stage/<id>/rehearsal")]
async fn stage(screen: Screen<'_>, _staff: DrawOfficer, id: &str) -> AppResult<Page> {
    let on = screen.read(id).await?;
    let rehearsal = current(screen.hall, &on.shown.plan.id, on.now);
    let view = SceneView::of(screen.lang, &on.playing(screen.hall, Some(&rehearsal)));
    Ok(Page::new(screen.lang, "live/stage", view).no_store())
}

#[get("/stage/<id>/rehearsal/state")]
async fn poll(screen: Screen<'_>, _staff: DrawOfficer, id: &str) -> AppResult<Fresh> {
    let on = screen.read(id).await?;
    let rehearsal = current(screen.hall, &on.shown.plan.id, on.now);
    let view = SceneView::of(screen.lang, &on.playing(screen.hall, Some(&rehearsal)));
    Ok(state(&view, on.now))
}
