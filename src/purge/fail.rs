//! Points at which a test kills the process that purges, as a power cut would.
//!
//! Invariant: a release has none of them.

use super::Step;

/// Where a step is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before anything is done.
    Before,
    /// When the work is done and its mark is not yet stored.
    Inside,
    /// When the mark is stored.
    After,
}

/// Ends this process at once if `FAIRDRAW_DIE_AT` is `<step>:<before|inside|after>`.
#[cfg(debug_assertions)]
pub(super) fn point(step: Step, place: Place) {
    let place = match place {
        Place::Before => "before",
        Place::Inside => "inside",
        Place::After => "after",
    };
    let here = format!("{}:{place}", step.code());
    if std::env::var("FAIRDRAW_DIE_AT").is_ok_and(|at| at == here) {
        let own = rustix::process::getpid();
        // Nothing runs after this, and nothing is cleaned up.
        let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
    }
}

#[cfg(not(debug_assertions))]
pub(super) fn point(_: Step, _: Place) {}
