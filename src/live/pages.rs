//! Pages of a live draw: the desk, the projector, the rehearsal of both, the minutes.
//!
//! Invariant: only staff see any of it, the projector too, because it runs on the operator's
//! computer; what the public may see is on the public page of the draw. A GET opens no name.

mod desk;
mod minutes;
mod projector;
mod rehearsing;

use rocket::Route;
use rocket::http::uri::Host;
use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use crate::draw::{self, DrawId, Shown};
use crate::live::rehearsal::Rehearsal;
use crate::live::wire::{PasteView, Playing, SceneView};
use crate::live::{Error, Hall, names};
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::FormFields;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    [
        desk::routes(),
        projector::routes(),
        rehearsing::routes(),
        minutes::routes(),
    ]
    .concat()
}

/// A draw as the screens need it.
struct OnStage {
    shown: Shown,
    origin: String,
    now: Timestamp,
}

impl OnStage {
    fn playing<'a>(&'a self, hall: &Hall, rehearsal: Option<&'a Rehearsal>) -> Playing<'a> {
        Playing {
            shown: &self.shown,
            rehearsal,
            names: match rehearsal {
                Some(_) => std::collections::HashMap::new(),
                None => names::opened(hall, &self.shown.facts, &self.shown.plan.id),
            },
            origin: &self.origin,
            now: self.now,
        }
    }
}

async fn read(db: &Db, config: &Config, host: Option<&Host<'_>>, id: &str) -> AppResult<OnStage> {
    let id = DrawId::from(id);
    let (shown, now) = db
        .read("read draw", move |tx| -> Result<_, Error> {
            Ok((draw::shown(tx, &id)?, tx.now()))
        })
        .await?;
    let origin = match (config.public_origin.as_str(), host) {
        ("", Some(host)) => format!("http://{host}"),
        (origin, _) => origin.to_owned(),
    };
    Ok(OnStage { shown, origin, now })
}

/// JSON that nobody keeps.
struct Fresh(serde_json::Value);

impl<'r> Responder<'r, 'static> for Fresh {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let body = self.0.to_string();
        Response::build()
            .header(ContentType::JSON)
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(body.len(), std::io::Cursor::new(body))
            .ok()
    }
}

/// What a screen asks every second: whether it is still the same.
fn state(view: &SceneView, now: Timestamp) -> Fresh {
    Fresh(serde_json::json!({ "version": view.version, "now": now.0 }))
}

/// What was pasted, kept for the page that comes back.
fn typed(form: &FormFields) -> PasteView {
    PasteView {
        typed: form.value("beacon").trim().to_owned(),
        ..PasteView::default()
    }
}

/// Back to the screen from which a cue came.
fn back(form: &FormFields, draw: &DrawId, desk: &str, screen: &str) -> String {
    match form.value("from") {
        "stage" => format!("/stage/{draw}{screen}"),
        _ => format!("/staff/draws/{draw}/{desk}"),
    }
}

/// The answer of the field while somebody types.
fn checked(
    language: Language,
    round: u64,
    read: &Result<lucky_draw::beacon::Beacon, lucky_draw::beacon::BeaconError>,
) -> Fresh {
    let words = crate::live::wire::paste_words(language, round, read);
    Fresh(serde_json::json!({ "right": read.is_ok(), "words": words }))
}
