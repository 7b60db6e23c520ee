//! Publishing: everything is checked, the promise is signed, and people may enter.
//!
//! Invariant: the activity opens in the transaction that writes the manifest and the key note; a
//! draft with a problem is never published.

use lucky_draw::encode::Hash;
use lucky_draw::record::{KeyNote, Manifest, Prize as PrizeLine};

use crate::account::{self, Permission};
use crate::activity::draft::{self, Trouble};
use crate::activity::stage::{Draft, Open};
use crate::activity::{
    self, Activity, ActivityId, Allocation, Arrangement, Eligibility, Facts, Kind, LocalText,
};
use crate::admission;
use crate::audit::{self, Act, Actor, StaffId};
use crate::entry::{self, NewDrum};
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::policy::retention::{self, Class};
use crate::policy::{self, uses, versions};
use crate::seats::{self, SessionId};
use crate::stats;
use crate::survey;
use crate::vault::{self, ActivityKeys, Vault};
use crate::{journal, log};

use super::details::{PlanDetails, PlanTrouble};
use super::tax::RuleBook;
use super::weigh::Around;
use super::{
    DrawId, DrawStage, Error, Plan, PlanSource, SourceTrouble, jobs, lots, rules, secret, source,
    store, weigh, witnesses,
};

/// What is frozen with the activity and comes from elsewhere.
#[derive(Debug, Clone)]
pub struct Terms {
    /// From [`Vault::create_activity`], asked before the transaction.
    pub keys: ActivityKeys,
    /// The notice of Art. 8, as the form will show it.
    pub notice: LocalText,
    /// The rules of the tax on prizes, which the rules file tells.
    pub tax: RuleBook,
}

/// Something that keeps a draft from being published, and where it is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// On the first page.
    Details(Trouble),
    /// On the page of personal fields.
    Asked(Trouble),
    /// The address belongs to the site's journal.
    SlugReserved,
    /// Entry opens before witnesses can have seen the draw published.
    OpensUnseen,
    /// There are no prizes yet.
    NoPlan,
    /// On the page of one draw.
    Plan(DrawId, PlanTrouble),
    /// People would pick a pool, and there is one.
    OnePool,
    /// Only cards of a list may enter, and the list is empty.
    NoCards,
    /// A survey asks nothing.
    NoQuestion,
    /// There are no sessions yet.
    NoSession,
    /// On the page of one session.
    Session(SessionId, seats::draft::Trouble),
}

impl Problem {
    /// The page where it is mended, below the activity's own.
    pub(super) fn page(&self) -> String {
        match self {
            Problem::Details(_) | Problem::SlugReserved | Problem::OpensUnseen => {
                "details".to_owned()
            }
            Problem::Asked(_) => "privacy".to_owned(),
            Problem::NoPlan | Problem::OnePool => "draws".to_owned(),
            Problem::Plan(draw, _) => format!("draws/{draw}"),
            Problem::NoCards => "admission".to_owned(),
            Problem::NoQuestion => "questions".to_owned(),
            Problem::NoSession => "sessions".to_owned(),
            Problem::Session(session, _) => format!("sessions/{session}"),
        }
    }
}

