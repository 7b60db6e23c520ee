//! The public's way in: what is on, one activity's page, its frozen rules and its notices, and what
//! the library says about all personal data.
//!
//! Invariant: nothing here needs an account, a cookie or a script, and drafts are invisible.
//!
//! Not here: the entry form ([`crate::entry`]) and the draw's own pages ([`crate::draw`]).

use crate::activity::{self, AskedField, Facts, Kind, LocalText, Stage};
use crate::branch::{self, Branch, BranchId};
use crate::custody::{self, breach::Incident};
use crate::discussion;
use crate::draw::{self, Plan, StoredNote};
use crate::entry;
use crate::external::{self, External};
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind as FaultKind};
use crate::policy;
use crate::purge;
use crate::seats;

pub mod diary;
pub mod pages;
mod wire;

/// Why a page could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing at this address, or not yet.
    #[error("nothing is published at this address")]
    Unpublished,
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// Branches.
    #[error(transparent)]
    Branch(#[from] branch::Error),
    /// Draws.
    #[error(transparent)]
    Draw(#[from] draw::Error),
    /// Entries.
    #[error(transparent)]
    Entry(#[from] entry::Error),
    /// Periods, notices and the register.
    #[error(transparent)]
    Policy(#[from] policy::Error),
    /// Purges.
    #[error(transparent)]
    Purge(#[from] purge::Error),
    /// Places.
    #[error(transparent)]
    Seats(#[from] seats::Error),
    /// Incidents.
    #[error(transparent)]
    Custody(#[from] custody::Error),
    /// What others hold.
    #[error(transparent)]
    External(#[from] external::Error),
    /// Posts.
    #[error(transparent)]
    Discussion(#[from] discussion::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Error::Unpublished => FaultKind::NotFound,
            Error::Activity(error) => error.kind(),
            Error::Branch(error) => error.kind(),
            Error::Draw(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Policy(error) => error.kind(),
            Error::Purge(error) => error.kind(),
            Error::Seats(error) => error.kind(),
            Error::Custody(error) => error.kind(),
            Error::External(error) => error.kind(),
            Error::Discussion(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unpublished => "portal.unpublished",
            Error::Activity(error) => error.code(),
            Error::Branch(error) => error.code(),
            Error::Draw(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Policy(error) => error.code(),
            Error::Purge(error) => error.code(),
            Error::Seats(error) => error.code(),
            Error::Custody(error) => error.code(),
            Error::External(error) => error.code(),
            Error::Discussion(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// An activity with its draw, as lists show it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The activity.
    pub facts: Facts,
    /// Its draws in their order; surveys have none.
    pub plans: Vec<Plan>,
    /// The branch that runs it; none where it is the whole library's.
    pub branch: Option<Branch>,
}

impl Listed {
    /// An activity with what lists show of it.
    fn read(tx: &mut Tx, facts: Facts, branches: &[Branch]) -> Result<Listed, Error> {
        let mut own = branches
            .iter()
            .filter(|own| facts.branch.as_ref() == Some(&own.id));
        Ok(Listed {
            plans: draw::plans(tx, &facts.id)?,
            branch: own.next().cloned(),
            facts,
        })
    }
}

/// One card of a list: an activity of ours, or one of others.
#[derive(Debug, Clone)]
pub enum Listing {
    /// Ours.
    Ours(Box<Listed>),
    /// Held elsewhere.
    Elsewhere(Box<External>),
}

impl Listing {
    /// What can still be entered comes first, what ends first in front; then the rest, the latest
    /// first.
    fn order(&self, now: Timestamp) -> (u8, i64) {
        let (is_open, closes) = match self {
            Listing::Ours(listed) => {
                let facts = &listed.facts;
                (facts.stage == Stage::Open, facts.closes_at.0)
            }
            Listing::Elsewhere(own) => {
                let closes = own.details.closes_at;
                (now < closes, closes.0)
            }
        };
        match is_open {
            true => (0, closes),
            false => (1, -closes),
        }
    }
}

/// What a visitor looks for in the list.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Only this stage; all public ones otherwise.
    pub stage: Option<Stage>,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only what this branch runs.
    pub branch: Option<BranchId>,
    /// Only what others hold.
    pub elsewhere: bool,
    /// Words of the title or text, in either language.
    pub words: String,
}

/// Every stage that the public may see.
const PUBLIC: [Stage; 6] = [
    Stage::Open,
    Stage::Closed,
    Stage::Drawn,
    Stage::Notified,
    Stage::Purged,
    Stage::Cancelled,
];

/// The published activities that fit a search; those that can still be entered come first.
pub fn search(tx: &mut Tx, search: &Search) -> Result<Vec<Listed>, Error> {
    let stages: Vec<Stage> = match search.stage {
        Some(stage) if PUBLIC.contains(&stage) => vec![stage],
        _ => PUBLIC.to_vec(),
    };
    let words = search.words.trim().to_lowercase();
    let mut found: Vec<Facts> = activity::list(tx, &stages)?
        .into_iter()
        .filter(|facts| search.kind.is_none_or(|kind| kind == facts.kind))
        .filter(|facts| search.branch.is_none() || search.branch == facts.branch)
        .filter(|facts| words.is_empty() || mentions(facts, &words))
        .collect();
    found.sort_by_key(|facts| match facts.stage {
        Stage::Open => (0, facts.closes_at.0),
        _ => (1, -facts.closes_at.0),
    });
    let branches = branch::all(tx)?;
    found
        .into_iter()
        .map(|facts| Listed::read(tx, facts, &branches))
        .collect()
}

/// [`search`], with what others hold among it.
pub fn everything(tx: &mut Tx, search: &Search) -> Result<Vec<Listing>, Error> {
    let now = tx.now();
    let mut found: Vec<Listing> = match search.elsewhere {
        true => Vec::new(),
        false => self::search(tx, search)?
            .into_iter()
            .map(|listed| Listing::Ours(Box::new(listed)))
            .collect(),
    };
    if search.kind.is_none() && search.branch.is_none() {
        let words = search.words.trim().to_lowercase();
        let fits = |own: &External| {
            let is_over = own.details.closes_at <= now;
            let stage = match search.stage {
                None => true,
                Some(Stage::Open) => !is_over,
                Some(Stage::Closed) => is_over,
                Some(_) => false,
            };
            let details = &own.details;
            let texts = [&details.title, &details.text, &details.host];
            stage && (words.is_empty() || says(&texts, &words))
        };
        let others = external::published(tx)?.into_iter();
        found.extend(
            others
                .filter(fits)
                .map(|own| Listing::Elsewhere(Box::new(own))),
        );
    }
    found.sort_by_key(|each| each.order(now));
    Ok(found)
}

fn mentions(facts: &Facts, words: &str) -> bool {
    says(&[&facts.title, &facts.text], words)
}

fn says(texts: &[&LocalText], words: &str) -> bool {
    texts
        .iter()
        .flat_map(|text| [&text.zh, &text.en])
        .any(|text| text.to_lowercase().contains(words))
}

/// Everything one activity's page shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What lists show of it too.
    pub listed: Listed,
    /// The personal fields it asks.
    pub asked: Vec<AskedField>,
    /// The frozen rules of each draw with their fingerprints, in the order of the draws.
    pub rules: Vec<StoredNote>,
    /// How many entries stand, once the list is closed; live counts would help nobody honest.
    pub entries: Option<u64>,
    /// Its sessions, where people take places, and what holds for them.
    pub sessions: Vec<seats::Session>,
    /// What holds for its sessions.
    pub terms: seats::Terms,
    /// Incidents with its personal data that people are told of.
    pub incidents: Vec<Incident>,
    /// Whether it has a discussion.
    pub discussion: bool,
}

/// A published activity by its address.
pub fn show(tx: &mut Tx, slug: &str) -> Result<Shown, Error> {
    let facts = activity::find(tx, slug)?;
    if facts.published_at.is_none() {
        return Err(Error::Unpublished);
    }
    let branches = branch::all(tx)?;
    let listed = Listed::read(tx, facts.clone(), &branches)?;
    let mut rules = Vec::new();
    for plan in &listed.plans {
        rules.extend(draw::note(tx, &facts.id, plan.id.as_str(), "rules.txt")?);
    }
    let asked = activity::asked_fields(tx, &facts.id)?;
    let sessions = match facts.kind.is_first_come() {
        true => seats::sessions(tx, &facts.id)?,
        false => Vec::new(),
    };
    let terms = seats::terms(tx, &facts.id)?;
    let entries = match facts.stage {
        Stage::Closed | Stage::Drawn | Stage::Notified => {
            let counts = entry::count(tx, &facts.id)?;
            Some(counts.taken - counts.withdrawn)
        }
        _ => None,
    };
    let incidents = custody::open_incidents(tx, &facts.id)?;
    Ok(Shown {
        discussion: discussion::is_there(tx, &facts)?,
        incidents,
        listed,
        asked,
        rules,
        entries,
        sessions,
        terms,
    })
}
