//! Mutants that anybody could make: other bytes, files missing, swapped or from elsewhere.

use lucky_draw::bundle::Bundle;
use lucky_draw::verify::CheckName::{
    self, Beacon, Entries, Format, Journal, Links, Openings, Order, Purge, Result, Seed, Settle,
    Signatures, Time, Voids,
};

use super::mutants::{Base, Mutants, resign, sibling, text};

pub(crate) fn make(mutants: &mut Mutants<'_>) {
    flips(mutants);
    cuts(mutants);
    missing(mutants);
    surplus(mutants);
    swaps(mutants);
    other_activity(mutants);
    lines(mutants);
    zips(mutants);
}

/// The checks that may notice when a file's bytes are changed without a new signature.
fn unsigned(file: &str) -> Vec<CheckName> {
    match kind(file) {
        "note" => vec![Format, Signatures],
        "proof" => vec![Format, Signatures, Journal],
        "site.vkey" => vec![Format, Signatures],
        "rules.txt" => vec![Links],
        "journal.txt" => vec![Format, Journal],
        "beacon" => vec![Format, Beacon],
        "numbers" => vec![Format, Seed],
        "proofs.txt" => vec![Format, Openings],
        "entries.bin" => vec![Entries],
        "certificate" => vec![Purge],
        _ => vec![Format],
    }
}

/// The checks that may notice when a signed text says something else.
fn signed(file: &str) -> Vec<CheckName> {
    let start = file.split(['.', '-']).next().unwrap_or_default();
    match start {
        "result" => vec![Format, Order, Result, Seed, Links, Voids],
        "settle" => vec![Format, Settle, Order, Links, Openings],
        "purge" => vec![Format, Purge],
        "audit" => vec![Format, Order, Links],
        "reveal" => vec![Format, Journal, Beacon],
        "beacon" => vec![Format, Beacon],
        "numbers" => vec![Format, Seed],
        "proofs" => vec![Format, Openings],
        "entries" => vec![Entries],
        "certificate" => vec![Purge],
        "excluded" => vec![Format, Links, Result],
        _ => vec![Format, Journal, Links, Signatures, Time],
    }
}

fn kind(file: &str) -> &str {
    for (end, kind) in [(".note", "note"), (".proof", "proof"), (".zip", "zip")] {
        if file.ends_with(end) {
            return kind;
        }
    }
    let start = file.split('-').next().unwrap_or(file);
    if start == file { file } else { start }
}

fn names(base: &Base) -> Vec<String> {
    let names = base.bundle.iter();
    names.map(|(name, _)| name.to_owned()).collect()
}

fn content(base: &Base, name: &str) -> Vec<u8> {
    base.bundle.file(name).expect("a file").to_vec()
}

fn flips(mutants: &mut Mutants<'_>) {
    for name in names(mutants.base) {
        let old = content(mutants.base, &name);
        for _ in 0..2 {
            if old.is_empty() {
                continue;
            }
            let mut new = old.clone();
            let place = mutants.dice.place(new.len());
            let bit = mutants.dice.below(8);
            new[place] ^= 1 << bit;
            let words = format!("bit {bit} of byte {place} of {name} is flipped");
            mutants.by_hand("flip", words, &unsigned(&name), |bundle| {
                bundle.insert(&name, new);
            });
        }
        if !old.is_empty() {
            let mut new = old.clone();
            let place = mutants.dice.place(new.len());
            let length = mutants.dice.place((new.len() - place).min(40)) + 1;
            for byte in &mut new[place..place + length] {
                *byte = mutants.dice.place(256).to_le_bytes()[0];
            }
            let words = format!("{length} bytes of {name} from {place} are random");
            mutants.by_hand("random-bytes", words, &unsigned(&name), |bundle| {
                bundle.insert(&name, new);
            });
        }
    }
}

