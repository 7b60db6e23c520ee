//! Taking the steps, one after the other, from wherever an earlier try stopped.
//!
//! Invariant: the mark of a step moves in the transaction that did its work, and only from the
//! place where this try saw it.
//!
//! Not here: the first step ([`super::close`]) and the last ([`super::certificate`]).

use std::path::PathBuf;
use std::time::Duration;

use crate::activity::{self, ActivityId, Facts, Stage, lifecycle};
use crate::audit;
use crate::custody;
use crate::draw;
use crate::platform::clock::{self, Timestamp};
use crate::platform::config::Config;
use crate::platform::control::Control;
use crate::platform::db::compaction::Compaction;
use crate::platform::db::{Db, Tx, clearing};
use crate::platform::fail;
use crate::platform::memory::Memory;
use crate::stats;
use crate::vault::Vault;

use super::wire::{HeldRows, StepTaken};
use super::{Error, Purge, Step, certificate, close, rooms, scan, store};

/// The first purge of a process comes no sooner than this after its start.
const FIRST: Duration = Duration::from_secs(60);

/// How long a purge waits for readers of before, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long copies outside of this program live, as the operator declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copies {
    /// Days of copies of the key folder and of whole machines.
    pub keys: u32,
    /// Days of backups of the data.
    pub backups: u32,
}

/// What a purge needs to work with.
#[derive(Clone)]
pub struct Purger {
    /// The database.
    pub db: Db,
    /// The keys.
    pub vault: Vault,
    /// The folder whose files are searched at the end.
    pub data: PathBuf,
    /// The files of the PostgreSQL server, where this program may read them.
    pub server_files: Option<PathBuf>,
    /// Hour of the day in which compaction may run; 24 means at once.
    pub quiet_hour: u8,
    /// How counts are published.
    pub statistics: stats::Terms,
    /// How long the files wait for those who still see an older state.
    pub patience: Duration,
    /// From how many rows on people leave the database together, where the others are few.
    pub many: i64,
    /// How long copies live that nobody can destroy.
    pub copies: Copies,
    /// What rooms remember between requests.
    pub memory: Memory,
    /// The process that watches over this one.
    pub control: Control,
    /// Whether other instances use the same vault, so that the end of this one is not all.
    pub shares_vault: bool,
}

impl Purger {
    /// A purger that works alone: nobody watches, and nothing is remembered.
    pub fn new(db: &Db, vault: &Vault, config: &Config) -> Purger {
        Purger {
            db: db.clone(),
            vault: vault.clone(),
            data: config.data().to_owned(),
            server_files: (!config.pg_data.as_os_str().is_empty()).then(|| config.pg_data.clone()),
            quiet_hour: config.quiet_hour,
            statistics: stats::Terms::of(config),
            patience: PATIENCE,
            many: clearing::MANY,
            copies: Copies {
                keys: config.key_copies_days,
                backups: config.backup_days,
            },
            memory: Memory::default(),
            control: Control::none(),
            shares_vault: config.vault().is_some(),
        }
    }

    /// The activities whose data must go now, and those whose purge was interrupted.
    pub fn due(&self) -> Result<Vec<Facts>, Error> {
        let now = self.surely();
        self.db.read_now("list purges due", |tx| {
            let ending = activity::list(
                tx,
                &[
                    Stage::Open,
                    Stage::Closed,
                    Stage::Drawn,
                    Stage::Notified,
                    Stage::Cancelled,
                ],
            )?;
            let mut due = Vec::new();
            for facts in ending {
                if lifecycle::may_be_purged(&facts, now) || store::find(tx, &facts.id)?.is_some() {
                    due.push(facts);
                }
            }
            Ok(due)
        })
    }

    /// The time by which data is deleted: keys that are destroyed too early do not come back.
    fn surely(&self) -> Timestamp {
        self.db.clock().surely()
    }

    /// Whether the wall clock may be believed: nothing begins without it. One look is not enough,
    /// so that the first purge of a process comes a minute after its start.
    pub(super) fn believes_the_clock(&self) -> bool {
        let believed = self.db.clock().believed_for();
        believed.is_some_and(|since| since >= FIRST)
    }

