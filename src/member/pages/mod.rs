//! Pages of members: coming in, the links of mails, one's own account.
//!
//! Invariant: a link in a mail shows a page and changes nothing, because programs that look for
//! viruses open links; the button on that page does. What a form answers does not tell whether an
//! address has an account.

mod asked;
mod elsewhere;
mod entrance;
mod own;

use std::time::Duration;

use rocket::http::Method;
use rocket::{Build, Request, Rocket, Route, catch, catchers};

use super::guard::Visitor;
use super::wire::entrance as wire;
use crate::platform::text::Language;
use crate::platform::web::page::Reply;
use crate::platform::web::throttle::Throttle;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let mut routes = entrance::routes();
    routes.extend(asked::routes());
    routes.extend(elsewhere::routes());
    routes.extend(own::routes());
    routes
}

/// The answer to those who are not signed in.
pub fn attach(rocket: Rocket<Build>) -> Rocket<Build> {
    rocket
        .register("/members", catchers![sign_in_first])
        .register("/en/members", catchers![sign_in_first])
}

/// How often one network may ask for letters; managed by Rocket.
pub struct MemberAsks(Throttle);

impl Default for MemberAsks {
    fn default() -> MemberAsks {
        MemberAsks(Throttle::new(30, Duration::from_secs(120)))
    }
}

#[catch(401)]
fn sign_in_first(request: &Request<'_>) -> Reply {
    let (lang, _) = Language::of_path(request.uri().path().as_str());
    let ended = matches!(request.local_cache(|| Visitor::Nobody), Visitor::Ended);
    let read = matches!(request.method(), Method::Get | Method::Head);
    let why = match (ended, read) {
        (_, false) => Some("unsent"),
        (true, true) => Some("ended"),
        (false, true) => None,
    };
    // A form cannot be sent again by a redirect, so its sender starts at the own page.
    let next = match read {
        true => wire::next(&request.uri().to_string()),
        false => None,
    };
    entrance::lead_to_sign_in(lang, next, why)
}