fn cuts(mutants: &mut Mutants<'_>) {
    for name in names(mutants.base) {
        let old = content(mutants.base, &name);
        if old.is_empty() {
            continue;
        }
        let (words, new) = match mutants.dice.below(3) {
            0 => ("lacks its last byte", old[..old.len() - 1].to_vec()),
            1 => ("has one line feed more", [&old[..], b"\n"].concat()),
            _ => ("is empty", Vec::new()),
        };
        mutants.by_hand(
            "cut",
            format!("{name} {words}"),
            &unsigned(&name),
            |bundle| {
                bundle.insert(&name, new);
            },
        );
    }
}

fn missing(mutants: &mut Mutants<'_>) {
    for name in names(mutants.base) {
        // The list may be left out, and so may the last purge with its certificate.
        if name == "entries.bin" {
            continue;
        }
        let words = format!("{name} is missing");
        mutants.by_hand("missing-file", words, &[Format, Purge], |bundle| {
            bundle.remove(&name);
        });
    }
}

fn surplus(mutants: &mut Mutants<'_>) {
    let copied = content(mutants.base, "manifest.note");
    for name in [
        "readme.txt",
        "base-01.note",
        "close-9.note",
        "settle-0.note",
        "Manifest.note",
        "manifest.note.bak",
        "a/manifest.note",
        "reveal-9.note",
        "excluded-9.zip",
        "numbers-9.txt",
        "purge-3.note",
        "cancel.proof",
    ] {
        if mutants.base.has(name) || !mutants.dice.percent(50) {
            continue;
        }
        let words = format!("the file {name} is there as well");
        mutants.by_hand("surplus-file", words, &[Format], |bundle| {
            bundle.insert(name, copied.clone());
        });
    }
}

fn swaps(mutants: &mut Mutants<'_>) {
    let all = names(mutants.base);
    for kinds in [".note", ".proof", ".json"] {
        let some: Vec<&String> = all.iter().filter(|name| name.ends_with(kinds)).collect();
        for pair in some.windows(2) {
            let (one, two) = (pair[0], pair[1]);
            let mut checks = unsigned(one);
            checks.extend([Links, Purge, Beacon]);
            mutants.by_hand(
                "swapped",
                format!("{one} and {two} are swapped"),
                &checks,
                |bundle| {
                    let (first, second) = (bundle.remove(one), bundle.remove(two));
                    bundle.insert(one, second.expect("a file"));
                    bundle.insert(two, first.expect("a file"));
                },
            );
        }
    }
}

fn other_activity(mutants: &mut Mutants<'_>) {
    let other = Base::new(sibling(&mutants.base.plan));
    for name in names(mutants.base) {
        let Some(theirs) = other.bundle.file(&name) else {
            continue;
        };
        if theirs == content(mutants.base, &name) {
            continue;
        }
        let mut checks = signed(&name);
        checks.extend([Links, Journal]);
        let words = format!("{name} is another activity's");
        mutants.by_hand("other-activity", words, &checks, |bundle| {
            bundle.insert(&name, theirs);
        });
    }
    let mut checks = vec![Journal, Links];
    let pair = |bundle: &mut Bundle, names: &[&str]| {
        for name in names {
            if let Some(theirs) = other.bundle.file(name) {
                bundle.insert(*name, theirs);
            }
        }
    };
    for names in [
        &["freeze.note", "freeze.proof", "journal.txt"][..],
        &["key.note", "key.proof"],
        &["cancel.note", "cancel.proof"],
        &["manifest.note", "manifest.proof"],
        &["result.note", "proofs.txt", "entries.bin"],
        &["purge-1.note", "certificate-1.json"],
    ] {
        checks.push(Purge);
        let words = format!("{} are another activity's", names.join(" "));
        mutants.by_hand("other-activity", words, &checks, |bundle| {
            pair(bundle, names)
        });
    }
}

