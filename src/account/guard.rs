//! Who may see a page: request guards for every domain's handlers.
//!
//! `Librarian` and `Admin` stand in a handler's arguments where the page needs the role;
//! `Option<Staff>` where it only changes what is shown. Invariant: who is not signed in is led to
//! the sign-in page and back again; who lacks the role is told which one is needed.
//!
//! Not here: forged requests, which [`crate::platform::web::guard`] refuses before any of this.

mod confirmed;
mod trip;

use std::sync::Arc;

use rocket::http::{Cookie, SameSite, Status};
use rocket::request::{FromRequest, Outcome, Request};

pub use confirmed::Confirmed;
pub(super) use confirmed::{Carried, Lapsed};
pub use trip::TripJar;

use super::elsewhere::Need;
use super::reach::{Ground, Grounds};
use super::session::{self, Session};
use super::token::Token;
use super::{Error, Needs, Permission, Role, Staff};
use crate::platform::config::Config;
use crate::platform::cookies;
use crate::platform::db::Db;
use crate::platform::openid::{Provider, Providers};
use crate::platform::passkey::RelyingParty;
use crate::platform::text::Language;
use crate::platform::web::site::{Site, Viewer};
use crate::vault::Vault;

/// A member of staff who may run activities.
#[derive(Clone, Debug)]
pub struct Librarian(pub Staff);

/// A member of staff who may draw.
#[derive(Clone, Debug)]
pub struct DrawOfficer(pub Staff);

/// A member of staff who may run activities or draw: for what both of them read.
#[derive(Clone, Debug)]
pub struct Organiser(pub Staff);

/// A member of staff who looks after what is kept and handed on, or files taxes.
#[derive(Clone, Debug)]
pub struct Custodian(pub Staff);

/// A member of staff who may manage the site.
#[derive(Clone, Debug)]
pub struct Admin(pub Staff);

/// A member of staff who answers for personal data; admins too.
#[derive(Clone, Debug)]
pub struct PrivacyOfficer(pub Staff);

/// A member of staff who files taxes; nobody else, an admin neither.
#[derive(Clone, Debug)]
pub struct Accountant(pub Staff);

/// An outside auditor. A role of its own: whoever runs a draw does not audit it.
#[derive(Clone, Debug)]
pub struct Auditor(pub Staff);

/// An outside auditor, or whoever runs or draws what is audited.
#[derive(Clone, Debug)]
pub struct Inspector(pub Staff);

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

