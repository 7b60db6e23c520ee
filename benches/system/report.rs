//! What was measured, beside what it was measured against in the same run.
//!
//! Invariant: a ratio is of figures that were taken in turns (probe, product, probe), and a round in
//! which the two probes differ by more than a quarter is told as void, not left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Seek, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

/// One line of the table.
#[derive(Serialize, Clone)]
pub struct Line {
    /// The number of the target in `docs/performance.md`.
    pub target: &'static str,
    pub what: String,
    pub value: String,
    /// What it is measured against, in the same run.
    pub baseline: String,
    pub wanted: String,
    pub holds: bool,
}

/// Everything of one run.
#[derive(Serialize)]
pub struct Report {
    pub machine: BTreeMap<&'static str, String>,
    pub lines: Vec<Line>,
}

impl Report {
    pub fn begin(folder: &Path) -> Report {
        let mut report = Report {
            machine: machine(folder),
            lines: Vec::new(),
        };
        for (what, value) in std::mem::take(&mut report.machine) {
            println!("{what}: {value}");
            report.machine.insert(what, value);
        }
        report
    }

    pub fn line(&mut self, line: Line) {
        let mark = if line.holds { "holds" } else { "MISSES" };
        println!(
            "{:>3} {}: {} (wanted {}; baseline {}) {mark}",
            line.target, line.what, line.value, line.wanted, line.baseline
        );
        self.lines.push(line);
    }

    /// The table as Markdown, and the file with all of it.
    pub fn end(&self, file: &Path) {
        let mut table =
            String::from("\n| # | what | measured | baseline of the same run | wanted | |\n");
        table.push_str("|---|---|---|---|---|---|\n");
        for line in &self.lines {
            let mark = if line.holds { "✓" } else { "✗" };
            let _ = writeln!(
                table,
                "| {} | {} | {} | {} | {} | {mark} |",
                line.target, line.what, line.value, line.baseline, line.wanted
            );
        }
        println!("{table}");
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).expect("the target folder is ours");
        }
        let json = serde_json::to_string_pretty(self).expect("it is plain data");
        fs::write(file, json).expect("the target folder is ours");
        println!("written to {}", file.display());
    }
}

/// The middle of some figures.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn machine(folder: &Path) -> BTreeMap<&'static str, String> {
    let word = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default()
            .trim_start_matches([' ', '\t', ':'])
            .to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    BTreeMap::from([
        (
            "processor",
            format!("{cores} × {}", word("/proc/cpuinfo", "model name")),
        ),
        ("memory", word("/proc/meminfo", "MemTotal")),
        (
            "kernel",
            fs::read_to_string("/proc/sys/kernel/osrelease")
                .unwrap_or_default()
                .trim()
                .to_owned(),
        ),
        ("load at the start", load),
        (
            "fdatasync of 4 KiB, median",
            format!("{:.2} ms", fdatasync(folder)),
        ),
    ])
}

/// How long the disk takes to say that a page is written, in milliseconds.
fn fdatasync(folder: &Path) -> f64 {
    let mut file = fs::File::create(folder.join("probe")).expect("a file");
    let page = [7; 4_096];
    let times: Vec<f64> = (0..200)
        .map(|_| {
            file.seek(SeekFrom::Start(0)).expect("a file");
            file.write_all(&page).expect("room for a page");
            let begun = Instant::now();
            file.sync_data().expect("a disk");
            millis(begun.elapsed())
        })
        .collect();
    median(&times)
}

pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
