//! A program that lives no longer than the value that started it, or than the test process.
//!
//! Invariant: the program ends when its standard input ends. Statics are never dropped and a
//! killed process runs no destructor, but the system closes its pipes in every case.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A running script of `tests/support`.
pub(super) struct Tether {
    script: Child,
    held: Option<ChildStdin>,
}

impl Tether {
    /// Starts `tests/support/<script>` and waits for its line `ready`; returns what follows that
    /// word. Panics with the script's own words on standard error when it does not come so far.
    pub(super) fn start(script: &str, arguments: &[&str]) -> (Tether, String) {
        Tether::start_in(&std::env::temp_dir(), script, arguments)
    }

    /// [`Tether::start`] with everything that the program writes below a folder.
    pub(super) fn start_in(folder: &Path, script: &str, arguments: &[&str]) -> (Tether, String) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/support")
            .join(script);
        let mut child = Command::new(&path)
            .args(arguments)
            .env("TMPDIR", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", path.display()));
        let held = child.stdin.take();
        let output = child.stdout.take().expect("standard output is a pipe");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the script writes UTF-8");
        let Some(rest) = line.trim_end().strip_prefix("ready") else {
            panic!("{script} did not start; `make prerequisites` installs what it needs");
        };
        let rest = rest.trim_start().to_owned();
        (
            Tether {
                script: child,
                held,
            },
            rest,
        )
    }
}

impl Drop for Tether {
    fn drop(&mut self) {
        self.held.take();
        // The script has nothing left to say; a failed wait means that it is gone already.
        let _ = self.script.wait();
    }
}
