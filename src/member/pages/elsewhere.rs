//! The way of members to a provider elsewhere and back, as that of staff
//! ([`crate::account::pages`]); and the page on which a newcomer agrees.

use std::sync::Arc;

use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Route, get, post, routes};

use super::entrance::{self, SIGN_IN, go_on};
use super::own;
use crate::account::guard::{Here, TripJar};
use crate::account::token::Token;
use crate::account::wire::elsewhere::{BackView, LeavingView, RefusedView, brought};
use crate::identity::email::Email;
use crate::member::Error;
use crate::member::elsewhere::{self, Aim, Journey, Met, Newcomer};
use crate::member::guard::{Back, Entrance};
use crate::member::receipts::Empty;
use crate::member::session::Session;
use crate::member::terms::Terms;
use crate::member::wire::entrance::{self as wire, NewcomerView};
use crate::platform::db::Tx;
use crate::platform::openid::{self, Provider, Wanted};
use crate::platform::text;
use crate::platform::watch::Sign;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::guard::Visit;

/// Where the provider sends people back to.
const BACK: &str = "/members/openid/back";
/// Longest address that goes along; the browser keeps no more than 4 KB.
const LONGEST_NEXT: usize = 1_000;

pub(super) fn routes() -> Vec<Route> {
    routes![sign_in, back_page, come_back, begin, link, unlink]
}

/// What everybody who sets out or comes back needs.
struct Way<'r> {
    visit: Visit<'r>,
    entrance: Entrance<'r>,
    here: Here<'r>,
    jar: TripJar<'r>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Way<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let visit = request.guard::<Visit<'r>>().await;
        Outcome::Success(Way {
            visit: try_outcome!(visit.map_error(|(status, _)| (status, ()))),
            entrance: try_outcome!(request.guard::<Entrance<'r>>().await),
            here: Here::of(request),
            jar: TripJar::of(request),
        })
    }
}

impl<'r> Way<'r> {
    fn provider(&self) -> AppResult<&Arc<Provider>> {
        let provider = self.entrance.provider.as_ref();
        provider.ok_or_else(AppError::not_found)
    }

    async fn set_out(&self, aim: Aim, next: &str) -> AppResult<Reply> {
        let (lang, now) = (self.visit.lang, self.visit.now);
        self.entrance.tries.0.check(self.entrance.from, now.0)?;
        let provider = self.provider()?;
        let wanted = Wanted {
            back: format!("{}{}", self.here.origin(), lang.url(BACK)),
            language: lang,
            email: true,
            anew: false,
        };
        let to = to_begin_anew(&aim, next);
        let (address, trip) = match provider.set_out(wanted).await {
            Err(error) => return self.refused(error.into(), to),
            Ok(begun) => begun,
        };
        let next = wire::next(next).filter(|next| next.len() <= LONGEST_NEXT);
        let next = next.unwrap_or_default();
        let journey = Journey { trip, aim, next };
        self.jar.give(journey.seal(self.visit.vault, now).await?);
        let view = LeavingView {
            provider: provider.name(lang).to_owned(),
            address,
            email: true,
        };
        let page = Page::new(lang, "account/leaving", view);
        Ok(page.no_store().at(SIGN_IN).into())
    }

    /// Somebody came back in vain, and is told why.
    fn refused(&self, error: Error, to: String) -> AppResult<Reply> {
        let is_told = matches!(
            error,
            Error::OpenId(_)
                | Error::Locked
                | Error::NoAddress
                | Error::AddressKnown
                | Error::OtherLink
        );
        if !is_told {
            return Err(error.into());
        }
        let lang = self.visit.lang;
        let provider = self.entrance.provider.as_deref();
        let name = provider.map_or("", |provider| provider.name(lang));
        let view = RefusedView::of(lang, &error, name, to);
        let is_suspicious = match &error {
            Error::OpenId(error) => error.is_suspicious(),
            _ => false,
        };
        match &error {
            Error::OpenId(error) if *error != openid::Error::Left => {
                tracing::warn!(%error, "nobody came in elsewhere");
            }
            error => tracing::info!(%error, "nobody came in elsewhere"),
        }
        let page = Page::new(lang, "account/refused", view);
        let status = AppError::from(error).status();
        let page = page.no_store().status(status).at(SIGN_IN);
        Ok(match is_suspicious {
            true => page.noticed(Sign::Code).into(),
            false => page.into(),
        })
    }
}

