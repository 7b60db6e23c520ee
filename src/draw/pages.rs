//! Pages of draws: those of the public, and those with which staff prepare, publish and cancel.
//!
//! Not here: winners and notices ([`crate::notify`]), the certificate of a purge
//! ([`crate::purge`]), the activity's own pages.

mod cancelling;
mod numbering;
mod objecting;
mod pasting;
mod prizes;
mod public;
mod publishing;
mod replacing;

use rocket::Route;

use crate::activity::{self, ActivityId, Facts};
use crate::draw::{self, Error, Plan};
use crate::platform::db::{Db, Tx};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    [
        public::routes(),
        prizes::routes(),
        publishing::routes(),
        cancelling::routes(),
        pasting::routes(),
        numbering::routes(),
        objecting::routes(),
        replacing::routes(),
    ]
    .concat()
}

/// The files of this domain, which have no language and one address.
pub fn files() -> Vec<Route> {
    public::files()
}

/// The page of an activity, where every staff page leads back to.
fn home(id: &ActivityId) -> String {
    format!("/staff/activities/{id}")
}

fn planned(tx: &mut Tx, id: &ActivityId) -> Result<(Facts, Option<Plan>), Error> {
    let facts = activity::by_id(tx, id)?;
    let plan = draw::plan(tx, id)?;
    Ok((facts, plan))
}

async fn read_planned(db: &Db, id: &ActivityId) -> Result<(Facts, Option<Plan>), Error> {
    let id = id.clone();
    db.read("read plan", move |tx| planned(tx, &id)).await
}
