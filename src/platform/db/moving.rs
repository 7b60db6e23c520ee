//! Moving a whole site from one database to another, of the same kind or of the other.
//!
//! Rows travel as text that both kinds of database write and read by themselves (JSON, with bytes in
//! hexadecimal), table by table in the order of their keys. What has arrived is therefore always a
//! beginning of each table, and an interrupted move goes on after it.
//!
//! Invariant: there are never two live copies. The new database refuses to serve until every table
//! was compared, and the old one is marked as moved before that; in between neither serves.
//!
//! Not here: a copy as one file ([`super::copy`]); the roots of logs, which whoever calls compares.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::platform::fail;

use super::{Conn, Db, Error, MigrateError, Target, Ways, connection, copy, instances};

/// Under this name the old database says where its rows are now.
pub(super) const MOVED: &str = "moved.to";
/// Under this name a database that is being filled says from which state of another one.
pub(super) const ARRIVING: &str = "moved.arriving";

/// Rows that travel together.
const TOGETHER: usize = 2_000;

/// Why a database was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// One of the two databases.
    #[error(transparent)]
    Db(#[from] Error),
    /// One of the two could not be opened.
    #[error(transparent)]
    Open(#[from] MigrateError),
    /// No connection to one of the two.
    #[error("cannot reach the database")]
    Unreachable(#[source] diesel::ConnectionError),
    /// A statement of the move.
    #[error("a table cannot be copied")]
    Query(#[from] diesel::result::Error),
    /// Both are the same.
    #[error("the database named by --to is the one that the settings name")]
    Same,
    /// The old database was moved before, to somewhere else.
    #[error("this database was moved to {0} already; name that one in the settings")]
    Moved(String),
    /// There is something in the new database that did not come from here.
    #[error(
        "the database named by --to is not empty; give it a new one, or move the old file away \
         first"
    )]
    NotEmpty,
    /// Somebody serves the old database.
    #[error(
        "{0} of the site's instances serve this database, or did two minutes ago; stop every \
         instance first (one that was killed is forgotten after two minutes)"
    )]
    Served(usize),
    /// The old database changed after the move began.
    #[error(
        "the old database changed since the move was interrupted; empty the new database and \
         begin again"
    )]
    Changed,
    /// Another program has the old file open.
    #[error("another program has the database open; stop it first")]
    InUse,
    /// A table arrived with other rows than it left with.
    #[error("table {table} differs: {left} rows left, {arrived} arrived")]
    Differs {
        /// Which.
        table: String,
        /// Rows in the old database.
        left: u64,
        /// Rows in the new one.
        arrived: u64,
    },
    /// A column of a type that is not in the portable subset.
    #[error("column {0} has a type that cannot be moved")]
    Type(String),
    /// A row could not be read as it was written.
    #[error("a row of {0} cannot be read")]
    Row(String),
}

/// How far a move has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The table.
    pub table: &'a str,
    /// Rows that have arrived, of all tables.
    pub done: u64,
    /// Rows of all tables.
    pub all: u64,
    /// Whether rows are being compared, after all have arrived.
    pub compares: bool,
}

/// A table that arrived whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 over its rows in the order of their keys, the same in both databases.
    pub digest: [u8; 32],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Number,
    Truth,
    Bytes,
}

#[derive(Debug, Clone)]
struct Column {
    name: String,
    form: Form,
    /// Its place in the primary key, from 1; 0 when it is not part of it.
    key: i64,
}

