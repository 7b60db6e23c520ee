//! Pages of a live draw: the desk, the projector, the rehearsal of both, the minutes.
//!
//! Invariant: only staff see any of it, the projector too, because it runs on the operator's
//! computer; what the public may see is on the public page of the draw. A GET opens no name.

mod desk;
mod minutes;
mod projector;
mod rehearsing;

use std::sync::Arc;

use rocket::http::uri::Host;
use rocket::http::{ContentType, Header};
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};
use rocket::{Route, State};

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

/// A screen that is asked for: its language, and what it is made from.
struct Screen<'r> {
    lang: Language,
    host: Option<&'r Host<'r>>,
    db: &'r Db,
    hall: &'r Arc<Hall>,
    config: &'r Config,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Screen<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let lang = request.guard::<Language>().await;
        Outcome::Success(Screen {
            lang: try_outcome!(lang.map_error(|(status, _)| (status, ()))),
            host: request.host(),
            db: try_outcome!(request.guard::<&State<Db>>().await).inner(),
            hall: try_outcome!(request.guard::<&State<Arc<Hall>>>().await).inner(),
            config: try_outcome!(request.guard::<&State<Arc<Config>>>().await).inner(),
        })
    }
}

impl Screen<'_> {
    async fn read(&self, id: &str) -> AppResult<OnStage> {
        let id = DrawId::from(id);
        let (shown, now) = self
            .db
            .read("read draw", move |tx| -> Result<_, Error> {
                Ok((draw::shown(tx, &id)?, tx.now()))
            })
            .await?;
        let origin = match (self.config.public_origin.as_str(), self.host) {
            ("", Some(host)) => format!("http://{host}"),
            (origin, _) => origin.to_owned(),
        };
        Ok(OnStage { shown, origin, now })
    }
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
