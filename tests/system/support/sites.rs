//! A site of several web sides: one PostgreSQL, one `fairdraw vault`, and instances with a data
//! folder and a port each.
//!
//! Invariant: all of them are the real program; each ends with the value that started it.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::vault::{self, Program, listened, lives, open_now, signal};
use super::{Engine, TestDatabase};

/// What the vault is given beside where it listens.
pub type Settings<'s> = &'s str;

/// A running `fairdraw vault`.
pub struct VaultSide {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    _reading: Vec<JoinHandle<()>>,
}

impl VaultSide {
    /// Starts it on a key folder and waits until it awaits somebody.
    pub fn start(keys: &Path, listen: &str, more: Settings<'_>) -> VaultSide {
        VaultSide::start_with(keys, listen, more, |_| ())
    }

    /// [`VaultSide::start`] with some things changed.
    pub fn start_with(
        keys: &Path,
        listen: &str,
        more: Settings<'_>,
        change: impl FnOnce(&mut Command),
    ) -> VaultSide {
        let mut command = Command::new(vault::program());
        command
            .arg("vault")
            .current_dir(keys.parent().expect("a folder"))
            .env("FAIRDRAW_KEYS", keys)
            .env(
                "ROCKET_APP",
                format!("{{site=\"lib.example.tw\",vault_listen=[\"{listen}\"]{more}}}"),
            );
        change(&mut command);
        let (child, lines, reading) = listened(&mut command);
        let side = VaultSide {
            child,
            lines,
            _reading: reading,
        };
        side.says("awaits:");
        side
    }

    fn printed(&self) -> Vec<String> {
        self.lines.lock().expect("no reader panics").clone()
    }

    /// Waits for a line with these words.
    pub fn says(&self, words: &str) {
        while !self.printed().iter().any(|line| line.contains(words)) {
            assert!(
                lives(self.child.id()),
                "the vault ended:\n{}",
                self.printed().join("\n")
            );
            std::thread::yield_now();
        }
    }

    /// The process that holds the keys.
    pub fn keeper(&self) -> u32 {
        self.keeper_now().expect("it has started its vault")
    }

    /// [`VaultSide::keeper`], if there is one at this moment.
    pub fn keeper_now(&self) -> Option<u32> {
        vault::children(self.child.id()).first().copied()
    }
}

impl Drop for VaultSide {
    fn drop(&mut self) {
        signal(self.child.id(), "TERM");
        let _ = self.child.wait();
    }
}

/// A library whose draw is open by the machine's own clock, and whatever serves it.
pub struct Site {
    pub database: TestDatabase,
    pub question: String,
    folder: tempfile::TempDir,
    made: Cell<u32>,
}

impl Site {
    /// Nobody serves yet.
    pub fn open() -> Site {
        let (database, question) = open_now(Engine::Postgresql);
        Site {
            database,
            question,
            folder: tempfile::tempdir().expect("a temporary folder"),
            made: Cell::new(0),
        }
    }

    /// Where web sides and vault meet.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("vault.sock")
    }

    /// The address of that.
    pub fn address(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// The vault of the site, at the socket.
    pub fn vault(&self) -> VaultSide {
        VaultSide::start(&self.database.keys(), &self.address(), "")
    }

    /// A folder that nobody else has.
    pub fn own_folder(&self) -> PathBuf {
        let number = self.made.get() + 1;
        self.made.set(number);
        let folder = self.folder.path().join(format!("data-{number}"));
        std::fs::create_dir(&folder).expect("the temporary folder is writable");
        folder
    }

    /// One more instance that finds the vault at `address`, with a data folder of its own.
    pub fn instance_at(&self, address: &str, data: &Path) -> Program {
        let program = self.launch(address, data);
        program.is_awaited();
        program
    }

    /// [`Site::instance_at`] without waiting for it.
    pub fn launch(&self, address: &str, data: &Path) -> Program {
        Program::launch(&self.database, |command| {
            command
                .current_dir(data)
                .env("FAIRDRAW_DATA", data)
                .env("FAIRDRAW_KEYS", data.join("no-keys-here"))
                .env("FAIRDRAW_VAULT", address);
        })
    }

    /// One more instance at the socket.
    pub fn instance(&self) -> Program {
        self.instance_at(&self.address(), &self.own_folder())
    }
}

/// Looks again and again until `look` says so; how long it took.
pub fn until(patience: Duration, what: &str, mut look: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !look() {
        assert!(
            start.elapsed() < patience,
            "not within {patience:?}: {what}"
        );
        // A person who looks again, and not a flood that somebody has to be protected from.
        std::thread::park_timeout(Duration::from_millis(50));
    }
    start.elapsed()
}
