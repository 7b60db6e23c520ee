//! Sends the files of `static/`; an address with the current tag may be kept for ever.

use std::path::PathBuf;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{Route, get, routes};

use super::error::{AppError, AppResult};
use crate::platform::templates::assets;

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

struct Asset {
    name: String,
    bytes: Vec<u8>,
    current: bool,
}

#[get("/assets/<tag>/<name..>")]
fn show(tag: &str, name: PathBuf) -> AppResult<Asset> {
    let name = name
        .to_str()
        .map(|name| name.replace('\\', "/"))
        .ok_or_else(AppError::not_found)?;
    let bytes = assets::bytes(&name).ok_or_else(AppError::not_found)?;
    Ok(Asset {
        bytes: bytes.into_owned(),
        current: tag == assets::tag(),
        name,
    })
}

impl<'r> Responder<'r, 'static> for Asset {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let ending = self.name.rsplit('.').next().unwrap_or("");
        let kind = match ending {
            "mjs" => ContentType::JavaScript,
            other => ContentType::from_extension(other).unwrap_or(ContentType::Binary),
        };
        // A page from before an update asks by the old tag; it gets the new file, not kept.
        let keep = if self.current {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        Response::build()
            .header(kind)
            .header(Header::new("Cache-Control", keep))
            .sized_body(self.bytes.len(), std::io::Cursor::new(self.bytes))
            .ok()
    }
}