    /// Purges one activity from wherever an earlier try stopped, up to its certificate.
    ///
    /// # Errors
    /// [`Error::NotDue`] before its date, [`Error::Busy`] and [`Error::NotQuiet`] to be tried again.
    pub fn run(&self, id: &ActivityId) -> Result<Purge, Error> {
        let mut purge = self.begin(id)?;
        while purge.step != Step::Done {
            purge = match self.take(&purge) {
                Ok(purge) => purge,
                Err(error) => {
                    self.note_trouble(id, &error)?;
                    return Err(error);
                }
            };
        }
        Ok(purge)
    }

    /// Takes the one step at which a purge stands; for tests that stop between two steps.
    pub fn take(&self, purge: &Purge) -> Result<Purge, Error> {
        die(purge.step, "before");
        let taken = match purge.step {
            Step::Close => close::close(self, purge),
            Step::Aggregate => self.aggregate(purge),
            Step::Shred => self.shred(purge),
            Step::Delete => self.delete(purge),
            Step::Compact => self.compact(purge),
            Step::Trim => self.trim(purge),
            Step::Scan => self.scan(purge),
            Step::Certify => self.certify(purge),
            Step::Done => Ok(purge.clone()),
        }?;
        die(purge.step, "after");
        Ok(taken)
    }

    /// The purge of an activity, started if its date has come.
    pub fn begin(&self, id: &ActivityId) -> Result<Purge, Error> {
        let now = self.surely();
        self.db.write_now("begin purge", |tx| {
            if let Some(purge) = store::find(tx, id)? {
                return Ok(purge);
            }
            let facts = activity::by_id(tx, id)?;
            if !lifecycle::may_be_purged(&facts, now) {
                return Err(Error::NotDue);
            }
            let purge = Purge::starting(id.clone(), tx.now());
            store::insert(tx, &purge)?;
            super::record(tx, id, "purge.begun")?;
            Ok(purge)
        })
    }

    fn aggregate(&self, purge: &Purge) -> Result<Purge, Error> {
        let id = &purge.activity;
        // Both ask the vault, which outlives no transaction of ours; both may be repeated.
        custody::rehouse(&self.db, &self.vault, id)?;
        let openings = self.vault.openings(id.as_str())?;
        self.step("purge: aggregate", purge, |tx, purge| {
            let facts = activity::by_id(tx, &purge.activity)?;
            let report = &mut purge.report;
            // Published long ago as a rule; only what could not be is made now.
            let prepared = draw::prepare_statistics(tx, &self.vault, &self.statistics, &facts)?;
            let made = draw::publish_statistics(tx, &self.vault, &facts, prepared.as_ref())?;
            report.tables = made.tables;
            scan::note_needles(tx, &facts.id, report)?;
            report.planted = store::count_planted(tx, &facts.id)?;
            report.openings = openings;
            let opened = |tx: &mut Tx, act| audit::opened(tx, facts.id.as_str(), act);
            report.disclosures = opened(tx, audit::DISCLOSED)?;
            report.shared = opened(tx, audit::SHARED)?;
            report.told = opened(tx, audit::TOLD)?;
            let moved = custody::moved(tx, &facts.id)?;
            report.taxed = moved.taxed;
            report.held = moved.held.iter().map(HeldRows::of).collect();
            report.exports = certificate::exports(tx, &facts.id)?;
            Ok(())
        })
    }

    /// Outside a transaction: destroying a key cannot be rolled back, and may be done twice.
    fn shred(&self, purge: &Purge) -> Result<Purge, Error> {
        let shredded = self.vault.erase(purge.activity.as_str())?;
        if self.vault.holds_key(purge.activity.as_str())? {
            return Err(Error::KeyRemains);
        }
        self.step("purge: shred", purge, |tx, purge| {
            if purge.report.shredded.is_none() {
                purge.report.shredded = Some(shredded.clone());
                purge.report.shredded_at = tx.now().0;
            }
            Ok(())
        })
    }

