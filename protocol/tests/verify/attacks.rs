//! The four ways to cheat with time: each is shown to fail, and the report says by what.

use lucky_draw::bundle::Bundle;
use lucky_draw::encode::sha256;
use lucky_draw::fork::{Evidence, Statement, Verdict, compare};
use lucky_draw::note::{Checkpoint, TlogProof};
use lucky_draw::record::{Close, KeyNote, Manifest, VoidCode};
use lucky_draw::verify::{CheckName, Outcome};

use super::journal::{place, rewritten, seen_at};
use super::sample::{Plan, build, cosigners, site};
use super::{assert_failed, check, relabel, text};

fn witnessed() -> Plan {
    Plan {
        witnesses: 3,
        ..Plan::default()
    }
}

#[test]
fn choosing_among_closes_fails() {
    // Two closes are journaled with other voids; after the round the site keeps the better one.
    let hidden = rewritten(|leaves, built| {
        let other = Close {
            seq: built.close.seq + 1,
            voids: vec![(0, VoidCode::I)],
            ..built.close.clone()
        };
        let freeze = place(leaves, "freeze");
        leaves.insert(freeze, other.to_text());
    });
    assert_failed(
        &check(&hidden),
        CheckName::Journal,
        "is a close that is not",
    );
    // Or it leaves the better one and its own journal out of step.
    let built = build(&Plan {
        corrections: 1,
        ..witnessed()
    });
    let mut earlier = built.bundle.clone();
    earlier.remove("close-1.note");
    let report = check(&earlier);
    assert_failed(&report, CheckName::Links, "freeze.note's close");
    assert_failed(&report, CheckName::Journal, "is a close that is not");
}

#[test]
fn superseding_after_the_round_fails() {
    let built = build(&Plan {
        superseded: 1,
        ..witnessed()
    });
    let base = Manifest::parse(&text(&built.bundle, "base-0.note")).expect("a manifest");
    let round = base.earliest_round_time().expect("a round");
    let late = check(&seen_at(&built.bundle, "manifest.proof", round, 3));
    assert_failed(
        &late,
        CheckName::Time,
        "redraw: manifest.proof: expected 2 witnesses",
    );
    // Without witnesses nobody can say when it was, and the report does not pretend to know.
    let alone = build(&Plan {
        superseded: 1,
        ..Plan::default()
    });
    let report = check(&alone.bundle);
    assert_eq!(
        report.check(CheckName::Time).outcome,
        Outcome::CouldNotCheck
    );
    assert!(report.result_line().contains("time not proven"));
}

#[test]
fn backdating_fails() {
    let built = build(&witnessed());
    let draw = built.manifest.earliest_round_time().expect("a round");
    // The list was made when the randomness was known. Honest witnesses sign the true time …
    let late = check(&seen_at(&built.bundle, "freeze.proof", draw + 60, 3));
    assert_failed(&late, CheckName::Time, "found 0; missing: witness");
    // … which nobody can rewrite …
    let mut rewritten = seen_at(&built.bundle, "freeze.proof", draw + 60, 3);
    let time = |time: u64| data_encoding::HEXLOWER.encode(&time.to_be_bytes());
    let changed = edit_lines(&rewritten, "freeze.proof", |hex| {
        hex.replace(&time(draw + 60), &time(draw - 400))
    });
    rewritten.insert("freeze.proof", changed);
    assert_failed(&check(&rewritten), CheckName::Signatures, "freeze.proof");
    // … witnesses of the site's own making are not pinned …
    let mut own = built.bundle.clone();
    let proof = std::str::from_utf8(own.file("freeze.proof").expect("a proof")).expect("a text");
    let mut proof = TlogProof::parse(proof).expect("a proof");
    let at = proof.checkpoint.find("\n\n").expect("a note") + 1;
    let friend = cosigners(5).into_iter().find(|c| {
        let pinned = text(&built.bundle, "key.note");
        !pinned.contains(&c.vkey())
    });
    let checkpoint = proof.checkpoint[..at].to_owned();
    proof.checkpoint += &friend.expect("a friend").line(&checkpoint, draw - 400);
    own.insert("freeze.proof", proof.to_text());
    assert_failed(&check(&own), CheckName::Signatures, "freeze.proof");
    // … and cannot be pinned later, because the key note had to be seen before the opening.
    let repinned = seen_at(&built.bundle, "key.proof", draw, 3);
    assert_failed(
        &check(&repinned),
        CheckName::Time,
        "key.proof: expected 2 witnesses",
    );
    let mut unpinned = built.bundle.clone();
    relabel(&mut unpinned, "key.note", |text| {
        let key = KeyNote::parse(&text).expect("a key note");
        let none = KeyNote {
            witnesses: Vec::new(),
            quorum: 0,
            ..key
        };
        none.to_text()
    });
    assert_failed(&check(&unpinned), CheckName::Journal, "key.proof");
}

