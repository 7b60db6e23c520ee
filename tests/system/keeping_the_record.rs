//! Who did what: every change is in the record, and a record that was changed is found.

use diesel::connection::SimpleConnection;
use fairdraw::audit::{self, Act, Actor, Break, ChainReport, Filter, Outcome};
use fairdraw::platform::db::{self, Db};
use rocket::http::Status;

use crate::signing_in::Library;
use crate::support::Engine;

on_both! {
    every_change_to_staff_is_recorded,
    a_record_that_nobody_touched_passes,
    a_changed_line_is_found,
    a_removed_line_is_found,
    a_line_written_anew_with_its_own_hash_is_found_at_the_next,
    acts_at_the_same_moment_make_one_chain,
    the_record_is_read_by_activity_and_page,
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
    db.read_now("check", audit::verify)
        .expect("the record can be read")
}

/// What somebody with the database's password could do.
fn tamper(library: &Library, engine: Engine, statement: &str) {
    let open = match engine {
        Engine::Sqlite => {
            "DROP TRIGGER audit_records_refuse_UPDATE; DROP TRIGGER audit_records_refuse_DELETE;"
        }
        Engine::Postgresql => "DROP TRIGGER audit_records_append_only ON audit_records;",
    };
    let refused = execute(&library.db, statement);
    assert!(refused.is_err(), "the guard is there");
    execute(&library.db, open).expect("whoever owns the tables can drop the guard");
    execute(&library.db, statement).expect("and then change them");
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