/// Where somebody begins anew, without language.
fn to_begin_anew(aim: &Aim, next: &str) -> String {
    match aim {
        Aim::SignIn | Aim::SignInBeside => entrance::sign_in_address(wire::next(next).as_deref()),
        Aim::Link(_) => "/members/me".to_owned(),
    }
}

#[post("/members/openid", data = "<form>")]
async fn sign_in(way: Way<'_>, form: FormFields) -> AppResult<Reply> {
    let aim = match form.has("beside") {
        true => Aim::SignInBeside,
        false => Aim::SignIn,
    };
    way.set_out(aim, form.value("next")).await
}

/// Whoever links gives the present passphrase: a way in is added.
#[post("/members/me/openid", data = "<form>")]
async fn link(way: Way<'_>, session: &Session, form: FormFields) -> AppResult<Reply> {
    way.provider()?;
    let (visit, entrance) = (&way.visit, &way.entrance);
    if !own::is_present(visit, entrance, session, form.value("link_present")).await? {
        let mut mistakes = Mistakes::new();
        own::differs(visit, "link_present", &mut mistakes);
        let page = own::own_page(visit, entrance, session, None, (&form, mistakes)).await?;
        return Ok(page.again().into());
    }
    way.set_out(Aim::Link(session.member.clone()), "").await
}

#[post("/members/me/openid/unlink")]
async fn unlink(way: Way<'_>, session: &Session) -> AppResult<Reply> {
    let own = session.clone();
    let write = move |tx: &mut Tx<'_>| elsewhere::unlink(tx, &own);
    way.visit.db.write("unlink account", write).await?;
    Ok(Reply::go(way.visit.lang, "/members/me?did=unlinked"))
}

/// Where the provider sends the browser: a page that sends itself on.
#[get("/members/openid/back?<code>&<state>&<iss>&<error>")]
fn back_page(
    entrance: Entrance<'_>,
    code: Option<&str>,
    state: Option<&str>,
    iss: Option<&str>,
    error: Option<&str>,
) -> AppResult<Page> {
    let lang = entrance.lang;
    let Some(provider) = &entrance.provider else {
        return Err(AppError::not_found());
    };
    let view = BackView::of((provider.name(lang), BACK), (code, state), (iss, error));
    let page = Page::new(lang, "account/back", view);
    Ok(page.no_store().at(SIGN_IN))
}

