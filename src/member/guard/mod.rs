//! Which member sent a request: request guards for every domain's handlers.
//!
//! `&Session` stands in a handler's arguments where the page is a member's own; `Option<&Session>`
//! where it only changes what is shown. [`Entrance`] lets somebody in from any page that needs a
//! member, with what was typed there kept.

mod entrance;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

pub use entrance::{Back, Entrance, MemberTries, Step};

use super::Error;
use super::session::{self, Session};
use crate::account::guard::Jar;
use crate::account::token::Token;
use crate::platform::cookies;
use crate::platform::db::Db;

/// Who sent a request, found once and kept for its guards and pages.
pub(super) enum Visitor {
    /// Signed in.
    In(Session),
    /// Came with a session that is over.
    Ended,
    /// Not signed in.
    Nobody,
    /// The database did not tell.
    Unclear,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Session {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        match request.local_cache_async(recognise(request)).await {
            Visitor::In(session) => Outcome::Success(session),
            Visitor::Unclear => Outcome::Error((Status::ServiceUnavailable, Error::SignInFirst)),
            Visitor::Ended | Visitor::Nobody => {
                Outcome::Error((Status::Unauthorized, Error::SignInFirst))
            }
        }
    }
}

async fn recognise(request: &Request<'_>) -> Visitor {
    let jar = Jar::of(request, &cookies::MEMBER);
    if !jar.is_there() {
        return Visitor::Nobody;
    }
    let (Some(token), Some(db)) = (jar.token(), request.rocket().state::<Db>()) else {
        return Visitor::Ended;
    };
    match running(db, token).await {
        Ok(Some(session)) => Visitor::In(session),
        Ok(None) => Visitor::Ended,
        Err(error) => {
            tracing::error!(%error, "sessions of members cannot be read");
            Visitor::Unclear
        }
    }
}

async fn running(db: &Db, token: Token) -> Result<Option<Session>, Error> {
    let found = db
        .read("find session", move |tx| session::find(tx, &token))
        .await?;
    if let Some(session) = found.as_ref().filter(|session| session.unnoted) {
        let token = session.token.clone();
        db.write("keep session", move |tx| session::keep(tx, &token))
            .await?;
    }
    Ok(found)
}
