//! Long proofs of the promises, each printing the figure it found: `make soak`.
//!
//! The same things are tested with fewer cases by `make test`. Invariant: nothing is skipped; what
//! needs root says so and fails.
#![expect(
    unreachable_pub,
    reason = "nothing in a test binary is reachable from outside; `pub` says what a support module offers"
)]

#[macro_use]
#[expect(
    dead_code,
    reason = "the support of the system tests offers more than these need"
)]
#[path = "../system/support/mod.rs"]
mod support;

#[expect(
    dead_code,
    reason = "the library of the benchmarks has more than these need"
)]
#[path = "../../benches/system/library.rs"]
mod library;
#[expect(
    dead_code,
    reason = "the driver of the benchmarks offers more than these need"
)]
#[path = "../../benches/system/load.rs"]
mod load;

mod canary;
mod channel;
mod counting;
mod crowd;
mod disk;
mod edge;
mod guesses;
mod instances;
mod kills;
mod memory;
mod outside;
mod power;
mod rush_kills;
mod seats;
mod swaps;
mod timing;
mod winners;
