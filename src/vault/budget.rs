//! How many ID numbers an activity's key answers for: the keeper's own bound on guessing.
//!
//! Taiwan has 520 million ID numbers, so whoever may ask for tags without end can try them all
//! (`privacy` 2.1). A store of answers is wide enough for the rush when entry opens and fills again
//! slowly.
//!
//! Invariant: answers are taken from the store on the disk, some at a time, before the first of them
//! is given; a process that starts anew has no more than its file says. That the file is there says
//! that a tag was asked for (`promised`).
//!
//! Not here: throttles of one person or network (`entry`).

use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::disk;
use crate::platform::clock::{HOUR, Timestamp};

/// In how many parts it is told how much is left.
pub const PARTS: u64 = 32;

/// How the file ends.
pub(super) const ENDING: &str = ".tags";

/// How the file ends of what is asked for before anything is promised.
pub(super) const LISTS_ENDING: &str = ".lists";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// The tag of a number: entering, and looking somebody up.
    Tag,
    /// Whether a number is that of a tag: at the desk.
    Match,
    /// The tag of a number on a list, which says nothing about tags of entries: importing the list
    /// and looking somebody up in it.
    Listed,
}

impl Asked {
    /// Each in its file. Lists are imported while the activity is a draft, so they do not count as a
    /// tag that was asked for.
    const IN_FILES: [(&'static str, &'static [Asked]); 2] = [
        (ENDING, &[Asked::Tag, Asked::Match]),
        (LISTS_ENDING, &[Asked::Listed]),
    ];

    /// The file of an activity, and everything whose store is in it.
    fn file(self, activity: &str) -> (String, &'static [Asked]) {
        let holds = |(_, all): &&(&str, &'static [Asked])| all.contains(&self);
        let (ending, all) = Asked::IN_FILES.iter().find(holds).expect("each has a file");
        (format!("{activity}{ending}"), all)
    }

    fn code(self) -> &'static str {
        match self {
            Asked::Tag => "tags",
            Asked::Match => "matches",
            Asked::Listed => "listed",
        }
    }

    /// Answers that a full store holds: a minute of 2,000 entries a second, twice; a long day at a
    /// busy desk; a list of 500,000 cards, twice, and the rush.
    fn full(self) -> i64 {
        match self {
            Asked::Tag => 240_000,
            Asked::Match => 2_000,
            Asked::Listed => 1_240_000,
        }
    }

    /// Answers that are added in an hour. 520 million at 10,000 an hour take six years.
    fn hourly(self) -> i64 {
        match self {
            Asked::Tag | Asked::Listed => 10_000,
            Asked::Match => 300,
        }
    }

    /// How many are taken from the disk at a time; so many are lost when the process ends.
    fn at_once(self) -> i64 {
        match self {
            Asked::Tag => 1_000,
            Asked::Match => 10,
            Asked::Listed => 4_000,
        }
    }
}

