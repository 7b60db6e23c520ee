//! The way to a provider elsewhere and back.
//!
//! Invariant: setting out is a form of ours that answers with a page, because a browser lets no form
//! go on to another site; coming back is a page that only sends itself on as a form of ours. So
//! reading a page changes nothing here either, and what is sent comes from this site, with the
//! session that the browser keeps from others.

use rocket::http::Status;
use rocket::{State, get, post};

use super::entrance::{self, go_on};
use super::{Tries, second};
use crate::account::elsewhere::{self, Aim, Journey, Known, Outcome};
use crate::account::guard::{Confirmed, Door};
use crate::account::session::Session;
use crate::account::token::Token;
use crate::account::wire::elsewhere::{BackView, LeavingView, RefusedView, brought, is_told};
use crate::account::{Error, wire};
use crate::platform::db::Tx;
use crate::platform::openid::{self, Wanted};
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};

/// Where the provider sends people back to.
const BACK: &str = "/staff/openid/back";

/// Longest address that goes along.
const LONGEST_NEXT: usize = 1_000;

/// What everybody who sets out or comes back needs.
pub(super) struct Way<'r> {
    door: Door<'r>,
    from: ClientAddress,
    tries: &'r State<Tries>,
}

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Way<'r> {
    type Error = Error;

    async fn from_request(
        request: &'r rocket::Request<'_>,
    ) -> rocket::request::Outcome<Self, Error> {
        use rocket::outcome::try_outcome;
        let from = request.guard::<ClientAddress>().await;
        let tries = request.guard::<&State<Tries>>().await;
        rocket::request::Outcome::Success(Way {
            door: try_outcome!(request.guard::<Door<'r>>().await),
            from: try_outcome!(from.map_error(|(status, _)| (status, Error::Busy))),
            tries: try_outcome!(tries.map_error(|(status, _)| (status, Error::Busy))),
        })
    }
}

impl Way<'_> {
    /// The way out, with what the browser has to bring back.
    async fn set_out(&self, aim: Aim, next: &str) -> AppResult<Reply> {
        let door = &self.door;
        let now = door.db.clock().now();
        self.tries.0.check(self.from, now.0)?;
        let Some(provider) = &door.provider else {
            return Err(AppError::not_found());
        };
        let wanted = Wanted {
            back: format!("{}{}", door.here.origin(), door.lang.url(BACK)),
            language: door.lang,
            email: false,
            anew: matches!(aim, Aim::Confirm(_) | Aim::ConfirmBeside(_)),
        };
        let to = to_begin_anew(&aim, next);
        let (address, trip) = match provider.set_out(wanted).await {
            Err(error) => return self.refused(error.into(), to),
            set_out => set_out.map_err(Error::from)?,
        };
        // The browser keeps no more than 4 KB.
        let next = wire::next(next).filter(|next| next.len() <= LONGEST_NEXT);
        let next = next.unwrap_or_default();
        let journey = Journey { trip, aim, next };
        door.trips.give(journey.seal(&door.vault, now).await?);
        let view = LeavingView {
            provider: provider.name(door.lang).to_owned(),
            address,
            email: false,
        };
        let page = Page::new(door.lang, "account/leaving", view);
        Ok(page.no_store().at("/staff/sign-in").into())
    }

    /// Somebody came back in vain, and is told why.
    fn refused(&self, error: Error, to: String) -> AppResult<Reply> {
        if !is_told(&error) {
            return Err(error.into());
        }
        let door = &self.door;
        let provider = door.provider.as_deref();
        let name = provider.map_or("", |provider| provider.name(door.lang));
        let view = RefusedView::of(door.lang, &error, name, to);
        let is_suspicious = match &error {
            Error::OpenId(error) => error.is_suspicious(),
            Error::NotLinked | Error::ShutElsewhere | Error::OtherPerson => true,
            _ => false,
        };
        match &error {
            // The operator looks into it; a person who turned back is no news.
            Error::OpenId(error) if *error != openid::Error::Left => {
                tracing::warn!(%error, "nobody signed in elsewhere");
            }
            error => tracing::info!(%error, "nobody signed in elsewhere"),
        }
        let page = Page::new(door.lang, "account/refused", view);
        let page = page
            .no_store()
            .status(AppError::from(error).status())
            .at("/staff/sign-in");
        Ok(match is_suspicious {
            true => page.noticed(Sign::SignIn).into(),
            false => page.into(),
        })
    }
}

/// Where somebody begins anew, without language.
fn to_begin_anew(aim: &Aim, next: &str) -> String {
    let next = wire::next(next);
    match aim {
        Aim::SignIn => entrance::sign_in_address(next.as_deref()),
        Aim::SetUp(token) => format!("/staff/setup/{token}"),
        Aim::Link(_) => "/staff/account".to_owned(),
        Aim::Confirm(_) | Aim::ConfirmBeside(_) => super::confirm::address(next.as_deref()),
    }
}

#[post("/staff/openid", data = "<form>")]
pub(super) async fn sign_in(way: Way<'_>, form: FormFields) -> AppResult<Reply> {
    way.set_out(Aim::SignIn, form.value("next")).await
}

/// Behind a one-time link, in the place of a passphrase.
#[post("/staff/setup/<token>/openid")]
pub(super) async fn set_up(way: Way<'_>, token: &str) -> AppResult<Reply> {
    entrance::link(&way.door.db, token).await?;
    way.set_out(Aim::SetUp(token.to_owned()), "").await
}

