//! What the fuzzers call: every reader of bytes that somebody else wrote.
//!
//! Invariant: no input makes a reader panic, and what it accepts it would write the same way.
//! The kept inputs are run by the stable tests as well (`tests/fuzz.rs`).

use std::sync::LazyLock;

use lucky_draw::beacon::{Beacon, DEFAULT, QUICKNET};
use lucky_draw::bundle::{Bundle, JournalSegment};
use lucky_draw::encode::sha256;
use lucky_draw::fork::{ConsistencyProof, Evidence, Statement, compare};
use lucky_draw::note::{Checkpoint, SignedNote, Signer, TlogProof, Verifier, Witness};
use lucky_draw::record::Record;
use lucky_draw::ticket::{Secret, TicketNumber};
use lucky_draw::tree::{leaf_hash, verify_consistency, verify_inclusion};
use lucky_draw::verify::{Options, Outcome, verify, verify_bytes};

/// Something that reads bytes.
pub(crate) type Target = fn(&[u8]);

/// Two honest draws of the corpus: one on lottery numbers with witnesses, one on a drand round.
static BUNDLES: LazyLock<[Bundle; 2]> = LazyLock::new(|| {
    [
        &include_bytes!("bundles/numbers.zip")[..],
        include_bytes!("bundles/drand.zip"),
    ]
    .map(|zip| Bundle::from_zip(zip).expect("a bundle"))
});

/// The key that signs the corpus.
fn site() -> Signer {
    Signer::new("library.example.tw/draw", sha256(b"the site's seed").0).expect("a signer")
}

/// Signed notes, checkpoints and verifier keys.
pub(crate) fn note(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(note) = SignedNote::parse(text) {
        assert!(note.text.ends_with('\n') && !note.lines.is_empty());
        let _any = Checkpoint::parse(note.text);
        let _any = site().verifier().open(text);
    }
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(checkpoint.to_text(), text);
    }
    if let Ok(verifier) = Verifier::parse(text) {
        assert_eq!(verifier.vkey(), text);
    }
    let _any = Witness::parse(text);
}

/// The texts of sections 4.3 to 4.9.
pub(crate) fn record(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(record) = Record::parse(text) else {
        return;
    };
    let written = match record {
        Record::Manifest(record) => {
            let _any = record.check();
            record.to_text()
        }
        Record::Key(record) => record.to_text(),
        Record::Anchor(record) => record.to_text(),
        Record::Close(record) => record.to_text(),
        Record::Freeze(record) => record.to_text(),
        Record::Reveal(record) => record.to_text(),
        Record::Result(record) => record.to_text(),
        Record::Settle(record) => record.to_text(),
        Record::Cancel(record) => record.to_text(),
        Record::Audit(record) => record.to_text(),
        Record::Purge(record) => record.to_text(),
        Record::Site(record) => record.to_text(),
    };
    assert_eq!(written, text);
}

/// Proofs, stretches of the journal and drand rounds.
pub(crate) fn proof(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(proof) = TlogProof::parse(text) {
        assert_eq!(proof.to_text(), text);
        paths(&proof);
    }
    if let Ok(proof) = ConsistencyProof::parse(text) {
        assert_eq!(proof.to_text(), text);
        let (old, new) = (sha256(b"old"), sha256(b"new"));
        for size in [proof.old, proof.old.saturating_add(1), u64::MAX] {
            let _any = verify_consistency(proof.old, size, &old, &new, &proof.hashes);
        }
    }
    if let Ok(segment) = JournalSegment::parse(text) {
        assert_eq!(segment.to_text(), text);
    }
    if let Ok(beacon) = Beacon::parse_json(text) {
        assert_eq!(beacon.to_json(), text);
        let _any = beacon.verify(&QUICKNET, beacon.round);
        let _any = beacon.verify(&DEFAULT, beacon.round);
    }
    for chain in [&QUICKNET, &DEFAULT] {
        if let Ok(beacon) = Beacon::parse_relay(chain, text) {
            let json = beacon.to_json();
            assert!(beacon.round == 0 || Beacon::parse_json(&json) == Ok(beacon));
        }
    }
}

