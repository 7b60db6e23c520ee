//! What is written: a person's letters and the library's answers, sealed to the key of a month.
//!
//! Invariant: a letter is readable for answering it and for the person, and for nothing else; when
//! the key of its month is destroyed, it is gone in every copy.

use crate::audit::Actor;
use crate::identity::date;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::ids;
use crate::vault::{
    self, Email, FeedbackReply, OpenedParticulars, Particulars, PublicKeys, RecordedInScope,
    RequestText, ScopeBox, Vault,
};

use super::{Error, Feedback};

/// Longest letter of a person, in characters as a person counts them.
pub const LONGEST: usize = 2_000;
/// Longest answer.
pub const LONGEST_ANSWER: usize = 4_000;

/// How the names of the keys begin.
pub(super) const SCOPES: &str = "_feedback-";

/// A sealed letter with the place it goes to.
#[derive(Clone)]
pub struct SealedLetter {
    pub(super) scope: String,
    pub(super) item: String,
    pub(super) keys: PublicKeys,
    pub(super) sealed: Vec<u8>,
}

/// The key of the month in which a first letter came.
pub(super) fn scope_of(received: Timestamp) -> String {
    let day = date::day_of(received);
    format!("{SCOPES}{}-{:02}", day.year(), day.month())
}

/// Seals the first letter of a person, which comes at `now`, with the address for the answer.
pub fn seal(
    vault: &Vault,
    now: Timestamp,
    text: &str,
    email: Option<&str>,
) -> Result<SealedLetter, Error> {
    let mut written = Particulars::new().with(&RequestText::new(text));
    if let Some(email) = email {
        written = written.with(&Email::new(email));
    }
    sealed(vault, scope_of(now), ids::code(20), &written)
}

/// Seals a letter more of either side, to the key of the first.
pub fn seal_more(vault: &Vault, feedback: &Feedback, text: &str) -> Result<SealedLetter, Error> {
    let written = Particulars::new().with(&RequestText::new(text));
    sealed(vault, feedback.scope.clone(), ids::code(20), &written)
}

fn sealed(
    vault: &Vault,
    scope: String,
    item: String,
    written: &Particulars,
) -> Result<SealedLetter, Error> {
    let keys = match vault.create_scope(&scope) {
        Err(vault::Error::Refused(vault::Refusal::NoKey)) => return Err(Error::Gone),
        keys => keys?,
    };
    Ok(SealedLetter {
        sealed: vault::seal_to_scope(&keys, &scope, &item, written)?,
        scope,
        item,
        keys,
    })
}

/// Letters whose opening is on record.
pub type Recorded = RecordedInScope<FeedbackReply>;
/// A letter, open.
pub type Opened = OpenedParticulars<FeedbackReply>;

/// Writes down that letters of a matter will be opened by somebody, a line for each.
///
/// # Errors
/// [`Error::Gone`] where one of them is not there any more.
pub fn record(
    tx: &mut Tx,
    by: &Actor,
    feedback: &Feedback,
    items: &[&str],
) -> Result<Recorded, Error> {
    let mut boxes = Vec::new();
    for item in items {
        let found = vault::sealed(tx, &feedback.scope, item)?.ok_or(Error::Gone)?;
        boxes.push(ScopeBox {
            item: found.item,
            sealed: found.sealed,
        });
    }
    let reason = feedback.id.as_str();
    Ok(vault::record_in_scope(
        tx,
        by,
        reason,
        &feedback.scope,
        boxes,
    )?)
}

/// Opens what was recorded, in order.
///
/// # Errors
/// [`Error::Gone`] once the key is destroyed.
pub fn open(vault: &Vault, recorded: Recorded) -> Result<Vec<Opened>, Error> {
    let opened = match vault.open_scope(recorded) {
        Err(vault::Error::Refused(vault::Refusal::NoKey)) => return Err(Error::Gone),
        opened => opened?,
    };
    let each = opened.into_iter();
    each.map(|one| one.map_err(|refusal| vault::Error::from(refusal).into()))
        .collect()
}
