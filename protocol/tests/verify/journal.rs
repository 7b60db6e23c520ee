//! Journals and times: nothing is chosen among several, nothing is too late.

use lucky_draw::bundle::{Bundle, JournalSegment};
use lucky_draw::encode::sha256;
use lucky_draw::note::TlogProof;
use lucky_draw::record::{Close, Freeze, KeyNote, Manifest, VoidCode};
use lucky_draw::verify::{CheckName, Outcome};

use super::sample::{Built, Journal, Plan, build, cosigners, site};
use super::{assert_failed, check, relabel, text};

/// A draw whose journal and notes were written again by `change`, with valid signatures.
pub(super) fn rewritten(change: impl Fn(&mut Vec<String>, &Built)) -> Bundle {
    let built = build(&Plan {
        corrections: 1,
        purge_phases: 0,
        ..Plan::default()
    });
    let mut bundle = built.bundle.clone();
    let segment = std::str::from_utf8(bundle.file("journal.txt").expect("a file"));
    let segment = JournalSegment::parse(segment.expect("a text")).expect("a segment");
    let mut leaves = segment.leaves;
    change(&mut leaves, &built);
    let mut journal = Journal::new(site());
    for leaf in &leaves {
        journal.append(leaf);
    }
    bundle.insert("journal.txt", journal.segment(0));
    for (note, proof) in [
        ("manifest.note", "manifest.proof"),
        ("key.note", "key.proof"),
        ("freeze.note", "freeze.proof"),
    ] {
        let text = text(&bundle, note);
        if let Some(index) = leaves.iter().position(|leaf| *leaf == text) {
            bundle.insert(proof, journal.proof(index as u64, &[], 0));
        }
    }
    bundle
}

pub(super) fn place(leaves: &[String], kind: &str) -> usize {
    let start = format!("lucky-draw/v1 {kind}\n");
    let place = leaves.iter().position(|leaf| leaf.starts_with(&start));
    place.expect("a leaf of the kind")
}

#[test]
fn a_journal_that_was_written_again_in_full_still_passes() {
    assert_eq!(check(&rewritten(|_, _| {})).exit_code(), 0);
}

#[test]
fn choosing_among_journal_notes_is_refused() {
    let second_close = rewritten(|leaves, built| {
        let other = Close {
            seq: 2,
            voids: vec![(0, VoidCode::I)],
            ..built.close.clone()
        };
        let freeze = place(leaves, "freeze");
        leaves.insert(freeze, other.to_text());
    });
    assert_failed(
        &check(&second_close),
        CheckName::Journal,
        "is a close that is not",
    );

    let missing_close = rewritten(|leaves, _| {
        let close = place(leaves, "close");
        leaves.remove(close);
    });
    assert_failed(&check(&missing_close), CheckName::Journal, "close");

    let second_manifest = rewritten(|leaves, built| {
        let other = Manifest {
            reserves: 9,
            ..built.manifest.clone()
        };
        leaves.insert(2, other.to_text());
    });
    assert_failed(
        &check(&second_manifest),
        CheckName::Journal,
        "another manifest",
    );

    let earlier_key = rewritten(|leaves, built| {
        let other = KeyNote {
            manifest: built.base,
            tag_key: sha256(b"another key"),
            witnesses: Vec::new(),
            quorum: 0,
        };
        leaves.insert(1, other.to_text());
    });
    assert_failed(&check(&earlier_key), CheckName::Journal, "key.proof");

    let earlier_freeze = rewritten(|leaves, built| {
        let other = Freeze {
            manifest: built.manifest.hash(),
            close: sha256(b"another close"),
        };
        leaves.insert(2, other.to_text());
    });
    assert_failed(&check(&earlier_freeze), CheckName::Journal, "freeze.proof");

    let cancelled = rewritten(|leaves, built| {
        let manifest = built.manifest.hash();
        leaves.insert(
            2,
            format!("lucky-draw/v1 cancel\nmanifest {manifest}\nreason FLOOD\n"),
        );
    });
    assert_failed(&check(&cancelled), CheckName::Journal, "cancels this draw");

    let unknown = rewritten(|leaves, _| leaves.insert(2, "something else\n".to_owned()));
    assert_failed(&check(&unknown), CheckName::Journal, "journal leaf 2");
}

