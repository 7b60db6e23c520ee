//! What happens to a draw by itself: anchors, the close, the freeze, the wait for the beacon and
//! the library's own secret.
//!
//! Invariant: each handler asks where the draw is before it acts, so that running one twice, or
//! late, is harmless. A late beacon waits; no other source is ever used instead (`decisions` D12).

use std::sync::Arc;

use crate::activity::{self, ActivityId, Facts, Stage};
use crate::audit::Actor;
use crate::journal;
use crate::platform::clock::{MINUTE, SECOND, Timestamp};
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, Failure, Job, NewJob, Next, Runner};
use crate::stats;
use crate::vault::{self, Vault};

use super::beacon::{self, Relays};
use super::{DrandRound, DrawId, DrawStage, Error, Plan, PlanSource, secret};

const ANCHOR: &str = "draw.anchor";
const CLOSE: &str = "draw.close";
const FREEZE: &str = "draw.freeze";
const BEACON: &str = "draw.beacon";
const SECRET: &str = "draw.secret";
const COUNT: &str = "draw.count";
const MIX: &str = "draw.mix";

/// How long the freeze and the beacon wait for the step before them.
const FOR_THE_STEP_BEFORE: i64 = 3 * SECOND;
/// How long the freeze note waits where witnesses date it: a note that a quorum of them saw before
/// the announced freeze is refused (draw-protocol 4.9), and clocks differ by seconds. Of the five
/// minutes that witnesses have, four are left.
const FOR_OTHER_CLOCKS: i64 = MINUTE;
/// After the last withdrawal that was on its way at the freeze, and after the freeze note itself.
const AFTER_THE_FREEZE: i64 = 2 * MINUTE;
/// How long the secret waits for a vault that does not answer.
const FOR_THE_VAULT: i64 = MINUTE / 2;

/// Names the handlers of this domain's jobs.
pub fn register(
    runner: &mut Runner,
    db: &Db,
    vault: &Vault,
    relays: Arc<dyn Relays>,
    terms: stats::Terms,
) {
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on_patiently(COUNT, move |job| count(&own_db, &own_vault, &terms, job));
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on_patiently(MIX, move |job| mix(&own_db, &own_vault, job));
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on(ANCHOR, move |job| anchor(&own_db, &own_vault, job));
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on(CLOSE, move |job| close(&own_db, &own_vault, job));
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on(FREEZE, move |job| freeze(&own_db, &own_vault, job));
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on(BEACON, move |job| {
        await_beacon(&own_db, &own_vault, &*relays, job)
    });
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on(SECRET, move |job| reveal_secret(&own_db, &own_vault, job));
}

/// The close comes by itself, for a survey too, and so do the statistics.
pub(super) fn enqueue_close(tx: &mut Tx, facts: &Facts) -> Result<(), db::Error> {
    let counted = facts.freezes_at.plus(AFTER_THE_FREEZE);
    enqueue(tx, COUNT, &facts.id, "", counted)?;
    enqueue(tx, CLOSE, &facts.id, "", facts.closes_at)
}

/// Answers that belong to nobody are sealed anew as soon as none can come in any more.
pub(super) fn enqueue_mixing(tx: &mut Tx, activity: &ActivityId) -> Result<(), db::Error> {
    let now = tx.now();
    enqueue(tx, MIX, activity, "", now)
}

/// Anchors, the freeze and the draw come by themselves.
pub(super) fn enqueue_draw(tx: &mut Tx, facts: &Facts, plan: &Plan) -> Result<(), Error> {
    let draw = plan.id.as_str();
    let first = super::anchor::next(facts.opens_at.max(tx.now()));
    enqueue(tx, ANCHOR, &facts.id, draw, first)?;
    let freezes = match journal::pinned(tx)?.quorum {
        0 => facts.freezes_at,
        _ => facts.freezes_at.plus(FOR_OTHER_CLOCKS),
    };
    enqueue(tx, FREEZE, &facts.id, draw, freezes)?;
    if plan.secret().is_some() {
        let step = secret::first_step(plan, facts.freezes_at)?;
        enqueue(tx, SECRET, &facts.id, draw, step)?;
    }
    let rounds = plan.sources.iter().filter_map(PlanSource::drand);
    match rounds.map(|round| round.due()).min() {
        Some(due) => Ok(enqueue(tx, BEACON, &facts.id, draw, due)?),
        None => Ok(()),
    }
}

fn enqueue(
    tx: &mut Tx,
    kind: &'static str,
    activity: &ActivityId,
    draw: &str,
    run_at: Timestamp,
) -> Result<(), db::Error> {
    jobs::enqueue(
        tx,
        &NewJob {
            kind,
            activity: activity.0.clone(),
            payload: draw.to_owned(),
            run_at,
            dedup_key: format!("{kind}:{activity}:{draw}"),
        },
    )
}

fn anchor(db: &Db, vault: &Vault, job: &Job) -> Result<Next, Failure> {
    let draw = DrawId(job.payload.clone());
    let open = db.write_now("anchor list", |tx| super::anchor(tx, vault, &draw))?;
    let next = super::anchor::next(db.clock().now());
    Ok(if open { Next::At(next) } else { Next::Done })
}

fn close(db: &Db, vault: &Vault, job: &Job) -> Result<Next, Failure> {
    let activity = ActivityId(job.activity.clone());
    let closed = db.write_now("close activity", |tx| super::close(tx, vault, &activity));
    again_if_early(closed)
}

