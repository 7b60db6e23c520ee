//! A share of the processor that some processes may use and no more: a control group of Linux.
//!
//! Not here: which processes ([`super::instances`]).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A control group; it ends with its handle, and its processes are free again.
pub struct Quota {
    folder: PathBuf,
    /// Where processes go that leave it.
    above: PathBuf,
}

/// Microseconds in which a share is counted. Short, so that nobody waits long for the next one.
const PERIOD: u32 = 20_000;

impl Quota {
    /// A group that may use `cores` of a core.
    ///
    /// # Errors
    /// This machine gives none, as in most containers.
    pub fn of(name: &str, cores: f64) -> io::Result<Quota> {
        let above = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup"];
        let above = above
            .iter()
            .map(Path::new)
            .find(|place| place.join("cgroup.procs").exists());
        let above = above.ok_or(io::ErrorKind::NotFound)?.to_owned();
        let folder = above.join(format!("fairdraw-bench-{}-{name}", std::process::id()));
        fs::create_dir(&folder)?;
        let quota = Quota { folder, above };
        let share = f64::from(PERIOD) * cores;
        match quota.folder.join("cpu.cfs_quota_us").exists() {
            true => {
                quota.write("cpu.cfs_period_us", &PERIOD.to_string())?;
                quota.write("cpu.cfs_quota_us", &format!("{share:.0}"))?;
            }
            false => quota.write("cpu.max", &format!("{share:.0} {PERIOD}"))?,
        }
        Ok(quota)
    }

    fn write(&self, file: &str, words: &str) -> io::Result<()> {
        fs::write(self.folder.join(file), words)
    }

    /// From here on these processes are in it.
    pub fn hold(&self, processes: &[u32]) -> io::Result<()> {
        self.move_to(&self.folder, processes)
    }

    /// From here on they are free.
    pub fn free(&self, processes: &[u32]) -> io::Result<()> {
        self.move_to(&self.above, processes)
    }

    fn move_to(&self, place: &Path, processes: &[u32]) -> io::Result<()> {
        processes
            .iter()
            .try_for_each(|process| fs::write(place.join("cgroup.procs"), process.to_string()))
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        let left = fs::read_to_string(self.folder.join("cgroup.procs")).unwrap_or_default();
        for process in left.lines() {
            let _ = fs::write(self.above.join("cgroup.procs"), process);
        }
        let _ = fs::remove_dir(&self.folder);
    }
}
