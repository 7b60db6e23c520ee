//! A PostgreSQL that falls and whose copy takes over, and one whose disk is full.

use super::*;
use crate::support::postgres::Standby;
use crate::support::sites::until;

const SOON: std::time::Duration = std::time::Duration::from_secs(60);

/// The folder of the socket in a URL of a test.
fn host(url: &str) -> &str {
    let rest = url.split_once("host=").map_or("", |(_, rest)| rest);
    rest.split('&').next().unwrap_or_default()
}

fn until_ready(program: &Program) {
    let took = until(SOON, "it says that it is ready", || {
        program.visitor().get("/healthz/ready").status == Status::Ok
    });
    println!("ready again after {took:?}");
}

#[test]
fn when_the_copy_takes_over_people_go_on_and_nothing_acknowledged_is_lost() {
    let server = Cluster::own();
    let (database, question, name) = moved_into(&server);
    let standby = Standby::of(&server);
    // Whoever is told that an entry is taken has it on both machines.
    server
        .administrate("ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf()");
    let (own, copy) = (server.url(&name), standby.url(&name));
    let (first, second) = (host(&own), host(&copy));
    let url = format!(
        "postgres:///{name}?host={first},{second}&user=fairdraw&target_session_attrs=read-write"
    );
    let program = Program::start_with(&database, |command| {
        command.env("FAIRDRAW_DATABASE_URL", &url);
    });
    for n in 1..4 {
        program.enter(&Patron::number(n), &question);
    }
    let visitor = program.visitor();
    let check = look(&visitor, &Patron::number(4), &question);

    // It falls and does not come back; the copy cannot be written yet.
    server.control("stop");
    let refused = visitor.send(&check, SENT, &[]);
    assert_eq!(refused.status, Status::ServiceUnavailable);
    assert!(!refused.form(SENT).is_empty());
    let page = program.visitor().get("/a/summer-2024");
    assert_eq!(page.status, Status::ServiceUnavailable);
    standby.control("promote");
    until_ready(&program);
    sent_again(&visitor, &refused);
    program.enter(&Patron::number(5), &question);
    let (code, lines) = program.stop();
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(entries(Target::parse(&copy)), 5);
}

#[test]
fn a_postgresql_without_room_is_told_loses_nothing_and_is_used_again() {
    let disk = Disk::of_megabytes(160);
    let careful = ["max_wal_size = 32MB", "synchronous_commit = on"];
    let server = Cluster::within(disk.path(), &careful);
    let (database, question, name) = moved_into(&server);
    let program = Program::start_with(&database, |command| {
        command.env("FAIRDRAW_DATABASE_URL", server.url(&name));
    });
    program.enter(&Patron::number(1), &question);
    let ballast = disk.fill();
    let (taken, visitor, refused) = until_refused(&program, &question, 2);
    is_told(&refused, "系統的儲存空間已滿");
    // Whatever can be read is read.
    assert_eq!(program.visitor().get("/a/summer-2024").status, Status::Ok);
    assert_eq!(program.visitor().get("/healthz").status, Status::Ok);
    let ready = program.visitor().get("/healthz/ready");
    assert_eq!(ready.status, Status::ServiceUnavailable);

    fs::remove_file(ballast).expect("room is made");
    // Nobody need enter for that: it is tried now and then.
    until_ready(&program);
    sent_again(&visitor, &refused);
    program.enter(&Patron::number(98), &question);
    let (code, lines) = program.stop();
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(entries(Target::parse(&server.url(&name))), taken + 3);
    assert!(
        lines.iter().any(|line| line.contains("db.full")),
        "{lines:?}"
    );
}