/// What a request lacked, kept for the page that says so.
#[derive(Clone, Copy)]
pub(super) enum Lacks {
    /// Nothing that the guards know of.
    Nothing,
    /// A role.
    Role(Needs),
    /// A branch.
    Branch,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Session {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        match visitor(request).await {
            Visitor::In(session) => Outcome::Success(session),
            Visitor::Unclear => Outcome::Error((Status::ServiceUnavailable, Error::Busy)),
            Visitor::Ended | Visitor::Nobody => {
                Outcome::Error((Status::Unauthorized, Error::NeedsLibrarian))
            }
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Staff {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        request
            .guard::<&'r Session>()
            .await
            .map(|session| session.staff.clone())
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Librarian {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        with_role(request, Role::Librarian).await.map(Librarian)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Admin {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        with_role(request, Role::Admin).await.map(Admin)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for PrivacyOfficer {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        let staff = with_role(request, Role::PrivacyOfficer).await;
        staff.map(PrivacyOfficer)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Accountant {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        with_role(request, Role::Accountant).await.map(Accountant)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Auditor {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        with_role(request, Role::Auditor).await.map(Auditor)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for DrawOfficer {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        with_role(request, Role::DrawOfficer).await.map(DrawOfficer)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Organiser {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        meeting(request, Needs::Organiser).await.map(Organiser)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Custodian {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        meeting(request, Needs::Custodian).await.map(Custodian)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Inspector {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        meeting(request, Needs::Inspector).await.map(Inspector)
    }
}

async fn with_role(request: &Request<'_>, role: Role) -> Outcome<Staff, Error> {
    meeting(request, Needs::Role(role)).await
}

async fn meeting(request: &Request<'_>, needs: Needs) -> Outcome<Staff, Error> {
    let staff = match request.guard::<Staff>().await {
        Outcome::Success(staff) => staff,
        refused => return refused,
    };
    if !needs.are_met_by(&staff.roles) {
        request.local_cache(|| Lacks::Role(needs));
        return Outcome::Error((Status::Forbidden, needs.refusal()));
    }
    if !needs.end_at_branches() || staff.reach.is_whole() {
        return Outcome::Success(staff);
    }
    match is_within(request, &staff).await {
        Ok(true) => Outcome::Success(staff),
        Ok(false) => {
            request.local_cache(|| Lacks::Branch);
            Outcome::Error((Status::Forbidden, Error::OtherBranch))
        }
        Err(error) => {
            tracing::error!(%error, "nobody said which branch runs it");
            Outcome::Error((Status::ServiceUnavailable, Error::Busy))
        }
    }
}

/// Whether somebody who works for branches may open what the address is about.
async fn is_within(request: &Request<'_>, staff: &Staff) -> Result<bool, Error> {
    let path = request.uri().path();
    let mut segments: Vec<String> = path.segments().map(str::to_owned).collect();
    if Language::of_path(path.as_str()).0 != Language::default() {
        segments.remove(0);
    }
    let rocket = request.rocket();
    let parts = (rocket.state::<Db>(), rocket.state::<Arc<dyn Grounds>>());
    let (Some(db), Some(grounds)) = parts else {
        return Err(Error::Busy);
    };
    let (grounds, reach) = (Arc::clone(grounds), staff.reach.clone());
    db.read("find branch", move |tx| {
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        Ok(match Ground::of(&segments) {
            Ground::Lists => true,
            Ground::Library => false,
            ground => grounds.are_within(tx, &reach, ground)?,
        })
    })
    .await
}

/// Who sent the request.
pub(super) async fn visitor<'r>(request: &'r Request<'_>) -> &'r Visitor {
    let visitor = request.local_cache_async(recognise(request)).await;
    if let Visitor::In(session) = visitor {
        let viewer = Viewer {
            name: session.staff.name.clone(),
            prepares: session.staff.may(Permission::RunActivities),
            draws: session.staff.may(Permission::Draw),
            library: session.staff.reach.is_whole(),
            admin: session.staff.has(Role::Admin),
            custody: session.staff.may(Permission::HoldData)
                || session.staff.may(Permission::FileTax),
        };
        Viewer::remember(request, viewer);
    }
    visitor
}

async fn recognise(request: &Request<'_>) -> Visitor {
    let jar = Jar::of(request, &cookies::SESSION);
    if !jar.is_there() {
        return Visitor::Nobody;
    }
    let (Some(token), Some(db)) = (jar.token(), request.rocket().state::<Db>()) else {
        return Visitor::Ended;
    };
    let asks = asks_second_step(request);
    match running(db, token, asks).await {
        Ok(Some(session)) => Visitor::In(session),
        Ok(None) => Visitor::Ended,
        Err(error) => {
            tracing::error!(%error, "sessions cannot be read");
            Visitor::Unclear
        }
    }
}

/// Whether the operator wants a second step; where nobody said, yes.
fn asks_second_step(request: &Request<'_>) -> bool {
    let config = request.rocket().state::<Arc<Config>>();
    config.is_none_or(|config| config.staff_second_factor)
}

async fn running(db: &Db, token: Token, asks: bool) -> Result<Option<Session>, Error> {
    let found = db
        .read("find session", move |tx| session::find(tx, &token))
        .await?;
    // Of a time before the setting was on.
    let found = found.filter(|session| session.second || !asks);
    if let Some(session) = &found
        && session.unnoted
    {
        let token = session.token.clone();
        db.write("keep session", move |tx| session::keep(tx, &token))
            .await?;
    }
    Ok(found)
}

fn is_https(request: &Request<'_>) -> bool {
    let site = request.rocket().state::<Site>();
    site.and_then(|site| site.public_origin.as_deref())
        .is_some_and(|origin| origin.starts_with("https://"))
}

/// Gives and takes the cookie of a session.
pub struct Jar<'r> {
    request: &'r Request<'r>,
    cookie: &'static cookies::Cookie,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Jar<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Jar::of(request, &cookies::SESSION))
    }
}

impl<'r> Jar<'r> {
    /// The jar of one of the declared cookies.
    pub fn of(request: &'r Request<'_>, cookie: &'static cookies::Cookie) -> Jar<'r> {
        Jar { request, cookie }
    }

    /// Whether the browser came with the cookie, whatever is in it.
    pub fn is_there(&self) -> bool {
        self.request.cookies().get(self.name()).is_some()
    }

    /// The token that the browser came with, whether or not its session runs.
    pub fn token(&self) -> Option<Token> {
        let cookie = self.request.cookies().get(self.name())?;
        Token::parse(cookie.value())
    }

    /// Gives the browser a token until it is closed.
    pub fn give(&self, token: &Token) {
        self.request.cookies().add(self.cookie(token.text()));
    }

    /// Takes it back. Rocket's own removal lacks `Secure`, and browsers would ignore it.
    pub fn take(&self) {
        let mut cookie = self.cookie(String::new());
        cookie.set_max_age(rocket::time::Duration::ZERO);
        self.request.cookies().add(cookie);
    }

    fn cookie(&self, value: String) -> Cookie<'static> {
        Cookie::build((self.name(), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(is_https(self.request))
            .build()
    }

    fn name(&self) -> &'static str {
        self.cookie.name(is_https(self.request))
    }
}

/// What every step of coming in needs.
pub(super) struct Door<'r> {
    pub(super) lang: Language,
    pub(super) db: Db,
    pub(super) vault: Vault,
    pub(super) config: Arc<Config>,
    pub(super) jar: Jar<'r>,
    pub(super) trips: TripJar<'r>,
    pub(super) here: Here<'r>,
    /// By which staff may sign in elsewhere.
    pub(super) provider: Option<Arc<Provider>>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Door<'r> {
    type Error = Error;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Error> {
        let rocket = request.rocket();
        let parts = (rocket.state::<Db>(), rocket.state::<Vault>());
        let (Some(db), Some(vault)) = parts else {
            return Outcome::Error((Status::ServiceUnavailable, Error::Busy));
        };
        let config = rocket.state::<Arc<Config>>().cloned();
        Outcome::Success(Door {
            lang: Language::of_path(request.uri().path().as_str()).0,
            db: db.clone(),
            vault: vault.clone(),
            config: config.unwrap_or_default(),
            jar: Jar::of(request, &cookies::SESSION),
            trips: TripJar::of(request),
            here: Here { request },
            provider: rocket
                .state::<Providers>()
                .and_then(|providers| providers.staff.clone()),
        })
    }
}

impl Door<'_> {
    /// Whether the operator wants a second step.
    pub(super) fn asks_second_step(&self) -> bool {
        self.config.staff_second_factor
    }

    /// The same, as those ask who decide by it.
    pub(super) fn need(&self) -> Need {
        match self.asks_second_step() {
            true => Need::Two,
            false => Need::One,
        }
    }

    /// This site as passkeys know it; nothing where no second step is asked for, or the address is
    /// none for passkeys.
    pub(super) fn relying_party(&self) -> Option<RelyingParty> {
        let library = &self.config.library_zh;
        let party = RelyingParty::at(&self.here.origin(), library);
        party.filter(|_| self.asks_second_step())
    }

    /// What people call the provider elsewhere, where there is one.
    pub(super) fn provider_name(&self) -> Option<String> {
        let provider = self.provider.as_ref()?;
        Some(provider.name(self.lang).to_owned())
    }
}

/// Under which address this site was reached, for links that are copied by hand.
pub struct Here<'r> {
    request: &'r Request<'r>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Here<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Here { request })
    }
}

impl<'r> Here<'r> {
    /// Of a request.
    pub fn of(request: &'r Request<'r>) -> Here<'r> {
        Here { request }
    }

    /// Scheme and host: the configured ones, else those that the browser used.
    pub fn origin(&self) -> String {
        let site = self.request.rocket().state::<Site>();
        match site.and_then(|site| site.public_origin.clone()) {
            Some(origin) => origin,
            None => {
                let host = self.request.headers().get_one("Host");
                format!("http://{}", host.unwrap_or("127.0.0.1:8000"))
            }
        }
    }
}
