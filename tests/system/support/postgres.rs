//! The PostgreSQL cluster of this test process.
//!
//! One cluster is started when the first test asks for it (`tests/support/postgres.sh`); each test
//! gets its own database, copied from a migrated template. Invariant: a missing PostgreSQL fails
//! the tests that need it, it never skips them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{Db, Target};

use super::tether::Tether;

/// The database that every test's own is copied from.
const TEMPLATE: &str = "migrated";

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// A running cluster on a Unix socket.
pub struct Cluster {
    folder: PathBuf,
    made: AtomicU32,
    /// Ends the cluster with the process; a static is not dropped, but its pipe is closed.
    _tether: Tether,
}

/// The cluster of this process, started by the first caller.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

impl Cluster {
    /// A cluster that a test may stop and start, and nobody else uses.
    pub fn own() -> Cluster {
        // What it has said to be stored is stored, however it ends.
        let settings = ["fsync = on", "synchronous_commit = on"];
        Cluster::within(&std::env::temp_dir(), &settings)
    }

    /// Has `pg_ctl` do something, as the owner of the server: `stop`, `start` or `restart`, at once.
    pub fn control(&self, what: &str) {
        control(&self.folder, what);
    }

    fn start() -> Cluster {
        // Tests beside each other switch the log; what one of them wrote stays to be searched.
        Cluster::within(&std::env::temp_dir(), &["wal_keep_size = 256MB"])
    }

    /// A cluster below a folder, with more settings, each a line.
    pub fn within(folder: &Path, settings: &[&str]) -> Cluster {
        let (tether, folder) = Tether::start_in(folder, "postgres.sh", settings);
        let cluster = Cluster {
            folder: folder.into(),
            made: AtomicU32::new(0),
            _tether: tether,
        };
        cluster.administrate(&format!("CREATE DATABASE {TEMPLATE}"));
        let target = Target::Postgres(cluster.url(TEMPLATE));
        Db::open(target, Clock::system()).expect("the embedded migrations run on PostgreSQL");
        // A database can be copied only while nobody is connected to it.
        cluster.administrate(&format!(
            "ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false; \
             SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE datname = '{TEMPLATE}'"
        ));
        cluster
    }

    /// The server falls, as at a power cut: nothing is written out, nobody is told.
    pub fn falls(&self) {
        let numbers = fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let number = numbers.lines().next().and_then(|line| line.parse().ok());
        let process = number.and_then(rustix::process::Pid::from_raw);
        let process = process.expect("its number");
        // What PostgreSQL calls an immediate shutdown: its processes end where they stand.
        rustix::process::kill_process(process, rustix::process::Signal::QUIT).expect("it runs");
        while rustix::process::test_kill_process(process).is_ok() {
            std::thread::yield_now();
        }
    }

    /// The server on a folder that another one left behind, as after a power cut.
    pub fn over(folder: &Path) -> Cluster {
        let at = folder.display().to_string();
        let (tether, folder) = Tether::start("postgres.sh", &["--over", &at]);
        Cluster {
            folder: folder.into(),
            made: AtomicU32::new(0),
            _tether: tether,
        }
    }

    /// Every place in which bytes of one database may lie, with memory written out first: its own
    /// files and all that the databases share, such as write-ahead log, statistics and server log.
    pub(super) fn places(&self, database: &str) -> Vec<PathBuf> {
        self.administrate("CHECKPOINT");
        let data = self.folder.join("data");
        let own = self.texts(
            "postgres",
            &format!("SELECT oid::text AS line FROM pg_database WHERE datname = '{database}'"),
        );
        let mut places = vec![self.folder.join("log")];
        places.extend(own.iter().map(|oid| data.join("base").join(oid)));
        let parts = fs::read_dir(&data).expect("the data folder of the cluster can be listed");
        places.extend(
            parts
                .flatten()
                .filter(|part| part.file_name() != "base")
                .map(|part| part.path()),
        );
        places
    }

