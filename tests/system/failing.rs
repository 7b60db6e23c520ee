//! What a person sees when a disk is full or the database is away, and that it comes back by itself.
//!
//! The disks are real file systems of a few megabytes, mounted for the test: that needs root.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::prelude::*;
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{self, Db, Target};
use rocket::http::Status;

use crate::support::app::Answer;
use crate::support::database::counted;
use crate::support::life::{Life, Patron};
use crate::support::postgres::Cluster;
use crate::support::vault::{self, Program, Visitor};
use crate::support::{Engine, TestDatabase};

mod hanging;
mod postgresql;

/// A file system of its own, gone with this value.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    fn of_megabytes(size: u32) -> Disk {
        let disk = Disk {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}m"), "fairdraw"])
            .arg(disk.path())
            .status()
            .expect("mount is part of util-linux");
        assert!(
            done.success(),
            "mounting a disk needs root: run the tests as root"
        );
        disk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes every byte that is left.
    fn fill(&self) -> PathBuf {
        let ballast = self.path().join("ballast");
        let mut file = fs::File::create(&ballast).expect("a file");
        let mut piece = 1 << 16;
        while piece > 0 {
            if file.write_all(&vec![0; piece]).is_err() {
                piece /= 2;
            }
        }
        ballast
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.path())
            .status();
    }
}

/// Copies a folder; its files are few and small.
fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(done.expect("cp is there").success());
}

/// From the form to the page of the last look, not sent yet.
fn look(visitor: &Visitor, patron: &Patron, question: &str) -> Answer {
    let form = visitor.get("/a/summer-2024/enter");
    let fields = patron.form(question);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let check = visitor.send(&form, "/a/summer-2024/enter", &fields);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    check
}

const SENT: &str = "/a/summer-2024/check";

/// Somebody sends until the answer is no receipt; how many receipts there were, and that answer.
fn until_refused(program: &Program, question: &str, from: u64) -> (u64, Visitor, Answer) {
    for n in from..from + 60 {
        let visitor = program.visitor();
        let check = look(&visitor, &Patron::number(n), question);
        let sent = visitor.send(&check, SENT, &[]);
        if sent.status != Status::SeeOther {
            return (n - from, visitor, sent);
        }
    }
    panic!("sixty people entered as if nothing were wrong");
}

