//! Backups: made while people enter, without a key, and unable to bring back what was purged.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use diesel::connection::SimpleConnection;
use fairdraw::backup::{self, Backup, Error, Folders, Held};
use fairdraw::journal;
use fairdraw::platform::clock::{Clock, DAY, HOUR};
use fairdraw::platform::config::Config;
use fairdraw::platform::db::{self, Db};
use fairdraw::platform::trace::Scan;
use rocket::http::Status;

use crate::support::app::{TestApp, vault};
use crate::support::canary;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::server::WitnessServer;
use crate::support::{Engine, TestDatabase};
use crate::witnessing::journal_key;

on_both! {
    a_backup_is_made_while_people_enter,
    a_backup_never_holds_a_key,
    a_backup_stands_beside_no_key_and_replaces_no_file,
    a_backup_from_before_the_purge_comes_back_unreadable_and_is_purged_again,
    a_restored_journal_is_no_fork,
    a_journal_that_contradicts_its_mirror_is_not_served,
    backup_and_restore_are_commands_that_say_what_they_did,
}

/// Backups of one life, in a folder of their own.
struct Shelf {
    folder: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Shelf {
        Shelf {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn made(db: &Db, config: &Config, to: &Path) -> Result<backup::Made, Error> {
    let keys = config.keys();
    let folders = Folders {
        data: config.data(),
        keys: &keys,
    };
    backup::make(db, &config.site, folders, to)
}

/// Puts a backup into the place that `config` names.
fn put(file: &Path, config: &Config, replace: bool) -> Result<(), Error> {
    let keys = config.keys();
    let folders = Folders {
        data: config.data(),
        keys: &keys,
    };
    Backup::open(file)?.put(Some(&config.site), &config.database(), folders, replace)
}

/// A place without anything, and the settings that lead there.
fn elsewhere(engine: Engine, config: &Config) -> (TestDatabase, Config) {
    let database = TestDatabase::fresh(engine);
    let config = Config {
        data: database.data().to_owned(),
        database_url: database.url(),
        keys: database.keys(),
        ..config.clone()
    };
    (database, config)
}

fn held_in(config: &Config) -> Vec<Held> {
    let db = Db::open(config.database(), Clock::system()).expect("it opens");
    backup::held(&db, None).expect("it can be read")
}

fn journal_size(app: &TestApp) -> u64 {
    let size = app.app.db.read_now("read size", journal::size);
    size.expect("the journal can be read")
}

fn a_backup_is_made_while_people_enter(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let (db, config) = (life.app.app.db.clone(), life.app.app.config.clone());
    let shelf = Shelf::new();
    life.enter(&Patron::number(0));
    let files: Vec<PathBuf> = (0..3).map(|n| shelf.file(&format!("{n}.backup"))).collect();
    let to = files.clone();
    let making = std::thread::spawn(move || {
        for file in &to {
            made(&db, &config, file).expect("a backup is made");
        }
    });
    let mut entered = 1;
    while !making.is_finished() && entered < 40 {
        life.enter(&Patron::number(entered));
        entered += 1;
    }
    making.join().expect("the backups are made");

    let mut before = 1;
    for file in files {
        let (_database, config) = elsewhere(engine, &life.app.app.config);
        put(&file, &config, false).expect("it goes back");
        let held = held_in(&config);
        assert_eq!(held.len(), 1);
        let contacts = held[0].contacts;
        assert!(
            (before..=entered).contains(&contacts),
            "{contacts} of {entered}"
        );
        before = contacts;
    }
}

/// Every key of a folder as it stands in its file: the wrapped ones and the one that wraps them.
fn keys_in(folder: &Path) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    for file in std::fs::read_dir(folder).expect("a key folder") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "key") {
            let page = std::fs::read(&path).expect("a key file");
            keys.push(page[24..56].to_vec());
            keys.push(page[2048 + 24..2048 + 56].to_vec());
        }
    }
    assert!(
        keys.len() >= 8,
        "site, lookup, token, activity and their wrapping key"
    );
    keys
}