#[post("/members/openid/back", data = "<form>")]
async fn come_back(way: Way<'_>, session: Option<&Session>, form: FormFields) -> AppResult<Reply> {
    let (vault, now) = (way.visit.vault, way.visit.now);
    way.entrance.tries.0.check(way.entrance.from, now.0)?;
    let provider = way.provider()?;
    let sealed = way.jar.take().unwrap_or_default();
    let journey = match Journey::open(vault, now, &sealed).await {
        Ok(journey) => journey,
        Err(error) => return way.refused(error, entrance::sign_in_address(None)),
    };
    let to = to_begin_anew(&journey.aim, &journey.next);
    let arrived = async {
        let person = provider.come_back(journey.trip, brought(&form)).await?;
        arrive(&way, session, (journey.aim, &journey.next), &person).await
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
    person: &openid::Person,
) -> Result<Reply, Error> {
    let (visit, entrance) = (&way.visit, &way.entrance);
    let known = elsewhere::known(visit.vault, person).await?;
    if let Aim::Link(member) = &aim {
        let own = session.filter(|session| session.member == *member);
        let own = own.cloned().ok_or(openid::Error::Strayed)?;
        let write = move |tx: &mut Tx<'_>| elsewhere::link(tx, &own, &known);
        visit.db.write("link account", write).await?;
        return Ok(Reply::go(visit.lang, "/members/me?did=linked"));
    }
    let (token, earlier) = (
        Token::fresh(),
        entrance.jar.token().map(|token| token.hash()),
    );
    let (opened, same) = (token.hash(), known.clone());
    let met = visit.db.write("come in elsewhere", move |tx| {
        elsewhere::sign_in(tx, &same, &opened, earlier.as_ref())
    });
    match met.await? {
        Met::In => {
            entrance.jar.give(&token);
            if aim == Aim::SignInBeside {
                let page = Page::new(visit.lang, "account/beside", ());
                return Ok(page.no_store().at(SIGN_IN).into());
            }
            Ok(go_on(visit.lang, wire::next(next)))
        }
        Met::Half(half) => {
            let back = Back {
                action: SIGN_IN.to_owned(),
                next: next.to_owned(),
                ..Back::default()
            };
            Ok(entrance.ask_code(half, &back).await?.into())
        }
        Met::Nobody => {
            let email = person.verified_email.clone().ok_or(Error::NoAddress)?;
            let email_read = Email::parse(&email).map_err(|_| Error::NoAddress)?;
            let tag = visit.vault.tag_member(&email_read)?;
            let read = move |tx: &mut Tx<'_>| elsewhere::is_known(tx, &tag);
            if visit.db.read("find member", read).await? {
                return Err(Error::AddressKnown);
            }
            let newcomer = Newcomer { known, email };
            let sealed = newcomer.seal(visit.vault, visit.now).await?;
            let fields = (sealed, next.to_owned());
            let empty = FormFields::default();
            let page = agree_page(visit, &newcomer, fields, (&empty, Mistakes::new()));
            Ok(page.into())
        }
    }
}

/// What an account is, before it begins.
fn agree_page(
    visit: &Visit<'_>,
    newcomer: &Newcomer,
    (sealed, next): (String, String),
    typed: (&FormFields, Mistakes),
) -> Page {
    let terms = Terms::shown(visit.lang, visit.config);
    let view = NewcomerView::of(&newcomer.email, (sealed, next), &terms, typed);
    let page = Page::new(visit.lang, "member/newcomer", view);
    page.no_store().at(SIGN_IN)
}

/// A newcomer agreed, or not yet.
#[post("/members/openid/begin", data = "<form>")]
async fn begin(way: Way<'_>, form: FormFields) -> AppResult<Reply> {
    let (visit, entrance) = (&way.visit, &way.entrance);
    entrance.tries.0.check(entrance.from, visit.now.0)?;
    way.provider()?;
    let sealed = form.value("newcomer").to_owned();
    let to = entrance::sign_in_address(None);
    let newcomer = match Newcomer::open(visit.vault, visit.now, &sealed).await {
        Ok(newcomer) => newcomer,
        Err(error) => return way.refused(error, to),
    };
    let next = wire::next(form.value("next"));
    if !form.has("agree") {
        let mut mistakes = Mistakes::new();
        mistakes.add(
            "agree",
            text::message(visit.lang, "member-agree-missing", &[]),
        );
        let fields = (sealed, next.unwrap_or_default());
        let page = agree_page(visit, &newcomer, fields, (&form, mistakes));
        return Ok(page.again().into());
    }
    let email = Email::parse(&newcomer.email).map_err(|_| Error::NoAddress)?;
    let new = visit.vault.seal_member(&email)?;
    let (words, empty) = (
        Terms::shown(visit.lang, visit.config),
        Empty::seal(visit.vault)?,
    );
    let (token, earlier) = (
        Token::fresh(),
        entrance.jar.token().map(|token| token.hash()),
    );
    let (opened, language) = (token.hash(), visit.lang);
    let begun = visit.db.write("begin account", move |tx| {
        let sessions = (&opened, earlier.as_ref());
        let who = (&newcomer.known, &new);
        elsewhere::begin(tx, who, language, (&words, &empty), sessions)
    });
    if let Err(error) = begun.await {
        return way.refused(error, to);
    }
    entrance.jar.give(&token);
    match next {
        Some(next) => Ok(go_on(visit.lang, Some(next))),
        None => Ok(Reply::go(visit.lang, "/members/me?did=begun")),
    }
}
