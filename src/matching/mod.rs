//! Comparing the library's members with the list of somebody else, under an agreement.
//!
//! Invariant: nothing is compared without an agreement that one person wrote down and another
//! approved, and that lasts. Addresses become keyed tags in the vault, one list is in memory for the
//! time of one request, and what comes out is a number of people, moved by chance: neither list
//! learns who is on the other. Everybody can read which agreements there are and how often each was
//! used. Entries are never compared: their contacts are for winners.
//!
//! Not here: who may enter by a list of cards (`activity::eligibility`), data that people let somebody
//! have (`custody::sharing`).

use crate::account;
use crate::activity::LocalText;
use crate::audit::{self, Act, Actor, StaffId};
use crate::identity::email::Email;
use crate::member;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::{self, Db, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::{self, text_id};
use crate::vault::{self, Vault};

pub mod pages;
mod store;
mod wire;

text_id!(
    /// Names an agreement.
    AgreementId,
    10
);

/// The fewest different addresses of a list: a shorter one asks about single people.
pub const FEWEST: usize = 100;
/// The most addresses of a list.
pub const MOST: usize = 5_000;
/// How often one agreement can be used.
pub const MOST_OFTEN: usize = 12;
/// Between two comparisons under one agreement, in milliseconds.
pub const PAUSE: i64 = DAY;
/// Numbers of people are multiples of it.
pub const STEP: u64 = 10;

/// Whether an agreement can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has approved it yet.
    Proposed,
    /// It can be used.
    InForce,
    /// Its last day is over, or somebody ended it.
    Over,
}

/// An agreement on comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// With whom.
    pub counterparty: LocalText,
    /// What is compared, and what for.
    pub aim: LocalText,
    /// The number of the signed paper.
    pub document: String,
    /// The last moment of the day on which it was signed.
    pub signed_on: Timestamp,
    /// Its last moment.
    pub until: Timestamp,
    /// Who wrote it down.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who approved it: another person.
    pub approved_by: Option<StaffId>,
    /// When somebody ended it early.
    pub ended_at: Option<Timestamp>,
}

impl Agreement {
    /// What it can be used for at `now`.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match (self.ended_at, &self.approved_by) {
            (Some(_), _) => Standing::Over,
            _ if self.until < now => Standing::Over,
            (None, None) => Standing::Proposed,
            (None, Some(_)) => Standing::InForce,
        }
    }
}

/// What is written down of a new agreement.
#[derive(Debug, Clone)]
pub struct NewAgreement {
    /// With whom.
    pub counterparty: LocalText,
    /// What is compared, and what for.
    pub aim: LocalText,
    /// The number of the signed paper.
    pub document: String,
    /// The last moment of the day on which it was signed.
    pub signed_on: Timestamp,
    /// Its last moment.
    pub until: Timestamp,
}

/// One use of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub made_by: StaffId,
    /// How many different addresses the list had.
    pub sent: u64,
    /// How many members were on it, moved by chance; nothing where it broke off.
    pub told: Option<u64>,
}