#[post("/staff/account/openid")]
pub(super) async fn link(
    way: Way<'_>,
    session: &Session,
    _confirmed: Confirmed,
) -> AppResult<Reply> {
    way.set_out(Aim::Link(session.staff.id.clone()), "").await
}

#[post("/staff/account/openid/unlink")]
pub(super) async fn unlink(
    way: Way<'_>,
    session: &Session,
    _confirmed: Confirmed,
) -> AppResult<Reply> {
    let own = session.clone();
    let write = move |tx: &mut Tx<'_>| elsewhere::unlink(tx, &own);
    way.door.db.write("unlink account", write).await?;
    Ok(Reply::go(way.door.lang, "/staff/account?done=unlinked"))
}

#[post("/staff/confirm/openid", data = "<form>")]
pub(super) async fn confirm(way: Way<'_>, session: &Session, form: FormFields) -> AppResult<Reply> {
    let staff = session.staff.id.clone();
    let aim = match form.has("beside") {
        true => Aim::ConfirmBeside(staff),
        false => Aim::Confirm(staff),
    };
    way.set_out(aim, form.value("next")).await
}

/// Where the provider sends the browser: a page that sends itself on.
#[get("/staff/openid/back?<code>&<state>&<iss>&<error>")]
pub(super) fn back_page(
    door: Door<'_>,
    code: Option<&str>,
    state: Option<&str>,
    iss: Option<&str>,
    error: Option<&str>,
) -> AppResult<Page> {
    let Some(provider) = &door.provider else {
        return Err(AppError::not_found());
    };
    let name = provider.name(door.lang);
    let view = BackView::of((name, BACK), (code, state), (iss, error));
    let page = Page::new(door.lang, "account/back", view);
    Ok(page.no_store().at("/staff/sign-in"))
}

#[post("/staff/openid/back", data = "<form>")]
pub(super) async fn come_back(
    way: Way<'_>,
    session: Option<&Session>,
    form: FormFields,
) -> AppResult<Reply> {
    let door = &way.door;
    let now = door.db.clock().now();
    way.tries.0.check(way.from, now.0)?;
    let Some(provider) = &door.provider else {
        return Err(AppError::not_found());
    };
    let sealed = door.trips.take().unwrap_or_default();
    let journey = match Journey::open(&door.vault, now, &sealed).await {
        Ok(journey) => journey,
        Err(error) => return way.refused(error, entrance::sign_in_address(None)),
    };
    let to = to_begin_anew(&journey.aim, &journey.next);
    let arrived = async {
        let person = provider.come_back(journey.trip, brought(&form)).await?;
        let known = elsewhere::known(&door.vault, person).await?;
        arrive(&way, session, (journey.aim, &journey.next), known).await
    };
    match arrived.await {
        Ok(reply) => Ok(reply),
        Err(error) => way.refused(error, to),
    }
}

/// Does what somebody set out for.
async fn arrive(
    way: &Way<'_>,
    session: Option<&Session>,
    (aim, next): (Aim, &str),
    known: Known,
) -> Result<Reply, Error> {
    let (door, need) = (&way.door, way.door.need());
    let (token, earlier) = (Token::fresh(), door.jar.token().map(|token| token.hash()));
    let fresh = token.hash();
    // A journey of the account counts for whoever is signed in to it, and for nobody else.
    let own = match &aim {
        Aim::SignIn | Aim::SetUp(_) => None,
        Aim::Link(staff) | Aim::Confirm(staff) | Aim::ConfirmBeside(staff) => {
            let own = session.filter(|session| session.staff.id == *staff);
            Some(own.cloned().ok_or(openid::Error::Strayed)?)
        }
    };
    let accepted = match &aim {
        Aim::SetUp(token) => Some(entrance::hashed(token)?),
        _ => None,
    };
    match (&aim, own) {
        (Aim::Link(_), Some(own)) => {
            let write = move |tx: &mut Tx<'_>| elsewhere::link(tx, &own, &known);
            door.db.write("link account", write).await?;
            Ok(Reply::go(door.lang, "/staff/account?done=linked"))
        }
        (_, Some(own)) => {
            let write = move |tx: &mut Tx<'_>| elsewhere::confirm(tx, &own, &known, need, &fresh);
            door.db.write("confirm", write).await?;
            door.jar.give(&token);
            if matches!(aim, Aim::ConfirmBeside(_)) {
                let page = Page::new(door.lang, "account/beside", ());
                return Ok(page
                    .no_store()
                    .at("/staff/confirm")
                    .status(Status::Ok)
                    .into());
            }
            Ok(go_on(door.lang, wire::next(next)))
        }
        (_, None) => {
            let write = move |tx: &mut Tx<'_>| {
                if let Some(used) = &accepted {
                    elsewhere::accept(tx, used, &known)?;
                }
                elsewhere::sign_in(tx, &known, need, &fresh, earlier.as_ref())
            };
            match door.db.write("sign in elsewhere", write).await? {
                Outcome::Half(half) => Ok(second::ask(door, half, next).await?.into()),
                Outcome::In => {
                    door.jar.give(&token);
                    Ok(go_on(door.lang, wire::next(next)))
                }
            }
        }
    }
}
