//! Several instances serve one site: from one PostgreSQL, with one vault.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use fairdraw::platform::clock::{Clock, MINUTE, Timestamp};
use fairdraw::platform::db::instances::{self, Instance};
use fairdraw::platform::db::{self, Db};
use fairdraw::platform::jobs::{self, NewJob, Next, Runner};
use rocket::http::Status;

use crate::support::database::counted;
use crate::support::life::{Life, Patron};
use crate::support::ports::HeldPort;
use crate::support::sites::{Site, VaultSide, until};
use crate::support::vault::{self, signal};
use crate::support::{Engine, TestDatabase};

const SOON: Duration = Duration::from_secs(30);

/// Tickets, and whether their log has each index once and no gap.
fn tickets(site: &Site) -> i64 {
    let db = site.database.open(&Clock::system());
    let size = counted(
        &db,
        "SELECT sum(size)::bigint AS n FROM logs WHERE activity_id <> ''",
    );
    let tickets = counted(&db, "SELECT count(*) AS n FROM tickets");
    let leaves = counted(&db, "SELECT count(DISTINCT position) AS n FROM commitments");
    let last = counted(&db, "SELECT max(position) + 1 AS n FROM commitments");
    assert_eq!(
        (tickets, leaves, last),
        (size, size, size),
        "no gap and no fork"
    );
    size
}

#[test]
fn people_enter_at_two_instances_that_share_one_vault() {
    let site = Site::open();
    // Machines start in any order: this one waits.
    let first = site.launch(&site.address(), &site.own_folder());
    let _vault = site.vault();
    first.is_awaited();
    let second = site.instance();
    let mut receipts = BTreeSet::new();
    for n in 0..6 {
        let at = [&first, &second][usize::try_from(n % 2).expect("small")];
        receipts.insert(at.enter(&Patron::number(n), &site.question).html);
    }
    assert_eq!((receipts.len(), tickets(&site)), (6, 6));
    // No instance has a key, and none made a folder for some.
    for entry in std::fs::read_dir(site.socket().parent().expect("a folder")).expect("listed") {
        let keys = entry.expect("an entry").path().join("no-keys-here");
        assert!(!keys.exists(), "{keys:?}");
    }
    let mode = std::fs::metadata(site.socket())
        .expect("there")
        .permissions()
        .mode()
        & 0o777;
    assert_eq!(mode, 0o600);
}

#[test]
fn while_the_vault_is_away_pages_are_read_and_entry_comes_back_by_itself() {
    let site = Site::open();
    let vault = site.vault();
    let web = site.instance();
    web.enter(&Patron::number(1), &site.question);

    // Killed: whoever watches starts it again, and nobody has to do anything.
    signal(vault.keeper(), "KILL");
    let visitor = web.visitor();
    let took = until(SOON, "entry after the vault was killed", || {
        visitor.get("/a/summer-2024/enter").status == Status::Ok
    });
    println!("entry was back {took:?} after the vault was killed");
    assert!(took < Duration::from_secs(5), "{took:?}");

    // Somebody has filled in the form and looks it over.
    let form = visitor.get("/a/summer-2024/enter");
    let fields = Patron::number(7).form(&site.question);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let check = visitor.send(&form, "/a/summer-2024/enter", &fields);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());

    // Gone for good: pages that need no key go on, the form says that it cannot now.
    drop(vault);
    assert_eq!(
        visitor.get("/a/summer-2024/enter").status,
        Status::ServiceUnavailable
    );
    for page in ["/", "/a/summer-2024", "/activities", "/staff/sign-in"] {
        assert_eq!(visitor.get(page).status, Status::Ok, "{page}");
    }
    // Nobody waits for it again and again.
    let took = until(SOON, "an answer at once", || {
        visitor.get("/a/summer-2024/enter").status == Status::ServiceUnavailable
    });
    assert!(took < Duration::from_secs(2), "{took:?}");

    // Nothing typed is lost: the same page again, which can be sent again.
    let later = visitor.send(&check, "/a/summer-2024/check", &[]);
    assert_eq!(later.status, Status::ServiceUnavailable);
    assert!(
        later.html.contains("您填的內容還保留在這一頁"),
        "{}",
        later.html
    );
    assert!(later.headers.iter().any(|(name, _)| name == "retry-after"));
    let typed = visitor.send(&form, "/a/summer-2024/enter", &fields);
    assert_eq!(typed.status, Status::ServiceUnavailable);
    assert!(
        typed.html.contains(&Patron::number(7).name),
        "{}",
        typed.html
    );

    let _vault = site.vault();
    let took = until(SOON, "entry after the vault came back", || {
        visitor.get("/a/summer-2024/enter").status == Status::Ok
    });
    assert!(took < Duration::from_secs(5), "{took:?}");
    web.enter(&Patron::number(2), &site.question);
    let sent = visitor.send(&later, "/a/summer-2024/check", &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    assert_eq!(tickets(&site), 3);
}