/// Why something could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such agreement.
    #[error("no such agreement")]
    Unknown,
    /// Whoever wrote it down cannot approve it.
    #[error("another person has to approve")]
    SecondPerson,
    /// It is approved already, or over.
    #[error("it was changed meanwhile")]
    Moved,
    /// Nobody approved it, or it is over.
    #[error("the agreement is not in force")]
    NotInForce,
    /// It was used today already.
    #[error("an agreement is used once a day")]
    TooSoon,
    /// It was used as often as one can be.
    #[error("the agreement is used up")]
    UsedUp,
    /// Accounts.
    #[error(transparent)]
    Account(#[from] account::Error),
    /// Members.
    #[error(transparent)]
    Member(#[from] member::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
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
            Error::SecondPerson => Kind::Forbidden,
            Error::Moved | Error::NotInForce | Error::TooSoon | Error::UsedUp => Kind::Conflict,
            Error::Account(error) => error.kind(),
            Error::Member(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "matching.unknown",
            Error::SecondPerson => "matching.second_person",
            Error::Moved => "matching.moved",
            Error::NotInForce => "matching.not_in_force",
            Error::TooSoon => "matching.too_soon",
            Error::UsedUp => "matching.used_up",
            Error::Account(error) => error.code(),
            Error::Member(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// Every agreement, the latest first.
pub fn all(tx: &mut Tx) -> Result<Vec<Agreement>, Error> {
    Ok(store::all(tx)?)
}

/// One agreement.
///
/// # Errors
/// [`Error::Unknown`].
pub fn find(tx: &mut Tx, id: &AgreementId) -> Result<Agreement, Error> {
    store::find(tx, id)?.ok_or(Error::Unknown)
}

/// How an agreement was used, the first use first.
pub fn comparisons(tx: &mut Tx, id: &AgreementId) -> Result<Vec<Comparison>, Error> {
    Ok(store::comparisons(tx, id)?)
}

/// How often each agreement was used.
pub fn uses(tx: &mut Tx) -> Result<Vec<(Agreement, usize)>, Error> {
    let mut uses = Vec::new();
    for agreement in store::all(tx)? {
        let times = store::comparisons(tx, &agreement.id)?.len();
        uses.push((agreement, times));
    }
    Ok(uses)
}

/// Writes an agreement down; it waits for another person.
pub fn propose(
    tx: &mut Tx,
    by: &Actor,
    who: &StaffId,
    new: &NewAgreement,
) -> Result<AgreementId, Error> {
    let agreement = Agreement {
        id: AgreementId::fresh(),
        counterparty: new.counterparty.clone(),
        aim: new.aim.clone(),
        document: new.document.clone(),
        signed_on: new.signed_on,
        until: new.until,
        proposed_by: who.clone(),
        proposed_at: tx.now(),
        approved_by: None,
        ended_at: None,
    };
    store::insert(tx, &agreement)?;
    note(tx, by, "matching.proposed", &agreement.id, "")?;
    Ok(agreement.id)
}

/// Approves an agreement.
///
/// # Errors
/// [`Error::SecondPerson`]; [`Error::Moved`] where it does not wait any more.
pub fn approve(tx: &mut Tx, by: &Actor, who: &StaffId, id: &AgreementId) -> Result<(), Error> {
    let agreement = find(tx, id)?;
    if agreement.standing(tx.now()) != Standing::Proposed {
        return Err(Error::Moved);
    }
    if agreement.proposed_by == *who {
        return Err(Error::SecondPerson);
    }
    store::approve(tx, id, who)?;
    note(tx, by, "matching.approved", id, "")
}

/// Ends an agreement before its day; a second time is the same.
pub fn end(tx: &mut Tx, by: &Actor, id: &AgreementId) -> Result<(), Error> {
    if find(tx, id)?.standing(tx.now()) == Standing::Over {
        return Ok(());
    }
    store::end(tx, id)?;
    note(tx, by, "matching.ended", id, "")
}

/// When an agreement can be used next; nothing where it is used up.
pub fn usable_from(made: &[Comparison]) -> Option<Timestamp> {
    match made.last() {
        _ if made.len() >= MOST_OFTEN => None,
        None => Some(Timestamp(0)),
        Some(last) => Some(last.at.plus(PAUSE)),
    }
}

/// Counts the members whose address is on a list of different addresses. It is on record, and counts
/// as a use, before the first address is looked up. Blocks.
///
/// # Errors
/// [`Error::NotInForce`], [`Error::TooSoon`], [`Error::UsedUp`].
pub fn compare(
    db: &Db,
    vault: &Vault,
    (by, who): (&Actor, &StaffId),
    id: &AgreementId,
    list: &[Email],
) -> Result<u64, Error> {
    let position = db.write_now("record comparison", |tx| {
        begin(tx, (by, who), id, list.len())
    })?;
    let mut tags = Vec::with_capacity(list.len());
    for address in list {
        tags.push(vault.tag_member(address)?);
    }
    let people = db.read_now("count members on a list", |tx| {
        member::count_among(tx, &tags)
    })?;
    let chance = || u64::from_le_bytes(ids::random());
    let told = blurred(people, noise(chance(), chance()));
    db.write_now("tell comparison", |tx| store::tell(tx, id, position, told))?;
    Ok(told)
}

fn begin(
    tx: &mut Tx,
    (by, who): (&Actor, &StaffId),
    id: &AgreementId,
    sent: usize,
) -> Result<usize, Error> {
    let now = tx.now();
    if find(tx, id)?.standing(now) != Standing::InForce {
        return Err(Error::NotInForce);
    }
    let made = store::comparisons(tx, id)?;
    match usable_from(&made) {
        None => return Err(Error::UsedUp),
        Some(from) if now < from => return Err(Error::TooSoon),
        Some(_) => {}
    }
    store::begin(tx, id, made.len(), who, sent)?;
    note(tx, by, "matching.compared", id, &sent.to_string())?;
    Ok(made.len())
}

/// How far chance moves a number: one address more or less on a list makes no result more than
/// e^(1/20) times as likely, and the twelve uses of an agreement together less than twice.
pub const SCALE: f64 = 20.0;

/// A whole number of either sign, each step further from zero less likely by e^(-1/[`SCALE`]): the
/// difference of two geometric numbers, made of two random words (the two-sided geometric mechanism of
/// Ghosh, Roughgarden and Sundararajan, 2009).
fn noise(one: u64, other: u64) -> i64 {
    // Evenly in (0, 1], with the 53 bits that a float holds.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a float")]
    let even = |word: u64| ((word >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "below 800")]
    let geometric = |word: u64| (-even(word).ln() * SCALE).floor() as i64;
    geometric(one) - geometric(other)
}

/// A number of people moved by chance, as the nearest multiple of [`STEP`] and never below none: what is
/// done to it after the chance tells nothing more.
fn blurred(people: u64, noise: i64) -> u64 {
    let moved = people.saturating_add_signed(noise);
    (moved + STEP / 2) / STEP * STEP
}

fn note(
    tx: &mut Tx,
    by: &Actor,
    act: &'static str,
    id: &AgreementId,
    reason: &str,
) -> Result<(), Error> {
    let act = Act {
        actor: by,
        act,
        activity: "",
        object: id.as_str(),
        purpose: "",
        reason,
    };
    Ok(audit::record(tx, &act)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_people_is_moved_by_chance_and_right_on_average() {
        let mut word = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            // Any even spread of words will do here (xorshift64).
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
            word
        };
        let all: Vec<i64> = (0..20_000).map(|_| noise(next(), next())).collect();
        let sum: i64 = all.iter().sum();
        assert!(sum.abs() < 20_000, "the middle is at none: {sum}");
        let square: i64 = all.iter().map(|each| each * each).sum();
        // 2 α / (1 - α)² with α = e^(-1/20): 800.
        let variance = square / 20_000;
        assert!((700..900).contains(&variance), "{variance}");
        // One person more on a list is hardly to be seen: shares of each result are near each other.
        let share = |people: u64, told: u64| {
            let hits = all.iter().filter(|each| blurred(people, **each) == told);
            hits.count()
        };
        for told in [0, 10, 20, 30] {
            let (without, with) = (share(0, told), share(1, told));
            assert!(without > 500 && with > 500, "{told}: {without} {with}");
            let most = without.max(with) * 100 / without.min(with);
            assert!(most < 118, "{told}: {without} {with}");
        }
        assert_eq!(blurred(3, -50), 0);
        assert_eq!(blurred(200, 4), 200);
        assert_eq!(blurred(200, 5), 210);
    }
}
