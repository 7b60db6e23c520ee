//! Who did what: every change is in the record, and a record that was changed is found.

use diesel::connection::SimpleConnection;
use fairdraw::audit::{self, Act, Actor, Break, ChainReport, Filter, Outcome};
use fairdraw::journal;
use fairdraw::platform::clock::HOUR;
use fairdraw::platform::db::{self, Db};
use rocket::http::Status;

use crate::signing_in::Library;
use crate::support::Engine;
use crate::support::life::Life;

on_both! {
    every_change_to_staff_is_recorded,
    a_record_that_nobody_touched_passes,
    a_changed_line_is_found,
    a_removed_line_is_found,
    a_line_written_anew_with_its_own_hash_is_found_at_the_next,
    acts_at_the_same_moment_make_one_chain,
    the_record_is_read_by_activity_and_page,
    the_head_is_signed_each_hour_in_which_something_happened,
    a_cut_off_end_of_the_record_is_found_by_the_signed_head,
    an_end_written_anew_is_found_by_the_signed_head,
    a_journal_that_was_changed_is_no_witness,
    update_and_delete_are_refused_by_the_database,
    a_reason_with_an_id_number_is_sent_back,
}

fn note(db: &Db, activity: &str, object: &str) {
    db.write_now("note", |tx| {
        let act = Act {
            actor: &Actor::System,
            act: "test.noted",
            activity,
            object,
            purpose: "",
            reason: "",
        };
        audit::record(tx, &act)
    })
    .expect("the act is recorded");
}

fn check(db: &Db) -> ChainReport {
    db.read_now("check", |tx| audit::verify(tx, &[]))
        .expect("the record can be read")
}

/// What somebody with the database's password could do.
fn tamper(library: &Library, engine: Engine, statement: &str) {
    tamper_with(&library.db, "audit_records", engine, statement);
}

fn tamper_with(db: &Db, table: &str, engine: Engine, statement: &str) {
    let open = match engine {
        Engine::Sqlite => {
            format!("DROP TRIGGER {table}_refuse_UPDATE; DROP TRIGGER {table}_refuse_DELETE;")
        }
        Engine::Postgresql => format!("DROP TRIGGER {table}_append_only ON {table};"),
    };
    let refused = execute(db, statement);
    assert!(refused.is_err(), "the guard is there");
    execute(db, &open).expect("whoever owns the tables can drop the guard");
    execute(db, statement).expect("and then change them");
}

fn execute(db: &Db, statement: &str) -> Result<(), db::Error> {
    db.write_now("tamper", |tx| Ok(tx.conn().batch_execute(statement)?))
}

fn every_change_to_staff_is_recorded(engine: Engine) {
    let library = Library::staffed(engine);
    let admin = library.signed_in("林主任");
    let before = library.acts().len();
    let page = admin.send(
        "/admin/staff/new",
        &[("name", "張館員"), ("role", "librarian")],
    );
    assert_eq!(page.status, Status::Ok);
    let listing = library
        .db
        .read_now("acts", |tx| audit::list(tx, &Filter::default(), 1))
        .expect("the record can be read");
    let zhang = &listing.records[0].object;
    assert!(listing.records[0].actor.starts_with("staff:"));
    for act in ["link", "disable", "enable", "end-sessions"] {
        admin.send(&format!("/admin/staff/{zhang}/{act}"), &[]);
    }
    admin.send(&format!("/admin/staff/{zhang}/role"), &[("role", "admin")]);
    admin.send("/staff/account/end-others", &[]);
    admin.send("/staff/sign-out", &[]);
    let expected = [
        "staff.invited",
        "staff.link_made",
        "staff.disabled",
        "staff.enabled",
        "staff.sessions_ended",
        "staff.roles_changed",
        "staff.sessions_ended",
        "staff.signed_out",
    ];
    assert_eq!(library.acts()[before..], expected);
}

fn a_record_that_nobody_touched_passes(engine: Engine) {
    let library = Library::empty(engine);
    assert_eq!(check(&library.db).outcome, Outcome::NotApplicable);
    for n in 0..3 {
        note(&library.db, "a1", &format!("entry {n}"));
    }
    let report = check(&library.db);
    assert_eq!((report.outcome, report.length), (Outcome::Passed, 3));
    note(&library.db, "", "");
    assert_ne!(check(&library.db).head, report.head);
}

fn a_changed_line_is_found(engine: Engine) {
    let library = Library::staffed(engine);
    for n in 0..5 {
        note(&library.db, "a1", &format!("entry {n}"));
    }
    tamper(
        &library,
        engine,
        "UPDATE audit_records SET object = 'entry 9' WHERE position = 4",
    );
    let report = check(&library.db);
    assert_eq!(report.outcome, Outcome::Failed(4, Break::Changed));
    assert_eq!(report.length, 3);

    let page = library.signed_in("林主任").open("/admin/audit/verify");
    assert!(page.text.contains("第 4 筆的內容在寫入後被改過"));
}

