//! The program under test, started as an operator starts it.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::load::{Connection, get};

/// A running server; it ends with its handle.
pub struct Program {
    child: Child,
    pub port: u16,
    /// From the start to the first answer.
    pub ready: Duration,
}

impl Program {
    /// Starts it in `folder`, which holds its data, and waits for its first answer.
    pub fn start(folder: &Path, settings: &[(&str, String)]) -> Program {
        // Somebody else may take the port between being found and being used.
        let mut tries = 0..3;
        loop {
            match Program::try_start(folder, settings) {
                Some(program) => return program,
                None => assert!(tries.next().is_some(), "the program ends at once"),
            }
        }
    }

    /// Nothing if it ended before it answered.
    fn try_start(folder: &Path, settings: &[(&str, String)]) -> Option<Program> {
        let port = free_port();
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
            .current_dir(folder)
            .env("ROCKET_PORT", port.to_string())
            .env("FAIRDRAW_DATA", folder.join("data"))
            .env("FAIRDRAW_KEYS", folder.join("keys"))
            .envs(settings.iter().map(|(name, value)| (*name, value.as_str())))
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let runtime = rocket::tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let ready = runtime.block_on(async {
            let mut connection = Connection::new(port);
            loop {
                let answer = connection.send(&get("/activities")).await;
                if answer.is_ok_and(|answer| answer.status < 500) {
                    return Some(begun.elapsed());
                }
                if !matches!(child.try_wait(), Ok(None)) {
                    return None;
                }
                assert!(begun.elapsed() < Duration::from_secs(60), "no answer comes");
                rocket::tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })?;
        Some(Program { child, port, ready })
    }

    /// The processes: the watching one, the web side and the vault.
    pub fn processes(&self) -> Vec<u32> {
        let watching = self.child.id();
        let children = format!("/proc/{watching}/task/{watching}/children");
        let children = fs::read_to_string(children).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|id| id.parse().ok());
        std::iter::once(watching).chain(children).collect()
    }

    /// What all of them have used of the processor.
    pub fn cpu(&self) -> Duration {
        let ticks: u64 = self.processes().into_iter().map(ticks_of).sum();
        // USER_HZ is 100 on every Linux that people use.
        Duration::from_millis(10 * ticks)
    }

    /// The memory that all of them need, in MiB; what they share is counted once.
    pub fn memory(&self) -> f64 {
        let kib: u64 = self.processes().into_iter().map(memory_of).sum();
        kib as f64 / 1_024.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

/// Hundredths of a second of the processor that a process has used, and its children that ended.
pub fn ticks_of(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name, in brackets, may hold spaces; user and system time are the 12th and 13th after it,
    // those of children that ended the next two.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<u64> = after
        .split_whitespace()
        .map(|field| field.parse().unwrap_or_default())
        .collect();
    fields.get(11..15).unwrap_or_default().iter().sum()
}

/// The proportional share (PSS); of a process that only the administrator may look into, all that is
/// resident, which is never less.
fn memory_of(process: u32) -> u64 {
    let told = fs::read_to_string(format!("/proc/{process}/smaps_rollup"));
    let of = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
    };
    told.ok()
        .and_then(|text| of(&text, "Pss:"))
        .unwrap_or_else(|| {
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            of(&status, "VmRSS:").unwrap_or_default()
        })
}

/// The most memory that this process itself had in use since [`forget_peak`], in MiB.
pub fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.unwrap_or(f64::NAN) / 1_024.0
}

/// The peak is counted anew from what is in use now.
pub fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("a process may ask that of itself");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
