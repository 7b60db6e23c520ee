//! Branches of the library, each with staff and activities of its own.
//!
//! Invariant: a branch is never deleted, because activities and grants name it; one that is closed
//! takes no new activity. What names no branch is the whole library's.
//!
//! Not here: who works for which branch ([`crate::account`]), whose an activity is
//! ([`crate::activity`]).

use crate::audit::{self, Act, Actor};
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::platform::text::Language;

pub mod pages;
mod store;
pub mod wire;

text_id!(
    /// Names a branch.
    BranchId,
    8
);

/// The name of a branch in both languages; neither is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Chinese as written in Taiwan; no two branches share it.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Name {
    /// The name in `language`.
    pub fn pick(&self, language: Language) -> &str {
        match language {
            Language::ZhTw => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// A branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its id.
    pub id: BranchId,
    /// Its name.
    pub name: Name,
    /// Since when it takes no new activity.
    pub closed_at: Option<Timestamp>,
}

/// Why something could not be done with a branch.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such branch.
    #[error("no such branch")]
    Unknown,
    /// Another branch has the name.
    #[error("another branch has the name")]
    NameTaken,
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::NameTaken => Kind::Conflict,
            Error::Db(error) => error.kind(),
            Error::Audit(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "branch.unknown",
            Error::NameTaken => "branch.name_taken",
            Error::Db(error) => error.code(),
            Error::Audit(error) => error.code(),
        }
    }
}

/// Every branch, the oldest first.
pub fn all(tx: &mut Tx) -> Result<Vec<Branch>, Error> {
    Ok(store::all(tx)?)
}

/// Opens a branch.
pub fn make(tx: &mut Tx, by: &Actor, name: Name) -> Result<BranchId, Error> {
    let id = BranchId::fresh();
    store::insert(tx, &id, &name)?;
    note(tx, by, "branch.made", &id)?;
    Ok(id)
}

/// Gives a branch another name; pages of earlier activities show it too.
pub fn rename(tx: &mut Tx, by: &Actor, id: &BranchId, name: &Name) -> Result<(), Error> {
    store::rename(tx, id, name)?;
    note(tx, by, "branch.renamed", id)
}

/// Closes a branch to new activities; a second time is the same.
pub fn close(tx: &mut Tx, by: &Actor, id: &BranchId) -> Result<(), Error> {
    let now = tx.now();
    match store::set_closed(tx, id, Some(now))? {
        true => note(tx, by, "branch.closed", id),
        false => Ok(()),
    }
}

/// Opens a closed branch again; a second time is the same.
pub fn reopen(tx: &mut Tx, by: &Actor, id: &BranchId) -> Result<(), Error> {
    match store::set_closed(tx, id, None)? {
        true => note(tx, by, "branch.reopened", id),
        false => Ok(()),
    }
}

fn note(tx: &mut Tx, by: &Actor, act: &'static str, id: &BranchId) -> Result<(), Error> {
    let act = Act {
        actor: by,
        act,
        activity: "",
        object: id.as_str(),
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}
