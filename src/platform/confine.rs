//! What this process gives up before it begins: dumps, swap, files, addresses, system calls.
//!
//! Invariant: nothing here can be taken back by the process that did it. What the system does not
//! offer is no failure: it is told, as a [`Protection`], in the log and on the page of the
//! installation (ADR 0019).
//!
//! Everything is done from inside, before the first thread: a thread that was not confined shares
//! the memory of those that are.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, NetPort, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, path_beneath_rules,
};
use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{DumpableBehavior, Resource, Rlimit};
use rustix::thread::CapabilitySet;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
use tokio::signal::unix::{SignalKind, signal};

/// What was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Memory is not written to a file when the process dies, nor read by its own user.
    Dumps,
    /// Memory is not written to swap.
    Memory,
    /// Only named folders and ports.
    Files,
    /// No calls that start programs, load modules or look into other processes.
    Calls,
}

impl What {
    /// All, in the order of the line.
    pub const ALL: [What; 4] = [What::Dumps, What::Memory, What::Files, What::Calls];

    /// The word in messages.
    pub fn code(self) -> &'static str {
        match self {
            What::Dumps => "dumps",
            What::Memory => "memory",
            What::Files => "files",
            What::Calls => "calls",
        }
    }

    fn words(self) -> &'static str {
        match self {
            What::Dumps => "no dumps",
            What::Memory => "memory locked",
            What::Files => "files confined",
            What::Calls => "calls filtered",
        }
    }
}

/// How far the system went along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As asked.
    Fully,
    /// This kernel knows only a part of it.
    Partly,
    /// Not at all.
    Not,
}

impl How {
    const ALL: [How; 3] = [How::Fully, How::Partly, How::Not];

    /// The word in messages.
    pub fn code(self) -> &'static str {
        match self {
            How::Fully => "yes",
            How::Partly => "partly",
            How::Not => "no",
        }
    }
}

/// One thing that a process gave up, or could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// What.
    pub what: What,
    /// How far.
    pub how: How,
    /// Why not, in a few words of the system; empty when fully.
    pub why: String,
}

impl Protection {
    fn of(what: What, outcome: Result<How, String>) -> Protection {
        match outcome {
            Ok(how) => Protection {
                what,
                how,
                why: String::new(),
            },
            Err(why) => Protection {
                what,
                how: How::Not,
                why,
            },
        }
    }

    /// As three words that travel.
    pub fn written(&self) -> (String, String, String) {
        let (what, how) = (self.what.code(), self.how.code());
        (what.to_owned(), how.to_owned(), self.why.clone())
    }

    /// Reads [`Protection::written`].
    pub fn read(what: &str, how: &str, why: &str) -> Option<Protection> {
        Some(Protection {
            what: *What::ALL.iter().find(|known| known.code() == what)?,
            how: *How::ALL.iter().find(|known| known.code() == how)?,
            why: why.to_owned(),
        })
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what.words(), self.how.code())?;
        if self.why.is_empty() {
            Ok(())
        } else {
            write!(f, " ({})", self.why)
        }
    }
}

/// All of them on one line.
pub fn line(standing: &[Protection]) -> String {
    let parts: Vec<String> = standing.iter().map(ToString::to_string).collect();
    parts.join(" · ")
}

/// From now on no dump of this process's memory is written, and other processes of the same user
/// cannot read it. A limit of 0 alone would not stop a dump that is piped to a program.
pub fn dumps_off() -> Protection {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let outcome = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .and_then(|()| rustix::process::setrlimit(Resource::Core, none));
    Protection::of(What::Dumps, told(outcome))
}

/// From now on no memory of this process is written to swap, where that may be asked for.
///
/// Under a finite limit a later mapping would fail and the process with it, so nothing is locked.
pub fn memory_locked() -> Protection {
    Protection::of(What::Memory, lock_memory())
}

