//! The edge to the browser: what every page shares.
//!
//! A domain's `pages.rs` takes [`form::FormFields`] and a [`Language`], answers with
//! [`page::Page`] or [`page::Reply`], and fails with [`error::AppError`]. Invariants: every route
//! goes through [`guard::protect`]; every answer carries the headers of [`headers`]; every error,
//! Rocket's own too, is shown by the one responder in [`error`].
//!
//! Not here: what any page says; sessions and roles (`account`); the engine of the templates
//! ([`crate::platform::templates`]).

pub mod access;
pub mod address;
mod assets;
pub mod download;
pub mod error;
pub mod form;
pub mod guard;
pub mod headers;
pub mod measure;
pub mod page;
pub mod reference;
pub mod site;
#[cfg(test)]
mod tests;
pub mod throttle;

use rocket::request::{FromRequest, Outcome, Request};
use rocket::shield::Shield;
use rocket::{Build, Rocket, Route};

use crate::platform::text::Language;

/// Gives a new Rocket the site's headers, error pages, stylesheet and frame.
pub fn attach(rocket: Rocket<Build>, site: site::Site) -> Rocket<Build> {
    // Rocket's own Shield would be attached in its place; ours sets every header itself.
    let mut shield = Shield::new();
    shield = shield.disable::<rocket::shield::NoSniff>();
    shield = shield.disable::<rocket::shield::Frame>();
    shield = shield.disable::<rocket::shield::Permission>();
    let headers = headers::Headers::of(&site);
    rocket
        .attach(shield)
        .attach(headers)
        .attach(reference::InEveryAnswer)
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

/// Who a page is for; decided by the route, so that no spelling of an address can change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Area {
    /// Anybody.
    Public,
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

    fn of_path(path: &str) -> Area {
        let first = Language::of_path(path).1.split('/').nth(1);
        match first {
            Some("staff" | "admin" | "stage") => Area::Staff,
            _ => Area::Public,
        }
    }
}
