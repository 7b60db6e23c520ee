//! Which check a rule belongs to (section 4.10): mutants at the borders between two checks.
//!
//! Invariant: each says outcomes exactly, so that the page, this crate and the other verifiers
//! cannot come to differ where a fault could as well be told by another check.

use data_encoding::{BASE64, HEXLOWER};
use lucky_draw::bundle::Bundle;
use lucky_draw::encode::sha256;
use lucky_draw::record::KeyNote;
use lucky_draw::verify::CheckName::{
    self, Beacon, Entries, Format, Journal, Links, NumbersOrigin, Openings, Purge, Result, Seed,
    Settle, Signatures, Time,
};
use lucky_draw::verify::Outcome::{self, CouldNotCheck, Failed, Passed};
use lucky_draw::verify::{Options, verify_bytes};

use super::forge::Forge;
use super::mutants::{self, Base, Mutants, resign, text};

struct Border {
    words: &'static str,
    told: Vec<(CheckName, Outcome)>,
    zip: Vec<u8>,
}

/// Adds the mutants of one base that the page draws a border for.
pub(crate) fn make(mutants: &mut Mutants<'_>) {
    for border in borders(mutants.base) {
        let failed = border.told.iter().filter(|(_, outcome)| *outcome == Failed);
        let failed: Vec<CheckName> = failed.map(|(check, _)| *check).collect();
        mutants.zip("border", border.words, &failed, border.zip);
    }
}

#[test]
fn every_rule_belongs_to_the_check_that_the_page_says() {
    let mut seen = Vec::new();
    for plan in [
        mutants::plain(),
        mutants::witnessed(),
        mutants::mixed(),
        mutants::series(),
    ] {
        let base = Base::new(plan);
        for border in borders(&base) {
            let report = verify_bytes(&border.zip, &Options::default());
            for (check, outcome) in border.told {
                let found = report.check(check).outcome;
                let (name, words) = (&base.plan.name, border.words);
                assert_eq!(found, outcome, "{name}: {words}: {check}\n{report}");
            }
            if !seen.contains(&border.words) {
                seen.push(border.words);
            }
        }
    }
    assert!(seen.len() >= 20, "{} borders: {seen:?}", seen.len());
}

struct Borders<'a> {
    base: &'a Base,
    found: Vec<Border>,
}

impl Borders<'_> {
    fn by_hand(
        &mut self,
        words: &'static str,
        told: &[(CheckName, Outcome)],
        change: impl FnOnce(&mut Bundle),
    ) {
        let mut bundle = self.base.bundle.clone();
        change(&mut bundle);
        self.add(words, told, bundle.to_zip());
    }

    fn by_site(
        &mut self,
        words: &'static str,
        told: &[(CheckName, Outcome)],
        change: impl FnOnce(&mut Forge),
    ) {
        let mut forge = self.base.forge.clone();
        change(&mut forge);
        self.add(words, told, forge.seal().to_zip());
    }

    /// One note says something else, signed by the site and nowhere else.
    fn note(
        &mut self,
        words: &'static str,
        told: &[(CheckName, Outcome)],
        name: &str,
        change: impl FnOnce(String) -> String,
    ) {
        self.by_hand(words, told, |bundle| {
            let changed = change(text(bundle, name));
            resign(bundle, name, &changed);
        });
    }

    fn add(&mut self, words: &'static str, told: &[(CheckName, Outcome)], zip: Vec<u8>) {
        assert!(zip != self.base.zip, "{words}");
        self.found.push(Border {
            words,
            told: told.to_vec(),
            zip,
        });
    }
}

fn borders(base: &Base) -> Vec<Border> {
    let found = Vec::new();
    let mut borders = Borders { base, found };
    if base.has("result.note") {
        lengths(&mut borders);
        results(&mut borders);
        times(&mut borders);
        sources(&mut borders);
        others(&mut borders);
    }
    borders.found
}

/// The text of a file.
fn file(bundle: &Bundle, name: &str) -> String {
    let content = bundle.file(name).expect("a file");
    String::from_utf8(content.to_vec()).expect("a text")
}

/// Puts other bytes into the last signature line of a file.
fn last_signature(bundle: &mut Bundle, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let note = file(bundle, name);
    let (head, encoded) = note.trim_end().rsplit_once(' ').expect("a signature line");
    let mut bytes = BASE64.decode(encoded.as_bytes()).expect("base64");
    change(&mut bytes);
    bundle.insert(name, format!("{head} {}\n", BASE64.encode(&bytes)));
}

