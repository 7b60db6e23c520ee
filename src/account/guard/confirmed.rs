//! Asking once more who it is, before an act that weighs.
//!
//! `Confirmed` stands in a handler's arguments, after the guard of its role. Invariant: whose last
//! proof is older than [`session::PROOF`] does nothing by that handler; who opened a page is led to
//! the confirmation and back, and what somebody sent is carried through it and sent on to the same
//! address, so that nothing typed is lost.
//!
//! Not here: the page itself (`pages::confirm`).

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use crate::account::Error;
use crate::account::session::Session;
use crate::platform::db::Db;

/// Whoever sent the request has proved a short time ago who it is.
#[derive(Clone, Copy, Debug)]
pub struct Confirmed(());

/// Whether a handler was not reached because the proof is too old.
pub(in crate::account) struct Lapsed(pub(in crate::account) bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Confirmed {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        let session = match request.guard::<&'r Session>().await {
            Outcome::Success(session) => session,
            Outcome::Error(refused) => return Outcome::Error(refused),
            Outcome::Forward(status) => return Outcome::Forward(status),
        };
        let Some(db) = request.rocket().state::<Db>() else {
            return Outcome::Error((Status::ServiceUnavailable, Error::Busy));
        };
        if session.is_proven(db.clock().now()) {
            return Outcome::Success(Confirmed(()));
        }
        request.local_cache(|| Lapsed(true));
        // A form goes on to `pages::confirm` with everything in it; a page leads there.
        Outcome::Forward(Status::Unauthorized)
    }
}

/// Stands before the page that carries a form through the confirmation: nothing else reaches it.
pub(in crate::account) struct Carried(());

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Carried {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        if request.local_cache(|| Lapsed(false)).0 {
            return Outcome::Success(Carried(()));
        }
        Outcome::Forward(Status::NotFound)
    }
}
