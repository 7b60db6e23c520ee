//! What runs later: one table, filled inside the caller's transaction.
//!
//! Invariant: a job is claimed by a lease, and only the holder of the lease may finish it. The lease
//! is renewed while the handler runs, however long that takes; a job whose process died is claimed
//! again when its lease ends. Handlers are therefore idempotent. Several instances claim side by
//! side and never the same job. What waits for a slow server has a lane of its own, so that no draw
//! waits behind letters. While the clock is in doubt none runs.
//!
//! Not here: what a job does (`jobs.rs` of a domain), and which jobs exist (`app.rs`).

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::prelude::*;

use crate::platform::clock::{MINUTE, SECOND, Timestamp};
use crate::platform::db::schema::jobs;
use crate::platform::db::{self, Conn, Db, Tx};
use crate::platform::draining::Draining;
use crate::platform::ids;

/// A job to be stored.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Which handler runs it.
    pub kind: &'static str,
    /// The activity it belongs to, or empty; a purge removes jobs by it.
    pub activity: String,
    /// What the handler needs to know: ids only, never personal data.
    pub payload: String,
    /// Not before this moment.
    pub run_at: Timestamp,
    /// Two jobs with one key are the same job; the second is not stored.
    pub dedup_key: String,
}

/// A job in the hands of its handler.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Which handler runs it.
    pub kind: String,
    /// The activity it belongs to, or empty.
    pub activity: String,
    /// What the handler needs to know.
    pub payload: String,
    /// How often it was tried before.
    pub attempts: i64,
    lease_token: String,
}

/// What a handler says at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The work is done; the job disappears.
    Done,
    /// Nothing went wrong, but it is too early: again at this moment.
    At(Timestamp),
}

/// Why a job did not succeed; a stable word for the table, never a person's data.
#[derive(Debug, thiserror::Error)]
#[error("{code}")]
pub struct Failure {
    /// A stable word, such as `db.unavailable`.
    pub code: &'static str,
    /// The chain of causes, for the log.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl<F: crate::platform::fault::Fault> From<F> for Failure {
    fn from(fault: F) -> Failure {
        Failure {
            code: fault.code(),
            source: Box::new(fault),
        }
    }
}

/// What a handler is: a function of a job.
pub type Handler = Box<dyn Fn(&Job) -> Result<Next, Failure> + Send + Sync>;

const FIRST_RETRY: i64 = 5 * SECOND;
const LAST_RETRY: i64 = 30 * MINUTE;

/// Stores a job in the caller's transaction; a second job with the same key is left out.
pub fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<(), db::Error> {
    let known: i64 = jobs::table
        .filter(jobs::dedup_key.eq(&job.dedup_key))
        .count()
        .get_result(tx.conn())?;
    if known > 0 {
        return Ok(());
    }
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(ids::code(16)),
            jobs::kind.eq(job.kind),
            jobs::activity_id.eq(&job.activity),
            jobs::payload.eq(&job.payload),
            jobs::run_at.eq(job.run_at.0),
            jobs::attempts.eq(0),
            jobs::lease_until.eq(0),
            jobs::lease_token.eq(""),
            jobs::dedup_key.eq(&job.dedup_key),
            jobs::last_error.eq(""),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Removes every job of an activity.
pub fn forget(tx: &mut Tx, activity: &str) -> Result<usize, db::Error> {
    Ok(diesel::delete(jobs::table.filter(jobs::activity_id.eq(activity))).execute(tx.conn())?)
}

/// How many jobs of an activity are still here.
pub fn left(tx: &mut Tx, activity: &str) -> Result<u64, db::Error> {
    let left: i64 = jobs::table
        .filter(jobs::activity_id.eq(activity))
        .count()
        .get_result(tx.conn())?;
    Ok(u64::try_from(left).unwrap_or_default())
}

/// A job as the operator sees it.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Which handler runs it.
    pub kind: String,
    /// The activity it belongs to, or empty.
    pub activity: String,
    /// When it is due.
    pub run_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// The stable word of its last failure.
    pub last_error: String,
}

