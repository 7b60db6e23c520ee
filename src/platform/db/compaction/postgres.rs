//! Compaction on PostgreSQL: tables rewritten without the rows that somebody might still see.
//!
//! `VACUUM FULL` copies every deleted row that any open snapshot could see into the new file, and
//! says so to nobody (measured on 15.18: a snapshot that had read another table kept all of them).
//! So this file waits until no transaction of before is left, looks again afterwards, and answers
//! "busy" where one remains. Deleted values also live on in `pg_statistic`, compressed, where no
//! search of bytes finds them: bytes are never sampled (`guards`), and what was sampled is cleared.
//!
//! Not here: copies that this program cannot reach (archived logs, standbys, the server's own
//! log): `docs/operating.md` says what the operator does there.

use std::time::Duration;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Compaction, Holdup, Remark, Rewritten};
use crate::platform::db::Error;

const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// A lock that is not had in this time lets everybody else go on first.
const SETTINGS: &str = "SET lock_timeout = '10s'; SET statement_timeout = 0; \
     SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off;";

/// Each row says which transaction wrote it, and an entry writes a contact and answers together:
/// after this all answers that belong to nobody say the same.
const SAME_WRITER: &str = "UPDATE unlinked_answers SET resealed = resealed";
/// Rows lie as they came in until somebody orders them; these ids are random.
const ORDER_OF_IDS: &str = "CLUSTER unlinked_answers USING unlinked_answers_pkey";

