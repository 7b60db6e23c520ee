//! Activities that others hold on sites of their own (clauses T2, T3, T7 and T8): a card, a page that
//! says so, and a way out.
//!
//! Invariant: there is no form, no key and no draw for them, and no row about anybody: they are no
//! [`crate::activity`]. How many pressed to leave is counted by the day. No address of a page of
//! theirs is that of an activity.

use crate::activity::{self, LocalText};
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::{DAY, HOUR, Timestamp};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;

pub mod pages;
mod store;
pub mod wire;

text_id!(
    /// Names an activity of others.
    ExternalId,
    12
);

/// Which version of the words of the way out is shown (T8); a new text is a new number, because
/// leavings are counted by it.
pub const WORDS: i64 = 1;

/// Taipei is eight hours ahead of UTC and keeps no summer time.
const TAIPEI: i64 = 8 * HOUR;

/// Where it is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Staff prepare it.
    Draft,
    /// Everybody sees it.
    Published,
    /// Nobody does any more.
    Withdrawn,
}

impl State {
    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Published => "published",
            State::Withdrawn => "withdrawn",
        }
    }

    fn parse(code: &str) -> Option<State> {
        [State::Draft, State::Published, State::Withdrawn]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// What staff type about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Its address here: `/a/<slug>`.
    pub slug: String,
    /// Its name.
    pub title: LocalText,
    /// What it is about.
    pub text: LocalText,
    /// Who holds it.
    pub host: LocalText,
    /// Where: an address of another site.
    pub link: String,
    /// Where that site's privacy policy is; empty where nobody has found it.
    pub policy: String,
    /// Its first moment, as far as the library knows.
    pub opens_at: Timestamp,
    /// Its end.
    pub closes_at: Timestamp,
}

/// An activity of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// Its id.
    pub id: ExternalId,
    /// Where it is in its life.
    pub state: State,
    /// What staff typed.
    pub details: Details,
    /// Counts saves, so that two editors cannot overwrite each other unseen.
    pub version: i64,
}

impl External {
    /// Whether it is on at `now`.
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.details.opens_at <= now && now < self.details.closes_at
    }
}