fn freeze(db: &Db, vault: &Vault, job: &Job) -> Result<Next, Failure> {
    let draw = DrawId(job.payload.clone());
    match db.write_now("freeze draw", |tx| super::freeze(tx, vault, &draw)) {
        Err(Error::OtherStage {
            found: DrawStage::Open,
        }) => Ok(Next::At(db.clock().now().plus(FOR_THE_STEP_BEFORE))),
        Err(Error::OtherStage { .. }) => Ok(Next::Done),
        frozen => again_if_early(frozen),
    }
}

/// Makes the statistics once; a date that was moved moves them too.
fn count(db: &Db, vault: &Vault, terms: &stats::Terms, job: &Job) -> Result<Next, Failure> {
    let activity = ActivityId(job.activity.clone());
    if db.read_now("read activity", |tx| is_closed(tx, &activity))? {
        vault::mix_answers(db, vault, activity.as_str())?;
    }
    let prepared = db.read_now("make statistics", |tx| {
        let facts = activity::by_id(tx, &activity)?;
        let prepared = super::prepare_statistics(tx, vault, terms, &facts);
        Ok::<_, Error>((facts, prepared))
    })?;
    let (facts, prepared) = prepared;
    let prepared = match prepared {
        Err(Error::Stats(stats::Error::TooEarly)) => {
            let again = facts.freezes_at.plus(AFTER_THE_FREEZE);
            return Ok(Next::At(again.max(db.clock().now().plus(MINUTE))));
        }
        prepared => prepared?,
    };
    db.write_now("publish statistics", |tx| {
        super::publish_statistics(tx, vault, &facts, prepared.as_ref())
    })?;
    Ok(Next::Done)
}

/// Puts answers that belong to nobody under other bytes, in batches; no entry can add one now.
fn mix(db: &Db, vault: &Vault, job: &Job) -> Result<Next, Failure> {
    vault::mix_answers(db, vault, &job.activity)?;
    Ok(Next::Done)
}

fn is_closed(tx: &mut Tx, activity: &ActivityId) -> Result<bool, Error> {
    let stage = activity::by_id(tx, activity)?.stage;
    Ok(!matches!(stage, Stage::Draft | Stage::Open))
}

fn again_if_early(step: Result<(), Error>) -> Result<Next, Failure> {
    match step {
        Ok(()) => Ok(Next::Done),
        Err(Error::TooEarly { from }) => Ok(Next::At(from)),
        Err(error) => Err(error.into()),
    }
}

fn await_beacon(db: &Db, vault: &Vault, relays: &dyn Relays, job: &Job) -> Result<Next, Failure> {
    let draw = DrawId(job.payload.clone());
    let plan = db.read_now("read draw", |tx| super::by_id(tx, &draw))?;
    let now = db.clock().now();
    match plan.stage {
        DrawStage::Frozen => {}
        DrawStage::Open | DrawStage::Closed => {
            return Ok(Next::At(now.plus(FOR_THE_STEP_BEFORE)));
        }
        DrawStage::Planned | DrawStage::Drawn | DrawStage::Cancelled => return Ok(Next::Done),
    }
    if let Err(Error::WaitsFor { .. }) =
        db.read_now("look at excluded draws", |tx| super::outcomes(tx, &plan))
    {
        let late = (now.0 - plan.round_time()?.0).clamp(0, 10_000 * MINUTE);
        return Ok(Next::At(now.plus(beacon::next_try(late).min(MINUTE / 2))));
    }
    let mut next = None;
    for source in plan.missing() {
        let again = match source.drand() {
            Some(round) if round.due() <= now => ask(db, vault, relays, &plan, source, round)?,
            Some(round) => Some(round.due()),
            // People bring what does not come from a relay.
            None => None,
        };
        next = [next, again].into_iter().flatten().min();
    }
    Ok(next.map_or(Next::Done, Next::At))
}

fn reveal_secret(db: &Db, vault: &Vault, job: &Job) -> Result<Next, Failure> {
    let draw = DrawId(job.payload.clone());
    let pause = match db.write_now("reveal secret", |tx| secret::step(tx, vault, &draw)) {
        Ok(next) => return Ok(next.map_or(Next::Done, Next::At)),
        Err(Error::WaitsFor { .. }) => FOR_THE_STEP_BEFORE,
        Err(Error::Vault(error)) => {
            tracing::error!(draw = %draw, %error, "the vault does not hand out the draw's secret");
            FOR_THE_VAULT
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Next::At(db.clock().now().plus(pause)))
}

/// Asks for one round; gives when to ask again, if it has not come.
fn ask(
    db: &Db,
    vault: &Vault,
    relays: &dyn Relays,
    plan: &Plan,
    source: &PlanSource,
    wanted: DrandRound,
) -> Result<Option<Timestamp>, Error> {
    match relays.fetch(wanted.chain, wanted.round) {
        Ok(round) => {
            db.write_now("receive beacon", |tx| {
                super::receive(tx, vault, &Actor::System, &plan.id, &round)
            })?;
            Ok(None)
        }
        Err(trouble) => {
            db.write_now("note beacon trouble", |tx| {
                super::note_trouble(tx, &plan.id, source.position, trouble)
            })?;
            let now = db.clock().now();
            let late = (now.0 - wanted.due().0).clamp(0, 10_000 * MINUTE);
            Ok(Some(now.plus(beacon::next_try(late))))
        }
    }
}
