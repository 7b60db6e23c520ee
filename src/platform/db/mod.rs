//! The database: named units of work on SQLite or PostgreSQL.
//!
//! Invariant: a closure given to [`Db::write`] may run again after a conflict, so it touches
//! nothing but its [`Tx`]; what it returned counts only after the commit.
//!
//! Not here: SQL of a domain (its own `store.rs`), personal data in clear (no table holds any).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use parking_lot::{FairMutex, FairMutexGuard};
use tracing::Span;

use crate::platform::clock::{Clock, Timestamp};

pub mod clearing;
pub mod column;
pub mod compaction;
mod connection;
pub mod copy;
mod group;
mod guards;
pub mod inspect;
pub mod instances;
mod migrate;
pub mod moving;
pub mod own_files;
pub mod remembered;
pub(crate) mod rows;
pub(crate) mod schema;
pub mod tidy;
mod ways;
mod writable;

pub use connection::{Conn, Target};
pub use group::{GroupVerb, Load, Outcomes, Writer};
pub use migrate::MigrateError;
pub use ways::{ReplicaSetting, Ways};

/// What may go wrong between a domain and its rows.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique index refused the row.
    #[error("such a row exists already")]
    Duplicate(#[source] QueryError),
    /// Another transaction was in the way; the unit of work may be tried again.
    #[error("the database was busy")]
    Contended(#[source] QueryError),
    /// No connection could be had in time.
    #[error("the database cannot be reached")]
    Unreachable(#[source] diesel::r2d2::PoolError),
    /// No connection could be opened beside the pool.
    #[error("the database cannot be reached")]
    Unconnected(#[source] diesel::ConnectionError),
    /// The connection broke before anything was stored.
    #[error("the connection to the database was lost")]
    Lost(#[source] QueryError),
    /// The connection broke between the commit and its answer: it is stored, or it is not.
    #[error("the connection was lost before the database said whether it has stored the work")]
    Undecided(#[source] QueryError),
    /// No room is left where the database lies.
    #[error("no room is left for the database")]
    Full(#[source] QueryError),
    /// The disk, or a server that only follows another one, takes nothing new.
    #[error("the database cannot be written")]
    ReadOnly(#[source] QueryError),
    /// The background thread that ran the unit of work ended early.
    #[error("the unit of work was stopped")]
    Stopped,
    /// So many wait to be stored that one more would wait too long.
    #[error("too many wait to be stored")]
    Crowded,
    /// The group that held it was not stored; why is told to the first of it.
    #[error("the group was not stored")]
    Undone,
    /// Rows would have been left that fit no others, or not left that should; nothing was changed.
    #[error("the rows would not have fitted together")]
    Inconsistent,
    /// Anything else; its message names tables and columns, never values.
    #[error("the database refused a statement")]
    Query(#[source] QueryError),
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Error {
        match &error {
            QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Error::Duplicate(error)
            }
            other if is_contention(other) => Error::Contended(error),
            other => match outage(other) {
                Some(outage) => outage(error),
                None => Error::Query(error),
            },
        }
    }
}

/// What ends by itself or by an operator's hand, and is no mistake of the program. The words are
/// those of SQLite, and of PostgreSQL where it has no code for them that reaches us.
fn outage(error: &QueryError) -> Option<fn(QueryError) -> Error> {
    const FULL: [&str; 2] = ["database or disk is full", "No space left on device"];
    const UNWRITABLE: [&str; 3] = [
        "attempt to write a readonly database",
        "unable to open database file",
        "disk I/O error",
    ];
    if is_lost(error) {
        return Some(Error::Lost);
    }
    let QueryError::DatabaseError(kind, information) = error else {
        return None;
    };
    let message = information.message();
    let says = |words: &[&str]| words.iter().any(|each| message.contains(each));
    match kind {
        DatabaseErrorKind::ReadOnlyTransaction => Some(Error::ReadOnly),
        _ if says(&FULL) => Some(Error::Full),
        _ if says(&UNWRITABLE) => Some(Error::ReadOnly),
        _ => None,
    }
}

impl crate::platform::fault::Fault for Error {
    fn kind(&self) -> crate::platform::fault::Kind {
        match self {
            Error::Contended(_)
            | Error::Unreachable(_)
            | Error::Unconnected(_)
            | Error::Lost(_)
            | Error::Undecided(_)
            | Error::Crowded
            | Error::Undone
            | Error::Full(_)
            | Error::ReadOnly(_) => crate::platform::fault::Kind::Unavailable,
            Error::Duplicate(_) | Error::Stopped | Error::Inconsistent | Error::Query(_) => {
                crate::platform::fault::Kind::Broken
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Contended(_)
            | Error::Unreachable(_)
            | Error::Unconnected(_)
            | Error::Lost(_) => "db.unavailable",
            Error::Undecided(_) => "db.undecided",
            Error::Crowded => "db.crowded",
            Error::Undone => "db.undone",
            Error::Full(_) => "db.full",
            Error::ReadOnly(_) => "db.read_only",
            Error::Duplicate(_) | Error::Stopped | Error::Inconsistent | Error::Query(_) => {
                "db.broken"
            }
        }
    }
}

fn is_contention(error: &QueryError) -> bool {
    match error {
        QueryError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        QueryError::DatabaseError(_, information) => {
            let message = information.message();
            message.contains("database is locked")
                || message.contains("database table is locked")
                || message.contains("deadlock detected")
        }
        _ => false,
    }
}

/// Whether the connection is gone, or the server behind it is going or coming.
fn is_lost(error: &QueryError) -> bool {
    let QueryError::DatabaseError(kind, information) = error else {
        return matches!(error, QueryError::BrokenTransactionManager);
    };
    let is_kind = matches!(
        kind,
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand
    );
    const WORDS: [&str; 10] = [
        "terminating connection",
        "server closed the connection",
        "connection to server was lost",
        "no connection to the server",
        "connection not open",
        "the database system is",
        "could not receive data from server",
        "could not send data to server",
        "server conn crashed",
        "SSL connection has been closed",
    ];
    let message = information.message();
    is_kind || WORDS.iter().any(|words| message.contains(words))
}

/// Turns a unique violation into the domain's own word for it and leaves other errors alone.
pub fn on_duplicate<E: From<Error>>(word: E) -> impl FnOnce(QueryError) -> E {
    |error| match Error::from(error) {
        Error::Duplicate(_) => word,
        other => E::from(other),
    }
}

/// The one row that a compare-and-set was to change; `moved` where somebody else was first.
///
/// # Errors
/// `moved`, or what the database said.
pub fn one_changed<E: From<Error>>(rows: Result<usize, QueryError>, moved: E) -> Result<(), E> {
    match rows.map_err(Error::from)? {
        1 => Ok(()),
        _ => Err(moved),
    }
}

/// One transaction and the moment at which it takes place.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    now: Timestamp,
}

impl Tx<'_> {
    /// The moment of this transaction; the same however often it is asked.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The connection, for statements in a `store.rs`.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }
}

/// A clonable handle on the database.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    target: Target,
    /// The pooler that every unit of work goes through, where there is one.
    pooler: Option<String>,
    pool: connection::Pool,
    replica: Option<ways::Replica>,
    clock: Clock,
    /// SQLite has one writer at a time; waiting here is fair, its busy handler is not.
    write_lane: FairMutex<()>,
    /// How many wait in it.
    awaiting: AtomicUsize,
    stored: AtomicU64,
    /// How often a unit of work was tried again.
    conflicts: AtomicU64,
    /// Whether it takes what is new.
    writable: writable::Writable,
}

impl Inner {
    /// Waits for SQLite's one place to write.
    fn wait_to_write(&self) -> FairMutexGuard<'_, ()> {
        self.awaiting.fetch_add(1, Ordering::Relaxed);
        let lane = self.write_lane.lock();
        self.awaiting.fetch_sub(1, Ordering::Relaxed);
        lane
    }

    /// A connection beside the pool, for the writer of entries.
    fn connect_writer(&self) -> Result<Conn, Error> {
        connection::Manager::on_the_way(&self.target, self.pooler.as_deref())
            .open_for_writer()
            .map_err(Error::Unconnected)
    }
}

/// How a unit of work that writes is kept apart from the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// As if it ran alone.
    Serializable,
    /// It sees what was committed, and locks the rows that it relies on. On SQLite the same as
    /// [`Begin::Serializable`].
    Locking,
}

/// How a read begins on PostgreSQL.
const READ_POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// How often a unit of work is tried when others are in its way.
const TRIES: u32 = 40;

impl Db {
    /// Opens the database, creates or migrates its tables and refuses an unknown schema, and one
    /// whose rows are somewhere else.
    pub fn open(target: Target, clock: Clock) -> Result<Db, MigrateError> {
        Db::open_over(target, &Ways::default(), clock)
    }

    /// [`Db::open`] with other ways to it beside the direct one, where it is PostgreSQL.
    pub fn open_over(target: Target, ways: &Ways, clock: Clock) -> Result<Db, MigrateError> {
        let db = Db::open_any(target, ways, clock)?;
        let mut conn = connection::Manager::direct(&db.inner.target)
            .open()
            .map_err(MigrateError::Unconnected)?;
        let refusal = moving::refusal(&mut conn).map_err(MigrateError::Guards)?;
        drop(conn);
        match refusal {
            Some(refusal) => Err(refusal),
            None => Ok(db),
        }
    }

    /// [`Db::open_over`] also for a database that was moved, or is being filled.
    fn open_any(target: Target, ways: &Ways, clock: Clock) -> Result<Db, MigrateError> {
        if let Target::Sqlite(path) = &target {
            make_private(path).map_err(MigrateError::Folder)?;
        }
        let mut direct = connection::Manager::direct(&target)
            .open()
            .map_err(MigrateError::Unconnected)?;
        migrate::run(&mut direct)?;
        drop(direct);
        let pool = connection::pool(&target, ways.pooler.as_deref());
        Ok(Db {
            inner: Arc::new(Inner {
                target,
                pooler: ways.pooler.clone(),
                pool: pool.map_err(MigrateError::Unreachable)?,
                replica: ways.replica.as_ref().map(ways::Replica::open),
                clock,
                write_lane: FairMutex::new(()),
                awaiting: AtomicUsize::new(0),
                stored: AtomicU64::new(0),
                conflicts: AtomicU64::new(0),
                writable: writable::Writable::default(),
            }),
        })
    }

    /// The clock whose time transactions carry.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// How many units of work this process has stored, the groups of a [`Writer`] not counted: what
    /// was read before another number may be old.
    pub fn stored(&self) -> u64 {
        self.inner.stored.load(Ordering::Acquire)
    }

    /// Which database this is.
    pub fn target(&self) -> &Target {
        &self.inner.target
    }

    /// How often a unit of work was tried again since the start because others were in its way.
    pub fn conflicts(&self) -> u64 {
        self.inner.conflicts.load(Ordering::Relaxed)
    }

    /// Whether somebody waits to write: long work that can be cut gives way. PostgreSQL lets them
    /// write side by side.
    pub fn is_awaited(&self) -> bool {
        self.inner.awaiting.load(Ordering::Relaxed) > 0
    }

    /// Writes what is in the log beside the database into it, as the last thing before an end;
    /// nothing where the database is a server of its own.
    pub fn rest(&self) -> Result<(), Error> {
        let mut conn = self.inner.pool.get().map_err(Error::Unreachable)?;
        match &mut *conn {
            Conn::Sqlite(sqlite) => Ok(sqlite.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?),
            Conn::Postgres(_) => Ok(()),
        }
    }

    /// Reads one consistent state of the database.
    pub async fn read<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let db = self.clone();
        let request = Span::current();
        tokio::task::spawn_blocking(move || request.in_scope(|| db.read_now(name, work)))
            .await
            .unwrap_or_else(|_| Err(Error::Stopped.into()))
    }

    /// [`Db::read`] for a page of the public, where a state of some seconds ago will do: from a copy
    /// of the database, where there is one that is young enough.
    pub async fn read_public<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.read_public_now(name, work))
            .await
            .unwrap_or_else(|_| Err(Error::Stopped.into()))
    }

    /// [`Db::read_public`] on the calling thread.
    pub fn read_public_now<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx) -> Result<T, E>,
        E: From<Error>,
    {
        let replica = self.inner.replica.as_ref();
        let copy = replica.and_then(|replica| replica.fresh(&self.inner.clock));
        if let Some(mut conn) = copy
            && conn.batch_execute(READ_POSTGRES).is_ok()
        {
            let answer = self.read_on(&mut conn, name, &work);
            if let Ok(answer) = answer {
                return Ok(answer);
            }
            // What the copy does not know, or cannot say, the database itself is asked for.
        }
        self.read_now(name, work)
    }

    fn read_on<T, E>(
        &self,
        conn: &mut Conn,
        name: &'static str,
        work: impl FnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<Error>,
    {
        let open = OpenTransaction::new(conn, name);
        let result = work(&mut Tx {
            conn: &mut *open.conn,
            now: self.inner.clock.now(),
        });
        let ended = open.end("ROLLBACK");
        // What went wrong first says more than that the end went wrong too.
        let value = result?;
        ended.map_err(Error::from)?;
        Ok(value)
    }

    /// Runs one unit of work; all of it is stored, or nothing.
    pub async fn write<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: std::error::Error + From<Error> + Send + 'static,
    {
        let db = self.clone();
        let request = Span::current();
        tokio::task::spawn_blocking(move || request.in_scope(|| db.write_now(name, work)))
            .await
            .unwrap_or_else(|_| Err(Error::Stopped.into()))
    }

    /// [`Db::read`] on the calling thread: for jobs, commands and tests.
    pub fn read_now<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx) -> Result<T, E>,
        E: From<Error>,
    {
        let mut conn = self.inner.pool.get().map_err(Error::Unreachable)?;
        let begin = match &*conn {
            Conn::Sqlite(_) => "BEGIN",
            Conn::Postgres(_) => READ_POSTGRES,
        };
        conn.batch_execute(begin).map_err(Error::from)?;
        self.read_on(&mut conn, name, work)
    }

    /// [`Db::write`] on the calling thread: for jobs, commands and tests.
    pub fn write_now<T, E, F>(&self, name: &'static str, mut work: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E>,
        E: std::error::Error + From<Error> + 'static,
    {
        self.try_write(None, name, Begin::Serializable, &mut work)
    }

    /// A unit of work that looks at no row but those that it locks or changes itself, in one
    /// statement each: several instances take what there is side by side, without conflicts.
    pub fn claim_now<T, E, F>(&self, name: &'static str, mut work: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E>,
        E: std::error::Error + From<Error> + 'static,
    {
        self.try_write(None, name, Begin::Locking, &mut work)
    }

    /// Runs one unit of work, on the caller's `own` connection or one of the pool, and again where
    /// others were in its way.
    fn try_write<T, E>(
        &self,
        mut own: Option<&mut Conn>,
        name: &'static str,
        begin: Begin,
        work: &mut dyn FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: std::error::Error + From<Error> + 'static,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut undecided = false;
            let tried = self.attempt(own.as_deref_mut(), name, begin, work, &mut undecided);
            // On a connection of the pool that broke before the commit it has changed nothing, and
            // there are others; of one that broke in the commit nobody knows.
            let is_elsewhere = own.is_none() && !undecided;
            match tried {
                Err(error)
                    if tries < TRIES
                        && (contended(&error) || is_elsewhere && is_broken(&error)) =>
                {
                    self.inner.conflicts.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(unit = name, tries, "tried again after a conflict");
                    pause(tries);
                }
                Err(error) => {
                    if takes_nothing(&error) {
                        self.inner.writable.refused(name);
                    }
                    return Err(error);
                }
                Ok(value) => {
                    self.inner.writable.stored(name);
                    return Ok(value);
                }
            }
        }
    }

    fn attempt<T, E: From<Error>>(
        &self,
        own: Option<&mut Conn>,
        name: &'static str,
        begin: Begin,
        work: &mut dyn FnMut(&mut Tx) -> Result<T, E>,
        undecided: &mut bool,
    ) -> Result<T, E> {
        // The lane first: who waits in it holds no connection that a reader could use.
        let lane =
            matches!(self.inner.target, Target::Sqlite(_)).then(|| self.inner.wait_to_write());
        let mut pooled;
        let conn = match own {
            Some(conn) => conn,
            None => {
                pooled = self.inner.pool.get().map_err(Error::Unreachable)?;
                &mut *pooled
            }
        };
        let statement = match (&lane, begin) {
            (Some(_), _) => "BEGIN IMMEDIATE",
            (None, Begin::Serializable) => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            (None, Begin::Locking) => "BEGIN ISOLATION LEVEL READ COMMITTED",
        };
        conn.batch_execute(statement).map_err(Error::from)?;
        let open = OpenTransaction::new(conn, name);
        let result = work(&mut Tx {
            conn: &mut *open.conn,
            now: self.inner.clock.now(),
        });
        let ended = match &result {
            Ok(_) => open.end("COMMIT"),
            Err(_) => open.end("ROLLBACK"),
        };
        drop(lane);
        match (result, ended) {
            (Ok(value), Ok(())) => {
                if begin == Begin::Serializable {
                    self.inner.stored.fetch_add(1, Ordering::Release);
                }
                Ok(value)
            }
            (Ok(_), Err(error)) if is_lost(&error) => {
                // The error of a domain may hide ours among its sources.
                *undecided = true;
                Err(Error::Undecided(error).into())
            }
            (Ok(_), Err(error)) => Err(Error::from(error).into()),
            (Err(error), _) => Err(error),
        }
    }
}

