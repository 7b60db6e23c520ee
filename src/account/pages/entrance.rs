//! Coming in and going out: sign-in, one-time links, sign-out.

use rocket::response::Redirect;
use rocket::{State, get, post, uri};

use super::{Tries, second};
use crate::account::guard::{Door, Jar};
use crate::account::name::StaffName;
use crate::account::passphrase::{self, Match};
use crate::account::session::{self, Session};
use crate::account::setup::{self, Link};
use crate::account::sign_in::{self as signing_in, Expected, Outcome};
use crate::account::token::{Token, TokenHash};
use crate::account::wire::{self, SetupView, SignInView, Why};
use crate::account::{Error, Staff};
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

/// Where one signs in and goes on to `next`, without language.
pub(super) fn sign_in_address(next: Option<&str>) -> String {
    uri!(sign_in_page(next, None::<&str>)).to_string()
}

/// The way to the sign-in page, and to `next` afterwards.
pub(super) fn lead_to_sign_in(lang: Language, next: Option<String>, why: Option<Why>) -> Reply {
    let why = why.map(Why::code);
    let address = uri!(sign_in_page(next.as_deref(), why));
    Reply::go(lang, &address.to_string())
}

#[get("/staff/sign-in?<next>&<why>")]
pub(super) fn sign_in_page(
    lang: Language,
    next: Option<&str>,
    why: Option<&str>,
    staff: Option<Staff>,
    door: Door<'_>,
) -> Reply {
    let next = next.and_then(wire::next);
    if staff.is_some() {
        return go_on(lang, next);
    }
    let why = why.and_then(Why::of_code);
    let view = SignInView::empty(lang, next.unwrap_or_default(), why);
    let view = view.beside(door.provider_name());
    Page::new(lang, "account/sign_in", view).no_store().into()
}

/// One address for both steps, so that whoever loads it anew begins anew.
#[post("/staff/sign-in", data = "<form>")]
pub(super) async fn sign_in(
    door: Door<'_>,
    from: ClientAddress,
    tries: &State<Tries>,
    form: FormFields,
) -> AppResult<Reply> {
    let free = tries.0.check(from, door.db.clock().now().0);
    free.map_err(|refused| refused.noticed(Sign::SignIn))?;
    if form.has("half") {
        return second::give_code(&door, &form).await;
    }
    if form.has("setting") {
        return second::set_up(&door, &form).await;
    }
    let (lang, next) = (door.lang, form.value("next"));
    let refused = || {
        let view = SignInView::again(lang, &form).beside(door.provider_name());
        let page = Page::new(lang, "account/sign_in", view).again();
        Reply::from(page.noticed(Sign::SignIn))
    };
    let Some((expected, found)) = try_passphrase(&door.db, &form).await? else {
        return Ok(refused());
    };
    if door.asks_second_step() {
        let tried = door.db.write("try passphrase", move |tx| {
            signing_in::first_step(tx, &expected, found)
        });
        return match tried.await? {
            Some(half) => Ok(second::ask(&door, half, next).await?.into()),
            None => Ok(refused()),
        };
    }
    let (token, earlier) = (Token::fresh(), door.jar.token().map(|token| token.hash()));
    let opened = token.hash();
    let outcome = door.db.write("sign in", move |tx| {
        signing_in::settle(tx, &expected, found, &opened, earlier.as_ref())
    });
    if outcome.await? == Outcome::Refused {
        return Ok(refused());
    }
    door.jar.give(&token);
    Ok(go_on(lang, wire::next(next)))
}

/// What belongs to the typed name and how the passphrase compares; nothing for an unknown name.
async fn try_passphrase(db: &Db, form: &FormFields) -> Result<Option<(Expected, Match)>, Error> {
    let expected: Option<Expected> = match StaffName::parse(form.value("name")) {
        Ok(name) => {
            db.read("find account", move |tx| signing_in::expected(tx, &name))
                .await?
        }
        Err(_) => None,
    };
    let kept = expected.as_ref().map(|own| own.passphrase.clone());
    let found = passphrase::check_in_turn(form.value("passphrase"), kept).await?;
    Ok(expected.map(|expected| (expected, found)))
}

