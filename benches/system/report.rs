//! What was measured, beside what it was measured against in the same run.
//!
//! Invariant: a ratio is of figures that were taken in turns (probe, product, probe), and a round in
//! which the two probes differ by more than a quarter is told as void, not left out.
//!
//! Each part keeps when it was run and how busy the machine was then; a part that is run again takes
//! the place of its earlier figures and of no other's. After each part the table is written into
//! `docs/performance.md`, if it is one of a full run ([`super::size`]).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// One line of the table.
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

/// [`Line`] as it is kept.
#[derive(Serialize, Deserialize, Clone)]
struct Kept {
    target: String,
    what: String,
    value: String,
    baseline: String,
    wanted: String,
    holds: bool,
}

/// The figures of one part.
#[derive(Serialize, Deserialize, Clone, Default)]
struct Part {
    name: String,
    /// When it began, and how many processes wanted the processor then.
    at: String,
    load: String,
    lines: Vec<Kept>,
    /// It ended before its end.
    #[serde(default)]
    broke_off: bool,
}

/// Everything that was measured on this machine.
#[derive(Serialize, Deserialize, Default)]
pub struct Report {
    machine: BTreeMap<String, String>,
    parts: Vec<Part>,
    #[serde(skip)]
    file: PathBuf,
}

impl Report {
    /// Goes on with what `file` has of this machine.
    pub fn begin(folder: &Path, file: &Path) -> Report {
        let machine = machine(folder);
        for (what, value) in &machine {
            println!("{what}: {value}");
        }
        let earlier: Option<Report> = fs::read_to_string(file)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok());
        let same = |earlier: &Report| earlier.machine.get("processor") == machine.get("processor");
        let parts = earlier.filter(same).map(|earlier| earlier.parts);
        Report {
            machine,
            parts: parts.unwrap_or_default(),
            file: file.to_owned(),
        }
    }

    /// From here on lines belong to this part.
    pub fn part(&mut self, name: &str) {
        self.parts.retain(|part| part.name != name);
        self.parts.push(Part {
            name: name.to_owned(),
            at: said(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"])),
            load: load(),
            lines: Vec::new(),
            broke_off: false,
        });
        println!("\n== {name}");
    }

    pub fn line(&mut self, line: Line) {
        let mark = if line.holds { "holds" } else { "MISSES" };
        println!(
            "{:>3} {}: {} (wanted {}; baseline {}) {mark}",
            line.target, line.what, line.value, line.wanted, line.baseline
        );
        let kept = Kept {
            target: line.target.to_owned(),
            what: line.what,
            value: line.value,
            baseline: line.baseline,
            wanted: line.wanted,
            holds: line.holds,
        };
        if let Some(part) = self.parts.last_mut() {
            part.lines.push(kept);
        }
        self.keep();
    }

    /// After each line: what was measured stays though a later part fails.
    fn keep(&self) {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).expect("the target folder is ours");
        }
        let json = serde_json::to_string_pretty(self).expect("it is plain data");
        fs::write(&self.file, json).expect("the target folder is ours");
    }

    /// The part that is run has ended before its end.
    pub fn breaks_off(&mut self) {
        if let Some(part) = self.parts.last_mut() {
            part.broke_off = true;
        }
    }

    /// Everything so far as it is kept, and the page that holds the table.
    pub fn write(&mut self, order: &[&str], page: Option<&Path>) {
        let place = |part: &Part| order.iter().position(|name| *name == part.name);
        self.parts.sort_by_key(place);
        self.keep();
        let Some(page) = page else {
            return;
        };
        let told = self.told();
        let text = fs::read_to_string(page).unwrap_or_default();
        if let Some((before, rest)) = text.split_once(BEGIN)
            && let Some((_, after)) = rest.split_once(END)
        {
            let whole = format!("{before}{BEGIN}\n\n{told}\n{END}{after}");
            fs::write(page, whole).expect("the page is ours");
            println!("written to {}", page.display());
        }
    }

    /// The whole table, on standard output.
    pub fn tell(&self) {
        println!("\n{}\nwritten to {}", self.told(), self.file.display());
    }

    fn told(&self) -> String {
        let mut told = String::from("| the machine | |\n|---|---|\n");
        for (what, value) in &self.machine {
            let _ = writeln!(told, "| {what} | {value} |");
        }
        for part in &self.parts {
            let Part { name, at, load, .. } = part;
            let _ = write!(told, "\n**{name}**, {at}, load {load}\n\n");
            told.push_str("| # | what | measured | baseline of the same run | wanted | |\n");
            told.push_str("|---|---|---|---|---|---|\n");
            for line in &part.lines {
                let mark = if line.holds { "✓" } else { "✗" };
                let _ = writeln!(
                    told,
                    "| {} | {} | {} | {} | {} | {mark} |",
                    line.target, line.what, line.value, line.baseline, line.wanted
                );
            }
            if part.broke_off {
                told.push_str("\nIt broke off here.\n");
            }
        }
        told
    }
}

/// Between these the page holds what was measured last.
const BEGIN: &str = "<!-- measured by make bench: begin -->";
const END: &str = "<!-- measured by make bench: end -->";

/// The middle of some figures.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn machine(folder: &Path) -> BTreeMap<String, String> {
    let word = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default()
            .trim_start_matches([' ', '\t', ':'])
            .to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let place = folder.display().to_string();
    let disk = said(Command::new("stat").args(["-f", "-c", "%T", &place]));
    let here = env!("CARGO_MANIFEST_DIR");
    let commit = said(Command::new("git").args(["-C", here, "log", "-1", "--format=%h %cs"]));
    let build = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    [
        (
            "processor",
            format!("{cores} × {}", word("/proc/cpuinfo", "model name")),
        ),
        ("memory", word("/proc/meminfo", "MemTotal")),
        ("kernel", kernel.trim().to_owned()),
        ("file system", disk),
        (
            "fdatasync of 4 KiB, median",
            format!("{:.2} ms", fdatasync(folder)),
        ),
        ("program", format!("{commit}, {build} build")),
        ("compiler", said(Command::new("rustc").arg("--version"))),
        ("PostgreSQL", postgres()),
    ]
    .map(|(what, value)| (what.to_owned(), value))
    .into()
}

/// How many processes wanted the processor in the last minute.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

fn postgres() -> String {
    let found = said(Command::new("sh").args([
        "-c",
        "for each in postgres /usr/lib/postgresql/*/bin/postgres; do command -v $each; done | tail -1",
    ]));
    match found.as_str() {
        "" => "none".to_owned(),
        program => said(Command::new(program).arg("--version")),
    }
}

/// The first line that a program prints; empty where it is not there.
fn said(command: &mut Command) -> String {
    let output = command.output().map(|done| done.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output).into_owned();
    text.lines().next().unwrap_or_default().trim().to_owned()
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
