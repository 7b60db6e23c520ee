//! Many people press the button at one moment: groups, double clicks, a full queue, a close.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use fairdraw::platform::clock::{Clock, DAY};
use fairdraw::platform::db::{self, Db, GroupVerb, Outcomes, Target, Tx, Writer};
use fairdraw::{draw, log};
use lucky_draw::tree::{MemoryTree, leaf_hash};
use rocket::http::Status;
use rocket::tokio;

use crate::support::at_once::{encoded, post_all};
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::postgres::Cluster;
use crate::support::{Engine, TestDatabase};

on_both! {
    a_town_that_presses_send_at_once_gets_a_place_each,
    one_form_sent_many_times_at_once_is_one_entry,
    an_entry_comes_before_the_close_or_not_at_all,
    whoever_is_refused_undoes_nobody_else,
    a_group_that_cannot_be_stored_as_one_is_stored_one_by_one,
    a_full_queue_says_so_at_once_and_loses_nobody_who_waits,
    a_fault_of_one_command_is_told_and_the_next_is_taken,
}

impl Life {
    /// The body that a patron sends from the check page.
    fn checked(&self, patron: &Patron) -> String {
        let visitor = self.app.visitor();
        let check = self.check_page(&visitor, patron, &[]);
        encoded(&check.form("/a/summer-2024/check"))
    }

    fn log(&self) -> (log::Log, Vec<lucky_draw::encode::Hash>) {
        self.app
            .app
            .db
            .read_now("log", |tx| {
                let log = log::find(tx, &self.activity, &self.draw)?.expect("there is a log");
                let leaves = log::commitments(tx, &log)?;
                Ok::<_, log::Error>((log, leaves))
            })
            .expect("the log can be read")
    }

    /// The log holds so many leaves, its root and its checkpoint are of them.
    fn log_holds(&self, leaves: usize) {
        let (log, found) = self.log();
        assert_eq!(found.len(), leaves);
        assert_eq!(log.size, leaves as u64);
        let mut tree = MemoryTree::new();
        for leaf in &found {
            tree.push(leaf_hash(leaf.as_bytes()));
        }
        assert_eq!(log.root, tree.root());
        assert!(log.checkpoint.contains(&log::checkpoint_text(&log)));
    }
}

fn a_town_that_presses_send_at_once_gets_a_place_each(engine: Engine) {
    const TOWN: u64 = 40;
    let life = Life::published(engine, |_| {});
    let bodies = (0..TOWN).map(|n| life.checked(&Patron::number(n)));
    let forms: Vec<_> = bodies.map(|body| ("/a/summer-2024/check", body)).collect();
    let before = life.app.app.writer.load().commands();

    let answers = post_all(&life.app.app, &forms);

    for answer in &answers {
        assert_eq!(answer.status, Status::SeeOther, "{answer:?}");
        assert!(answer.location.ends_with("/receipt"), "{answer:?}");
    }
    life.log_holds(40);
    let load = life.app.app.writer.load();
    assert_eq!(load.commands() - before, 40);
    assert_eq!((load.waiting(), load.crowded()), (0, 0));
}

fn one_form_sent_many_times_at_once_is_one_entry(engine: Engine) {
    let life = Life::published(engine, |_| {});
    let body = life.checked(&Patron::number(1));
    let forms = vec![("/a/summer-2024/check", body); 12];

    let answers = post_all(&life.app.app, &forms);

    assert!(
        answers
            .iter()
            .all(|answer| answer.status == Status::SeeOther),
        "{answers:?}"
    );
    life.log_holds(1);
}

fn an_entry_comes_before_the_close_or_not_at_all(engine: Engine) {
    let life = Life::published(engine, |_| {});
    let app = &life.app.app;
    // The last moment of entry, and the close a moment later, beside each other.
    let closes_at = ROUND_TIME.plus(-2 * DAY);
    life.app.go_to(closes_at.plus(-1));
    let bodies = (0..24).map(|n| life.checked(&Patron::number(n)));
    let forms: Vec<_> = bodies.map(|body| ("/a/summer-2024/check", body)).collect();
    let answers = thread::scope(|scope| {
        let closing = scope.spawn(|| {
            while app.writer.load().commands() == 0 {
                thread::yield_now();
            }
            app.db.clock().stand_at(closes_at);
            app.run_jobs().expect("due jobs can be read");
        });
        let answers = post_all(app, &forms);
        closing.join().expect("the close goes through");
        answers
    });
    let taken = answers
        .iter()
        .filter(|answer| answer.status == Status::SeeOther)
        .count();
    let late = answers
        .iter()
        .filter(|answer| answer.status == Status::Conflict)
        .count();
    assert_eq!(taken + late, 24, "{answers:?}");
    assert!(taken > 0);
    life.log_holds(taken);
    let close = app
        .db
        .read_now("close note", |tx| {
            let activity = fairdraw::activity::ActivityId(life.activity.clone());
            draw::note(tx, &activity, &life.draw, "close-0.note")
        })
        .expect("it can be read")
        .expect("the list is closed");
    assert!(
        close.note.contains(&format!("\nsize {taken}\n")),
        "{taken} were taken, and the close says: {}",
        close.note
    );
}