    /// First the tables that grow with people, some rows at a time, so that nobody who enters another
    /// activity waits for a million; then the mark moves in the transaction that finds nothing left.
    /// Where nearly all people are of this activity they leave together, in the hour in which files
    /// may be rewritten: until then nothing of it is deleted, and nothing says so.
    fn delete(&self, purge: &Purge) -> Result<Purge, Error> {
        let (tables, id) = (rooms::growing_tables(), &purge.activity);
        let leave_together = self.db.read_now("weigh purge", |tx| {
            clearing::is_worth_it(tx, &tables, id.as_str(), self.many)
        })?;
        if leave_together && !self.is_quiet() {
            return Err(Error::NotQuiet);
        }
        self.memory.forget(id.as_str());
        if leave_together {
            self.db
                .clear("purge: clear", &tables, id.as_str(), |tx, rows| {
                    let (_, mut gone) = store::gone(tx, id)?;
                    rooms::count_together(rows, &mut gone);
                    Ok::<_, Error>(store::note_gone(tx, id, Some(&gone))?)
                })?;
        }
        self.delete_paced(purge)?;
        self.step("purge: delete", purge, |tx, purge| {
            let id = purge.activity.clone();
            purge.report.deleted += store::gone(tx, &id)?.1;
            store::note_gone(tx, &id, None)?;
            rooms::forget(tx, &id, &mut purge.report.deleted)
        })
    }

    fn delete_paced(&self, purge: &Purge) -> Result<(), Error> {
        let mut pace = Pace::default();
        loop {
            let (gone, awaited) = self.delete_some(purge, pace.rows)?;
            if gone == 0 {
                return Ok(());
            }
            pace.next(clock::monotonic(), awaited);
        }
    }

    /// How many rows went, and whether somebody waited for the end of it.
    fn delete_some(&self, purge: &Purge, at_most: i64) -> Result<(usize, bool), Error> {
        self.db.write_now("purge: delete some", |tx| {
            let (step, mut gone) = store::gone(tx, &purge.activity)?;
            if step != Step::Delete {
                // Another process came first.
                return Ok((0, false));
            }
            let rows = rooms::forget_some(tx, &purge.activity, at_most, &mut gone)?;
            store::note_gone(tx, &purge.activity, Some(&gone))?;
            Ok((rows, self.db.is_awaited()))
        })
    }

    /// Outside a transaction: rewriting the files needs the database for itself.
    fn compact(&self, purge: &Purge) -> Result<Purge, Error> {
        if !self.is_quiet() {
            return Err(Error::NotQuiet);
        }
        self.delete_latecomers(purge)?;
        let rewritten = match self.db.compact(&rooms::rewritten(), self.patience)? {
            Compaction::Final(rewritten) => rewritten,
            Compaction::Busy(holdup) => return Err(Error::Busy(holdup)),
        };
        self.step("purge: compact", purge, |tx, purge| {
            purge.report.compacted_at = tx.now().0;
            let remarks = rewritten.remarks.iter().map(|remark| remark.code());
            purge.report.remarks = remarks.map(str::to_owned).collect();
            Ok(())
        })
    }

    /// What staff or a person added while the files waited for their hour goes too.
    fn delete_latecomers(&self, purge: &Purge) -> Result<(), Error> {
        self.db.write_now("purge: delete latecomers", |tx| {
            let mut now = store::find(tx, &purge.activity)?.ok_or(Error::Unknown)?;
            if now.step == Step::Compact && rooms::left(tx, &purge.activity)? > 0 {
                rooms::forget(tx, &purge.activity, &mut now.report.deleted)?;
                store::update(tx, &now)?;
            }
            Ok(())
        })
    }

    fn trim(&self, purge: &Purge) -> Result<Purge, Error> {
        let trimmed = self.control.trim();
        self.step("purge: trim", purge, |_, purge| {
            purge.report.trimmed = trimmed.clone();
            Ok(())
        })
    }

    fn scan(&self, purge: &Purge) -> Result<Purge, Error> {
        let scanned = scan::run(self, purge)?;
        let hits: u64 = scanned.locations.iter().map(|location| location.hits).sum();
        if hits > 0 {
            return Err(Error::Traces { hits });
        }
        self.step("purge: scan", purge, |_, purge| {
            purge.report.scanned = scanned.locations.clone();
            purge.report.unread = scanned.unread.clone();
            purge.report.needle_count = purge.report.needles.len() + purge.report.marks.len();
            purge.report.needles.clear();
            purge.report.marks.clear();
            Ok(())
        })
    }