/// Lines of signed texts, dropped or written in another way, with a new signature.
fn lines(mutants: &mut Mutants<'_>) {
    for name in names(mutants.base) {
        let note = name.ends_with(".note");
        if !note && !["proofs.txt", "journal.txt"].contains(&name.as_str()) {
            continue;
        }
        let old = if note {
            text(&mutants.base.bundle, &name)
        } else {
            String::from_utf8(content(mutants.base, &name)).expect("a text")
        };
        let put = |bundle: &mut Bundle, new: &str| {
            if note {
                resign(bundle, &name, new);
            } else {
                bundle.insert(&name, new);
            }
        };
        let lines: Vec<&str> = old.lines().collect();
        for place in 0..lines.len() {
            if lines.len() > 4 && !mutants.dice.percent(400 / lines.len() as u64) {
                continue;
            }
            let mut rest = lines.clone();
            let dropped = rest.remove(place);
            let new: String = rest.iter().map(|line| format!("{line}\n")).collect();
            let shown: String = dropped.chars().take(30).collect();
            let words = format!("{name} lacks line {}: {shown}", place + 1);
            mutants.by_hand("dropped-line", words, &signed(&name), |bundle| {
                put(bundle, &new)
            });
        }
        for (what, new) in spellings(&mut mutants.dice, &old) {
            let words = format!("{name}: {what}");
            mutants.by_hand("grammar", words, &signed(&name), |bundle| put(bundle, &new));
        }
    }
}

/// A few other ways to write a text, which no parser may accept.
fn spellings(dice: &mut super::random::Dice, old: &str) -> Vec<(&'static str, String)> {
    if old.is_empty() {
        return vec![("a blank line stands in an empty file", "\n".to_owned())];
    }
    let lines: Vec<&str> = old.lines().collect();
    let place = dice.place(lines.len());
    let with = |change: &dyn Fn(&str) -> String| -> String {
        let changed = lines.iter().enumerate().map(|(at, line)| {
            if at == place {
                change(line)
            } else {
                format!("{line}\n")
            }
        });
        changed.collect()
    };
    let all = [
        ("a line ends in CR LF", with(&|line| format!("{line}\r\n"))),
        ("a line ends in a space", with(&|line| format!("{line} \n"))),
        (
            "a line starts with a space",
            with(&|line| format!(" {line}\n")),
        ),
        (
            "two spaces stand between fields",
            with(&|line| line.replacen(' ', "  ", 1) + "\n"),
        ),
        (
            "a tab stands between fields",
            with(&|line| line.replacen(' ', "\t", 1) + "\n"),
        ),
        (
            "a line stands twice",
            with(&|line| format!("{line}\n{line}\n")),
        ),
        ("a blank line is added", with(&|line| format!("{line}\n\n"))),
        (
            "an unknown line is added",
            with(&|line| format!("{line}\nnote hello\n")),
        ),
        ("hexadecimal digits are in upper case", {
            let upper = |line: &str| match line.split_once(' ') {
                Some((word, rest)) => format!("{word} {}\n", rest.to_uppercase()),
                None => format!("{line}\n"),
            };
            with(&upper)
        }),
        (
            "an integer has a leading zero",
            old.replacen(" 1", " 01", 1),
        ),
        ("an integer has a sign", old.replacen(" 1", " +1", 1)),
        ("a letter is not ASCII", old.replacen('e', "\u{435}", 1)),
        (
            "the version is another",
            old.replacen("lucky-draw/v1", "lucky-draw/v2", 1),
        ),
    ];
    let mut some: Vec<_> = all.into_iter().filter(|(_, new)| new != old).collect();
    while some.len() > 3 {
        some.remove(dice.place(some.len()));
    }
    some
}