/// What a person was told is there when the server of the database has fallen and come back.
#[test]
fn a_server_that_fell_holds_everybody_who_was_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let passable = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(folder.path(), passable).expect("our own folder");
    let server = Cluster::within(
        folder.path(),
        &[
            "fsync = on",
            "full_page_writes = on",
            "synchronous_commit = on",
        ],
    );
    let name = server.create();
    let url = server.url(&name);
    let life = Life::published(Engine::Postgresql, |config| config.database_url = url);
    let bodies = (0..5).map(|n| life.checked(&Patron::number(n)));
    let forms: Vec<_> = bodies.map(|body| ("/a/summer-2024/check", body)).collect();
    let answers = post_all(&life.app.app, &forms);
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == Status::SeeOther),
        "{answers:?}"
    );

    server.falls();
    let own = server.data().join("..").canonicalize().expect("its folder");
    let server = Cluster::over(&own);

    let db = Db::open(Target::Postgres(server.url(&name)), Life::clock()).expect("it opens");
    let leaves = db.read_now("log", |tx| {
        let log = log::find(tx, &life.activity, &life.draw)?.expect("there is a log");
        log::commitments(tx, &log)
    });
    assert_eq!(leaves.expect("readable").len(), 5);
}

/// A verb of the tests: numbers that are there once, and some that have a meaning.
struct Numbers {
    applied: AtomicUsize,
    gate: Arc<Gate>,
}

/// Holds whoever comes to it until it is opened.
#[derive(Default)]
struct Gate {
    waits: Mutex<(bool, usize)>,
    changed: Condvar,
}

impl Gate {
    fn pass(&self) {
        let mut waits = self.waits.lock().expect("no panic");
        waits.1 += 1;
        self.changed.notify_all();
        while !waits.0 {
            waits = self.changed.wait(waits).expect("no panic");
        }
    }

    fn somebody_waits(&self) {
        let mut waits = self.waits.lock().expect("no panic");
        while waits.1 == 0 {
            waits = self.changed.wait(waits).expect("no panic");
        }
    }

    fn open(&self) {
        self.waits.lock().expect("no panic").0 = true;
        self.changed.notify_all();
    }
}

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("odd")]
    Odd,
    #[error(transparent)]
    Db(#[from] db::Error),
}

const PANICS: i64 = 666;
const WAITS: i64 = 1_000;

impl GroupVerb for Numbers {
    type Command = i64;
    type Accepted = i64;
    type Error = Refused;
    const NAME: &'static str = "numbers";

