//! Where data and keys lie: kind of file system, room, rights.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::cli::trace::size;
use crate::platform::config::Config;
use crate::platform::db::Target;
use crate::platform::health::{self, Reason};
use crate::vault::FileSystem;

use super::{Finding, State};

/// File systems that another machine keeps: locks and the order of writes are its business.
const OF_A_NETWORK: [&str; 9] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "9p",
    "ceph",
    "glusterfs",
    "afs",
    "fuse.sshfs",
];
/// File systems that are gone after a restart.
const OF_MEMORY: [&str; 2] = ["tmpfs", "ramfs"];

/// Looks at the folders of data, database and keys.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    let mut folders = Vec::new();
    if !super::is_of_vault(config) {
        folders.push(("data", config.data().to_owned()));
    }
    if config.vault().is_none() {
        folders.push(("keys", config.keys()));
    }
    if let Target::Sqlite(file) = config.database()
        && !super::is_of_vault(config)
    {
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        if !is_same(&folder, config.data()) {
            folders.push(("database", folder));
        }
    }
    let mut findings = Vec::new();
    for (name, folder) in &folders {
        findings.extend(one(name, folder));
    }
    if config.vault().is_none()
        && let Err(super::Stop::Failed(error)) = crate::cli::serve::are_keys_apart(config)
    {
        let advice = "move the key folder; the program does not start like this";
        findings.push(Finding::bad("keys", super::words(&*error), advice));
    }
    findings
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    one == other || (real(one).is_some() && real(one) == real(other))
}

/// The folder, or the nearest above it that is there.
fn existing(folder: &Path) -> PathBuf {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut above = whole.ancestors();
    let found = above.find(|path| path.is_dir());
    found.map_or(PathBuf::from("/"), Path::to_owned)
}

fn one(name: &str, folder: &Path) -> Vec<Finding> {
    let there = existing(folder);
    let mut findings = Vec::new();
    if there != std::path::absolute(folder).unwrap_or_default() {
        let found = format!("{} is made at the first start", folder.display());
        findings.push(Finding::good(name, found));
    } else {
        findings.push(rights(name, folder));
    }
    findings.push(kind(name, &there));
    findings.push(room(name, &there));
    findings
}

fn rights(name: &str, folder: &Path) -> Finding {
    let shown = folder.display();
    let about = match std::fs::metadata(folder) {
        Ok(about) => about,
        Err(error) => {
            let advice = "run the check as the user of the server";
            return Finding::bad(name, format!("{shown}: {error}"), advice);
        }
    };
    let own = rustix::process::geteuid().as_raw();
    if own != about.uid() && own != 0 {
        return Finding::bad(
            name,
            format!("{shown} belongs to user {}, and this is {own}", about.uid()),
            "run the check as the user of the server, or give it the folder: chown -R",
        );
    }
    if about.permissions().mode() & 0o077 != 0 {
        let state = match name {
            "keys" => State::Bad,
            // The files in it are for their owner alone all the same.
            _ => State::Warning,
        };
        return Finding::with(
            state,
            name,
            format!("others of this machine may look into {shown}"),
            format!("chmod 700 {shown}"),
        );
    }
    Finding::good(name, format!("{shown}, for its owner alone"))
}

fn kind(name: &str, folder: &Path) -> Finding {
    let system = FileSystem::of(folder);
    let title = format!("{name}: file system");
    let kind = system.kind.as_str();
    if OF_A_NETWORK.contains(&kind) {
        return Finding::bad(
            title,
            format!(
                "{kind} is on another machine, where locks and the order of writes are not sure"
            ),
            "use a disk of this machine (ext4 or XFS), or PostgreSQL for the database",
        );
    }
    if OF_MEMORY.contains(&kind) {
        return Finding::bad(
            title,
            format!("{kind} is gone after a restart of the machine"),
            "use a disk (ext4 or XFS)",
        );
    }
    if kind == "overlay" {
        return Finding::bad(
            title,
            "overlay is the inside of a container, and goes with it",
            "mount a volume there",
        );
    }
    if system.keeps_copies {
        return Finding::warning(
            title,
            format!("{kind} keeps old contents: a destroyed key may survive on the disk"),
            "put the key folder on ext4 or XFS; a purge certificate says what it met",
        );
    }
    Finding::good(title, kind)
}

fn room(name: &str, folder: &Path) -> Finding {
    let title = format!("{name}: room");
    let Some((free, all)) = health::room(folder) else {
        return Finding::unknown(title, "the system does not say", "look with df -h");
    };
    let found = format!("{} of {} free", size(free), size(all));
    match health::of_room(free, all) {
        None => Finding::good(title, found),
        Some(Reason::DiskLow) => Finding::warning(title, found, "make room before it is full"),
        Some(_) => Finding::bad(title, found, "make room: nothing can be stored"),
    }
}
