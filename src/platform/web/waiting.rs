//! The waiting page: more people are here than can be served at once.
//!
//! Invariant: it says honestly that nothing was done. A page that was asked for asks again by
//! itself, without JavaScript; a form keeps every field as it was sent, and goes again to the same
//! address when the person says so. It is kept nowhere.
//!
//! Not here: when it is shown ([`crate::platform::edge`], and [`super::error::AppError::crowded`]).

use minijinja::{Value, context};

use super::form::{self, FormFields};
use super::page::{Place, frame};
use crate::platform::clock::Timestamp;
use crate::platform::templates;
use crate::platform::text::dates;

/// The page of a network that sends no form until a time. `typed` is what it sent.
pub fn blocked(place: &Place<'_>, until: Timestamp, typed: Option<&FormFields>) -> Option<String> {
    let query = place.query.map(|query| format!("?{query}"));
    let address = format!("{}{}", place.path, query.unwrap_or_default());
    // Rounded up to a whole minute, because the page shows hours and minutes.
    let time = dates::time(until.0.saturating_add(59_999));
    let view = context! {
        time,
        again => typed.map(|typed| form::again(address, typed)),
    };
    shown(place, "blocked.html.j2", view)
}

/// The page; after `seconds` it is worth another try. `typed` is what a form sent.
///
/// Nothing where the page itself is broken, which the log then says.
pub fn page(place: &Place<'_>, seconds: u64, typed: Option<&FormFields>) -> Option<String> {
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
    shown(place, "waiting.html.j2", view)
}

fn shown(place: &Place<'_>, template: &str, view: Value) -> Option<String> {
    let language = place.language();
    let whole = context! { ..frame(place, language, None, false), ..view };
    match templates::render_value(language, template, whole) {
        Ok(html) => Some(html),
        Err(error) => {
            tracing::error!(%error, template, "the page cannot be rendered");
            None
        }
    }
}
