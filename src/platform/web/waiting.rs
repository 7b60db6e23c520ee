//! The waiting page: more people are here than can be served at once.
//!
//! Invariant: it says honestly that nothing was done. A page that was asked for asks again by
//! itself, without JavaScript; a form keeps every field as it was sent, and goes again to the same
//! address when the person says so. It is kept nowhere.
//!
//! Not here: when it is shown ([`crate::platform::edge`], and [`super::error::AppError::crowded`]).

use minijinja::context;

use super::form::{self, FormFields};
use super::page::{Place, frame};
use crate::platform::templates;

/// The page; after `seconds` it is worth another try. `typed` is what a form sent.
///
/// Nothing where the page itself is broken, which the log then says.
pub fn page(place: &Place<'_>, seconds: u64, typed: Option<&FormFields>) -> Option<String> {
    let language = place.language();
    let query = place.query.map(|query| format!("?{query}"));
    let is_read = matches!(
        place.method,
        rocket::http::Method::Get | rocket::http::Method::Head
    );
    let address = format!("{}{}", place.path, query.unwrap_or_default());
    let view = context! {
        seconds => seconds,
        asks_again => is_read,
        again => typed.map(|typed| form::again(address.clone(), typed)),
        address,
    };
    let whole = context! { ..frame(place, language, None, false), ..view };
    match templates::render_value(language, "waiting.html.j2", whole) {
        Ok(html) => Some(html),
        Err(error) => {
            tracing::error!(%error, "the waiting page cannot be rendered");
            None
        }
    }
}