fn a_backup_never_holds_a_key(engine: Engine) {
    let life = Life::published(engine, |_| ());
    life.enter(&Patron::number(0));
    let config = life.app.app.config.clone();
    let shelf = Shelf::new();
    let file = shelf.file("clean.backup");
    let done = made(&life.app.app.db, &config, &file).expect("a backup is made");
    let bytes = std::fs::read(&file).expect("it is there");
    assert_eq!(
        done.bytes,
        bytes.len() as u64,
        "all of it was looked through"
    );
    let scan = Scan::of_bytes(&keys_in(&config.keys())).expect("keys are long");
    assert_eq!(scan.bytes("backup", &bytes), Vec::new());

    // Somebody puts a key file into the database: as bytes in hexadecimal it would leave with it.
    let a_key = std::fs::read_dir(config.keys()).expect("a key folder");
    let a_key = a_key
        .flatten()
        .find(|file| file.path().ends_with("site.signing.key"));
    let page = std::fs::read(a_key.expect("it is there").path()).expect("a key file");
    let hex = data_encoding::HEXLOWER.encode(&page);
    let stored: Result<(), db::Error> = life.app.app.db.write_now("hide a key", |tx| {
        Ok(tx.conn().batch_execute(&format!(
            "INSERT INTO jobs (id, kind, activity_id, payload, run_at, attempts, lease_until, \
             lease_token, dedup_key, last_error) \
             VALUES ('k', 'k', '', '{hex}', 9000000000000, 0, 0, '', 'k', '')"
        ))?)
    });
    stored.expect("it is stored");
    let file = shelf.file("with-a-key.backup");
    let refused = made(&life.app.app.db, &config, &file);
    assert!(
        matches!(refused, Err(Error::HoldsKey { .. })),
        "{refused:?}"
    );
    let left: Vec<_> = std::fs::read_dir(shelf.folder.path())
        .expect("a folder")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "nothing but the clean one: {left:?}");
}

fn a_backup_stands_beside_no_key_and_replaces_no_file(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let config = life.app.app.config.clone();
    let shelf = Shelf::new();
    symlink(config.keys(), shelf.file("innocent")).expect("a link");
    std::fs::write(shelf.file("there"), "mine").expect("a file");
    let make = |to: PathBuf| made(&life.app.app.db, &config, &to).map(|_| ());
    assert!(matches!(make(config.keys().join("b")), Err(Error::InKeys)));
    assert!(matches!(make(shelf.file("innocent/b")), Err(Error::InKeys)));
    assert!(matches!(make(config.data().join("b")), Err(Error::InData)));
    assert!(matches!(make(shelf.file("there")), Err(Error::Exists(_))));
    assert_eq!(std::fs::read(shelf.file("there")).expect("kept"), b"mine");
    assert!(!config.keys().join("b").exists());
}

/// The list closes, the draw is run, and everything about people goes.
fn purged(life: &Life) {
    drop(life.draw());
    for days in [7, 14, 21, 28, 35, 40] {
        life.app.go_to(ROUND_TIME.plus(days * DAY + HOUR));
    }
    let certificate = life.app.visitor().get(&format!("/d/{}/purge", life.draw));
    let trouble = life
        .app
        .app
        .db
        .read_now("list purges", fairdraw::purge::list);
    let trouble: Vec<_> = trouble
        .expect("purges can be read")
        .into_iter()
        .map(|purge| (purge.step, purge.trouble))
        .collect();
    let is_certified = certificate.html.contains("fairdraw purge certificate/1");
    assert!(is_certified, "{trouble:?} {}", certificate.text("main"));
}

fn certificate_of(app: &TestApp) -> String {
    let purges = app.app.db.read_now("list purges", fairdraw::purge::list);
    purges.expect("purges can be read").remove(0).certificate
}

/// What anybody does who has the certificate and the files: looks for the people it names.
fn the_made_up_people_are_nowhere(life: &Life, backup: &Path) {
    let purges = life
        .app
        .app
        .db
        .read_now("list purges", fairdraw::purge::list);
    let purge = purges.expect("purges can be read").remove(0);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let certificate = file("certificate.json");
    std::fs::write(&certificate, &purge.certificate).expect("written");
    let config = &life.app.app.config;
    let looked = |path: &str| {
        fairdraw(
            config,
            &["verify-purge", path, "--certificate", &certificate],
        )
    };
    let data = config.data().display().to_string();
    for path in [data, backup.display().to_string()] {
        let said = looked(&path);
        assert_eq!(said.status.code(), Some(0), "{}", words(&said));
        assert!(
            words(&said).contains("Looking for 32 strings"),
            "{}",
            words(&said)
        );
    }
    let texts = fairdraw::purge::planted::texts(purge.activity.as_str());
    std::fs::write(file("leak"), format!("<{}>", texts[2])).expect("written");
    let said = looked(&file("leak"));
    assert_eq!(said.status.code(), Some(1), "{}", words(&said));
    assert!(
        words(&said).contains("planted string 3"),
        "{}",
        words(&said)
    );
}

