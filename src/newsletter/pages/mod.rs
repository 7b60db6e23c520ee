//! The pages of the newsletter: for everybody, for subscribers with a link, for staff.
//!
//! Invariant: a link in a mail shows a page and changes nothing, because programs that look for
//! viruses open links; the button on that page does. The one address that mail programs themselves
//! may send to (RFC 8058) is `/newsletter/unsubscribe/<token>`.

mod archive;
mod public;
mod staff;

use std::time::Duration;

use rocket::Route;

use crate::platform::web::throttle::Throttle;
use crate::vault::guard::Haste;

/// Below this a form is taken from mail programs and other sites too: what it names, and nothing
/// else, says who sends it.
pub const ONE_CLICK: &str = "/newsletter/unsubscribe/";

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let mut routes = public::routes();
    routes.extend(archive::routes());
    routes.extend(staff::routes());
    routes
}

/// How often one network may ask for letters; managed by Rocket.
pub struct AskLimit(Throttle, Haste);

impl Default for AskLimit {
    fn default() -> AskLimit {
        let asked = Throttle::new(30, Duration::from_secs(120));
        AskLimit(asked, Haste::default())
    }
}