fn a_removed_line_is_found(engine: Engine) {
    let library = Library::empty(engine);
    for n in 0..5 {
        note(&library.db, "a1", &format!("entry {n}"));
    }
    tamper(
        &library,
        engine,
        "DELETE FROM audit_records WHERE position = 2",
    );
    assert_eq!(
        check(&library.db).outcome,
        Outcome::Failed(2, Break::Missing)
    );
    execute(
        &library.db,
        "UPDATE audit_records SET position = position - 1 WHERE position = 3",
    )
    .expect("the guard is gone");
    assert_eq!(
        check(&library.db).outcome,
        Outcome::Failed(2, Break::Unlinked)
    );
}

fn a_line_written_anew_with_its_own_hash_is_found_at_the_next(engine: Engine) {
    // Two records that differ in line 2; its honest hash is put into the first of them.
    let (library, other) = (Library::empty(engine), Library::empty(engine));
    note(&library.db, "a1", "one");
    note(&other.db, "a1", "one");
    note(&library.db, "a1", "two");
    note(&other.db, "a1", "forged");
    note(&library.db, "a1", "three");
    let forged: String = check(&other.db)
        .head
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let bytes = match engine {
        Engine::Sqlite => format!("x'{forged}'"),
        Engine::Postgresql => format!("'\\x{forged}'"),
    };
    let statement =
        format!("UPDATE audit_records SET object = 'forged', hash = {bytes} WHERE position = 2");
    tamper(&library, engine, &statement);
    assert_eq!(
        check(&library.db).outcome,
        Outcome::Failed(3, Break::Unlinked)
    );
}

fn acts_at_the_same_moment_make_one_chain(engine: Engine) {
    let library = Library::empty(engine);
    std::thread::scope(|scope| {
        for writer in 0..6 {
            let db = &library.db;
            scope.spawn(move || {
                for n in 0..10 {
                    note(db, "a1", &format!("{writer} {n}"));
                }
            });
        }
    });
    let report = check(&library.db);
    assert_eq!((report.outcome, report.length), (Outcome::Passed, 60));
}

fn the_record_is_read_by_activity_and_page(engine: Engine) {
    let library = Library::staffed(engine);
    for n in 0..60 {
        let activity = if n % 2 == 0 { "even" } else { "odd" };
        note(&library.db, activity, &format!("entry-{n}-end"));
    }
    let admin = library.signed_in("林主任");
    let newest = admin.open("/admin/audit");
    assert!(newest.text.contains("entry-59-end") && !newest.text.contains("entry-2-end"));
    assert!(
        newest.text.contains("test.noted"),
        "an act without words shows its code"
    );
    let older = admin.open("/admin/audit?page=3");
    assert!(older.text.contains("entry-2-end") && !older.text.contains("entry-59-end"));
    let odd = admin.open("/admin/audit?activity=odd&page=1");
    assert!(odd.text.contains("entry-59-end") && !odd.text.contains("entry-58-end"));
    let none = admin.open("/admin/audit?activity=%3Cscript%3E");
    assert!(none.text.contains("沒有符合的紀錄") && !none.text.contains("<script>"));
    let beyond = admin.open("/admin/audit?page=99&activity=");
    assert_eq!(beyond.status, Status::Ok);
}

fn heads(life: &Life) -> Vec<audit::Head> {
    let db = &life.app.app.db;
    db.read_now("heads", journal::heads).expect("they are read")
}

fn later(life: &Life, hours: i64) {
    let now = life.app.app.db.clock().now();
    life.app.go_to(now.plus(hours * HOUR));
}

fn newest(life: &Life) -> (i64, Vec<u8>) {
    let newest = life.app.app.db.read_now("newest", audit::newest);
    newest.expect("it is read").expect("there is a line")
}

/// A life in which a head was signed over the newest act.
fn with_a_head(engine: Engine) -> Life {
    let life = Life::published(engine, |_| {});
    for n in 0..5 {
        note(&life.app.app.db, "a1", &format!("entry {n}"));
    }
    later(&life, 1);
    let signed = heads(&life);
    let last = signed.last().expect("there is a head");
    assert_eq!((last.position, last.hash.clone()), newest(&life));
    life
}

fn outcome(life: &Life) -> Outcome {
    let db = &life.app.app.db;
    let report = db.read_now("check", |tx| {
        let heads = journal::heads(tx)?;
        Ok::<_, journal::Error>(audit::verify(tx, &heads)?)
    });
    report.expect("the record can be read").outcome
}

fn the_head_is_signed_each_hour_in_which_something_happened(engine: Engine) {
    let life = with_a_head(engine);
    let before = heads(&life).len();
    later(&life, 3);
    assert_eq!(heads(&life).len(), before, "nothing happened");
    note(&life.app.app.db, "a1", "something");
    later(&life, 1);
    let after = heads(&life);
    assert_eq!(after.len(), before + 1);
    let last = after.last().expect("a head");
    assert_eq!((last.position, last.hash.clone()), newest(&life));

    // Everybody reads it in the journal, and who checks the record is led there.
    let page = life
        .app
        .visitor()
        .get(&format!("/journal/notes/{}", last.in_journal));
    assert!(page.html.contains("稽核紀錄的鏈頭") && page.html.contains("of audit-head"));
    let admin = life.staff();
    let check = admin.get("/admin/audit/verify");
    assert!(check.html.contains("全部相符"), "{}", check.html);
    let link = format!("/journal/notes/{}", last.in_journal);
    assert!(check.html.contains(&link));
}