fn a_backup_from_before_the_purge_comes_back_unreadable_and_is_purged_again(engine: Engine) {
    let clock = Life::clock();
    let life = Life::published_on(engine, &clock, |_| ());
    let people: Vec<Patron> = (0..6).map(Patron::number).collect();
    for patron in &people {
        life.enter(patron);
    }
    let shelf = Shelf::new();
    let file = shelf.file("before.backup");
    made(&life.app.app.db, &life.app.app.config, &file).expect("a backup is made");
    let canaries: Vec<String> = people.iter().flat_map(Patron::canaries).collect();
    let scan = canary::Scan::of(&canaries);
    assert_eq!(
        scan.path(&file),
        Vec::new(),
        "nobody is readable in a backup"
    );
    purged(&life);
    let draw = life.draw.clone();
    let certificate = certificate_of(&life.app);
    let journal = journal_size(&life.app);

    the_made_up_people_are_nowhere(&life, &file);

    // Whoever puts it back elsewhere, without the keys, has boxes that nothing opens.
    let (_far, far) = elsewhere(engine, &life.app.app.config);
    put(&file, &far, false).expect("it goes back");
    let held = held_in(&far);
    assert_eq!((held[0].contacts >= 6, held[0].has_key), (true, false));

    // In its own place it is purged again before anything is served.
    let (database, config) = life.app.stopped();
    let kept = put(&file, &config, false);
    assert!(matches!(kept, Err(Error::NotEmpty(_))), "{kept:?}");
    put(&file, &config, true).expect("it goes back");
    assert!(
        held_in(&config)[0].contacts >= 6,
        "the rows are there again"
    );
    let app = TestApp::over(engine, database, config, &clock);
    let held = backup::held(&app.app.db, Some(&app.app.vault)).expect("it can be read");
    assert_eq!(
        (held[0].contacts, held[0].answers, held[0].has_key),
        (0, 0, false)
    );
    let page = app.visitor().get(&format!("/d/{draw}/purge"));
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    assert_eq!(certificate_of(&app), certificate, "it is the one of before");
    assert_eq!(journal_size(&app), journal, "and so is the journal");
    let mut found = scan.path(app.database.data());
    found.extend(scan.bytes("rows", app.database.rows().as_bytes()));
    assert_eq!(found, Vec::new());
}

