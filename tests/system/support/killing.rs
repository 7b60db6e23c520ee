//! A purge that is killed at a chosen point, as a process of its own, and gone on with.
//!
//! Invariant: what is killed is the real program (`fairdraw purge run`) with its real vault; nothing
//! is cleaned up by anybody before the next try.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use fairdraw::platform::clock::{Clock, DAY};
use fairdraw::platform::db;
use rocket::http::Status;

use super::life::{Life, Patron, ROUND_TIME};
use super::{Engine, TestDatabase};

/// Every point of the steps, and inside the vault while it destroys a key.
pub const STEPS: [&str; 8] = [
    "close",
    "aggregate",
    "shred",
    "delete",
    "compact",
    "trim",
    "scan",
    "certify",
];
/// Where in a step.
pub const PLACES: [&str; 3] = ["before", "inside", "after"];
/// Where in the destruction of a key.
pub const ERASE: [&str; 6] = [
    "erase:marked",
    "erase:overwritten",
    "erase:unlinked",
    "erase:kek-added",
    "erase:rewrapped",
    "erase:retired",
];

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// A draw that some people entered and that was called off; its data is due to go.
pub fn called_off(engine: Engine, people: u64) -> Life {
    let life = Life::published(engine, |_| ());
    for n in 0..people {
        life.enter(&Patron::number(n));
    }
    let staff = life.app.visitor();
    let page = staff.get("/staff/sign-in");
    let name = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    staff.send(&page, "/staff/sign-in", &name);
    let path = format!("{}/cancel", life.base());
    let page = staff.get(&path);
    let done = staff.send(
        &page,
        &path,
        &[
            ("code", &page.first_choice("code")),
            ("words_zh", "參加的人太少。"),
            ("words_en", "Too few people."),
            ("sure", "yes"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    // Nobody looks: the sweep of the purges would take this one.
    life.app.app.db.clock().stand_at(ROUND_TIME.plus(40 * DAY));
    life
}

/// An activity whose data is due, and nobody who holds its keys.
pub struct Due {
    database: TestDatabase,
    activity: String,
    /// The activity's key as it lies on the disk, wrapped.
    wrapped: Vec<u8>,
}

/// How things stood when a purge had been killed.
pub struct Killed {
    /// Whether the key, or what is left of its file, was still there.
    pub key_was_there: bool,
    /// Whether the certificate was there.
    pub was_certified: bool,
}

impl Due {
    /// Two people entered, the draw was called off, and the server is stopped.
    pub fn prepared(engine: Engine) -> Due {
        let life = called_off(engine, 2);
        let activity = life.activity.clone();
        let database = life.app.stopped().0;
        // `vault/keys.rs` says how a key's page is laid out.
        let page = std::fs::read(database.keys().join(format!("{activity}.key")));
        let due = Due {
            wrapped: page.expect("the activity has a key")[48..96].to_vec(),
            database,
            activity,
        };
        let file = due.database.keys().join(format!("{}.key", due.activity));
        assert!(due.is_copy(&file), "its bytes are found");
        // The library was closed for two years, and somebody looked at the clock.
        let confirmed = due.command(&["clock", "confirm"]).output();
        let confirmed = confirmed.expect("the program starts");
        assert!(confirmed.status.success(), "{confirmed:?}");
        due
    }

    /// Runs `fairdraw purge run`, killed at a point or to its end.
    fn run(&self, die_at: Option<&str>) -> Output {
        let mut command = self.command(&["purge", "run", "summer-2024"]);
        command.env_remove("FAIRDRAW_DIE_AT");
        if let Some(point) = die_at {
            command.env("FAIRDRAW_DIE_AT", point);
        }
        command.output().expect("the program starts")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let settings = self.database.data().join("..").join("Rocket.toml");
        std::fs::write(
            &settings,
            "[default.app]\nsite = \"lib.example.tw\"\nstaff_second_factor = false\n",
        )
        .expect("the temporary folder is writable");
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairdraw"));
        command
            .args(arguments)
            .env("ROCKET_CONFIG", &settings)
            .env("FAIRDRAW_DATA", self.database.data())
            .env("FAIRDRAW_DATABASE_URL", self.database.url());
        command
    }

    /// The certificate, if there is one.
    fn certificate(&self) -> String {
        let db = self.database.open(&Clock::standing_at(ROUND_TIME));
        let lines: Result<Vec<Line>, db::Error> = db.read_now("read certificate", |tx| {
            let query = "SELECT certificate AS line FROM purges";
            Ok(diesel::sql_query(query).load(tx.conn())?)
        });
        let lines = lines.expect("purges can be read");
        lines.into_iter().map(|line| line.line).collect()
    }

    /// Files that belong to the activity's key, in whatever state, by their names; and those in which
    /// its bytes lie, wherever below the folders of keys and data.
    fn key_files(&self) -> Vec<String> {
        let named = names(&self.database.keys())
            .into_iter()
            .filter(|name| name.starts_with(&self.activity) && !name.ends_with(".gone"))
            .filter(|name| !name.contains("opened"));
        let mut found: Vec<String> = named.collect();
        let mut waiting = vec![self.database.keys(), self.database.data().to_owned()];
        while let Some(path) = waiting.pop() {
            match std::fs::read_dir(&path) {
                Ok(entries) => waiting.extend(entries.flatten().map(|entry| entry.path())),
                Err(_) => found.extend(self.is_copy(&path).then(|| path.display().to_string())),
            }
        }
        found
    }

    fn is_copy(&self, file: &Path) -> bool {
        let bytes = std::fs::read(file).unwrap_or_default();
        bytes
            .windows(self.wrapped.len())
            .any(|part| part == self.wrapped)
    }

    /// Kills the purge at a point, sees that nothing was promised too early, and goes on.
    pub fn is_killed_and_goes_on(&self, point: &str) -> Killed {
        let killed = self.run(Some(point));
        let in_vault = point.starts_with("erase:");
        let died = killed.status.signal() == Some(9) || in_vault && !killed.status.success();
        assert!(died, "{point}: {killed:?}");
        let found = Killed {
            key_was_there: self.key_files().iter().any(|name| name.contains(".key")),
            was_certified: !self.certificate().is_empty(),
        };
        if found.was_certified {
            assert_eq!(self.key_files(), Vec::<String>::new(), "{point}");
        }

        let resumed = self.run(None);

        assert!(resumed.status.success(), "{point}: {resumed:?}");
        let certificate = self.certificate();
        assert!(
            certificate.contains("fairdraw purge certificate/1"),
            "{point}: {certificate}"
        );
        assert_eq!(self.key_files(), Vec::<String>::new(), "{point}");
        let again = self.run(None);
        assert!(again.status.success(), "{point}: {again:?}");
        assert_eq!(self.certificate(), certificate, "{point}: signed once");
        let tombstones = std::fs::read_to_string(self.database.data().join("tombstones.jsonl"));
        let tombstones = tombstones.expect("the purge left its tombstone");
        assert!(tombstones.contains(&self.activity), "{point}");
        found
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