/// Everything that keeps an activity from being published at `now`, in the order of its pages.
pub fn problems(tx: &mut Tx, facts: &Facts, now: Timestamp) -> Result<Vec<Problem>, Error> {
    let mut problems: Vec<Problem> = facts
        .details()
        .troubles(now, retention::days(tx, Class::Entries)?)
        .into_iter()
        .map(Problem::Details)
        .collect();
    if facts.slug == "journal" {
        problems.push(Problem::SlugReserved);
    }
    if opens_unseen(tx, facts, now)? {
        problems.push(Problem::OpensUnseen);
    }
    let asked = activity::asked_fields(tx, &facts.id)?;
    let asked = draft::asked_troubles(facts.kind, facts.eligibility, &asked);
    problems.extend(asked.into_iter().map(Problem::Asked));
    if facts.eligibility == Eligibility::Cards && !admission::cards::are_listed(tx, &facts.id)? {
        problems.push(Problem::NoCards);
    }
    match facts.kind {
        Kind::Draw => {
            let plans = super::plans(tx, &facts.id)?;
            let around = Around {
                staff: staff_in_use(tx, facts)?,
                quorum: journal::pinned(tx)?.quorum,
            };
            if plans.is_empty() {
                problems.push(Problem::NoPlan);
            }
            if plans.len() == 1 && facts.arrangement == Arrangement::Pools {
                problems.push(Problem::OnePool);
            }
            for plan in &plans {
                let details = PlanDetails::from(plan);
                let among = plan.troubles_among(facts, &plans);
                let due = plan.due_at(facts);
                let refused = weigh::refusals(&details.sources, facts, due, &around);
                let refused = refused.into_iter().map(PlanTrouble::Source);
                let all = details.troubles().into_iter().chain(among).chain(refused);
                problems.extend(all.map(|trouble| Problem::Plan(plan.id.clone(), trouble)));
            }
        }
        Kind::Seats(allocation) => {
            problems.extend(sessions_problems(tx, facts)?);
            if allocation == Allocation::ByLot {
                problems.extend(lots_problems(tx, facts)?);
            }
        }
        Kind::Survey => {
            if survey::questionnaire(tx, &facts.id)?.questions().is_empty() {
                problems.push(Problem::NoQuestion);
            }
        }
    }
    Ok(problems)
}

/// What is wrong with the sessions of an activity that gives places.
fn sessions_problems(tx: &mut Tx, facts: &Facts) -> Result<Vec<Problem>, Error> {
    let sessions = seats::sessions(tx, &facts.id)?;
    if sessions.is_empty() {
        return Ok(vec![Problem::NoSession]);
    }
    let of = |session: &seats::Session| {
        let planned = seats::draft::Planned::from(session);
        let troubles = planned.troubles(facts).into_iter();
        let id = session.id.clone();
        troubles
            .map(|trouble| Problem::Session(id.clone(), trouble))
            .collect::<Vec<_>>()
    };
    Ok(sessions.iter().flat_map(of).collect())
}

/// What the protocol does not take of a session that would be drawn.
fn lots_problems(tx: &mut Tx, facts: &Facts) -> Result<Vec<Problem>, Error> {
    let plans = lots::plans(tx, facts)?;
    let unfit = plans.iter().filter(|plan| {
        let trouble = PlanDetails::from(*plan).troubles();
        !trouble.is_empty() || !plan.troubles_among(facts, &plans).is_empty()
    });
    let problem = |plan: &Plan| {
        let session = SessionId(plan.id.0.clone());
        Problem::Session(session, seats::draft::Trouble::CapacityUnfit)
    };
    Ok(unfit.map(problem).collect())
}

/// The draws that name a secret of the library, where the settings do not allow one.
pub fn not_allowed(plans: &[Plan], config: &Config) -> Vec<Problem> {
    let trouble = PlanTrouble::Source(SourceTrouble::NotAllowed);
    plans
        .iter()
        .filter(|plan| plan.secret().is_some() && !config.operator_secret)
        .map(|plan| Problem::Plan(plan.id.clone(), trouble))
        .collect()
}

/// How many members of staff can sign in and draw it: where two have to agree, there must be two.
pub(super) fn staff_in_use(tx: &mut Tx, facts: &Facts) -> Result<usize, Error> {
    let branch = facts.branch.as_ref();
    Ok(account::count_who_may(tx, Permission::Draw, branch)?)
}

