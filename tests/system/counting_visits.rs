//! Counting pages without knowing who reads them, and visits of those who chose to be counted.

use diesel::connection::SimpleConnection;
use fairdraw::platform::clock::DAY;
use fairdraw::platform::db;
use fairdraw::stats::views::{self, Count, Kind};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Person, TestApp};
use crate::support::database::counted;
use crate::support::life::{Life, Patron};

use super::own_rights::open_entry;

on_both! {
    pages_are_counted_by_kind_and_day_and_shown_when_the_day_is_over,
    nobody_is_a_visit_who_did_not_choose_to_be,
    a_browser_that_asks_not_to_be_counted_is_not,
    somebody_enters_without_any_optional_cookie,
    counts_that_are_stored_at_once_make_one_row,
    the_access_log_holds_what_its_page_says,
}

const START: &str = "2026-11-23T09:00:00+08:00";

fn library(engine: Engine) -> TestApp {
    TestApp::with(engine, START, |_| ())
}

/// Has what was counted stored.
fn store(app: &TestApp) {
    app.app.store_views();
}

fn of(app: &TestApp, kind: Kind) -> i64 {
    let query = format!(
        "SELECT CAST(COALESCE(SUM(views), 0) AS BIGINT) AS n FROM page_views WHERE kind = '{}'",
        kind.code()
    );
    counted(&app.app.db, &query)
}

fn choose(person: &Person<'_>, choice: &str) {
    let page = person.get("/cookies");
    let chosen = person.send(&page, "/cookies", &[("choice", choice)]);
    assert_eq!(chosen.status, Status::SeeOther, "{}", chosen.mistakes());
    assert_eq!(chosen.location, "/cookies?done");
}

fn pages_are_counted_by_kind_and_day_and_shown_when_the_day_is_over(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let app = &life.app;
    store(app);
    sql(app, "DELETE FROM page_views");
    let visitor = app.visitor();
    for path in [
        "/",
        "/en/",
        "/a/summer-2024",
        "/en/a/summer-2024",
        "/a/summer-2024/rules",
    ] {
        assert_eq!(visitor.get(path).status, Status::Ok, "{path}");
    }
    assert_eq!(visitor.get("/a/nothing").status, Status::NotFound);
    store(app);
    assert_eq!(of(app, Kind::Home), 2);
    assert_eq!(of(app, Kind::Activity), 3);
    assert_eq!(of(app, Kind::Visit), 0);

    // Whoever enters and looks at the own entry moves no count: it would tell when.
    let all = "SELECT CAST(SUM(views) AS BIGINT) AS n FROM page_views";
    let before = counted(&app.app.db, all);
    let patron = app.visitor();
    let check = life.check_page(&patron, &Patron::number(1), &[]);
    let sent = patron.send(&check, "/a/summer-2024/check", &[]);
    let code = patron.get(&sent.location).text("#secret");
    open_entry(&patron, &code);
    store(app);
    let of_the_page_before = of(app, Kind::Activity) - 3;
    assert_eq!(counted(&app.app.db, all) - before, of_the_page_before);

    let before = visitor.get("/statistics").texts("main tbody tr").len();
    app.go_to(app.app.db.clock().now().plus(DAY));
    let after = visitor.get("/statistics").texts("main tbody tr").len();
    assert_eq!(after, before + 1, "the day is over");
}

