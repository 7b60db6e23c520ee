//! Places that are drawn by lot: every session is a draw of its own, made when it is published.
//!
//! Invariant: there is no second lottery. The places of a session are the one prize of its draw, its
//! line the reserves, and a person picks one session; the draw has the session's id.
//!
//! Not here: sessions while they are written ([`crate::seats::draft`]), everything after publishing.

use crate::activity::stage::Draft;
use crate::activity::{self, Activity, Arrangement, Facts, LocalText, draft};
use crate::audit::StaffId;
use crate::platform::db::Tx;
use crate::platform::text::Language;
use crate::seats::{self, Session};

use super::details::{PlanDetails, PrizeDetails};
use super::{DrawId, Error, Plan, plan, store};

/// The name of the one prize in the protocol.
const PLACE: &str = "place";

/// The draws that the sessions of an activity would be, as they stand now.
pub fn plans(tx: &mut Tx, facts: &Facts) -> Result<Vec<Plan>, Error> {
    let sessions = seats::sessions(tx, &facts.id)?;
    let each = sessions.iter().zip(1..);
    Ok(each.map(|(session, at)| of(facts, session, at)).collect())
}

fn of(facts: &Facts, session: &Session, position: u32) -> Plan {
    let id = DrawId(session.id.0.clone());
    plan::planned(facts, id, position, &details(session, position))
}

fn details(session: &Session, position: u32) -> PlanDetails {
    PlanDetails {
        prizes: vec![PrizeDetails {
            slug: PLACE.to_owned(),
            name: LocalText::new("名額", "Place"),
            units: session.capacity,
            value_twd: 0,
        }],
        reserves: session.waiting_places,
        slug: format!("session-{position}"),
        name: LocalText::new(
            session.described(Language::ZhTw),
            session.described(Language::En),
        ),
        ..PlanDetails::suggested()
    }
}

/// Writes the draws of the sessions of a draft that is about to be published, in the place of an
/// earlier try.
pub(super) fn write(
    tx: &mut Tx,
    by: &StaffId,
    draft: Activity<Draft>,
) -> Result<Activity<Draft>, Error> {
    let facts = draft.facts();
    plan::delete_plans(tx, &facts.id)?;
    let plans = plans(tx, facts)?;
    for plan in &plans {
        store::save(tx, plan)?;
    }
    let arrangement = match plans.len() {
        1 => Arrangement::Sessions,
        _ => Arrangement::Pools,
    };
    draft::save_arrangement(tx, by, &facts.id, facts.version, arrangement)?;
    Ok(Activity::at(activity::by_id(tx, &facts.id)?)?)
}