/// The page says what is wrong in honest words, when to come back, and has what was typed.
fn is_told(answer: &Answer, words: &str) {
    assert_eq!(answer.status, Status::ServiceUnavailable, "{}", answer.html);
    assert_eq!(answer.header("retry-after"), "30");
    let text = answer.text("main");
    assert!(text.contains(words), "{text}");
    assert!(text.contains("您填的內容還保留在這一頁"), "{text}");
    assert!(
        !answer.form(SENT).is_empty(),
        "every field can be sent again"
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// Pressing the button of that page once it works again.
fn sent_again(visitor: &Visitor, refused: &Answer) {
    let sent = visitor.send(refused, SENT, &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    let receipt = visitor.get(&sent.location);
    assert_eq!(receipt.status, Status::Ok);
    assert!(
        !receipt.text("#secret").is_empty(),
        "the receipt has its code"
    );
}

fn entries(target: Target) -> u64 {
    let db = Db::open(target, Clock::system()).expect("it opens");
    u64::try_from(counted(&db, "SELECT count(*) AS n FROM entries")).expect("a count")
}

/// The library moves into a database of a server that the test may stop.
fn moved_into(server: &Cluster) -> (TestDatabase, String, String) {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let name = server.create();
    let moved = fairdraw::platform::db::moving::move_site(
        &database.target(),
        &Target::parse(&server.url(&name)),
        &Clock::system(),
        &mut |_| (),
        |_, _| Ok::<_, fairdraw::platform::db::moving::MoveError>(()),
    );
    moved.expect("moved");
    (database, question, name)
}

#[test]
fn a_full_disk_is_told_loses_nothing_and_comes_back_by_itself() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let disk = Disk::of_megabytes(24);
    let data = disk.path().join("data");
    copy(database.data(), &data);
    let file = data.join("fairdraw.db");
    let program = Program::start_with(&database, |command| {
        command.current_dir(&data).env("FAIRDRAW_DATA", &data).env(
            "FAIRDRAW_DATABASE_URL",
            format!("sqlite://{}", file.display()),
        );
    });
    program.enter(&Patron::number(1), &question);
    let ballast = disk.fill();
    let (taken, visitor, refused) = until_refused(&program, &question, 2);
    is_told(&refused, "系統的儲存空間已滿");
    // Whatever can be read is read, and the load balancer knows.
    assert_eq!(program.visitor().get("/a/summer-2024").status, Status::Ok);
    while program.visitor().get("/healthz/ready").status == Status::Ok {
        std::thread::yield_now();
    }
    // In English too.
    let english = program.visitor();
    let form = english.get("/en/a/summer-2024/enter");
    let fields = Patron::number(99).form(&question);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let check = english.send(&form, "/en/a/summer-2024/enter", &fields);
    let page = english.send(&check, "/en/a/summer-2024/check", &[]);
    assert_eq!(page.status, Status::ServiceUnavailable);
    assert!(
        page.text("main").contains("no room left"),
        "{}",
        page.text("main")
    );

    fs::remove_file(ballast).expect("room is made");
    sent_again(&visitor, &refused);
    program.enter(&Patron::number(98), &question);
    while program.visitor().get("/healthz/ready").status != Status::Ok {
        std::thread::yield_now();
    }
    let (code, lines) = program.stop();
    assert_eq!(code, Some(0), "{lines:?}");
    // One before, those that were taken, the one who sent again, and one after.
    assert_eq!(entries(Target::Sqlite(file)), taken + 3);
    let told = lines.iter().filter(|line| line.contains("db.full"));
    assert!(told.count() >= 2, "{lines:?}");
}

/// Starts a server that was stopped, with its socket where it was.
fn start_again(cluster: &Cluster) {
    let data = cluster.data();
    let folder = data.parent().expect("it lies in a folder").display();
    let socket = format!("-c unix_socket_directories='{folder}'");
    assert!(pg_ctl(cluster, &["-o", &socket, "start"]), "it starts");
}

/// The program of PostgreSQL that starts and stops a server, as the server's own user.
fn pg_ctl(cluster: &Cluster, arguments: &[&str]) -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let found = versions
        .flatten()
        .map(|version| version.path().join("bin/pg_ctl"))
        .filter(|path| path.is_file())
        .max();
    let program = found.unwrap_or_else(|| "pg_ctl".into());
    let is_root = rustix::process::geteuid().is_root();
    let mut command = match is_root {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
            command.arg(program);
            command
        }
        false => Command::new(program),
    };
    let log = cluster.data().with_file_name("log");
    let done = command
        .arg("-D")
        .arg(cluster.data())
        .arg("-l")
        .arg(log)
        .args(["--wait", "--silent"])
        .args(arguments)
        .current_dir(cluster.data())
        .status();
    done.expect("pg_ctl runs").success()
}

#[test]
fn a_postgresql_that_goes_away_is_told_and_is_used_again_when_it_is_back() {
    let place = tempfile::tempdir().expect("a folder");
    let open = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    fs::set_permissions(place.path(), open).expect("ours");
    // As the manual wants it: what was acknowledged is there after the server was killed.
    let own = Cluster::within(place.path(), &["synchronous_commit = on"]);
    let (database, question, name) = moved_into(&own);
    let url = own.url(&name);
    let program = Program::start_with(&database, |command| {
        command.env("FAIRDRAW_DATABASE_URL", &url);
    });
    program.enter(&Patron::number(1), &question);
    let visitor = program.visitor();
    let check = look(&visitor, &Patron::number(2), &question);
    for mode in ["fast", "immediate"] {
        assert!(pg_ctl(&own, &["--mode", mode, "stop"]), "{mode}");
        let refused = visitor.send(&check, SENT, &[]);
        assert_eq!(refused.status, Status::ServiceUnavailable, "{mode}");
        assert_eq!(refused.header("retry-after"), "30");
        assert!(!refused.form(SENT).is_empty());
        assert_eq!(
            program.visitor().get("/a/summer-2024").status,
            Status::ServiceUnavailable
        );
        assert_eq!(program.visitor().get("/healthz").status, Status::Ok);
        assert_eq!(
            program.visitor().get("/healthz/ready").status,
            Status::ServiceUnavailable
        );
        start_again(&own);
        // At once, without a restart; a second press gives the same receipt.
        sent_again(&visitor, &refused);
    }
    let (code, lines) = program.stop();
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(entries(Target::parse(&url)), 2);
}

