//! The form for a request, its status, and the queue of staff.

use rocket::Route;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