fn lock_memory() -> Result<How, String> {
    let may_exceed = rustix::thread::capabilities(None)
        .is_ok_and(|sets| sets.effective.contains(CapabilitySet::IPC_LOCK));
    let limit = rustix::process::getrlimit(Resource::Memlock).current;
    match limit {
        Some(bytes) if !may_exceed => Err(format!("limit {} MiB", bytes >> 20)),
        _ => told(mlockall(
            MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT,
        )),
    }
}

fn told(outcome: rustix::io::Result<()>) -> Result<How, String> {
    outcome
        .map(|()| How::Fully)
        .map_err(|error| error.to_string())
}

/// Which files and addresses a process keeps.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Folders in which it reads and writes.
    pub own: Vec<PathBuf>,
    /// Folders and files that it reads.
    pub read: Vec<PathBuf>,
    /// Ports to which it connects; nothing: any.
    pub ports: Option<Vec<u16>>,
}

/// What every process reads: names of hosts, libraries, the time zone, itself.
const SYSTEM: [&str; 10] = [
    "/etc",
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/run",
    "/proc/self",
    "/dev/urandom",
    "/sys/fs/cgroup",
];

impl Reach {
    /// The vault: its keys and the mail server.
    pub fn of_vault(keys: &Path, mail: Option<u16>) -> Reach {
        Reach {
            own: vec![keys.to_owned()],
            read: Vec::new(),
            // Names of hosts are asked for over TCP when the answer is long.
            ports: Some(mail.map_or_else(Vec::new, |port| vec![port, 53])),
        }
    }

    /// The folder within reach that `path` lies in, or is; whether it exists already or not.
    pub fn folder_around(&self, path: &Path) -> Option<PathBuf> {
        let path = real(path);
        let system = SYSTEM.iter().map(Path::new);
        let all = self.own.iter().chain(&self.read).map(PathBuf::as_path);
        all.chain(system)
            .map(real)
            .find(|folder| path.starts_with(folder))
    }
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    let mut known = whole.as_path();
    loop {
        if let Ok(found) = known.canonicalize() {
            return missing
                .iter()
                .rev()
                .fold(found, |path, name| path.join(name));
        }
        match (known.parent(), known.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name.to_owned());
                known = parent;
            }
            _ => return whole,
        }
    }
}

/// What the page of the installation shows: how this process stands, and the vault's.
#[derive(Clone)]
pub struct Standing {
    /// This process; empty where it gave nothing up.
    pub web: Vec<Protection>,
    /// The vault, which may have been started again since.
    pub vault: Arc<dyn Fn() -> Vec<Protection> + Send + Sync>,
}

/// From now on only what `reach` names can be opened or connected to.
pub fn files(reach: &Reach) -> Protection {
    files_and_programs(reach, &[])
}

/// [`files`] for a command that calls programs of the system, which live below `programs`.
pub fn files_and_programs(reach: &Reach, programs: &[&Path]) -> Protection {
    let outcome = restrict(reach, programs).map_err(|error| error.to_string());
    Protection::of(
        What::Files,
        outcome.and_then(|how| match how {
            How::Not => Err("the kernel has no landlock".to_owned()),
            how => Ok(how),
        }),
    )
}

fn restrict(reach: &Reach, programs: &[&Path]) -> Result<How, RulesetError> {
    const KNOWN: ABI = ABI::V5;
    let no_programs = |access: BitFlags<AccessFs>| access & !BitFlags::from(AccessFs::Execute);
    let all = no_programs(AccessFs::from_all(KNOWN));
    let read = no_programs(AccessFs::from_read(KNOWN));
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))?;
    if reach.ports.is_some() {
        ruleset = ruleset.handle_access(AccessNet::ConnectTcp)?;
    }
    let ports = reach.ports.clone().unwrap_or_default().into_iter();
    let status = ruleset
        .create()?
        .add_rules(path_beneath_rules(&reach.own, all))?
        .add_rules(path_beneath_rules(["/dev/null"], all))?
        .add_rules(path_beneath_rules(&reach.read, read))?
        .add_rules(path_beneath_rules(SYSTEM, read))?
        .add_rules(path_beneath_rules(programs, AccessFs::from_read(KNOWN)))?
        .add_rules(
            ports.map(|port| Ok::<_, RulesetError>(NetPort::new(port, AccessNet::ConnectTcp))),
        )?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => How::Fully,
        RulesetStatus::PartiallyEnforced => How::Partly,
        RulesetStatus::NotEnforced => How::Not,
    })
}

