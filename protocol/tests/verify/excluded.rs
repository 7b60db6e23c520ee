//! Draws that exclude the winners of others, and draws that were cancelled.

use lucky_draw::result::Line;
use lucky_draw::verify::{CheckName, Outcome};

use super::sample::{Plan, build, build_cancelled};
use super::{assert_failed, check};

#[test]
fn winners_of_an_excluded_draw_are_skipped() {
    let first = build(&Plan {
        origin: "library.example.tw/draw/0",
        ..Plan::default()
    });
    let plan = Plan {
        round: 5,
        excludes: vec![first.as_excluded()],
        purge_phases: 0,
        ..Plan::default()
    };
    let built = build(&plan);
    let report = check(&built.bundle);
    assert_eq!(report.exit_code(), 0, "{report}");
    let excluded = &built.excluded[0].tags;
    assert!(!excluded.is_empty());
    for line in &built.result.lines {
        if let Line::Slot { opening, .. } = line {
            let tag = opening.expect("opened").tag;
            assert!(!excluded.contains(&tag), "an excluded person won again");
        }
    }

    let mut inner = first.bundle.clone();
    inner.insert("rules.txt", "Other rules.\n");
    let mut bundle = built.bundle.clone();
    bundle.insert("excluded-1.zip", inner.to_zip());
    assert_failed(
        &check(&bundle),
        CheckName::Links,
        "excluded-1.zip: rules.txt",
    );
    bundle.insert("excluded-1.zip", "no zip");
    assert_failed(&check(&bundle), CheckName::Format, "excluded-1.zip");
    let other = build(&Plan {
        origin: "library.example.tw/draw/9",
        ..Plan::default()
    });
    bundle.insert("excluded-1.zip", other.bundle.to_zip());
    assert_failed(
        &check(&bundle),
        CheckName::Links,
        "excluded-1.zip's manifest",
    );
}

#[test]
fn a_later_draw_or_another_activity_cannot_be_excluded() {
    let later = build(&Plan {
        origin: "library.example.tw/draw/0",
        round: 6,
        ..Plan::default()
    });
    let built = build(&Plan {
        excludes: vec![later.as_excluded()],
        ..Plan::default()
    });
    assert_failed(&check(&built.bundle), CheckName::Links, "after this draw");
    let stranger = build(&Plan {
        origin: "library.example.tw/draw/0",
        number: 2,
        ..Plan::default()
    });
    let built = build(&Plan {
        excludes: vec![stranger.as_excluded()],
        ..Plan::default()
    });
    assert_failed(&check(&built.bundle), CheckName::Links, "tag-key");
    let same_log = build(&Plan::default());
    let built = build(&Plan {
        excludes: vec![same_log.as_excluded()],
        ..Plan::default()
    });
    assert_failed(&check(&built.bundle), CheckName::Links, "same log origin");
}

#[test]
fn a_cancelled_draw_says_so_and_excludes_nobody() {
    let plan = Plan {
        origin: "library.example.tw/draw/0",
        ..Plan::default()
    };
    let (hash, bundle, draw) = build_cancelled(&plan);
    let report = check(&bundle);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert!(
        report
            .result_line()
            .contains("the draw was cancelled (TYPHOON)")
    );
    assert_eq!(
        report.check(CheckName::Result).outcome,
        Outcome::NotApplicable
    );

    let mut other = bundle.clone();
    other.insert("rules.txt", "Other rules.\n");
    assert_failed(&check(&other), CheckName::Links, "rules.txt");
    let outer = build(&Plan {
        excludes: vec![(hash, bundle, draw)],
        ..Plan::default()
    });
    let report = check(&outer.bundle);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert!(
        outer
            .result
            .to_text()
            .contains(&format!("excluded {hash} cancelled\n"))
    );
}

#[test]
fn a_cancel_note_needs_the_witnesses_of_the_draw_around_it() {
    let plan = Plan {
        origin: "library.example.tw/draw/0",
        witnesses: 3,
        ..Plan::default()
    };
    let excluded = build_cancelled(&plan);
    let outer = build(&Plan {
        excludes: vec![excluded.clone()],
        witnesses: 3,
        ..Plan::default()
    });
    let report = check(&outer.bundle);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(report.check(CheckName::Time).outcome, Outcome::Passed);
    let alone = check(&excluded.1);
    assert_failed(&alone, CheckName::Signatures, "manifest.proof");
}