#[test]
fn a_later_freeze_or_key_note_is_ignored() {
    let later = rewritten(|leaves, built| {
        let other = Freeze {
            manifest: built.manifest.hash(),
            close: sha256(b"another close"),
        };
        leaves.push(other.to_text());
        leaves.push(
            Close {
                seq: 2,
                ..built.close.clone()
            }
            .to_text(),
        );
    });
    assert_eq!(check(&later).exit_code(), 0);
}

#[test]
fn a_note_outside_the_journal_is_refused() {
    let mut bundle = build(&Plan::default()).bundle;
    let other = build(&Plan {
        number: 2,
        ..Plan::default()
    });
    let proof = other.bundle.file("key.proof").expect("a proof").to_vec();
    bundle.insert("key.proof", proof);
    assert_failed(&check(&bundle), CheckName::Journal, "key.proof");
}

/// A bundle in which `count` witnesses saw the checkpoint of `file` at `time`.
pub(super) fn seen_at(bundle: &Bundle, file: &str, time: u64, count: u8) -> Bundle {
    let mut bundle = bundle.clone();
    let proof = std::str::from_utf8(bundle.file(file).expect("a proof")).expect("a text");
    let mut proof = TlogProof::parse(proof).expect("a proof");
    let blank = proof.checkpoint.find("\n\n").expect("a note") + 1;
    let checkpoint = proof.checkpoint[..blank].to_owned();
    let line = &proof.checkpoint[blank + 1..];
    let log_line = line.find('\n').expect("the log's own line") + 1;
    proof.checkpoint.truncate(blank + 1 + log_line);
    let mut seen = cosigners(3);
    seen.retain(|cosigner| {
        let pinned = text(&bundle, "key.note");
        pinned.contains(&cosigner.vkey())
    });
    for cosigner in &seen[..usize::from(count)] {
        proof.checkpoint += &cosigner.line(&checkpoint, time);
    }
    bundle.insert(file, proof.to_text());
    bundle
}

#[test]
fn witnesses_that_came_too_late_prove_the_opposite() {
    let built = build(&Plan {
        witnesses: 3,
        ..Plan::default()
    });
    let draw = built.manifest.earliest_round_time().expect("a round");
    let seen = |file, time, count| check(&seen_at(&built.bundle, file, time, count));
    let good = seen("freeze.proof", draw - 300, 2);
    assert_eq!(
        good.check(CheckName::Time).outcome,
        Outcome::Passed,
        "{good}"
    );
    let late = seen("freeze.proof", draw - 299, 3);
    assert_failed(&late, CheckName::Time, "expected 2 witnesses");
    let few = seen("freeze.proof", draw - 400, 1);
    assert_failed(&few, CheckName::Time, "found 1");
    let timeless = seen("freeze.proof", 0, 3);
    assert_failed(&timeless, CheckName::Time, "found 0");
    let early = seen("freeze.proof", built.manifest.freezes - 1, 3);
    assert_failed(&early, CheckName::Time, "before the freeze");
    let late_key = seen("key.proof", built.manifest.opens + 1, 3);
    assert_failed(&late_key, CheckName::Time, "key.proof");
}

#[test]
fn a_redraw_that_was_announced_after_the_round_is_told() {
    let built = build(&Plan {
        witnesses: 1,
        superseded: 1,
        ..Plan::default()
    });
    let base = Manifest::parse(&text(&built.bundle, "base-0.note")).expect("a manifest");
    let first_round = base.earliest_round_time().expect("a round");
    let seen = |time| check(&seen_at(&built.bundle, "manifest.proof", time, 1));
    let in_time = seen(first_round - 1);
    assert_eq!(in_time.check(CheckName::Time).outcome, Outcome::Passed);
    assert_failed(&seen(first_round), CheckName::Time, "redraw");
}

#[test]
fn a_round_that_is_due_too_soon_is_refused() {
    let mut bundle = build(&Plan::default()).bundle;
    relabel(&mut bundle, "manifest.note", |text| {
        let manifest = Manifest::parse(&text).expect("a manifest");
        let freezes = manifest.earliest_draw_time() - 599;
        Manifest {
            freezes,
            ..manifest
        }
        .to_text()
    });
    assert_failed(
        &check(&bundle),
        CheckName::Time,
        "expected a round at or after",
    );
}
