//! A look at a database from outside: nothing is created, migrated or changed.
//!
//! Not here: what is in it (domains), the wholeness of logs (`log`, `journal`).

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::MigrationHarness;

use super::migrate::{self, MigrateError};
use super::{Conn, Target, connection};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The version of the database.
    pub version: String,
    /// How many migrations the next start will run.
    pub pending: usize,
    /// A migration that this program does not know: a newer one was here.
    pub unknown: Option<String>,
    /// Settings of a PostgreSQL server that matter here, each with its value.
    pub settings: Vec<(&'static str, String)>,
    /// Whether SQLite finds its file whole; always true for PostgreSQL.
    pub is_whole: bool,
}

/// Why a database cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// No connection.
    #[error("cannot reach the database")]
    Unreachable(#[source] diesel::ConnectionError),
    /// It was reached and did not answer.
    #[error("the database does not answer")]
    Query(#[from] diesel::result::Error),
    /// Its migrations cannot be read.
    #[error(transparent)]
    Migrations(#[from] MigrateError),
}

/// Settings that are asked of PostgreSQL.
const SETTINGS: [&str; 12] = [
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_level",
    "max_connections",
    "lc_messages",
    "log_error_verbosity",
    "log_min_error_statement",
    "log_parameter_max_length",
    "log_parameter_max_length_on_error",
    "log_min_duration_statement",
    "log_statement",
];

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// Looks at a database; of SQLite that exists already.
pub fn inspect(target: &Target) -> Result<Inspection, InspectError> {
    let manager = connection::Manager::direct(target);
    let mut conn = manager.open().map_err(InspectError::Unreachable)?;
    let (pending, unknown) = migrations(&mut conn)?;
    let mut word = |query: &str| -> Result<String, InspectError> {
        let row: Word = diesel::sql_query(query).get_result(&mut conn)?;
        Ok(row.word)
    };
    match target {
        Target::Sqlite(_) => Ok(Inspection {
            version: word("SELECT sqlite_version() AS word")?,
            pending,
            unknown,
            settings: Vec::new(),
            is_whole: word("SELECT quick_check AS word FROM pragma_quick_check LIMIT 1")? == "ok",
        }),
        Target::Postgres(_) => {
            let mut settings = Vec::new();
            for name in SETTINGS {
                settings.push((
                    name,
                    word(&format!("SELECT current_setting('{name}') AS word"))?,
                ));
            }
            Ok(Inspection {
                version: word("SELECT current_setting('server_version') AS word")?,
                pending,
                unknown,
                settings,
                is_whole: true,
            })
        }
    }
}

fn migrations(conn: &mut Conn) -> Result<(usize, Option<String>), InspectError> {
    match conn {
        Conn::Sqlite(sqlite) => compared(sqlite),
        Conn::Postgres(postgres) => compared(postgres),
    }
}

/// How many are missing, and the first that is not known. The table of migrations is made by the
/// first start, so asking for it inside a transaction that is rolled back changes nothing.
fn compared<DB, C>(conn: &mut C) -> Result<(usize, Option<String>), InspectError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB> + SimpleConnection,
    diesel_migrations::EmbeddedMigrations: MigrationSource<DB>,
{
    conn.batch_execute("BEGIN")?;
    let compared = migrate::compared(conn);
    conn.batch_execute("ROLLBACK")?;
    Ok(compared?)
}
