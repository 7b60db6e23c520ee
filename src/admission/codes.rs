//! Invitation codes: made by the batch, printed, and each used once.
//!
//! Invariant: a code is 100 random bits, shown once to whoever made it and kept as a hash alone. The
//! row of a code that was used is gone, and no row says which entry used it or when; how many were
//! used is what is missing from the batch. One statement takes a code in the transaction that stores
//! the entry, so that of two requests with one code one is refused.
//!
//! Not here: the page that prints them ([`super::pages`]), what an entry is (`entry`).

use lucky_draw::encode::{Hash, encode, sha256};
use lucky_draw::ticket::Secret;

use crate::activity::{self, ActivityId, Eligibility, Facts, Stage};
use crate::audit::{Actor, StaffId};
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::ids::{self, text_id};

use super::{Error, record, store};

text_id!(
    /// Names a batch inside its activity.
    BatchId,
    8
);

/// Most codes of one batch: a page of them is printed at once.
pub const MOST: u32 = 500;

/// One batch, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// How many codes were made.
    pub made: u64,
    /// Who made them.
    pub made_by: StaffId,
    /// When.
    pub made_at: Timestamp,
    /// How many of them can still be used.
    pub unused: u64,
    /// How many were taken back unused.
    pub withdrawn: u64,
}

impl Batch {
    /// How many were used.
    pub fn used(&self) -> u64 {
        self.made - self.unused - self.withdrawn
    }
}

/// A code that was just made, or typed.
#[derive(Clone)]
pub struct Code(Secret);

impl Code {
    fn fresh() -> Code {
        Code(Secret::from_entropy(ids::random()))
    }

    /// Reads a code in any case, with or without its groups and its check character.
    pub fn parse(typed: &str) -> Option<Code> {
        Secret::parse(typed).ok().map(Code)
    }

    /// In groups of four, as it is printed.
    pub fn grouped(&self) -> String {
        self.0.grouped()
    }

    /// As the database knows it; the same code is another one in another activity.
    pub fn hash(&self, activity: &ActivityId) -> Hash {
        sha256(&encode(
            "fairdraw/1/invitation",
            &[activity.as_str().as_bytes(), self.0.as_str().as_bytes()],
        ))
    }
}

/// Whether codes can be made and taken back.
pub fn takes_codes(facts: &Facts) -> bool {
    facts.eligibility == Eligibility::Codes && matches!(facts.stage, Stage::Draft | Stage::Open)
}

/// Makes so many codes; they are shown now and never again.
///
/// # Errors
/// [`Error::Shut`] where the activity takes no codes now.
pub fn make(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    count: u32,
) -> Result<Vec<Code>, Error> {
    if !takes_codes(&activity::by_id(tx, activity)?) {
        return Err(Error::Shut);
    }
    let codes: Vec<Code> = (0..count).map(|_| Code::fresh()).collect();
    let mut hashes: Vec<Hash> = codes.iter().map(|code| code.hash(activity)).collect();
    // In an order that says nothing about the sheet.
    hashes.sort();
    let batch = BatchId::fresh();
    store::codes::insert_batch(tx, activity, &batch, count, by)?;
    store::codes::insert(tx, activity, &batch, &hashes)?;
    let actor = Actor::Staff(by.clone());
    let object = format!("{batch} {count}");
    record(tx, &actor, "admission.codes_made", activity, &object)?;
    Ok(codes)
}

/// Takes the unused codes of a batch back.
///
/// # Errors
/// [`Error::Shut`] where the activity takes no codes now, or there is nothing to take back.
pub fn withdraw(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    batch: &BatchId,
) -> Result<(), Error> {
    if !takes_codes(&activity::by_id(tx, activity)?) {
        return Err(Error::Shut);
    }
    let gone = store::codes::withdraw(tx, activity, batch)?;
    if gone == 0 {
        return Err(Error::Shut);
    }
    db::tidy::wanted(tx)?;
    let actor = Actor::Staff(by.clone());
    let object = format!("{batch} {gone}");
    record(tx, &actor, "admission.codes_withdrawn", activity, &object)
}

/// The batches of an activity, the newest first.
pub fn batches(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Batch>, Error> {
    Ok(store::codes::batches(tx, activity)?)
}

/// Whether a code can be used.
pub fn is_open(tx: &mut Tx, activity: &ActivityId, code: &Hash) -> Result<bool, Error> {
    Ok(store::codes::is_there(tx, activity, code)?)
}

/// Uses a code, in the transaction that stores the entry; `false` where somebody else has.
pub fn spend(tx: &mut Tx, activity: &ActivityId, code: &Hash) -> Result<bool, Error> {
    Ok(store::codes::take(tx, activity, code)?)
}
