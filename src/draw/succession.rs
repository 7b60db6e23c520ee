//! A published promise replaced in public: a chain was retired, or a date must move.
//!
//! Invariant: a successor changes sources, close and freeze and nothing else, names what it
//! replaces and why, and comes before anything of the old randomness can be known; so it is never
//! a second try. What it replaces stays public (draw-protocol 4.3).
//!
//! Not here: cancelling ([`super::cancel`]).

use lucky_draw::record::Manifest;

use crate::activity::{self, Facts, Stage, lifecycle};
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::{DAY, MINUTE, Timestamp};
use crate::platform::db::Tx;
use crate::platform::jobs as queue;
use crate::vault::Vault;
use crate::{entry, journal};

use super::publish::staff_in_use;
use super::weigh::Around;
use super::{DrawId, DrawStage, Error, Plan, PlanSource, SourceDetails, SourceTrouble};
use super::{close, jobs, run, source, store, weigh, witnesses};

/// How long before the old randomness a successor must be there: witnesses have to see it.
const BEFORE_THE_ROUND: i64 = 10 * MINUTE;
/// How far a draw may be moved: prizes and people wait.
const FARTHEST: i64 = 90 * DAY;

/// Why a promise is replaced: what the manifest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SupersedeCode {
    /// The beacon's chain ends or is no longer trusted.
    Chain,
    /// A date must move.
    Date,
    /// Typhoon, earthquake, closure: nobody's fault.
    Force,
}

impl SupersedeCode {
    /// Every code, in the order of the form.
    pub const ALL: [SupersedeCode; 3] = [
        SupersedeCode::Chain,
        SupersedeCode::Date,
        SupersedeCode::Force,
    ];

    /// The code in the manifest.
    pub fn code(self) -> &'static str {
        match self {
            SupersedeCode::Chain => "CHAIN",
            SupersedeCode::Date => "DATE",
            SupersedeCode::Force => "FORCE",
        }
    }

    /// Reads [`SupersedeCode::code`].
    pub fn parse(code: &str) -> Option<SupersedeCode> {
        SupersedeCode::ALL
            .into_iter()
            .find(|reason| reason.code() == code)
    }
}

/// What takes the place of a published promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Where the randomness comes from; lotteries are those of the rules file.
    pub sources: Vec<SourceDetails>,
    /// Entry ends before this moment; once it has ended, as it was.
    pub closes_at: Timestamp,
    /// End of the objection window.
    pub freezes_at: Timestamp,
    /// When the draw takes place.
    pub draws_at: Timestamp,
    /// Why.
    pub code: SupersedeCode,
    /// Why, in the words that the public reads, in both languages.
    pub words: String,
}

/// Something about a successor that has to be mended first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuccessorTrouble {
    /// Entry would end in the past, or at another time although it has ended.
    Closes,
    /// The list would be final before entry ends, or in the past.
    Freezes,
    /// The draw would come less than ten minutes after the freeze, or in more than 90 days.
    Draws,
    /// It would be the same promise.
    Same,
    /// A lottery that the rules file does not name.
    OtherLottery,
    /// A source of randomness.
    Source(SourceTrouble),
}

/// Until when the promise of a draw can be replaced; none where it cannot.
pub fn replaceable_until(
    tx: &mut Tx,
    facts: &Facts,
    plan: &Plan,
) -> Result<Option<Timestamp>, Error> {
    let stage = matches!(
        plan.stage,
        DrawStage::Open | DrawStage::Closed | DrawStage::Frozen
    );
    // The dates are the activity's: several draws cannot move apart.
    let alone = super::plans(tx, &facts.id)?.len() == 1;
    if !stage || !alone || !matches!(facts.stage, Stage::Open | Stage::Closed) {
        return Ok(None);
    }
    let manifest = run::manifest(tx, plan)?;
    let promised = i64::try_from(manifest.earliest_draw_time()).map_err(|_| Error::Damaged)?;
    let first = plan.decides_from()?.min(Timestamp::from_unix(promised));
    let until = first.plus(-BEFORE_THE_ROUND);
    Ok((tx.now() < until).then_some(until))
}

