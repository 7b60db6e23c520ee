//! One flipped bit anywhere in a bundle is refused, and the report names the check that failed.

mod sample;

use lucky_draw::bundle::Bundle;
use lucky_draw::encode::sha256;
use lucky_draw::order::Stream;
use lucky_draw::verify::{Options, Report, verify, verify_bytes};
use sample::{Plan, build};

/// A bundle with every kind of file that one draw can have.
fn rich() -> Bundle {
    let first = build(&Plan {
        origin: "library.example.tw/draw/0",
        witnesses: 2,
        settlements: 0,
        entries_file: false,
        ..Plan::default()
    });
    let built = build(&Plan {
        witnesses: 2,
        numbers: true,
        commit: Some(true),
        superseded: 1,
        corrections: 1,
        audit: true,
        purge_phases: 2,
        excludes: vec![first.as_excluded()],
        round: 4,
        ..Plan::default()
    });
    built.bundle
}

fn refused(report: &Report, place: &str) {
    assert_eq!(report.exit_code(), 1, "{place} was flipped\n{report}");
    let failed = report.failed().next().expect("a failed check");
    let named = format!("result: failed ({}", failed.name);
    assert!(report.result_line().starts_with(&named), "{report}");
    assert!(!failed.reason.is_empty(), "{place}");
}

#[test]
fn every_byte_of_the_zip_is_evidence() {
    let zip = build(&Plan::default()).bundle.to_zip();
    assert_eq!(verify_bytes(&zip, &Options::default()).exit_code(), 0);
    let mut random = Stream::new(&sha256(b"flips"));
    let mut flipped = zip.clone();
    for position in 0..zip.len() {
        let bit = 1 << random.uniform(8);
        flipped[position] ^= bit;
        let report = verify_bytes(&flipped, &Options::default());
        refused(&report, &format!("byte {position}"));
        flipped[position] ^= bit;
    }
}

#[test]
fn every_byte_of_every_file_is_evidence_even_with_its_checksum_mended() {
    let bundle = build(&Plan::default()).bundle;
    flip_contents(&bundle, 1);
}

#[test]
fn files_of_witnesses_lotteries_audits_and_excluded_draws_are_evidence_too() {
    let bundle = rich();
    let report = verify(&bundle, &Options::default());
    assert_eq!(report.exit_code(), 0, "{report}");
    flip_contents(&bundle, 13);
}

/// Flips one bit in every `step`-th byte of every file, on two threads.
fn flip_contents(bundle: &Bundle, step: usize) {
    let places: Vec<(String, usize)> = bundle
        .iter()
        .flat_map(|(name, content)| {
            let positions = (0..content.len()).step_by(step);
            positions.map(|position| (name.to_owned(), position))
        })
        .collect();
    std::thread::scope(|scope| {
        for half in places.chunks(places.len().div_ceil(2)) {
            scope.spawn(move || {
                for (name, position) in half {
                    flip_content(bundle, name, *position);
                }
            });
        }
    });
}

fn flip_content(bundle: &Bundle, name: &str, position: usize) {
    let mut flipped = bundle.clone();
    let mut content = flipped.remove(name).expect("a file");
    content[position] ^= 1 << (position * 7 % 8);
    flipped.insert(name, content);
    let report = verify(&flipped, &Options::default());
    refused(&report, &format!("byte {position} of {name}"));
}

#[test]
fn a_missing_or_surplus_file_is_refused() {
    let bundle = rich();
    for (name, _) in bundle.iter() {
        // The whole entry list is the one file that may be left out.
        if name == "entries.bin" {
            continue;
        }
        let mut without = bundle.clone();
        without.remove(name);
        refused(&verify(&without, &Options::default()), name);
    }
    for name in [
        "readme.txt",
        "close-9.note",
        "settle-0.note",
        "base-01.note",
    ] {
        let mut with = bundle.clone();
        let copied = with.file("close-0.note").expect("a close").to_vec();
        with.insert(name, copied);
        refused(&verify(&with, &Options::default()), name);
    }
}

#[test]
fn another_zip_of_the_same_files_is_refused() {
    let zip = build(&Plan::default()).bundle.to_zip();
    let mut longer = zip.clone();
    longer.push(0);
    refused(&verify_bytes(&longer, &Options::default()), "appended byte");
    let shorter = &zip[..zip.len() - 1];
    refused(&verify_bytes(shorter, &Options::default()), "cut byte");
    let prefixed = [b"#!", &zip[..]].concat();
    refused(&verify_bytes(&prefixed, &Options::default()), "prefix");
}