#[test]
fn a_vault_on_another_machine_is_met_by_keys_that_both_were_told() {
    let site = Site::open();
    let keys = site.database.keys();
    let (known, stranger) = (site.own_folder(), site.own_folder());
    let printed = |folder: &std::path::Path, what: &str| {
        let (code, printed) = vault::run(|command| {
            command
                .args(["vault", what])
                .current_dir(folder)
                .env("FAIRDRAW_DATA", folder)
                .env("FAIRDRAW_KEYS", &keys);
        });
        assert_eq!(code, Some(0), "{printed}");
        printed.trim().to_owned()
    };
    let (own, web) = (printed(&known, "key"), printed(&known, "web-key"));
    assert_eq!(printed(&known, "web-key"), web, "the same again");
    let port = HeldPort::new();
    let place = format!("tls://127.0.0.1:{}", port.number());
    let _vault = VaultSide::start(&keys, &place, &format!(",vault_peers=[\"{web}\"]"));

    let instance = site.instance_at(&format!("{place}?key={own}"), &known);
    instance.enter(&Patron::number(1), &site.question);
    assert_eq!(tickets(&site), 1);

    // Whoever was not named is not let in, and whoever is not the vault is told nothing.
    printed(&stranger, "web-key");
    let refused = site.launch(&format!("{place}?key={own}"), &stranger);
    let imposter = site.launch(&format!("{place}?key={web}"), &known);
    for waiting in [&refused, &imposter] {
        until(SOON, "it waits for the vault", || {
            let printed = waiting.printed().join("\n");
            printed.contains("waiting for the vault") || printed.contains("fairdraw:")
        });
        assert!(!waiting.is_listening());
    }
}

#[test]
fn an_instance_that_is_killed_takes_nothing_with_it_and_the_others_go_on() {
    let site = Site::open();
    let _vault = site.vault();
    let (first, second) = (site.instance(), site.instance());
    first.enter(&Patron::number(1), &site.question);
    signal(first.watching(), "KILL");
    second.enter(&Patron::number(2), &site.question);
    // One after the other is replaced, and somebody always serves.
    let third = site.instance();
    let (code, printed) = second.stop();
    assert_eq!(code, Some(0), "{printed:?}");
    third.enter(&Patron::number(3), &site.question);
    assert_eq!(tickets(&site), 3);
}

fn job(kind: &'static str, key: String) -> NewJob {
    NewJob {
        kind,
        activity: String::new(),
        payload: String::new(),
        run_at: Timestamp(0),
        dedup_key: key,
    }
}

#[test]
fn each_of_many_jobs_is_done_once_however_many_instances_look() {
    const JOBS: usize = 200;
    let database = TestDatabase::fresh(Engine::Postgresql);
    let clock = Clock::system();
    let done = Arc::new(AtomicUsize::new(0));
    let db = database.open(&clock);
    db.write_now("enqueue", |tx| {
        for n in 0..JOBS {
            jobs::enqueue(tx, &job("count", n.to_string()))?;
        }
        Ok::<_, db::Error>(())
    })
    .expect("stored");
    let looking = (0..4).map(|_| {
        let (db, done) = (database.open(&clock), done.clone());
        thread::spawn(move || {
            let mut runner = Runner::new(db);
            runner.on("count", move |_| {
                done.fetch_add(1, Ordering::SeqCst);
                Ok(Next::Done)
            });
            runner.run_due().expect("jobs can be read")
        })
    });
    let looking: Vec<_> = looking.collect();
    let tried: Vec<usize> = looking
        .into_iter()
        .map(|thread| thread.join().expect("no panic"))
        .collect();
    assert_eq!(done.load(Ordering::SeqCst), JOBS);
    assert_eq!(tried.iter().sum::<usize>(), JOBS, "{tried:?}");
    assert_eq!(counted(&db, "SELECT count(*) AS n FROM jobs"), 0);
}