/// Puts answers that belong to nobody in an order that tells nothing, before they are copied.
pub(in crate::platform::db) fn mix(conn: &mut PgConnection) -> Result<(), Error> {
    for statement in [SETTINGS, SAME_WRITER, ORDER_OF_IDS] {
        conn.batch_execute(statement)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

pub(super) fn compact(
    conn: &mut PgConnection,
    tables: &[&str],
    patience: Duration,
) -> Result<Compaction, Error> {
    match rewrite(conn, tables, patience) {
        Ok(rewritten) => Ok(Compaction::Final(rewritten)),
        Err(Stop::Held(holdup)) => Ok(Compaction::Busy(holdup)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Why the rewriting ended early.
enum Stop {
    Held(Holdup),
    Failed(Error),
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Stop {
        let text = error.to_string();
        // Diesel does not hand out the SQLSTATE 55P03.
        if text.contains("lock timeout") || text.contains("deadlock detected") {
            return Stop::Held(Holdup::Locked);
        }
        Stop::Failed(Error::from(error))
    }
}

fn rewrite(
    conn: &mut PgConnection,
    tables: &[&str],
    patience: Duration,
) -> Result<Rewritten, Stop> {
    conn.batch_execute(SETTINGS)?;
    conn.batch_execute(SAME_WRITER)?;
    let deleted = outlived(conn, patience)?;
    conn.batch_execute(ORDER_OF_IDS)?;
    for table in tables {
        let before = file_of(conn, table)?;
        conn.batch_execute(&format!("VACUUM (FULL, ANALYZE) {table}"))?;
        if file_of(conn, table)? == before {
            return Err(Stop::Held(Holdup::Locked));
        }
    }
    clear_statistics(conn, tables)?;
    // A standby may tell of an older snapshot at any time.
    if let Some(holdup) = seen_by(conn, &deleted)? {
        return Err(Stop::Held(holdup));
    }
    let mut remarks = Vec::new();
    // The rows that `ANALYZE` replaced just now are dead, and new ones to wait for.
    let replaced = outlived(conn, patience)?;
    if !rewrite_statistics(conn)? {
        remarks.push(Remark::Statistics);
    }
    if let Some(holdup) = seen_by(conn, &replaced)? {
        return Err(Stop::Held(holdup));
    }
    remarks.extend(move_on(conn)?);
    Ok(Rewritten { remarks })
}

/// Waits until every transaction that began before now has ended, wherever it could keep a
/// deleted row alive; gives the transaction number that they all have to be above.
fn outlived(conn: &mut PgConnection, patience: Duration) -> Result<String, Stop> {
    let now = word(conn, "SELECT pg_current_xact_id()::text AS word")?;
    let looks = patience.as_millis() / BETWEEN_LOOKS.as_millis();
    let mut looked = 0;
    let mut clean = 0;
    // Twice, because one look is not one moment: the first shows that no number up to ours is
    // still at work, so that what the second sees cannot grow older again.
    while clean < 2 {
        match seen_by(conn, &now)? {
            None => clean += 1,
            Some(holdup) if holdup == Holdup::Deferred || looked >= looks => {
                return Err(Stop::Held(holdup));
            }
            Some(_) => {
                clean = 0;
                looked += 1;
                std::thread::park_timeout(BETWEEN_LOOKS);
            }
        }
    }
    Ok(now)
}

/// Who might still see a row that was deleted at or before transaction `now`.
///
/// Snapshots count in this database and in servers that follow it; numbers at work count in the
/// whole cluster, because each new snapshot begins at the oldest of them.
fn seen_by(conn: &mut PgConnection, now: &str) -> Result<Option<Holdup>, Stop> {
    let found = word(
        conn,
        &format!(
            "SELECT CASE \
             WHEN coalesce(current_setting('vacuum_defer_cleanup_age', true), '0') <> '0' \
               THEN 'deferred' \
             WHEN EXISTS (SELECT FROM pg_prepared_xacts \
               WHERE age(transaction) >= age('{now}'::xid8::xid)) THEN 'prepared' \
             WHEN EXISTS (SELECT FROM pg_replication_slots \
               WHERE age(xmin) >= age('{now}'::xid8::xid) \
                  OR age(catalog_xmin) >= age('{now}'::xid8::xid)) THEN 'replication' \
             WHEN EXISTS (SELECT FROM pg_stat_activity WHERE datname IS NULL \
               AND age(backend_xmin) >= age('{now}'::xid8::xid)) THEN 'replication' \
             WHEN EXISTS (SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() \
               AND (age(backend_xid) >= age('{now}'::xid8::xid) \
                 OR datname = current_database() \
                   AND age(backend_xmin) >= age('{now}'::xid8::xid))) THEN 'reader' \
             ELSE '' END AS word"
        ),
    )?;
    let all = [
        Holdup::Deferred,
        Holdup::Prepared,
        Holdup::Replication,
        Holdup::Reader,
    ];
    Ok(all.into_iter().find(|holdup| holdup.code() == found))
}

/// The file that holds a table: another one after it was rewritten.
fn file_of(conn: &mut PgConnection, table: &str) -> Result<String, Stop> {
    word(
        conn,
        &format!("SELECT pg_relation_filenode('{table}'::regclass)::text AS word"),
    )
}

/// Clears what was sampled of columns that are not to be sampled, and of tables that are empty now:
/// `ANALYZE` leaves the old samples there. Setting a column's type to what it is drops them.
fn clear_statistics(conn: &mut PgConnection, tables: &[&str]) -> Result<(), Stop> {
    let sampled = sampled(tables);
    let columns: Vec<Word> = diesel::sql_query(format!(
        "SELECT format('ALTER TABLE %s ALTER COLUMN %I TYPE %s', k.oid::regclass, a.attname, \
         format_type(a.atttypid, a.atttypmod)) AS word {sampled}"
    ))
    .load(conn)?;
    for column in columns {
        conn.batch_execute(&column.word)?;
    }
    let left: Count =
        diesel::sql_query(format!("SELECT count(*) AS n {sampled}")).get_result(conn)?;
    if left.n > 0 {
        return Err(Stop::Held(Holdup::Statistics));
    }
    Ok(())
}

/// Columns with old samples, as the end of a query.
fn sampled(tables: &[&str]) -> String {
    let names: Vec<String> = tables.iter().map(|table| format!("'{table}'")).collect();
    format!(
        "FROM pg_stats s \
         JOIN pg_class k ON k.relname = s.tablename AND k.relnamespace = s.schemaname::regnamespace \
         JOIN pg_attribute a ON a.attrelid = k.oid AND a.attname = s.attname \
         WHERE s.schemaname = current_schema() AND s.tablename IN ({}) \
         AND (a.attstattarget = 0 OR k.reltuples <= 0)",
        names.join(", ")
    )
}

/// Rewrites the table of samples; `false` where only the server's own operator may.
fn rewrite_statistics(conn: &mut PgConnection) -> Result<bool, Stop> {
    let before = file_of(conn, "pg_statistic")?;
    // Refusing is a warning, not an error: the file tells.
    let outcome = conn.batch_execute("VACUUM (FULL) pg_statistic");
    match outcome.map_err(Stop::from) {
        Err(Stop::Held(holdup)) => return Err(Stop::Held(holdup)),
        Err(Stop::Failed(_)) => return Ok(false),
        Ok(()) => (),
    }
    Ok(file_of(conn, "pg_statistic")? != before)
}

/// Moves the server's write-ahead log on, as far as it lets us, and notes what is kept elsewhere.
fn move_on(conn: &mut PgConnection) -> Result<Vec<Remark>, Stop> {
    let mut remarks = Vec::new();
    // Shared memory of other programs; where the extension is missing there is nothing to forget.
    let _ = conn.batch_execute("SELECT pg_stat_statements_reset()");
    if conn.batch_execute("SELECT pg_switch_wal()").is_err() {
        remarks.push(Remark::WriteAheadLog);
    }
    if conn.batch_execute("CHECKPOINT").is_err() {
        remarks.push(Remark::Checkpoint);
    }
    let told = word(
        conn,
        "SELECT (current_setting('archive_mode') <> 'off' OR EXISTS (SELECT FROM \
         pg_replication_slots) OR EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = \
         'walsender'))::text || ' ' || (current_setting('log_parameter_max_length') <> '0' AND \
         (current_setting('log_statement') NOT IN ('none', 'ddl') OR \
         current_setting('log_min_duration_statement') <> '-1' OR \
         current_setting('log_min_duration_sample') <> '-1' OR \
         current_setting('log_transaction_sample_rate') <> '0') OR \
         current_setting('log_parameter_max_length_on_error') <> '0' OR \
         current_setting('log_error_verbosity') <> 'terse')::text AS word",
    )?;
    let (archived, logged) = told.split_once(' ').unwrap_or(("true", "true"));
    remarks.extend((archived == "true").then_some(Remark::Archive));
    remarks.extend((logged == "true").then_some(Remark::ServerLog));
    Ok(remarks)
}

fn word(conn: &mut PgConnection, query: &str) -> Result<String, Stop> {
    let word: Word = diesel::sql_query(query).get_result(conn)?;
    Ok(word.word)
}
