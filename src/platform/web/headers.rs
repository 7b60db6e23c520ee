//! The headers of every answer.
//!
//! Invariant: nothing inline and nothing from another site can run or be shown, and no other
//! site learns which page a visitor came from.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Request, Response};

use super::site::Site;
use super::{Area, language_of};

/// Content-Security-Policy of every answer.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
     script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

const FIXED: [(&str, &str); 6] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    ("X-Frame-Options", "DENY"),
];

/// Sets the headers after each answer.
#[derive(Debug)]
pub struct Headers {
    https: bool,
}

impl Headers {
    pub(super) fn of(site: &Site) -> Headers {
        Headers {
            https: site.is_https(),
        }
    }
}

#[rocket::async_trait]
impl Fairing for Headers {
    fn info(&self) -> Info {
        Info {
            name: "headers of every answer",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        for (name, value) in FIXED {
            response.set_header(Header::new(name, value));
        }
        response.set_header(Header::new(
            "Referrer-Policy",
            referrer_policy(Area::of(request)),
        ));
        if response.content_type().is_some_and(|kind| kind.is_html()) {
            response.set_header(Header::new("Content-Language", language_of(request).tag()));
        }
        if self.https {
            response.set_header(Header::new("Strict-Transport-Security", "max-age=63072000"));
        }
    }
}

/// Under `no-referrer` a browser sends `Origin: null` with a form, and on plain http (a laptop in
/// a hall, reached by its LAN name) it sends no `Sec-Fetch-Site` either; the guard could then not
/// tell a form of staff from a stranger's. `same-origin` tells other sites just as little.
fn referrer_policy(area: Area) -> &'static str {
    match area {
        Area::Public => "no-referrer",
        Area::Staff => "same-origin",
    }
}
