//! Lottery numbers reach a draw by hand: one person types them, another one agrees.
//!
//! Invariant: numbers count when two different members of staff gave the same ones; from then on
//! nothing changes them. Nobody can choose between two results, because one person's numbers give
//! no result.
//!
//! Not here: what the numbers decide ([`super::run`]).

use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::{DrawId, DrawStage, Error, Issue, Plan, PlanSource, SourceKind, Typed, run, store};

/// What became of numbers that were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumbersStep {
    /// Another person has to type or confirm them.
    OneMore,
    /// The person before typed others; these are kept now, and another person has to agree.
    Differ,
    /// They count, now or since earlier; whether the draw is decided with them.
    Taken {
        /// Whether every source has given its value.
        drawn: bool,
    },
}

/// Takes the numbers of an issue as one member of staff typed or confirmed them.
///
/// # Errors
/// [`Error::Numbers`] if the game cannot have drawn them; [`Error::TooEarly`] before it is drawn;
/// [`Error::OtherStage`] before the list is final.
pub fn type_numbers(
    tx: &mut Tx,
    vault: &Vault,
    by: &StaffId,
    draw: &DrawId,
    position: u32,
    typed: &str,
) -> Result<NumbersStep, Error> {
    let plan = super::by_id(tx, draw)?;
    let (source, issue) = numbers_of(&plan, position)?;
    let value = issue.value(&issue.read(typed).map_err(Error::Numbers)?);
    if source.value.is_some() {
        let drawn = plan.stage == DrawStage::Drawn;
        return Ok(NumbersStep::Taken { drawn });
    }
    if plan.stage != DrawStage::Frozen {
        return Err(Error::OtherStage { found: plan.stage });
    }
    if tx.now() < issue.drawn_at {
        return Err(Error::TooEarly {
            from: issue.drawn_at,
        });
    }
    record(tx, by, &plan, &format!("{} {value}", issue.slug()))?;
    match &source.typed {
        Some(earlier) if earlier.by != *by && earlier.value == value => {
            let file = format!("{value}\n");
            super::keep_file(
                tx,
                &plan.activity,
                draw.as_str(),
                &source.file_name(),
                &file,
            )?;
            store::sources::set_value(tx, &plan, position, &value)?;
            let result = run::decide(tx, vault, &Actor::Staff(by.clone()), draw)?;
            Ok(NumbersStep::Taken {
                drawn: result.is_some(),
            })
        }
        earlier => {
            let differ = earlier
                .as_ref()
                .is_some_and(|earlier| earlier.by != *by && earlier.value != value);
            let typed = Typed {
                value,
                by: by.clone(),
            };
            store::sources::set_typed(tx, &plan, position, &typed)?;
            Ok(if differ {
                NumbersStep::Differ
            } else {
                NumbersStep::OneMore
            })
        }
    }
}

/// The source at this place, if it is a lottery's issue.
pub(super) fn numbers_of(plan: &Plan, position: u32) -> Result<(&PlanSource, &Issue), Error> {
    let mut sources = plan.sources.iter();
    let source = sources.find(|source| source.position == position);
    match source.map(|source| (source, &source.kind)) {
        Some((source, SourceKind::Numbers(issue))) => Ok((source, issue)),
        _ => Err(Error::NotAwaited),
    }
}

/// The numbers are public, so the record may hold them: it shows who typed what.
fn record(tx: &mut Tx, by: &StaffId, plan: &Plan, numbers: &str) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: &Actor::Staff(by.clone()),
            act: "draw.numbers_typed",
            activity: plan.activity.as_str(),
            object: plan.id.as_str(),
            purpose: "",
            reason: numbers,
        },
    )?)
}