    /// What was looked for held pieces of the activity's rows; it leaves the files before anything
    /// is signed.
    fn certify(&self, purge: &Purge) -> Result<Purge, Error> {
        match self.db.compact(&["purges"], self.patience)? {
            Compaction::Final(_) => certificate::certify(self, purge),
            Compaction::Busy(holdup) => Err(Error::Busy(holdup)),
        }
    }

    /// Does the work of a step and moves the mark on in the same transaction.
    pub(super) fn step(
        &self,
        name: &'static str,
        purge: &Purge,
        work: impl Fn(&mut Tx, &mut Purge) -> Result<(), Error>,
    ) -> Result<Purge, Error> {
        let from = purge.step;
        self.db.write_now(name, |tx| {
            let mut purge = store::find(tx, &purge.activity)?.ok_or(Error::Unknown)?;
            if purge.step != from {
                // Another process took this step first.
                return Ok(purge);
            }
            work(tx, &mut purge)?;
            die(from, "inside");
            purge.report.steps.push(StepTaken {
                step: from.code().to_owned(),
                at: tx.now().0,
            });
            purge.step = from.next();
            purge.updated_at = tx.now();
            purge.trouble = String::new();
            store::update(tx, &purge)?;
            Ok(purge)
        })
    }

    fn note_trouble(&self, id: &ActivityId, error: &Error) -> Result<(), Error> {
        use crate::platform::fault::Fault as _;
        self.db.write_now("note purge trouble", |tx| {
            let Some(mut purge) = store::find(tx, id)? else {
                return Ok(());
            };
            purge.trouble = error.code().to_owned();
            Ok(store::update(tx, &purge)?)
        })
    }

    /// Whether the files may be rewritten now.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet_hour >= 24 || self.hour() == self.quiet_hour
    }

    /// The hour of the day in which the library stands, 0 to 23.
    pub(super) fn hour(&self) -> u8 {
        crate::platform::text::dates::hour(self.db.clock().now().0)
    }
}

/// How many rows go in one transaction: as many as take [`SHORT`] while somebody waits to write, and
/// [`LONG`] while nobody does, because many together cost the disk far less.
struct Pace {
    rows: i64,
    begun: Duration,
    /// From when on nobody may be supposed to come.
    calm_from: Duration,
}

const SHORT: Duration = Duration::from_millis(10);
const LONG: Duration = Duration::from_millis(250);
/// So long after somebody waited, others are thought to come.
const CALM_AFTER: Duration = Duration::from_secs(3);
const FEWEST: i64 = 50;
const FIRST_ROWS: i64 = 500;

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            rows: FIRST_ROWS,
            begun: clock::monotonic(),
            calm_from: clock::monotonic() + CALM_AFTER,
        }
    }
}

impl Pace {
    /// After one transaction, which ended `now`.
    fn next(&mut self, now: Duration, awaited: bool) {
        let took = now.saturating_sub(self.begun).as_secs_f64().max(1e-4);
        if awaited {
            self.calm_from = now + CALM_AFTER;
        }
        let wanted = if now < self.calm_from { SHORT } else { LONG };
        // At most twice as many as before: a first one says little.
        let factor = (wanted.as_secs_f64() / took).min(2.0);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a number of rows, and no exact one"
        )]
        let rows = (self.rows as f64 * factor) as i64;
        self.rows = rows.max(FEWEST);
        self.begun = now;
    }
}

/// Where a test may kill this process.
pub(super) fn die(step: Step, place: &str) {
    fail::point(&format!("{}:{place}", step.code()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_by_few_while_somebody_waits_and_by_many_while_nobody_does() {
        // One transaction of 500 rows took 100 ms.
        let begun = Duration::from_secs(100);
        let ended = begun + Duration::from_millis(100);
        let pace = |calm_from| Pace {
            rows: FIRST_ROWS,
            begun,
            calm_from,
        };
        let mut waited = pace(Duration::ZERO);
        waited.next(ended, true);
        assert!((FEWEST..=60).contains(&waited.rows), "{}", waited.rows);
        let mut calm = pace(Duration::ZERO);
        calm.next(ended, false);
        assert!(calm.rows > FIRST_ROWS, "{}", calm.rows);
        // Whoever waited a moment ago may come again.
        let mut lately = pace(ended + CALM_AFTER);
        lately.next(ended, false);
        assert!(lately.rows < FIRST_ROWS, "{}", lately.rows);
    }
}
