//! Counts that survive a purge; never a person (`privacy` 4).
//!
//! Invariant: what is published was declared before anybody entered (one table a question), is
//! published once, after the close, and holds no count below the threshold; every count is
//! rounded on its own.
//!
//! Not here: counting itself ([`crate::survey::tally`]).

use crate::activity::{self, ActivityId, Facts, Stage};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::survey::question::{Question, QuestionKind};
use crate::survey::tally::{self, BASE, Published, THRESHOLD};
use crate::survey::{self, Answers, wire as survey_wire};
use crate::vault::{self, Vault};

pub mod pages;
mod store;
mod wire;

/// Why counts could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Counts are published after the close, not while answers come in.
    #[error("counts are made after the close")]
    TooEarly,
    /// Questions.
    #[error(transparent)]
    Survey(#[from] survey::Error),
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// A stored table cannot be read.
    #[error(transparent)]
    Wire(#[from] survey_wire::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::TooEarly => Kind::Conflict,
            Error::Survey(error) => error.kind(),
            Error::Activity(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Wire(_) => Kind::Broken,
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::TooEarly => "stats.too_early",
            Error::Survey(error) => error.code(),
            Error::Activity(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Wire(_) => "stats.unreadable",
            Error::Db(error) => error.code(),
        }
    }
}

/// The published counts of one question.
#[derive(Debug, Clone)]
pub struct Table {
    /// What was asked.
    pub question: Question,
    /// How often each answer was given.
    pub published: Published,
}

/// The tables of an activity: the frozen ones, or fresh ones while the answers still exist.
pub fn tables(tx: &mut Tx, vault: &Vault, facts: &Facts) -> Result<Vec<Table>, Error> {
    if matches!(facts.stage, Stage::Draft | Stage::Open) {
        return Err(Error::TooEarly);
    }
    let questions = survey::questionnaire(tx, &facts.id)?;
    let mut frozen = store::list(tx, &facts.id)?;
    if frozen.is_empty() && facts.stage != Stage::Purged {
        return fresh(tx, vault, &facts.id, questions.questions());
    }
    let mut tables = Vec::new();
    for question in questions.questions() {
        let Some(at) = frozen.iter().position(|(name, _)| *name == question.id.0) else {
            continue;
        };
        let (_, json) = frozen.swap_remove(at);
        tables.push(Table {
            question: question.clone(),
            published: survey_wire::published_from_json(&json)?,
        });
    }
    Ok(tables)
}

/// Makes the tables one last time and keeps them; afterwards the answers may go.
pub fn freeze(tx: &mut Tx, vault: &Vault, facts: &Facts) -> Result<usize, Error> {
    let questions = survey::questionnaire(tx, &facts.id)?;
    let tables = fresh(tx, vault, &facts.id, questions.questions())?;
    store::clear(tx, &facts.id)?;
    for table in &tables {
        let json = survey_wire::published_to_json(&table.published);
        store::insert(tx, &facts.id, table.question.id.as_str(), &json)?;
    }
    Ok(tables.len())
}

fn fresh(
    tx: &mut Tx,
    vault: &Vault,
    activity: &ActivityId,
    questions: &[Question],
) -> Result<Vec<Table>, Error> {
    let counted: Vec<&Question> = questions.iter().filter(|q| is_counted(&q.kind)).collect();
    if counted.is_empty() {
        return Ok(Vec::new());
    }
    let answers = opened(tx, vault, activity)?;
    Ok(counted
        .into_iter()
        .map(|question| {
            let given = answers.iter().filter_map(|each| each.find(&question.id));
            Table {
                question: question.clone(),
                published: tally::tally(question, given).published(THRESHOLD, BASE),
            }
        })
        .collect())
}

/// Words that people wrote are not published: they may name somebody.
fn is_counted(kind: &QuestionKind) -> bool {
    !matches!(
        kind,
        QuestionKind::ShortText { .. } | QuestionKind::LongText { .. }
    )
}

/// Every readable answer; a box that does not open is left out rather than stopping the count.
fn opened(tx: &mut Tx, vault: &Vault, activity: &ActivityId) -> Result<Vec<Answers>, Error> {
    let sealed = vault::sealed_answers(tx, activity.as_str())?;
    let opened = vault.open_answers(activity.as_str(), sealed)?;
    Ok(opened
        .into_iter()
        .filter_map(Result::ok)
        .filter_map(|answers| survey_wire::answers_from_json(answers.expose()).ok())
        .collect())
}
