//! The whole system under load (`docs/performance.md`): the program as released, real forms, and a
//! route of the same program that only parses, in turns.
//!
//! `make bench` runs it; it is never a test. Parts can be named: `make bench PARTS="driver entries"`.
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
#[path = "../../tests/system/support/tether.rs"]
mod tether;
mod town;
mod verify;

use std::path::{Path, PathBuf};

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

const PARTS: [(&str, Part); 8] = [
    ("driver", driver::measure),
    ("entries", entries::measure),
    ("postgres", entries::measure_postgres),
    ("pages", pages::measure),
    ("instances", instances::measure),
    ("million", million::measure),
    ("verify", verify::measure),
    ("peers", peers::measure),
];

/// Parts that are run only where they are named: they fetch software of others.
const NAMED: [&str; 1] = ["peers"];

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let known = |name: &String| PARTS.iter().any(|(part, _)| part == name);
    if let Some(unknown) = asked.iter().find(|name| !known(name)) {
        let names = PARTS.map(|(name, _)| name).join(", ");
        eprintln!("there is no part {unknown}; there are {names}");
        std::process::exit(2);
    }
    let temporary = tempfile::tempdir().expect("a temporary folder");
    // For whoever looks into what a part left behind.
    let kept = std::env::var_os("FAIRDRAW_BENCH_FOLDER").map(PathBuf::from);
    let folder = kept.unwrap_or_else(|| temporary.path().to_owned());
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let file = Path::new(&target).join("bench/system.json");
    let mut report = Report::begin(&folder, &file);
    for (name, part) in PARTS {
        let usual = asked.is_empty() && !NAMED.contains(&name);
        if usual || asked.iter().any(|asked| asked == name) {
            report.part(name);
            part(&Ground { folder: &folder }, &mut report);
        }
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
    report.end(&PARTS.map(|(name, _)| name), &page);
}
