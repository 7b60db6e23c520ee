//! Acceptance 1: two thousand people with twelve fields live through everything; afterwards nothing
//! of them is found in files, on raw disks, in backups, in the database server or in memory.
//!
//! Invariant: the control is found in every place, or the search is void. Needs root, for disks of
//! its own and the memory of other processes, and says so.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use fairdraw::platform::clock::Clock;
use fairdraw::platform::config::Config;
use fairdraw::platform::db::{Db, Target};
use rustix::process::Pid;

use crate::disk::{Disk, needs_root};
use crate::outside::{Ground, Outside};
use crate::support::Engine;
use crate::support::flock::{CONTROL, Flock};
use crate::support::mail_sink::MailSink;
use crate::support::places::{self, Place, Planted};
use crate::support::postgres::Cluster;

/// As many as the acceptance says.
const PEOPLE: u64 = 2_000;
const AFTER: &str = "after the purge and a restart";

#[test]
fn nothing_of_two_thousand_people_is_on_a_raw_disk() {
    lived_through(&Case {
        name: "SQLite, ext4",
        engine: Engine::Sqlite,
        options: "data=ordered",
    });
}

#[test]
fn nothing_of_two_thousand_people_is_on_a_raw_disk_that_keeps_copies_in_its_journal() {
    lived_through(&Case {
        name: "SQLite, ext4 with data=journal",
        engine: Engine::Sqlite,
        options: "data=journal",
    });
}

#[test]
fn nothing_of_two_thousand_people_is_in_the_files_of_postgresql() {
    lived_through(&Case {
        name: "PostgreSQL, ext4",
        engine: Engine::Postgresql,
        options: "data=ordered",
    });
}

struct Case {
    name: &'static str,
    engine: Engine,
    /// How the disk is mounted.
    options: &'static str,
}

fn lived_through(case: &Case) {
    needs_root();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disks = Disks::make(folder.path(), case);
    let mail = MailSink::start();
    let server = disks.server.as_ref().map(|disk| archiving(&disk.mount));
    let database = server.as_ref().map(|server| server.create());
    let ground = Ground {
        data: disks.data.mount.join("data"),
        keys: disks.keys.mount.join("keys"),
        temporary: disks.temporary.mount.clone(),
        log: folder.path().join("program.log"),
        database_url: server
            .as_ref()
            .zip(database.as_ref())
            .map_or(String::new(), |(server, name)| server.url(name)),
        smtp_url: mail.url(),
        preload: PathBuf::new(),
    };
    let site = Outside::start(ground.clone());
    let flock = Flock::settle(&site, PEOPLE);
    flock.enters();
    let search = Search {
        case,
        folder: folder.path(),
        disks: &disks,
        ground: &ground,
        server: server.as_ref().zip(database.as_deref()),
    };
    ground.run(&["backup", &search.backup().display().to_string()]);
    if let Some(server) = &server {
        base_backup(server, &folder.path().join("base-backup"));
    }
    // A crash with everything in the log of the database.
    site.is_killed();
    site.resume();
    let staff = flock.is_drawn();
    flock.is_told(&staff, &mail);
    search.finds_nothing("before the purge", &site, &flock);

    flock.is_purged();
    site.stops();
    site.resume();
    search.finds_nothing(AFTER, &site, &flock);
    site.stops();
    let certificate = search.certificate();
    if case.options == "data=journal" {
        assert!(
            certificate.contains("\"keeps_copies\": true"),
            "{certificate}"
        );
    }
    let names = folder.path().join("names.txt");
    fs::write(&names, flock.strings().join("\n")).expect("written");
    let (names, data) = (
        names.display().to_string(),
        ground.data.display().to_string(),
    );
    let mut look = vec!["verify-purge", &data, &disks.data.device];
    look.extend(disks.server.iter().map(|server| server.device.as_str()));
    look.extend(["--look-for", &names]);
    let said = ground.run(&look);
    println!("{}: {}", case.name, said.lines().last().unwrap_or_default());
}

