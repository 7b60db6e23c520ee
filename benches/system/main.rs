//! The whole system under load (`docs/performance.md`): the program as released, real forms, and a
//! route of the same program that only parses, in turns.
//!
//! `make bench` runs it; it is never a test.

mod library;
mod load;
mod program;

use std::sync::Arc;

use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::Target;

use load::{Measured, closed_loop, fetch_all, open_loop};
use program::Program;

/// An entry is answered with the way to its receipt.
const TAKEN: u16 = 303;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let target = Target::Sqlite(data.join("fairdraw.db"));
    library::set_out(
        target,
        &folder.path().join("keys"),
        "lib.example.tw",
        &Clock::system(),
    );
    let program = Program::start(folder.path(), &[]);
    println!("ready in {:?}, {:.1} MiB", program.ready, program.rss());
    let mut people = 1..;
    for connections in [64, 256] {
        for _ in 0..3 {
            let bodies: Vec<String> = (0..6_000)
                .map(|_| library::form(people.next().unwrap()))
                .collect();
            let checks = checks(program.port, &bodies);
            let parse: Vec<Vec<u8>> = (0..30_000)
                .map(|at| load::post("/bench/parse", &bodies[at % bodies.len()]))
                .collect();
            let before = program.cpu();
            let parsed = closed_loop(program.port, connections, &Arc::new(parse));
            let parse_cpu = (program.cpu() - before) / 30_000;
            let before = program.cpu();
            let entered = closed_loop(program.port, connections, &Arc::new(checks));
            let cpu = (program.cpu() - before) / 6_000;
            show(connections, "parse", &parsed, parse_cpu);
            show(connections, "enter", &entered, cpu);
            println!(
                "ratio {:.3}; {:.1} MiB",
                entered.rate(TAKEN) / parsed.rate(TAKEN),
                program.rss()
            );
        }
    }
    let bodies: Vec<String> = (0..20_000)
        .map(|_| library::form(people.next().unwrap()))
        .collect();
    let entered = open_loop(
        program.port,
        512,
        2_000.0,
        &Arc::new(checks(program.port, &bodies)),
    );
    println!(
        "open {:?} p50 {:.1} p99 {:.1} max {:.1}",
        entered.statuses,
        entered.at(TAKEN, 5_000),
        entered.at(TAKEN, 9_900),
        entered.at(TAKEN, 9_999)
    );
}

fn show(connections: usize, what: &str, measured: &Measured, cpu: std::time::Duration) {
    println!(
        "{connections:>4} {what}: {:>8.0}/s p50 {:.1} ms p99 {:.1} ms {:?} cpu {cpu:?}",
        measured.rate(TAKEN),
        measured.at(TAKEN, 5_000),
        measured.at(TAKEN, 9_900),
        measured.statuses
    );
}

/// What people send from the check page, one request each.
fn checks(port: u16, bodies: &[String]) -> Vec<Vec<u8>> {
    let form = format!("/a/{}/enter", library::SLUG);
    let page = fetch_all(port, 1, &Arc::new(vec![load::get(&form)]));
    let token = library::hidden(&page[0], "token");
    assert!(!token.is_empty(), "the form has a token");
    let fill = bodies
        .iter()
        .map(|body| load::post(&form, &format!("{body}&token={token}")));
    let pages = fetch_all(port, 32, &Arc::new(fill.collect()));
    let path = format!("/a/{}/check", library::SLUG);
    bodies
        .iter()
        .zip(pages)
        .map(|(body, page)| {
            let token = library::hidden(&page, "token");
            assert!(!token.is_empty(), "the check page has a token: {page}");
            load::post(&path, &format!("{body}&token={token}"))
        })
        .collect()
}
