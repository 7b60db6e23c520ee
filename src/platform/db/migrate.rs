//! Brings the tables to the state this binary knows, or refuses.
//!
//! Invariant: of several instances that start at once one migrates and the others wait for it, and
//! what is new appears as a whole or not at all. A database with a migration this binary does not know is left untouched; an older
//! program on newer tables would lose data without noticing.

use diesel::connection::{Connection, SimpleConnection};
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, guards};

const EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

/// Any number that no other program on the same cluster uses: "fairdraw" read as bytes.
const MIGRATION_LOCK: i64 = 0x6661_6972_6472_6177;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The folder for the SQLite file could not be made.
    #[error("cannot create the data folder")]
    Folder(#[source] std::io::Error),
    /// No connection.
    #[error("cannot reach the database")]
    Unreachable(#[source] diesel::r2d2::PoolError),
    /// No connection to the database itself.
    #[error("cannot reach the database")]
    Unconnected(#[source] diesel::ConnectionError),
    /// The tables come from a newer Fairdraw.
    #[error(
        "the database has migration {version}, which this version of Fairdraw does not know; \
             install the newer version again, or restore a backup made before it"
    )]
    UnknownSchema {
        /// The first unknown migration.
        version: String,
    },
    /// Its rows are somewhere else.
    #[error(
        "this database was moved to {to}; name that one in database_url (FAIRDRAW_DATABASE_URL)"
    )]
    Moved {
        /// Where, without a password.
        to: String,
    },
    /// It is being filled by a move that is not done.
    #[error(
        "this database is being filled by `fairdraw migrate --to`, which was interrupted; run it \
         again with the old database in the settings"
    )]
    Arriving,
    /// A migration failed.
    #[error("a migration failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The append-only guards could not be installed.
    #[error("cannot install the append-only guards")]
    Guards(#[source] diesel::result::Error),
}

/// Runs what is missing, and installs the guards.
pub(super) fn run(conn: &mut Conn) -> Result<(), MigrateError> {
    match conn {
        Conn::Sqlite(sqlite) => {
            bring_up_to_date(sqlite)?;
            guards::on_sqlite(sqlite).map_err(MigrateError::Guards)
        }
        // The lock ends with the transaction, however that ends, and needs no session of its own.
        Conn::Postgres(postgres) => postgres.transaction(|postgres| {
            postgres.batch_execute(&format!(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; \
                 SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
            ))?;
            bring_up_to_date(postgres)?;
            guards::on_postgres(postgres).map_err(MigrateError::Guards)
        }),
    }
}

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> MigrateError {
        MigrateError::Failed(Box::new(error))
    }
}

fn bring_up_to_date<DB, C>(conn: &mut C) -> Result<(), MigrateError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    if let (_, Some(version)) = compared(conn)? {
        return Err(MigrateError::UnknownSchema { version });
    }
    conn.run_pending_migrations(EMBEDDED)
        .map_err(MigrateError::Failed)?;
    Ok(())
}

/// How many migrations are missing, and the first that this binary does not know.
pub(super) fn compared<DB, C>(conn: &mut C) -> Result<(usize, Option<String>), MigrateError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let embedded = MigrationSource::<DB>::migrations(&EMBEDDED).map_err(MigrateError::Failed)?;
    let known: Vec<MigrationVersion<'static>> = embedded
        .iter()
        .map(|migration| migration.name().version().as_owned())
        .collect();
    let applied = conn.applied_migrations().map_err(MigrateError::Failed)?;
    let missing = known.iter().filter(|version| !applied.contains(version));
    let stranger = applied.iter().find(|version| !known.contains(version));
    Ok((missing.count(), stranger.map(ToString::to_string)))
}