/// The jobs that wait, the next one first.
pub fn waiting(tx: &mut Tx, at_most: i64) -> Result<Vec<Waiting>, db::Error> {
    let rows: Vec<(String, String, i64, i64, String)> = jobs::table
        .select((
            jobs::kind,
            jobs::activity_id,
            jobs::run_at,
            jobs::attempts,
            jobs::last_error,
        ))
        .order(jobs::run_at)
        .limit(at_most)
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(kind, activity, run_at, attempts, last_error)| Waiting {
            kind,
            activity,
            run_at: Timestamp(run_at),
            attempts,
            last_error,
        })
        .collect())
}

/// How the jobs stand, all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// In the table.
    pub waiting: usize,
    /// Due for longer than they should be, and in nobody's hands.
    pub late: usize,
    /// Failed at the last try; they are tried again.
    pub failed: usize,
}

/// How the jobs stand; those are late that have been due for more than `late` milliseconds.
pub fn standing(tx: &mut Tx, late: i64) -> Result<Standing, db::Error> {
    let now = tx.now();
    let rows: Vec<(i64, i64, String)> = jobs::table
        .select((jobs::run_at, jobs::lease_until, jobs::last_error))
        .load(tx.conn())?;
    let is_late = |(run_at, lease, _): &&(i64, i64, String)| {
        *run_at > 0 && *run_at < now.0.saturating_sub(late) && *lease <= now.0
    };
    Ok(Standing {
        waiting: rows.len(),
        late: rows.iter().filter(is_late).count(),
        failed: rows.iter().filter(|row| !row.2.is_empty()).count(),
    })
}

/// Which jobs run one after the other; the lanes run side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What has its hour: closes, freezes, rounds, witnesses, deadlines.
    Prompt,
    /// What may take minutes: letters, because mail servers take their time, and purges.
    Patient,
}

impl Lane {
    /// Both.
    pub const ALL: [Lane; 2] = [Lane::Prompt, Lane::Patient];

    /// Its name, for threads.
    pub fn name(self) -> &'static str {
        match self {
            Lane::Prompt => "jobs",
            Lane::Patient => "patient-jobs",
        }
    }

    /// How long after its last sign of life the job of a process may be taken by another. What has
    /// its hour must not be lost for long with a process that was killed: witnesses have five
    /// minutes for a frozen list. It is long enough that clocks of several machines, and a database
    /// that is rewriting its files, do not make two of one.
    fn lease(self) -> i64 {
        match self {
            Lane::Prompt => MINUTE,
            Lane::Patient => 2 * MINUTE,
        }
    }

    /// How often a running handler's lease is renewed.
    fn beat(self) -> Duration {
        Duration::from_millis(self.lease().unsigned_abs() / 6)
    }
}

/// Claims due jobs and gives them to their handlers.
pub struct Runner {
    db: Db,
    handlers: HashMap<&'static str, Handler>,
    patient: Vec<&'static str>,
    draining: Draining,
    /// Ids and leases of the jobs that handlers have in hand.
    in_hand: Mutex<Vec<(String, String)>>,
}

impl Runner {
    /// A runner that knows no kind of job yet.
    pub fn new(db: Db) -> Runner {
        Runner {
            db,
            handlers: HashMap::new(),
            patient: Vec::new(),
            draining: Draining::default(),
            in_hand: Mutex::default(),
        }
    }

    /// From the moment at which `draining` begins no job is taken any more.
    pub fn until(&mut self, draining: &Draining) {
        self.draining = draining.clone();
    }

    /// Gives back the jobs in hand, so that another process need not wait for the end of their
    /// leases, and says how many; for a process that ends at once.
    pub fn give_back(&self) -> Result<usize, db::Error> {
        let in_hand = self.in_hand();
        self.db.write_now("give jobs back", |tx| {
            let mut given = 0;
            for (id, lease) in &in_hand {
                let mine = jobs::table
                    .filter(jobs::id.eq(id))
                    .filter(jobs::lease_token.eq(lease));
                given += diesel::update(mine)
                    .set((jobs::lease_until.eq(0), jobs::lease_token.eq("")))
                    .execute(tx.conn())?;
            }
            Ok(given)
        })
    }

    fn in_hand(&self) -> Vec<(String, String)> {
        let in_hand = self.in_hand.lock();
        in_hand.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, job: &Job, is_held: bool) {
        let mut in_hand = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        in_hand.retain(|(id, _)| *id != job.id);
        if is_held {
            in_hand.push((job.id.clone(), job.lease_token.clone()));
        }
    }