fn lengths(borders: &mut Borders<'_>) {
    let signatures = [(Format, Passed), (Signatures, Failed)];
    borders.by_hand("a signature is too long", &signatures, |bundle| {
        last_signature(bundle, "result.note", |bytes| {
            bytes.extend_from_slice(&[0; 8])
        });
    });
    borders.by_hand("a signature of one byte", &signatures, |bundle| {
        last_signature(bundle, "result.note", |bytes| bytes.truncate(5));
    });
    let format = [(Format, Failed), (Signatures, CouldNotCheck)];
    borders.by_hand("a key ID without a signature", &format, |bundle| {
        last_signature(bundle, "result.note", |bytes| bytes.truncate(4));
    });
    if borders.base.has("entries.bin") {
        let entries = [(Format, Passed), (Entries, Failed)];
        borders.by_hand("the entries are no whole tickets", &entries, |bundle| {
            let mut entries = bundle.file("entries.bin").expect("a list").to_vec();
            entries.push(0);
            bundle.insert("entries.bin", entries);
        });
    }
    borders.by_hand("proofs.txt stands backwards", &format, |bundle| {
        let proofs = file(bundle, "proofs.txt");
        let lines: Vec<&str> = proofs.lines().rev().collect();
        bundle.insert("proofs.txt", lines.join("\n") + "\n");
    });
    let openings = [(Format, Passed), (Openings, Failed)];
    borders.by_hand("proofs.txt lacks its last line", &openings, |bundle| {
        let proofs = file(bundle, "proofs.txt");
        let lines: Vec<&str> = proofs.lines().collect();
        bundle.insert("proofs.txt", lines[..lines.len() - 1].join("\n") + "\n");
    });
}

/// Puts a line before the last one, `end`.
fn before_end(text: &str, line: &str) -> String {
    let at = text.rfind("\nend ").expect("an end") + 1;
    format!("{}{line}\n{}", &text[..at], &text[at..])
}

fn results(borders: &mut Borders<'_>) {
    let slot = |place: u32| move |text: String| before_end(&text, &format!("unfilled zz/{place}"));
    let unknown = [(Format, Passed), (Result, Failed)];
    let name = "result.note";
    borders.note("a slot that nobody promised", &unknown, name, slot(100_000));
    let format = [(Format, Failed), (Result, CouldNotCheck)];
    borders.note("a slot above 100000", &format, name, slot(100_001));
    borders.note("a slot of number 0", &format, name, slot(0));
    if !borders.base.has("settle-1.note") {
        return;
    }
    let settle = [(Format, Passed), (Settle, Failed)];
    borders.note("an unfilled slot twice", &settle, name, |text| {
        before_end(&text, "unfilled zz/9\nunfilled zz/9")
    });
    let name = "settle-1.note";
    borders.note("a slot is vacated twice", &settle, name, |text| {
        let count = text.matches("\nvacate ").count();
        let start = text.find("\nvacate ").expect("a vacancy") + 1;
        let end = start + text[start..].find('\n').expect("its end") + 1;
        let (counted, more) = (format!("vacates {count}"), format!("vacates {}", count + 1));
        let twice = format!("{}{}{}", &text[..end], &text[start..end], &text[end..]);
        twice.replace(&counted, &more)
    });
    let format = [(Format, Failed), (Settle, CouldNotCheck)];
    borders.note("nothing is vacated", &format, name, |text| {
        let start = text.find("vacates ").expect("a count");
        let end = text.rfind("end ").expect("an end");
        format!("{}vacates 0\n{}", &text[..start], &text[end..])
    });
}

/// A signature line of a proof that is not what it should be.
fn broken(bundle: &mut Bundle, name: &str) {
    last_signature(bundle, name, |bytes| *bytes.last_mut().expect("bytes") ^= 1);
}

