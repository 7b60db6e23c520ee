//! The vault as a process of its own: how it is started, spoken to and started again.
//!
//! Invariant: private keys, opened contacts and the conversation with the mail server are in the
//! memory of the child alone. What it may do is told by the process that started it, before the
//! first message; no message of the web side can widen that (ADR 0019).
//!
//! Not here: what is answered (`keeper`), what a message is (`wire`).

mod folder;
mod frame;
mod launch;
mod link;
mod serve;
mod waiting;

pub use folder::move_out;
pub use launch::{LaunchError, Launched, Start, launch, program, see_off};
pub use serve::serve;

pub(super) use link::{ChildLink, Own, Source, Watched};
