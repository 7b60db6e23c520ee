//! What an activity asks and what is needed to take an entry, as every form needs it.
//!
//! Invariant: a sheet is used again while nothing but entries was stored in this process since it
//! was read, and for a second at most, because another instance may store as well. Whether an entry
//! is taken is decided by the transaction that stores it, never by a sheet. Free places are counted
//! for every page anew: they change with every entry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::activity::{self, Stage};
use crate::entry::submit::{self, Terms};
use crate::entry::wire::Sheet;
use crate::entry::{self, Error, provider};
use crate::platform::clock::{SECOND, Timestamp};
use crate::platform::db::{Db, Tx};
use crate::platform::web::error::{AppError, AppResult};
use crate::{seats, survey};

/// So many sheets are kept.
const KEPT: usize = 256;

/// A sheet, and the terms while entries are taken.
pub(super) type Read = (Arc<Sheet>, Option<Arc<Terms>>);

/// The sheets that were read a moment ago, by the address of their activity.
#[derive(Default)]
pub struct Sheets {
    kept: Mutex<HashMap<String, Kept>>,
}

struct Kept {
    read: Read,
    at: Timestamp,
    /// The state of the database ([`Db::stored`]) before it was read.
    stored: u64,
}

impl Kept {
    fn serves(&self, now: Timestamp, stored: u64) -> bool {
        // A clock that was set back makes it old as well.
        (0..SECOND).contains(&(now.0 - self.at.0)) && self.stored == stored
    }
}

impl Sheets {
    /// The sheet of an activity; a draft is not found.
    pub(super) async fn sheet(&self, db: &Db, slug: &str) -> AppResult<Read> {
        let (now, stored) = (db.clock().now(), db.stored());
        let kept = self.serving(slug, now, stored);
        if let Some((sheet, terms)) = kept {
            return Ok((counted(db, sheet).await?, terms));
        }
        let read = read(db, slug).await?;
        let mut all = self.kept();
        if all.len() >= KEPT {
            all.clear();
        }
        let kept = Kept {
            read: read.clone(),
            at: now,
            stored,
        };
        all.insert(slug.to_owned(), kept);
        Ok(read)
    }

    fn serving(&self, slug: &str, now: Timestamp, stored: u64) -> Option<Read> {
        let all = self.kept();
        let kept = all.get(slug).filter(|kept| kept.serves(now, stored));
        kept.map(|kept| kept.read.clone())
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sheet with its places as they are now.
async fn counted(db: &Db, sheet: Arc<Sheet>) -> AppResult<Arc<Sheet>> {
    if sheet.sessions.is_empty() {
        return Ok(sheet);
    }
    let id = sheet.facts.id.clone();
    let (sessions, at) = db
        .read("count places", move |tx| {
            Ok::<_, seats::Error>((seats::sessions(tx, &id)?, tx.now()))
        })
        .await?;
    Ok(Arc::new(Sheet {
        sessions,
        at,
        ..Sheet::clone(&sheet)
    }))
}

/// The sheet of an activity as it stands now; a draft is not found.
pub(super) async fn read(db: &Db, slug: &str) -> AppResult<Read> {
    let slug = slug.to_owned();
    match db
        .read("read entry form", move |tx| from_rows(tx, &slug))
        .await
    {
        Err(Error::Activity(activity::Error::Unknown)) => Err(AppError::not_found()),
        found => Ok(found?),
    }
}

fn from_rows(tx: &mut Tx, slug: &str) -> Result<Read, Error> {
    let facts = activity::find(tx, slug)?;
    if facts.stage == Stage::Draft {
        return Err(activity::Error::Unknown.into());
    }
    let asked = activity::asked_fields(tx, &facts.id)?;
    let questions = survey::questionnaire(tx, &facts.id)?;
    // The keys are gone after a purge; the page then says that entry is over.
    let terms = match facts.stage {
        Stage::Open => Some(Arc::new(submit::terms(tx, facts.clone())?)),
        _ => None,
    };
    let drums = entry::drums(tx, &facts.id)?;
    let offers = provider::of_activity(tx, &facts.id)?;
    let sessions = match facts.kind.is_first_come() {
        true => seats::sessions(tx, &facts.id)?,
        false => Vec::new(),
    };
    let sheet = Sheet {
        facts,
        asked,
        questions,
        drums,
        sessions,
        at: tx.now(),
        offers,
    };
    Ok((Arc::new(sheet), terms))
}
