//! What happened with an incident, step by step: the record that an authority asks for.
//!
//! Invariant: a step is added in the transaction that does it, and the database refuses to change or
//! remove one.

use crate::audit::StaffId;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;

use super::{Error, IncidentId, store};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepAct {
    /// It was written down.
    Recorded,
    /// The rule that opened it was reached again.
    SeenAgain,
    /// The words were written anew.
    Reworded,
    /// Something was found out or done.
    Note,
    /// So many people, and which data of theirs.
    People,
    /// Activities were added to those that it concerns.
    Concerned,
    /// Nobody has to be told, and why.
    NotNeeded,
    /// The authority was told.
    Reported,
    /// People are told.
    Told,
    /// It is over.
    Closed,
}

impl StepAct {
    /// Every act.
    pub const ALL: [StepAct; 10] = [
        StepAct::Recorded,
        StepAct::SeenAgain,
        StepAct::Reworded,
        StepAct::Note,
        StepAct::People,
        StepAct::Concerned,
        StepAct::NotNeeded,
        StepAct::Reported,
        StepAct::Told,
        StepAct::Closed,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            StepAct::Recorded => "recorded",
            StepAct::SeenAgain => "seen_again",
            StepAct::Reworded => "reworded",
            StepAct::Note => "note",
            StepAct::People => "people",
            StepAct::Concerned => "concerned",
            StepAct::NotNeeded => "not_needed",
            StepAct::Reported => "reported",
            StepAct::Told => "told",
            StepAct::Closed => "closed",
        }
    }

    /// Reads [`StepAct::code`].
    pub fn parse(code: &str) -> Option<StepAct> {
        StepAct::ALL.into_iter().find(|act| act.code() == code)
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Who; nothing for the program itself.
    pub by: Option<StaffId>,
    /// What.
    pub act: StepAct,
    /// In words, where there are any.
    pub words: String,
    /// How many people, where it says so.
    pub count: u64,
}

/// Adds a step.
pub(super) fn add(
    tx: &mut Tx,
    id: &IncidentId,
    by: Option<&StaffId>,
    act: StepAct,
    (words, count): (&str, u64),
) -> Result<(), Error> {
    let step = Step {
        at: tx.now(),
        by: by.cloned(),
        act,
        words: words.to_owned(),
        count,
    };
    Ok(store::incidents::insert_step(tx, id, &step)?)
}

/// The steps of an incident, the oldest first.
pub fn of(tx: &mut Tx, id: &IncidentId) -> Result<Vec<Step>, Error> {
    Ok(store::incidents::steps(tx, id)?)
}