/// The arithmetic of a path, at its own place and at the edges.
fn paths(proof: &TlogProof) {
    let leaf = leaf_hash(proof.extra.as_deref().unwrap_or_default());
    let root = sha256(b"root");
    let size = SignedNote::parse(&proof.checkpoint)
        .ok()
        .and_then(|note| Checkpoint::parse(note.text).ok())
        .map_or(0, |checkpoint| checkpoint.size);
    for size in [size, 0, 1, proof.index.saturating_add(1), u64::MAX] {
        let _any = verify_inclusion(&leaf, proof.index, size, &proof.hashes, &root);
        let _any = verify_consistency(proof.index, size, &leaf, &root, &proof.hashes);
    }
}

/// Receipts, codes and ID numbers, against one draw.
pub(crate) fn receipt(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let bundle = &BUNDLES[0];
    let receipt = TlogProof::parse(text).ok();
    let known = receipt.is_some();
    let secret = text
        .lines()
        .next()
        .and_then(|line| Secret::parse(line).ok());
    let id = text.lines().nth(1).map(|line| format!("twid:{line}"));
    let _any = text.parse::<TicketNumber>();
    let key = site().verifier();
    let statement = Statement::read(text, &key, None);
    if let Ok(statement) = &statement {
        for other in Statement::of_bundle(bundle, &key) {
            let mut evidence = Evidence::new();
            evidence.add_bundle(bundle);
            let _any = compare(statement, &other, &evidence);
        }
    }
    if !known && secret.is_none() {
        return;
    }
    let options = Options {
        receipt,
        secret,
        id: if known { None } else { id },
        ..Options::default()
    };
    let report = verify(bundle, &options);
    let found = &report.checks[15];
    if known && found.outcome == Outcome::Passed {
        assert!(
            statement.is_ok(),
            "a receipt passes only with the site's signature"
        );
    }
}

/// Bundles: any bytes, or an honest bundle with edits, signed again or not.
pub(crate) fn bundle(data: &[u8]) {
    let Some((mode, data)) = data.split_first() else {
        return;
    };
    if mode & 1 == 0 {
        let report = verify_bytes(data, &Options::default());
        let _any = (report.to_string(), report.to_json());
        if let Ok(bundle) = Bundle::from_zip(data) {
            assert_eq!(bundle.to_zip(), data);
        }
        return;
    }
    let honest = &BUNDLES[usize::from(mode >> 1 & 1)];
    let (mut bundle, signed) = (honest.clone(), mode & 4 != 0);
    let mut rest = data;
    while let Some((edit, next)) = rest.split_first_chunk::<6>() {
        let names: Vec<String> = bundle.iter().map(|(name, _)| name.to_owned()).collect();
        let name = &names[usize::from(edit[0]) % names.len()];
        let length = usize::from(edit[4]).min(next.len());
        let (bytes, next) = next.split_at(length);
        rest = next;
        edit_file(&mut bundle, name, edit, bytes, signed);
    }
    let report = verify(&bundle, &Options::default());
    let _any = (report.to_string(), report.to_json());
    if !signed && bundle != *honest {
        assert_eq!(report.exit_code(), 1, "a change passed:\n{report}");
    }
}

/// Replaces a stretch of one file; a note's text is signed again where `signed`.
fn edit_file(bundle: &mut Bundle, name: &str, edit: &[u8; 6], bytes: &[u8], signed: bool) {
    let content = bundle.file(name).expect("a file").to_vec();
    let site = site();
    let text = std::str::from_utf8(&content).ok();
    let text = text.and_then(|text| SignedNote::parse(text).ok());
    let text = text.filter(|_| signed && name.ends_with(".note"));
    let mut old = text
        .as_ref()
        .map_or(content.clone(), |note| note.text.into());
    let at = usize::from(u16::from_be_bytes([edit[1], edit[2]])) % (old.len() + 1);
    let end = (at + usize::from(edit[3])).min(old.len());
    old.splice(at..end, bytes.iter().copied());
    let new = match (text.is_some(), String::from_utf8(old)) {
        (true, Ok(text)) => site.sign(&text).into_bytes(),
        (_, Ok(text)) => text.into_bytes(),
        (_, Err(error)) => error.into_bytes(),
    };
    bundle.insert(name, new);
}

/// Every target by its name, for the stable test.
pub(crate) fn all() -> [(&'static str, Target); 5] {
    [
        ("note", note),
        ("record", record),
        ("proof", proof),
        ("receipt", receipt),
        ("bundle", bundle),
    ]
}