struct Search<'a> {
    case: &'a Case,
    folder: &'a Path,
    disks: &'a Disks,
    ground: &'a Ground,
    server: Option<(&'a Cluster, &'a str)>,
}

impl Search<'_> {
    fn backup(&self) -> PathBuf {
        self.folder.join("before.backup")
    }

    fn database(&self) -> Target {
        match self.server {
            Some((server, name)) => Target::Postgres(server.url(name)),
            None => Target::Sqlite(self.ground.data.join("fairdraw.db")),
        }
    }

    /// The public certificate, from the tombstone.
    fn certificate(&self) -> String {
        let path = self.ground.data.join("tombstones.jsonl");
        let line = fs::read_to_string(path).expect("the purge left its tombstone");
        let tombstone: serde_json::Value = serde_json::from_str(line.trim()).expect("JSON");
        tombstone["certificate"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    fn finds_nothing(&self, when: &str, site: &Outside, flock: &Flock<'_>) {
        let db = Db::open(self.database(), Clock::system()).expect("it opens");
        places::plant_rows(&db);
        let mut planted = vec![
            self.ground.data.join("control"),
            self.ground.keys.join("control"),
            self.ground.temporary.join("control"),
        ];
        if let Some((server, _)) = self.server {
            planted.push(server.data().join("global/fairdraw-control"));
            // The record of the planted acts is written to the archive as well.
            archive_now(server);
        }
        let planted = Planted::files(planted);
        let mut log = File::options()
            .append(true)
            .open(&self.ground.log)
            .expect("a log");
        writeln!(log, "{CONTROL}").expect("it is written");
        let mut all = self.files();
        all.extend(places::rows(&db, &places::TOLD_APART[..1]));
        drop(db);
        all.push(Place::of_paths(
            "log of the program",
            vec![self.ground.log.clone()],
        ));
        all.push(Place::of_paths("backup", vec![self.backup()]));
        all.push(self.restored());
        all.push(Place::of_bytes("public pages", flock.public_pages()));
        let staff = flock.signed_in();
        all.push(Place::of_bytes("pages of staff", flock.staff_pages(&staff)));
        // While people are served their data is in memory; after a restart it is not.
        if when == AFTER {
            all.extend(site.processes().into_iter().map(memory));
        }
        let looked = places::look(&all, &flock.strings());
        drop(planted);
        println!(
            "{}, {when}: {} people, {} places, {} strings each, control missing in {}, found {}",
            self.case.name,
            flock.people,
            looked.places,
            12,
            looked.void.len(),
            looked.finds.len()
        );
        assert_eq!(
            looked.void,
            Vec::<String>::new(),
            "nobody has searched there"
        );
        assert!(looked.places >= 16, "{}", looked.places);
        assert_eq!(looked.finds, Vec::<String>::new(), "{when}");
    }

    /// Files, and the disks that they are on.
    fn files(&self) -> Vec<Place> {
        self.disks.written_out();
        let (data, disks) = (&self.ground.data, self.disks);
        let mut all = Vec::new();
        let mut place = |name: &str, paths: Vec<PathBuf>| all.push(Place::of_paths(name, paths));
        match self.server {
            None => {
                place("database file", vec![data.join("fairdraw.db")]);
                place("write-ahead log", vec![data.join("fairdraw.db-wal")]);
            }
            Some((server, name)) => {
                for (told, paths) in server.told_apart(name) {
                    place(told, paths);
                }
                place("archive of the log", vec![archive(server)]);
                place("base backup", vec![self.folder.join("base-backup")]);
            }
        }
        let names = fs::read_dir(data).expect("the data folder").flatten();
        let names = names.map(|file| file.path()).filter(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            name != "fairdraw.db" && name != "fairdraw.db-wal"
        });
        place("data folder beside it", names.collect());
        place("key folder", vec![self.ground.keys.clone()]);
        place("temporary folder", vec![self.ground.temporary.clone()]);
        place("raw disk of the data", vec![disks.data.image.clone()]);
        place("raw disk of the keys", vec![disks.keys.image.clone()]);
        place("raw temporary disk", vec![disks.temporary.image.clone()]);
        if let Some(server) = &disks.server {
            place("raw disk of the server", vec![server.image.clone()]);
        }
        all
    }

    fn restored(&self) -> Place {
        let config = Config {
            site: "lib.example.tw".to_owned(),
            ..Config::default()
        };
        places::restored(self.case.engine, &config, &self.backup())
    }
}

