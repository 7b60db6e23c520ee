//! The web side's way to the process that watches over it.
//!
//! Invariant: without such a process (a command, the demo, a test) every wish is answered "not
//! done here", and nothing else changes.
//!
//! Not here: the process itself (`cli::supervise`).

/// What the watching process can be asked for.
#[derive(Clone, Default)]
pub struct Control {}

impl Control {
    /// Nobody watches.
    pub fn none() -> Control {
        Control::default()
    }

    /// Asks to start vault and web side anew; `false` where nobody watches.
    pub fn restart(&self) -> bool {
        false
    }

    /// Asks to give unused blocks back to the disk (`fstrim`) where keys and data lie; what came of
    /// it, in words of the certificate.
    pub fn trim(&self) -> String {
        "not done here".to_owned()
    }
}
