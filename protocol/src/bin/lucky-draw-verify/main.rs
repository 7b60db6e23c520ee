//! `lucky-draw-verify`: checks the bundle of a draw, offline, with nothing but the file.
//!
//! The only part of this crate that reads files. It prints what the library's report says, and
//! neither the ID number nor the receipt code that it was given.

mod check;
mod fork;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use check::Check;
use clap::{Parser, Subcommand};
use lucky_draw::note::NoteError;

/// Wrong arguments, as in sysexits.h.
const USAGE: u8 = 64;

const ABOUT: &str =
    "Checks the bundle of a lucky draw: no network, no account, no trust in the library that drew";

const LONG_ABOUT: &str = "\
Checks the bundle of a lucky draw, offline.

A bundle is the zip file that a draw's page offers under \"bundle.zip\". It holds the rules, the \
signed promises made before the first entry, the public randomness, and the result. This program \
computes the whole draw again from it and compares every byte. It holds no personal data, before \
or after the entrants' data was destroyed.

Each line of the output is one check: passed, failed, not applicable or could not check; a tab; \
the check's name; a tab; the reason. The last line is the result.

  format          the zip and every file in it have the one form that they may have
  signatures      every note is signed by the site's key
  links           the notes name each other: rules, manifest, close, freeze, result, settlements
  journal         the notes stand in the site's public journal, and none was picked among several
  time            outside witnesses saw the list frozen before the randomness was public
  beacon          the public randomness is signed by the drand network
  numbers-origin  lottery numbers, if used: only the lottery itself can confirm them
  seed            the seed follows from the rules, the list and the randomness
  order           the tickets were drawn in the order that the seed gives
  openings        every drawn ticket is in the list and belongs to one tag
  voids           exactly the tickets that were void before the draw were skipped
  result          who won what, computed again
  settle          who moved up for winners who did not claim, computed again
  entries         the whole list, if the bundle carries it
  purge           the notes about the destruction of personal data belong to this draw
  receipt         your own ticket, if you give your receipt";

const AFTER_HELP: &str = "\
The site's key: without --vkey the key in the bundle is believed, and the result line says \"site \
key not pinned\". Take the key from a place that whoever gave you the bundle does not control: a \
poster or leaflet in the library, the activity's printed rules, or somebody else's copy. It looks \
like library.example.tw+0a1b2c3d+AbCd….

Your receipt is the .tlog-proof file that you could download when you entered. It is as sensitive \
as your ID number: check it here, never on somebody's web page.

Exit status:
  0   nothing failed (read the result line: it may say \"time not proven\")
  1   something failed
  2   something could not be checked (time and numbers-origin count only with --require-time)
  64  the arguments are not right

Examples:
  lucky-draw-verify bundle.zip
  lucky-draw-verify bundle.zip --vkey 'library.example.tw+0a1b2c3d+AbCd…'
  lucky-draw-verify bundle.zip --receipt my.tlog-proof --id A123456789
  lucky-draw-verify bundle.zip --secret 7GQ4-X2MN-8R3T-K9WP-ABCD-9 --id A123456789
  lucky-draw-verify bundle.zip --require-time
  lucky-draw-verify fork mine.tlog-proof yours.tlog-proof --vkey 'library.example.tw+0a1b2c3d+AbCd…'
  lucky-draw-verify fork mine.tlog-proof bundle.zip
  lucky-draw-verify bundle.zip --json
  lucky-draw-verify --json-lines folder-of-bundles";

#[derive(Parser)]
#[command(name = "lucky-draw-verify", version, about = ABOUT, long_about = LONG_ABOUT, after_help = AFTER_HELP)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: Check,
}

#[derive(Subcommand)]
enum Command {
    Fork(fork::Fork),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => {
            // --help and --version arrive here too, and are no mistake.
            let code = if message.use_stderr() { USAGE } else { 0 };
            return match message.print() {
                Ok(()) => ExitCode::from(code),
                Err(_closed) => ExitCode::from(USAGE),
            };
        }
    };
    let status = match &arguments.command {
        Some(Command::Fork(arguments)) => fork::run(arguments),
        None => check::run(&arguments.check),
    };
    match status {
        Ok(code) => ExitCode::from(code),
        Err(mistake) => {
            eprintln!("lucky-draw-verify: {mistake}");
            eprintln!("Try 'lucky-draw-verify --help'.");
            ExitCode::from(USAGE)
        }
    }
}

/// An argument that cannot be used. Paths are shown, the entrant's own data is not.
#[derive(Debug, thiserror::Error)]
enum Mistake {
    #[error("cannot read {}: {error}", path.display())]
    File {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("--vkey: {0}")]
    SiteKey(NoteError),
    #[error("--secret: {0}")]
    Secret(#[from] lucky_draw::ticket::SecretError),
    #[error("a bundle or --json-lines is needed")]
    Nothing,
    #[error("cannot write the report: {0}")]
    Output(std::io::Error),
}

fn read(path: &Path) -> Result<Vec<u8>, Mistake> {
    std::fs::read(path).map_err(|error| Mistake::File {
        path: path.to_owned(),
        error,
    })
}
