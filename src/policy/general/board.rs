//! What every page shows of the policy: the version in force, and a major change that people must
//! learn of.
//!
//! Invariant: it is read from memory, so that no page costs a query for it; each instance looks
//! again every few seconds, and at once where something was published here. Which version is in
//! force is decided by the clock as a page is made.

use std::sync::{PoisonError, RwLock};

use crate::platform::clock::{Clock, DAY, Timestamp};
use crate::platform::db::{Db, Tx};

use super::super::{Error, store};
use super::Weight;

/// What is remembered of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Its number.
    pub number: i64,
    /// How much it changes.
    pub weight: Weight,
    /// From when it holds.
    pub effective_at: Timestamp,
    /// So many days after that pages speak of a major change.
    pub banner_days: i64,
}

/// What a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Posted {
    /// The version in force; 0 before the first one.
    pub number: i64,
    /// A major change to speak of.
    pub change: Option<Change>,
}

/// A major change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The version that brings it.
    pub number: i64,
    /// From when it holds.
    pub effective_at: Timestamp,
    /// Whether it holds already.
    pub holds: bool,
    /// The version that people knew before everything that is to be told now: what this one is compared
    /// with, so that a later change hides no earlier one.
    pub since: i64,
}

/// What an instance remembers of the versions.
pub struct Board {
    known: RwLock<Vec<Brief>>,
    clock: Clock,
}

impl Board {
    /// Of the versions that there are.
    pub fn of(db: &Db) -> Result<Board, Error> {
        let board = Board {
            known: RwLock::default(),
            clock: db.clock().clone(),
        };
        board.look(db)?;
        Ok(board)
    }

    /// Reads the versions again.
    pub fn look(&self, db: &Db) -> Result<(), Error> {
        let known = db.read_now("read versions of the policy", read)?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// What pages show now.
    pub fn posted(&self) -> Posted {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        posted(&known, self.clock.now())
    }
}

fn read(tx: &mut Tx) -> Result<Vec<Brief>, Error> {
    Ok(store::general::briefs(tx)?)
}

fn posted(known: &[Brief], now: Timestamp) -> Posted {
    let holds = |brief: &&Brief| brief.effective_at <= now;
    let is_told = |brief: &&Brief| {
        let until = brief.effective_at.plus(brief.banner_days * DAY);
        brief.weight == Weight::Major && now < until
    };
    let number = known.iter().rfind(holds).map_or(0, |brief| brief.number);
    let first = known.iter().find(is_told).map_or(0, |brief| brief.number);
    Posted {
        number,
        change: known.iter().rfind(is_told).map(|brief| Change {
            number: brief.number,
            effective_at: brief.effective_at,
            holds: brief.effective_at <= now,
            since: number.min(first - 1).max(1),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(number: i64, weight: Weight, day: i64) -> Brief {
        Brief {
            number,
            weight,
            effective_at: Timestamp(day * DAY),
            banner_days: 10,
        }
    }

    #[test]
    fn a_major_change_is_told_before_it_holds_and_for_its_days_after() {
        let known = [
            brief(1, Weight::Minor, 0),
            brief(2, Weight::Major, 20),
            brief(3, Weight::Minor, 25),
        ];
        let on = |day: i64| posted(&known, Timestamp(day * DAY));
        assert_eq!(on(5).number, 1);
        let change = on(5).change.expect("it is announced");
        assert_eq!((change.number, change.holds), (2, false));
        let change = on(26).change.expect("it is told for ten days");
        assert_eq!((on(26).number, change.number, change.holds), (3, 2, true));
        assert_eq!(on(30).change, None);
    }

    #[test]
    fn a_second_change_does_not_hide_the_first() {
        let known = [
            brief(1, Weight::Minor, 0),
            brief(2, Weight::Minor, 15),
            brief(3, Weight::Major, 20),
            brief(4, Weight::Major, 28),
        ];
        let told = |day: i64| {
            let change = posted(&known, Timestamp(day * DAY)).change;
            change.map(|change| (change.since, change.number))
        };
        assert_eq!(told(5), Some((1, 4)), "with everything that is to come");
        assert_eq!(told(29), Some((2, 4)), "both are told still");
        assert_eq!(told(31), Some((3, 4)));
    }
}
