//! The cookie of somebody who is on the way to a provider elsewhere and back.
//!
//! It is the one cookie that comes along when another site leads somebody here (`SameSite=Lax`):
//! those of sessions do not, and are neither needed nor given on the page that does so, because that
//! page only sends itself on to this site. What is in it is sealed.

use rocket::http::{Cookie, SameSite};
use rocket::request::{FromRequest, Outcome, Request};

use crate::platform::cookies::ELSEWHERE;

/// Gives and takes it.
pub struct TripJar<'r>(&'r Request<'r>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for TripJar<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(TripJar::of(request))
    }
}

impl<'r> TripJar<'r> {
    /// Of a request.
    pub fn of(request: &'r Request<'r>) -> TripJar<'r> {
        TripJar(request)
    }

    /// Gives the browser what it has to bring back.
    pub fn give(&self, sealed: String) {
        let seconds = ELSEWHERE.seconds.unwrap_or_default();
        self.0.cookies().add(self.cookie(sealed, seconds));
    }

    /// What it brought; from here on it has it no more.
    pub fn take(&self) -> Option<String> {
        let cookie = self.0.cookies().get(self.name())?;
        let sealed = cookie.value().to_owned();
        self.0.cookies().add(self.cookie(String::new(), 0));
        Some(sealed)
    }

    fn cookie(&self, value: String, seconds: i64) -> Cookie<'static> {
        Cookie::build((self.name(), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(rocket::time::Duration::seconds(seconds))
            .secure(super::is_https(self.0))
            .build()
    }

    fn name(&self) -> &'static str {
        ELSEWHERE.name(super::is_https(self.0))
    }
}
