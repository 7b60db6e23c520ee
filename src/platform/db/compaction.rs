//! Making deleted rows unreadable in the files beneath the database (`privacy` 1.2, 1.5).
//!
//! Invariant: "final" is answered only when no older copy can remain in the files that the
//! database manages; whoever still sees an old state makes it "busy", never a false success.
//!
//! Not here: which tables are rewritten (`purge::ROOMS`).

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::connection::Manager;
use super::{Conn, Db, Error};

pub(super) mod postgres;

/// What compaction could promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compaction {
    /// Freed pages, the write-ahead log and statistics hold nothing old.
    Final(Rewritten),
    /// An older state was kept alive; to be tried again.
    Busy(Holdup),
}

/// What there is to say about a compaction that is final.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// What the server did not let this program do, or writes elsewhere; stable words, most often
    /// none. It concerns sealed bytes at most.
    pub remarks: Vec<Remark>,
}

/// Something that only the operator of a PostgreSQL server can do (`docs/operating.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// `VACUUM FULL pg_statistic` was refused.
    Statistics,
    /// `CHECKPOINT` was refused.
    Checkpoint,
    /// `pg_switch_wal()` was refused.
    WriteAheadLog,
    /// The server archives its write-ahead log, or other servers follow it.
    Archive,
    /// The server's settings let parameters of statements into its log.
    ServerLog,
}

impl Remark {
    /// The stable word in a certificate and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Remark::Statistics => "statistics-not-rewritten",
            Remark::Checkpoint => "checkpoint-refused",
            Remark::WriteAheadLog => "log-not-switched",
            Remark::Archive => "log-is-archived",
            Remark::ServerLog => "server-log-takes-values",
        }
    }
}

/// What kept an older state alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holdup {
    /// A reader or writer that began before.
    Reader,
    /// A transaction that was prepared and not ended.
    Prepared,
    /// A replication slot or a standby.
    Replication,
    /// The server is told to put cleaning off (`vacuum_defer_cleanup_age`).
    Deferred,
    /// Somebody held a table for too long.
    Locked,
    /// Statistics of emptied tables could not be cleared.
    Statistics,
}

impl Holdup {
    /// The stable word in logs and message ids.
    pub fn code(self) -> &'static str {
        match self {
            Holdup::Reader => "reader",
            Holdup::Prepared => "prepared",
            Holdup::Replication => "replication",
            Holdup::Deferred => "deferred",
            Holdup::Locked => "locked",
            Holdup::Statistics => "statistics",
        }
    }
}

impl Db {
    /// Rewrites the whole file and empties its log (SQLite), or rewrites `tables` and their
    /// statistics (PostgreSQL). Waits as long as `patience` for those who see an older state.
    pub fn compact(&self, tables: &[&str], patience: Duration) -> Result<Compaction, Error> {
        let _lane = self.inner.write_lane.lock();
        // A connection of its own: its settings return to no pool.
        let own = Manager(self.inner.target.clone()).open();
        match own.map_err(Error::Unconnected)? {
            Conn::Sqlite(mut sqlite) => self.compact_sqlite(&mut sqlite, patience),
            Conn::Postgres(mut conn) => postgres::compact(&mut conn, tables, patience),
        }
    }

    fn compact_sqlite(
        &self,
        conn: &mut diesel::SqliteConnection,
        patience: Duration,
    ) -> Result<Compaction, Error> {
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout = {}",
            patience.as_millis().max(1)
        ))?;
        // VACUUM writes a new image into the log while others go on reading; only a truncating
        // checkpoint that was not busy proves that the old image and the old log are gone.
        match conn.batch_execute("VACUUM").map_err(Error::from) {
            Err(Error::Contended(_)) => return Ok(Compaction::Busy(Holdup::Reader)),
            outcome => outcome?,
        }
        // Readers of this process wait for the moment of the checkpoint.
        let mut drained = Vec::new();
        for _ in 0..self.inner.pool.max_size() {
            match self
                .inner
                .pool
                .get_timeout(patience.max(Duration::from_millis(1)))
            {
                Ok(conn) => drained.push(conn),
                Err(_) => return Ok(Compaction::Busy(Holdup::Reader)),
            }
        }
        let row: CheckpointRow =
            diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
        let is_final = row.busy == 0 && row.log == row.checkpointed;
        Ok(if is_final {
            Compaction::Final(Rewritten::default())
        } else {
            Compaction::Busy(Holdup::Reader)
        })
    }
}

#[derive(QueryableByName)]
struct CheckpointRow {
    #[diesel(sql_type = Integer)]
    busy: i32,
    #[diesel(sql_type = Integer)]
    log: i32,
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}