fn times(borders: &mut Borders<'_>) {
    let witnessed = borders.base.plan.witnesses > 0;
    let chain = borders.base.has("base-0.note");
    let time = match (witnessed, chain) {
        (true, true) => Failed,
        (true, false) => Passed,
        (false, _) => CouldNotCheck,
    };
    let told = [(Signatures, Failed), (Time, time)];
    borders.by_hand("manifest.proof: a wrong last line", &told, |bundle| {
        broken(bundle, "manifest.proof");
    });
    let time = if witnessed { Failed } else { CouldNotCheck };
    let told = [(Signatures, Failed), (Time, time)];
    borders.by_hand("key.proof: a wrong last line", &told, |bundle| {
        broken(bundle, "key.proof");
    });
    borders.by_hand("freeze.proof: a wrong last line", &told, |bundle| {
        broken(bundle, "freeze.proof");
    });
    if borders.base.has("reveal-3.proof") {
        let told = [(Signatures, Failed), (Time, Passed), (Beacon, Failed)];
        borders.by_hand("reveal-3.proof: a wrong last line", &told, |bundle| {
            broken(bundle, "reveal-3.proof");
        });
        let told = [
            (Time, CouldNotCheck),
            (Beacon, Failed),
            (Seed, CouldNotCheck),
            (Result, CouldNotCheck),
        ];
        borders.by_site("a commit source without witnesses", &told, |forge| {
            let key = KeyNote::parse(&forge.notes["key.note"]).expect("a key note");
            let alone = KeyNote {
                witnesses: Vec::new(),
                quorum: 0,
                ..key
            };
            forge.change("key.note", |_| alone.to_text());
            let proofs = forge.proofs.values_mut();
            proofs.for_each(|seen| seen.times.clear());
        });
    }
}

/// The round of a beacon file with another signature, and its randomness.
fn json(honest: &str, signature: &str, more: &str) -> String {
    let bytes = HEXLOWER.decode(signature.as_bytes()).expect("hex");
    let randomness = sha256(&bytes);
    let round = honest.split([':', ',']).nth(1).expect("a number");
    format!(
        "{{\"round\":{round},\"randomness\":\"{randomness}\",\"signature\":\"{signature}\"{more}}}\n"
    )
}

fn sources(borders: &mut Borders<'_>) {
    let told = [(Format, Passed), (Beacon, Failed), (Seed, CouldNotCheck)];
    let name = "beacon-1.json";
    borders.by_hand("a round without a signature", &told, |bundle| {
        let honest = file(bundle, name);
        bundle.insert(name, json(&honest, "", ""));
    });
    let chained = file(&borders.base.bundle, name).contains("previous");
    if chained {
        return;
    }
    borders.by_hand("a previous signature for quicknet", &told, |bundle| {
        let honest = file(bundle, name);
        let signature = honest.split('"').nth(9).expect("a signature").to_owned();
        let more = ",\"previous_signature\":\"00\"";
        bundle.insert(name, json(&honest, &signature, more));
    });
    let format = [(Format, Failed), (Beacon, CouldNotCheck)];
    borders.by_hand("an empty previous signature", &format, |bundle| {
        let honest = file(bundle, name);
        bundle.insert(
            name,
            honest.replace("\"}", "\",\"previous_signature\":\"\"}"),
        );
    });
    if borders.base.has("numbers-2.txt") {
        let told = [(Format, Passed), (NumbersOrigin, Failed)];
        borders.note(
            "an issue without a number",
            &told,
            "manifest.note",
            |text| {
                let line = text.lines().find(|line| line.starts_with("source numbers"));
                let line = line.expect("a numbers source");
                let slug = line.split(' ').nth(2).expect("a slug");
                text.replace(slug, "lotto")
            },
        );
    }
}

fn others(borders: &mut Borders<'_>) {
    let told = [(Format, Passed), (Journal, Failed), (Openings, Passed)];
    borders.by_hand("a leaf of the journal is no text of it", &told, |bundle| {
        let journal = file(bundle, "journal.txt");
        let (head, _) = journal.trim_end().rsplit_once(' ').expect("a leaf");
        bundle.insert("journal.txt", format!("{head} {}\n", BASE64.encode(b"x")));
    });
    let told = [(Links, Failed), (Seed, Passed), (Result, Passed)];
    borders.note("the freeze names no close", &told, "freeze.note", |text| {
        let at = text.rfind("close ").expect("a close");
        format!("{}close {}\n", &text[..at], sha256(b"another"))
    });
    if borders.base.has("purge-1.note") {
        let name = "purge-1.note";
        let phase = |number: u8| {
            move |text: String| text.replace("\nphase 1\n", &format!("\nphase {number}\n"))
        };
        let told = [(Format, Passed), (Purge, Failed)];
        borders.note("the first purge says phase 2", &told, name, phase(2));
        let told = [(Format, Failed), (Purge, CouldNotCheck)];
        borders.note("the first purge says phase 3", &told, name, phase(3));
    }
    if borders.base.has("excluded-1.zip") {
        let told = [
            (Format, Failed),
            (Links, CouldNotCheck),
            (Seed, CouldNotCheck),
            (Result, CouldNotCheck),
            (Settle, CouldNotCheck),
            (Entries, CouldNotCheck),
        ];
        borders.by_hand("an excluded bundle is no zip", &told, |bundle| {
            bundle.insert("excluded-1.zip", "no zip");
        });
    }
}
