//! What the operator's machines ask and read: readiness, figures, the log, and a stop in order.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use fairdraw::platform::clock::{Clock, HOUR, Timestamp};
use fairdraw::platform::db;
use fairdraw::platform::jobs::{self, Lane, NewJob, Next, Runner};
use rocket::http::{Method, Status};
use serde_json::Value;

use crate::support::app::{Asked, Came, Door, TestApp};
use crate::support::life::{Life, Patron};
use crate::support::vault::{self, Program, signal};
use crate::support::{Engine, TestDatabase};

on_both! {
    readiness_says_why_to_whoever_may_know,
    figures_tell_of_nobody,
    a_job_in_hand_is_given_back_at_a_hasty_end,
    a_server_that_is_told_to_stop_finishes_what_it_has_in_hand,
}

const TOKEN: &str = "a-token-for-the-tests-0123456789";

fn ask(app: &TestApp, path: &str, token: &str) -> Came {
    let headers = match token {
        "" => Vec::new(),
        token => vec![("Authorization", format!("Bearer {token}"))],
    };
    app.ask(Asked {
        method: Method::Get,
        path,
        headers,
        cookies: Vec::new(),
        body: Vec::new(),
    })
}

fn text(came: &Came) -> String {
    String::from_utf8(came.bytes.clone()).expect("text")
}

fn json(came: &Came) -> Value {
    serde_json::from_slice(&came.bytes).expect("JSON")
}

fn header<'c>(came: &'c Came, name: &str) -> Option<&'c str> {
    let mut headers = came.headers.iter();
    let found = headers.find(|(own, _)| own.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

fn readiness_says_why_to_whoever_may_know(engine: Engine) {
    let life = Life::published(engine, |config| TOKEN.clone_into(&mut config.metrics_token));
    let app = &life.app;
    assert_eq!(text(&ask(app, "/healthz", "")), "alive\n");
    for path in ["/healthz/ready", "/healthz?ready"] {
        let ready = ask(app, path, "");
        assert_eq!(
            (ready.status, json(&ready)["ready"].as_bool()),
            (200, Some(true))
        );
    }
    // Jobs that wait for a lane that nobody runs are told and take nobody away.
    app.app.db.clock().advance(3 * HOUR);
    wait_for_a_new_answer();
    let late = ask(app, "/healthz/ready", TOKEN);
    assert_eq!(late.status, 200, "{}", text(&late));
    assert_eq!(json(&late)["warnings"][0], "jobs_late");
    assert_eq!(
        json(&ask(app, "/healthz/ready", ""))["warnings"],
        Value::Null
    );

    app.app.draining.begin();
    let stranger = ask(app, "/healthz/ready", "");
    assert_eq!(stranger.status, 503);
    assert_eq!(header(&stranger, "Retry-After"), Some("10"));
    assert_eq!(
        text(&stranger),
        "{\"ready\":false}\n",
        "strangers learn no reason"
    );
    let watcher = ask(app, "/healthz/ready", TOKEN);
    assert_eq!(json(&watcher)["reasons"][0], "draining");
    assert_eq!(
        ask(app, "/healthz", "").status,
        200,
        "it is alive to its end"
    );
}

/// An answer holds for a second.
fn wait_for_a_new_answer() {
    let from = std::time::Instant::now();
    while from.elapsed() < Duration::from_millis(1_050) {
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

fn figures_tell_of_nobody(engine: Engine) {
    let life = Life::published(engine, |config| TOKEN.clone_into(&mut config.metrics_token));
    let app = &life.app;
    for token in ["", "a-token-for-the-tests-0123456788"] {
        assert_eq!(ask(app, "/metrics", token).status, 404, "{token}");
    }
    let before = text(&ask(app, "/metrics", TOKEN));
    assert!(before.ends_with("# EOF\n"), "{before}");
    let people: Vec<Patron> = (0..11).map(Patron::number).collect();
    for patron in &people {
        assert_eq!(life.enter(patron).status, Status::Ok);
        // Whoever reads the figures after each entry sees none of them move because of it.
        let now = text(&ask(app, "/metrics", TOKEN));
        let moving = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| !line.contains("class=\""));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(moving(&now), moving(&before));
        assert!(!now.contains("class=\"person\""), "{now}");
        for part in patron.canaries() {
            assert!(!now.contains(&part));
        }
    }
    app.go_to(app.app.db.clock().now().plus(HOUR));
    let after = text(&ask(app, "/metrics", TOKEN));
    // The check was sent eleven times and led on; eleven forms were shown for a last look.
    let sent = "fairdraw_requests_total{class=\"person\",status=\"303\"} 11";
    assert!(after.contains(sent), "{after}");
    assert!(!after.contains("summer-2024") && !after.contains(&life.draw));
    // Labels name kinds of things and no thing.
    let lines = after.lines().filter(|line| !line.starts_with('#'));
    for label in lines.filter_map(|line| line.split_once('{')?.1.split_once('}')) {
        let names = label.0.split(',').filter_map(|each| each.split_once('='));
        for (name, _) in names {
            let known = [
                "class", "status", "state", "outcome", "reason", "version", "le",
            ];
            assert!(known.contains(&name), "{name} in {after}");
        }
    }
    for figure in [
        "fairdraw_build_info{version=",
        "fairdraw_jobs{state=\"waiting\"}",
        "fairdraw_mail{outcome=\"sent\"} 0.0",
        "fairdraw_vault_restarts_total 0",
        "fairdraw_beacon_lag_seconds 0",
        "fairdraw_request_seconds_bucket{le=\"+Inf\",class=\"person\"} 44",
        "fairdraw_request_seconds_bucket{le=\"0.005\",class=\"page\"}",
    ] {
        assert!(after.contains(figure), "{figure} in {after}");
    }
}

#[test]
fn an_error_has_one_reference_in_header_page_and_log() {
    crate::support::log::keep();
    let life = Life::published(Engine::Sqlite, |_| {});
    let found = ask(&life.app, "/a/nothing-by-that-name", "");
    let reference = header(&found, "X-Request-Id").expect("every answer has one");
    assert_eq!(reference.len(), 8);
    assert!(text(&found).contains(reference), "the page shows it");
    let log = String::from_utf8_lossy(&crate::support::log::kept()).into_owned();
    let line = log.lines().find(|line| line.contains(reference));
    assert!(
        line.is_some_and(|line| line.contains("request refused")),
        "{line:?}"
    );
    // What a client sends in its place is ignored.
    let mut asked = Asked {
        method: Method::Get,
        path: "/",
        headers: vec![("X-Request-Id", "chosen-by-a-client".to_owned())],
        cookies: Vec::new(),
        body: Vec::new(),
    };
    let page = life.app.ask(Asked {
        path: asked.path,
        ..clone(&mut asked)
    });
    let own = header(&page, "X-Request-Id").expect("every answer has one");
    assert_ne!(own, "chosen-by-a-client");
    assert_ne!(own, reference);
}

fn clone<'r>(asked: &mut Asked<'r>) -> Asked<'r> {
    Asked {
        method: asked.method,
        path: asked.path,
        headers: std::mem::take(&mut asked.headers),
        cookies: Vec::new(),
        body: Vec::new(),
    }
}