fn a_cut_off_end_of_the_record_is_found_by_the_signed_head(engine: Engine) {
    let life = with_a_head(engine);
    assert_eq!(outcome(&life), Outcome::Passed);
    let (position, _) = newest(&life);
    let cut = format!(
        "DELETE FROM audit_records WHERE position > {}",
        position - 2
    );
    tamper_with(&life.app.app.db, "audit_records", engine, &cut);
    assert_eq!(outcome(&life), Outcome::Failed(position - 1, Break::CutOff));
    assert_eq!(
        check(&life.app.app.db).outcome,
        Outcome::Passed,
        "it has no gap"
    );
}

fn an_end_written_anew_is_found_by_the_signed_head(engine: Engine) {
    let life = with_a_head(engine);
    let (position, _) = newest(&life);
    let cut = format!(
        "DELETE FROM audit_records WHERE position > {}",
        position - 2
    );
    tamper_with(&life.app.app.db, "audit_records", engine, &cut);
    for n in 0..4 {
        note(&life.app.app.db, "a1", &format!("forged {n}"));
    }
    assert_eq!(
        check(&life.app.app.db).outcome,
        Outcome::Passed,
        "a chain of its own"
    );
    assert_eq!(
        outcome(&life),
        Outcome::Failed(position, Break::OtherThanSigned)
    );
}

fn a_journal_that_was_changed_is_no_witness(engine: Engine) {
    let life = with_a_head(engine);
    let (db, vault) = (&life.app.app.db, &life.app.app.vault);
    let whole = || db.read_now("look", |tx| journal::is_whole(tx, vault));
    assert!(whole().expect("the journal is read"));
    let last = heads(&life).pop().expect("a head").in_journal;
    let forget = format!("DELETE FROM journal_notes WHERE position = {last}");
    tamper_with(db, "journal_notes", engine, &forget);
    assert!(!whole().expect("the journal is read"));
    let admin = life.staff();
    let check = admin.get("/admin/audit/verify");
    assert!(check.html.contains("公開紀錄本身和最後一次簽章的指紋不同"));
}

fn update_and_delete_are_refused_by_the_database(engine: Engine) {
    let life = with_a_head(engine);
    let db = &life.app.app.db;
    let (before, chain) = (newest(&life), check(db));
    for table in ["audit_records", "journal_notes"] {
        let mut statements = vec![
            format!("UPDATE {table} SET position = position + 1000"),
            format!("UPDATE {table} SET position = position WHERE position = 1"),
            format!("DELETE FROM {table}"),
            format!("DELETE FROM {table} WHERE position = 1"),
        ];
        let columns = match table {
            "audit_records" => {
                "position, at, actor, act, activity_id, object, purpose, reason, previous, hash"
            }
            _ => "position, note, written_at",
        };
        let again = format!("SELECT {columns} FROM {table} WHERE position = 1");
        statements.extend(match engine {
            Engine::Sqlite => vec![format!(
                "INSERT OR REPLACE INTO {table} ({columns}) {again}"
            )],
            Engine::Postgresql => vec![
                format!("TRUNCATE {table}"),
                format!("TRUNCATE {table} CASCADE"),
                format!(
                    "INSERT INTO {table} ({columns}) {again} \
                     ON CONFLICT (position) DO UPDATE SET position = EXCLUDED.position"
                ),
            ],
        });
        for statement in statements {
            assert!(execute(db, &statement).is_err(), "{statement}");
        }
    }
    assert_eq!((newest(&life), check(db)), (before, chain));
}

fn a_reason_with_an_id_number_is_sent_back(engine: Engine) {
    let life = Life::published(engine, |_| {});
    let admin = life.staff();
    for (reason, hint) in [
        ("A123456789 本人要求", "這裡好像有身分證字號"),
        ("請回電 0912-345-678", "這裡好像有電話號碼"),
        ("寄給 ming@example.org", "這裡好像有電子郵件地址"),
    ] {
        let fields = [
            ("draw", life.draw.as_str()),
            ("purpose", "shipping"),
            ("format", "csv"),
            ("reason", reason),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let sent = admin.post("/admin/exports", &fields);
        assert_eq!(sent.status, Status::UnprocessableEntity);
        assert!(sent.html.contains(hint), "{reason}");
    }
    // And what no page looked at is refused by the record itself.
    let db = &life.app.app.db;
    let lines = newest(&life).0;
    let refused = db.write_now("note", |tx| {
        let act = Act {
            actor: &Actor::System,
            act: "test.noted",
            activity: "",
            object: "",
            purpose: "",
            reason: "A123456789",
        };
        audit::record(tx, &act)
    });
    assert!(matches!(refused, Err(audit::Error::Person(_))));
    assert_eq!(newest(&life).0, lines);
}