    fn apply(&self, tx: &mut Tx, group: &[i64]) -> Result<Outcomes<Numbers>, Refused> {
        self.applied.fetch_add(group.len(), Ordering::SeqCst);
        let mut outcomes = Vec::new();
        for number in group {
            assert_ne!(*number, PANICS, "as told");
            if *number == WAITS {
                self.gate.pass();
            }
            if number % 2 == 1 {
                outcomes.push(Err(Refused::Odd));
                continue;
            }
            diesel::sql_query(format!("INSERT INTO numbers VALUES ({number})"))
                .execute(tx.conn())
                .map_err(db::Error::from)?;
            outcomes.push(Ok(*number));
        }
        Ok(outcomes)
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

struct Bench {
    _database: TestDatabase,
    db: Db,
    writer: Arc<Writer<Numbers>>,
    gate: Arc<Gate>,
}

impl Bench {
    fn new(engine: Engine) -> Bench {
        let database = TestDatabase::fresh(engine);
        let db = Db::open(database.target(), Clock::default()).expect("opens");
        db.write_now("table", |tx| {
            let table = "CREATE TABLE numbers (n BIGINT PRIMARY KEY)";
            Ok::<_, db::Error>(tx.conn().batch_execute(table)?)
        })
        .expect("a table");
        let gate = Arc::new(Gate::default());
        let verb = Numbers {
            applied: AtomicUsize::new(0),
            gate: gate.clone(),
        };
        let writer = Arc::new(Writer::new(db.clone(), verb).expect("a thread"));
        Bench {
            _database: database,
            db,
            writer,
            gate,
        }
    }

    /// Submits these in one group: the first holds the writer until all of them wait.
    fn together(&self, numbers: &[i64]) -> Vec<Result<i64, Refused>> {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let submit = |number: i64| {
                let writer = self.writer.clone();
                tokio::spawn(async move { writer.submit(number).await })
            };
            let first = submit(WAITS);
            let gate = self.gate.clone();
            tokio::task::spawn_blocking(move || gate.somebody_waits())
                .await
                .expect("no panic");
            let mut all = Vec::new();
            for number in numbers {
                all.push(submit(*number));
                // In this order: the queue is that of the callers.
                while self.writer.load().waiting() + self.writer.load().crowded() < all.len() + 1 {
                    tokio::task::yield_now().await;
                }
            }
            self.gate.open();
            first.await.expect("no panic").expect("stored");
            let mut outcomes = Vec::new();
            for each in all {
                outcomes.push(each.await.expect("no panic"));
            }
            outcomes
        })
    }

    fn stored(&self) -> BTreeSet<i64> {
        self.db
            .read_now("numbers", |tx| {
                let rows: Vec<Number> = diesel::sql_query("SELECT n FROM numbers")
                    .load(tx.conn())
                    .map_err(db::Error::from)?;
                Ok::<_, db::Error>(rows.into_iter().map(|row| row.n).collect())
            })
            .expect("readable")
    }
}

fn whoever_is_refused_undoes_nobody_else(engine: Engine) {
    let bench = Bench::new(engine);

    let outcomes = bench.together(&[2, 3, 4]);

    assert!(matches!(outcomes[..], [Ok(2), Err(Refused::Odd), Ok(4)]));
    assert_eq!(bench.stored(), BTreeSet::from([WAITS, 2, 4]));
    // The one that was waited for, and the other three together.
    assert_eq!(bench.writer.load().groups(), 2);
}

fn a_group_that_cannot_be_stored_as_one_is_stored_one_by_one(engine: Engine) {
    let bench = Bench::new(engine);

    // The second 4 is refused by the table, which undoes what came before it in the statement's
    // transaction.
    let outcomes = bench.together(&[2, 4, 4, 3, 6]);

    assert!(
        matches!(
            outcomes[..],
            [
                Ok(2),
                Ok(4),
                Err(Refused::Db(db::Error::Duplicate(_))),
                Err(Refused::Odd),
                Ok(6)
            ]
        ),
        "{outcomes:?}"
    );
    assert_eq!(bench.stored(), BTreeSet::from([WAITS, 2, 4, 6]));
}

fn a_full_queue_says_so_at_once_and_loses_nobody_who_waits(engine: Engine) {
    let bench = Bench::new(engine);
    let most = i64::try_from(bench.writer.load().most()).expect("a small number");
    // All even; the first of them is in the writer's hands already.
    let numbers: Vec<i64> = (0..most + 5).map(|n| 2_000 + 2 * n).collect();

    let outcomes = bench.together(&numbers);

    let crowded = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(Refused::Db(db::Error::Crowded))))
        .count();
    let taken: BTreeSet<i64> = outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().ok())
        .copied()
        .chain([WAITS])
        .collect();
    assert_eq!(crowded, 5);
    assert_eq!(outcomes.len() - crowded + 1, taken.len());
    assert_eq!(bench.stored(), taken);
    assert_eq!(bench.writer.load().crowded(), 5);
}

fn a_fault_of_one_command_is_told_and_the_next_is_taken(engine: Engine) {
    let bench = Bench::new(engine);

    let outcomes = bench.together(&[PANICS]);
    assert!(matches!(
        outcomes[..],
        [Err(Refused::Db(db::Error::Stopped))]
    ));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let next = runtime.block_on(bench.writer.submit(8));
    assert!(matches!(next, Ok(8)), "{next:?}");
    assert_eq!(bench.stored(), BTreeSet::from([WAITS, 8]));
}
