//! The steps of a purge: killed, held up, and gone on with.

use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Text};
use fairdraw::activity::ActivityId;
use fairdraw::platform::clock::DAY;
use fairdraw::platform::db::compaction::Holdup;
use fairdraw::platform::db::{self, Conn, Target, Tx};
use fairdraw::purge::{self, Purger, Step};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::life::{Life, Patron, ROUND_TIME};

on_both! {
    a_reader_makes_the_purge_not_final_and_never_zero,
    every_table_has_its_fate,
}

#[derive(QueryableByName)]
struct Sealed {
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// A draw that three people entered and that was called off; its data is due to go.
fn called_off(engine: Engine) -> Life {
    let life = Life::published(engine, |_| ());
    for n in 0..3 {
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

fn purger(life: &Life, patience: Duration) -> Purger {
    let app = &life.app.app;
    Purger {
        patience,
        ..Purger::new(&app.db, &app.vault, &app.config)
    }
}

fn activity(life: &Life) -> ActivityId {
    ActivityId(life.activity.clone())
}

/// Enough for whoever else uses the cluster to end, and not enough for a test that waits in vain.
const PATIENT: Duration = Duration::from_secs(20);
const BRIEF: Duration = Duration::from_millis(100);

/// The middle of every sealed box, as it lies in a file of rows.
fn sealed(life: &Life) -> Vec<Vec<u8>> {
    let rows: Result<Vec<Sealed>, db::Error> = life.app.app.db.read_now("read boxes", |tx| {
        Ok(diesel::sql_query("SELECT sealed FROM vault_items").load(tx.conn())?)
    });
    let rows = rows.expect("boxes can be read");
    assert!(
        rows.len() >= 6,
        "three people, a contact and an answer each"
    );
    rows.iter()
        .map(|row| row.sealed[60..100].to_vec())
        .collect()
}

/// How many of the boxes lie in the files of this database's tables.
fn in_files(life: &Life, boxes: &[Vec<u8>]) -> usize {
    let mut bytes = Vec::new();
    for place in life.app.database.places() {
        // What all databases of a cluster share holds the write-ahead log, which only its operator
        // can end.
        let is_ours = place.starts_with(life.app.database.data())
            || place
                .parent()
                .is_some_and(|folder| folder.ends_with("base"));
        if is_ours {
            read_all(&place, &mut bytes);
        }
    }
    let lies = |needle: &&Vec<u8>| {
        bytes
            .windows(needle.len())
            .any(|own| own == needle.as_slice())
    };
    boxes.iter().filter(lies).count()
}

fn read_all(path: &Path, into: &mut Vec<u8>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            read_all(&entry.path(), into);
        }
    } else {
        into.extend(std::fs::read(path).unwrap_or_default());
    }
}

/// Somebody outside of Fairdraw who has a transaction open, and has read another table only.
fn reader(life: &Life) -> Conn {
    let mut conn = match life.app.database.target() {
        Target::Sqlite(path) => Conn::Sqlite(
            SqliteConnection::establish(&path.to_string_lossy()).expect("the file opens"),
        ),
        Target::Postgres(url) => {
            Conn::Postgres(PgConnection::establish(&url).expect("the cluster accepts connections"))
        }
    };
    let begin = match &conn {
        Conn::Sqlite(_) => "BEGIN",
        Conn::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ",
    };
    conn.batch_execute(begin).expect("a transaction begins");
    conn.batch_execute("SELECT count(*) FROM site_settings")
        .expect("a table can be read");
    conn
}

fn a_reader_makes_the_purge_not_final_and_never_zero(engine: Engine) {
    let life = called_off(engine);
    let boxes = sealed(&life);
    let mut reader = reader(&life);

    let held = purger(&life, BRIEF).run(&activity(&life));

    // A prepared transaction of another test in the cluster may be named first.
    assert!(matches!(held, Err(purge::Error::Busy(_))), "{held:?}");
    // The answer was right: what was deleted is still there for the reader, and so in the files.
    assert!(
        in_files(&life, &boxes) > 0,
        "the control finds what is there"
    );
    let page = life.app.visitor().get("/a/summer-2024/purge");
    assert!(
        page.text("main").contains("清理檔案"),
        "{}",
        page.text("main")
    );
    assert!(
        !page.html.contains("fairdraw purge certificate"),
        "no certificate"
    );

    reader.batch_execute("ROLLBACK").expect("the reader ends");
    let purge = purger(&life, PATIENT).run(&activity(&life));

    assert_eq!(purge.expect("nothing holds it up").step, Step::Done);
    assert_eq!(in_files(&life, &boxes), 0);
    let page = life.app.visitor().get("/a/summer-2024/purge");
    assert!(page.html.contains("fairdraw purge certificate"));
}

/// A prepared transaction outlives its connection and is in no list of readers.
#[test]
fn a_prepared_transaction_holds_the_purge_up() {
    let life = called_off(Engine::Postgresql);
    let boxes = sealed(&life);
    let mut other = reader(&life);
    other
        .batch_execute(
            "ROLLBACK; BEGIN; INSERT INTO site_settings VALUES ('other', ''); \
             PREPARE TRANSACTION 'of somebody else'",
        )
        .expect("a transaction is prepared");

    let held = purger(&life, BRIEF).run(&activity(&life));

    // Others share the cluster: their numbers wait for this one too, so it ends soon.
    let found = in_files(&life, &boxes);
    other
        .batch_execute("ROLLBACK PREPARED 'of somebody else'")
        .expect("it ends");
    assert!(
        matches!(held, Err(purge::Error::Busy(Holdup::Prepared))),
        "{held:?}"
    );
    assert!(found > 0, "the control finds what is there");
    let purge = purger(&life, PATIENT).run(&activity(&life));
    assert_eq!(purge.expect("nothing holds it up").step, Step::Done);
    assert_eq!(in_files(&life, &boxes), 0);
}

/// What PostgreSQL sampled of rows is compressed: no search of bytes finds it.
#[test]
fn samples_do_not_outlive_their_rows() {
    let life = called_off(Engine::Postgresql);
    let db = &life.app.app.db;
    let analyse = |tx: &mut Tx| -> Result<(), db::Error> {
        Ok(tx
            .conn()
            .batch_execute("ANALYZE entries, tickets, vault_items")?)
    };
    db.write_now("analyse", analyse)
        .expect("the owner analyses");
    let sampled = || -> Vec<String> {
        let rows: Result<Vec<Name>, db::Error> = db.read_now("read samples", |tx| {
            let query = "SELECT tablename || '.' || attname AS name FROM pg_stats \
                 WHERE tablename IN ('entries', 'tickets', 'vault_items')";
            Ok(diesel::sql_query(query).load(tx.conn())?)
        });
        let rows = rows.expect("samples can be read");
        rows.into_iter().map(|row| row.name).collect()
    };
    let before = sampled();
    assert!(before.contains(&"entries.id".to_owned()), "{before:?}");
    for bytes in ["entries.lookup", "tickets.tag", "vault_items.sealed"] {
        assert!(!before.contains(&bytes.to_owned()), "{before:?}");
    }

    let purge = purger(&life, PATIENT).run(&activity(&life));

    assert_eq!(purge.expect("nothing holds it up").step, Step::Done);
    assert_eq!(sampled(), Vec::<String>::new());
}

fn every_table_has_its_fate(engine: Engine) {
    let life = crate::support::TestDatabase::fresh(engine);
    let db = life.open(&Life::clock());
    let query = match engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Engine::Postgresql => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'"
        }
    };
    let rows: Result<Vec<Name>, db::Error> = db.read_now("list tables", |tx| {
        Ok(diesel::sql_query(query).load(tx.conn())?)
    });
    let mut tables: Vec<String> = rows
        .expect("tables can be listed")
        .into_iter()
        .map(|row| row.name)
        .filter(|name| !name.starts_with("sqlite_") && !name.starts_with("__diesel"))
        .collect();
    let mut known: Vec<String> = purge::ROOMS
        .iter()
        .flat_map(|room| room.tables)
        .map(|table| (*table).to_owned())
        .collect();
    tables.sort();
    known.sort();

    assert_eq!(
        known, tables,
        "each table once in purge::ROOMS: decide what becomes of it when its activity ends"
    );
}
