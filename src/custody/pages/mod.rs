//! Holds, disclosures, providers, the tax vault and incidents, for those who may.

use rocket::Route;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