/// Whether witnesses are named and could not see the draw published before the first entry, which
/// is what proves that nothing was changed in between (draw-protocol 4.9).
fn opens_unseen(tx: &mut Tx, facts: &Facts, now: Timestamp) -> Result<bool, Error> {
    let early = now.plus(witnesses::TIME_TO_BE_SEEN);
    Ok(facts.kind.is_drawn() && facts.opens_at < early && journal::pinned(tx)?.quorum > 0)
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
    let draft = match facts.kind {
        Kind::Seats(Allocation::ByLot) => lots::write(tx, by, draft)?,
        _ => draft,
    };
    let facts = draft.facts().clone();
    admission::forget_unused(tx, &facts)?;
    vault::keep_keys(tx, facts.id.as_str(), &terms.keys.public)?;
    let object = match facts.kind {
        kind if kind.is_drawn() => promise(tx, vault, &facts, terms)?,
        kind => {
            super::plan::delete_plans(tx, &facts.id)?;
            if kind.is_first_come() {
                // Told before the first entry: the vault writes to no more people than these.
                let places = seats::draft::places(&seats::sessions(tx, &facts.id)?);
                vault.promise_places(facts.id.as_str(), places)?;
            }
            String::new()
        }
    };
    jobs::enqueue_close(tx, &facts)?;
    let open = draft.publish(tx, &terms.notice)?;
    versions::begin(tx, &facts.id, &terms.notice)?;
    tell(tx, &facts, &terms.notice)?;
    record(tx, by, &facts.id, &object)?;
    Ok(open)
}

/// Writes down for what the people who read this notice were told that their contacts are opened.
fn tell(tx: &mut Tx, facts: &Facts, notice: &LocalText) -> Result<(), Error> {
    let hash = policy::notice_hash(notice);
    let uses = uses::told(facts.kind).iter().map(|each| each.code);
    Ok(vault::tell(tx, facts.id.as_str(), &hash, uses)?)
}

/// Makes the notice anew after a date of the activity moved; entries keep the one they were shown.
pub fn renew_notice(tx: &mut Tx, activity: &ActivityId, library: &Config) -> Result<(), Error> {
    let facts = activity::by_id(tx, activity)?;
    let notice = policy::notice_now(tx, &facts, library)?;
    let notice = stats::in_notice(tx, &facts, notice)?;
    if versions::renew(tx, activity, &notice)? {
        tell(tx, &facts, &notice)?;
    }
    Ok(())
}

/// Signs what each draw promises and starts its log; gives the draws' ids.
///
/// A draw that is excluded comes before the one that excludes it, so its manifest's hash is known.
fn promise(tx: &mut Tx, vault: &Vault, facts: &Facts, terms: &Terms) -> Result<String, Error> {
    let mut plans = super::plans(tx, &facts.id)?;
    if plans.is_empty() {
        return Err(Error::NotReady);
    }
    for plan in &mut plans {
        // The dates may have changed since the plan was saved.
        let details = PlanDetails::from(&*plan);
        plan.sources = source::planned(plan.due_at(facts), &details.sources);
        secret::promise(vault, plan)?;
        store::save(tx, plan)?;
    }
    let mut manifests = Vec::new();
    for at in 0..plans.len() {
        let manifest = planned(tx, vault, facts, &plans, at, terms)?;
        plans[at].manifest = Some(manifest.hash());
        manifests.push(manifest);
    }
    // Told before the first entry: the vault opens winners of no other draw (ADR 0019).
    let texts = manifests.iter().map(Manifest::to_text).collect();
    vault.promise_draws(facts.id.as_str(), texts)?;
    for (plan, manifest) in plans.iter().zip(&manifests) {
        promise_one(tx, vault, facts, plan, manifest, terms)?;
    }
    let ids: Vec<String> = plans.iter().map(|plan| plan.id.0.clone()).collect();
    let drums: Vec<NewDrum> = plans.iter().map(|plan| drum(facts, plan)).collect();
    entry::set_out(tx, &facts.id, &drums)?;
    Ok(ids.join(" "))
}