/// Zips that hold the same files in another form.
fn zips(mutants: &mut Mutants<'_>) {
    let zip = mutants.base.zip.clone();
    let mut each = |words: &str, new: Vec<u8>| {
        if mutants.dice.percent(40) {
            mutants.zip("zip", words, &[Format], new);
        }
    };
    each("a byte is appended", [&zip[..], b"\0"].concat());
    each("a byte is put before it", [b"\0", &zip[..]].concat());
    each("the last byte is cut off", zip[..zip.len() - 1].to_vec());
    each(
        "only the first half is there",
        zip[..zip.len() / 2].to_vec(),
    );
    each("it is empty", Vec::new());
    each("it is no zip", b"not a zip\n".to_vec());
    each("it stands twice", [&zip[..], &zip[..]].concat());
    let patched = |places: &[(usize, u8)]| {
        let mut new = zip.clone();
        for (place, byte) in places {
            new[*place] ^= byte;
        }
        new
    };
    let end = zip.len() - 22;
    let directory = u32::from_le_bytes(zip[end + 16..end + 20].try_into().expect("four bytes"));
    let directory = usize::try_from(directory).expect("small");
    each("a local header has flags", patched(&[(6, 8)]));
    each("a local header says deflate", patched(&[(8, 8)]));
    each("a local header says encrypted", patched(&[(6, 1)]));
    each(
        "a local header says deflate and sizes behind",
        patched(&[(6, 8), (8, 8)]),
    );
    each("a local header has a time", patched(&[(10, 1)]));
    each(
        "a local header has the date 1980-01-01",
        patched(&[(12, 0x21)]),
    );
    each("a local header needs another version", patched(&[(4, 1)]));
    each(
        "both headers have a time",
        patched(&[(10, 1), (directory + 12, 1)]),
    );
    each(
        "a checksum is wrong",
        patched(&[(14, 1), (directory + 16, 1)]),
    );
    each(
        "the directory names another checksum",
        patched(&[(directory + 16, 1)]),
    );
    each(
        "the directory names another file",
        patched(&[(directory + 46, 1)]),
    );
    each(
        "the directory names another place",
        patched(&[(directory + 42, 1)]),
    );
    each(
        "the directory has attributes",
        patched(&[(directory + 38, 1)]),
    );
    each("made by another version", patched(&[(directory + 4, 1)]));
    each(
        "the end counts another number of files",
        patched(&[(end + 8, 1), (end + 10, 1)]),
    );
    each("the end names another disk", patched(&[(end + 4, 1)]));
    let comment = [&zip[..end + 20], &[3, 0][..], b"abc"].concat();
    each("it has a comment", comment);
    let reversed = reversed(&zip, directory);
    each("the files stand in another order", reversed);
    for _ in 0..6 {
        let place = mutants.dice.place(zip.len());
        let bit = mutants.dice.below(8);
        let mut new = zip.clone();
        new[place] ^= 1 << bit;
        let words = format!("bit {bit} of byte {place} is flipped");
        mutants.zip("zip", words, &[Format], new);
    }
    for _ in 0..2 {
        let place = mutants.dice.place(zip.len());
        mutants.zip(
            "zip",
            format!("cut at byte {place}"),
            &[Format],
            zip[..place].to_vec(),
        );
    }
}

/// A zip of the same files in the opposite order, otherwise correct.
fn reversed(zip: &[u8], directory: usize) -> Vec<u8> {
    let long = |at: usize| u32::from_le_bytes(zip[at..at + 4].try_into().expect("four bytes"));
    let short = |at: usize| u16::from_le_bytes(zip[at..at + 2].try_into().expect("two bytes"));
    let mut entries = Vec::new();
    let (mut at, mut listed) = (0, directory);
    while at < directory {
        let name = usize::from(short(at + 26));
        let size = usize::try_from(long(at + 18)).expect("small");
        let next = at + 30 + name + size;
        entries.push((&zip[at..next], zip[listed..listed + 46 + name].to_vec()));
        (at, listed) = (next, listed + 46 + name);
    }
    let (mut files, mut list) = (Vec::new(), Vec::new());
    for (file, mut header) in entries.into_iter().rev() {
        let offset = u32::try_from(files.len()).expect("small");
        header[42..46].copy_from_slice(&offset.to_le_bytes());
        files.extend_from_slice(file);
        list.extend(header);
    }
    [&files[..], &list, &zip[listed..]].concat()
}
