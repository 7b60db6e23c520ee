//! Every place in which something of a person might lie, and looking there.
//!
//! Invariant: the control ([`CONTROL`]) is put into every place before it is searched, by the way
//! on which a leak would come there; a place where it is not found was not searched, and then the
//! search is void. What is found is told by place and dress.
//!
//! Not here: raw disks and the memory of processes, which need root (`tests/soak/canary.rs`).

use std::path::{Path, PathBuf};

use diesel::RunQueryDsl;
use diesel::connection::{Connection, SimpleConnection};
use fairdraw::audit::{self, Act, Actor};
use fairdraw::backup::{self, Backup, Folders};
use fairdraw::journal;
use fairdraw::platform::config::Config;
use fairdraw::platform::db::{self, Conn, Db};

use super::app::TestApp;
use super::canary::Scan;
use super::flock::{CONTROL, Flock};
use super::{Engine, TestDatabase, log};

/// One place.
pub struct Place {
    pub name: String,
    pub paths: Vec<PathBuf>,
    pub bytes: Vec<u8>,
}

impl Place {
    pub fn of_bytes(name: &str, bytes: impl Into<Vec<u8>>) -> Place {
        Place {
            name: name.to_owned(),
            paths: Vec::new(),
            bytes: bytes.into(),
        }
    }

    pub fn of_paths(name: &str, paths: Vec<PathBuf>) -> Place {
        Place {
            name: name.to_owned(),
            paths,
            bytes: Vec::new(),
        }
    }
}

/// What a search of all places said.
#[derive(Debug, Default)]
pub struct Looked {
    /// Places in which the control was not found.
    pub void: Vec<String>,
    /// `dress in place`, for every canary found.
    pub finds: Vec<String>,
    /// How many places.
    pub places: usize,
}

/// Searches everywhere, for the control and the canaries at once.
pub fn look(places: &[Place], canaries: &[String]) -> Looked {
    let mut wanted = canaries.to_vec();
    wanted.push(CONTROL.to_owned());
    let scan = Scan::of(&wanted);
    let mut looked = Looked {
        places: places.len(),
        ..Looked::default()
    };
    for place in places {
        let mut finds = scan.bytes(&place.name, &place.bytes);
        for path in &place.paths {
            finds.extend(scan.path(path));
        }
        if !finds.iter().any(|find| find.canary == CONTROL) {
            looked.void.push(place.name.clone());
        }
        let canaries = finds.into_iter().filter(|find| find.canary != CONTROL);
        let told =
            canaries.map(|find| format!("{} in {} ({})", find.dress, place.name, find.place));
        looked.finds.extend(told);
    }
    looked.finds.sort();
    looked.finds.dedup();
    looked
}

/// A backup, and the file it is in.
pub fn backed_up(app: &TestApp, to: &Path) {
    let config = &app.app.config;
    let keys = config.keys();
    let folders = Folders {
        data: config.data(),
        keys: &keys,
    };
    backup::make(&app.app.db, &config.site, folders, to).expect("a backup is made");
}

/// All places, with the control in them as long as this lives.
pub struct Places {
    pub all: Vec<Place>,
    _planted: Planted,
}

/// The places of a site in this process. `backup` was made before, and is also put back.
pub fn of(engine: Engine, app: &TestApp, flock: &Flock<'_>, backup: &Path) -> Places {
    let planted = Planted::into(app);
    let mut all = files(&app.database);
    all.extend(rows(&app.app.db, &TOLD_APART));
    all.push(Place::of_bytes("log of the program", log::kept()));
    all.push(Place::of_paths("backup", vec![backup.to_owned()]));
    all.push(restored(engine, &app.app.config, backup));
    all.push(Place::of_bytes("public pages", flock.public_pages()));
    let staff = flock.signed_in();
    all.push(Place::of_bytes("pages of staff", flock.staff_pages(&staff)));
    Places {
        all,
        _planted: planted,
    }
}

/// The files beneath the database, the key folder, the temporary folder.
fn files(database: &TestDatabase) -> Vec<Place> {
    let data = database.data().to_owned();
    let mut places = Vec::new();
    if database.is_sqlite() {
        let file = |name: &str| vec![data.join(name)];
        places.push(Place::of_paths("database file", file("fairdraw.db")));
        places.push(Place::of_paths("write-ahead log", file("fairdraw.db-wal")));
    }
    for (name, paths) in database.server_places() {
        places.push(Place::of_paths(name, paths));
    }
    let others = std::fs::read_dir(&data)
        .expect("the data folder")
        .flatten()
        .map(|file| file.path());
    let others = others.filter(|path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        !["fairdraw.db", "fairdraw.db-wal", "journal.notes"].contains(&name.as_str())
    });
    places.push(Place::of_paths("data folder beside it", others.collect()));
    let mirror = vec![data.join("journal.notes")];
    places.push(Place::of_paths("mirror of the journal", mirror));
    places.push(Place::of_paths("key folder", vec![database.keys()]));
    places.push(Place::of_paths("temporary folder", temporary_files()));
    places
}