/// A server of an operator who is as careless as one may be: it archives its log, and says much.
fn archiving(folder: &Path) -> Cluster {
    let settings = [
        "archive_mode = on",
        "archive_command = 'mkdir -p ../archive && cp %p ../archive/%f'",
        "wal_level = replica",
        "max_wal_senders = 4",
        "log_min_messages = debug1",
        "max_wal_size = 128MB",
    ];
    Cluster::within(folder, &settings)
}

/// Where it keeps the segments of its log.
fn archive(server: &Cluster) -> PathBuf {
    server.data().join("../archive")
}

/// Has the log up to now archived, and waits for it.
fn archive_now(server: &Cluster) {
    let archived = || fs::read_dir(archive(server)).map_or(0, Iterator::count);
    server.administrate("CHECKPOINT");
    let before = archived();
    server.administrate("SELECT pg_switch_wal()");
    let mut tries = 0;
    while archived() == before {
        tries += 1;
        assert!(tries < 1_000, "nothing is archived");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Copies all files of the running server, as operators do at night.
fn base_backup(server: &Cluster, to: &Path) {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let program = versions
        .map(|version| version.path().join("bin/pg_basebackup"))
        .max();
    let status = Command::new(program.unwrap_or("pg_basebackup".into()))
        .args(["--username", "fairdraw", "--checkpoint", "fast", "--host"])
        .arg(server.data().join(".."))
        .arg("--pgdata")
        .arg(to)
        .status();
    assert!(status.expect("pg_basebackup starts").success());
}

/// Disks in files, each with a file system of its own.
struct Disks {
    data: Disk,
    keys: Disk,
    temporary: Disk,
    /// Where the server of the database has everything.
    server: Option<Disk>,
}

impl Disks {
    fn make(folder: &Path, case: &Case) -> Disks {
        let disk = |name: &str, megabytes| Disk::make(folder, name, megabytes, case.options);
        // The server runs as a user of its own, who has to come to its disk.
        let passable = fs::Permissions::from_mode(0o711);
        fs::set_permissions(folder, passable).expect("our own folder");
        let is_served = case.engine == Engine::Postgresql;
        Disks {
            server: is_served.then(|| disk("server", 1_024)),
            data: disk("data", 384),
            keys: disk("keys", 32),
            temporary: disk("temporary", 64),
        }
    }

    /// Everything that waits in memory is on the disks, as it would be in time.
    fn written_out(&self) {
        rustix::fs::sync();
    }
}

/// What a process is, and all of its memory that can be read.
fn memory(process: Pid) -> Place {
    let process = process.as_raw_nonzero();
    let line = fs::read(format!("/proc/{process}/cmdline")).expect("it runs");
    let line = String::from_utf8_lossy(&line).into_owned();
    let name = match (line.contains("__vault"), line.contains("__web")) {
        (true, _) => "memory of the vault",
        (_, true) => "memory of the web side",
        _ => "memory of the first process",
    };
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).expect("root may look");
    let mut memory = File::open(format!("/proc/{process}/mem")).expect("root may look");
    let mut bytes = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let range = line
            .split(' ')
            .next()
            .and_then(|range| range.split_once('-'));
        let (start, end) = range.expect("a range of addresses");
        let parse = |text| u64::from_str_radix(text, 16).expect("hexadecimal");
        let (start, end) = (parse(start), parse(end));
        if memory.seek(SeekFrom::Start(start)).is_ok() {
            // Pages that nobody has touched cannot be read and hold nothing.
            let _ = Read::by_ref(&mut memory)
                .take(end - start)
                .read_to_end(&mut bytes);
        }
    }
    Place::of_bytes(name, bytes)
}