/// To the page that was asked for, or to the desk. `next` has its language already.
pub(super) fn go_on(lang: Language, next: Option<String>) -> Reply {
    match next {
        Some(next) => Reply::Go(Redirect::to(next)),
        None => Reply::go(lang, "/staff"),
    }
}

/// Works without a session too: whoever signs out is out.
#[post("/staff/sign-out")]
pub(super) async fn sign_out(
    lang: Language,
    db: &State<Db>,
    jar: Jar<'_>,
    session: Option<&Session>,
) -> AppResult<Reply> {
    if let Some(session) = session.cloned() {
        db.write("sign out", move |tx| session::end(tx, &session))
            .await?;
    }
    jar.take();
    Ok(lead_to_sign_in(lang, None, Some(Why::Out)))
}

#[get("/staff/setup/<token>")]
pub(super) async fn setup_page(door: Door<'_>, token: &str) -> AppResult<Page> {
    let link = link(&door.db, token).await?;
    let name = match &link {
        Link::FirstAdmin => String::new(),
        Link::For(_, name) => name.as_str().to_owned(),
    };
    Ok(setup_form(&door, token, &link, name, Mistakes::new()).no_store())
}

#[post("/staff/setup/<token>", data = "<form>")]
pub(super) async fn set_up(
    door: Door<'_>,
    token: &str,
    from: ClientAddress,
    tries: &State<Tries>,
    form: FormFields,
) -> AppResult<Reply> {
    let (lang, db) = (door.lang, &door.db);
    tries.0.check(from, db.clock().now().0)?;
    let link = link(db, token).await?;
    let mut mistakes = Mistakes::new();
    let name = match &link {
        Link::FirstAdmin => wire::read_name(lang, &form, &mut mistakes),
        Link::For(_, name) => Some(name.clone()),
    };
    let chosen = name.and_then(|name| {
        let passphrase = wire::read_passphrase(lang, &form, name.as_str(), &mut mistakes)?;
        Some((name, passphrase))
    });
    let Some((name, chosen)) = chosen else {
        let typed = form.value("name").to_owned();
        return Ok(setup_form(&door, token, &link, typed, mistakes)
            .again()
            .into());
    };
    let hash = passphrase::hash_in_turn(chosen).await?;
    let asks = door.asks_second_step();
    let session = Token::fresh();
    let opened = (!asks).then(|| session.hash());
    let (used, typed) = (hashed(token)?, name.clone());
    let accepted = db
        .write("set up account", move |tx| {
            setup::accept(tx, &used, &name, &hash, opened.as_ref())
        })
        .await;
    let half = match accepted {
        Err(Error::NameTaken) => {
            wire::name_taken(lang, &mut mistakes);
            let typed = typed.as_str().to_owned();
            return Ok(setup_form(&door, token, &link, typed, mistakes)
                .again()
                .into());
        }
        accepted => accepted?,
    };
    let desk = match link {
        Link::FirstAdmin => "/admin",
        Link::For(..) => "/staff",
    };
    if asks {
        return Ok(second::ask(&door, half, &lang.url(desk)).await?.into());
    }
    door.jar.give(&session);
    Ok(Reply::go(lang, desk))
}

pub(super) fn hashed(token: &str) -> Result<TokenHash, Error> {
    Ok(Token::parse(token).ok_or(Error::LinkGone)?.hash())
}

pub(super) async fn link(db: &Db, token: &str) -> AppResult<Link> {
    let found = match hashed(token) {
        Ok(token) => {
            db.read("find link", move |tx| setup::link(tx, &token))
                .await
        }
        Err(error) => Err(error),
    };
    found.map_err(|error| match error {
        Error::LinkGone => AppError::from(error).noticed(Sign::Code),
        error => error.into(),
    })
}

fn setup_form(door: &Door<'_>, token: &str, link: &Link, name: String, mistakes: Mistakes) -> Page {
    let (named, name) = match link {
        Link::FirstAdmin => (false, name),
        Link::For(_, own) => (true, own.as_str().to_owned()),
    };
    // The first admin comes in also when the provider does not answer.
    let elsewhere = door.provider_name().filter(|_| named);
    let action = uri!(setup_page(token)).to_string();
    let view = SetupView {
        action,
        name,
        named,
        elsewhere,
        mistakes,
    };
    Page::new(door.lang, "account/setup", view)
}
