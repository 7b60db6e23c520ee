//! The list of library cards that may enter.
//!
//! Invariant: a number becomes a tag in the vault, some thousands at a time, and is in no row and no
//! log. The tags are of a key of their own, so that nobody who reads the database sees which card of
//! the list entered. While the activity is a draft the list is made and cleared; once it is published
//! cards are only added, on record: nobody who could enter is kept out later.
//!
//! Not here: reading the file ([`super::wire`]), whether a card entered before, which its tag in the
//! draw tells (`entry`).

use lucky_draw::encode::Hash;
use zeroize::Zeroizing;

use crate::activity::{self, ActivityId, Eligibility, Facts, Stage};
use crate::audit::Actor;
use crate::platform::db::{self, Db, Tx};
use crate::vault::{self, Refusal, Vault};

use super::{Error, record, store};

/// So many cards are one message to the vault and one transaction.
const TOGETHER: usize = 2_000;

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Cards that are new on the list.
    pub added: usize,
    /// Cards that were on it already, or came twice.
    pub known: usize,
    /// Cards that wait: the vault answers for so many a day.
    pub waiting: usize,
}

/// Whether cards can be added.
pub fn takes_cards(facts: &Facts) -> bool {
    facts.eligibility == Eligibility::Cards && matches!(facts.stage, Stage::Draft | Stage::Open)
}

/// Whether the list can be cleared.
pub fn may_be_cleared(facts: &Facts) -> bool {
    facts.stage == Stage::Draft
}

/// Adds cards to the list, given as what the tag is made of. Blocks: each some thousands are stored
/// by themselves, so that a list that breaks off is sent again.
///
/// # Errors
/// [`Error::Shut`] where the activity takes no cards now.
pub fn import(
    db: &Db,
    vault: &Vault,
    by: &Actor,
    activity: &ActivityId,
    subjects: &[Zeroizing<String>],
) -> Result<Imported, Error> {
    let facts = db.read_now("read activity", |tx| activity::by_id(tx, activity))?;
    if !takes_cards(&facts) {
        return Err(Error::Shut);
    }
    if facts.stage == Stage::Draft {
        // The key that publishing will use; it is the same one then.
        vault.create_activity(activity.as_str())?;
    }
    let mut imported = Imported::default();
    let mut seen = 0;
    for some in subjects.chunks(TOGETHER) {
        let mut tags = match vault.list_tags(activity.as_str(), some) {
            Ok(tags) => tags,
            Err(vault::Error::Refused(Refusal::Busy)) => break,
            Err(error) => return Err(error.into()),
        };
        // In an order that says nothing about the file.
        tags.sort();
        tags.dedup();
        imported.added += add(db, by, activity, &tags)?;
        seen += some.len();
    }
    imported.known = seen - imported.added;
    imported.waiting = subjects.len() - seen;
    Ok(imported)
}

/// How many of them were new; on record with them.
fn add(db: &Db, by: &Actor, activity: &ActivityId, tags: &[Hash]) -> Result<usize, Error> {
    db.write_now("import cards", |tx| {
        if !takes_cards(&activity::by_id(tx, activity)?) {
            return Err(Error::Shut);
        }
        let added = store::cards::insert(tx, activity, tags)?;
        record(
            tx,
            by,
            "admission.cards_added",
            activity,
            &added.to_string(),
        )?;
        Ok(added)
    })
}

/// Takes every card off the list of a draft.
///
/// # Errors
/// [`Error::Shut`] once it is published.
pub fn clear(tx: &mut Tx, by: &Actor, activity: &ActivityId) -> Result<(), Error> {
    let facts = activity::by_id(tx, activity)?;
    if !may_be_cleared(&facts) {
        return Err(Error::Shut);
    }
    let gone = store::cards::forget(tx, activity)?;
    db::tidy::wanted(tx)?;
    let gone = gone.to_string();
    record(tx, by, "admission.cards_cleared", activity, &gone)
}

/// Whether a card is on the list, by its tag ([`crate::vault::Soon::list_tag`]).
pub fn is_listed(tx: &mut Tx, activity: &ActivityId, tag: &Hash) -> Result<bool, Error> {
    Ok(store::cards::is_there(tx, activity, tag)?)
}

/// Whether any card is on the list.
pub fn are_listed(tx: &mut Tx, activity: &ActivityId) -> Result<bool, Error> {
    Ok(!store::cards::some(tx, activity, 1)?.is_empty())
}

/// How many cards are on the list.
pub fn count(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::cards::count(tx, activity)?)
}