/// What is wrong with a successor, in the order of the form.
pub fn successor_troubles(
    tx: &mut Tx,
    facts: &Facts,
    plan: &Plan,
    successor: &Successor,
) -> Result<Vec<SuccessorTrouble>, Error> {
    use SuccessorTrouble as T;
    let now = tx.now();
    let mut troubles = Vec::new();
    let mut note = |wrong: bool, trouble| {
        if wrong {
            troubles.push(trouble);
        }
    };
    let closes = successor.closes_at;
    note(
        match plan.stage {
            DrawStage::Open => closes <= now,
            _ => closes != facts.closes_at,
        },
        T::Closes,
    );
    let freezes = successor.freezes_at;
    note(freezes < closes || freezes <= now, T::Freezes);
    let draws = successor.draws_at;
    note(
        draws < freezes.plus(10 * MINUTE) || draws > now.plus(FARTHEST),
        T::Draws,
    );
    let dates = (facts.closes_at, facts.freezes_at, facts.draws_at);
    let sources: Vec<SourceDetails> = plan.sources.iter().map(SourceDetails::from).collect();
    note(
        (closes, freezes, draws) == dates && sources == successor.sources,
        T::Same,
    );
    let added =
        |each: &&SourceDetails| !matches!(each, SourceDetails::Drand(_)) && !sources.contains(each);
    note(
        successor.sources.iter().any(|each| added(&each)),
        T::OtherLottery,
    );
    let moved = moved(facts, successor);
    let around = Around {
        staff: staff_in_use(tx, facts)?,
        quorum: witnesses::pinned(tx, plan)?.quorum,
    };
    let refused = weigh::troubles(&successor.sources)
        .into_iter()
        .chain(weigh::refusals(&successor.sources, &moved, draws, &around));
    troubles.extend(refused.map(T::Source));
    Ok(troubles)
}

fn moved(facts: &Facts, successor: &Successor) -> Facts {
    Facts {
        closes_at: successor.closes_at,
        freezes_at: successor.freezes_at,
        draws_at: successor.draws_at,
        ..facts.clone()
    }
}

/// Signs the successor of a draw's manifest. A list that was closed or frozen is closed anew under
/// it at once, with the same tickets, and open to objections until the new freeze.
///
/// # Errors
/// [`Error::Decided`] once the old randomness is near; [`Error::NotReady`] if
/// [`successor_troubles`] finds something.
pub fn supersede(
    tx: &mut Tx,
    vault: &Vault,
    by: &StaffId,
    draw: &DrawId,
    successor: &Successor,
) -> Result<(), Error> {
    let plan = super::by_id(tx, draw)?;
    let facts = activity::by_id(tx, &plan.activity)?;
    if replaceable_until(tx, &facts, &plan)?.is_none() {
        return Err(match plan.stage {
            DrawStage::Open | DrawStage::Closed | DrawStage::Frozen => Error::Decided,
            found => Error::OtherStage { found },
        });
    }
    if !successor_troubles(tx, &facts, &plan, successor)?.is_empty() {
        return Err(Error::NotReady);
    }
    let old = run::manifest(tx, &plan)?;
    let place = put_aside(tx, &plan)?;
    let words = format!("superseded-{place}-reason.txt");
    super::keep_file(tx, &plan.activity, draw.as_str(), &words, &successor.words)?;

    let mut sources = source::planned(successor.draws_at, &successor.sources);
    keep_promises(&plan, &mut sources);
    let next = Plan {
        sources,
        draws_at: None,
        manifest: None,
        ..plan.clone()
    };
    let manifest = next_manifest(&old, &next, successor)?;
    manifest.check().map_err(Error::Manifest)?;
    let text = manifest.to_text();
    vault.succeed_draw(plan.activity.as_str(), &text)?;
    let written = journal::write(tx, vault, &text)?;
    super::keep_note(tx, &plan.activity, draw.as_str(), "manifest.note", &written)?;
    store::sources::replace_sources(tx, &next)?;
    store::set_manifest(tx, &next, &written.hash)?;
    let dates = (
        successor.closes_at,
        successor.freezes_at,
        successor.draws_at,
    );
    let facts = lifecycle::move_dates(tx, &facts, dates)?;
    entry::move_to(tx, &facts.id, draw.as_str(), successor.draws_at)?;
    reopen_list(tx, vault, &facts, draw)?;
    record(tx, by, &plan, successor.code)
}

