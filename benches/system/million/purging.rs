//! Target 8: a million entries are erased while people enter another activity.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fairdraw::entry::submit::{self, NewEntry, Taking};
use fairdraw::platform::config::Config;
use fairdraw::platform::db::Writer;
use fairdraw::purge::{Purger, Step};
use rocket::tokio;

use crate::program::{forget_peak, peak};
use crate::report::{Line, Report};
use crate::town::{self, Library};

use super::{LATER_PEOPLE, Standing};

/// How many people a second enter the other activity.
const A_SECOND: f64 = 50.0;
/// How long they do before anything is purged.
const BEFORE: Duration = Duration::from_secs(10);

pub fn measure(library: &Library, standing: &Standing, report: &mut Report) {
    let config = Config {
        data: library.data.clone(),
        quiet_hour: 24,
        ..Config::default()
    };
    let purger = Purger::new(&library.db, &library.vault, &config);
    let others = Others::prepare(library);
    let calm = others.enter_until(Instant::now() + BEFORE);
    forget_peak();
    let before = peak();
    let mut steps: Vec<(Step, Duration)> = Vec::new();
    let mut purge = purger.begin(&standing.rush).expect("its day has come");
    let take = |purge: &mut _, steps: &mut Vec<(Step, Duration)>, until: Step| {
        let begun: &mut fairdraw::purge::Purge = purge;
        while begun.step < until {
            let (step, at) = (begun.step, Instant::now());
            *begun = purger.take(begun).expect("nothing is in its way");
            steps.push((step, at.elapsed()));
        }
    };
    take(&mut purge, &mut steps, Step::Shred);
    let during = others.enter_while(|| take(&mut purge, &mut steps, Step::Delete));
    let window = others.enter_while(|| take(&mut purge, &mut steps, Step::Trim));
    take(&mut purge, &mut steps, Step::Done);
    let grown = peak() - before;
    for (step, took) in &steps {
        println!("{}: {:.2} s", step.code(), took.as_secs_f64());
    }
    tell(&steps, (&calm, &during), grown, report);
    tell_window(&window, report);
}

fn tell(
    steps: &[(Step, Duration)],
    (calm, during): (&Entered, &Entered),
    grown: f64,
    report: &mut Report,
) {
    let of = |wanted: &[Step]| {
        let own = steps.iter().filter(|(step, _)| wanted.contains(step));
        own.map(|(_, took)| *took).sum::<Duration>()
    };
    let compaction = of(&[Step::Compact, Step::Scan, Step::Certify]);
    let rest: Duration = steps.iter().map(|(_, took)| *took).sum::<Duration>() - compaction;
    report.line(Line {
        target: "8",
        what: format!("purge of {} entries without compaction and scan", crate::size::entries()),
        value: format!(
            "{:.1} s (shred {:.2} s, delete {:.1} s; compaction {:.1} s, scan {:.1} s; memory + {grown:.0} MiB)",
            rest.as_secs_f64(),
            of(&[Step::Shred]).as_secs_f64(),
            of(&[Step::Delete]).as_secs_f64(),
            of(&[Step::Compact]).as_secs_f64(),
            of(&[Step::Scan]).as_secs_f64(),
        ),
        baseline: "–".to_owned(),
        wanted: "≤ 10 s".to_owned(),
        holds: rest <= Duration::from_secs(10),
    });
    let (before, while_deleting) = (p99(&calm.times), p99(&during.times));
    let ratio = while_deleting / before;
    report.line(Line {
        target: "8",
        what: format!(
            "p99 of entering another activity at {A_SECOND}/s while it is shredded, at the writer (its rows leave in the window, next line)"
        ),
        value: format!(
            "{ratio:.1} × ({while_deleting:.1} ms, {} entries)",
            during.times.len()
        ),
        baseline: format!("{before:.1} ms before, {} entries", calm.times.len()),
        wanted: "≤ 2 ×".to_owned(),
        holds: ratio <= 2.0,
    });
}

/// What those see who come while rows leave together and the files are rewritten, in the quiet hour
/// (decision D24): they wait, or are told to come again.
fn tell_window(window: &Entered, report: &mut Report) {
    let longest = window.times.iter().max().copied().unwrap_or_default();
    report.line(Line {
        target: "8",
        what: format!(
            "the longest that somebody waits who enters another activity at {A_SECOND}/s while the rows leave together and the files are rewritten, at the writer"
        ),
        value: format!(
            "{:.1} s ({} entries, {} told to come again)",
            longest.as_secs_f64(),
            window.times.len(),
            window.refused,
        ),
        baseline: "–".to_owned(),
        wanted: "–".to_owned(),
        holds: true,
    });
}

/// In milliseconds.
fn p99(times: &[Duration]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    let at = (sorted.len() * 99 / 100).min(sorted.len().saturating_sub(1));
    sorted
        .get(at)
        .map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// How it went for some who came.
struct Entered {
    /// How long each waited who was taken, from when it was meant to come.
    times: Vec<Duration>,
    /// How many were told to come again.
    refused: usize,
}

/// People who enter another activity, on a writer as the program has one.
struct Others {
    writer: Arc<Writer<Taking>>,
    prepare: Box<dyn Fn(u64) -> NewEntry + Send + Sync>,
    next: std::sync::atomic::AtomicU64,
}

impl Others {
    fn prepare(library: &Library) -> Others {
        // Their activity closed days ago by the clock of the purge: they are of one that is new.
        let id = library.publish("next-year", super::WINNERS);
        let terms = library.terms(&id);
        let vault = library.vault.clone();
        let taking = Taking::new(library.vault.clone());
        Others {
            writer: Arc::new(Writer::new(library.db.clone(), taking).expect("a thread")),
            prepare: Box::new(move |person| town::prepared(&vault, &terms, person)),
            next: std::sync::atomic::AtomicU64::new(2 * LATER_PEOPLE),
        }
    }

    /// So many a second until a moment.
    fn enter_until(&self, until: Instant) -> Entered {
        self.enter(&AtomicBool::new(false), Some(until))
    }

    /// The same for as long as `work` goes on.
    fn enter_while(&self, work: impl FnOnce()) -> Entered {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let entering = scope.spawn(|| self.enter(&over, None));
            work();
            over.store(true, Ordering::Relaxed);
            entering.join().expect("no panic")
        })
    }

    fn enter(&self, over: &AtomicBool, until: Option<Instant>) -> Entered {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let begun = Instant::now();
            let mut all = Vec::new();
            for at in 0_u32.. {
                let meant = begun + Duration::from_secs_f64(f64::from(at) / A_SECOND);
                tokio::time::sleep_until(meant.into()).await;
                if over.load(Ordering::Relaxed) || until.is_some_and(|until| meant >= until) {
                    break;
                }
                let person = self.next.fetch_add(1, Ordering::Relaxed);
                let (writer, new) = (self.writer.clone(), (self.prepare)(person));
                all.push(tokio::spawn(async move {
                    let taken = submit::take(&writer, new).await;
                    taken.is_ok().then(|| meant.elapsed())
                }));
            }
            let mut times = Vec::with_capacity(all.len());
            let mut refused = 0;
            for each in all {
                match each.await.expect("no panic") {
                    Some(time) => times.push(time),
                    None => refused += 1,
                }
            }
            Entered { times, refused }
        })
    }
}
