//! The vault as a process of its own: how it is started, spoken to and started again.
//!
//! One web side has a vault of its own, which the process that watches over both starts. Several
//! web sides of one site share one vault, which has a watching process of its own and to which they
//! come by themselves (ADR 0029).
//!
//! Invariant: private keys, opened contacts and the conversation with the mail server are in the
//! memory of the child alone. What it may do is told by the process that started it, before the
//! first message; no message of the web side can widen that (ADR 0019).
//!
//! Not here: what is answered (`keeper`), what a message is (`wire`).

mod doors;
mod folder;
mod frame;
mod launch;
mod link;
mod serve;
mod waiting;

pub use folder::move_out;
pub use launch::{Doors, LaunchError, Launched, Start, launch, program, see_off, standing_of};
pub use serve::serve;

pub(super) use link::{ChildLink, Elsewhere, Own, Source, Watched};
