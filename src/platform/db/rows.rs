//! Many rows of one table at once.
//!
//! Not here: what a row holds (each domain's `store`).

/// Adds rows to a table: on PostgreSQL many in one statement, because each statement is a way to
/// the server and back; on SQLite one after the other with the same prepared statement.
///
/// `insert_all!(tx, table, rows)`, where `rows` is a `Vec` of a struct that derives `Insertable`
/// with `treat_none_as_default_value = false`; gives `Result<(), diesel::result::Error>`.
macro_rules! insert_all {
    ($tx:expr, $table:expr, $rows:expr) => {{
        let rows = $rows;
        match $tx.conn() {
            $crate::platform::db::Conn::Sqlite(conn) => rows.iter().try_for_each(|row| {
                diesel::insert_into($table)
                    .values(row)
                    .execute(conn)
                    .map(drop)
            }),
            $crate::platform::db::Conn::Postgres(conn) => rows
                .chunks($crate::platform::db::rows::AT_ONCE)
                .try_for_each(|rows| {
                    diesel::insert_into($table)
                        .values(rows)
                        .execute(conn)
                        .map(drop)
                }),
        }
    }};
}
pub(crate) use insert_all;

/// [`insert_all`] for rows of which some may be there: those are left as they are. Gives how many are
/// new, as `Result<usize, diesel::result::Error>`.
macro_rules! insert_new {
    ($tx:expr, $table:expr, $rows:expr) => {{
        let rows = $rows;
        match $tx.conn() {
            $crate::platform::db::Conn::Sqlite(conn) => {
                rows.iter().try_fold(0_usize, |new, row| {
                    diesel::insert_or_ignore_into($table)
                        .values(row)
                        .execute(conn)
                        .map(|one| new + one)
                })
            }
            $crate::platform::db::Conn::Postgres(conn) => rows
                .chunks($crate::platform::db::rows::AT_ONCE)
                .try_fold(0_usize, |new, rows| {
                    diesel::insert_into($table)
                        .values(rows)
                        .on_conflict_do_nothing()
                        .execute(conn)
                        .map(|some| new + some)
                }),
        }
    }};
}
pub(crate) use insert_new;

/// Rows of one statement: PostgreSQL binds 65,535 values, and no table has more than 32 columns.
pub(crate) const AT_ONCE: usize = 2_000;
