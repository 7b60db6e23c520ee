//! `fairdraw verify-purge`: whether strings are anywhere in files, folders, devices, backups.
//!
//! Invariant: it reads and changes nothing, needs no settings, and prints no string that it was
//! given unless it is told to.

use std::collections::{BTreeSet, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::platform::trace::{Find, SHORTEST, Scan, Seen};
use crate::purge::planted;

use super::Stop;

const EXAMPLES: &str = "\
Examples:
  fairdraw verify-purge data --look-for names.txt
                                   is one of these lines anywhere in the data folder?
  fairdraw verify-purge /dev/vdb1 --look-for -
                                   a whole disk, the lines typed or piped in (no file left behind)
  fairdraw verify-purge data /backup --certificate certificate-1.json
                                   the made-up people whom a purge certificate names

Write one name, telephone number, ID number or e-mail address a line, as it was typed on the form.
Each line is looked for as UTF-8 and UTF-16, in upper, lower and full width, in hexadecimal, base64,
web addresses, mails, JSON and HTML, and telephone numbers as people write them. Files packed with
gzip or zip (backups, workbooks) are looked into.

A database server packs long values, so its files may hide what its rows hold; the purge itself
asks the rows. To be sure that a search finds things, first look for something that is there: a
word of the library's name in the same folder.

Exit codes: 0 nothing found, 1 found or not everything could be read, 64 wrong usage.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files, folders, block devices, disk images, backups.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// A file with one string a line; `-` reads standard input.
    #[arg(long, value_name = "FILE", required_unless_present = "certificate")]
    look_for: Option<PathBuf>,
    /// The file of a purge certificate: looks for the made-up people that were planted.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Print what was found, not only where.
    #[arg(long)]
    show: bool,
}

/// What is looked for, and how each string is called where it is not to be printed.
#[derive(Default)]
struct Wanted {
    strings: Vec<String>,
    names: Vec<String>,
    known: HashSet<String>,
}

/// Looks and tells.
pub(super) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let wanted = wanted(arguments)?;
    let scan = Scan::of(&wanted.strings).map_err(|short| {
        Stop::Usage(format!(
            "{} has fewer than {SHORTEST} bytes and would be found by chance; \
             a Chinese name of two characters has 6, a telephone number without its area code has 7",
            wanted.names[short.string]
        ))
    })?;
    println!(
        "Looking for {} in {} forms.",
        counted(wanted.strings.len() as u64, "string"),
        scan.needles()
    );
    let mut seen = Seen::default();
    for path in &arguments.paths {
        let one = scan.path(path);
        println!(
            "  {}: {}, {}",
            path.display(),
            counted(one.places, "file"),
            size(one.bytes)
        );
        seen.add(one);
    }
    println!();
    let names = if arguments.show {
        &wanted.strings
    } else {
        &wanted.names
    };
    tell(&seen, names);
    if seen.is_clean() {
        Ok(())
    } else {
        Err(Stop::Told)
    }
}

fn wanted(arguments: &Arguments) -> Result<Wanted, Stop> {
    let mut wanted = Wanted::default();
    if let Some(file) = &arguments.look_for {
        for (number, line) in (1..).zip(read(file)?.lines()) {
            wanted.add(line.trim(), format!("line {number}"));
        }
    }
    if let Some(file) = &arguments.certificate {
        let planted = planted(&read(file)?).ok_or_else(|| {
            Stop::Usage(format!(
                "{} names no planted people, so there is nothing to look for; \
                 give your own strings with --look-for",
                file.display()
            ))
        })?;
        for (number, text) in (1..).zip(planted) {
            wanted.add(&text, format!("planted string {number}"));
        }
    }
    if wanted.strings.is_empty() {
        return Err(Stop::Usage("there is no string to look for".to_owned()));
    }
    Ok(wanted)
}

impl Wanted {
    fn add(&mut self, string: &str, name: String) {
        if !string.is_empty() && self.known.insert(string.to_owned()) {
            self.strings.push(string.to_owned());
            self.names.push(name);
        }
    }
}

fn read(file: &Path) -> Result<String, Stop> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(file)
        .map_err(|error| Stop::Usage(format!("{} cannot be read: {error}", file.display())))
}

/// What the made-up people of a certificate left, who are computed from the activity's id.
fn planted(certificate: &str) -> Option<Vec<String>> {
    let certificate: Value = serde_json::from_str(certificate).ok()?;
    let planted = certificate.get("planted")?;
    let people = planted.get("people")?.as_u64()?;
    (people > 0).then_some(())?;
    Some(planted::texts(planted.get("of")?.as_str()?))
}

fn tell(seen: &Seen, names: &[String]) {
    for find in &seen.finds {
        println!("FOUND  {}", told(find, names));
    }
    for unread in &seen.unread {
        println!("not read  {}: {}", unread.place, unread.why);
    }
    if !seen.finds.is_empty() || !seen.unread.is_empty() {
        println!();
    }
    let read = format!("{}, {}", counted(seen.places, "file"), size(seen.bytes));
    if !seen.finds.is_empty() {
        let places: BTreeSet<&str> = seen.finds.iter().map(|find| find.place.as_str()).collect();
        println!(
            "Found in {} ({read} read).",
            counted(places.len() as u64, "place")
        );
    } else if seen.is_clean() {
        println!("Nothing found ({read} read to the end).");
    } else {
        println!("Nothing found, but not everything could be read ({read} read).");
    }
}

fn told(find: &Find, names: &[String]) -> String {
    let times = match find.times {
        1 => String::new(),
        times => format!(", {times} times, first"),
    };
    let Find {
        place,
        dress,
        offset,
        ..
    } = find;
    let name = &names[find.string];
    format!("{place}: {name} as {dress}{times} at byte {offset}")
}

fn counted(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

/// A number of bytes as people say it.
pub(super) fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..0x400 => return counted(bytes, "byte"),
        0x400..0x10_0000 => (0x400, "KiB"),
        0x10_0000..0x4000_0000 => (0x10_0000, "MiB"),
        _ => (0x4000_0000, "GiB"),
    };
    let tenths = bytes.saturating_mul(10) / unit;
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}