#[test]
fn the_log_is_json_where_it_is_asked_for() {
    let (database, _) = vault::open_now(Engine::Sqlite);
    let program = Program::start_with(&database, |command| {
        command.env("FAIRDRAW_LOG_FORMAT", "json");
    });
    let page = program.visitor().get("/a/nothing-by-that-name");
    let reference = page.header("x-request-id").to_owned();
    let (code, lines) = program.stop();
    assert_eq!(code, Some(0), "{lines:?}");
    let told: Vec<Value> = lines
        .iter()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let of = |word: &str| told.iter().find(|line| line["message"] == word);
    let refused = of("request refused").expect("the page that is not there");
    assert_eq!(refused["reference"], reference.as_str());
    assert_eq!(
        (&refused["level"], &refused["status"]),
        (&"INFO".into(), &404.into())
    );
    assert!(refused["timestamp"].is_string());
    assert!(of("the web side ends").is_some(), "{lines:?}");
    // Everything but what the start prints for people is JSON.
    let plain = lines.iter().filter(|line| line.contains(" INFO "));
    assert_eq!(plain.count(), 0, "{lines:?}");
}

#[test]
fn a_command_that_needs_the_keys_says_where_to_go_beside_a_running_server() {
    let life = Life::published(Engine::Sqlite, |_| {});
    let (draw, activity) = (life.draw.clone(), life.activity.clone());
    // The keys stay open, as a server has them.
    let app = &life.app;
    let command = |arguments: &[&str]| {
        vault::run(|command| {
            command
                .args(arguments)
                .current_dir(app.database.data())
                .env("ROCKET_APP", "{site=\"lib.example.tw\"}")
                .env("FAIRDRAW_DATA", app.database.data())
                .env("FAIRDRAW_KEYS", app.database.keys())
                .env("FAIRDRAW_DATABASE_URL", app.database.url());
        })
    };
    let (code, printed) = command(&["draw", "paste", &draw, "00"]);
    assert_eq!(code, Some(1), "{printed}");
    let page = format!("/staff/activities/{activity}/draws/{draw}/beacon");
    assert!(printed.contains(&page), "{printed}");
    let file = app.database.data().join("b.zip");
    let (code, printed) = command(&["draw", "bundle", &draw, "-o", &file.to_string_lossy()]);
    assert_eq!(code, Some(1), "{printed}");
    assert!(
        printed.contains(&format!("/d/{draw}/bundle.zip")),
        "{printed}"
    );
}