/// Makes the folder and the file so that nobody but the owner reads them; SQLite gives its log the
/// rights of the file.
fn make_private(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let made = std::fs::OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        // To open and close it would take the locks away of whoever has it open in this process.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Rolls back when a unit of work panics, so that no half-open transaction returns to the pool.
struct OpenTransaction<'c> {
    conn: &'c mut Conn,
    name: &'static str,
    ended: bool,
}

impl<'c> OpenTransaction<'c> {
    fn new(conn: &'c mut Conn, name: &'static str) -> OpenTransaction<'c> {
        OpenTransaction {
            conn,
            name,
            ended: false,
        }
    }

    fn end(mut self, statement: &str) -> Result<(), QueryError> {
        self.ended = true;
        let outcome = self.conn.batch_execute(statement);
        if outcome.is_err() && statement == "COMMIT" {
            // The error of the commit is the one to tell; a failed rollback adds nothing.
            let _ = self.conn.batch_execute("ROLLBACK");
        }
        outcome
    }
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if !self.ended {
            tracing::warn!(unit = self.name, "unit of work did not end; rolled back");
            let _ = self.conn.batch_execute("ROLLBACK");
        }
    }
}

/// Whether the connection was lost.
fn is_broken(error: &(dyn std::error::Error + 'static)) -> bool {
    any_cause(error, |cause| {
        cause.downcast_ref::<QueryError>().is_some_and(is_lost)
    })
}

/// Whether the database has no room, or takes nothing new.
fn takes_nothing(error: &(dyn std::error::Error + 'static)) -> bool {
    any_cause(error, |cause| {
        let cause = cause.downcast_ref::<QueryError>();
        cause.is_some_and(|cause| outage(cause).is_some() && !is_lost(cause))
    })
}

/// Whether a conflict lies anywhere below `error`.
fn contended(error: &(dyn std::error::Error + 'static)) -> bool {
    any_cause(error, |cause| {
        cause
            .downcast_ref::<QueryError>()
            .is_some_and(is_contention)
    })
}

/// Whether `is` holds for `error` or anything below it.
fn any_cause(
    error: &(dyn std::error::Error + 'static),
    is: impl Fn(&(dyn std::error::Error + 'static)) -> bool,
) -> bool {
    let mut layer = Some(error);
    while let Some(current) = layer {
        if is(current) {
            return true;
        }
        layer = current.source();
    }
    false
}

/// Waits a little longer after each conflict, and never in step with the other party.
fn pause(tries: u32) {
    let [jitter] = crate::platform::ids::random::<1>();
    let wait = u64::from(tries.min(10)) * 2 + u64::from(jitter % 16);
    std::thread::park_timeout(Duration::from_millis(wait));
}