/// ext4 on a file of its own, which an error makes read-only while programs have files open on it.
struct LoopDisk {
    folder: tempfile::TempDir,
}

impl LoopDisk {
    fn fresh() -> LoopDisk {
        let disk = LoopDisk {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let image = disk.folder.path().join("image");
        let file = fs::File::create(&image).expect("a file");
        file.set_len(64 << 20).expect("64 MiB");
        let made = Command::new("mkfs.ext4").arg("-q").arg(&image).status();
        assert!(
            made.is_ok_and(|done| done.success()),
            "mkfs.ext4 is part of e2fsprogs"
        );
        fs::create_dir(disk.path()).expect("a folder");
        disk.mount();
        disk
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    fn mount(&self) {
        let image = self.folder.path().join("image");
        let done = Command::new("mount")
            .args(["-o", "loop"])
            .arg(image)
            .arg(self.path())
            .status();
        let done = done.expect("mount is part of util-linux").success();
        assert!(done, "mounting a disk needs root: run the tests as root");
    }

    /// Nobody has a file open on it any more.
    fn umount(&self) {
        let done = Command::new("umount").arg(self.path()).status();
        assert!(done.expect("umount is part of util-linux").success());
    }

    /// What the kernel does by itself after an error of the disk.
    fn turns_read_only(&self) {
        let done = Command::new("mount")
            .args(["-o", "remount,abort"])
            .arg(self.path())
            .status();
        let _ = done.expect("mount is part of util-linux");
        assert!(
            fs::write(self.path().join("probe"), b"x").is_err(),
            "it is read-only"
        );
    }
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.path())
            .status();
    }
}

#[test]
fn a_disk_that_turns_read_only_is_told_and_keeps_what_was_acknowledged() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let disk = LoopDisk::fresh();
    let data = disk.path().join("data");
    copy(database.data(), &data);
    // What was copied is on the disk, and not only on its way.
    let synced = Command::new("sync")
        .arg("--file-system")
        .arg(&data)
        .status();
    assert!(synced.expect("sync is part of coreutils").success());
    let file = data.join("fairdraw.db");
    let start = |database: &TestDatabase| {
        Program::start_with(database, |command| {
            command.current_dir("/").env("FAIRDRAW_DATA", &data).env(
                "FAIRDRAW_DATABASE_URL",
                format!("sqlite://{}", file.display()),
            );
        })
    };
    let program = start(&database);
    for n in 1..4 {
        program.enter(&Patron::number(n), &question);
    }
    disk.turns_read_only();
    let (taken, _, refused) = until_refused(&program, &question, 4);
    assert_eq!(taken, 0, "nothing is acknowledged that is not on the disk");
    assert_eq!(
        refused.status,
        Status::ServiceUnavailable,
        "{}",
        refused.html
    );
    assert!(refused.text("main").contains("不能儲存") || refused.text("main").contains("已滿"));
    assert!(!refused.form(SENT).is_empty());
    assert_eq!(program.visitor().get("/healthz").status, Status::Ok);
    drop(program);
    // Somebody looks after the disk, and everything that was acknowledged is on it.
    disk.umount();
    disk.mount();
    let program = start(&database);
    program.enter(&Patron::number(50), &question);
    let (code, _) = program.stop();
    assert_eq!(code, Some(0));
    assert_eq!(entries(Target::Sqlite(file.clone())), 4);
}

#[test]
fn a_page_that_gives_back_what_was_typed_never_gives_back_a_passphrase() {
    let life = Life::published(Engine::Sqlite, |_| {});
    let visitor = life.app.visitor();
    let form = visitor.get("/staff/sign-in");
    // The table of accounts is away: the database cannot answer, as on a bad day.
    let gone: Result<(), db::Error> = life.app.app.db.write_now("break", |tx| {
        diesel::sql_query("ALTER TABLE staff RENAME TO staff_away").execute(tx.conn())?;
        Ok(())
    });
    gone.expect("renamed");
    let typed = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    let page = visitor.send(&form, "/staff/sign-in", &typed);
    assert!(page.status.code >= 500, "{}", page.status);
    assert!(!page.html.contains("correct horse"), "{}", page.html);
}
