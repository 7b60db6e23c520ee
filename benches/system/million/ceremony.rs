//! Target 6: close, freeze, draw and the whole bundle of a list of a million.

use std::time::{Duration, Instant};

use fairdraw::activity::{self, ActivityId, lifecycle};
use fairdraw::audit::StaffId;
use fairdraw::draw::{self, NumbersStep, Plan};
use fairdraw::log;
use fairdraw::platform::clock::{DAY, SECOND, Timestamp};
use lucky_draw::encode::sha256;
use lucky_draw::order::Order;

use crate::program::{forget_peak, peak};
use crate::report::{Line, Report, median, millis};
use crate::town::Library;

use super::Standing;

/// Lottery numbers as a person types them, source by source.
const TYPED: [&str; 3] = ["1 7 15 20 33 38 / 5", "45 8 9 10 12 31", "3 9 21 30 39"];

/// A draw that has its result, and how long each step took.
pub struct Decided {
    pub bundle: Vec<u8>,
    /// When the last of its data goes.
    pub ends_at: Timestamp,
    close: Duration,
    freeze: Duration,
    draw: Duration,
    packed: Duration,
    /// MiB beyond what there was before, while the bundle was made.
    grown: f64,
}

/// Closes, freezes and draws as the jobs do, at a clock that is moved on.
pub fn decide(library: &Library, id: &ActivityId, staff: &[StaffId]) -> Decided {
    let (db, vault, clock) = (&library.db, &library.vault, &library.clock);
    let facts = db.read_now("read", |tx| activity::by_id(tx, id));
    let facts = facts.expect("it is there");
    let plan = plan(library, id);
    let timed = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    clock.run_from(facts.closes_at.plus(SECOND));
    let close = timed(&mut || {
        let closed = db.write_now("close activity", |tx| draw::close(tx, vault, id));
        closed.expect("it closes");
    });
    clock.run_from(facts.freezes_at.plus(SECOND));
    let freeze = timed(&mut || {
        let frozen = db.write_now("freeze draw", |tx| draw::freeze(tx, vault, &plan.id));
        frozen.expect("it freezes");
    });
    clock.run_from(facts.draws_at.plus(SECOND));
    let mut took = Duration::ZERO;
    for (position, typed) in (1..).zip(TYPED) {
        for by in staff {
            took = timed(&mut || {
                let step = db.write_now("type numbers", |tx| {
                    draw::type_numbers(tx, vault, by, &plan.id, position, typed)
                });
                let step = step.expect("they are taken");
                let is_last = position == 3 && by == &staff[1];
                assert_eq!(step == NumbersStep::Taken { drawn: true }, is_last);
            });
        }
    }
    forget_peak();
    let before = peak();
    let begun = Instant::now();
    let plan = self::plan(library, id);
    let bundle = db.read_now("read bundle", |tx| draw::bundle(tx, vault, &plan));
    let bundle = bundle.expect("a bundle").to_zip();
    Decided {
        packed: begun.elapsed(),
        grown: peak() - before,
        bundle,
        ends_at: facts.purges_at.plus(lifecycle::GRACE + DAY),
        close,
        freeze,
        draw: took,
    }
}

fn plan(library: &Library, id: &ActivityId) -> Plan {
    let plans = library.db.read_now("read", |tx| draw::plans(tx, id));
    plans.expect("a plan").remove(0)
}

pub fn measure(library: &Library, standing: &Standing, report: &mut Report) -> Decided {
    let count = crate::size::entries();
    pure(report);
    let streamed = streamed(library, standing);
    let decided = decide(library, &standing.rush, &standing.staff);
    let mut step = |what: &str, took: Duration| {
        report.line(Line {
            target: "8",
            what: format!("{what} with {count} entries; nobody else writes meanwhile"),
            value: format!("{:.2} s", took.as_secs_f64()),
            baseline: format!("Merkle streaming {:.2} s", streamed.as_secs_f64()),
            wanted: "–".to_owned(),
            holds: true,
        });
    };
    step("close", decided.close);
    step("freeze", decided.freeze);
    let whole = decided.draw + decided.packed;
    report.line(Line {
        target: "6",
        what: format!("result note of 1,000 winners of {count} and the whole bundle with proofs"),
        value: format!(
            "{:.2} s (note {:.0} ms, bundle {:.2} s, {:.1} MiB; memory + {:.0} MiB)",
            whole.as_secs_f64(),
            millis(decided.draw),
            decided.packed.as_secs_f64(),
            decided.bundle.len() as f64 / f64::from(1 << 20),
            decided.grown,
        ),
        baseline: format!("Merkle streaming {:.2} s", streamed.as_secs_f64()),
        wanted: "≤ 2 s".to_owned(),
        holds: whole <= Duration::from_secs(2),
    });
    decided
}

/// A draw of a thousand from ten million, without a database.
fn pure(report: &mut Report) {
    let took: Vec<f64> = (0..101_u8)
        .map(|round| {
            let seed = sha256(&[round]);
            let begun = Instant::now();
            let sum: u64 = Order::new(&seed, 10_000_000).take(1_000).sum();
            let took = begun.elapsed();
            assert!(sum > 0);
            millis(took)
        })
        .collect();
    let took = median(&took);
    report.line(Line {
        target: "6",
        what: "the order of 1,000 drawn of 10,000,000".to_owned(),
        value: format!("{took:.2} ms"),
        baseline: "–".to_owned(),
        wanted: "≤ 1 ms".to_owned(),
        holds: took <= 1.0,
    });
}

/// Every leaf read and hashed into the root again.
fn streamed(library: &Library, standing: &Standing) -> Duration {
    let (activity, plan) = (standing.rush.as_str(), plan(library, &standing.rush));
    let begun = Instant::now();
    let whole = library.db.read_now("stream", |tx| {
        let log = log::find(tx, activity, plan.id.as_str())?;
        log::is_whole(tx, &log.expect("a published draw has a log"))
    });
    assert!(whole.expect("readable"));
    begun.elapsed()
}