/// Names of what belongs to the promise so far: the manifest stays in the bundle, its closes and
/// its freeze count for nothing any more. Gives the promise's place in the chain.
fn put_aside(tx: &mut Tx, plan: &Plan) -> Result<u32, Error> {
    let (activity, draw) = (&plan.activity, plan.id.as_str());
    let names: Vec<String> = super::notes(tx, activity, draw)?
        .into_iter()
        .map(|note| note.name)
        .collect();
    let place = (0..)
        .find(|place| !names.contains(&format!("base-{place}.note")))
        .ok_or(Error::Damaged)?;
    store::corrections::drop_corrections(tx, plan)?;
    for name in names {
        if name == "manifest.note" {
            store::notes::rename_note(tx, plan, &name, &format!("base-{place}.note"))?;
        } else if name.starts_with("close-") || name == "freeze.note" {
            store::notes::rename_note(tx, plan, &name, &format!("superseded-{place}-{name}"))?;
        }
    }
    Ok(place)
}

/// Whether a file belongs to a promise that was replaced, and to no bundle.
pub(super) fn is_put_aside(name: &str) -> bool {
    name.starts_with("superseded-")
}

/// A commitment that was published stands.
fn keep_promises(plan: &Plan, sources: &mut [PlanSource]) {
    for next in sources {
        let details = SourceDetails::from(&*next);
        let mut old = plan.sources.iter();
        if details == SourceDetails::Commit
            && let Some(old) = old.find(|old| SourceDetails::from(*old) == details)
        {
            next.kind = old.kind.clone();
        }
    }
}

fn next_manifest(old: &Manifest, next: &Plan, successor: &Successor) -> Result<Manifest, Error> {
    let unix = |at: Timestamp| u64::try_from(at.unix()).map_err(|_| Error::Damaged);
    let sources: Result<Vec<_>, Error> = next.sources.iter().map(PlanSource::line).collect();
    Ok(Manifest {
        closes: unix(successor.closes_at)?,
        freezes: unix(successor.freezes_at)?,
        sources: sources?,
        supersedes: Some((old.hash(), successor.code.code().to_owned())),
        ..old.clone()
    })
}

/// What comes by itself is set up anew, and a list that was closed gets its close note.
fn reopen_list(tx: &mut Tx, vault: &Vault, facts: &Facts, draw: &DrawId) -> Result<(), Error> {
    queue::forget(tx, facts.id.as_str())?;
    let plan = super::by_id(tx, draw)?;
    if plan.stage == DrawStage::Open {
        jobs::enqueue_close(tx, facts)?;
    } else {
        close::close_list(tx, vault, &plan)?;
    }
    let plan = super::by_id(tx, draw)?;
    jobs::enqueue_draw(tx, facts, &plan)
}

fn record(tx: &mut Tx, by: &StaffId, plan: &Plan, code: SupersedeCode) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: &Actor::Staff(by.clone()),
            act: "draw.superseded",
            activity: plan.activity.as_str(),
            object: plan.id.as_str(),
            purpose: "",
            reason: code.code(),
        },
    )?)
}

/// The promises of a draw that were replaced, the first one first: the manifest, and why.
pub fn superseded(tx: &mut Tx, plan: &Plan) -> Result<Vec<(Manifest, String)>, Error> {
    let mut promises = Vec::new();
    for place in 0_u32.. {
        let name = format!("base-{place}.note");
        let draw = plan.id.as_str();
        let Some(note) = super::note(tx, &plan.activity, draw, &name)? else {
            break;
        };
        let manifest = Manifest::parse(note.text()?).map_err(|_| Error::Damaged)?;
        let words = format!("superseded-{place}-reason.txt");
        let words = super::note(tx, &plan.activity, draw, &words)?;
        promises.push((manifest, words.map_or_else(String::new, |file| file.note)));
    }
    Ok(promises)
}