    /// Names the handler of a kind.
    pub fn on(
        &mut self,
        kind: &'static str,
        handler: impl Fn(&Job) -> Result<Next, Failure> + Send + Sync + 'static,
    ) {
        self.handlers.insert(kind, Box::new(handler));
    }

    /// Names the handler of a kind that runs in the patient lane.
    pub fn on_patiently(
        &mut self,
        kind: &'static str,
        handler: impl Fn(&Job) -> Result<Next, Failure> + Send + Sync + 'static,
    ) {
        self.patient.push(kind);
        self.on(kind, handler);
    }

    /// Runs every job that is due, one after the other, until none is left in either lane, and says
    /// how many were tried.
    pub fn run_due(&self) -> Result<usize, db::Error> {
        let mut tried = 0;
        loop {
            let mut now = 0;
            for lane in Lane::ALL {
                now += self.run_lane(lane)?;
            }
            if now == 0 {
                return Ok(tried);
            }
            tried += now;
        }
    }

    /// Runs every job that is due, and waits for those that another thread or process has in hand:
    /// after it nothing is due. For tests; it waits as long as a job takes.
    #[cfg(feature = "test-clock")]
    pub fn run_due_to_the_end(&self) -> Result<usize, db::Error> {
        let mut tried = self.run_due()?;
        while self.is_any_due()? {
            std::thread::sleep(Duration::from_millis(10));
            tried += self.run_due()?;
        }
        Ok(tried)
    }

    #[cfg(feature = "test-clock")]
    fn is_any_due(&self) -> Result<bool, db::Error> {
        if self.is_at_rest() {
            return Ok(false);
        }
        self.db.read_now("find due jobs", |tx| {
            let due = jobs::table.filter(jobs::run_at.le(tx.now().0));
            Ok(diesel::select(diesel::dsl::exists(due)).get_result(tx.conn())?)
        })
    }

    /// Runs every job of one lane that is due, one after the other, and says how many were tried.
    pub fn run_lane(&self, lane: Lane) -> Result<usize, db::Error> {
        let mut tried = 0;
        while let Some(job) = self.next(lane)? {
            tried += 1;
            self.hold(&job, true);
            let outcome = match self.handlers.get(job.kind.as_str()) {
                Some(handler) => self.run_alive(lane, &job, handler),
                None => Ok(Next::At(self.db.clock().now().plus(LAST_RETRY))),
            };
            let settled = self.settle(&job, outcome);
            self.hold(&job, false);
            settled?;
        }
        Ok(tried)
    }

    /// Runs a handler and says all the while that this process lives. A handler that panics has
    /// failed, and takes nobody along.
    fn run_alive(&self, lane: Lane, job: &Job, handler: &Handler) -> Result<Next, Failure> {
        std::thread::scope(|scope| {
            let (done, is_done) = mpsc::channel::<()>();
            let beating = std::thread::Builder::new().spawn_scoped(scope, move || {
                while is_done.recv_timeout(lane.beat()) == Err(RecvTimeoutError::Timeout) {
                    if let Err(error) = self.renew(lane, job) {
                        tracing::warn!(%error, kind = %job.kind, "a lease could not be renewed");
                    }
                }
            });
            let outcome = catch_unwind(AssertUnwindSafe(|| handler(job)));
            drop((done, beating));
            outcome.unwrap_or_else(|_| Err(Panicked.into()))
        })
    }

    fn renew(&self, lane: Lane, job: &Job) -> Result<(), db::Error> {
        self.db.claim_now("renew lease", |tx| {
            let until = tx.now().0 + lane.lease();
            diesel::update(mine(job))
                .set(jobs::lease_until.eq(until))
                .execute(tx.conn())?;
            Ok(())
        })
    }

    /// Nothing once the process drains, and nothing while nobody knows whether anything is due.
    fn next(&self, lane: Lane) -> Result<Option<Job>, db::Error> {
        if self.is_at_rest() {
            return Ok(None);
        }
        self.claim(lane)
    }

    fn is_at_rest(&self) -> bool {
        self.draining.is_on() || self.db.clock().doubt().is_some()
    }

