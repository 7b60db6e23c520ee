//! All rows of one activity leave some tables together.
//!
//! SQLite deletes row by row, and the rows of people lie at random places of each index: a million of
//! them take minutes, in which most pages are written many times. It empties a whole table in about a
//! second, because its pages are not looked into. So where few rows stay, those are laid aside, the
//! table is emptied, and they are put back: in one transaction, for which everybody else waits.
//!
//! Invariant: whatever happens, a table has all rows that stay, and all of the activity or none.
//!
//! Not here: making freed pages unreadable ([`super::compaction`]), which has to follow at once;
//! which tables these are (`purge::ROOMS`).

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::connection::Manager;
use super::{Begin, Conn, Db, Error, Tx};

/// So many rows are worth it; fewer are gone soon, one after the other.
pub const MANY: i64 = 20_000;
/// The rows that stay are written anew: for each of them so many others must go.
const FOR_ONE_THAT_STAYS: i64 = 4;

/// Deleted rows are not overwritten one by one, because the files are rewritten right after; and a
/// table that others refer to can only be emptied row by row while references are looked at.
const SETTINGS: &str = "PRAGMA foreign_keys = OFF; PRAGMA secure_delete = OFF;";

/// Where rows lie that stay, within the transaction.
const ASIDE: &str = "rows_that_stay";

/// Whether it is faster, and not much longer for those who wait, that the rows of an activity leave
/// these tables together: where they are as `many` and the others few. On PostgreSQL they never are in
/// anybody's way.
pub fn is_worth_it(tx: &mut Tx, tables: &[&str], activity: &str, many: i64) -> Result<bool, Error> {
    if !matches!(tx.conn(), Conn::Sqlite(_)) {
        return Ok(false);
    }
    let going = rows_of(tx, tables, activity)?;
    if going < many {
        return Ok(false);
    }
    let mut all = 0;
    for table in tables {
        all += every_row(tx, table)?;
    }
    Ok((all - going).saturating_mul(FOR_ONE_THAT_STAYS) <= going)
}

/// How many rows of an activity are in some tables.
fn rows_of(tx: &mut Tx, tables: &[&str], activity: &str) -> Result<i64, Error> {
    let mut rows = 0;
    for table in tables {
        rows += of_activity(tx, table, activity)?;
    }
    Ok(rows)
}

fn every_row(tx: &mut Tx, table: &str) -> Result<i64, Error> {
    let row: Counted =
        diesel::sql_query(format!("SELECT count(*) AS rows FROM {table}")).get_result(tx.conn())?;
    Ok(row.rows)
}

fn of_activity(tx: &mut Tx, table: &str, activity: &str) -> Result<i64, Error> {
    let statement = match tx.conn() {
        Conn::Sqlite(_) => format!("SELECT count(*) AS rows FROM {table} WHERE activity_id = ?"),
        Conn::Postgres(_) => format!("SELECT count(*) AS rows FROM {table} WHERE activity_id = $1"),
    };
    let row: Counted = diesel::sql_query(statement)
        .bind::<Text, _>(activity)
        .get_result(tx.conn())?;
    Ok(row.rows)
}

impl Db {
    /// Takes every row of an activity out of these tables, at once. In the same transaction `note`
    /// writes down how many went from each, in the order of `tables`; it is not asked where there
    /// was none. Readers see the rows until its end, writers wait for it.
    ///
    /// # Errors
    /// What `note` says, or the database; then nothing is gone.
    pub fn clear<E>(
        &self,
        name: &'static str,
        tables: &[&str],
        activity: &str,
        mut note: impl FnMut(&mut Tx, &[usize]) -> Result<(), E>,
    ) -> Result<(), E>
    where
        E: std::error::Error + From<Error> + 'static,
    {
        // A connection of its own: its settings return to no pool.
        let own = Manager::direct(&self.inner.target).open();
        let mut own = own.map_err(Error::Unconnected)?;
        if let Conn::Sqlite(sqlite) = &mut own {
            sqlite.batch_execute(SETTINGS).map_err(Error::from)?;
        }
        self.try_write(Some(&mut own), name, Begin::Serializable, &mut |tx| {
            let mut gone = Vec::with_capacity(tables.len());
            for table in tables {
                gone.push(empty(tx, table, activity)?);
            }
            if gone.iter().all(|rows| *rows == 0) {
                return Ok(());
            }
            nobody_is_left_alone(tx, tables)?;
            note(tx, &gone)
        })
    }
}

/// How many rows went.
fn empty(tx: &mut Tx, table: &str, activity: &str) -> Result<usize, Error> {
    let going = of_activity(tx, table, activity)?;
    if going == 0 {
        return Ok(0);
    }
    let staying = every_row(tx, table)? - going;
    match tx.conn() {
        Conn::Postgres(conn) => {
            diesel::sql_query(format!("DELETE FROM {table} WHERE activity_id = $1"))
                .bind::<Text, _>(activity)
                .execute(conn)?;
        }
        Conn::Sqlite(conn) => {
            diesel::sql_query(format!(
                "CREATE TABLE {ASIDE} AS SELECT * FROM {table} WHERE activity_id IS NOT ?"
            ))
            .bind::<Text, _>(activity)
            .execute(conn)?;
            // Without a condition, so that pages go and not rows.
            conn.batch_execute(&format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {ASIDE}; DROP TABLE {ASIDE};"
            ))?;
        }
    }
    if every_row(tx, table)? != staying {
        tracing::error!(table, "rows of others would be gone");
        return Err(Error::Inconsistent);
    }
    Ok(usize::try_from(going).unwrap_or_default())
}

/// Looks at the references that SQLite was told not to look at: of rows in these tables, and to them.
fn nobody_is_left_alone(tx: &mut Tx, tables: &[&str]) -> Result<(), Error> {
    let Conn::Sqlite(conn) = tx.conn() else {
        return Ok(());
    };
    let references: Vec<Reference> = diesel::sql_query(
        "SELECT DISTINCT child.name AS child, parent.\"table\" AS parent \
         FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS parent \
         WHERE child.type = 'table'",
    )
    .load(conn)?;
    let is_here = |name: &str| tables.contains(&name);
    let mut looked_at: Vec<&str> = Vec::new();
    for Reference { child, parent } in &references {
        if (is_here(child) || is_here(parent)) && !looked_at.contains(&child.as_str()) {
            looked_at.push(child);
        }
    }
    for table in looked_at {
        let broken: Counted = diesel::sql_query(format!(
            "SELECT count(*) AS rows FROM pragma_foreign_key_check('{table}')"
        ))
        .get_result(conn)?;
        if broken.rows > 0 {
            tracing::error!(table, rows = broken.rows, "rows would refer to none");
            return Err(Error::Inconsistent);
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    child: String,
    #[diesel(sql_type = Text)]
    parent: String,
}
