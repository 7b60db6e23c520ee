//! The program `fairdraw`: one binary that serves, prepares, draws and purges.

use std::process::ExitCode;

fn main() -> ExitCode {
    fairdraw::cli::run()
}
