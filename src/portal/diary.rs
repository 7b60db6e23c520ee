//! What is coming and what happened, for people's own calendars and feed readers.
//!
//! Invariant: only what was published, and no date that a person could be told apart by.

use crate::activity::{self, Facts, LocalText};
use crate::branch;
use crate::draw::{self, DrawStage, Plan};
use crate::external::{self, External};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Tx;
use crate::seats;

use super::{Error, Listed, Listing, Search};

/// Days for which dates that are over stay in the calendar of the site.
const BEHIND: i64 = 90;

/// What has dates.
#[derive(Debug, Clone)]
pub struct Dated {
    /// What it is.
    pub listing: Listing,
    /// Its sessions, where people take places.
    pub sessions: Vec<seats::Session>,
}

impl Dated {
    fn ours(tx: &mut Tx, listed: Listed) -> Result<Dated, Error> {
        let sessions = match listed.facts.kind.is_first_come() {
            true => seats::sessions(tx, &listed.facts.id)?,
            false => Vec::new(),
        };
        Ok(Dated {
            listing: Listing::Ours(Box::new(listed)),
            sessions,
        })
    }

    fn elsewhere(own: External) -> Dated {
        Dated {
            listing: Listing::Elsewhere(Box::new(own)),
            sessions: Vec::new(),
        }
    }

    /// What it is called.
    pub fn title(&self) -> &LocalText {
        match &self.listing {
            Listing::Ours(listed) => &listed.facts.title,
            Listing::Elsewhere(own) => &own.details.title,
        }
    }

    fn ends_at(&self) -> Timestamp {
        match &self.listing {
            Listing::Ours(listed) => {
                let facts = &listed.facts;
                facts.closes_at.max(facts.draws_at).max(facts.ends_at)
            }
            Listing::Elsewhere(own) => own.details.closes_at,
        }
    }
}

/// What is published at this address.
pub fn of(tx: &mut Tx, slug: &str) -> Result<Dated, Error> {
    let facts = match activity::find(tx, slug) {
        Err(activity::Error::Unknown) => {
            return match external::published_at(tx, slug) {
                // Nobody's address: in the words for activities.
                Err(external::Error::Unknown) => Err(activity::Error::Unknown.into()),
                own => Ok(Dated::elsewhere(own?)),
            };
        }
        found => found?,
    };
    if facts.published_at.is_none() {
        return Err(Error::Unpublished);
    }
    let branches = branch::all(tx)?;
    let listed = Listed::read(tx, facts, &branches)?;
    Dated::ours(tx, listed)
}

/// Everything that is coming or was over lately.
pub fn all(tx: &mut Tx) -> Result<Vec<Dated>, Error> {
    let from = tx.now().plus(-BEHIND * DAY);
    let mut all = Vec::new();
    for listed in super::search(tx, &Search::default())? {
        all.push(Dated::ours(tx, listed)?);
    }
    all.extend(external::published(tx)?.into_iter().map(Dated::elsewhere));
    all.retain(|each| each.ends_at() >= from);
    Ok(all)
}

/// Something that people who follow the library want to hear of.
#[derive(Debug, Clone)]
pub struct News {
    /// When it happened.
    pub at: Timestamp,
    /// The activity.
    pub facts: Facts,
    /// The draw that has a result; none where the activity was published.
    pub drawn: Option<Plan>,
}

/// New activities and results, the newest first.
pub fn news(tx: &mut Tx, at_most: usize) -> Result<Vec<News>, Error> {
    let mut news = Vec::new();
    for Listed { facts, plans, .. } in super::search(tx, &Search::default())? {
        for plan in plans {
            if plan.stage != DrawStage::Drawn {
                continue;
            }
            if let Some(at) = draw::drawn_at(tx, &plan)? {
                news.push(News {
                    at,
                    facts: facts.clone(),
                    drawn: Some(plan),
                });
            }
        }
        if let Some(at) = facts.published_at {
            news.push(News {
                at,
                facts,
                drawn: None,
            });
        }
    }
    news.sort_by_key(|each| std::cmp::Reverse(each.at));
    news.truncate(at_most);
    Ok(news)
}
