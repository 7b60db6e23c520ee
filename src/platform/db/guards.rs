//! Database-level guards that the portable migrations cannot express (`decisions` D10).
//!
//! Invariant: rows of the audit log, the journal, the general policy and the steps of incidents are
//! added, never changed or removed; PostgreSQL takes no samples of bytes, which are sealed boxes, tags
//! and hashes, so that none outlives its row in `pg_statistic` (`privacy` 1.5). Answers that belong to
//! nobody lie in the order of their
//! random ids (`decisions` D7): SQLite would number rows as they come in; PostgreSQL does not order
//! rows by itself and is told to by [`super::compaction`] and before each copy.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel::sql_types::Text;

/// Each table, and when a new row would take the place of another.
const APPEND_ONLY: [(&str, &str); 4] = [
    ("audit_records", "position = NEW.position"),
    ("journal_notes", "position = NEW.position"),
    (
        "incident_steps",
        "incident_id = NEW.incident_id AND position = NEW.position",
    ),
    ("policy_versions", "version = NEW.version"),
];

/// Installs the guards; safe to run at every start.
pub(super) fn on_sqlite(sqlite: &mut SqliteConnection) -> Result<(), QueryError> {
    for (table, same) in APPEND_ONLY {
        for verb in ["UPDATE", "DELETE"] {
            sqlite.batch_execute(&format!(
                "CREATE TRIGGER IF NOT EXISTS {table}_refuse_{verb} BEFORE {verb} ON {table} \
                 BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;"
            ))?;
        }
        // INSERT OR REPLACE takes a row out without asking the trigger on DELETE.
        sqlite.batch_execute(&format!(
            "CREATE TRIGGER IF NOT EXISTS {table}_refuse_REPLACE BEFORE INSERT ON {table} \
             WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) \
             BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;"
        ))?;
    }
    sqlite.immediate_transaction(order_by_key)
}

/// The same on PostgreSQL. Where everything stands already nothing is touched, so that a start
/// beside others waits for nobody.
pub(super) fn on_postgres(postgres: &mut PgConnection) -> Result<(), QueryError> {
    for (table, _) in APPEND_ONLY {
        let query = format!(
            "SELECT tgname::text AS by FROM pg_trigger \
             WHERE tgrelid = '{table}'::regclass AND tgname = '{table}_append_only'"
        );
        let made: Option<Made> = diesel::sql_query(query).get_result(postgres).optional()?;
        if made.is_some() {
            continue;
        }
        postgres.batch_execute(&format!(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$; \
             CREATE OR REPLACE TRIGGER {table}_append_only \
             BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        ))?;
    }
    postgres.batch_execute(UNSAMPLED)
}

/// The table that a migration made, made again so that its rows lie in the order of the key.
const BY_KEY: &str = "unlinked_answers";

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Text)]
    by: String,
}

fn order_by_key(sqlite: &mut SqliteConnection) -> Result<(), QueryError> {
    let query = format!("SELECT sql AS by FROM sqlite_master WHERE name = '{BY_KEY}'");
    let made: Made = diesel::sql_query(query).get_result(sqlite)?;
    if made.by.contains("WITHOUT ROWID") {
        return Ok(());
    }
    let again = made.by.replacen(BY_KEY, "ordered_rows", 1);
    sqlite.batch_execute(&format!(
        "{again} WITHOUT ROWID; \
         INSERT INTO ordered_rows SELECT * FROM {BY_KEY} ORDER BY activity_id, id; \
         DROP TABLE {BY_KEY}; ALTER TABLE ordered_rows RENAME TO {BY_KEY};"
    ))
}

/// Only what is still sampled is touched, so that a start beside others waits for nobody.
const UNSAMPLED: &str = "DO $$ DECLARE each record; BEGIN FOR each IN \
     SELECT k.oid::regclass AS name, a.attname AS field FROM pg_attribute a \
     JOIN pg_class k ON k.oid = a.attrelid \
     WHERE k.relnamespace = current_schema()::regnamespace AND k.relkind = 'r' \
     AND a.atttypid = 'bytea'::regtype AND a.attnum > 0 AND NOT a.attisdropped \
     AND a.attstattarget IS DISTINCT FROM 0 \
     LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', each.name, each.field); \
     END LOOP; END $$;";
