//! Signing in and out.

use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes, uri};

use crate::member::guard::{Back, Entrance, Step};
use crate::member::session::{self, Session};
use crate::member::wire::entrance as wire;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::FormFields;
use crate::platform::web::page::Reply;

pub(super) fn routes() -> Vec<Route> {
    routes![sign_in_page, sign_in, sign_out]
}

/// Where the form of the sign-in page is sent.
pub(super) const SIGN_IN: &str = "/members/sign-in";

/// Where one signs in and goes on to `next`, without language.
pub(super) fn sign_in_address(next: Option<&str>) -> String {
    uri!(sign_in_page(next, None::<&str>)).to_string()
}

/// The way to the sign-in page, and to `next` afterwards.
pub(super) fn lead_to_sign_in(lang: Language, next: Option<String>, why: Option<&str>) -> Reply {
    let address = uri!(sign_in_page(next.as_deref(), why));
    Reply::go(lang, &address.to_string())
}

#[get("/members/sign-in?<next>&<why>")]
fn sign_in_page(
    entrance: Entrance<'_>,
    next: Option<&str>,
    why: Option<&str>,
    session: Option<&Session>,
) -> Reply {
    let next = next.and_then(wire::next);
    if session.is_some() {
        return go_on(entrance.lang, next);
    }
    let back = Back {
        action: SIGN_IN.to_owned(),
        why: why_words(entrance.lang, why),
        next: next.unwrap_or_default(),
    };
    entrance.ask(&FormFields::default(), &back).into()
}

fn why_words(lang: Language, why: Option<&str>) -> String {
    let id = match why {
        Some("ended") => "member-sign-in-ended",
        Some("unsent") => "member-sign-in-unsent",
        Some("out") => "member-sign-in-out",
        _ => return String::new(),
    };
    text::message(lang, id, &[])
}

#[post("/members/sign-in", data = "<form>")]
async fn sign_in(entrance: Entrance<'_>, form: FormFields) -> AppResult<Reply> {
    let next = wire::next(form.value("next"));
    let back = Back {
        action: SIGN_IN.to_owned(),
        next: next.clone().unwrap_or_default(),
        ..Back::default()
    };
    Ok(match entrance.step(&form, &back).await? {
        Step::In(_) => go_on(entrance.lang, next),
        Step::Ask(page) => (*page).into(),
    })
}

/// To the page that was asked for, or to the own one. `next` has its language already.
pub(super) fn go_on(lang: Language, next: Option<String>) -> Reply {
    match next {
        Some(next) => Reply::Go(Redirect::to(next)),
        None => Reply::go(lang, "/members/me"),
    }
}

/// Works without a session too: whoever signs out is out.
#[post("/members/sign-out")]
async fn sign_out(
    entrance: Entrance<'_>,
    session: Option<&Session>,
    db: &State<Db>,
) -> AppResult<Reply> {
    if let Some(session) = session.cloned() {
        db.write("sign out", move |tx| session::end(tx, &session))
            .await?;
    }
    entrance.jar.take();
    Ok(lead_to_sign_in(entrance.lang, None, Some("out")))
}
