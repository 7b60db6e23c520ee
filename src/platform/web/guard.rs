//! What every request passes before its handler: whether it came through the edge.
//!
//! Invariant: every mounted route of the site is wrapped by [`protect`] ([`unprotected`] finds one
//! that is not, and a test of the whole app asks it). Where Rocket stands behind the edge, a
//! request that somebody on this machine sent past it is answered 421 by every route.
//!
//! Not here: who may do what (`account`); whether a form came from one of our own pages
//! ([`crate::platform::edge`]).

use rocket::http::Status;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Phase, Request, Rocket, Route};
use tracing::Instrument;

use super::error::AppError;
use super::hop;
use super::reference::Reference;

const MARK: &str = "guarded ";

/// Wraps every route in the guard.
pub fn protect(routes: Vec<Route>) -> Vec<Route> {
    routes
        .into_iter()
        .map(|mut route| {
            let name = route.name.as_deref().unwrap_or("-");
            route.name = Some(format!("{MARK}{name}").into());
            route.handler = Box::new(Guarded(route.handler));
            route
        })
        .collect()
}

/// The routes that do not go through the guard; a test expects none.
pub fn unprotected<P: Phase>(rocket: &Rocket<P>) -> Vec<String> {
    rocket
        .routes()
        .filter(|route| !route.name.as_deref().unwrap_or("").starts_with(MARK))
        .map(|route| route.uri.to_string())
        .collect()
}

#[derive(Clone)]
struct Guarded(Box<dyn Handler>);

#[rocket::async_trait]
impl Handler for Guarded {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        if hop::is_past_the_edge(request) {
            return Outcome::from(request, AppError::plain(Status::MisdirectedRequest));
        }
        let handled = self.0.handle(request, data);
        handled.instrument(Reference::span(request)).await
    }
}
