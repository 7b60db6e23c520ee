//! Target 4 and 5: an entry costs the same among a million as among a thousand, and the program
//! stays small.

use std::sync::Arc;

use crate::entries;
use crate::library;
use crate::load::closed_loop;
use crate::program::Program;
use crate::report::{Line, Report, median};

use super::LATER_PEOPLE;

const TAKEN: u16 = 303;
const ROUNDS: u64 = 5;
const CONNECTIONS: usize = 64;

/// Enters both in turns: few, many, few, many.
pub fn measure(large: &Program, small: &Program, report: &mut Report) {
    let at_once = (crate::size::entries() / 100).clamp(200, 4_000);
    let (mut ratios, mut few, mut many, mut p99) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut cpu_few, mut cpu_many, mut rss) = (Vec::new(), Vec::new(), 0.0_f64);
    for round in 0..ROUNDS {
        let from = LATER_PEOPLE + round * at_once;
        let bodies: Vec<String> = (from..from + at_once).map(library::form).collect();
        let enter = |program: &Program| {
            let requests = Arc::new(entries::checks(program.port, &bodies));
            let used = program.cpu();
            let entered = closed_loop(program.port, CONNECTIONS, &requests);
            assert_eq!(entered.count(TAKEN), bodies.len(), "{:?}", entered.statuses);
            let used = (program.cpu() - used).as_secs_f64() * 1e6 / bodies.len() as f64;
            (entered, used)
        };
        let (a, used_few) = enter(small);
        let (b, used_many) = enter(large);
        rss = rss.max(large.memory());
        println!(
            "round {round}: {:.0}/s among a thousand, {:.0}/s among {}",
            a.rate(TAKEN),
            b.rate(TAKEN),
            crate::size::entries()
        );
        ratios.push(b.rate(TAKEN) / a.rate(TAKEN));
        few.push(a.rate(TAKEN));
        many.push(b.rate(TAKEN));
        p99.push(b.at(TAKEN, 9_900));
        cpu_few.push(used_few);
        cpu_many.push(used_many);
    }
    let ratio = median(&ratios);
    report.line(Line {
        target: "4",
        what: format!(
            "entries/s among {} stored over entries/s among 1,000, {CONNECTIONS} connections",
            crate::size::entries()
        ),
        value: format!(
            "{ratio:.2} ({:.0}/s, p99 {:.1} ms, {:.0} µs of the processor an entry)",
            median(&many),
            median(&p99),
            median(&cpu_many)
        ),
        baseline: format!("{:.0}/s, {:.0} µs", median(&few), median(&cpu_few)),
        wanted: "≥ 0.9".to_owned(),
        holds: ratio >= 0.9,
    });
    report.line(Line {
        target: "5",
        what: format!(
            "memory under that load with {} entries",
            crate::size::entries()
        ),
        value: format!("{rss:.0} MiB"),
        baseline: "–".to_owned(),
        wanted: "≤ 150 MiB".to_owned(),
        holds: rss <= 150.0,
    });
}