#[test]
fn a_handler_that_panics_has_failed_and_the_next_job_runs() {
    let database = TestDatabase::fresh(Engine::Sqlite);
    let db = database.open(&Clock::system());
    db.write_now("enqueue", |tx| {
        jobs::enqueue(tx, &job("breaks", "a".to_owned()))?;
        jobs::enqueue(tx, &job("works", "b".to_owned()))
    })
    .expect("stored");
    let mut runner = Runner::new(db.clone());
    runner.on("breaks", |_| panic!("as a fault of ours would"));
    runner.on("works", |_| Ok(Next::Done));
    assert_eq!(runner.run_due().expect("jobs can be read"), 2);
    let left = db
        .read_now("look", |tx| jobs::waiting(tx, 10))
        .expect("readable");
    let words: Vec<(&str, &str)> = left
        .iter()
        .map(|job| (job.kind.as_str(), job.last_error.as_str()))
        .collect();
    assert_eq!(words, [("breaks", "jobs.panicked")]);
}

#[test]
fn several_instances_make_the_tables_of_an_empty_database_at_once() {
    let cluster = crate::support::postgres::cluster();
    let name = cluster.create_empty();
    let starting: Vec<_> = (0..4)
        .map(|_| {
            let target = db::Target::Postgres(cluster.url(&name));
            thread::spawn(move || Db::open(target, Clock::system()).map(|_| ()))
        })
        .collect();
    for thread in starting {
        thread
            .join()
            .expect("no panic")
            .expect("each of them opens");
    }
    let db = Db::open(db::Target::Postgres(cluster.url(&name)), Clock::system());
    let tables = "SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'public'";
    assert!(counted(&db.expect("opens"), tables) > 50);
}

#[test]
fn who_serves_is_known_and_whoever_is_silent_counts_as_ended() {
    let database = TestDatabase::fresh(Engine::Postgresql);
    let clock = Clock::standing_at(Timestamp(1_800_000_000_000));
    let db = database.open(&clock);
    let first = Instance::starting(clock.now());
    let say = |own: &Instance| {
        db.claim_now("alive", |tx| instances::alive(tx, own))
            .expect("stored");
        let living = db.read_now("who", instances::living).expect("readable");
        living.into_iter().map(|each| each.id).collect::<Vec<_>>()
    };
    assert_eq!(say(&first), [first.id.as_str()]);
    clock.advance(MINUTE);
    let second = Instance::starting(clock.now());
    assert_eq!(say(&second), [first.id.as_str(), second.id.as_str()]);
    clock.advance(90_000);
    assert_eq!(say(&second), [second.id.as_str()]);
}

#[test]
fn what_one_instance_purged_the_others_forget() {
    use fairdraw::platform::memory::Remembers;
    #[derive(Default)]
    struct Room(std::sync::Mutex<Vec<String>>);
    impl Remembers for Room {
        fn forget(&self, activity: &str) {
            self.0.lock().expect("no panic").push(activity.to_owned());
        }
    }
    let life = crate::support::killing::called_off(Engine::Postgresql, 2);
    let app = &life.app.app;
    // Another instance on the same database and the same vault.
    let mut other = app.purger.clone();
    other.memory = fairdraw::platform::memory::Memory::default();
    let room = Arc::new(Room::default());
    other.memory.add(room.clone());
    other.shares_vault = true;
    let own = Instance::starting(app.db.clock().now());
    other.look_around(&own).expect("looked");
    assert!(room.0.lock().expect("no panic").is_empty());
    app.purger
        .run(&fairdraw::activity::ActivityId(life.activity.clone()))
        .expect("purged");
    other.look_around(&own).expect("looked");
    assert_eq!(
        *room.0.lock().expect("no panic"),
        *std::slice::from_ref(&life.activity)
    );
}