fn nobody_is_a_visit_who_did_not_choose_to_be(engine: Engine) {
    let app = library(engine);
    let silent = app.visitor();
    for path in ["/", "/activities", "/cookies", "/privacy"] {
        assert_eq!(silent.get(path).header("Set-Cookie"), "", "{path}");
    }
    choose(&silent, "necessary");
    assert!(silent.cookies().is_empty());

    let counted_one = app.visitor();
    choose(&counted_one, "statistics");
    let set = counted_one.cookies();
    assert_eq!(set.len(), 1);
    let (name, code) = set[0].clone();
    assert_eq!(name, "visit");
    for path in ["/", "/activities", "/en/"] {
        assert_eq!(counted_one.get(path).header("Set-Cookie"), "");
    }
    store(&app);
    assert_eq!(of(&app, Kind::Visit), 1, "one visit, however many pages");
    app.go_to(app.app.db.clock().now().plus(DAY));
    counted_one.get("/");
    store(&app);
    assert_eq!(of(&app, Kind::Visit), 2, "another day, another visit");
    assert!(
        !app.database.rows().contains(&code),
        "the code is in no table"
    );

    // Choosing again makes another code, which is another visit; taking the choice back leaves none.
    choose(&counted_one, "statistics");
    assert_ne!(counted_one.cookies()[0].1, code);
    choose(&counted_one, "necessary");
    assert!(counted_one.cookies().is_empty());
    store(&app);
    assert_eq!(of(&app, Kind::Visit), 3);
    counted_one.get("/");
    store(&app);
    assert_eq!(of(&app, Kind::Visit), 3);
}

fn a_browser_that_asks_not_to_be_counted_is_not(engine: Engine) {
    let app = library(engine);
    for signal in ["Sec-GPC", "DNT"] {
        let person = app.visitor().saying(signal, "1");
        choose(&person, "statistics");
        assert!(person.cookies().is_empty(), "{signal}");
        let page = person.get("/cookies").text("main");
        assert!(page.contains("您的瀏覽器"), "{signal}: {page}");
    }
    // Whoever chose it earlier, and turns the signal on later, is not counted from then on.
    let earlier = app.visitor();
    choose(&earlier, "statistics");
    let earlier = earlier.saying("Sec-GPC", "1");
    earlier.get("/");
    store(&app);
    assert_eq!(of(&app, Kind::Visit), 0);
    assert!(
        of(&app, Kind::Privacy) > 0,
        "pages are counted, people are not"
    );
}

fn somebody_enters_without_any_optional_cookie(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let visitor = life.app.visitor();
    choose(&visitor, "necessary");
    let check = life.check_page(&visitor, &Patron::number(1), &[]);
    let sent = visitor.send(&check, "/a/summer-2024/check", &[]);
    let receipt = visitor.get(&sent.location);
    assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
    assert!(visitor.cookies().iter().all(|(name, _)| name == "receipt"));
}

fn counts_that_are_stored_at_once_make_one_row(engine: Engine) {
    let app = library(engine);
    let one = [Count {
        day: 20_000,
        kind: Kind::Home,
        english: false,
        count: 3,
    }];
    let add = || {
        let added = app.app.db.write_now("add views", |tx| views::add(tx, &one));
        added.is_ok()
    };
    std::thread::scope(|scope| {
        let both = [scope.spawn(add), scope.spawn(add)];
        for each in both {
            // Whoever came second to a new row keeps its counts and adds them the next time.
            if !each.join().expect("no panic") {
                assert!(add());
            }
        }
    });
    let query = "SELECT views AS n FROM page_views WHERE day = 20000";
    assert_eq!(counted(&app.app.db, query), 6);
}

fn the_access_log_holds_what_its_page_says(engine: Engine) {
    let life = Life::published(engine, |config| config.access_log_days = 12);
    let app = &life.app;
    let visitor = app.visitor();
    let page = visitor.get("/privacy/logs");
    assert!(page.text("main").contains("12 日"), "{}", page.text("main"));
    let mut said: Vec<String> = page.texts("main dt code");
    visitor.get("/a/summer-2024");
    life.enter(&Patron::number(1));
    app.app.access.flush();
    app.go_to(app.app.db.clock().now().plus(DAY));
    visitor.get("/");
    app.app.access.flush();
    let mut found = Vec::new();
    let logs = app.database.data().join("logs");
    for file in std::fs::read_dir(logs).expect("there are logs") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let fields = line.as_object().expect("an object").keys();
            found.extend(fields.cloned());
        }
    }
    for names in [&mut said, &mut found] {
        names.sort();
        names.dedup();
    }
    assert_eq!(said, found);
}

fn sql(app: &TestApp, statements: &str) {
    let work = |tx: &mut db::Tx<'_>| Ok::<_, db::Error>(tx.conn().batch_execute(statements)?);
    app.app.db.write_now("by hand", work).expect("it is SQL");
}
