//! A database for one test: empty tables, its own place, gone at the end.

use std::path::{Path, PathBuf};

use diesel::RunQueryDsl;
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{self, Db, Target};

use super::postgres;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of its own in the cluster of this process.
    Postgresql,
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// The number that a query gives as `n`.
pub fn counted(db: &Db, query: &str) -> i64 {
    let row: Result<Number, db::Error> = db.read_now("count", |tx| {
        Ok(diesel::sql_query(query).get_result(tx.conn())?)
    });
    row.expect("it can be counted").n
}

/// Where one test keeps its rows, and the data folder that goes with it.
pub struct TestDatabase {
    folder: tempfile::TempDir,
    data: PathBuf,
    place: Place,
}

enum Place {
    Sqlite(PathBuf),
    Postgresql(String),
}

impl TestDatabase {
    /// An empty database on `engine`.
    pub fn fresh(engine: Engine) -> TestDatabase {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let data = folder.path().join("data");
        std::fs::create_dir(&data).expect("the temporary folder is writable");
        let place = match engine {
            Engine::Sqlite => Place::Sqlite(data.join("fairdraw.db")),
            Engine::Postgresql => Place::Postgresql(postgres::cluster().create()),
        };
        TestDatabase {
            folder,
            data,
            place,
        }
    }

    /// The data folder of this test (`FAIRDRAW_DATA`); on SQLite it holds the database too.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The key folder that goes with it: beside the data folder, as without a setting.
    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("data-keys")
    }

    /// What [`Db::open`] is given.
    pub fn target(&self) -> Target {
        match &self.place {
            Place::Sqlite(path) => Target::Sqlite(path.clone()),
            Place::Postgresql(name) => Target::Postgres(postgres::cluster().url(name)),
        }
    }

    /// What `FAIRDRAW_DATABASE_URL` would be.
    pub fn url(&self) -> String {
        match &self.place {
            Place::Sqlite(path) => format!("sqlite://{}", path.display()),
            Place::Postgresql(name) => postgres::cluster().url(name),
        }
    }

    /// Opens it, with the time taken from `clock`.
    pub fn open(&self, clock: &Clock) -> Db {
        Db::open(self.target(), clock.clone()).expect("an empty database opens")
    }

    /// Every place in which bytes of this database may lie, with memory written out first.
    pub fn places(&self) -> Vec<PathBuf> {
        let mut places = vec![self.folder.path().to_owned()];
        if let Place::Postgresql(name) = &self.place {
            places.extend(postgres::cluster().places(name));
        }
        places
    }

    /// The files that belong to this database alone, with memory written out first.
    pub fn own_files(&self) -> Vec<PathBuf> {
        match &self.place {
            Place::Sqlite(_) => vec![self.data.clone()],
            Place::Postgresql(name) => {
                let places = postgres::cluster().places(name);
                let own = |path: &PathBuf| path.parent().is_some_and(|up| up.ends_with("base"));
                places.into_iter().filter(own).collect()
            }
        }
    }

    /// Whether it is a file of SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::Sqlite(_))
    }

    /// A name that no other test's database has.
    pub fn name(&self) -> String {
        let name = self.folder.path().file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// The files of the PostgreSQL server, under the names that a search tells.
    pub fn server_places(&self) -> Vec<(&'static str, Vec<PathBuf>)> {
        match &self.place {
            Place::Sqlite(_) => Vec::new(),
            Place::Postgresql(name) => postgres::cluster().told_apart(name),
        }
    }

    /// The data folder of the PostgreSQL server.
    pub fn server_folder(&self) -> Option<PathBuf> {
        (!self.is_sqlite()).then(|| postgres::cluster().data())
    }

    /// Every row of every table and every statistic as text, where files may hold them compressed:
    /// empty on SQLite, which compresses nothing.
    pub fn rows(&self) -> String {
        match &self.place {
            Place::Sqlite(_) => String::new(),
            Place::Postgresql(name) => postgres::cluster().rows(name),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Place::Postgresql(name) = &self.place {
            postgres::cluster().drop(name);
        }
    }
}
