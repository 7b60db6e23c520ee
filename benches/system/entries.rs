//! Targets 1, 2 and 5: entries a second, how long one takes, and what the program needs for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::Target;

use super::Ground;
use super::cluster::Cluster;
use super::library;
use super::load::{self, Measured, closed_loop, fetch_all, open_loop};
use super::program::Program;
use super::report::{Line, Report, median, millis};
use super::size;

/// An entry is answered with the way to its receipt.
const TAKEN: u16 = 303;
const ROUNDS: usize = 3;
/// Entries of one measurement, and forms that are only parsed.
const ENTRIES: u64 = 8_000;
const PARSED: u64 = 30_000;
/// How many a second come in the open loop, and for how long.
const A_SECOND: f64 = 2_000.0;
const SECONDS: u64 = 20;

pub fn measure(ground: &Ground<'_>, report: &mut Report) {
    measure_on("SQLite FULL", &ground.folder.join("entries"), "", report);
}

/// What a server of its own is set to, beyond what PostgreSQL does by itself: what it has said to be
/// stored is stored, and its log is not written out every few seconds.
pub const DURABLE: [&str; 5] = [
    "fsync = on",
    "full_page_writes = on",
    "synchronous_commit = on",
    "shared_buffers = 512MB",
    "max_wal_size = 4GB",
];

pub fn measure_postgres(ground: &Ground<'_>, report: &mut Report) {
    let folder = ground.folder.join("postgres");
    std::fs::create_dir_all(&folder).expect("a folder");
    let cluster = Cluster::within(&folder, &DURABLE);
    let url = cluster.url(&cluster.create());
    measure_on("PostgreSQL", &folder.join("entries"), &url, report);
}

/// On a database of its own; `url` is empty for SQLite.
pub fn measure_on(engine: &str, folder: &Path, url: &str, report: &mut Report) {
    let target = match url {
        "" => Target::Sqlite(folder.join("data/fairdraw.db")),
        url => Target::parse(url),
    };
    let keys: PathBuf = folder.join("keys");
    std::fs::create_dir_all(folder).expect("a folder");
    library::set_out(target, &keys, library::SITE, &Clock::system());
    let settings = [("FAIRDRAW_DATABASE_URL", url.to_owned())];
    let program = Program::start(folder, &settings);
    report.line(Line {
        target: "5",
        what: format!("{engine}: start to first answer, memory when idle"),
        value: format!(
            "{:.0} ms, {:.0} MiB",
            millis(program.ready),
            program.memory()
        ),
        baseline: "–".to_owned(),
        wanted: "≤ 150 ms, ≤ 40 MiB".to_owned(),
        holds: program.ready <= Duration::from_millis(150) && program.memory() <= 40.0,
    });
    let mut people = 1..;
    for (connections, wanted) in [(64, 25.0), (256, 60.0)] {
        closed(&program, engine, connections, wanted, &mut people, report);
    }
    open(&program, engine, &mut people, report);
}