/// Files in the temporary folder that this program or SQLite would make, and those that this process
/// has open there under no name; everything else there belongs to others. The long test has a
/// temporary disk of its own.
fn temporary_files() -> Vec<PathBuf> {
    let folder = std::env::temp_dir();
    let entries = std::fs::read_dir(&folder).expect("it can be listed");
    let named = entries.flatten().filter(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = ["fairdraw", "etilqs_", "rocket"]
            .iter()
            .any(|own| name.starts_with(own));
        ours && entry.file_type().is_ok_and(|kind| kind.is_file())
    });
    let mut files: Vec<PathBuf> = named.map(|entry| entry.path()).collect();
    let open = std::fs::read_dir("/proc/self/fd").expect("it can be listed");
    files.extend(open.flatten().map(|entry| entry.path()).filter(|path| {
        let target = std::fs::read_link(path).unwrap_or_default();
        target.starts_with(&folder) && target.display().to_string().ends_with("(deleted)")
    }));
    files
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

fn lines(db: &Db, query: &str) -> Vec<String> {
    let found: Result<Vec<Line>, db::Error> = db.read_now("look at rows", |tx| {
        Ok(diesel::sql_query(query).load(tx.conn())?)
    });
    let found = found.unwrap_or_else(|error| panic!("{query}: {error}"));
    found.into_iter().map(|line| line.line).collect()
}

/// The tables of which a leak would be told apart; all others are one place.
pub const TOLD_APART: [(&str, &[&str]); 3] = [
    ("record of acts", &["audit_records"]),
    (
        "public journal",
        &["journal_notes", "draw_notes", "draw_files"],
    ),
    (
        "queues and exports",
        &["jobs", "notices", "exports", "claims"],
    ),
];

/// Every row as text, where files may hold it packed, and what the planner remembers of values.
pub fn rows(db: &Db, apart: &[(&str, &[&str])]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for (table, text) in tables(db) {
        let told_apart = apart
            .iter()
            .find(|(_, tables)| tables.contains(&table.as_str()));
        let name = told_apart.map_or("all other rows", |(name, _)| name);
        match places.iter_mut().find(|place| place.name == name) {
            Some(place) => place.bytes.extend(text.into_bytes()),
            None => places.push(Place::of_bytes(name, text)),
        }
    }
    let remembered = if is_sqlite(db) {
        "SELECT coalesce(tbl, '') || coalesce(idx, '') || coalesce(stat, '') AS line FROM sqlite_stat1"
    } else {
        "SELECT s::text AS line FROM pg_stats s WHERE schemaname = 'public'"
    };
    places.push(Place::of_bytes(
        "planner statistics",
        lines(db, remembered).join("\n"),
    ));
    places
}

fn is_sqlite(db: &Db) -> bool {
    db.target().engine() == "SQLite"
}

/// Each table with all its rows as text; bytes are hexadecimal.
pub fn tables(db: &Db) -> Vec<(String, String)> {
    let names = if is_sqlite(db) {
        "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'"
    };
    let tables = lines(db, names).into_iter().map(|table| {
        let query = if is_sqlite(db) {
            let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
            let columns = lines(db, &columns).into_iter();
            // Text stays as it is; only bytes become hexadecimal.
            let parts: Vec<String> = columns
                .map(|c| format!("CASE typeof(\"{c}\") WHEN 'blob' THEN hex(\"{c}\") ELSE coalesce(\"{c}\", '') END"))
                .collect();
            format!("SELECT {} AS line FROM {table}", parts.join(" || ',' || "))
        } else {
            format!("SELECT t::text AS line FROM {table} t")
        };
        let text = lines(db, &query).join("\n");
        (table, text)
    });
    tables.collect()
}