/// How many pressed to leave on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leavings {
    /// A moment of the day, in Taipei its first.
    pub day: Timestamp,
    /// Which words they were shown.
    pub words: i64,
    /// How many times.
    pub presses: i64,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none at this address or of this id.
    #[error("no such activity of others")]
    Unknown,
    /// Somebody changed it meanwhile.
    #[error("it was changed meanwhile")]
    Moved,
    /// Something else has this address.
    #[error("the address is taken")]
    SlugTaken,
    /// The policy of the other site is not named, and nobody said that this is seen.
    #[error("the policy of the other site is not named")]
    NoPolicy,
    /// Activities of our own.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::Moved | Error::SlugTaken => Kind::Conflict,
            Error::NoPolicy => Kind::Invalid,
            Error::Activity(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "external.unknown",
            Error::Moved => "external.moved",
            Error::SlugTaken => "external.slug_taken",
            Error::NoPolicy => "external.no_policy",
            Error::Activity(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// Makes a draft.
pub fn create(tx: &mut Tx, by: &StaffId, details: &Details) -> Result<External, Error> {
    is_free(tx, &details.slug, None)?;
    let external = External {
        id: ExternalId::fresh(),
        state: State::Draft,
        details: details.clone(),
        version: 1,
    };
    store::insert(tx, &external)?;
    record(tx, by, "external.created", &external.id)?;
    Ok(external)
}

/// Saves what was typed; made from `version`.
pub fn save(
    tx: &mut Tx,
    by: &StaffId,
    id: &ExternalId,
    version: i64,
    details: &Details,
) -> Result<External, Error> {
    is_free(tx, &details.slug, Some(id))?;
    let changed = External {
        details: details.clone(),
        version,
        ..by_id(tx, id)?
    };
    let saved = store::save(tx, &changed)?;
    record(tx, by, "external.edited", id)?;
    Ok(saved)
}

/// Shows it to everybody; made from `version`.
///
/// # Errors
/// [`Error::NoPolicy`] where the other site's policy is not named, unless `seen`.
pub fn publish(
    tx: &mut Tx,
    by: &StaffId,
    id: &ExternalId,
    version: i64,
    seen: bool,
) -> Result<External, Error> {
    let external = by_id(tx, id)?;
    if external.details.policy.is_empty() && !seen {
        return Err(Error::NoPolicy);
    }
    let published = External {
        state: State::Published,
        version,
        ..external
    };
    let saved = store::save(tx, &published)?;
    record(tx, by, "external.published", id)?;
    Ok(saved)
}

/// Shows it to nobody any more; made from `version`.
pub fn withdraw(
    tx: &mut Tx,
    by: &StaffId,
    id: &ExternalId,
    version: i64,
) -> Result<External, Error> {
    let withdrawn = External {
        state: State::Withdrawn,
        version,
        ..by_id(tx, id)?
    };
    let saved = store::save(tx, &withdrawn)?;
    record(tx, by, "external.withdrawn", id)?;
    Ok(saved)
}

/// Whether an activity of others has an address; no activity of our own may have it too.
pub fn has_slug(tx: &mut Tx, slug: &str) -> Result<bool, Error> {
    Ok(store::by_slug(tx, slug)?.is_some())
}

fn is_free(tx: &mut Tx, slug: &str, own: Option<&ExternalId>) -> Result<(), Error> {
    match activity::find(tx, slug) {
        Err(activity::Error::Unknown) => {}
        Ok(_) => return Err(Error::SlugTaken),
        Err(error) => return Err(error.into()),
    }
    match store::by_slug(tx, slug)? {
        Some(other) if Some(&other.id) != own => Err(Error::SlugTaken),
        _ => Ok(()),
    }
}

/// One by its id.
pub fn by_id(tx: &mut Tx, id: &ExternalId) -> Result<External, Error> {
    store::by_id(tx, id)?.ok_or(Error::Unknown)
}

/// What everybody sees at an address.
pub fn published_at(tx: &mut Tx, slug: &str) -> Result<External, Error> {
    let found = store::by_slug(tx, slug)?;
    found
        .filter(|found| found.state == State::Published)
        .ok_or(Error::Unknown)
}

/// Everything that everybody sees, what ends first in front.
pub fn published(tx: &mut Tx) -> Result<Vec<External>, Error> {
    let mut all = store::list(tx)?;
    all.retain(|one| one.state == State::Published);
    Ok(all)
}

/// All of them, what ends first in front.
pub fn list(tx: &mut Tx) -> Result<Vec<External>, Error> {
    Ok(store::list(tx)?)
}

/// Counts that somebody pressed to leave, today and for the words of now; nothing else is kept.
pub fn leave(tx: &mut Tx, slug: &str) -> Result<External, Error> {
    let external = published_at(tx, slug)?;
    let day = tx.now().plus(TAIPEI).0.div_euclid(DAY);
    store::count_leaving(tx, &external.id, day, WORDS)?;
    Ok(external)
}

/// How many pressed to leave, day by day, the latest first.
pub fn leavings(tx: &mut Tx, id: &ExternalId) -> Result<Vec<Leavings>, Error> {
    let rows = store::leavings(tx, id)?.into_iter();
    let of_day = |(day, words, presses): (i64, i64, i64)| Leavings {
        day: Timestamp(day * DAY - TAIPEI),
        words,
        presses,
    };
    Ok(rows.map(of_day).collect())
}

fn record(tx: &mut Tx, by: &StaffId, act: &'static str, id: &ExternalId) -> Result<(), Error> {
    let act = Act {
        actor: &Actor::Staff(by.clone()),
        act,
        activity: "",
        object: id.as_str(),
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}
