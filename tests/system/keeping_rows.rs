//! What the database promises to every domain, on both engines.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use fairdraw::platform::clock::{Clock, Timestamp};
use fairdraw::platform::db::{self, Db, MigrateError, Tx};

use crate::support::{Engine, TestDatabase};

on_both! {
    a_unit_of_work_that_fails_leaves_nothing,
    a_row_that_exists_is_refused_as_a_duplicate,
    records_of_the_journal_and_the_audit_cannot_be_changed,
    tables_of_a_newer_version_are_left_untouched,
    two_writers_lose_nothing,
    two_databases_do_not_share_rows,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

fn now() -> Clock {
    Clock::standing_at(Timestamp::from_unix(1_790_000_000))
}

fn count(db: &Db, table: &str) -> i64 {
    let query = format!("SELECT count(*) AS n FROM {table}");
    let counted: Result<Count, db::Error> = db.read_now("count rows", |tx| {
        Ok(diesel::sql_query(&query).get_result(tx.conn())?)
    });
    counted.expect("every table can be counted").n
}

fn run(tx: &mut Tx, statement: &str) -> Result<(), db::Error> {
    Ok(tx.conn().batch_execute(statement)?)
}

const PROBE: &str = "CREATE TABLE probe (id TEXT PRIMARY KEY, n BIGINT NOT NULL)";

fn with_probe(database: &TestDatabase) -> Db {
    let db = database.open(&now());
    db.write_now("create probe", |tx| run(tx, PROBE))
        .expect("a table can be made");
    db
}

fn a_unit_of_work_that_fails_leaves_nothing(engine: Engine) {
    let database = TestDatabase::fresh(engine);
    let db = with_probe(&database);

    let refused = db.write_now("insert, then fail", |tx| {
        run(tx, "INSERT INTO probe VALUES ('a', 1)")?;
        run(tx, "INSERT INTO no_such_table VALUES (1)")
    });

    assert!(matches!(refused, Err(db::Error::Query(_))));
    assert_eq!(count(&db, "probe"), 0);
}

fn a_row_that_exists_is_refused_as_a_duplicate(engine: Engine) {
    let database = TestDatabase::fresh(engine);
    let db = with_probe(&database);
    let insert = |tx: &mut Tx| run(tx, "INSERT INTO probe VALUES ('a', 1)");

    db.write_now("first", insert).expect("the table is empty");
    let second = db.write_now("second", insert);

    assert!(matches!(second, Err(db::Error::Duplicate(_))));
    assert_eq!(count(&db, "probe"), 1);
}

fn records_of_the_journal_and_the_audit_cannot_be_changed(engine: Engine) {
    let database = TestDatabase::fresh(engine);
    let db = database.open(&now());
    // SQLite guards each row, so there must be one.
    let audit = match engine {
        Engine::Sqlite => {
            "INSERT INTO audit_records VALUES (0, 0, '', '', '', '', '', '', x'00', x'00')"
        }
        Engine::Postgresql => {
            "INSERT INTO audit_records VALUES (0, 0, '', '', '', '', '', '', '', '')"
        }
    };
    let written: Result<(), db::Error> = db.write_now("write", |tx| {
        run(tx, audit)?;
        run(tx, "INSERT INTO journal_notes VALUES (0, 'note', 0)")
    });
    written.expect("rows can be added");

    for change in [
        "UPDATE journal_notes SET note = 'other'",
        "DELETE FROM journal_notes",
        "UPDATE audit_records SET actor = 'other'",
        "DELETE FROM audit_records",
    ] {
        let refused = db.write_now("change", |tx| run(tx, change));
        assert!(matches!(refused, Err(db::Error::Query(_))), "{change}");
    }
}

fn tables_of_a_newer_version_are_left_untouched(engine: Engine) {
    let database = TestDatabase::fresh(engine);
    let db = database.open(&now());
    db.write_now("pretend to be newer", |tx| {
        run(
            tx,
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')",
        )
    })
    .expect("the table of migrations can be written");
    drop(db);

    let reopened = Db::open(database.target(), now());

    let Err(MigrateError::UnknownSchema { version }) = reopened else {
        panic!("a newer schema was opened");
    };
    assert_eq!(version, "29991231000000");
}

fn two_writers_lose_nothing(engine: Engine) {
    let database = TestDatabase::fresh(engine);
    let db = with_probe(&database);
    db.write_now("start at zero", |tx| {
        run(tx, "INSERT INTO probe VALUES ('a', 0)")
    })
    .expect("the table is empty");

    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    db.write_now("add one", |tx| {
                        let read: Count = diesel::sql_query("SELECT n FROM probe WHERE id = 'a'")
                            .get_result(tx.conn())?;
                        run(
                            tx,
                            &format!("UPDATE probe SET n = {} WHERE id = 'a'", read.n + 1),
                        )
                    })
                    .expect("a conflict is tried again");
                }
            });
        }
    });

    let total: Result<Count, db::Error> = db.read_now("read", |tx| {
        Ok(diesel::sql_query("SELECT n FROM probe").get_result(tx.conn())?)
    });
    assert_eq!(total.expect("the row is there").n, 20);
}

fn two_databases_do_not_share_rows(engine: Engine) {
    let one = TestDatabase::fresh(engine);
    let other = TestDatabase::fresh(engine);
    let here = with_probe(&one);
    let there = with_probe(&other);

    here.write_now("insert", |tx| run(tx, "INSERT INTO probe VALUES ('a', 1)"))
        .expect("the table is empty");

    assert_eq!((count(&here, "probe"), count(&there, "probe")), (1, 0));
}