/// The backup, put into an empty place without keys: all its files and rows.
pub fn restored(engine: Engine, config: &Config, backup: &Path) -> Place {
    let database = TestDatabase::fresh(engine);
    let (data, keys) = (database.data().to_owned(), database.keys());
    let folders = Folders {
        data: &data,
        keys: &keys,
    };
    let mut backup = Backup::open(backup).expect("it is a backup");
    let put = backup.put(Some(&config.site), &database.target(), folders, false);
    put.expect("it goes back");
    let db = Db::open(
        database.target(),
        fairdraw::platform::clock::Clock::system(),
    )
    .expect("opens");
    let mut bytes: Vec<u8> = tables(&db)
        .into_iter()
        .flat_map(|(_, text)| text.into_bytes())
        .collect();
    drop(db);
    let mut waiting = database.own_files();
    while let Some(path) = waiting.pop() {
        match std::fs::read_dir(&path) {
            Ok(entries) => waiting.extend(entries.flatten().map(|entry| entry.path())),
            Err(_) => bytes.extend(std::fs::read(path).unwrap_or_default()),
        }
    }
    Place::of_bytes("restored backup", bytes)
}

/// Files with the control in them, which go again.
pub struct Planted {
    files: Vec<PathBuf>,
}

impl Planted {
    /// Writes the control into new files.
    pub fn files(files: Vec<PathBuf>) -> Planted {
        for file in &files {
            std::fs::write(file, CONTROL).expect("it is written");
        }
        Planted { files }
    }

    /// The control in every place of this process to which it does not come by itself.
    fn into(app: &TestApp) -> Planted {
        log::keep();
        tracing::info!(bird = CONTROL, "planted");
        let written = app.app.db.write_now("plant the control", |tx| {
            let now = tx.now().0;
            let note = format!("lucky-draw/v1 site\nof control\nbird {CONTROL}\nat {now}\n");
            journal::write(tx, &app.app.vault, &note)
        });
        written.expect("it is written");
        // The mirror follows.
        app.app.run_jobs().expect("due jobs can be read");
        plant_rows(&app.app.db);
        into_the_file(&app.database);
        let mut files = vec![
            app.database.data().join("control"),
            app.database.keys().join("control"),
        ];
        // Other tests have the same folders.
        let own = format!("fairdraw-control-{}", app.database.name());
        files.push(std::env::temp_dir().join(&own));
        let server = app.database.server_folder();
        files.extend(server.map(|folder| folder.join("global").join(&own)));
        Planted::files(files)
    }
}

/// What was written stands in the write-ahead log; now it stands in the file too.
fn into_the_file(database: &TestDatabase) {
    if database.is_sqlite() {
        let file = database.data().join("fairdraw.db");
        let mut conn =
            diesel::SqliteConnection::establish(&file.to_string_lossy()).expect("the file opens");
        conn.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
            .expect("the log is copied");
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
    }
}

/// The control in a queue, in the record of acts, in what the planner remembers, and in the log of
/// the database server.
pub fn plant_rows(db: &Db) {
    let planted: Result<(), audit::Error> = db.write_now("plant the control", |tx| {
        for _ in 0..4 {
            let act = Act {
                actor: &Actor::System,
                act: "purge.begun",
                activity: "",
                object: "",
                purpose: "",
                reason: CONTROL,
            };
            audit::record(tx, &act)?;
        }
        Ok(())
    });
    planted.expect("it is recorded");
    let remembered = match is_sqlite(db) {
        true => {
            "ANALYZE; DELETE FROM sqlite_stat1 WHERE tbl = 'CONTROL'; \
             INSERT INTO sqlite_stat1 VALUES ('CONTROL', NULL, '1');"
        }
        false => "ANALYZE;",
    };
    let statements = format!("{JOB} {remembered}").replace("CONTROL", CONTROL);
    let kept: Result<(), db::Error> = db.write_now("plant the control", |tx| {
        Ok(tx.conn().batch_execute(&statements)?)
    });
    kept.expect("it is kept");
    // PostgreSQL writes what it could not read into its log.
    let refused: Result<(), db::Error> = db.read_now("plant the control", |tx| {
        if let Conn::Postgres(conn) = tx.conn() {
            conn.batch_execute(&format!("SELECT '{CONTROL}'::integer"))?;
        }
        Ok(())
    });
    assert_eq!(refused.is_err(), !is_sqlite(db));
}

/// A job that nobody knows waits for a day that never comes.
const JOB: &str = "DELETE FROM jobs WHERE id = 'control'; \
     INSERT INTO jobs (id, kind, activity_id, payload, run_at, attempts, lease_until, lease_token, \
     dedup_key, last_error) VALUES ('control', 'control', '', 'CONTROL', 9000000000000, 0, 0, '', \
     'control', '');";
