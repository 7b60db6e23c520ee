//! Two statements of one site: a contradiction is shown to be one, and nothing else is called one.

mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;

use lucky_draw::bundle::{Bundle, JournalSegment};
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::fork::{ConsistencyProof, Evidence, Statement, Told, Verdict, compare};
use lucky_draw::note::{Checkpoint, Signer, TlogProof, Verifier};
use lucky_draw::tree::{self, leaf_hash};
use sample::{Built, Journal, Plan, build, site};

fn key() -> Verifier {
    site().verifier()
}

fn read(proof: &TlogProof) -> Statement {
    Statement::read(&proof.to_text(), &key(), None).expect("signed by the site")
}

/// The same draw, and a second one of the same log in which other people entered.
fn forked() -> (Built, Built) {
    let fork = Plan {
        number: 2,
        ..Plan::default()
    };
    (build(&Plan::default()), build(&fork))
}

fn consistency(built: &Built, old: u64, new: u64) -> ConsistencyProof {
    let Ok(hashes) = tree::consistency_proof(&mut &built.log, old, new);
    ConsistencyProof {
        old,
        hashes,
        checkpoint: built.receipt(0, new).checkpoint,
    }
}

#[track_caller]
fn contradiction(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Contradiction(reason) => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn two_roots_for_one_size_are_proof_of_fraud() {
    let (honest, fork) = forked();
    let (one, other) = (read(&honest.receipt(2, 5)), read(&fork.receipt(3, 5)));
    let verdict = compare(&one, &other, &Evidence::new());
    let reason = contradiction(&verdict);
    assert!(reason.contains("for the same 5 leaves"), "{reason}");
    let (one_root, other_root) = (one.checkpoint.root, other.checkpoint.root);
    assert!(reason.contains(&one_root.to_string()) && reason.contains(&other_root.to_string()));
    // The two of one honest log agree, whoever holds them.
    let same = compare(&one, &read(&honest.receipt(4, 5)), &Evidence::new());
    assert!(matches!(same, Verdict::Consistent(_)), "{same}");
}

#[test]
fn a_receipt_of_a_list_that_was_closed_otherwise_contradicts_the_close() {
    let (honest, fork) = forked();
    let size = fork.close.size;
    let statements = Statement::of_bundle(&fork.bundle, &key());
    let close = statements.iter().find(|s| s.told == Told::Close);
    let close = close.expect("the close");
    assert_eq!(
        (close.checkpoint.size, close.checkpoint.root),
        (size, fork.log.root())
    );
    assert_eq!(
        close.notes.len(),
        2,
        "the close and the manifest that names its log"
    );
    let mut evidence = Evidence::new();
    evidence.add_bundle(&fork.bundle);
    for index in 0..5 {
        let receipt = read(&honest.receipt(index, index + 1));
        let verdict = compare(&receipt, close, &evidence);
        contradiction(&verdict);
        let own = read(&fork.receipt(index, index + 1));
        let verdict = compare(&own, close, &evidence);
        assert!(matches!(verdict, Verdict::Consistent(_)), "{verdict}");
    }
}

#[test]
fn logs_of_different_sizes_need_something_that_links_them() {
    let (honest, fork) = forked();
    let (small, large) = (read(&honest.receipt(2, 4)), read(&honest.receipt(2, 9)));
    let unlinked = compare(&small, &large, &Evidence::new());
    assert!(matches!(&unlinked, Verdict::Unknown(r) if r.contains("consistency proof")));

    let mut proven = Evidence::new();
    proven.add_proof(consistency(&honest, 4, 9));
    let verdict = compare(&large, &small, &proven);
    assert!(matches!(verdict, Verdict::Consistent(_)), "{verdict}");

    let mut listed = Evidence::new();
    assert!(listed.add_entries(honest.bundle.file("entries.bin").expect("a list")));
    let verdict = compare(&small, &large, &listed);
    assert!(matches!(verdict, Verdict::Consistent(_)), "{verdict}");
    let other = read(&fork.receipt(2, 4));
    contradiction(&compare(&other, &large, &listed));
}

#[test]
fn evidence_that_anybody_can_write_accuses_nobody() {
    let (honest, fork) = forked();
    let (small, large) = (read(&honest.receipt(2, 4)), read(&honest.receipt(2, 9)));
    let mut wrong = consistency(&honest, 4, 9);
    wrong.hashes[0] = sha256(b"wrong");
    let mut evidence = Evidence::new();
    evidence.add_proof(wrong);
    evidence.add_entries(fork.bundle.file("entries.bin").expect("a list"));
    let mut cut = honest.bundle.file("entries.bin").expect("a list").to_vec();
    cut.truncate(32 * 6);
    evidence.add_entries(&cut);
    assert!(!evidence.add_entries(b"no list"));
    let verdict = compare(&small, &large, &evidence);
    let unknown = matches!(&verdict, Verdict::Unknown(r) if r.contains("proves nothing"));
    assert!(unknown, "{verdict}");
}

#[test]
fn a_statement_that_the_site_did_not_sign_is_none() {
    let (honest, _) = forked();
    let forger = Signer::new(sample::SITE, [3; 32]).expect("a signer");
    let mut forged = honest.receipt(2, 5);
    let checkpoint = Checkpoint {
        origin: honest.manifest.origin.clone(),
        size: 5,
        root: sha256(b"a lie about the library"),
    };
    forged.checkpoint = forger.sign(&checkpoint.to_text());
    assert!(Statement::read(&forged.to_text(), &key(), None).is_err());
    // Journals are signed under their own key name, and nothing else is.
    for (origin, signer, good) in [
        (
            "library.example.tw/draw/journal",
            "library.example.tw/draw/journal",
            true,
        ),
        ("library.example.tw/draw/journal", sample::SITE, false),
        (
            "library.example.tw/draw/1",
            "library.example.tw/draw/journal",
            false,
        ),
    ] {
        let text = Checkpoint {
            origin: origin.to_owned(),
            size: 5,
            root: sha256(b"root"),
        };
        let signed = site()
            .with_name(signer)
            .expect("a name")
            .sign(&text.to_text());
        assert_eq!(
            Statement::read(&signed, &key(), None).is_ok(),
            good,
            "{signer}"
        );
    }
}

#[test]
fn different_logs_do_not_contradict_each_other() {
    let (honest, _) = forked();
    let elsewhere = build(&Plan {
        origin: "library.example.tw/draw/2",
        ..Plan::default()
    });
    let (one, other) = (read(&honest.receipt(2, 5)), read(&elsewhere.receipt(2, 5)));
    let verdict = compare(&one, &other, &Evidence::new());
    assert!(matches!(&verdict, Verdict::Unknown(r) if r.contains("different logs")));
}

/// A journal of so many leaves, of which one may be told otherwise.
fn journal(size: u64, lie: Option<u64>) -> Journal {
    let mut journal = Journal::new(site());
    for number in 0..size {
        match lie {
            Some(place) if place == number => journal.append("lucky-draw/v1 lie\n"),
            _ => journal.append(&format!("leaf {number}\n")),
        };
    }
    journal
}

#[test]
fn forks_of_the_journal_are_shown_by_its_own_leaves() {
    let text = |proof: String| Statement::read(&proof, &key(), None).expect("signed");
    let small = text(journal(6, None).proof(0, &[], 0));
    let large = text(journal(11, None).proof(0, &[], 0));
    let lie = text(journal(11, Some(3)).proof(0, &[], 0));
    let mut evidence = Evidence::new();
    let segment = |lie: Option<u64>, start: u64| {
        JournalSegment::parse(&journal(11, lie).segment(start)).expect("a segment")
    };
    evidence.add_segment(segment(None, 4));
    evidence.add_segment(segment(Some(3), 4));
    let verdict = compare(&small, &large, &evidence);
    assert!(matches!(verdict, Verdict::Consistent(_)), "{verdict}");
    contradiction(&compare(&small, &lie, &evidence));
    contradiction(&compare(&large, &lie, &evidence));
    let mut too_late = Evidence::new();
    too_late.add_segment(segment(Some(3), 8));
    let verdict = compare(&small, &lie, &too_late);
    assert!(matches!(verdict, Verdict::Unknown(_)), "{verdict}");
}

#[test]
fn two_honest_bundles_that_do_not_meet_are_not_told_about_wrong_evidence() {
    let small = Statement::read(&journal(1, None).proof(0, &[], 0), &key(), None).expect("signed");
    let large = Statement::read(&journal(13, None).proof(0, &[], 0), &key(), None).expect("signed");
    assert_eq!(small.told, Told::Journal);
    let bundle = |size: u64, start: u64| {
        let mut bundle = Bundle::new();
        bundle.insert("journal.txt", journal(size, None).segment(start));
        bundle
    };
    let mut own = Evidence::new();
    own.add_compared(&bundle(5, 0));
    own.add_compared(&bundle(17, 12));
    let told = |evidence: &Evidence| match compare(&large, &small, evidence) {
        Verdict::Unknown(reason) => reason,
        other => panic!("{other}"),
    };
    let reason = told(&own);
    let words = "the journal segments in the bundles do not reach from 1 to 13 leaves";
    assert!(reason.contains(words), "{reason}");
    assert!(reason.contains("a consistency proof"), "{reason}");
    assert!(!reason.contains("given"), "nobody gave anything: {reason}");
    // What somebody gave is told as given, whether it is too short or wrong.
    let mut short = own.clone();
    short.add_bundle(&bundle(9, 0));
    let reason = told(&short);
    assert!(reason.contains("does not reach from 1 to 13"), "{reason}");
    let mut wrong = own.clone();
    wrong.add_segment(JournalSegment::parse(&journal(13, Some(7)).segment(0)).expect("a segment"));
    let reason = told(&wrong);
    assert!(reason.contains("proves nothing"), "{reason}");
    let mut linked = own;
    linked.add_compared(&bundle(13, 0));
    let verdict = compare(&small, &large, &linked);
    assert!(matches!(verdict, Verdict::Consistent(_)), "{verdict}");
}

#[test]
fn a_log_without_leaves_has_one_root() {
    let (honest, _) = forked();
    let empty = |root: Hash| {
        let checkpoint = Checkpoint {
            origin: honest.manifest.origin.clone(),
            size: 0,
            root,
        };
        Statement::read(&site().sign(&checkpoint.to_text()), &key(), None).expect("signed")
    };
    let (right, wrong) = (empty(sha256(b"")), empty(sha256(b"another")));
    let later = read(&honest.receipt(2, 5));
    for other in [&later, &wrong, &right] {
        for verdict in [
            compare(&wrong, other, &Evidence::new()),
            compare(other, &wrong, &Evidence::new()),
        ] {
            assert!(contradiction(&verdict).contains("a log of 0 leaves has the root"));
        }
        if *other != wrong {
            let verdict = compare(&right, other, &Evidence::new());
            assert!(matches!(verdict, Verdict::Consistent(_)), "{verdict}");
        }
    }
}

#[test]
fn two_leaves_at_one_place_contradict_each_other_at_any_size() {
    let (honest, fork) = forked();
    let shared = |built: &Built, size: u64| {
        let mut proof = built.receipt(3, size);
        proof.extra = Some(built.tickets[3].commitment.0.to_vec());
        read(&proof)
    };
    let (one, other) = (shared(&honest, 6), shared(&fork, 9));
    assert_eq!(one.leaf.map(|leaf| leaf.0), Some(3));
    let verdict = compare(&one, &other, &Evidence::new());
    assert!(contradiction(&verdict).contains("leaf 3"), "{verdict}");
    // A secret receipt shows its leaf with the base manifest's hash, and with no other.
    let secret = honest.receipt(3, 6).to_text();
    let with = |base: Option<&Hash>| Statement::read(&secret, &key(), base).expect("signed").leaf;
    let leaf = leaf_hash(honest.tickets[3].commitment.as_bytes());
    assert_eq!(with(Some(&honest.base)), Some((3, leaf)));
    assert_eq!(with(Some(&sha256(b"another"))), None);
    assert_eq!(with(None), None);
}

#[test]
fn a_consistency_proof_is_read_in_one_form() {
    let (honest, _) = forked();
    let proof = consistency(&honest, 4, 9);
    let text = proof.to_text();
    assert_eq!(ConsistencyProof::parse(&text), Ok(proof));
    for wrong in [
        text.replacen("old 4", "old 04", 1),
        text.replacen("old 4", "old  4", 1),
        text.replacen("\n\n", "\n", 1),
        text.replacen('\n', "\n\n", 1),
        format!("{text}\n"),
        String::new(),
    ] {
        assert!(ConsistencyProof::parse(&wrong).is_err(), "{wrong}");
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

fn run(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lucky-draw-verify"))
        .arg("fork")
        .args(arguments)
        .output()
        .expect("the verifier runs");
    let text = String::from_utf8(output.stdout).expect("a text");
    (output.status.code().expect("a status"), text)
}

#[test]
fn the_program_says_it_in_words_that_can_be_published() {
    let folder = folder("fork");
    let (honest, fork) = forked();
    let write = |name: &str, content: Vec<u8>| {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("written");
        path.to_str().expect("a path").to_owned()
    };
    let receipt = |built: &Built, index, size| built.receipt(index, size).to_text().into_bytes();
    let mine = write("mine.tlog-proof", receipt(&honest, 2, 5));
    let yours = write("yours.tlog-proof", receipt(&fork, 3, 5));
    let later = write("later.tlog-proof", receipt(&honest, 7, 9));
    let bundle = write("bundle.zip", honest.bundle.to_zip());
    let forged = write("other.zip", fork.bundle.to_zip());
    let proof = write(
        "proof.txt",
        consistency(&honest, 5, 9).to_text().into_bytes(),
    );
    let vkey = site().vkey();
    let key = ["--vkey", &vkey];

    let (status, text) = run(&[&mine, &yours, key[0], key[1]]);
    assert_eq!(status, 1, "{text}");
    assert!(text.starts_with("contradiction\t"));
    for quoted in [
        "PROOF OF FRAUD",
        &vkey,
        "for the same 5 leaves",
        &mine,
        &yours,
    ] {
        assert!(text.contains(quoted), "{quoted}\n{text}");
    }
    let secret = honest.receipt(2, 5).extra.expect("a secret receipt");
    let secret = data_encoding::BASE64.encode(&secret);
    assert!(
        !text.contains(&secret),
        "what may be published holds no receipt"
    );
    assert!(
        text.contains("\n    \u{2014} library.example.tw/draw "),
        "the signatures are quoted"
    );

    let (status, text) = run(&[&mine, &later, key[0], key[1]]);
    assert_eq!(status, 2, "{text}");
    assert!(text.starts_with("cannot be told\t") && !text.contains("FRAUD"));
    let (status, text) = run(&[&mine, &later, &proof, key[0], key[1]]);
    assert_eq!(status, 0, "{text}");
    assert!(text.starts_with("consistent\t"), "{text}");
    let (status, text) = run(&[&mine, &bundle]);
    assert_eq!(status, 0, "{text}");
    let (status, text) = run(&[&yours, &bundle]);
    assert_eq!(status, 1, "{text}");
    let (status, text) = run(&[&forged, &bundle]);
    assert_eq!(status, 1, "{text}");
    let nothing = Checkpoint {
        origin: honest.manifest.origin.clone(),
        size: 0,
        root: sha256(b"another"),
    };
    let nothing = write("nothing", site().sign(&nothing.to_text()).into_bytes());
    let (status, text) = run(&[&nothing, &later, key[0], key[1]]);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("PROOF OF FRAUD"), "{text}");

    let (status, text) = run(&[&mine, &yours]);
    assert_eq!(status, 2, "without a key nobody is accused: {text}");
    let stranger = Signer::new(sample::SITE, [3; 32]).expect("a signer").vkey();
    let (status, text) = run(&[&mine, &yours, "--vkey", &stranger]);
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("is no statement of"), "{text}");
    let (status, _) = run(&[&mine]);
    assert_eq!(status, 64);
}
