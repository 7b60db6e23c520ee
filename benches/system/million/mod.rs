//! Targets 4 to 9 and the million of acceptance 8: one activity with a million entries on SQLite,
//! from its entries to its purge.
//!
//! How large it is in a smaller run is in [`super::size`].

mod ceremony;
mod export;
mod pace;
mod purging;
mod rooms;

use std::path::{Path, PathBuf};

use fairdraw::activity::ActivityId;
use fairdraw::audit::StaffId;
use fairdraw::platform::clock::Clock;

use super::Ground;
use super::library;
use super::program::Program;
use super::report::{Line, Report};
use super::size;
use super::town::Library;

/// Winners of the activity of a million, and of the one beside it.
const WINNERS: u32 = 1_000;
const MANY_WINNERS: u32 = 100_000;
/// The slug of the activity beside it.
const BESIDE: &str = "everybody-wins";
/// From here on people are counted who come while it is measured.
const LATER_PEOPLE: u64 = 100_000_000;

/// What stands in the folder of this part.
struct Standing {
    folder: PathBuf,
    /// The activity of a million.
    rush: ActivityId,
    /// The one with many winners.
    beside: ActivityId,
    staff: Vec<StaffId>,
}

impl Standing {
    fn library(&self, clock: Clock) -> Library {
        Library::open(&self.folder, clock)
    }
}

pub fn measure(ground: &Ground<'_>, report: &mut Report) {
    let folder = ground.folder.join("million");
    let small = ground.folder.join("thousand");
    set_out_small(&small);
    let standing = set_out(&folder, report);
    {
        let large = Program::start(&folder, &[]);
        let small = Program::start(&small, &[]);
        pace::measure(&large, &small, report);
        drop(small);
        rooms::measure(&large, "open", report);
    }
    let library = standing.library(Clock::system());
    let decided = ceremony::measure(&library, &standing, report);
    fs_write(&ground.bundle(), &decided.bundle);
    export::measure(&library, &standing, report);
    drop(library);
    {
        let large = Program::start(&folder, &[]);
        rooms::measure(&large, "drawn", report);
    }
    let clock = Clock::system();
    clock.run_from(decided.ends_at);
    purging::measure(&standing.library(clock), &standing, report);
}

/// The bundle of a draw of a million, where the part itself was not asked for.
pub fn bundle(ground: &Ground<'_>, report: &mut Report) -> PathBuf {
    let file = ground.bundle();
    if !file.exists() {
        // Not the folder of the part itself, which may have broken off in the middle.
        let standing = set_out(&ground.folder.join("verify"), report);
        let library = standing.library(Clock::system());
        let decided = ceremony::decide(&library, &standing.rush, &standing.staff);
        fs_write(&file, &decided.bundle);
    }
    file
}

fn fs_write(file: &Path, bytes: &[u8]) {
    std::fs::write(file, bytes).expect("room for the bundle");
}

/// An activity of a thousand entries, in a folder of its own.
fn set_out_small(folder: &Path) {
    let library = Library::open(folder, Clock::system());
    library.employ();
    let id = library.publish(library::SLUG, WINNERS);
    library.fill(&id, 1..1_001);
}

fn set_out(folder: &Path, report: &mut Report) -> Standing {
    let library = Library::open(folder, Clock::system());
    let staff = library.employ();
    let count = size::entries();
    let rush = library.publish(library::SLUG, WINNERS);
    let many = u32::try_from(count / 8)
        .unwrap_or(u32::MAX)
        .clamp(10, MANY_WINNERS);
    let beside = library.publish(BESIDE, many);
    // The last few come as the last of the activity: a draw needs more tickets than prizes.
    library.fill(&beside, 1..u64::from(many) + 1_001);
    let took = library.fill(&rush, 1..count + 1);
    let size = database(folder);
    report.line(Line {
        target: "4",
        what: format!("{count} entries taken through the product's writer, without HTTP"),
        value: format!(
            "{:.0}/s over all of it; the database is {size:.0} MiB",
            count as f64 / took.as_secs_f64()
        ),
        baseline: "–".to_owned(),
        wanted: "–".to_owned(),
        holds: true,
    });
    Standing {
        folder: folder.to_owned(),
        rush,
        beside,
        staff,
    }
}

/// The size of the database with its log, in MiB.
fn database(folder: &Path) -> f64 {
    let size = |name: &str| {
        let file = folder.join("data").join(name);
        std::fs::metadata(file).map_or(0, |found| found.len())
    };
    (size("fairdraw.db") + size("fairdraw.db-wal")) as f64 / f64::from(1 << 20)
}
