//! Whether this process can do its work now, and if not, why.
//!
//! Invariant: a reason is a stable word; it says nothing of people, activities or paths. What holds
//! for every instance of a site at once (jobs that are late, a disk that fills up) is told and takes
//! no instance away: nobody would be left to serve.
//!
//! Not here: who is told (`web::measure`).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::clock;
use super::draining::Draining;

/// How long an answer holds, so that questions cost nothing however many come.
const HOLDS: Duration = Duration::from_secs(1);

/// Less free room than this, and writing is about to fail.
const NO_ROOM: u64 = 4 << 20;
/// Less than this, or a twentieth of the disk where that is less, and somebody should look.
const LITTLE_ROOM: u64 = 1 << 30;

/// Why a process cannot do its work, or soon will not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The process is about to end.
    Draining,
    /// The database cannot be read.
    Database,
    /// The vault does not answer.
    Vault,
    /// The journal is shorter than what the world has seen of it.
    Behind,
    /// The clock of the machine jumped and nothing has confirmed it since.
    Clock,
    /// No room is left on the disk.
    DiskFull,
    /// The database is read as before and takes nothing new.
    Writing,
    /// Little room is left on the disk.
    DiskLow,
    /// Jobs wait for longer than they should.
    Jobs,
}

impl Reason {
    /// Its stable word.
    pub fn code(self) -> &'static str {
        match self {
            Reason::Draining => "draining",
            Reason::Database => "database",
            Reason::Vault => "vault",
            Reason::Behind => "behind_the_journal",
            Reason::Clock => "clock",
            Reason::DiskFull => "disk_full",
            Reason::Writing => "database_takes_nothing",
            Reason::DiskLow => "disk_nearly_full",
            Reason::Jobs => "jobs_late",
        }
    }

    /// Whether requests should go to another instance meanwhile.
    pub fn blocks(self) -> bool {
        !matches!(self, Reason::DiskLow | Reason::Jobs)
    }
}

/// What is looked at: nothing, or a reason.
pub type Look = Box<dyn Fn() -> Option<Reason> + Send + Sync>;

/// When it was looked, and what was found.
type Looked = (Duration, Vec<Reason>);

/// All looks of a process; clones share them.
#[derive(Clone)]
pub struct Health {
    looks: Arc<Vec<Look>>,
    draining: Draining,
    last: Arc<Mutex<Option<Looked>>>,
}

impl Health {
    /// These looks, beside draining.
    pub fn new(draining: &Draining, looks: Vec<Look>) -> Health {
        Health {
            looks: Arc::new(looks),
            draining: draining.clone(),
            last: Arc::default(),
        }
    }

    /// Every reason there is now; may take seconds where something does not answer.
    pub fn reasons(&self) -> Vec<Reason> {
        if self.draining.is_on() {
            return vec![Reason::Draining];
        }
        // Whoever asks meanwhile waits for the same answer.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock::monotonic();
        if let Some((at, reasons)) = &*last
            && now.saturating_sub(*at) < HOLDS
        {
            return reasons.clone();
        }
        let mut reasons: Vec<Reason> = self.looks.iter().filter_map(|look| look()).collect();
        reasons.sort();
        reasons.dedup();
        *last = Some((clock::monotonic(), reasons.clone()));
        reasons
    }
}

/// Room on the disk of a folder, in bytes: free for this program, and in all.
pub fn room(folder: &Path) -> Option<(u64, u64)> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some((
        disk.f_bavail.saturating_mul(disk.f_frsize),
        disk.f_blocks.saturating_mul(disk.f_frsize),
    ))
}

/// What the room on a disk means.
pub fn of_room(free: u64, all: u64) -> Option<Reason> {
    match free {
        free if free < NO_ROOM => Some(Reason::DiskFull),
        free if free < LITTLE_ROOM.min(all / 20) => Some(Reason::DiskLow),
        _ => None,
    }
}

/// Looks at the room where these folders are; the worst counts.
pub fn disks(folders: Vec<PathBuf>) -> Look {
    Box::new(move || {
        let rooms = folders.iter().filter_map(|folder| room(folder));
        rooms.filter_map(|(free, all)| of_room(free, all)).min()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_told_and_no_room_blocks() {
        assert_eq!(of_room(10 << 30, 100 << 30), None);
        assert_eq!(of_room(900 << 20, 100 << 30), Some(Reason::DiskLow));
        assert_eq!(of_room(1 << 20, 100 << 30), Some(Reason::DiskFull));
        // A small disk that is half empty is not nearly full.
        assert_eq!(of_room(16 << 20, 32 << 20), None);
        assert!(Reason::DiskFull.blocks() && !Reason::DiskLow.blocks());
    }

    #[test]
    fn a_process_that_ends_says_nothing_else() {
        let draining = Draining::default();
        let looks: Vec<Look> = vec![
            Box::new(|| Some(Reason::Jobs)),
            Box::new(|| Some(Reason::Vault)),
            Box::new(|| None),
        ];
        let health = Health::new(&draining, looks);
        assert_eq!(health.reasons(), [Reason::Vault, Reason::Jobs]);
        draining.begin();
        assert_eq!(health.reasons(), [Reason::Draining]);
    }
}
