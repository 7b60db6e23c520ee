//! Answering attacks: what was noticed, which rule it reaches, what is done then, and who is told.
//!
//! Invariant: a rule answers with what ends by itself, or with what an admin lifts with a reason;
//! every answer is a line in the record of acts, and running answers are kept in the database, so
//! that every instance holds to them. Of a network there is a tag under a key of its week and
//! nothing else; both go after the week.
//!
//! Not here: counting ([`crate::platform::watch`]), refusing ([`crate::platform::edge`] and the pages), what
//! an incident is (`custody`).

mod guardian;
pub mod jobs;
mod letters;
pub mod pages;
mod rules;
mod store;
mod wire;

pub use guardian::Guardian;
pub use rules::{AnswerKind, Of, Rule, Terms};

use crate::account;
use crate::audit::{self, Act, Actor, StaffId};
use crate::custody::{self, IncidentId};
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::vault;

text_id!(
    /// Names an answer.
    AnswerId,
    10
);

/// Why nothing could be answered or lifted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such answer, or it is over.
    #[error("nothing runs by that name")]
    Over,
    /// A letter's template cannot be filled.
    #[error(transparent)]
    Template(#[from] crate::platform::templates::TemplateError),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] account::Error),
    /// Incidents.
    #[error(transparent)]
    Custody(#[from] custody::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Over => Kind::Conflict,
            Error::Template(_) => Kind::Broken,
            Error::Account(error) => error.kind(),
            Error::Custody(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Over => "response.over",
            Error::Template(_) => "response.template",
            Error::Account(error) => error.code(),
            Error::Custody(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// Something that was done by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The rule that was reached.
    pub rule: Rule,
    /// What was done.
    pub kind: AnswerKind,
    /// The tag of a network, or an account; empty: the whole site.
    pub about: String,
    /// How often it had been noticed by then.
    pub count: u64,
    /// Since when.
    pub began_at: Timestamp,
    /// When it ends by itself; never, where somebody has to lift it.
    pub until: Option<Timestamp>,
    /// When somebody lifted it.
    pub lifted_at: Option<Timestamp>,
    /// Who; nobody where it was done at the machine.
    pub lifted_by: Option<StaffId>,
    /// Why.
    pub reason: String,
    /// The incident that was opened.
    pub incident: Option<IncidentId>,
    /// When a letter told of it.
    pub told_at: Option<Timestamp>,
}

impl Answer {
    /// Whether it holds now.
    pub fn runs(&self, now: Timestamp) -> bool {
        self.lifted_at.is_none() && self.until.is_none_or(|until| until > now)
    }
}

/// Lifts what runs: an account comes in again, the vault opens again, a network sends again.
pub fn lift(tx: &mut Tx, by: &StaffId, id: &AnswerId, reason: &str) -> Result<(), Error> {
    let now = tx.now();
    let answer = store::find(tx, id)?.filter(|answer| answer.runs(now));
    let answer = answer.ok_or(Error::Over)?;
    let actor = Actor::Staff(by.clone());
    match answer.kind {
        AnswerKind::Lock => {
            return unlock(tx, &actor, &StaffId::from(answer.about.as_str()), reason);
        }
        AnswerKind::Freeze => vault::thaw(tx)?,
        AnswerKind::Alarm | AnswerKind::Slow | AnswerKind::Press | AnswerKind::Block => {}
    }
    end(tx, &actor, &answer, reason)
}

/// Lets an account in again, whatever locked it: every lock of it ends, each with a line of its own,
/// so that none is shown that does not hold.
pub fn unlock(tx: &mut Tx, actor: &Actor, staff: &StaffId, reason: &str) -> Result<(), Error> {
    account::unlock(tx, actor, staff, reason)?;
    let mut locks = store::running(tx)?;
    locks.retain(|own| own.kind == AnswerKind::Lock && own.about == staff.as_str());
    for lock in &locks {
        end(tx, actor, lock, reason)?;
    }
    Ok(())
}

fn end(tx: &mut Tx, actor: &Actor, answer: &Answer, reason: &str) -> Result<(), Error> {
    store::set_lifted(tx, &answer.id, actor, reason)?;
    note(tx, actor, "response.lifted", answer, reason)
}

/// The latest answers, the newest first.
pub fn latest(tx: &mut Tx, at_most: i64) -> Result<Vec<Answer>, Error> {
    Ok(store::latest(tx, at_most)?)
}

/// How often each sign was noticed since a moment, by its word.
pub fn counts(tx: &mut Tx, since: Timestamp) -> Result<Vec<(String, u64)>, Error> {
    Ok(store::counts(tx, since)?)
}

/// One line in the record: the answer's id and its rule; of an account its id too.
fn note(
    tx: &mut Tx,
    actor: &Actor,
    act: &'static str,
    answer: &Answer,
    reason: &str,
) -> Result<(), Error> {
    let mut object = format!("{} {}", answer.id, answer.rule.code());
    if answer.rule.terms_of() == Of::Account {
        object = format!("{object} {}", answer.about);
    }
    let act = Act {
        actor,
        act,
        activity: "",
        object: &object,
        purpose: "",
        reason,
    };
    Ok(audit::record(tx, &act)?)
}