/// Answers that were taken from the disk and not given yet.
#[derive(Default)]
pub(super) struct Budget {
    ready: HashMap<(String, Asked), i64>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum BudgetError {
    /// The store is empty; it fills again within the hour.
    #[error("too many numbers were asked for")]
    Empty,
    #[error("the store cannot be read or written")]
    Disk(#[from] io::Error),
}

impl Budget {
    /// Takes one answer of an activity.
    pub(super) fn take(
        &mut self,
        folder: &Path,
        activity: &str,
        asked: Asked,
        now: Timestamp,
    ) -> Result<(), BudgetError> {
        let ready = self.ready.entry((activity.to_owned(), asked)).or_default();
        if *ready == 0 {
            *ready = take_from_disk(folder, activity, asked, now)?;
        }
        *ready -= 1;
        Ok(())
    }

    /// How much of the store of an activity is left, in [`PARTS`]; nothing is taken. What was taken
    /// from the disk and not given yet is not counted.
    pub(super) fn parts_left(
        folder: &Path,
        activity: &str,
        asked: Asked,
        now: Timestamp,
    ) -> Result<u64, io::Error> {
        let Some(lines) = disk::read(folder, &asked.file(activity).0)? else {
            return Ok(PARTS);
        };
        let store = Store::read(&String::from_utf8_lossy(&lines), asked);
        let mut store = store.unwrap_or(Store { left: 0, at: now.0 });
        store.fill(asked, now);
        let left = u64::try_from(store.left).unwrap_or_default();
        let full = u64::try_from(asked.full()).unwrap_or(1);
        Ok(left * PARTS / full)
    }

    /// Forgets an activity whose key is destroyed.
    pub(super) fn forget(&mut self, activity: &str) {
        self.ready.retain(|(of, _), _| of != activity);
    }
}

fn take_from_disk(
    folder: &Path,
    activity: &str,
    asked: Asked,
    now: Timestamp,
) -> Result<i64, BudgetError> {
    let (file, all) = asked.file(activity);
    let lines = disk::read(folder, &file)?;
    let lines = lines.as_ref().map(|bytes| String::from_utf8_lossy(bytes));
    let mut is_damaged = false;
    let mut stores = Vec::with_capacity(all.len());
    for &each in all {
        let store = match &lines {
            None => Store::full(each, now),
            Some(lines) => {
                let store = Store::read(lines, each);
                is_damaged |= store.is_none();
                // A file that was damaged fills from nothing.
                store.unwrap_or(Store { left: 0, at: now.0 })
            }
        };
        stores.push((each, store));
    }
    let store = stores.iter_mut().find(|(each, _)| *each == asked);
    let (_, store) = store.expect("every kind has a store");
    let is_anew = store.fill(asked, now) || is_damaged;
    let taken = store.left.min(asked.at_once());
    store.left -= taken;
    if taken > 0 || is_anew {
        let lines = stores.iter().map(|(each, store)| store.line(*each));
        disk::replace(folder, &file, lines.collect::<String>().as_bytes())?;
    }
    match taken {
        0 => Err(BudgetError::Empty),
        taken => Ok(taken),
    }
}

/// What is left, and since when it fills.
struct Store {
    left: i64,
    at: i64,
}

impl Store {
    fn full(asked: Asked, now: Timestamp) -> Store {
        Store {
            left: asked.full(),
            at: now.0,
        }
    }

    /// Adds what came since. A clock that was set back adds nothing and starts anew, which is told.
    fn fill(&mut self, asked: Asked, now: Timestamp) -> bool {
        let passed = now.0.saturating_sub(self.at);
        let came = passed.max(0).saturating_mul(asked.hourly()) / HOUR;
        if passed < 0 || self.left.saturating_add(came) >= asked.full() {
            self.at = now.0;
            self.left = self.left.saturating_add(came).min(asked.full());
        } else {
            self.at += came * HOUR / asked.hourly();
            self.left += came;
        }
        passed < 0
    }

    fn line(&self, asked: Asked) -> String {
        format!("{} {} {}\n", asked.code(), self.left, self.at)
    }

    fn read(lines: &str, asked: Asked) -> Option<Store> {
        let mut lines = lines.lines();
        let fields = lines.find_map(|line| line.strip_prefix(asked.code()))?;
        let (left, at) = fields.strip_prefix(' ')?.split_once(' ')?;
        let left: i64 = left.parse().ok()?;
        Some(Store {
            left: left.clamp(0, asked.full()),
            at: at.parse().ok()?,
        })
    }
}

/// Beside the activity's key, with which it is destroyed.
pub(super) fn file_name(activity: &str) -> String {
    format!("{activity}{ENDING}")
}

/// The file of lists, likewise.
pub(super) fn lists_file_name(activity: &str) -> String {
    format!("{activity}{LISTS_ENDING}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_800_000_000_000);

    fn taken(budget: &mut Budget, folder: &Path, asked: Asked, now: Timestamp) -> i64 {
        let mut taken = 0;
        while budget.take(folder, "spring", asked, now).is_ok() {
            taken += 1;
        }
        taken
    }

    #[test]
    fn the_rush_is_answered_and_after_it_so_many_an_hour() {
        let folder = tempfile::tempdir().expect("a folder");
        let budget = &mut Budget::default();
        let mut take = |now| taken(budget, folder.path(), Asked::Tag, now);
        assert_eq!(take(NOON), 240_000);
        assert_eq!(take(NOON), 0);
        assert_eq!(take(NOON.plus(HOUR / 2)), 5_000);
        assert_eq!(take(NOON.plus(HOUR / 2 + HOUR)), 10_000);
        assert_eq!(take(NOON.plus(100 * HOUR)), 240_000, "never more than full");
    }

    #[test]
    fn what_is_left_is_told_in_parts_and_asking_takes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        let left = |asked, now| {
            let parts = Budget::parts_left(path, "spring", asked, now);
            parts.expect("read")
        };
        assert_eq!(left(Asked::Tag, NOON), PARTS, "nobody has asked yet");
        let budget = &mut Budget::default();
        for _ in 0..121_000 {
            budget.take(path, "spring", Asked::Tag, NOON).expect("left");
        }
        for _ in 0..10 {
            assert_eq!(left(Asked::Tag, NOON), PARTS / 2 - 1);
        }
        assert_eq!(left(Asked::Tag, NOON.plus(HOUR)), PARTS / 2 + 1);
        assert_eq!(left(Asked::Match, NOON), PARTS, "a store of its own");
        while budget.take(path, "spring", Asked::Tag, NOON).is_ok() {}
        assert_eq!(left(Asked::Tag, NOON), 0);
    }

    #[test]
    fn neither_a_restart_nor_a_clock_that_is_set_back_fills_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut all = 0;
        for _ in 0..3_000 {
            let budget = &mut Budget::default();
            all += i64::from(
                budget
                    .take(folder.path(), "spring", Asked::Match, NOON)
                    .is_ok(),
            );
        }
        assert_eq!(all, 200, "each start costs what was taken at once");
        let take = |now| taken(&mut Budget::default(), folder.path(), Asked::Match, now);
        assert_eq!(take(NOON), 0);
        assert_eq!(take(NOON.plus(-24 * HOUR)), 0);
        assert_eq!(
            take(NOON.plus(-23 * HOUR)),
            300,
            "it fills by the clock that is"
        );
        // The other kind has a store of its own.
        assert_eq!(
            taken(&mut Budget::default(), folder.path(), Asked::Tag, NOON),
            240_000
        );
    }

    #[test]
    fn a_list_has_a_store_of_its_own_and_does_not_count_as_a_tag() {
        let folder = tempfile::tempdir().expect("a folder");
        let budget = &mut Budget::default();
        let mut take = |asked| taken(budget, folder.path(), asked, NOON);
        assert_eq!(take(Asked::Listed), 1_240_000);
        assert!(!folder.path().join("spring.tags").exists());
        assert_eq!((take(Asked::Listed), take(Asked::Tag)), (0, 240_000));
    }

    #[test]
    fn a_damaged_store_fills_from_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("spring.tags"), "tags nine").expect("written");
        let budget = &mut Budget::default();
        let mut take = |now| taken(budget, folder.path(), Asked::Tag, now);
        assert_eq!((take(NOON), take(NOON.plus(HOUR))), (0, 10_000));
    }
}
