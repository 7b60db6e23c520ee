//! Staff pages of sessions: writing them in a draft, and running them once they are published.
//!
//! Not here: what people see: the form and their own page ([`crate::entry`]), the activity's page
//! ([`crate::portal`]).

mod planning;
mod running;

use rocket::Route;

pub use running::DoorLimit;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let mut routes = planning::routes();
    routes.extend(running::routes());
    routes
}