#[derive(QueryableByName)]
struct Leases {
    #[diesel(sql_type = BigInt)]
    held: i64,
}

fn a_job_in_hand_is_given_back_at_a_hasty_end(engine: Engine) {
    let database = TestDatabase::fresh(engine);
    let clock = Clock::standing_at(Timestamp(1_790_000_000_000));
    let db = database.open(&clock);
    let job = NewJob {
        kind: "test.slow",
        activity: String::new(),
        payload: String::new(),
        run_at: Timestamp(0),
        dedup_key: "test.slow".to_owned(),
    };
    db.write_now("store job", |tx| jobs::enqueue(tx, &job))
        .expect("stored");
    let (begun, has_begun) = mpsc::sync_channel::<()>(1);
    let (end, may_end) = mpsc::sync_channel::<()>(1);
    let may_end = std::sync::Mutex::new(may_end);
    let mut slow = Runner::new(db.clone());
    slow.on("test.slow", move |_| {
        begun.send(()).expect("the test waits");
        let _ = may_end.lock().expect("not poisoned").recv();
        Ok(Next::Done)
    });
    let held = || -> i64 {
        let query = "SELECT count(*) AS held FROM jobs WHERE lease_until > 0";
        let rows: Result<Leases, db::Error> = db.read_now("count leases", |tx| {
            Ok(diesel::sql_query(query).get_result(tx.conn())?)
        });
        rows.expect("read").held
    };
    std::thread::scope(|scope| {
        let running = scope.spawn(|| slow.run_lane(Lane::Prompt));
        has_begun.recv().expect("it has begun");
        assert_eq!(held(), 1);
        assert_eq!(slow.give_back().expect("given back"), 1);
        assert_eq!(held(), 0);
        // Another process takes it at once and finishes it.
        let mut other = Runner::new(db.clone());
        other.on("test.slow", |_| Ok(Next::Done));
        assert_eq!(other.run_lane(Lane::Prompt).expect("run"), 1);
        end.send(()).expect("it waits");
        assert_eq!(running.join().expect("no panic").expect("run"), 1);
    });
    assert_eq!(slow.give_back().expect("nothing is left"), 0);
}

/// Sends half of a form, tells the server to stop, and then sends the rest.
fn a_server_that_is_told_to_stop_finishes_what_it_has_in_hand(engine: Engine) {
    let (database, question) = vault::open_now(engine);
    let program = Program::start_with(&database, |command| {
        command.env(
            "ROCKET_APP",
            "{site=\"lib.example.tw\",edge={notice_seconds=2}}",
        );
    });
    program.enter(&Patron::number(1), &question);
    let body = "code=7GQ4X2MN8R3TK9WPABCD";
    let (first, second) = body.split_at(10);
    let mut stream = TcpStream::connect(program.place()).expect("it listens");
    let head = format!(
        "POST /entry HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let visitor = program.visitor();
    assert_eq!(visitor.get("/healthz/ready").status, Status::Ok);
    signal(program.watching(), "TERM");
    // It says so first, and goes on answering.
    while visitor.get("/healthz/ready").status == Status::Ok {
        std::thread::yield_now();
    }
    assert_eq!(visitor.get("/").status, Status::Ok);
    stream.write_all(second.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    // No entry has this code, and the page says that, as on any other day.
    let line = answer.lines().next().unwrap_or_default();
    assert!(line.contains("200") || line.contains("422"), "{line}");
    let (code, lines) = program.ended();
    assert_eq!(code, Some(0), "{lines:?}");
    let ends = lines.iter().any(|line| line.contains("the web side ends"));
    assert!(ends, "{lines:?}");
    if engine == Engine::Sqlite {
        let log = database.data().join("fairdraw.db-wal");
        let left = std::fs::metadata(&log).map_or(0, |about| about.len());
        assert_eq!(left, 0, "the log was written into the database");
    }
}
