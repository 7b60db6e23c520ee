//! The steps of a purge: killed, held up, and gone on with.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Text};
use fairdraw::activity::ActivityId;
use fairdraw::platform::clock::{DAY, HOUR, Timestamp};
use fairdraw::platform::db::compaction::Holdup;
use fairdraw::platform::db::{self, Conn, Target, Tx};
use fairdraw::purge::{self, Purger, Step};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::TestApp;
use crate::support::database::counted;
use crate::support::killing::{Due, ERASE, PLACES, STEPS, called_off};
use crate::support::life::{Life, Patron, ROUND_TIME, draft};

on_both! {
    a_reader_makes_the_purge_not_final_and_never_zero,
    people_of_a_large_activity_leave_together_and_others_stay,
    nobody_leaves_where_a_row_would_refer_to_none,
    what_comes_while_the_files_wait_goes_too,
    every_table_has_its_fate,
    a_purge_killed_at_any_step_goes_on,
    a_draw_whose_randomness_never_came_is_purged_too,
    the_second_certificate_comes_when_the_last_copy_is_over,
    a_withdrawn_contact_is_gone_from_the_files_next_morning,
    a_database_from_before_the_purge_is_purged_again,
    the_key_over_keys_changes_every_year,
    what_the_scan_looked_for_is_gone_from_the_files_too,
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

fn purger(life: &Life, patience: Duration) -> Purger {
    Purger {
        patience,
        ..life.app.app.purger.clone()
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
    let boxes = boxes(life);
    assert!(
        boxes.len() >= 6,
        "three people, a contact and an answer each"
    );
    boxes
}

fn boxes(life: &Life) -> Vec<Vec<u8>> {
    let rows: Result<Vec<Sealed>, db::Error> = life.app.app.db.read_now("read boxes", |tx| {
        Ok(diesel::sql_query(
            "SELECT sealed FROM vault_items UNION ALL SELECT sealed FROM unlinked_answers",
        )
        .load(tx.conn())?)
    });
    let rows = rows.expect("boxes can be read");
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
        let is_ours = life.app.database.data().starts_with(&place)
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
    let life = called_off(engine, 3);
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

    let purge = purge.expect("nothing holds it up");
    assert_eq!(purge.step, Step::Done);
    // Boxes, lookup values and tags of three people, and the boxes of the made-up ones.
    assert!(purge.report.needle_count >= 3 * 4 + 8, "{:?}", purge.report);
    assert_eq!(purge.report.planted, 8);
    assert_eq!(in_files(&life, &boxes), 0);
    let page = life.app.visitor().get("/a/summer-2024/purge");
    assert!(page.html.contains("fairdraw purge certificate"));
}

/// A prepared transaction outlives its connection and is in no list of readers.
#[test]
fn a_prepared_transaction_holds_the_purge_up() {
    let life = called_off(Engine::Postgresql, 3);
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
    let life = called_off(Engine::Postgresql, 3);
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

/// Somebody is in another activity too, by rows like those of the first one here; answers with its id.
fn entered_elsewhere(life: &Life) -> String {
    let title = ("秋日閱讀抽獎", "Autumn reading draw");
    let other = draft(
        &life.staff(),
        ROUND_TIME.plus(100 * DAY),
        "autumn-2024",
        title,
    );
    let copied = [
        format!(
            "INSERT INTO entries (activity_id, id, lookup, contact_item, answers_item, notice_hash, \
             language, taken_hour, withdrawn) SELECT '{other}', id, notice_hash, contact_item, NULL, \
             notice_hash, language, taken_hour, withdrawn FROM entries \
             JOIN tickets ON entry_id = id WHERE position = 0"
        ),
        format!(
            "INSERT INTO tickets (activity_id, draw_id, position, entry_id, ticket_no, tag, bind) \
             SELECT '{other}', draw_id, position, entry_id, ticket_no, notice_hash, notice_hash \
             FROM tickets JOIN entries ON entry_id = id \
             WHERE position = 0 AND entries.activity_id = '{other}'"
        ),
        format!(
            "INSERT INTO vault_items (activity_id, id, key_scope, sealed) \
             SELECT '{other}', contact_item, 'contact', lookup FROM entries \
             WHERE activity_id = '{other}'"
        ),
    ];
    let copied = life.app.app.db.write_now("copy", |tx| {
        for statement in &copied {
            tx.conn().batch_execute(statement)?;
        }
        Ok::<_, db::Error>(())
    });
    copied.expect("the rows are copied");
    other
}

const OF_PEOPLE: [&str; 4] = ["provider_consents", "tickets", "entries", "vault_items"];

fn rows_in(life: &Life, activity: &str) -> Vec<i64> {
    let rows = OF_PEOPLE.iter();
    rows.map(|table| rows_of(life, &format!("{table} WHERE activity_id = '{activity}'")))
        .collect()
}

fn people_of_a_large_activity_leave_together_and_others_stay(engine: Engine) {
    let life = called_off(engine, 7);
    let boxes = sealed(&life);
    let other = entered_elsewhere(&life);
    let (own, others) = (rows_in(&life, &life.activity), rows_in(&life, &other));
    assert_eq!(others, [0, 1, 1, 1]);
    let together = Purger {
        many: 1,
        ..purger(&life, PATIENT)
    };

    let later = Purger {
        quiet_hour: (together.db.clock().now().0 / HOUR + 12).rem_euclid(24) as u8,
        ..together.clone()
    };
    let waits = later.run(&activity(&life));
    if matches!(engine, Engine::Sqlite) {
        // Nothing is deleted before its hour, and nothing says so.
        assert!(matches!(waits, Err(purge::Error::NotQuiet)), "{waits:?}");
        assert_eq!(rows_in(&life, &life.activity), own);
        let held = life
            .app
            .app
            .db
            .read_now("purge", |tx| purge::find(tx, &activity(&life)));
        assert_eq!(
            held.expect("readable").map(|purge| purge.step),
            Some(Step::Delete)
        );
    }
    let purge = together.run(&activity(&life)).expect("nothing holds it up");

    assert_eq!(purge.step, Step::Done);
    assert_eq!(rows_in(&life, &life.activity), [0; OF_PEOPLE.len()]);
    assert_eq!(rows_in(&life, &other), others);
    let gone = &purge.report.deleted;
    let people = own[0] + own[1] + own[2];
    assert_eq!(i64::try_from(gone.entries), Ok(people));
    assert_eq!(gone.boxes, boxes.len());
    assert_eq!(in_files(&life, &boxes), 0);
}

fn what_comes_while_the_files_wait_goes_too(engine: Engine) {
    let life = called_off(engine, 3);
    let purger = purger(&life, PATIENT);
    let mut purge = purger.begin(&activity(&life)).expect("it is due");
    while purge.step <= Step::Delete {
        purge = purger.take(&purge).expect("nothing holds it up");
    }
    let late = format!(
        "INSERT INTO planted (activity_id, item) VALUES ('{}', 'late')",
        life.activity
    );
    let added = life.app.app.db.write_now("add", |tx| {
        Ok::<_, db::Error>(tx.conn().batch_execute(&late)?)
    });
    added.expect("a row comes late");

    let purge = purger.run(&activity(&life));

    assert_eq!(purge.expect("nothing holds it up").step, Step::Done);
    assert_eq!(rows_of(&life, "planted"), 0);
}

fn nobody_leaves_where_a_row_would_refer_to_none(engine: Engine) {
    let life = called_off(engine, 3);
    let (db, before) = (&life.app.app.db, rows_in(&life, &life.activity));

    let refused = db.clear("clear", &["entries"], &life.activity, |_, _| {
        Ok::<_, db::Error>(())
    });
    let not_noted = db.clear("clear", &OF_PEOPLE, &life.activity, |_, _| {
        Err(db::Error::Stopped)
    });

    assert!(refused.is_err() && not_noted.is_err());
    assert_eq!(rows_in(&life, &life.activity), before);
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

fn a_purge_killed_at_any_step_goes_on(engine: Engine) {
    let places = PLACES.iter().rev().cycle();
    let mut with_key = 0;
    for (step, place) in STEPS.iter().zip(places) {
        let due = Due::prepared(engine);
        let killed = due.is_killed_and_goes_on(&format!("{step}:{place}"));
        with_key += usize::from(killed.key_was_there);
    }
    assert!(with_key > 0, "until it is destroyed the key is seen");
}

/// The vault's own process dies while it destroys the key.
#[test]
fn no_certificate_while_a_key_copy_exists() {
    for point in ERASE.into_iter().step_by(2) {
        Due::prepared(Engine::Sqlite).is_killed_and_goes_on(point);
    }
}

fn rows_of(life: &Life, table: &str) -> i64 {
    counted(
        &life.app.app.db,
        &format!("SELECT count(*) AS n FROM {table}"),
    )
}

fn page_of(life: &Life) -> String {
    let page = life.app.visitor().get("/a/summer-2024/purge");
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    page.text("main")
}

/// How many locks this process holds on a file (`proc_locks(5)`).
fn locks_on(file: &Path) -> usize {
    let inode = fs::metadata(file).expect("it is there").ino().to_string();
    let own = std::process::id().to_string();
    let locks = fs::read_to_string("/proc/locks").expect("Linux");
    let of_file = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.contains(&own.as_str())
            && words
                .iter()
                .any(|word| word.rsplit(':').next() == Some(&inode))
    };
    locks.lines().filter(of_file).count()
}

#[test]
fn the_search_for_traces_leaves_the_database_locked_against_other_programs() {
    let life = called_off(Engine::Sqlite, 1);
    let Target::Sqlite(file) = life.app.app.db.target().clone() else {
        unreachable!("it is SQLite");
    };
    let memory = PathBuf::from(format!("{}-shm", file.display()));
    let held = || (locks_on(&file) > 0, locks_on(&memory) > 0);
    assert_eq!(held(), (true, true));

    life.app.go_to(ROUND_TIME.plus(40 * DAY));

    assert!(page_of(&life).contains("fairdraw purge certificate/1"));
    assert_eq!(held(), (true, true));
}

fn a_draw_whose_randomness_never_came_is_purged_too(engine: Engine) {
    let life = Life::published(engine, |_| ());
    life.enter(&Patron::number(1));
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    life.app.go_to(ROUND_TIME.plus(-HOUR + 1_000));
    // The announced day: the draw may still take place, so its data stays for the grace of a month.
    life.app.go_to(ROUND_TIME.plus(41 * DAY));
    let early = life.app.visitor().get("/a/summer-2024/purge");
    assert_eq!(early.status, Status::NotFound);

    life.app.go_to(ROUND_TIME.plus(71 * DAY));

    let text = page_of(&life);
    assert!(text.contains("最後期限已到"), "{text}");
    assert!(text.contains("fairdraw purge certificate/1"), "{text}");
    let visitor = life.app.visitor();
    let note = visitor.get(&format!("/d/{}/notes/cancel.note", life.draw));
    assert!(note.html.contains("FORCE"), "{}", note.html);
    let draw = visitor.get(&format!("/d/{}", life.draw));
    assert_eq!(draw.status, Status::Ok);
    assert!(
        draw.text("main").contains("沒有可用的公共亂數"),
        "{}",
        draw.text("main")
    );
    assert_eq!(rows_of(&life, "vault_items") + rows_of(&life, "entries"), 0);
    assert_eq!(rows_of(&life, "unlinked_answers"), 0);
}

fn the_second_certificate_comes_when_the_last_copy_is_over(engine: Engine) {
    let life = called_off(engine, 1);
    let at = ROUND_TIME.plus(40 * DAY);
    life.app.go_to(at);
    let text = page_of(&life);
    assert!(text.contains("第二份證明"), "{text}");
    let file = format!("/d/{}/certificate-2.json", life.draw);
    assert_eq!(life.app.visitor().get(&file).status, Status::NotFound);
    life.app.go_to(at.plus(34 * DAY));
    assert_eq!(life.app.visitor().get(&file).status, Status::NotFound);

    life.app.go_to(at.plus(35 * DAY + HOUR));

    let second = life.app.visitor().get(&file);
    if keeps_copies(&life) {
        // On such a file system nobody can promise it, and the page says so.
        assert_eq!(second.status, Status::NotFound);
        assert!(page_of(&life).contains("不會有第二份證明"));
        return;
    }
    assert_eq!(second.status, Status::Ok);
    let read: serde_json::Value = serde_json::from_str(&second.html).expect("JSON");
    assert_eq!(read["phase"], 2);
    assert_eq!((&read["rows"], &read["key_files"]), (&0.into(), &0.into()));
    let first = life
        .app
        .visitor()
        .get(&format!("/d/{}/certificate.json", life.draw));
    let by_name = life.app.visitor().get("/a/summer-2024/certificate.json");
    assert_eq!(by_name.bytes, first.bytes);
    let page = life.app.visitor().get("/a/summer-2024/purge").html;
    for file in ["certificate.json", "certificate-2.json"] {
        assert!(page.contains(&format!("/d/{}/{file}", life.draw)), "{page}");
    }
    let hash = lucky_draw::encode::sha256(&first.bytes).to_string();
    assert_eq!(read["first"], hash.as_str());
    let note = life
        .app
        .visitor()
        .get(&format!("/d/{}/notes/purge-2.note", life.draw));
    let hash = lucky_draw::encode::sha256(&second.bytes).to_string();
    assert!(
        note.html.contains("phase 2") && note.html.contains(&hash),
        "{}",
        note.html
    );
}

fn keeps_copies(life: &Life) -> bool {
    life.app
        .app
        .vault
        .file_system()
        .expect("the vault answers")
        .keeps_copies
}

fn a_withdrawn_contact_is_gone_from_the_files_next_morning(engine: Engine) {
    let life = Life::published(engine, |_| ());
    for n in 0..2 {
        life.enter(&Patron::number(n));
    }
    let receipt = life.enter(&Patron::number(2));
    let all = boxes(&life);
    let code = receipt.text("#secret");
    withdraw(&life, &code);
    let left = boxes(&life);
    let gone: Vec<Vec<u8>> = all.into_iter().filter(|own| !left.contains(own)).collect();
    assert!(!gone.is_empty(), "the boxes of who withdrew left the table");

    // 02:30 and 03:30 in Taipei.
    let night = Timestamp((life.app.app.db.clock().now().0 / DAY + 2) * DAY - 8 * HOUR);
    life.app.go_to(night.plus(2 * HOUR + HOUR / 2));
    assert!(
        in_files(&life, &gone) > 0,
        "the control finds what is there"
    );
    life.app.go_to(night.plus(3 * HOUR + HOUR / 2));

    assert_eq!(in_files(&life, &gone), 0);
    assert_eq!(boxes(&life).len(), left.len());
}

fn withdraw(life: &Life, code: &str) {
    let person = life.app.visitor();
    let page = person.get("/entry");
    let mine = person.send(&page, "/entry", &[("code", code)]);
    assert_eq!(mine.status, Status::Ok, "{}", mine.mistakes());
    let asked = person.send(&mine, "/entry/withdraw", &[]);
    let done = person.send(&asked, "/entry/withdraw", &[("sure", "yes")]);
    assert!(done.status.code < 400, "{}", done.mistakes());
}

/// Somebody puts a copy of the database from before the purge in its place.
fn a_database_from_before_the_purge_is_purged_again(engine: Engine) {
    let life = called_off(engine, 2);
    let kept = rows_of(&life, "vault_items");
    let activity = activity(&life);
    let app = &life.app.app;
    purger(&life, PATIENT)
        .run(&activity)
        .expect("nothing holds it up");
    let certificate = life.app.visitor().get("/a/summer-2024/purge").html;
    // The copy comes back: the stage of before, the rows of before, and no trace of the purge.
    let back: Result<(), db::Error> = app.db.write_now("restore", |tx| {
        let conn = tx.conn();
        conn.batch_execute("UPDATE activities SET stage = 'cancelled'")?;
        conn.batch_execute("DELETE FROM purges")?;
        conn.batch_execute(
            "DELETE FROM draw_notes WHERE name LIKE 'purge-%' OR name LIKE 'certificate-%'",
        )?;
        conn.batch_execute(&format!(
            "INSERT INTO vault_items (activity_id, id, key_scope, sealed) \
             VALUES ('{activity}', 'came-back', 'contact', {})",
            match engine {
                Engine::Sqlite => "x'00'",
                Engine::Postgresql => "'\\x00'::bytea",
            }
        ))?;
        Ok(())
    });
    back.expect("rows can be put back");
    assert!(kept > 0);

    let tombstones = purge::tombstone::all(life.app.database.data()).expect("they can be read");
    let replayed = purge::replay(&purger(&life, PATIENT), &tombstones).expect("it is replayed");

    assert_eq!(replayed.len(), 1);
    assert_eq!((replayed[0].rows, replayed[0].is_final), (1, true));
    assert_eq!(rows_of(&life, "vault_items"), 0);
    let again = life.app.visitor().get("/a/summer-2024/purge").html;
    assert_eq!(again, certificate, "the certificate of then is back");
    let nothing = purge::replay(&purger(&life, PATIENT), &tombstones).expect("it is replayed");
    assert_eq!(nothing, Vec::new());
}

/// Purge or not, so that copies of key files on other disks grow old.
fn the_key_over_keys_changes_every_year(engine: Engine) {
    let clock = Life::clock();
    let app = TestApp::on(engine, &clock, |_| ());
    let tag_key = || {
        let keys = app.app.vault.create_activity("summer");
        keys.expect("it is made, or opens").tag_key
    };
    let made = tag_key();
    let files = || -> Vec<String> {
        let entries = std::fs::read_dir(app.app.config.keys()).expect("the key folder");
        let names = entries.map(|entry| entry.expect("a file").file_name());
        let names = names.map(|name| name.to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("kek.")).collect()
    };
    let before = files();
    assert_eq!(before.len(), 1);
    app.go_to(clock.now().plus(364 * DAY));
    assert_eq!(files(), before);
    app.go_to(clock.now().plus(2 * DAY));
    let after = files();
    assert!(after.len() == 1 && after != before, "{after:?}");
    assert_eq!(tag_key(), made, "the key of the activity is the same");
}

fn what_the_scan_looked_for_is_gone_from_the_files_too(engine: Engine) {
    let life = called_off(engine, 3);
    let purger = purger(&life, PATIENT);
    let mut purge = purger.begin(&activity(&life)).expect("it is due");
    while purge.step != Step::Scan {
        purge = purger.take(&purge).expect("nothing holds it up");
    }
    let report = &purge.report;
    let noted = report.needles.iter().chain(&report.marks);
    let noted: Vec<Vec<u8>> = noted.map(|each| each.clone().into_bytes()).collect();
    assert!(
        in_files(&life, &noted) > 0,
        "the control finds what is there"
    );

    let purge = purger.run(&activity(&life)).expect("nothing holds it up");

    assert_eq!(purge.step, Step::Done);
    assert_eq!(in_files(&life, &noted), 0);
}
