//! Publishing: everything is checked, the promise is signed, and people may enter.
//!
//! Invariant: the activity opens in the transaction that writes the manifest and the key note; a
//! draft with a problem is never published.

use lucky_draw::encode::Hash;
use lucky_draw::record::{KeyNote, Manifest, Prize as PrizeLine};

use crate::account::{self, Standing};
use crate::activity::draft::{self, Trouble};
use crate::activity::stage::{Draft, Open};
use crate::activity::{self, Activity, ActivityId, Facts, Kind, LocalText};
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::survey;
use crate::vault::{self, ActivityKeys, Vault};
use crate::{journal, log};

use super::plan::{PlanDetails, PlanTrouble};
use super::{DrawStage, Error, Plan, PlanSource, jobs, rules, source, store, weigh};

/// What is frozen with the activity and comes from elsewhere.
#[derive(Debug, Clone)]
pub struct Terms {
    /// From [`Vault::create_activity`], asked before the transaction.
    pub keys: ActivityKeys,
    /// The notice of Art. 8, as the form will show it.
    pub notice: LocalText,
}

/// Something that keeps a draft from being published, and where it is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// On the first page.
    Details(Trouble),
    /// On the page of personal fields.
    Asked(Trouble),
    /// The address belongs to the site's journal.
    SlugReserved,
    /// There are no prizes yet.
    NoPlan,
    /// On the page of prizes.
    Plan(PlanTrouble),
    /// A survey asks nothing.
    NoQuestion,
}

impl Problem {
    /// The page where it is mended, below the activity's own.
    pub(super) fn page(self) -> &'static str {
        match self {
            Problem::Details(_) | Problem::SlugReserved => "details",
            Problem::Asked(_) => "privacy",
            Problem::NoPlan | Problem::Plan(_) => "draw",
            Problem::NoQuestion => "questions",
        }
    }
}

/// Everything that keeps an activity from being published at `now`, in the order of its pages.
pub fn problems(tx: &mut Tx, facts: &Facts, now: Timestamp) -> Result<Vec<Problem>, Error> {
    let mut problems: Vec<Problem> = facts
        .details()
        .troubles(now)
        .into_iter()
        .map(Problem::Details)
        .collect();
    if facts.slug == "journal" {
        problems.push(Problem::SlugReserved);
    }
    let asked = activity::asked_fields(tx, &facts.id)?;
    let asked = draft::asked_troubles(facts.kind, &asked);
    problems.extend(asked.into_iter().map(Problem::Asked));
    match facts.kind {
        Kind::Draw => match super::plan(tx, &facts.id)? {
            None => problems.push(Problem::NoPlan),
            Some(plan) => {
                let details = PlanDetails::from(&plan);
                problems.extend(details.troubles().into_iter().map(Problem::Plan));
                let refused = weigh::refusals(&details.sources, facts, staff_in_use(tx)?);
                let refused = refused.into_iter().map(PlanTrouble::Source);
                problems.extend(refused.map(Problem::Plan));
            }
        },
        Kind::Survey => {
            if survey::questionnaire(tx, &facts.id)?.questions().is_empty() {
                problems.push(Problem::NoQuestion);
            }
        }
    }
    Ok(problems)
}

/// How many members of staff can sign in.
pub(super) fn staff_in_use(tx: &mut Tx) -> Result<usize, Error> {
    let accounts = account::list(tx)?.into_iter();
    Ok(accounts
        .filter(|account| account.standing == Standing::Active)
        .count())
}

/// Publishes a draft: keys, and for a draw its log and the signed promise; then what comes by
/// itself is set up.
pub fn publish(
    tx: &mut Tx,
    vault: &Vault,
    by: &StaffId,
    draft: Activity<Draft>,
    terms: &Terms,
) -> Result<Activity<Open>, Error> {
    let now = tx.now();
    let facts = draft.facts().clone();
    if !problems(tx, &facts, now)?.is_empty() {
        return Err(Error::NotReady);
    }
    vault::keep_keys(tx, facts.id.as_str(), &terms.keys.public)?;
    let object = match facts.kind {
        Kind::Draw => promise(tx, vault, &facts, &terms.keys.tag_key)?,
        Kind::Survey => {
            super::plan::delete_plan(tx, &facts.id)?;
            String::new()
        }
    };
    jobs::enqueue_close(tx, &facts)?;
    let open = draft.publish(tx, &terms.notice)?;
    record(tx, by, &facts.id, &object)?;
    Ok(open)
}

/// Signs what the draw promises and starts its log; gives the draw's id.
fn promise(tx: &mut Tx, vault: &Vault, facts: &Facts, tag_key: &Hash) -> Result<String, Error> {
    let stored = super::plan(tx, &facts.id)?.ok_or(Error::NotReady)?;
    // The dates may have changed since the plan was saved.
    let details = PlanDetails::from(&stored);
    let plan = Plan {
        sources: source::planned(facts.draws_at, &details.sources),
        ..stored
    };
    store::save(tx, &plan)?;
    let draw = plan.id.as_str();
    let asked = activity::asked_fields(tx, &facts.id)?;
    let rules = rules::rules_text(facts, &plan, &asked)?;
    let rules = super::keep_file(tx, &facts.id, draw, "rules.txt", &rules)?;

    let manifest = manifest(vault, facts, &plan, rules)?;
    manifest.check().map_err(Error::Manifest)?;
    let written = journal::write(tx, vault, &manifest.to_text())?;
    super::keep_note(tx, &facts.id, draw, "manifest.note", &written)?;
    let key = KeyNote {
        manifest: written.hash,
        tag_key: *tag_key,
        witnesses: Vec::new(),
        quorum: 0,
    };
    let key = journal::write(tx, vault, &key.to_text())?;
    super::keep_note(tx, &facts.id, draw, "key.note", &key)?;

    let base = Some(written.hash);
    log::create(tx, facts.id.as_str(), draw, &manifest.origin, base)?;
    store::set_manifest(tx, &plan, &written.hash)?;
    store::advance(tx, &plan, DrawStage::Open)?;
    jobs::enqueue_draw(tx, facts, &plan)?;
    Ok(plan.id.0)
}

fn manifest(vault: &Vault, facts: &Facts, plan: &Plan, rules: Hash) -> Result<Manifest, Error> {
    let prize = |prize: &super::Prize| PrizeLine {
        slug: prize.slug.clone(),
        units: prize.units,
    };
    let sources: Result<Vec<_>, Error> = plan.sources.iter().map(PlanSource::line).collect();
    Ok(Manifest {
        origin: format!("{}/{}", vault.site_name(), facts.slug),
        rules,
        opens: unix(facts.opens_at),
        closes: unix(facts.closes_at),
        freezes: unix(facts.freezes_at),
        sources: sources?,
        prizes: plan.prizes.iter().map(prize).collect(),
        reserves: plan.reserves,
        wins_per_person: plan.wins_per_person,
        tickets_per_person: plan.tickets_per_person,
        excludes: Vec::new(),
        supersedes: None,
    })
}

/// The protocol's unit of time; dates of an activity are checked to be after 1970.
fn unix(at: Timestamp) -> u64 {
    u64::try_from(at.unix()).unwrap_or(0)
}

fn record(tx: &mut Tx, by: &StaffId, activity: &ActivityId, draw: &str) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: &Actor::Staff(by.clone()),
            act: "activity.published",
            activity: activity.as_str(),
            object: draw,
            purpose: "",
            reason: "",
        },
    )?)
}
