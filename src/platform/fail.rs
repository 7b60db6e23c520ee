//! Points at which a test kills the process, as a power cut would.
//!
//! Invariant: a release has none of them; a build for tests has none that was not asked for.

/// Ends this process at once if `FAIRDRAW_DIE_AT` names this point.
#[cfg(debug_assertions)]
pub fn point(here: &str) {
    if std::env::var("FAIRDRAW_DIE_AT").is_ok_and(|at| at == here) {
        let own = rustix::process::getpid();
        // Nothing runs after this, and nothing is cleaned up.
        let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
    }
}

/// Does nothing in a release.
#[cfg(not(debug_assertions))]
pub fn point(_: &str) {}