/// System calls that neither a web server nor a vault needs, and that somebody who has got into
/// one would use next. A list of what is allowed would break with every C library.
const DENIED: [libc::c_long; 31] = [
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_bpf,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_open_by_handle_at,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_swapon,
];

/// The second set of numbers by which a kernel of this architecture may know the same calls.
#[cfg(target_arch = "x86_64")]
const X32: libc::c_long = 0x4000_0000;
#[cfg(target_arch = "x86_64")]
const X32_ALONE: [libc::c_long; 6] = [520, 521, 528, 539, 540, 545];

/// From now on the calls of [`DENIED`] answer "not permitted".
pub fn calls() -> Protection {
    Protection::of(What::Calls, filter().map(|()| How::Fully))
}

fn filter() -> Result<(), String> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH).map_err(|e| e.to_string())?;
    let mut numbers = DENIED.to_vec();
    #[cfg(target_arch = "x86_64")]
    {
        numbers.extend(DENIED.iter().map(|number| number | X32));
        numbers.extend(X32_ALONE.iter().map(|number| number | X32));
    }
    let rules = numbers.into_iter().map(|number| (number, Vec::new()));
    let filter = SeccompFilter::new(
        rules.collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM.unsigned_abs()),
        architecture,
    );
    let program = filter.and_then(BpfProgram::try_from);
    let program = program.map_err(|error| error.to_string())?;
    seccompiler::apply_filter_all_threads(&program).map_err(|error| error.to_string())
}

/// From now on a signal to stop is no reason to: this process ends with the stream it serves.
pub fn deaf_to_stops() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let _inside = runtime.enter();
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        // A signal that was listened to once never again does what it did before.
        drop(signal(kind)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protection_is_read_as_it_was_written_and_told_with_its_reason() {
        for what in What::ALL {
            for how in How::ALL {
                let protection = Protection {
                    what,
                    how,
                    why: "limit 8 MiB".to_owned(),
                };
                let (a, b, c) = protection.written();
                assert_eq!(Protection::read(&a, &b, &c), Some(protection));
            }
        }
        let locked = Protection::of(What::Memory, Err("limit 8 MiB".to_owned()));
        let dumps = Protection::of(What::Dumps, Ok(How::Fully));
        assert_eq!(
            line(&[dumps, locked]),
            "no dumps yes · memory locked no (limit 8 MiB)"
        );
        assert_eq!(Protection::read("dumps", "perhaps", ""), None);
    }

    #[test]
    fn a_folder_inside_another_is_found_through_links_and_before_it_exists() {
        let place = tempfile::tempdir().expect("a folder");
        let data = place.path().join("data");
        std::fs::create_dir(&data).expect("made");
        let link = place.path().join("link");
        std::os::unix::fs::symlink(&data, &link).expect("linked");
        let reach = Reach {
            own: vec![data.clone()],
            ..Reach::default()
        };
        assert!(
            reach
                .folder_around(&place.path().join("data-keys"))
                .is_none()
        );
        for inside in [data.clone(), data.join("keys"), link.join("deep/keys")] {
            assert!(reach.folder_around(&inside).is_some(), "{inside:?}");
        }
        assert!(
            reach
                .folder_around(Path::new("/etc/fairdraw/keys"))
                .is_some()
        );
    }
}
