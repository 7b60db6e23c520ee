//! What this machine gives a process: keys, protections, limits.

use rustix::process::{Resource, getrlimit};

use crate::backup;
use crate::platform::channel::Address;
use crate::platform::config::Config;
use crate::platform::confine::{self, How, Protection, Reach, What};
use crate::vault::{KeyError, OpenError, Start, Vault};

use super::Finding;

/// Fewer open files than this, and a rush of visitors is turned away.
const FILES: u64 = 4_096;

/// Asks the vault of the site where it is elsewhere: whether it answers, and is this site's.
fn vault(config: &Config, address: &Address) -> Finding {
    let name = "vault";
    let is_strange = matches!(address, Address::Tls { .. }) && !config.web_identity().exists();
    if is_strange {
        return Finding::bad(
            name,
            format!("this web side has no key yet that {address} could know it by"),
            "fairdraw vault web-key, and name what it prints in vault_peers of the vault",
        );
    }
    let identity = match super::super::web_identity(config, address) {
        Ok(identity) => identity,
        Err(_) => {
            let advice = "fairdraw vault web-key says what is wrong with it";
            return Finding::bad(name, "the key of this web side cannot be read", advice);
        }
    };
    match Vault::elsewhere(&config.site, address.clone(), identity) {
        Ok(vault) => Finding::good(name, format!("{address} answers; {}", vault.vkey())),
        Err(error) => Finding::bad(
            name,
            format!("{address}: {}", super::words(&error)),
            "start fairdraw vault there; both sides need the same version and the same `site`",
        ),
    }
}

/// Opens the key folder as a server would, unless one has it open.
pub(super) fn keys(config: &Config) -> Vec<Finding> {
    if let Some(address) = config.vault() {
        return vec![vault(config, &address)];
    }
    let name = "key folder";
    let folder = config.keys();
    let shown = folder.display();
    let one = if backup::has_keys(&folder) {
        // Nothing is sent and nothing is allowed: the keys are opened and closed again.
        match Vault::spawn(crate::vault::program(), Start::plain(&folder, &config.site)) {
            Ok(vault) => Finding::good(name, format!("{shown} opens; {}", vault.vkey())),
            Err(OpenError::Keys(KeyError::InUse)) => {
                Finding::good(name, format!("{shown} is in use by a running server"))
            }
            Err(error) => Finding::bad(
                name,
                super::words(&error),
                "bring the right key folder back; nothing that is sealed can be read without it",
            ),
        }
    } else if config.data().join("journal.notes").exists() {
        Finding::bad(
            name,
            format!(
                "there are no keys in {shown}, and {} is not new",
                config.data().display()
            ),
            "bring the key folder back; a new one would be another site's",
        )
    } else {
        Finding::good(name, format!("{shown} is filled at the first start"))
    };
    vec![one]
}

/// Gives up what a server gives up. This process ends right after that.
pub(super) fn protections() -> Vec<Finding> {
    let mut findings = vec![files_limit()];
    let standing = [
        confine::dumps_off(),
        confine::memory_locked(),
        confine::files(&Reach::default()),
        confine::calls(),
    ];
    findings.extend(standing.iter().map(protection));
    findings
}

fn protection(given_up: &Protection) -> Finding {
    let (name, advice) = match given_up.what {
        What::Dumps => ("no dumps", "run a kernel that knows PR_SET_DUMPABLE"),
        What::Memory => (
            "memory locked",
            "LimitMEMLOCK=infinity in the systemd unit, or switch swap off or encrypt it",
        ),
        What::Files => (
            "files confined",
            "Linux 5.13 or newer with landlock (lsm=landlock,… on the kernel's command line)",
        ),
        What::Calls => (
            "calls filtered",
            "a kernel with seccomp; some containers take it away",
        ),
    };
    match given_up.how {
        How::Fully => Finding::good(name, "yes"),
        How::Partly => Finding::warning(name, "partly: this kernel knows a part of it", advice),
        How::Not => Finding::warning(name, given_up.why.clone(), advice),
    }
}

fn files_limit() -> Finding {
    let name = "open files";
    let limit = getrlimit(Resource::Nofile);
    // The server raises its own limit to the most that it is given.
    match limit.maximum {
        Some(most) if most < FILES => Finding::warning(
            name,
            format!("at most {most}, so a rush of visitors is turned away"),
            "LimitNOFILE=65536 in the systemd unit, or ulimit -n",
        ),
        Some(most) => Finding::good(name, format!("up to {most}")),
        None => Finding::good(name, "no limit"),
    }
}