#[derive(Debug, Clone)]
struct Table {
    name: String,
    columns: Vec<Column>,
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    place: i64,
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    from_table: String,
    #[diesel(sql_type = Text)]
    to_table: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

const SQLITE_COLUMNS: &str = "SELECT m.name AS table_name, p.name AS column_name, \
     p.type AS kind, p.pk AS place FROM sqlite_master m, pragma_table_info(m.name) p \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '__diesel%' \
     ORDER BY m.name, p.cid";
const POSTGRES_COLUMNS: &str = "SELECT c.relname::text AS table_name, \
     a.attname::text AS column_name, format_type(a.atttypid, NULL) AS kind, \
     COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint AS place \
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
     AND NOT a.attisdropped LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') \
     AND c.relname NOT LIKE '\\_\\_diesel%' ORDER BY c.relname, a.attnum";
const SQLITE_REFERENCES: &str = "SELECT m.name AS from_table, f.\"table\" AS to_table \
     FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
const POSTGRES_REFERENCES: &str = "SELECT c.relname::text AS from_table, \
     r.relname::text AS to_table FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
     JOIN pg_class r ON r.oid = k.confrelid WHERE k.contype = 'f' \
     AND c.relnamespace = current_schema()::regnamespace";

/// Says where the rows of a moved database are; for the refusal to serve it.
pub(super) fn refusal(conn: &mut Conn) -> Result<Option<MigrateError>, diesel::result::Error> {
    if let Some(to) = standing(conn, MOVED)? {
        return Ok(Some(MigrateError::Moved { to }));
    }
    let arriving = standing(conn, ARRIVING)?;
    Ok(arriving.map(|_| MigrateError::Arriving))
}

fn standing(conn: &mut Conn, name: &str) -> Result<Option<String>, diesel::result::Error> {
    let query = format!("SELECT value AS line FROM site_settings WHERE name = '{name}'");
    let row: Option<Line> = diesel::sql_query(query).get_result(conn).optional()?;
    Ok(row.map(|row| row.line))
}

/// The place of a database without a password, as people name it.
pub fn place(target: &Target) -> String {
    match target {
        Target::Sqlite(file) => {
            let whole = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            format!("SQLite, {}", whole.display())
        }
        Target::Postgres(url) => {
            let rest = url.split_once("://").map_or("", |(_, rest)| rest);
            let bare = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
            let bare = bare.split('?').next().unwrap_or_default();
            format!("PostgreSQL, {bare}")
        }
    }
}

/// Copies every row of `from` into `to` and compares them; `whole` is asked at the end whether what
/// arrived is whole in a way that only others know (the roots of logs). Then the old one is marked.
///
/// Nobody else may write to either; whoever calls has made sure of that, and a database that is
/// served is refused. After an interruption it is called again and goes on.
///
/// # Errors
/// Nothing of the old database is changed before everything was compared.
pub fn move_site<E: From<MoveError>>(
    from: &Target,
    to: &Target,
    clock: &crate::platform::clock::Clock,
    tell: &mut dyn FnMut(Progress<'_>),
    whole: impl FnOnce(&Db, &Db) -> Result<(), E>,
) -> Result<Vec<Arrived>, E> {
    let mut moving = Moving::begin(from, to, clock)?;
    moving.copy(tell)?;
    let arrived = moving.compare(tell)?;
    whole(&moving.old, &moving.new)?;
    moving.finish()?;
    Ok(arrived)
}

struct Moving {
    old: Db,
    new: Db,
    tables: Vec<Table>,
    /// Rows of each table.
    counts: BTreeMap<String, u64>,
}

impl Moving {
    fn begin(
        from: &Target,
        to: &Target,
        clock: &crate::platform::clock::Clock,
    ) -> Result<Moving, MoveError> {
        if from == to || place(from) == place(to) {
            return Err(MoveError::Same);
        }
        alone(from)?;
        let was_empty = copy::is_empty(to);
        let (old, new) = (
            Db::open_any(from.clone(), &Ways::default(), clock.clone())?,
            Db::open_any(to.clone(), &Ways::default(), clock.clone())?,
        );
        is_at_rest(&old)?;
        let mut conn = connected(from)?;
        let moved = standing(&mut conn, MOVED)?;
        if let Some(moved) = moved.clone().filter(|moved| *moved != place(to)) {
            return Err(MoveError::Moved(moved));
        }
        let tables = tables(&mut conn)?;
        let mut counts = BTreeMap::new();
        for table in &tables {
            counts.insert(table.name.clone(), count(&mut conn, table)?);
        }
        let state = state(&mut conn, &counts)?;
        let mut target = connected(to)?;
        match standing(&mut target, ARRIVING)? {
            Some(before) if before == state => {}
            Some(_) => return Err(MoveError::Changed),
            None => {
                if let Some(moved) = moved {
                    return Err(MoveError::Moved(moved));
                }
                for table in &tables {
                    if !was_empty || count(&mut target, table)? > 0 {
                        return Err(MoveError::NotEmpty);
                    }
                }
                remember(&mut target, ARRIVING, &state)?;
            }
        }
        Ok(Moving {
            old,
            new,
            tables,
            counts,
        })
    }

    fn all(&self) -> u64 {
        self.counts.values().sum()
    }

    fn copy(&mut self, tell: &mut dyn FnMut(Progress<'_>)) -> Result<(), MoveError> {
        let (mut from, mut to) = (connected(self.old.target())?, connected(self.new.target())?);
        let (all, mut done) = (self.all(), 0);
        for table in &self.tables {
            // What arrived before an interruption is a beginning of the table, in the same order.
            let before = count(&mut to, table)?;
            done += before;
            let insert = insert_into(table, self.new.target());
            let mut waiting: Vec<String> = Vec::new();
            let mut passed = 0;
            each_line(&mut from, table, &mut |line| {
                passed += 1;
                if passed <= before {
                    return Ok(());
                }
                waiting.push(line);
                if waiting.len() >= TOGETHER {
                    done += put(&mut to, &insert, &mut waiting)?;
                    fail::point(&format!("move:{}", table.name));
                    tell(Progress {
                        table: &table.name,
                        done,
                        all,
                        compares: false,
                    });
                }
                Ok(())
            })?;
            done += put(&mut to, &insert, &mut waiting)?;
            fail::point(&format!("move:{}", table.name));
            tell(Progress {
                table: &table.name,
                done,
                all,
                compares: false,
            });
        }
        Ok(())
    }

    fn compare(&self, tell: &mut dyn FnMut(Progress<'_>)) -> Result<Vec<Arrived>, MoveError> {
        let (mut from, mut to) = (connected(self.old.target())?, connected(self.new.target())?);
        let (all, mut done) = (self.all(), 0);
        let mut arrived = Vec::new();
        for table in &self.tables {
            let (left, own) = digest(&mut from, table)?;
            let (rows, its) = digest(&mut to, table)?;
            if (left, own) != (rows, its) {
                return Err(MoveError::Differs {
                    table: table.name.clone(),
                    left,
                    arrived: rows,
                });
            }
            done += rows;
            tell(Progress {
                table: &table.name,
                done,
                all,
                compares: true,
            });
            arrived.push(Arrived {
                table: table.name.clone(),
                rows,
                digest: own,
            });
        }
        Ok(arrived)
    }

    /// First the old one stops being live, then the new one begins to be.
    fn finish(&self) -> Result<(), MoveError> {
        // One that was started meanwhile took entries that did not travel.
        is_at_rest(&self.old)?;
        let mut from = connected(self.old.target())?;
        remember(&mut from, MOVED, &place(self.new.target()))?;
        fail::point("move:marked");
        let mut to = connected(self.new.target())?;
        let mark = format!("DELETE FROM site_settings WHERE name IN ('{ARRIVING}', '{MOVED}')");
        Ok(to.batch_execute(&mark)?)
    }
}

/// Whether nobody else has the file open, where it is one: its log is given up for a moment, which
/// SQLite refuses while there is another connection.
fn alone(target: &Target) -> Result<(), MoveError> {
    let Target::Sqlite(file) = target else {
        return Ok(());
    };
    if !file.exists() {
        return Ok(());
    }
    let mut conn = connected(target)?;
    let gave_up: Result<Mode, _> =
        diesel::sql_query("PRAGMA journal_mode = DELETE").get_result(&mut conn);
    match gave_up {
        Ok(mode) if mode.journal_mode == "delete" => Ok(()),
        _ => Err(MoveError::InUse),
    }
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// Refuses a database that an instance serves: where the vault is a program of its own, no lock on
/// keys keeps instances away.
fn is_at_rest(db: &Db) -> Result<(), MoveError> {
    match db.read_now("who serves", instances::living)?.len() {
        0 => Ok(()),
        living => Err(MoveError::Served(living)),
    }
}

fn connected(target: &Target) -> Result<Conn, MoveError> {
    let manager = connection::Manager::direct(target);
    manager.open().map_err(MoveError::Unreachable)
}

fn remember(conn: &mut Conn, name: &str, value: &str) -> Result<(), MoveError> {
    diesel::sql_query(format!("DELETE FROM site_settings WHERE name = '{name}'")).execute(conn)?;
    let insert = "INSERT INTO site_settings (name, value) VALUES";
    match conn {
        Conn::Sqlite(conn) => diesel::sql_query(format!("{insert} (?, ?)"))
            .bind::<Text, _>(name)
            .bind::<Text, _>(value)
            .execute(conn)?,
        Conn::Postgres(conn) => diesel::sql_query(format!("{insert} ($1, $2)"))
            .bind::<Text, _>(name)
            .bind::<Text, _>(value)
            .execute(conn)?,
    };
    Ok(())
}

/// What tells one state of a database from a later one: how many rows each table has, and what the
/// journal signed last.
fn state(conn: &mut Conn, counts: &BTreeMap<String, u64>) -> Result<String, MoveError> {
    let mut hash = Sha256::new();
    for (table, count) in counts {
        hash.update(format!("{table} {count}\n"));
    }
    let query = "SELECT checkpoint AS line FROM logs ORDER BY activity_id, id";
    let lines: Vec<Line> = diesel::sql_query(query).load(conn)?;
    for line in lines {
        hash.update(line.line);
    }
    Ok(data_encoding::HEXLOWER.encode(&hash.finalize()))
}

/// Every table, those first that others refer to.
fn tables(conn: &mut Conn) -> Result<Vec<Table>, MoveError> {
    let (columns, references) = match conn {
        Conn::Sqlite(_) => (SQLITE_COLUMNS, SQLITE_REFERENCES),
        Conn::Postgres(_) => (POSTGRES_COLUMNS, POSTGRES_REFERENCES),
    };
    let rows: Vec<ColumnRow> = diesel::sql_query(columns).load(conn)?;
    let references: Vec<Reference> = diesel::sql_query(references).load(conn)?;
    let mut found: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in rows {
        let form = match row.kind.to_ascii_lowercase().as_str() {
            "text" => Form::Text,
            "bigint" | "integer" => Form::Number,
            "boolean" => Form::Truth,
            "bytea" | "blob" => Form::Bytes,
            _ => {
                return Err(MoveError::Type(format!(
                    "{}.{}",
                    row.table_name, row.column_name
                )));
            }
        };
        found.entry(row.table_name).or_default().push(Column {
            name: row.column_name,
            form,
            key: row.place,
        });
    }
    let mut ordered: Vec<Table> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    while !found.is_empty() {
        let is_free = |name: &String| {
            references.iter().all(|each| {
                each.from_table != *name || each.to_table == *name || known.contains(&each.to_table)
            })
        };
        let next = found.keys().find(|name| is_free(name)).cloned();
        // Tables that refer to each other in a circle do not exist here.
        let next = next.ok_or_else(|| MoveError::Type("a circle of references".to_owned()))?;
        let columns = found.remove(&next).unwrap_or_default();
        known.insert(next.clone());
        ordered.push(Table {
            name: next,
            columns,
        });
    }
    Ok(ordered)
}

/// What a move notes about itself does not travel.
fn travelling(table: &Table) -> &'static str {
    match table.name.as_str() {
        "site_settings" => " WHERE name NOT LIKE 'moved.%'",
        _ => "",
    }
}

fn count(conn: &mut Conn, table: &Table) -> Result<u64, MoveError> {
    let (name, only) = (&table.name, travelling(table));
    let query = format!("SELECT count(*) AS number FROM \"{name}\"{only}");
    let row: Number = diesel::sql_query(query).get_result(conn)?;
    Ok(u64::try_from(row.number).unwrap_or_default())
}

/// Each row as a JSON array, in the order of the key; texts by their bytes in both databases.
fn select_from(table: &Table, is_sqlite: bool) -> String {
    let value = |column: &Column| {
        let name = &column.name;
        match (column.form, is_sqlite) {
            (Form::Text | Form::Number, _) | (Form::Truth, false) => format!("\"{name}\""),
            (Form::Truth, true) => format!(
                "CASE WHEN \"{name}\" IS NULL THEN NULL WHEN \"{name}\" THEN json('true') \
                 ELSE json('false') END"
            ),
            (Form::Bytes, true) => {
                format!("CASE WHEN \"{name}\" IS NULL THEN NULL ELSE lower(hex(\"{name}\")) END")
            }
            (Form::Bytes, false) => format!("encode(\"{name}\", 'hex')"),
        }
    };
    let values: Vec<String> = table.columns.iter().map(value).collect();
    let values = values.join(", ");
    let array = match is_sqlite {
        true => format!("json_array({values})"),
        false => format!("json_build_array({values})::text"),
    };
    let mut keys: Vec<&Column> = table.columns.iter().filter(|each| each.key > 0).collect();
    keys.sort_by_key(|column| column.key);
    let keys: Vec<String> = keys
        .iter()
        .map(|column| match (column.form, is_sqlite) {
            (Form::Text, false) => format!("\"{}\" COLLATE \"C\"", column.name),
            _ => format!("\"{}\"", column.name),
        })
        .collect();
    let order = match keys.is_empty() {
        true => "1".to_owned(),
        false => keys.join(", "),
    };
    let (name, only) = (&table.name, travelling(table));
    format!("SELECT {array} AS line FROM \"{name}\"{only} ORDER BY {order}")
}

fn insert_into(table: &Table, target: &Target) -> String {
    let is_sqlite = matches!(target, Target::Sqlite(_));
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("\"{}\"", column.name))
        .collect();
    let value = |(at, column): (usize, &Column)| match (column.form, is_sqlite) {
        (Form::Bytes, true) => format!("unhex(json_extract(value, '$[{at}]'))"),
        (_, true) => format!("json_extract(value, '$[{at}]')"),
        (Form::Text, false) => format!("(r->>{at})"),
        (Form::Number, false) => format!("(r->>{at})::bigint"),
        (Form::Truth, false) => format!("(r->>{at})::boolean"),
        (Form::Bytes, false) => format!("decode(r->>{at}, 'hex')"),
    };
    let values: Vec<String> = table.columns.iter().enumerate().map(value).collect();
    let rows = match is_sqlite {
        true => "json_each(?)",
        false => "json_array_elements($1::json) AS r",
    };
    format!(
        "INSERT INTO \"{}\" ({}) SELECT {} FROM {rows}",
        table.name,
        names.join(", "),
        values.join(", ")
    )
}

/// Every row of a table, one after the other; the table is never whole in memory.
fn each_line(
    conn: &mut Conn,
    table: &Table,
    take: &mut dyn FnMut(String) -> Result<(), MoveError>,
) -> Result<(), MoveError> {
    let query = diesel::sql_query(select_from(table, matches!(conn, Conn::Sqlite(_))));
    match conn {
        Conn::Sqlite(conn) => {
            for row in query.load_iter::<Line, DefaultLoadingMode>(conn)? {
                take(row?.line)?;
            }
        }
        Conn::Postgres(conn) => {
            for row in query.load_iter::<Line, PgRowByRowLoadingMode>(conn)? {
                take(row?.line)?;
            }
        }
    }
    Ok(())
}

/// Puts rows into the new database, all or none, and says how many.
fn put(conn: &mut Conn, insert: &str, waiting: &mut Vec<String>) -> Result<u64, MoveError> {
    if waiting.is_empty() {
        return Ok(0);
    }
    let rows = format!("[{}]", waiting.join(","));
    let query = diesel::sql_query(insert);
    let put = match conn {
        Conn::Sqlite(conn) => query.bind::<Text, _>(rows).execute(conn)?,
        Conn::Postgres(conn) => query.bind::<Text, _>(rows).execute(conn)?,
    };
    waiting.clear();
    Ok(u64::try_from(put).unwrap_or_default())
}

/// Rows and their digest; written alike whatever the database's own spaces are.
fn digest(conn: &mut Conn, table: &Table) -> Result<(u64, [u8; 32]), MoveError> {
    let (mut hash, mut rows) = (Sha256::new(), 0);
    each_line(conn, table, &mut |line| {
        let value: Value =
            serde_json::from_str(&line).map_err(|_| MoveError::Row(table.name.clone()))?;
        hash.update(value.to_string());
        hash.update("\n");
        rows += 1;
        Ok(())
    })?;
    Ok((rows, hash.finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_without_its_password() {
        for (url, named) in [
            (
                "postgres://fair:p%40ss@db.lib:5432/draws?sslmode=require",
                "PostgreSQL, db.lib:5432/draws",
            ),
            (
                "postgres:///draws?host=/run/postgresql",
                "PostgreSQL, /draws",
            ),
        ] {
            assert_eq!(place(&Target::parse(url)), named);
        }
        assert!(place(&Target::parse("a.db")).ends_with("/a.db"));
    }
}
