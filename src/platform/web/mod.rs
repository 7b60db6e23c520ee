//! What every page shares.
//!
//! A domain's `pages.rs` takes [`form::FormFields`] and a [`Language`], answers with
//! [`page::Page`] or [`page::Reply`], and fails with [`error::AppError`]. Invariants: every route
//! goes through [`guard::protect`]; every error, Rocket's own too, is shown by the one responder in
//! [`error`]; no cookie leaves that was not declared ([`crate::platform::cookies`]).
//!
//! Not here: what any page says; sessions and roles (`account`); the engine of the templates
//! ([`crate::platform::templates`]); what stands before Rocket and takes connections, refuses
//! foreign forms and sets the headers of every answer ([`crate::platform::edge`]).

pub mod access;
pub mod address;
mod assets;
pub mod calendar;
mod cookies;
pub mod download;
pub mod error;
pub mod feed;
pub mod form;
pub mod guard;
pub mod hop;
pub mod measure;
pub mod page;
pub mod qr;
pub mod reference;
pub mod site;
#[cfg(test)]
mod tests;
pub mod throttle;
pub mod views;
pub mod waiting;

use rocket::http::RawStr;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::shield::Shield;
use rocket::{Build, Rocket, Route};

use crate::platform::text::Language;

/// Gives a new Rocket the site's error pages, stylesheet and frame.
pub fn attach(rocket: Rocket<Build>, site: site::Site) -> Rocket<Build> {
    // Rocket would attach its own in its place; the edge sets every such header itself.
    let mut shield = Shield::new();
    shield = shield.disable::<rocket::shield::NoSniff>();
    shield = shield.disable::<rocket::shield::Frame>();
    shield = shield.disable::<rocket::shield::Permission>();
    rocket
        .attach(shield)
        .attach(reference::InEveryAnswer)
        .attach(cookies::DeclaredOnly)
        .manage(site)
        .register("/", error::catchers())
        .mount("/", guard::protect(assets::routes()))
}

/// Mounts pages in both languages, at `/` and `/en`, each behind the guard.
pub fn mount(rocket: Rocket<Build>, pages: Vec<Route>) -> Rocket<Build> {
    let pages = guard::protect(pages);
    rocket.mount("/", pages.clone()).mount("/en", pages)
}

/// The language of a request is the first part of its path.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for Language {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(language_of(request))
    }
}

fn language_of(request: &Request<'_>) -> Language {
    Language::of_path(request.uri().path().as_str()).0
}

/// Who a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Anybody.
    Public,
    /// People with an account, and those on their way to one: `/members`.
    Members,
    /// People who work here: `/staff`, `/admin`, and the projector they set up under `/stage`.
    Staff,
}

impl Area {
    fn of(request: &Request<'_>) -> Area {
        match request.route() {
            Some(route) => Area::of_path(route.uri.path()),
            None => Area::of_path(request.uri().path().as_str()),
        }
    }

    /// Of an address, in every spelling of it that leads to the same route.
    pub fn of_path(path: &str) -> Area {
        let parts = path.split('/').filter(|part| !part.is_empty());
        let mut parts = parts.map(|part| RawStr::new(part).percent_decode_lossy());
        let first = match parts.next() {
            Some(language) if language == "en" => parts.next(),
            other => other,
        };
        match first.as_deref() {
            Some("staff" | "admin" | "stage") => Area::Staff,
            Some("members") => Area::Members,
            _ => Area::Public,
        }
    }
}
