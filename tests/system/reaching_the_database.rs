//! A database that is restarted, that is reached through a pooler, that has a copy, and that comes
//! back older than the world.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use fairdraw::app::App;
use fairdraw::entry::Seen;
use fairdraw::log;
use fairdraw::platform::clock::{Clock, DAY, MINUTE, Timestamp};
use fairdraw::platform::db::instances::{self, Instance};
use fairdraw::platform::db::{self, Db, ReplicaSetting, Target, Ways, copy};
use lucky_draw::verify::{Options, verify_bytes};
use rocket::http::Status;

use crate::support::app::{TestApp, vault};
use crate::support::database::counted;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::postgres::{Bouncer, Cluster, Standby, cluster};
use crate::support::sites::until;
use crate::support::vault::{Program, open_now};
use crate::support::{Engine, TestDatabase};

on_both! {
    a_database_that_lost_entries_takes_no_more_and_is_only_cancelled,
}

const SOON: Duration = Duration::from_secs(60);

#[derive(diesel::QueryableByName)]
struct Truth {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    yes: bool,
}

/// How often the statements of a connection were planned anew, and how often by a plan that was kept.
#[derive(diesel::QueryableByName)]
struct Plans {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    kept: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    fresh: i64,
}

#[test]
fn no_plan_is_kept_from_the_time_when_a_table_was_empty() {
    let site = TestDatabase::fresh(Engine::Postgresql);
    let db = site.open(&Clock::system());
    let planned = db.read_now("ask often", |tx| {
        for _ in 0..10 {
            log::find(tx, "none", "none")?;
        }
        let sum = "SELECT coalesce(sum(generic_plans), 0)::bigint AS kept, \
                   coalesce(sum(custom_plans), 0)::bigint AS fresh FROM pg_prepared_statements";
        let sums: Vec<Plans> = diesel::sql_query(sum)
            .load(tx.conn())
            .map_err(db::Error::from)?;
        Ok::<_, log::Error>(sums)
    });
    let planned = planned.expect("asked");
    let [plans] = planned.as_slice() else {
        panic!("one line of sums");
    };
    assert!(plans.fresh >= 10, "{}", plans.fresh);
    assert_eq!(plans.kept, 0);
}

#[test]
fn while_the_database_restarts_pages_say_so_and_come_back_by_themselves() {
    let (site, question) = open_now(Engine::Postgresql);
    let server = Cluster::own();
    let name = server.create_empty();
    let moved = site.data().join("moved");
    site.open(&Clock::system())
        .copy_into(&moved)
        .expect("copied");
    let target = Target::Postgres(server.url(&name));
    copy::put_back(&target, &moved).expect("put back");
    let web = Program::start_with(&site, |command| {
        command.env("FAIRDRAW_DATABASE_URL", server.url(&name));
    });
    let mut receipts = BTreeSet::new();
    receipts.insert(web.enter(&Patron::number(1), &question).html);

    // Every connection dies, and the server is back before anybody asks.
    server.control("restart");
    let page = web.visitor().get("/a/summer-2024/enter");
    assert_eq!(page.status, Status::Ok, "{}", web.printed().join("\n"));
    receipts.insert(web.enter(&Patron::number(2), &question).html);

    server.control("stop");
    let visitor = web.visitor();
    let page = visitor.get("/a/summer-2024");
    assert_eq!(page.status, Status::ServiceUnavailable);
    assert!(page.html.contains("系統暫時無法使用"), "{}", page.html);
    let header = |name: &str| page.headers.iter().any(|(own, _)| own == name);
    assert!(header("retry-after"));
    server.control("start");
    let took = until(SOON, "the page after the restart", || {
        visitor.get("/a/summer-2024").status == Status::Ok
    });
    println!("pages were back {took:?} after the database");
    assert!(took < Duration::from_secs(5), "{took:?}");
    receipts.insert(web.enter(&Patron::number(3), &question).html);
    let db = Db::open(target, Clock::system()).expect("opens");
    assert_eq!(receipts.len(), 3);
    assert_eq!(counted(&db, "SELECT count(*) AS n FROM tickets"), 3);
    assert_eq!(
        counted(&db, "SELECT max(position) AS n FROM commitments"),
        2
    );
}

#[test]
fn the_whole_life_of_a_draw_passes_through_a_pooler_that_keeps_no_session() {
    let bouncer = Bouncer::before(cluster());
    let life = Life::published(Engine::Postgresql, |config| {
        config.pooler_url = bouncer.url(&config.database_url);
    });
    for n in 0..5 {
        life.enter(&Patron::number(n));
    }
    drop(life.draw());
    let report = verify_bytes(&life.bundle(), &Options::default());
    assert_eq!(report.exit_code(), 0, "{report:?}");
    life.app.go_to(ROUND_TIME.plus(400 * DAY));
    let db = &life.app.app.db;
    let purged = "SELECT count(*) AS n FROM activities WHERE stage = 'purged'";
    assert_eq!(counted(db, purged), 1);
    assert_eq!(counted(db, "SELECT count(*) AS n FROM entries"), 0);
    // It was the way that everything took.
    drop(bouncer);
    assert!(db.read_now("look", instances::living).is_err());
}