fn closed(
    program: &Program,
    engine: &str,
    connections: usize,
    wanted: f64,
    people: &mut impl Iterator<Item = u64>,
    report: &mut Report,
) {
    let (mut ratios, mut rates, mut parses) = (Vec::new(), Vec::new(), Vec::new());
    let (mut p99, mut cpu, mut memory) = (Vec::new(), Vec::new(), 0.0_f64);
    for round in 0..ROUNDS {
        let bodies: Vec<String> = people.take_some(size::of(ENTRIES));
        let requests = checks(program.port, &bodies);
        let probe = |bodies: &[String]| {
            let parse = |at: usize| load::post("/bench/parse", &bodies[at % bodies.len()]);
            let requests = (0..size::of(PARSED) as usize).map(parse).collect();
            closed_loop(program.port, connections, &Arc::new(requests))
        };
        let before = probe(&bodies);
        let used = program.cpu();
        let entered = closed_loop(program.port, connections, &Arc::new(requests));
        let used = program.cpu() - used;
        memory = memory.max(program.memory());
        let after = probe(&bodies);
        assert_eq!(entered.count(TAKEN), bodies.len(), "{:?}", entered.statuses);
        let parse = (before.rate(TAKEN) + after.rate(TAKEN)) / 2.0;
        let apart = (before.rate(TAKEN) / after.rate(TAKEN) - 1.0).abs();
        let void = if apart > 0.25 {
            " (void: the probes differ)"
        } else {
            ""
        };
        println!(
            "{engine}, {connections} connections, round {round}: {:.0} entries/s, {:.1} / {:.1} ms, {:.0} µs of the processor each; parse only {:.0} and {:.0}/s{void}",
            entered.rate(TAKEN),
            entered.at(TAKEN, 5_000),
            entered.at(TAKEN, 9_900),
            used.as_secs_f64() * 1e6 / bodies.len() as f64,
            before.rate(TAKEN),
            after.rate(TAKEN),
        );
        if apart <= 0.25 {
            ratios.push(entered.rate(TAKEN) / parse);
        }
        rates.push(entered.rate(TAKEN));
        parses.push(parse);
        p99.push(entered.at(TAKEN, 9_900));
        cpu.push(used.as_secs_f64() * 1e6 / bodies.len() as f64);
    }
    let ratio = median(&ratios);
    report.line(Line {
        target: "1",
        what: format!(
            "{engine}: durable entries/s over parse-only POST, {connections} connections"
        ),
        value: format!(
            "{ratio:.2} ({:.0}/s, {:.0} µs of the processor an entry; {} of {ROUNDS} rounds valid)",
            median(&rates),
            median(&cpu),
            ratios.len()
        ),
        baseline: format!("{:.0}/s", median(&parses)),
        wanted: "≥ 0.40, floor 0.25".to_owned(),
        holds: ratio >= 0.25,
    });
    let p99 = median(&p99);
    report.line(Line {
        target: "2",
        what: format!("{engine}: p99 of an entry, {connections} connections, closed loop"),
        value: format!("{p99:.1} ms"),
        baseline: "–".to_owned(),
        wanted: format!("≤ {wanted:.0} ms"),
        holds: p99 <= wanted,
    });
    report.line(Line {
        target: "5",
        what: format!("{engine}: memory under that load, {connections} connections"),
        value: format!("{memory:.0} MiB"),
        baseline: "–".to_owned(),
        wanted: "≤ 150 MiB".to_owned(),
        holds: memory <= 150.0,
    });
}

fn open(
    program: &Program,
    engine: &str,
    people: &mut impl Iterator<Item = u64>,
    report: &mut Report,
) {
    let bodies = people.take_some(size::of(A_SECOND as u64 * SECONDS));
    let requests = Arc::new(checks(program.port, &bodies));
    let entered: Measured = open_loop(program.port, 1_000, A_SECOND, &requests);
    let p99 = entered.at(TAKEN, 9_900);
    report.line(Line {
        target: "2",
        what: format!("{engine}: p99 of an entry, open loop {A_SECOND}/s for {SECONDS} s"),
        value: format!(
            "{p99:.1} ms (p50 {:.1}, p99.9 {:.1}; {} taken, {} told to come later)",
            entered.at(TAKEN, 5_000),
            entered.at(TAKEN, 9_990),
            entered.count(TAKEN),
            entered.count(503),
        ),
        baseline: "–".to_owned(),
        wanted: "≤ 100 ms".to_owned(),
        holds: p99 <= 100.0 && entered.count(TAKEN) == bodies.len(),
    });
}

/// The forms of the next people.
trait Town {
    fn take_some(&mut self, count: u64) -> Vec<String>;
}

impl<I: Iterator<Item = u64>> Town for I {
    fn take_some(&mut self, count: u64) -> Vec<String> {
        self.by_ref()
            .take(count as usize)
            .map(library::form)
            .collect()
    }
}

/// What these people send from the check page, one request each.
pub fn checks(port: u16, bodies: &[String]) -> Vec<Vec<u8>> {
    checks_of(port, library::SLUG, bodies)
}

/// [`checks`] for the activity at this address.
pub fn checks_of(port: u16, slug: &str, bodies: &[String]) -> Vec<Vec<u8>> {
    let form = format!("/a/{slug}/enter");
    let page = fetch_all(port, 1, &Arc::new(vec![load::get(&form)]));
    let token = library::hidden(&page[0], "token");
    assert!(!token.is_empty(), "the form has a token");
    let fill = |body: &String| load::post(&form, &format!("{body}&token={token}"));
    let pages = fetch_all(port, 32, &Arc::new(bodies.iter().map(fill).collect()));
    let path = format!("/a/{slug}/check");
    let check = |(body, page): (&String, String)| {
        let token = library::hidden(&page, "token");
        assert!(!token.is_empty(), "the check page has a token");
        load::post(&path, &format!("{body}&token={token}"))
    };
    bodies.iter().zip(pages).map(check).collect()
}