    fn claim(&self, lane: Lane) -> Result<Option<Job>, db::Error> {
        self.db.claim_now("claim job", |tx| {
            let now = tx.now().0;
            let Some((id, kind, activity, payload, attempts)) = self.due(tx, lane, now)? else {
                return Ok(None);
            };
            let lease_token = ids::code(16);
            diesel::update(jobs::table.filter(jobs::id.eq(&id)))
                .set((
                    jobs::lease_token.eq(&lease_token),
                    jobs::lease_until.eq(now + lane.lease()),
                ))
                .execute(tx.conn())?;
            Ok(Some(Job {
                id,
                kind,
                activity,
                payload,
                attempts,
                lease_token,
            }))
        })
    }

    /// The first job that is due and that nobody holds; on PostgreSQL it is locked, and what others
    /// are about to take is passed over.
    fn due(&self, tx: &mut Tx, lane: Lane, now: i64) -> Result<Option<Due>, db::Error> {
        let due = jobs::table
            .filter(jobs::run_at.le(now))
            .filter(jobs::lease_until.le(now))
            .select((
                jobs::id,
                jobs::kind,
                jobs::activity_id,
                jobs::payload,
                jobs::attempts,
            ))
            .order((jobs::run_at, jobs::id))
            .limit(1);
        let patient = &self.patient;
        // A kind that nobody knows any more waits in the prompt lane.
        let found = match (tx.conn(), lane) {
            (Conn::Sqlite(conn), Lane::Prompt) => {
                due.filter(jobs::kind.ne_all(patient)).first(conn)
            }
            (Conn::Sqlite(conn), Lane::Patient) => {
                due.filter(jobs::kind.eq_any(patient)).first(conn)
            }
            (Conn::Postgres(conn), Lane::Prompt) => due
                .filter(jobs::kind.ne_all(patient))
                .for_update()
                .skip_locked()
                .first(conn),
            (Conn::Postgres(conn), Lane::Patient) => due
                .filter(jobs::kind.eq_any(patient))
                .for_update()
                .skip_locked()
                .first(conn),
        };
        Ok(found.optional()?)
    }

    fn settle(&self, job: &Job, outcome: Result<Next, Failure>) -> Result<(), db::Error> {
        if let Err(failure) = &outcome {
            tracing::warn!(kind = %job.kind, job = %job.id, code = failure.code, cause = %chain(&*failure.source), "job failed");
        }
        self.db.claim_now("settle job", |tx| {
            let mine = mine(job);
            let (run_at, attempts, word) = match &outcome {
                Ok(Next::Done) => {
                    diesel::delete(mine).execute(tx.conn())?;
                    return Ok(());
                }
                // It works again: an old failure is no reason to wait longer after the next one.
                Ok(Next::At(moment)) => (*moment, 0, ""),
                Err(failure) => (
                    tx.now().plus(back_off(job.attempts)),
                    job.attempts + 1,
                    failure.code,
                ),
            };
            diesel::update(mine)
                .set((
                    jobs::run_at.eq(run_at.0),
                    jobs::attempts.eq(attempts),
                    jobs::lease_until.eq(0),
                    jobs::last_error.eq(word),
                ))
                .execute(tx.conn())?;
            Ok(())
        })
    }
}

/// A job that may be taken: id, kind, activity, payload, tries.
type Due = (String, String, String, String, i64);

/// The row of a job, as long as it is held by whoever claimed it.
#[diesel::dsl::auto_type(no_type_alias)]
fn mine(job: &Job) -> _ {
    let (id, token): (&str, &str) = (&job.id, &job.lease_token);
    jobs::table
        .filter(jobs::id.eq(id))
        .filter(jobs::lease_token.eq(token))
}

/// A handler that panicked; where, is in the log.
#[derive(Debug, thiserror::Error)]
#[error("the handler panicked")]
struct Panicked;

impl crate::platform::fault::Fault for Panicked {
    fn kind(&self) -> crate::platform::fault::Kind {
        crate::platform::fault::Kind::Broken
    }

    fn code(&self) -> &'static str {
        "jobs.panicked"
    }
}

/// Doubles from five seconds to half an hour.
pub fn back_off(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 20)).unwrap_or(20);
    FIRST_RETRY
        .saturating_mul(1_i64 << doublings)
        .min(LAST_RETRY)
}

/// The chain of causes on one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut layer = error.source();
    while let Some(cause) = layer {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        layer = cause.source();
    }
    line
}