fn a_restored_journal_is_no_fork(engine: Engine) {
    let clock = Life::clock();
    let mut witness = None;
    let life = Life::published_on(engine, &clock, |config| {
        let key = journal_key(config);
        let running = WitnessServer::start("w1.example.tw", &[&key], &clock);
        config.witnesses = vec![running.setting()];
        config.quorum = 1;
        witness = Some(running);
    });
    let shelf = Shelf::new();
    let file = shelf.file("early.backup");
    made(&life.app.app.db, &life.app.app.config, &file).expect("a backup is made");
    let early = journal_size(&life.app);
    life.enter(&Patron::number(1));
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    let late = journal_size(&life.app);
    assert!(late > early, "the close is in it");
    let checkpoint = life.app.visitor().get("/journal/checkpoint").html;

    let (database, config) = life.app.stopped();
    put(&file, &config, true).expect("it goes back");
    let app = TestApp::over(engine, database, config, &clock);
    assert_eq!(journal_size(&app), late, "the mirror knew the rest");
    let own = |checkpoint: &str| {
        checkpoint
            .lines()
            .take(3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let restored = app.visitor().get("/journal/checkpoint").html;
    assert_eq!(own(&restored), own(&checkpoint));

    // The witness, who saw the longer one, goes on with this one.
    let written = app.app.db.write_now("write one more", |tx| {
        journal::write_site(tx, &app.app.vault, "test", &[("name", "value".to_owned())])
    });
    written.expect("a note is written");
    app.app.run_jobs().expect("due jobs can be read");
    let seen = app.app.db.read_now("who has seen it", journal::appointed);
    let seen = seen.expect("witnesses can be read");
    let size = journal_size(&app);
    assert!(size > late);
    assert_eq!((seen[0].size, seen[0].trouble.as_str()), (size, ""));
    drop(witness);
}

fn a_journal_that_contradicts_its_mirror_is_not_served(engine: Engine) {
    let clock = Life::clock();
    let life = Life::published_on(engine, &clock, |_| ());
    let (database, config) = life.app.stopped();
    let mirror = config.data().join("journal.notes");
    let text = std::fs::read_to_string(&mirror).expect("the mirror is there");

    // A last line that a power cut broke off is no contradiction.
    std::fs::write(&mirror, format!("{text}{{\"position\":9")).expect("written");
    let db = Db::open(config.database(), clock.clone()).expect("it opens");
    let open = vault(engine, &config).expect("the keys open");
    let done = backup::bring_forward(&db, &open, &config);
    assert!(done.is_ok(), "{done:?}");

    let forged = text.replacen("\"note\":\"lucky-draw", "\"note\":\"lucky-Draw", 1);
    assert_ne!(forged, text);
    std::fs::write(&mirror, forged).expect("written");
    let done = backup::bring_forward(&db, &open, &config);
    assert!(matches!(done, Err(Error::Journal(_))), "{done:?}");
    drop((db, open, database));
}

/// The program, with the settings of a life in its environment.
fn fairdraw(config: &Config, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
        .args(arguments)
        .env("FAIRDRAW_DATA", config.data())
        .env("FAIRDRAW_KEYS", config.keys())
        .env("FAIRDRAW_DATABASE_URL", &config.database_url)
        .env("ROCKET_APP", format!("{{site=\"{}\"}}", config.site))
        .output();
    output.expect("the program runs")
}

fn words(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

fn backup_and_restore_are_commands_that_say_what_they_did(engine: Engine) {
    let life = Life::published(engine, |_| ());
    life.enter(&Patron::number(3));
    let shelf = Shelf::new();
    let file = shelf.file("today.backup").display().to_string();
    // Beside the running server, which holds the keys.
    let running = Config::clone(&life.app.app.config);
    let done = fairdraw(&running, &["backup", &file]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert!(words(&done).contains("keys: none"), "{}", words(&done));
    let again = fairdraw(&running, &["backup", &file]);
    assert_eq!(again.status.code(), Some(1), "{}", words(&again));
    let refused = fairdraw(&running, &["restore", &file, "--replace"]);
    assert_eq!(refused.status.code(), Some(1), "{}", words(&refused));
    assert!(words(&refused).contains("stop the running server first"));

    let (_database, config) = life.app.stopped();
    let kept = fairdraw(&config, &["restore", &file]);
    assert!(words(&kept).contains("--replace"), "{}", words(&kept));
    let done = fairdraw(&config, &["restore", &file, "--replace"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert!(
        words(&done).contains("summer-2024 (open): 1 contacts"),
        "{}",
        words(&done)
    );

    let names = shelf.file("names.txt");
    std::fs::write(&names, Patron::number(3).canaries().join("\n")).expect("written");
    let names = names.display().to_string();
    let looked = fairdraw(&config, &["verify-purge", &file, "--look-for", &names]);
    assert_eq!(looked.status.code(), Some(0), "{}", words(&looked));
    assert!(
        words(&looked).contains("Nothing found"),
        "{}",
        words(&looked)
    );
    let folder = shelf.folder.path().display().to_string();
    let looked = fairdraw(&config, &["verify-purge", &folder, "--look-for", &names]);
    assert_eq!(
        looked.status.code(),
        Some(1),
        "the list itself: {}",
        words(&looked)
    );
    assert!(words(&looked).contains("names.txt: line 1 as UTF-8 at byte"));
    assert!(
        !words(&looked).contains(&Patron::number(3).phone),
        "it is not printed"
    );
    let shown = fairdraw(
        &config,
        &["verify-purge", &folder, "--look-for", &names, "--show"],
    );
    assert!(words(&shown).contains(&Patron::number(3).phone));
    let nothing = fairdraw(&config, &["verify-purge", &folder]);
    assert_eq!(nothing.status.code(), Some(64), "{}", words(&nothing));
}
