//! Pages of draws: those of the public, and those with which staff prepare, publish and cancel.
//!
//! Not here: winners and notices ([`crate::notify`]), the certificate of a purge
//! ([`crate::purge`]), the activity's own pages.

mod cancelling;
mod file;
mod list;
mod numbering;
mod objecting;
mod pasting;
mod prizes;
pub mod proof;
mod public;
mod publishing;
mod replacing;
pub mod shelf;
mod unlock;
mod verifying;

use rocket::Route;

use crate::activity::{self, ActivityId, Facts};
use crate::audit::detector;
use crate::draw::{self, Error, Plan};
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    [
        public::routes(),
        verifying::routes(),
        proof::routes(),
        list::routes(),
        prizes::routes(),
        publishing::routes(),
        cancelling::routes(),
        pasting::routes(),
        numbering::routes(),
        objecting::routes(),
        replacing::routes(),
        unlock::routes(),
    ]
    .concat()
}

/// The files of this domain, which have no language and one address.
pub fn files() -> Vec<Route> {
    [public::files(), proof::files(), verifying::files()].concat()
}

/// The page of an activity, where every staff page leads back to.
fn home(id: &ActivityId) -> String {
    format!("/staff/activities/{id}")
}

fn planned(tx: &mut Tx, id: &ActivityId) -> Result<(Facts, Vec<Plan>), Error> {
    let facts = activity::by_id(tx, id)?;
    let plans = draw::plans(tx, id)?;
    Ok((facts, plans))
}

/// One of the draws of an activity.
fn one_of<'p>(plans: &'p [Plan], draw: &str) -> Result<&'p Plan, Error> {
    let found = plans.iter().find(|plan| plan.id.as_str() == draw);
    found.ok_or(Error::Unknown)
}

async fn read_planned(db: &Db, id: &ActivityId) -> Result<(Facts, Vec<Plan>), Error> {
    let id = id.clone();
    db.read("read plan", move |tx| planned(tx, &id)).await
}

/// Notes what would let a person be recognised in words that everybody will read.
fn keep_people_out(
    language: Language,
    mistakes: &mut Mistakes,
    words: [(&'static str, &String); 2],
) {
    for (field, words) in words {
        if let Some(id) = detector::in_public(words) {
            mistakes.add(field, text::message(language, id, &[]));
        }
    }
}
