//! What leaves with an answer: cookies that were declared, and no other one.
//!
//! Not here: the list ([`crate::platform::cookies`]).

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Request, Response};

use super::reference::Reference;
use super::site::Site;
use crate::platform::cookies;

/// Takes every cookie out of an answer that is not as it was declared, and says so in the log.
pub(super) struct DeclaredOnly;

#[rocket::async_trait]
impl Fairing for DeclaredOnly {
    fn info(&self) -> Info {
        Info {
            name: "declared cookies only",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let lines: Vec<String> = response
            .headers()
            .get("Set-Cookie")
            .map(str::to_owned)
            .collect();
        let https = Site::of(request).is_some_and(Site::is_https);
        let fault = |line: &String| cookies::fault(line, https);
        let Some(why) = lines.iter().find_map(fault) else {
            return;
        };
        let reference = Reference::of(request);
        let route = request.route().map_or("-", |route| route.uri.as_str());
        tracing::error!(reference, route, why, "a cookie was kept back");
        response.remove_header("Set-Cookie");
        for line in lines.into_iter().filter(|line| fault(line).is_none()) {
            response.adjoin_raw_header("Set-Cookie", line);
        }
    }
}
