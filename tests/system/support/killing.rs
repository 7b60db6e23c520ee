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
}

impl Due {
    /// Two people entered, the draw was called off, and the server is stopped.
    pub fn prepared(engine: Engine) -> Due {
        let life = called_off(engine, 2);
        let activity = life.activity.clone();
        Due {
            database: life.app.stopped().0,
            activity,
        }
    }

    /// Runs `fairdraw purge run`, killed at a point or to its end.
    fn run(&self, die_at: Option<&str>) -> Output {
        let settings = self.database.data().join("..").join("Rocket.toml");
        std::fs::write(&settings, "[default.app]\nsite = \"lib.example.tw\"\n")
            .expect("the temporary folder is writable");
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairdraw"));
        command
            .args(["purge", "run", "summer-2024"])
            .env("ROCKET_CONFIG", &settings)
            .env("FAIRDRAW_DATA", self.database.data())
            .env("FAIRDRAW_DATABASE_URL", self.database.url())
            .env_remove("FAIRDRAW_DIE_AT");
        if let Some(point) = die_at {
            command.env("FAIRDRAW_DIE_AT", point);
        }
        command.output().expect("the program starts")
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

    /// Files that hold the activity's key, in whatever state.
    fn key_files(&self) -> Vec<String> {
        names(&self.database.keys())
            .into_iter()
            .filter(|name| name.starts_with(&self.activity) && !name.ends_with(".gone"))
            .filter(|name| !name.contains("opened"))
            .collect()
    }

    /// Kills the purge at a point, sees that nothing was promised too early, and goes on.
    pub fn is_killed_and_goes_on(&self, point: &str) {
        let killed = self.run(Some(point));
        let in_vault = point.starts_with("erase:");
        let died = killed.status.signal() == Some(9) || in_vault && !killed.status.success();
        assert!(died, "{point}: {killed:?}");
        if !self.certificate().is_empty() {
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
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
