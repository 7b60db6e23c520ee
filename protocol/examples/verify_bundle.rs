//! Checks the bundle of a draw, as any program can that embeds this crate.
//!
//! `cargo run -p lucky-draw --example verify_bundle -- bundle.zip [SITE-KEY]`

use std::process::ExitCode;

use lucky_draw::note::Verifier;
use lucky_draw::verify::{CheckName, Options, Outcome, verify_bytes};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which bundle?")?;
    let zip = std::fs::read(path)?;
    let options = Options {
        // Without the key from a poster, the bundle's own key is believed.
        site_key: arguments
            .next()
            .map(|key| Verifier::parse(&key))
            .transpose()?,
        ..Options::default()
    };

    let report = verify_bytes(&zip, &options);

    for check in &report.checks {
        println!("{}: {} ({})", check.name, check.outcome, check.reason);
    }
    // A report is more than yes and no: this draw may be right and its time not proven.
    if report.check(CheckName::Time).outcome == Outcome::CouldNotCheck {
        println!("Only the library says that the list was frozen before the draw.");
    }
    println!("{}", report.result_line());
    Ok(ExitCode::from(report.exit_code()))
}
