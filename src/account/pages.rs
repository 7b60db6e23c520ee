//! Pages of accounts: coming in, one's own account, the administration.
//!
//! Invariant: every page under `/admin` asks for an [`super::guard::Admin`]; what changes an account
//! asks for a [`super::guard::Confirmed`] as well.
//!
//! Not here: the day's work of librarians (`desk`), the record (`audit`).

mod admin;
mod confirm;
mod elsewhere;
mod entrance;
mod own;
mod passkey;
mod second;

use std::time::Duration;

use rocket::http::Method;
use rocket::http::uri::Absolute;
use rocket::{Build, Request, Rocket, Route, catch, catchers, routes};

use super::guard::{Lacks, Lapsed, Visitor};
use super::wire::{self, Why};
use crate::platform::text::Language;
use crate::platform::web::error::AppError;
use crate::platform::web::page::Reply;
use crate::platform::web::throttle::Throttle;

/// Mounted with `web::mount`.
pub fn routes() -> Vec<Route> {
    routes![
        entrance::sign_in_page,
        entrance::sign_in,
        entrance::sign_out,
        entrance::setup_page,
        entrance::set_up,
        confirm::page,
        confirm::confirm,
        confirm::carry_staff,
        confirm::carry_admin,
        elsewhere::sign_in,
        elsewhere::set_up,
        elsewhere::link,
        elsewhere::unlink,
        elsewhere::confirm,
        elsewhere::back_page,
        elsewhere::come_back,
        own::page,
        own::change_passphrase,
        own::end_one,
        own::end_others,
        own::change_factor,
        own::renew_recovery,
        passkey::add,
        passkey::remove,
        admin::list,
        admin::invite_page,
        admin::invite,
        admin::one,
        admin::set_role,
        admin::disable,
        admin::enable,
        admin::end_sessions,
        admin::reset_factor,
        admin::renew_link,
    ]
}

/// What the pages and guards need beside the routes: the limit of tries, and the answers to those
/// who are not signed in or lack a role, in the whole staff area.
pub fn attach(rocket: Rocket<Build>) -> Rocket<Build> {
    ["/staff", "/admin", "/stage"]
        .into_iter()
        .flat_map(|area| [area.to_owned(), format!("/en{area}")])
        .fold(rocket.manage(Tries::new()), |rocket, area| {
            rocket.register(area, catchers![sign_in_first, lacks_role])
        })
}

/// How often one network may give a passphrase: a whole desk at opening time, and no more than a
/// few hundred an hour.
struct Tries(Throttle);

impl Tries {
    fn new() -> Tries {
        Tries(Throttle::new(30, Duration::from_secs(10)))
    }
}

#[catch(401)]
fn sign_in_first(request: &Request<'_>) -> Reply {
    let (lang, _) = Language::of_path(request.uri().path().as_str());
    if request.local_cache(|| Lapsed(false)).0 {
        return confirm::lead_to_confirm(lang, wire::next(&request.uri().to_string()));
    }
    let ended = matches!(request.local_cache(|| Visitor::Nobody), Visitor::Ended);
    let read = matches!(request.method(), Method::Get | Method::Head);
    let why = match (ended, read) {
        (_, false) => Some(Why::Unsent),
        (true, true) => Some(Why::Ended),
        (false, true) if comes_from_signing_in(request) => Some(Why::Cookie),
        (false, true) => None,
    };
    // A form cannot be sent again by a redirect, so its sender starts at the desk.
    let next = match read {
        true => wire::next(&request.uri().to_string()),
        false => None,
    };
    entrance::lead_to_sign_in(lang, next, why)
}

/// Whether a browser was led here by its sign-in, and yet is nobody: the cookie that it was given did
/// not come back. No page for signing in has a link into the staff area, so nothing else comes from
/// there. The edge lets browsers name the page from which they come within the staff area alone.
fn comes_from_signing_in(request: &Request<'_>) -> bool {
    let from = request.headers().get_one("Referer");
    let path = from.and_then(|from| {
        Absolute::parse(from)
            .ok()
            .map(|from| from.path().to_string())
    });
    path.is_some_and(|path| {
        let (_, path) = Language::of_path(&path);
        path == "/staff/sign-in" || path.starts_with("/staff/setup/")
    })
}

#[catch(403)]
fn lacks_role(request: &Request<'_>) -> AppError {
    match *request.local_cache(|| Lacks::Nothing) {
        Lacks::Role(needs) => needs.refusal().into(),
        Lacks::Branch => super::Error::OtherBranch.into(),
        Lacks::Nothing => AppError::forbidden(),
    }
}