/// Changes the signature lines of a proof's checkpoint, in hexadecimal digits.
fn edit_lines(bundle: &Bundle, name: &str, change: impl Fn(String) -> String) -> String {
    let proof = std::str::from_utf8(bundle.file(name).expect("a proof")).expect("a text");
    let mut lines: Vec<String> = proof.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if let Some((mark, encoded)) = line.rsplit_once(' ')
            && mark.contains("witness")
        {
            let bytes = data_encoding::BASE64
                .decode(encoded.as_bytes())
                .expect("base64");
            let hex = change(data_encoding::HEXLOWER.encode(&bytes));
            let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("hex");
            *line = format!("{mark} {}", data_encoding::BASE64.encode(&bytes));
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn forking_the_journal_fails() {
    let built = build(&witnessed());
    let proof = built.bundle.file("freeze.proof").expect("a proof");
    let proof = TlogProof::parse(std::str::from_utf8(proof).expect("a text")).expect("a proof");
    let blank = proof.checkpoint.find("\n\n").expect("a note") + 1;
    let honest = Checkpoint::parse(&proof.checkpoint[..blank]).expect("a checkpoint");
    // One journal for the witnesses, another for the bundle: its checkpoint has no cosignatures,
    // and those of the other do not fit it.
    let journal = site().with_name(&honest.origin).expect("a name");
    let fork = Checkpoint {
        root: sha256(b"another journal"),
        ..honest
    };
    let mut forked = proof.clone();
    forked.checkpoint = journal.sign(&fork.to_text());
    let mut bundle = built.bundle.clone();
    bundle.insert("freeze.proof", forked.to_text());
    let report = check(&bundle);
    assert_failed(&report, CheckName::Journal, "freeze.proof");
    assert_failed(&report, CheckName::Time, "found 0; missing: witness");
    let lines = &proof.checkpoint[blank + 1..];
    let theirs = lines.split_once('\n').expect("the log's line").1;
    forked.checkpoint += theirs;
    bundle.insert("freeze.proof", forked.to_text());
    assert_failed(&check(&bundle), CheckName::Signatures, "freeze.proof");
    // And the two checkpoints together are proof.
    let key = site().verifier();
    let read = |proof: &TlogProof| {
        Statement::read(&proof.to_text(), &key, None).expect("signed by the site")
    };
    let verdict = compare(&read(&proof), &read(&forked), &Evidence::new());
    assert!(matches!(verdict, Verdict::Contradiction(_)), "{verdict}");
}

#[test]
fn the_report_names_the_evidence_of_time_and_what_is_missing() {
    let built = build(&witnessed());
    let reason = |bundle: &Bundle| check(bundle).check(CheckName::Time).reason.clone();
    let all = reason(&built.bundle);
    for witness in ["witness0.example", "witness1.example", "witness2.example"] {
        assert_eq!(
            all.matches(witness).count(),
            2,
            "on the key and the freeze note: {all}"
        );
    }
    assert!(!all.contains("missing"), "{all}");
    let draw = built.manifest.earliest_round_time().expect("a round");
    let two = reason(&seen_at(&built.bundle, "freeze.proof", draw - 400, 2));
    assert!(two.contains(&format!("at {}", draw - 400)), "{two}");
    assert!(two.contains("missing, but not needed: witness"), "{two}");
    let one = reason(&seen_at(&built.bundle, "freeze.proof", draw - 400, 1));
    assert!(
        one.contains("expected 2 witnesses") && one.contains("found 1 (witness"),
        "{one}"
    );
    assert_eq!(one.matches("on the freeze note").count(), 2, "{one}");
    let late = reason(&seen_at(&built.bundle, "freeze.proof", draw, 3));
    assert!(
        late.contains(&format!("in time (its time is {draw})")),
        "{late}"
    );
    let nobody = reason(&build(&Plan::default()).bundle);
    for told in [
        "found: nothing",
        "missing: a witness",
        "photograph",
        "time-stamp",
    ] {
        assert!(nobody.contains(told), "{told}: {nobody}");
    }
}
