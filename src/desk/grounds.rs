//! Which branch runs what a page of staff is about.
//!
//! Not here: who asks ([`crate::account::guard`]), which address is about what
//! ([`crate::account::reach`]).

use crate::account::reach::{Ground, Grounds, Reach};
use crate::activity::{self, ActivityId};
use crate::draw::{self, DrawId};
use crate::platform::db::{self, Tx};

/// Asks activities and draws.
pub struct Activities;

impl Grounds for Activities {
    fn are_within(
        &self,
        tx: &mut Tx,
        reach: &Reach,
        ground: Ground<'_>,
    ) -> Result<bool, db::Error> {
        match ground {
            Ground::Activity(id) => covers(tx, reach, &ActivityId::from(id)),
            Ground::Draw(id) => covers_draw(tx, reach, id),
            Ground::DrawOf(activity, draw) => Ok(
                covers(tx, reach, &ActivityId::from(activity))? && covers_draw(tx, reach, draw)?
            ),
            Ground::Lists => Ok(true),
            Ground::Library => Ok(reach.is_whole()),
        }
    }
}

fn covers(tx: &mut Tx, reach: &Reach, id: &ActivityId) -> Result<bool, db::Error> {
    match activity::by_id(tx, id) {
        Ok(facts) => Ok(reach.covers(facts.branch.as_ref())),
        Err(activity::Error::Unknown) => Ok(true),
        Err(activity::Error::Db(error)) => Err(error),
        Err(_) => Ok(false),
    }
}

fn covers_draw(tx: &mut Tx, reach: &Reach, id: &str) -> Result<bool, db::Error> {
    match draw::by_id(tx, &DrawId::from(id)) {
        Ok(plan) => covers(tx, reach, &plan.activity),
        Err(draw::Error::Unknown) => Ok(true),
        Err(draw::Error::Db(error)) => Err(error),
        Err(_) => Ok(false),
    }
}