#[test]
fn a_journal_that_went_back_is_not_signed_again_and_the_start_says_so() {
    let life = Life::published(Engine::Sqlite, |_| ());
    life.enter(&Patron::number(1));
    life.app.app.run_jobs().expect("due jobs can be read");
    let folder = tempfile::tempdir().expect("a folder");
    let before = folder.path().join("before.db");
    life.app.app.db.copy_into(&before).expect("copied");
    drop(life.draw());
    life.app.app.run_jobs().expect("due jobs can be read");
    let clock = life.app.app.db.clock().clone();
    let (database, config) = life.app.stopped();
    for ending in ["", "-wal", "-shm"] {
        let file = database.data().join(format!("fairdraw.db{ending}"));
        let _ = std::fs::remove_file(file);
    }
    std::fs::copy(&before, database.data().join("fairdraw.db")).expect("restored");
    // The mirror would bring it forward; without it nobody but the vault knows.
    std::fs::remove_file(database.data().join("journal.notes")).expect("there");
    let vault = crate::support::app::vault(Engine::Sqlite, &config).expect("opens");
    let opened = fairdraw::app::App::open(config, clock, vault);
    let Err(error) = opened else {
        panic!("it would write a fork");
    };
    let mut words = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(each) = cause {
        words += &format!("{each}: ");
        cause = each.source();
    }
    assert!(
        words.contains("older than what the vault has signed"),
        "{words}"
    );
}

#[test]
fn nobody_moves_a_site_that_instances_serve() {
    let site = Site::open();
    let _vault = site.vault();
    let web = site.instance();
    web.enter(&Patron::number(1), &site.question);
    let folder = site.own_folder();
    let run = |arguments: &[&str]| {
        vault::run(|command| {
            command
                .args(arguments)
                .current_dir(&folder)
                .env("ROCKET_APP", "{site=\"lib.example.tw\"}")
                .env("FAIRDRAW_DATA", &folder)
                .env("FAIRDRAW_KEYS", folder.join("no-keys-here"))
                .env("FAIRDRAW_VAULT", site.address())
                .env("FAIRDRAW_DATABASE_URL", site.database.url());
        })
    };
    let to = format!("sqlite://{}", folder.join("new.db").display());
    let (code, printed) = run(&["migrate", "--to", &to]);
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("stop every instance first"), "{printed}");
    web.enter(&Patron::number(2), &site.question);

    // Somebody checks a web side: its keys are elsewhere, and every variable means something.
    let (_, printed) = run(&["check", "--offline"]);
    assert!(printed.contains("✓ vault"), "{printed}");
    assert!(!printed.contains("key folder"), "{printed}");
    assert!(!printed.contains("means nothing"), "{printed}");

    // A second vault by mistake: the first one goes on, and is found by whoever comes.
    let (code, printed) = vault::run(|command| {
        let listen = format!(
            "{{site=\"lib.example.tw\",vault_listen=[\"{}\"]}}",
            site.address()
        );
        command
            .arg("vault")
            .current_dir(&folder)
            .env("FAIRDRAW_KEYS", site.database.keys())
            .env("ROCKET_APP", listen);
    });
    assert_eq!(code, Some(1), "{printed}");
    let second = site.instance();
    second.enter(&Patron::number(3), &site.question);

    for instance in [web, second] {
        assert_eq!(instance.stop().0, Some(0));
    }
    let (code, printed) = run(&["migrate", "--to", &to]);
    assert_eq!(code, Some(0), "{printed}");
    let (code, printed) = run(&["migrate", "--to", &to]);
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("was moved to"), "{printed}");
    let (_, printed) = run(&["check", "--offline"]);
    assert!(printed.contains("this database was moved to"), "{printed}");
}
