//! The whole system under load (`docs/performance.md`): the program as released, real forms, and a
//! route of the same program that only parses, in turns.
//!
//! `make bench` runs it; it is never a test. Parts can be named: `make bench PARTS="driver entries"`.
//!
//! Invariant: what a part has measured stays, whatever becomes of the parts after it. A part that
//! panics is named at the end, by the exit code too, and the others are run all the same.
#![expect(
    unreachable_pub,
    reason = "nothing in a benchmark is reachable from outside; `pub` says what a module offers"
)]

#[expect(
    dead_code,
    reason = "the support of the system tests offers more than this needs"
)]
#[path = "../../tests/system/support/postgres.rs"]
mod cluster;
mod driver;
mod entries;
mod instances;
mod library;
mod load;
mod million;
mod pages;
mod peers;
mod program;
mod quota;
mod report;
mod rush;
mod size;
#[path = "../../tests/system/support/tether.rs"]
mod tether;
mod town;
mod verify;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::Report;

/// Where the parts have their folders.
pub struct Ground<'g> {
    folder: &'g Path,
}

impl Ground<'_> {
    /// The bundle of a draw of a million, once a part has made one.
    fn bundle(&self) -> PathBuf {
        self.folder.join("bundle.zip")
    }
}

type Part = fn(&Ground<'_>, &mut Report);

const PARTS: [(&str, Part); 9] = [
    ("driver", driver::measure),
    ("entries", entries::measure),
    ("postgres", entries::measure_postgres),
    ("rush", rush::measure),
    ("pages", pages::measure),
    ("instances", instances::measure),
    ("million", million::measure),
    ("verify", verify::measure),
    ("peers", peers::measure),
];

/// Parts that are run only where they are named: they fetch software of others.
const NAMED: [&str; 1] = ["peers"];

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let known = |name: &String| PARTS.iter().any(|(part, _)| part == name);
    if let Some(unknown) = asked.iter().find(|name| !known(name)) {
        let names = PARTS.map(|(name, _)| name).join(", ");
        eprintln!("there is no part {unknown}; there are {names}");
        return ExitCode::from(2);
    }
    let temporary = tempfile::tempdir().expect("a temporary folder");
    // For whoever looks into what a part left behind.
    let kept = std::env::var_os("FAIRDRAW_BENCH_FOLDER").map(PathBuf::from);
    let folder = kept.unwrap_or_else(|| temporary.path().to_owned());
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
    // Trials of the benchmark itself are kept apart.
    let (name, page) = match size::is_full() {
        true => ("system.json", Some(page.as_path())),
        false => ("trial.json", None),
    };
    let file = Path::new(&target).join("bench").join(name);
    let order = PARTS.map(|(name, _)| name);
    let mut broken: Vec<&str> = Vec::new();
    let mut report = Report::begin(&folder, &file);
    for (name, part) in PARTS {
        let usual = asked.is_empty() && !NAMED.contains(&name);
        if usual || asked.iter().any(|asked| asked == name) {
            report.part(name);
            let ground = Ground { folder: &folder };
            let run = AssertUnwindSafe(|| part(&ground, &mut report));
            if catch_unwind(run).is_err() {
                report.breaks_off();
                broken.push(name);
            }
            report.write(&order, page);
        }
    }
    report.tell();
    if broken.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("broke off, see above for why: {}", broken.join(", "));
    ExitCode::FAILURE
}
