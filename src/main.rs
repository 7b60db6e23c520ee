//! The program `fairdraw`: one binary that serves, prepares, draws and purges.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Memory that is given back is wiped first, so that a dump holds no more than what is in use.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    fairdraw::cli::run()
}
