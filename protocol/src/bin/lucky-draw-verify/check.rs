//! Checking bundles: one file, or every zip of a folder for programs that compare verifiers.
//!
//! Neither the ID number nor the receipt code gets into an output or an error.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use lucky_draw::note::{NoteError, TlogProof, Verifier};
use lucky_draw::ticket::Secret;
use lucky_draw::verify::{Options, verify_bytes};

use super::{Mistake, read};

/// What to check, and against what.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// The bundle of the draw, a zip file
    #[arg(required_unless_present = "json_lines")]
    bundle: Option<PathBuf>,
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
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
    /// Check every .zip file of a folder, in the order of their names; print one JSON object a line
    #[arg(long, value_name = "DIR", conflicts_with_all = ["bundle", "receipt", "id", "secret"])]
    json_lines: Option<PathBuf>,
}

/// Checks what was asked for and prints it; the exit status is that of the worst report.
pub(crate) fn run(arguments: &Check) -> Result<u8, Mistake> {
    match (&arguments.json_lines, &arguments.bundle) {
        (Some(folder), _) => folder_of_bundles(arguments, folder),
        (None, Some(bundle)) => one_bundle(arguments, bundle),
        (None, None) => Err(Mistake::Nothing),
    }
}

fn one_bundle(arguments: &Check, bundle: &Path) -> Result<u8, Mistake> {
    let zip = read(bundle)?;
    let (receipt, refused) = match &arguments.receipt {
        Some(path) => match read_receipt(&read(path)?) {
            Ok(receipt) => (Some(receipt), None),
            Err(error) => (None, Some(error)),
        },
        None => (None, None),
    };
    let secret = arguments.secret.as_deref();
    let options = Options {
        receipt,
        id: arguments.id.as_deref().map(subject),
        secret: secret.map(Secret::parse).transpose()?,
        ..options(arguments)?
    };
    let mut report = verify_bytes(&zip, &options);
    if let Some(error) = refused {
        report.refuse_receipt(error);
    }
    let text = if arguments.json {
        report.to_json_of(&file_name(bundle)) + "\n"
    } else {
        report.to_string()
    };
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes()).map_err(Mistake::Output)?;
    output.flush().map_err(Mistake::Output)?;
    Ok(report.exit_code())
}

fn folder_of_bundles(arguments: &Check, folder: &Path) -> Result<u8, Mistake> {
    let options = options(arguments)?;
    let mut output = std::io::stdout().lock();
    let mut worst = 0;
    for path in zips(folder)? {
        let report = verify_bytes(&read(&path)?, &options);
        let line = report.to_json_of(&file_name(&path));
        writeln!(output, "{line}").map_err(Mistake::Output)?;
        worst = match (worst, report.exit_code()) {
            (1, _) | (_, 1) => 1,
            (one, other) => one.max(other),
        };
    }
    output.flush().map_err(Mistake::Output)?;
    Ok(worst)
}

fn file_name(path: &Path) -> Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

fn zips(folder: &Path) -> Result<Vec<PathBuf>, Mistake> {
    let unreadable = |error| Mistake::File {
        path: folder.to_owned(),
        error,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "zip") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn options(arguments: &Check) -> Result<Options, Mistake> {
    let vkey = arguments.vkey.as_deref();
    let site_key = vkey.map(|vkey| Verifier::parse(vkey.trim()).map_err(Mistake::SiteKey));
    Ok(Options {
        site_key: site_key.transpose()?,
        require_time: arguments.require_time,
        ..Options::default()
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
