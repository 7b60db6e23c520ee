//! One connection type over both databases, and the pool that hands it out.
//!
//! Invariant: every SQLite connection is set up alike (`docs/decisions/0003`): a connection
//! without `secure_delete` would leave bytes behind that a later purge cannot find.

use std::time::Duration;

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::prelude::*;
use diesel::r2d2::{self, ManageConnection};
use diesel::result::ConnectionError;

/// A connection to SQLite or PostgreSQL; statements are written once for both.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The default: a file in the data folder.
    Sqlite(diesel::SqliteConnection),
    /// Shared by several instances.
    Postgres(diesel::PgConnection),
}

/// Which database a URL names, and where it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A file, created when missing.
    Sqlite(std::path::PathBuf),
    /// A libpq connection URL; may hold a password, therefore never printed.
    Postgres(String),
}

impl Target {
    /// Reads `postgres://…`, `postgresql://…`, `sqlite://path` or a plain path.
    pub fn parse(url: &str) -> Target {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Target::Postgres(url.to_owned());
        }
        Target::Sqlite(url.strip_prefix("sqlite://").unwrap_or(url).into())
    }

    /// Whether `url` is one of those. Anything else with a colon is a typing error, such as
    /// `postgres:/host`, and no file that somebody wants to have.
    pub fn is_named_by(url: &str) -> bool {
        let known = ["postgres://", "postgresql://", "sqlite://"];
        known.iter().any(|scheme| url.starts_with(scheme)) || !url.contains(':')
    }

    /// A short name for people: `SQLite` or `PostgreSQL`.
    pub fn engine(&self) -> &'static str {
        match self {
            Target::Sqlite(_) => "SQLite",
            Target::Postgres(_) => "PostgreSQL",
        }
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.engine())
    }
}

/// Opens connections for the pool.
pub(super) struct Manager {
    target: Target,
    /// Whether a pooler stands between: nothing may outlive a transaction.
    is_pooled: bool,
}

/// WAL with `synchronous=FULL`: a confirmed entry survives a power cut. The log is copied into the
/// database every 16 MiB and not every 4: under a rush the same pages change again and again, and
/// each copy waits for the disk twice.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
     PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000;";

/// Of the connection that takes entries: 16 MiB of pages. A group touches six places at random for
/// each entry, and what does not fit is written out before the commit and again by it.
const SQLITE_OF_WRITER: &str = "PRAGMA cache_size = -16384;";

/// Values of a row never reach the server's log through a parameter list. Statements are planned for
/// the tables as they are: a plan that was kept from an empty table reads all of it, for each group of
/// an opening rush, until the server has looked at its statistics.
const POSTGRES_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET client_min_messages = warning; \
     SET plan_cache_mode = force_custom_plan;";

impl Manager {
    /// Connections to the database itself.
    pub(super) fn direct(target: &Target) -> Manager {
        Manager {
            target: target.clone(),
            is_pooled: false,
        }
    }

    /// Connections of units of work: through PgBouncer in transaction mode, where there is one.
    pub(super) fn on_the_way(target: &Target, pooler: Option<&str>) -> Manager {
        match pooler {
            None => Manager::direct(target),
            Some(url) => Manager {
                target: Target::Postgres(url.to_owned()),
                is_pooled: true,
            },
        }
    }

    /// Opens one connection outside the pool for the writer of entries.
    pub(super) fn open_for_writer(&self) -> Result<Conn, ConnectionError> {
        let mut conn = self.open()?;
        if let Conn::Sqlite(sqlite) = &mut conn {
            sqlite
                .batch_execute(SQLITE_OF_WRITER)
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
        }
        Ok(conn)
    }

    /// Opens one connection outside the pool.
    pub(super) fn open(&self) -> Result<Conn, ConnectionError> {
        match &self.target {
            Target::Sqlite(path) => {
                let mut conn = diesel::SqliteConnection::establish(&path.to_string_lossy())?;
                conn.batch_execute(SQLITE_SETTINGS)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Sqlite(conn))
            }
            Target::Postgres(url) => {
                let mut conn = diesel::PgConnection::establish(url)?;
                if self.is_pooled {
                    // A statement of one connection would be looked for on another.
                    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
                    return Ok(Conn::Postgres(conn));
                }
                conn.batch_execute(POSTGRES_SETTINGS)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Conn, r2d2::Error> {
        self.open().map_err(r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.batch_execute("SELECT 1")
            .map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.batch_execute("SELECT 1").is_err()
    }
}

pub(super) type Pool = r2d2::Pool<Manager>;

/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn pool(target: &Target, pooler: Option<&str>) -> Result<Pool, r2d2::PoolError> {
    builder(target).build(Manager::on_the_way(target, pooler))
}

/// A pool that exists also while nobody answers, and is not waited for.
pub(super) fn waiting_for_nobody(target: &Target) -> Pool {
    builder(target)
        .min_idle(Some(0))
        .connection_timeout(Duration::from_secs(1))
        .build_unchecked(Manager {
            target: target.clone(),
            is_pooled: true,
        })
}

fn builder(target: &Target) -> r2d2::Builder<Manager> {
    r2d2::Pool::builder()
        .max_size(8)
        .min_idle(Some(1))
        .connection_timeout(PATIENCE)
        .test_on_check_out(matches!(target, Target::Postgres(_)))
}
