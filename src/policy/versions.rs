//! Every notice that the form of an activity ever showed.
//!
//! Invariant: a version never changes; the one that stands in the activity's row is the last. An
//! entry names its notice by hash, so it keeps the words that its person read.
//!
//! Not here: when a notice is made anew (`draw`, which publishes and replaces promises).

use lucky_draw::encode::Hash;

use crate::activity::{ActivityId, LocalText, lifecycle};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;

use super::{Error, store};

/// One notice of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// What it says.
    pub notice: LocalText,
    /// From when the form showed it.
    pub valid_from: Timestamp,
}

impl Version {
    /// What names it in an entry.
    pub fn hash(&self) -> Hash {
        super::notice_hash(&self.notice)
    }
}

/// Every notice of an activity, the first one first; none before publishing.
pub fn all(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Version>, Error> {
    Ok(store::versions(tx, activity)?)
}

/// The number of the notice that holds now; 0 before publishing.
pub fn current(tx: &mut Tx, activity: &ActivityId) -> Result<i64, Error> {
    Ok(all(tx, activity)?.last().map_or(0, |last| last.version))
}

/// The notice that an entry names.
pub fn of_hash(tx: &mut Tx, activity: &ActivityId, hash: &Hash) -> Result<Option<Version>, Error> {
    let mut versions = all(tx, activity)?.into_iter();
    Ok(versions.find(|version| version.hash() == *hash))
}

/// Keeps the notice with which an activity is published.
pub fn begin(tx: &mut Tx, activity: &ActivityId, notice: &LocalText) -> Result<(), Error> {
    let first = Version {
        version: 1,
        notice: notice.clone(),
        valid_from: tx.now(),
    };
    Ok(store::insert_version(tx, activity, &first)?)
}

/// Puts a notice in the place of the last one; `false` where it says the same.
pub fn renew(tx: &mut Tx, activity: &ActivityId, notice: &LocalText) -> Result<bool, Error> {
    let versions = all(tx, activity)?;
    let last = versions.last();
    if last.is_some_and(|last| last.notice == *notice) {
        return Ok(false);
    }
    let next = Version {
        version: last.map_or(1, |last| last.version + 1),
        notice: notice.clone(),
        valid_from: tx.now(),
    };
    store::insert_version(tx, activity, &next)?;
    lifecycle::renew_notice(tx, activity, notice)?;
    Ok(true)
}
