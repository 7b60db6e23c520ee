//! `lucky-draw-verify`: checks the bundle of a draw, offline, with nothing but the file.
//!
//! The only part of this crate that reads files. It prints what the library's report says, and
//! neither the ID number nor the receipt code that it was given.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use lucky_draw::note::{NoteError, TlogProof, Verifier};
use lucky_draw::ticket::Secret;
use lucky_draw::verify::{Options, verify_bytes};

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
  lucky-draw-verify bundle.zip --require-time";

#[derive(Parser)]
#[command(name = "lucky-draw-verify", version, about = ABOUT, long_about = LONG_ABOUT, after_help = AFTER_HELP)]
struct Arguments {
    /// The bundle of the draw, a zip file
    bundle: PathBuf,
    /// Your receipt or a shareable proof, a .tlog-proof file
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Your ID number as you entered it, to see that a ticket is yours; it is not printed
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Your receipt code; with --id it finds a drawn ticket without the receipt file
    #[arg(long, value_name = "CODE")]
    secret: Option<String>,
    /// The site's key as printed on posters, not taken from the bundle
    #[arg(long, value_name = "KEY")]
    vkey: Option<String>,
    /// Fail to pass (status 2) if time or the origin of lottery numbers is not proven
    #[arg(long)]
    require_time: bool,
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
    match run(&arguments) {
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
    #[error("cannot write the report: {0}")]
    Output(std::io::Error),
}

fn run(arguments: &Arguments) -> Result<u8, Mistake> {
    let zip = read(&arguments.bundle)?;
    let receipt = match &arguments.receipt {
        Some(path) => Some(read_receipt(&read(path)?)),
        None => None,
    };
    let site_key = match &arguments.vkey {
        Some(vkey) => Some(Verifier::parse(vkey.trim()).map_err(Mistake::SiteKey)?),
        None => None,
    };
    let secret = match &arguments.secret {
        Some(code) => Some(Secret::parse(code)?),
        None => None,
    };
    let (receipt, refused) = match receipt {
        Some(Ok(receipt)) => (Some(receipt), None),
        Some(Err(error)) => (None, Some(error)),
        None => (None, None),
    };
    let options = Options {
        site_key,
        receipt,
        id: arguments.id.as_deref().map(subject),
        secret,
        require_time: arguments.require_time,
    };
    let mut report = verify_bytes(&zip, &options);
    if let Some(error) = refused {
        report.refuse_receipt(error);
    }
    let mut output = std::io::stdout().lock();
    write!(output, "{report}").map_err(Mistake::Output)?;
    output.flush().map_err(Mistake::Output)?;
    Ok(report.exit_code())
}

fn read(path: &Path) -> Result<Vec<u8>, Mistake> {
    std::fs::read(path).map_err(|error| Mistake::File {
        path: path.to_owned(),
        error,
    })
}

fn read_receipt(bytes: &[u8]) -> Result<TlogProof, NoteError> {
    let text = std::str::from_utf8(bytes).map_err(|_not_text| NoteError::Proof)?;
    TlogProof::parse(text)
}

/// The subject that an ID number stands for: upper case and half width, without spaces. A value
/// with a scheme, for example `card:123`, is taken as it is.
fn subject(id: &str) -> String {
    if id.contains(':') {
        return id.to_owned();
    }
    let half_width = id.chars().map(|character| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0),
        other => Some(other),
    });
    let value: String = half_width
        .flatten()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect();
    format!("twid:{value}")
}
