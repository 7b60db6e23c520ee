//! A library moves to the other database, is interrupted, goes on, and moves back.

use std::path::Path;
use std::process::Command;

use fairdraw::platform::clock::Clock;
use fairdraw::platform::config::Config;
use fairdraw::platform::db::instances::{self, Instance};
use fairdraw::platform::db::moving::{self, MoveError};
use fairdraw::platform::db::{Db, MigrateError, Target};
use rocket::http::Status;

use crate::support::app::TestApp;
use crate::support::database::counted;
use crate::support::life::{Life, Patron};
use crate::support::postgres::cluster;
use crate::support::vault::run;
use crate::support::{Engine, TestDatabase};

on_both! {
    a_library_moves_is_interrupted_goes_on_and_moves_back,
    a_move_begins_nothing_where_it_must_not,
}

/// An empty database of the other kind.
fn elsewhere(engine: Engine, folder: &Path) -> Target {
    match engine {
        Engine::Sqlite => Target::parse(&cluster().url(&cluster().create())),
        Engine::Postgresql => Target::Sqlite(folder.join("elsewhere.db")),
    }
}

fn url(target: &Target) -> String {
    match target {
        Target::Sqlite(file) => format!("sqlite://{}", file.display()),
        Target::Postgres(url) => url.clone(),
    }
}

fn migrate(
    database: &TestDatabase,
    config: &Config,
    to: &str,
    die_at: &str,
) -> (Option<i32>, String) {
    run(|command: &mut Command| {
        command
            .args(["migrate", "--to", to])
            .current_dir(database.data())
            .env("ROCKET_APP", format!("{{site=\"{}\"}}", config.site))
            .env("FAIRDRAW_DATA", &config.data)
            .env("FAIRDRAW_KEYS", database.keys())
            .env("FAIRDRAW_DATABASE_URL", &config.database_url)
            .env("FAIRDRAW_DIE_AT", die_at);
    })
}

fn entries(db: &Db) -> i64 {
    counted(db, "SELECT count(*) AS n FROM entries")
}

fn a_library_moves_is_interrupted_goes_on_and_moves_back(engine: Engine) {
    let life = Life::published(engine, |_| {});
    for n in 0..5 {
        life.enter(&Patron::number(n));
    }
    life.draw();
    let (draw, clock) = (life.draw.clone(), life.app.app.db.clock().clone());
    let result = life.app.visitor().get(&format!("/d/{draw}")).text("main");
    let before = entries(&life.app.app.db);
    let (database, config) = life.app.stopped();
    let folder = tempfile::tempdir().expect("a folder");
    let new = elsewhere(engine, folder.path());

    // A power cut in the middle of the entries, and one after the old database was marked.
    for at in ["move:entries", "move:marked"] {
        let (code, printed) = migrate(&database, &config, &url(&new), at);
        assert_eq!(code, None, "{at}: {printed}");
        let half = Db::open(new.clone(), clock.clone());
        assert!(matches!(half, Err(MigrateError::Arriving)), "{at}");
    }
    let old = Db::open(database.target(), clock.clone());
    assert!(
        matches!(old, Err(MigrateError::Moved { .. })),
        "neither is live"
    );
    let (code, printed) = migrate(&database, &config, &url(&new), "");
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("each with the same digest"), "{printed}");
    assert!(
        printed.contains("3 logs give their roots") || printed.contains("2 logs give their roots"),
        "{printed}"
    );

    // The old one is not served any more, and says where to look.
    let (code, printed) = migrate(&database, &config, &url(&new), "");
    assert_eq!(code, Some(1), "there is something now: {printed}");
    let (code, printed) = run(|command| {
        command
            .arg("migrate")
            .current_dir(database.data())
            .env("FAIRDRAW_DATA", &config.data)
            .env("FAIRDRAW_DATABASE_URL", &config.database_url);
    });
    assert_eq!(code, Some(1));
    assert!(printed.contains("this database was moved to"), "{printed}");

    // Life goes on in the new one: the draw's page says the same, and the record grows.
    let moved = Config {
        database_url: url(&new),
        ..config
    };
    let other = match engine {
        Engine::Sqlite => Engine::Postgresql,
        Engine::Postgresql => Engine::Sqlite,
    };
    let app = TestApp::over(other, database, moved, &clock);
    assert_eq!(entries(&app.app.db), before);
    let page = app.visitor().get(&format!("/d/{draw}"));
    assert_eq!(
        (page.status, page.text("main")),
        (Status::Ok, result.clone())
    );
    let (database, _) = app.stopped();

    // And back, into a new file or another database.
    let back = match engine {
        Engine::Sqlite => Target::Sqlite(folder.path().join("back.db")),
        Engine::Postgresql => Target::parse(&cluster().url(&cluster().create())),
    };
    let mut told = Vec::new();
    let arrived = moving::move_site(
        &new,
        &back,
        &clock,
        &mut |progress| told.push((progress.done, progress.all, progress.compares)),
        |_, _| Ok::<_, MoveError>(()),
    );
    let arrived = arrived.expect("moved back");
    let rows: u64 = arrived.iter().map(|table| table.rows).sum();
    assert!(arrived.len() > 40 && rows > 100, "{} {rows}", arrived.len());
    assert_eq!(told.last(), Some(&(rows, rows, true)));
    assert_eq!(entries(&Db::open(back, clock).expect("it is live")), before);
    drop(database);
}

fn a_move_begins_nothing_where_it_must_not(engine: Engine) {
    let life = Life::published(engine, |_| {});
    life.enter(&Patron::number(1));
    let (database, config) = life.app.stopped();
    let (code, printed) = migrate(&database, &config, &config.database_url, "");
    assert_eq!(code, Some(1), "{printed}");
    assert!(
        printed.contains("is the one that the settings name"),
        "{printed}"
    );

    let other = Life::published(engine, |_| {});
    let (taken, _) = other.app.stopped();
    let (code, printed) = migrate(&database, &config, &taken.url(), "");
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("is not empty"), "{printed}");
    Db::open(database.target(), Clock::system()).expect("it is live as before");
    Db::open(taken.target(), Clock::system()).expect("and so is the other");

    // A server is running: it has the keys, and nothing is moved under its feet.
    let keys = crate::support::app::vault(Engine::Sqlite, &config).expect("opened");
    let folder = tempfile::tempdir().expect("a folder");
    let new = elsewhere(engine, folder.path());
    let (code, printed) = migrate(&database, &config, &url(&new), "");
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("uses the key folder"), "{printed}");
    drop(keys);
    // The keys are with a vault elsewhere, and others serve from the same database.
    let clock = Clock::system();
    let serving = Db::open(database.target(), clock.clone()).expect("it is live");
    let own = Instance::starting(clock.now());
    serving
        .claim_now("say that an instance lives", |tx| {
            instances::alive(tx, &own)
        })
        .expect("said");
    let move_all = || {
        moving::move_site(&database.target(), &new, &clock, &mut |_| (), |_, _| {
            Ok::<_, MoveError>(())
        })
    };
    let refused = move_all().expect_err("somebody serves it");
    match engine {
        Engine::Sqlite => assert!(matches!(refused, MoveError::InUse), "{refused}"),
        Engine::Postgresql => assert!(matches!(refused, MoveError::Served(1)), "{refused}"),
    }
    let said = serving.claim_now("say that it ends", |tx| instances::leave(tx, &own));
    said.expect("said");
    drop(serving);
    move_all().expect("nobody is left");
}
