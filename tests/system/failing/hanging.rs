//! A vault that is there and says nothing: its machine swaps, somebody stopped it, a disk hangs.

use std::time::{Duration, Instant};

use super::*;
use crate::support::sites::until;

const SOON: Duration = Duration::from_secs(60);

#[test]
fn a_vault_that_hangs_is_told_within_seconds_and_replaced_by_itself() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    program.enter(&Patron::number(1), &question);
    let visitor = program.visitor();
    let check = look(&visitor, &Patron::number(2), &question);
    let hung = program.vault();
    vault::signal(hung, "STOP");
    let began = Instant::now();
    let refused = visitor.send(&check, SENT, &[]);
    let took = began.elapsed();
    assert_eq!(
        refused.status,
        Status::ServiceUnavailable,
        "{}",
        refused.html
    );
    assert!(
        !refused.form(SENT).is_empty(),
        "every field can be sent again"
    );
    assert!(took < Duration::from_secs(8), "{took:?}");
    // Whoever comes next does not wait so long, and a balancer hears of it.
    let began = Instant::now();
    let again = visitor.send(&refused, SENT, &[]);
    assert_eq!(again.status, Status::ServiceUnavailable);
    assert_eq!(
        program.visitor().get("/healthz/ready").status,
        Status::ServiceUnavailable
    );
    let took = began.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    // Pages that need no secret are there all the while.
    assert_eq!(program.visitor().get("/a/summer-2024").status, Status::Ok);
    let took = until(SOON, "another vault is started by itself", || {
        program.visitor().get("/healthz/ready").status == Status::Ok
    });
    println!("another vault after {took:?}");
    assert!(!vault::lives(hung) && program.vault() != hung);
    sent_again(&visitor, &refused);
    let (code, lines) = program.stop();
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(entries(database.target()), 2);
}

#[test]
fn a_vault_that_hangs_for_a_moment_goes_on_with_its_keys() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    let visitor = program.visitor();
    let check = look(&visitor, &Patron::number(1), &question);
    let hung = program.vault();
    vault::signal(hung, "STOP");
    let refused = visitor.send(&check, SENT, &[]);
    assert_eq!(refused.status, Status::ServiceUnavailable);
    vault::signal(hung, "CONT");
    until(SOON, "it answers again", || {
        program.visitor().get("/healthz/ready").status == Status::Ok
    });
    assert_eq!(program.vault(), hung, "the same one");
    sent_again(&visitor, &refused);
    let (code, lines) = program.stop();
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(entries(database.target()), 1);
}