/// What the draw at this place promises; the earlier ones have their manifests already.
fn planned(
    tx: &mut Tx,
    vault: &Vault,
    facts: &Facts,
    plans: &[Plan],
    at: usize,
    terms: &Terms,
) -> Result<Manifest, Error> {
    let plan = &plans[at];
    let asked = activity::asked_fields(tx, &facts.id)?;
    let rules = rules::rules_text(facts, plan, plans, &asked, &terms.tax)?;
    let rules = super::keep_file(tx, &facts.id, plan.id.as_str(), "rules.txt", &rules)?;
    let manifest = manifest(vault, facts, plan, plans, rules)?;
    manifest.check().map_err(Error::Manifest)?;
    Ok(manifest)
}

/// Signs what a draw promises, and starts its log.
fn promise_one(
    tx: &mut Tx,
    vault: &Vault,
    facts: &Facts,
    plan: &Plan,
    manifest: &Manifest,
    terms: &Terms,
) -> Result<(), Error> {
    let draw = plan.id.as_str();
    let written = journal::write(tx, vault, &manifest.to_text())?;
    super::keep_note(tx, &facts.id, draw, "manifest.note", &written)?;
    let pinned = journal::pinned(tx)?;
    let key = KeyNote {
        manifest: written.hash,
        tag_key: terms.keys.tag_key,
        witnesses: pinned.vkeys,
        quorum: pinned.quorum,
    };
    let key = journal::write(tx, vault, &key.to_text())?;
    super::keep_note(tx, &facts.id, draw, "key.note", &key)?;

    let base = Some(written.hash);
    log::create(tx, facts.id.as_str(), draw, &manifest.origin, base)?;
    store::set_manifest(tx, plan, &written.hash)?;
    store::advance(tx, plan, DrawStage::Open)?;
    jobs::enqueue_draw(tx, facts, plan)
}

fn drum(facts: &Facts, plan: &Plan) -> NewDrum {
    NewDrum {
        draw: plan.id.0.clone(),
        position: plan.position,
        slug: plan.slug.clone(),
        name: plan.name.clone(),
        cap: plan.tickets_per_person,
        draws_at: plan.due_at(facts),
    }
}

fn manifest(
    vault: &Vault,
    facts: &Facts,
    plan: &Plan,
    plans: &[Plan],
    rules: Hash,
) -> Result<Manifest, Error> {
    let prize = |prize: &super::Prize| PrizeLine {
        slug: prize.slug.clone(),
        units: prize.units,
    };
    let sources: Result<Vec<_>, Error> = plan.sources.iter().map(PlanSource::line).collect();
    Ok(Manifest {
        origin: origin(vault, facts, plan, plans),
        rules,
        opens: unix(facts.opens_at),
        closes: unix(facts.closes_at),
        freezes: unix(facts.freezes_at),
        sources: sources?,
        prizes: plan.prizes.iter().map(prize).collect(),
        reserves: plan.reserves,
        wins_per_person: plan.wins_per_person,
        tickets_per_person: plan.tickets_per_person,
        excludes: excludes(plan, plans)?,
        supersedes: None,
    })
}

/// `<site>/<activity>`, and the draw's own name behind it where there are several.
fn origin(vault: &Vault, facts: &Facts, plan: &Plan, plans: &[Plan]) -> String {
    let site = vault.site_name();
    match plans.len() {
        1 => format!("{site}/{}", facts.slug),
        _ => format!("{site}/{}/{}", facts.slug, plan.slug),
    }
}

/// The manifests of the excluded draws, ascending (draw-protocol 4.3).
fn excludes(plan: &Plan, plans: &[Plan]) -> Result<Vec<Hash>, Error> {
    let manifest = |id: &DrawId| {
        let other = plans.iter().find(|other| other.id == *id);
        other
            .and_then(|other| other.manifest)
            .ok_or(Error::NotReady)
    };
    let mut hashes = plan
        .excludes
        .iter()
        .map(manifest)
        .collect::<Result<Vec<_>, _>>()?;
    hashes.sort_unstable();
    Ok(hashes)
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