#[test]
fn public_pages_are_read_from_a_copy_that_is_young_and_else_from_the_database() {
    let server = Cluster::own();
    let name = server.create();
    let standby = Standby::of(&server);
    let clock = Clock::standing_at(Timestamp(1_800_000_000_000));
    let ways = Ways {
        pooler: None,
        replica: Some(ReplicaSetting {
            url: standby.url(&name),
            lag: 10,
        }),
    };
    let db = Db::open_over(Target::Postgres(server.url(&name)), &ways, clock.clone());
    let db = db.expect("opens");
    let own = Instance::starting(clock.now());
    let alive = || {
        db.claim_now("alive", |tx| instances::alive(tx, &own))
            .expect("stored");
    };
    let from_copy = || {
        let read = db.read_public_now("where am I", |tx| {
            let query = diesel::sql_query("SELECT pg_is_in_recovery() AS yes");
            let rows: Vec<Truth> = query.load(tx.conn())?;
            Ok::<_, db::Error>(rows.first().is_some_and(|row| row.yes))
        });
        read.expect("read from one or the other")
    };
    assert!(!from_copy(), "nobody has said how old the copy is");
    alive();
    until(SOON, "the copy is young", from_copy);
    // What was said last is a minute old by now.
    clock.advance(MINUTE);
    until(SOON, "the copy is too old", || !from_copy());
    alive();
    until(SOON, "the copy is young again", from_copy);
    standby.control("stop");
    assert!(!from_copy(), "nobody waits for a copy that is away");
    until(SOON, "the database itself", || !from_copy());
    standby.control("start");
    until(SOON, "the copy is back", from_copy);
}

fn a_database_that_lost_entries_takes_no_more_and_is_only_cancelled(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let app = &life.app.app;
    life.enter(&Patron::number(1));
    app.run_jobs().expect("due jobs can be read");
    let folder = tempfile::tempdir().expect("a folder");
    let yesterday = folder.path().join("yesterday");
    app.db.copy_into(&yesterday).expect("copied");
    for n in 2..5 {
        life.enter(&Patron::number(n));
    }
    let told = Seen::default().tell(&app.db, &app.vault);
    assert_eq!(told.expect("told"), 1);
    let clock = app.db.clock().clone();
    let (database, config) = life.app.stopped();
    copy::put_back(&database.target(), &yesterday).expect("put back");

    let app = TestApp::over(engine, database, config, &clock);
    let visitor = app.visitor();
    let page = visitor.get("/a/summer-2024/enter");
    assert!(page.html.contains("這個活動暫停報名"), "{}", page.html);
    assert!(
        !page
            .html
            .contains("<form method=\"post\" action=\"/a/summer-2024/enter\"")
    );
    let staff = app.visitor();
    let page = staff.get("/staff/sign-in");
    let name = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    staff.send(&page, "/staff/sign-in", &name);
    let desk = staff.get("/staff");
    assert!(desk.html.contains("紀錄比收據舊"), "{}", desk.mistakes());
    // Nothing is closed and nothing drawn, however late it gets.
    app.go_to(ROUND_TIME.plus(MINUTE));
    let going = "SELECT count(*) AS n FROM activities WHERE stage = 'open' AND halted_at > 0";
    assert_eq!(counted(&app.app.db, going), 1);
    // And one instance that starts later finds the same.
    let (database, config) = app.stopped();
    let keys = vault(engine, &config).expect("opens");
    let again = App::open(config, clock, keys).expect("opens");
    assert_eq!(counted(&again.db, going), 1);
    drop((again, database));
}

/// As domains have it: what they pass on stands in the place of ours.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Database(#[from] db::Error),
}

/// The server ends the connection in the middle of a commit.
const ENDS_AT_COMMIT: &str = "
    CREATE TABLE probe (id BIGINT PRIMARY KEY);
    CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER ends AFTER INSERT ON probe DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION end_it()";

#[test]
fn what_was_lost_in_its_commit_is_not_done_a_second_time() {
    let database = TestDatabase::fresh(Engine::Postgresql);
    let db = database.open(&Clock::system());
    let made: Result<(), db::Error> = db.write_now("prepare", |tx| {
        Ok(tx.conn().batch_execute(ENDS_AT_COMMIT)?)
    });
    made.expect("a table");
    let times = Cell::new(0);

    let stored: Result<(), Refused> = db.write_now("lost in its commit", |tx| {
        times.set(times.get() + 1);
        let row = "INSERT INTO probe VALUES (1)";
        Ok(tx.conn().batch_execute(row).map_err(db::Error::from)?)
    });

    assert!(
        matches!(stored, Err(Refused::Database(db::Error::Undecided(_)))),
        "{stored:?}"
    );
    assert_eq!(times.get(), 1);
}
