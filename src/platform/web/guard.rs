//! What every request passes before its handler: the guard against forged requests.
//!
//! Invariant: every mounted route of the site is wrapped by [`protect`] ([`unprotected`] finds one that is
//! not, and a test of the whole app asks it). A request that changes something is taken only
//! from our own pages: by `Sec-Fetch-Site`, else by `Origin`, else (public pages
//! only, whose forms carry a signed token) neither.
//!
//! Not here: who may do what (`account`).

use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Phase, Request, Rocket, Route};
use tracing::Instrument;

use super::Area;
use super::error::AppError;
use super::reference::Reference;
use super::site::Site;

const MARK: &str = "guarded ";

/// Wraps every route in the guard.
pub fn protect(routes: Vec<Route>) -> Vec<Route> {
    routes
        .into_iter()
        .map(|mut route| {
            let name = route.name.as_deref().unwrap_or("-");
            route.name = Some(format!("{MARK}{name}").into());
            route.handler = Box::new(Guarded(route.handler));
            route
        })
        .collect()
}

/// The routes that do not go through the guard; a test expects none.
pub fn unprotected<P: Phase>(rocket: &Rocket<P>) -> Vec<String> {
    rocket
        .routes()
        .filter(|route| !route.name.as_deref().unwrap_or("").starts_with(MARK))
        .map(|route| route.uri.to_string())
        .collect()
}

#[derive(Clone)]
struct Guarded(Box<dyn Handler>);

#[rocket::async_trait]
impl Handler for Guarded {
    async fn handle<'r>(&self, request: &'r Request<'_>, mut data: Data<'r>) -> Outcome<'r> {
        match refusal(request, &mut data).await {
            Some(status) => Outcome::from(request, AppError::plain(status)),
            None => {
                let handled = self.0.handle(request, data);
                handled.instrument(Reference::span(request)).await
            }
        }
    }
}

async fn refusal(request: &Request<'_>, data: &mut Data<'_>) -> Option<Status> {
    match request.method() {
        Method::Get | Method::Head | Method::Post => {}
        _ => return Some(Status::MethodNotAllowed),
    }
    // Rocket takes another method from a first form field of this name; we have no use for it.
    const OVERRIDE: &[u8] = b"_method=";
    if data.peek(OVERRIDE.len()).await == OVERRIDE {
        return Some(Status::BadRequest);
    }
    let ours = request.method() != Method::Post || came_from_us(request);
    (!ours).then_some(Status::Forbidden)
}

fn came_from_us(request: &Request<'_>) -> bool {
    let headers = request.headers();
    Source {
        fetch_sites: headers.get("Sec-Fetch-Site").collect(),
        // A browser that hides the origin on purpose says `null`.
        origin: headers.get_one("Origin").filter(|origin| *origin != "null"),
        host: headers.get_one("Host"),
        public_origin: Site::of(request).and_then(|site| site.public_origin.as_deref()),
        area: Area::of(request),
    }
    .is_ours()
}

/// What a request says about the page it was sent from.
struct Source<'a> {
    fetch_sites: Vec<&'a str>,
    origin: Option<&'a str>,
    host: Option<&'a str>,
    public_origin: Option<&'a str>,
    area: Area,
}

impl Source<'_> {
    fn is_ours(&self) -> bool {
        if !self.fetch_sites.is_empty() {
            return self
                .fetch_sites
                .iter()
                .all(|site| matches!(*site, "same-origin" | "none"));
        }
        match (self.origin, self.public_origin) {
            (Some(origin), Some(ours)) => origin.eq_ignore_ascii_case(ours),
            // The scheme is not compared: a proxy may speak https where we see http.
            (Some(origin), None) => match (origin.split_once("://"), self.host) {
                (Some((_, site)), Some(host)) => site.eq_ignore_ascii_case(host),
                _ => false,
            },
            (None, _) => self.area == Area::Public,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(site: &str, origin: Option<&str>, public: Option<&str>, area: Area) -> bool {
        Source {
            fetch_sites: if site.is_empty() { vec![] } else { vec![site] },
            origin,
            host: Some("draw.example.org"),
            public_origin: public,
            area,
        }
        .is_ours()
    }

    #[test]
    fn a_form_of_another_site_is_refused_and_our_own_is_taken() {
        use Area::{Public, Staff};
        let us = Some("https://draw.example.org");
        for area in [Public, Staff] {
            assert!(check("same-origin", None, None, area));
            assert!(check("none", None, None, area));
            assert!(check("", us, None, area));
            assert!(check("", Some("http://draw.example.org"), None, area));
            assert!(check("", Some("HTTPS://Draw.example.org"), us, area));
            for site in ["cross-site", "same-site", "Same-Origin", "x"] {
                assert!(!check(site, us, us, area), "{site}");
            }
            assert!(!check("", Some("http://draw.example.org"), us, area));
            assert!(!check("", Some("https://evil.example"), None, area));
            assert!(!check(
                "",
                Some("https://draw.example.org.evil.example"),
                None,
                area
            ));
            assert!(!check("", Some("draw.example.org"), None, area));
        }
        assert!(check("", None, None, Public));
        assert!(!check("", None, None, Staff));
    }
}
