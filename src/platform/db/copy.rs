//! A copy of the whole database as one file, made beside a running server, and its way back.
//!
//! Invariant: a copy is one consistent state and holds live rows only: freed pages and old logs
//! stay behind. Answers that belong to nobody are in it in the order of their random ids. Values never stand on a command line, where every user of the machine reads them.
//!
//! Not here: what the copy is packed with (`backup`).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Conn, Db, Error, MigrateError, Target, compaction, connection, migrate};

/// Why a copy was not made or not put back.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The database.
    #[error(transparent)]
    Db(#[from] Error),
    /// No connection for the copy.
    #[error("cannot reach the database")]
    Unreachable(#[source] diesel::ConnectionError),
    /// The file.
    #[error("the copy cannot be read or written")]
    Disk(#[from] io::Error),
    /// A program of PostgreSQL is not installed here.
    #[error(
        "{program} was not found in PATH or /usr/lib/postgresql; install it with: \
         apt-get install postgresql-client"
    )]
    NoProgram {
        /// Which.
        program: &'static str,
    },
    /// A program of PostgreSQL said no; what it said stands above.
    #[error("{program} ended with {status}")]
    Program {
        /// Which.
        program: &'static str,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// The copy is damaged, or of a newer version.
    #[error("the copy cannot be used")]
    Unusable(#[source] MigrateError),
    /// SQLite finds the copy damaged.
    #[error("the copy is damaged: SQLite's integrity check does not say ok")]
    Damaged,
}

impl Db {
    /// Writes a copy into the new file `to`.
    pub fn copy_into(&self, to: &Path) -> Result<(), CopyError> {
        match self.target() {
            Target::Sqlite(_) => {
                // A connection of its own: no transaction may be open on it.
                let manager = connection::Manager::direct(self.target());
                let mut conn = manager.open().map_err(CopyError::Unreachable)?;
                diesel::sql_query("VACUUM INTO ?")
                    .bind::<Text, _>(to.to_string_lossy())
                    .execute(&mut conn)
                    .map_err(Error::from)?;
                Ok(())
            }
            Target::Postgres(url) => {
                let manager = connection::Manager::direct(self.target());
                if let Conn::Postgres(mut conn) = manager.open().map_err(CopyError::Unreachable)? {
                    compaction::postgres::mix(&mut conn)?;
                }
                let mut command = program("pg_dump", url)?;
                // Not packed, so that it can be looked through (`fairdraw verify-purge`).
                command.args(["--format=custom", "--compress=0", "--no-owner"]);
                command.args(["--no-privileges", "--file"]).arg(to);
                finished("pg_dump", command)
            }
        }
    }
}

/// What SQLite keeps beside the database, by how the names end.
pub(super) const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Puts a copy in the place of whatever `target` holds.
///
/// # Errors
/// A copy that cannot be used is refused before anything is changed (SQLite), or leaves an empty
/// database (PostgreSQL), never half of one.
pub fn put_back(target: &Target, copy: &Path) -> Result<(), CopyError> {
    match target {
        Target::Sqlite(path) => {
            check(copy)?;
            for ending in BESIDE {
                remove(&beside(path, ending))?;
            }
            fs::rename(copy, path)?;
            let folder = path.parent().unwrap_or(Path::new("."));
            Ok(fs::File::open(folder)?.sync_all()?)
        }
        Target::Postgres(url) => {
            let manager = connection::Manager::direct(target);
            let mut conn = manager.open().map_err(CopyError::Unreachable)?;
            conn.batch_execute(EMPTY).map_err(Error::from)?;
            drop(conn);
            let mut command = program("pg_restore", url)?;
            command.args(["--single-transaction", "--exit-on-error", "--no-owner"]);
            command.arg("--no-privileges").arg(copy);
            finished("pg_restore", command)
        }
    }
}

/// Everything of ours goes; the database itself and what others own in it stay.
const EMPTY: &str = "DO $$ DECLARE r record; BEGIN \
     FOR r IN SELECT c.oid::regclass AS t FROM pg_class c \
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
       AND pg_get_userbyid(c.relowner) = current_user LOOP \
       EXECUTE format('DROP TABLE %s CASCADE', r.t); END LOOP; \
     FOR r IN SELECT p.oid::regprocedure AS f FROM pg_proc p \
       WHERE p.pronamespace = 'public'::regnamespace \
       AND pg_get_userbyid(p.proowner) = current_user LOOP \
       EXECUTE format('DROP FUNCTION %s CASCADE', r.f); END LOOP; END $$";

#[derive(QueryableByName)]
struct Integrity {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Brings a copy up to date and has SQLite look at all of it; nobody else has it open.
fn check(copy: &Path) -> Result<(), CopyError> {
    let manager = connection::Manager::direct(&Target::Sqlite(copy.to_owned()));
    let mut conn = manager.open().map_err(CopyError::Unreachable)?;
    migrate::run(&mut conn).map_err(CopyError::Unusable)?;
    let said: Vec<Integrity> = diesel::sql_query("PRAGMA integrity_check")
        .load(&mut conn)
        .map_err(Error::from)?;
    if said.len() != 1 || said[0].integrity_check != "ok" {
        return Err(CopyError::Damaged);
    }
    // The file alone is renamed, so nothing may be left in a log beside it.
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")
        .map_err(Error::from)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Whether nothing is lost when this database goes: it is not there, or nobody has begun anything.
/// A database that cannot be read is not empty.
pub fn is_empty(target: &Target) -> bool {
    if let Target::Sqlite(path) = target
        && fs::metadata(path).map_or(true, |about| about.len() == 0)
    {
        return true;
    }
    // One connection, closed at the end: a pool might still hold the file when it is replaced.
    let Ok(mut conn) = connection::Manager::direct(target).open() else {
        return false;
    };
    let table = match conn {
        Conn::Sqlite(_) => "SELECT count(*) AS number FROM sqlite_master WHERE name = 'activities'",
        Conn::Postgres(_) => {
            "SELECT count(*) AS number FROM pg_tables WHERE tablename = 'activities'"
        }
    };
    let mut count = |query: &str| diesel::sql_query(query).get_result(&mut conn);
    let tables: Result<Number, _> = count(table);
    if tables.is_ok_and(|tables| tables.number == 0) {
        return true;
    }
    let begun: Result<Number, _> = count(
        "SELECT (SELECT count(*) FROM activities) + (SELECT count(*) FROM journal_notes) AS number",
    );
    begun.is_ok_and(|rows| rows.number == 0)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// A program of PostgreSQL, connected to the database of `url`; its password is in no argument.
fn program(name: &'static str, url: &str) -> Result<Command, CopyError> {
    let path = installed(name).ok_or(CopyError::NoProgram { program: name })?;
    let mut command = Command::new(path);
    let (bare, password) = without_password(url);
    command.arg("--dbname").arg(bare);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    Ok(command)
}

/// In `PATH`, else the newest of Debian's versions.
fn installed(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&paths).map(|folder| folder.join(name));
    if let Some(found) = in_path.into_iter().find(|path| path.is_file()) {
        return Some(found);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    versions
        .flatten()
        .map(|version| version.path().join("bin").join(name))
        .filter(|path| path.is_file())
        .max()
}

fn finished(program: &'static str, mut command: Command) -> Result<(), CopyError> {
    let status = command.status()?;
    match status.success() {
        true => Ok(()),
        false => Err(CopyError::Program { program, status }),
    }
}

/// The URL without the password that stands before its `@`, and that password.
fn without_password(url: &str) -> (String, Option<String>) {
    let parted = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find('/').unwrap_or(rest.len());
        let (user, host) = rest[..end].rsplit_once('@')?;
        let (name, password) = user.split_once(':')?;
        let bare = format!("{scheme}://{name}@{host}{}", &rest[end..]);
        Some((bare, percent_decoded(password)))
    });
    match parted {
        Some((bare, password)) => (bare, Some(password)),
        None => (url.to_owned(), None),
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let coded = (first == b'%').then(|| after.get(..2)).flatten();
        let coded = coded.and_then(|hex| std::str::from_utf8(hex).ok());
        match coded.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_stand_on_the_command_line() {
        let (bare, password) = without_password("postgres://fair:p%40ss%2Fw@db.lib:5432/draws?x=1");
        assert_eq!(bare, "postgres://fair@db.lib:5432/draws?x=1");
        assert_eq!(password.as_deref(), Some("p@ss/w"));
        for url in [
            "postgres:///draws?host=/run/postgresql&user=fairdraw",
            "postgres://fair@db.lib/draws",
        ] {
            assert_eq!(without_password(url), (url.to_owned(), None));
        }
    }
}
