//! Preparing a draw: it is saved, moved and removed as long as the activity is a draft.
//!
//! Invariant: what is stored was checked by [`PlanDetails::troubles`]; a save names the version
//! of the draft that it was made from.

use lucky_draw::beacon::{Chain, QUICKNET};

use crate::activity::{self, Activity, ActivityId, Facts, stage};
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;

use super::details::{MOST_DRAWS, PlanDetails, suggested_draw_slug};
use super::source::{self, DrandRound};
use super::{DrawId, DrawStage, Error, Plan, Prize, store};

/// The chain that new draws use, and the first of its rounds at or after `draws_at`.
///
/// The round is due up to one period (3 s) after `draws_at`.
pub fn round_for(draws_at: Timestamp) -> (&'static Chain, u64) {
    let found = DrandRound::at_or_after(&QUICKNET, draws_at);
    (found.chain, found.round)
}

/// Saves one draw of a draft, made from `version` of it; without an id a new one at the end.
pub fn save_plan(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    draw: Option<&DrawId>,
    version: i64,
    details: &PlanDetails,
) -> Result<Plan, Error> {
    let facts = activity::by_id(tx, activity)?;
    let draft: Activity<stage::Draft> = Activity::at(facts)?;
    if !details.troubles().is_empty() {
        return Err(Error::NotReady);
    }
    activity::draft::count_save(tx, activity, version)?;
    let known = super::plans(tx, activity)?;
    let (id, position) = match draw {
        Some(id) => {
            let plan = known.iter().find(|plan| plan.id == *id);
            let plan = plan.ok_or(Error::Unknown)?;
            (plan.id.clone(), plan.position)
        }
        None if known.len() >= MOST_DRAWS => return Err(Error::NotReady),
        None => {
            let last = known.last().map_or(0, |plan| plan.position);
            (DrawId::fresh(), last + 1)
        }
    };
    let mut plan = planned(draft.facts(), id, position, details);
    if details.slug.is_empty() {
        plan.slug = free_slug(&known, &plan);
    }
    let taken = |other: &&Plan| other.id != plan.id && other.slug == plan.slug;
    if known.iter().any(|other| taken(&other)) {
        return Err(Error::NotReady);
    }
    store::save(tx, &plan)?;
    record(tx, &Actor::Staff(by.clone()), "draw.planned", &plan)?;
    Ok(plan)
}

/// The first name in the protocol that no other draw has, counting on from the draw's place.
fn free_slug(known: &[Plan], plan: &Plan) -> String {
    let taken = |slug: &str| {
        known
            .iter()
            .any(|other| other.id != plan.id && other.slug == slug)
    };
    let mut names = (plan.position..).map(suggested_draw_slug);
    names.find(|slug| !taken(slug)).unwrap_or_default()
}

pub(super) fn planned(facts: &Facts, id: DrawId, position: u32, details: &PlanDetails) -> Plan {
    let draws_at = details.draws_at.unwrap_or(facts.draws_at);
    let prizes = details.prizes.iter().zip(details.slugs()).zip(1..);
    Plan {
        activity: facts.id.clone(),
        id,
        stage: DrawStage::Planned,
        sources: source::planned(draws_at, &details.sources),
        reserves: details.reserves,
        wins_per_person: details.wins_per_person,
        tickets_per_person: details.tickets_per_person,
        prizes: prizes
            .map(|((prize, slug), position)| Prize {
                position,
                slug,
                name: prize.name.clone(),
                units: prize.units,
                value_twd: prize.value_twd,
            })
            .collect(),
        manifest: None,
        position,
        slug: details.slug.clone(),
        name: details.name.clone(),
        draws_at: details.draws_at,
        excludes: details.excludes.clone(),
    }
}

/// Puts a draw of a draft one place further to the front.
pub fn move_up(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    draw: &DrawId,
    version: i64,
) -> Result<(), Error> {
    let _draft: Activity<stage::Draft> = Activity::at(activity::by_id(tx, activity)?)?;
    activity::draft::count_save(tx, activity, version)?;
    let plans = super::plans(tx, activity)?;
    let at = plans.iter().position(|plan| plan.id == *draw);
    let at = at.ok_or(Error::Unknown)?;
    let Some(before) = at.checked_sub(1) else {
        return Ok(());
    };
    let (mut first, mut second) = (plans[before].clone(), plans[at].clone());
    std::mem::swap(&mut first.position, &mut second.position);
    // What the one that now comes first excludes may now come after it.
    second.excludes.retain(|id| *id != first.id);
    store::save(tx, &first)?;
    store::save(tx, &second)?;
    record(tx, &Actor::Staff(by.clone()), "draw.planned", &second)
}

/// Removes one draw of a draft.
pub fn delete_plan(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    draw: &DrawId,
    version: i64,
) -> Result<(), Error> {
    let _draft: Activity<stage::Draft> = Activity::at(activity::by_id(tx, activity)?)?;
    activity::draft::count_save(tx, activity, version)?;
    let plans = super::plans(tx, activity)?;
    let plan = plans.into_iter().find(|plan| plan.id == *draw);
    let plan = plan.ok_or(Error::Unknown)?;
    store::delete(tx, &plan)?;
    record(tx, &Actor::Staff(by.clone()), "draw.removed", &plan)
}

/// Removes the plans of a draft that is about to be deleted, or that becomes a survey.
pub fn delete_plans(tx: &mut Tx, activity: &ActivityId) -> Result<(), Error> {
    // The later ones exclude the earlier ones.
    for plan in super::plans(tx, activity)?.iter().rev() {
        if plan.stage != DrawStage::Planned {
            return Err(Error::OtherStage { found: plan.stage });
        }
        store::delete(tx, plan)?;
    }
    Ok(())
}

/// Adds a line about a draw to the audit record.
pub(super) fn record(
    tx: &mut Tx,
    actor: &Actor,
    act: &'static str,
    plan: &Plan,
) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor,
            act,
            activity: plan.activity.as_str(),
            object: plan.id.as_str(),
            purpose: "",
            reason: "",
        },
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_round_is_the_first_one_at_or_after_the_time_of_the_draw() {
        // Round 1000 is due at 1692806364.
        for (milliseconds, round) in [
            (1_692_806_361_001, 1000),
            (1_692_806_364_000, 1000),
            (1_692_806_364_001, 1001),
        ] {
            let (chain, found) = round_for(Timestamp(milliseconds));
            assert_eq!(found, round, "{milliseconds}");
            assert!(chain.round_time(found) * 1000 >= milliseconds.unsigned_abs());
        }
    }
}
