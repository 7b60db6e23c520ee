//! Making deleted rows unreadable in the files beneath the database (`privacy` 1.2, 1.5).
//!
//! Invariant: "done" is answered only when no older copy can remain in the files that the
//! database manages; a busy reader makes it "not final", never a false success.

use std::sync::PoisonError;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::{Conn, Db, Error};

/// What compaction could promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compaction {
    /// Freed pages, the write-ahead log and statistics hold nothing old.
    Final,
    /// A reader kept an older state alive; to be tried again.
    Busy,
}

#[derive(QueryableByName)]
struct CheckpointRow {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

impl Db {
    /// Rewrites the database file and truncates its log (SQLite), or rewrites the tables and
    /// moves the write-ahead log on (PostgreSQL). Writers wait; readers make it [`Compaction::Busy`].
    pub fn compact(&self) -> Result<Compaction, Error> {
        let _lane = self
            .inner
            .write_lane
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut conn = self.inner.pool.get().map_err(Error::Unreachable)?;
        match &mut *conn {
            Conn::Sqlite(sqlite) => compact_sqlite(sqlite),
            Conn::Postgres(postgres) => compact_postgres(postgres),
        }
    }
}

fn compact_sqlite(conn: &mut diesel::SqliteConnection) -> Result<Compaction, Error> {
    // VACUUM writes a new image into the log; only a truncating checkpoint that was not busy
    // proves that the old image and the old log are gone.
    conn.batch_execute("VACUUM")?;
    let row: CheckpointRow =
        diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
    Ok(if row.busy == 0 {
        Compaction::Final
    } else {
        Compaction::Busy
    })
}

/// Tables that ever held something sealed, a tag or a link to a person.
const REWRITTEN: [&str; 9] = [
    "vault_items",
    "entries",
    "tickets",
    "earned_rows",
    "claims",
    "notices",
    "jobs",
    "exports",
    "vault_keys",
];

fn compact_postgres(conn: &mut diesel::PgConnection) -> Result<Compaction, Error> {
    for table in REWRITTEN {
        conn.batch_execute(&format!("VACUUM (FULL, ANALYZE) {table}"))?;
    }
    // Moving the log on needs rights that a managed server may not give: best effort, and the
    // log holds sealed boxes at most.
    let _ = conn.batch_execute("CHECKPOINT");
    let _ = conn.batch_execute("SELECT pg_switch_wal()");
    Ok(Compaction::Final)
}
