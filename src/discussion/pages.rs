//! The discussion of an activity: to read and to write in, and its desk.

mod desk;
mod public;

use std::time::Duration;

use lucky_draw::ticket::Secret;
use rocket::Route;

use crate::platform::web::throttle::Throttle;
use crate::vault::guard::Haste;
use crate::vault::guard::Visit;

use super::PostId;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let mut routes = public::routes();
    routes.extend(desk::routes());
    routes
}

/// How often one network may post; managed by Rocket.
pub struct DiscussionLimit(Throttle, Haste);

impl Default for DiscussionLimit {
    fn default() -> DiscussionLimit {
        let posts = Throttle::new(30, Duration::from_secs(120));
        DiscussionLimit(posts, Haste::default())
    }
}

/// The kind of the token that a form carries.
const FORM: &str = "post";

/// The id of the post that a form is about to make: sent twice, it is one.
fn post_id(code: &Secret) -> PostId {
    let letters = code.as_str().chars().take(12);
    PostId(letters.collect::<String>().to_ascii_lowercase())
}

fn fresh_token(visit: &Visit<'_>) -> Result<String, crate::vault::Error> {
    let code = Secret::from_entropy(crate::platform::ids::random());
    visit.seal_code(FORM, &code)
}