    /// The data folder of the server.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The places of one database under the names that a search tells.
    pub fn told_apart(&self, database: &str) -> Vec<(&'static str, Vec<PathBuf>)> {
        let mut told: Vec<(&'static str, Vec<PathBuf>)> = Vec::new();
        for path in self.places(database) {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let is_base = path.parent().is_some_and(|up| up.ends_with("base"));
            let place = match name.as_str() {
                _ if is_base => "database file",
                "pg_wal" => "write-ahead log",
                "log" => "log of the server",
                _ => "other files of the server",
            };
            match told.iter_mut().find(|(name, _)| *name == place) {
                Some((_, paths)) => paths.push(path),
                None => told.push((place, vec![path])),
            }
        }
        told
    }

    /// A new database with all tables and no rows; returns its name.
    pub fn create(&self) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.administrate(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
        name
    }

    /// A new database without a table; returns its name.
    pub fn create_empty(&self) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.administrate(&format!("CREATE DATABASE {name}"));
        name
    }

    /// Drops a database and ends the connections that are left to it.
    pub(super) fn drop(&self, name: &str) {
        self.administrate(&format!("DROP DATABASE {name} WITH (FORCE)"));
    }

    /// The libpq URL of a database in this cluster.
    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.display();
        format!("postgres:///{database}?host={socket}&user=fairdraw")
    }

    /// Every row of every table and every statistic of a database, as text.
    pub(super) fn rows(&self, database: &str) -> String {
        let tables = self.texts(
            database,
            "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'",
        );
        let mut rows = self.texts(
            database,
            "SELECT s::text AS line FROM pg_stats s WHERE schemaname = 'public'",
        );
        for table in tables {
            let query = format!("SELECT t::text AS line FROM {table} t");
            rows.extend(self.texts(database, &query));
        }
        rows.join("\n")
    }

    /// The one column `line` of a query.
    fn texts(&self, database: &str, query: &str) -> Vec<String> {
        let mut conn = PgConnection::establish(&self.url(database))
            .expect("the cluster accepts connections until the process ends");
        let lines: Vec<Line> = diesel::sql_query(query)
            .load(&mut conn)
            .unwrap_or_else(|error| panic!("{query}: {error}"));
        lines.into_iter().map(|line| line.line).collect()
    }

    /// Runs statements as the server's owner.
    pub fn administrate(&self, statements: &str) {
        let mut conn = PgConnection::establish(&self.url("postgres"))
            .expect("the cluster accepts connections until the process ends");
        for statement in statements.split(';') {
            conn.batch_execute(statement)
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }
}

/// Runs `pg_ctl` on the cluster in a folder.
fn control(folder: &Path, what: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/pg_ctl.sh");
    let done = std::process::Command::new(script)
        .arg(folder)
        .arg(what)
        .status();
    assert!(
        done.expect("the script is there").success(),
        "pg_ctl {what}"
    );
}

/// PgBouncer in transaction mode before a cluster.
pub struct Bouncer {
    folder: PathBuf,
    _tether: Tether,
}

impl Bouncer {
    /// Starts one.
    pub fn before(cluster: &Cluster) -> Bouncer {
        let socket = cluster.folder.display().to_string();
        let (tether, folder) = Tether::start("pgbouncer.sh", &[&socket]);
        Bouncer {
            folder: folder.into(),
            _tether: tether,
        }
    }

    /// The way through it to a database whose direct way is `url`.
    pub fn url(&self, url: &str) -> String {
        let (database, _) = url.split_once('?').expect("a URL of a test");
        let folder = self.folder.display();
        format!("{database}?host={folder}&port=6432&user=fairdraw")
    }
}

/// A streaming copy of a cluster.
pub struct Standby {
    folder: PathBuf,
    _tether: Tether,
}

impl Standby {
    /// Copies a cluster and follows it.
    pub fn of(cluster: &Cluster) -> Standby {
        let socket = cluster.folder.display().to_string();
        let (tether, folder) = Tether::start("standby.sh", &[&socket]);
        Standby {
            folder: folder.into(),
            _tether: tether,
        }
    }

    /// The libpq URL of a database in it.
    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.display();
        format!("postgres:///{database}?host={socket}&user=fairdraw")
    }

    /// Has `pg_ctl` do something with it.
    pub fn control(&self, what: &str) {
        control(&self.folder, what);
    }
}
