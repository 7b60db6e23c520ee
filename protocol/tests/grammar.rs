//! Every text reads back as it was written, and any other text is refused.

use data_encoding::BASE64;
use lucky_draw::beacon::QUICKNET;
use lucky_draw::bundle::{Bundle, JournalSegment};
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::note::{
    Checkpoint, Cosigner, NoteError, SignedNote, Signer, TlogProof, Verifier, Witness,
};
use lucky_draw::record::{
    Anchor, Audit, AuditLeaf, Cancel, Close, Freeze, KeyNote, Manifest, Prize, PublishError, Purge,
    Record, Reveal, SiteNote, Source, VoidCode,
};
use lucky_draw::result::{
    Excluded, Line, Opening, ResultNote, SettleCode, SettleLine, SettleNote, Slot, Vacate,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

const INTEGER: std::ops::Range<u64> = 0..1 << 53;

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash)
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![
        (hash(), 1_u64..1 << 53).prop_map(|(chain, round)| Source::Drand { chain, round }),
        ("[a-z0-9-]{1,32}", any::<bool>(), 1_u32..=64).prop_map(|(slug, sorted, count)| {
            Source::Numbers {
                slug,
                sorted,
                count,
            }
        }),
        hash().prop_map(Source::Commit),
    ]
}

prop_compose! {
    fn manifest()(
        origin in "[!-*,-~]{1,60}",
        rules in hash(),
        opens in 0_u64..1 << 40,
        open_for in 1_u64..1 << 30,
        objections in 0_u64..1 << 30,
        sources in vec(source(), 1..=4),
        prizes in btree_map("[a-z0-9-]{1,32}".prop_filter("reserved", |slug| slug != "reserve"), 1_u32..=100_000, 1..8),
        reserves in 0_u32..=100_000,
        limits in (1_u32..=65_535, 1_u32..=65_535),
        excludes in btree_set(hash(), 0..4),
        supersedes in proptest::option::of((hash(), "[A-Z][A-Z0-9]{0,7}")),
    ) -> Manifest {
        Manifest {
            origin,
            rules,
            opens,
            closes: opens + open_for,
            freezes: opens + open_for + objections,
            sources,
            prizes: prizes.into_iter().map(|(slug, units)| Prize { slug, units }).collect(),
            reserves,
            wins_per_person: limits.0,
            tickets_per_person: limits.1,
            excludes: excludes.into_iter().collect(),
            supersedes,
        }
    }
}

prop_compose! {
    fn close()(
        manifest in hash(),
        seq in any::<u32>(),
        size in 1_u64..5000,
        root in hash(),
        voids in btree_map(0_u64..5000, 0_u8..4, 0..12),
    ) -> Close {
        let codes = [VoidCode::W, VoidCode::D, VoidCode::I, VoidCode::T];
        let voids = voids.into_iter().filter(|(index, _)| *index < size);
        Close {
            manifest,
            seq,
            size,
            root,
            voids: voids.map(|(index, code)| (index, codes[usize::from(code)])).collect(),
        }
    }
}

fn slot() -> impl Strategy<Value = Slot> {
    prop_oneof![
        (
            "[a-z0-9-]{1,32}".prop_filter("reserved", |slug| slug != "reserve"),
            1_u32..=100_000
        )
            .prop_map(|(slug, unit)| Slot::Prize { slug, unit }),
        (1_u32..=100_000).prop_map(Slot::Reserve),
    ]
}

fn opening() -> impl Strategy<Value = Opening> {
    (hash(), hash(), any::<u32>()).prop_map(|(tag, bind, ticket_no)| Opening {
        tag,
        bind,
        ticket_no,
    })
}

fn index() -> std::ops::Range<u64> {
    0..(1 << 32) - 1
}

fn draw_line() -> impl Strategy<Value = Line> {
    prop_oneof![
        (index(), index()).prop_map(|(j, index)| Line::Void {
            j,
            index,
            code: VoidCode::T
        }),
        (index(), index(), opening()).prop_map(|(j, index, opening)| Line::Dup {
            j,
            index,
            opening
        }),
        (index(), index(), slot(), proptest::option::of(opening())).prop_map(
            |(j, index, slot, opening)| Line::Slot {
                j,
                index,
                slot,
                opening
            }
        ),
    ]
}

prop_compose! {
    fn result_note()(
        hashes in (hash(), hash(), hash()),
        excluded in vec((hash(), proptest::option::of(hash())), 0..3),
        values in vec(vec(any::<u8>(), 1..40), 1..=4),
        drawn in vec(draw_line(), 0..6),
        unfilled in vec(slot(), 0..3),
        end in index(),
    ) -> ResultNote {
        let mut lines = drawn;
        lines.extend(unfilled.into_iter().map(|slot| Line::Unfilled { slot }));
        ResultNote {
            manifest: hashes.0,
            close: hashes.1,
            excluded: excluded
                .into_iter()
                .map(|(manifest, result)| {
                    (manifest, result.map_or(Excluded::Cancelled, Excluded::Result))
                })
                .collect(),
            values,
            seed: hashes.2,
            lines,
            end,
        }
    }
}

fn settle_line() -> impl Strategy<Value = SettleLine> {
    prop_oneof![
        (
            "[a-z]{1,8}".prop_filter("reserved", |slug| slug != "reserve"),
            index(),
            1_u32..=100_000
        )
            .prop_map(|(slug, index, reserve)| {
                SettleLine::Fill {
                    slot: Slot::Prize { slug, unit: 1 },
                    index,
                    reserve,
                }
            }),
        draw_line().prop_map(SettleLine::Draw),
        slot().prop_map(|slot| SettleLine::Draw(Line::Unfilled { slot })),
    ]
}

prop_compose! {
    fn settle_note()(
        hashes in (hash(), hash(), hash()),
        seq in 1..=u32::MAX,
        vacates in vec((slot(), index()), 1..4),
        lines in vec(settle_line(), 0..6),
        end in index(),
    ) -> SettleNote {
        SettleNote {
            manifest: hashes.0,
            result: hashes.1,
            seq,
            prev: hashes.2,
            vacates: vacates
                .into_iter()
                .map(|(slot, index)| Vacate { slot, index, code: SettleCode::E })
                .collect(),
            lines,
            end,
        }
    }
}

fn key_note() -> impl Strategy<Value = KeyNote> {
    (hash(), hash(), 0_u8..4).prop_map(|(manifest, tag_key, count)| {
        let cosigner = |number: u8| Cosigner::new("witness.example", [number; 32]).expect("a name");
        let mut witnesses: Vec<String> = (0..count).map(|n| cosigner(n).vkey()).collect();
        witnesses.sort();
        KeyNote {
            manifest,
            tag_key,
            witnesses,
            quorum: if count == 0 {
                0
            } else {
                u32::from(count) / 2 + 1
            },
        }
    })
}

prop_compose! {
    fn purge()(
        manifest in proptest::option::of(hash()),
        result in proptest::option::of(hash()),
        hashes in (hash(), hash(), hash()),
        phase in 1_u8..=2,
    ) -> Purge {
        let result = manifest.and(result);
        Purge {
            manifest,
            result,
            settle: result.map(|_| hashes.0),
            bundle: manifest.map(|_| hashes.1),
            phase,
            certificate: hashes.2,
        }
    }
}

fn site_note() -> impl Strategy<Value = SiteNote> {
    let line = ("[a-z0-9-]{1,32}", "[!-~]{1,40}( [!-~]{1,40}){0,4}");
    ("[a-z0-9-]{1,32}", vec(line, 1..=20)).prop_map(|(of, lines)| SiteNote { of, lines })
}

fn record() -> impl Strategy<Value = Record> {
    prop_oneof![
        manifest().prop_map(Record::Manifest),
        key_note().prop_map(Record::Key),
        (hash(), index(), hash()).prop_map(|(manifest, size, root)| Record::Anchor(Anchor {
            manifest,
            size,
            root
        })),
        close().prop_map(Record::Close),
        (hash(), hash()).prop_map(|(manifest, close)| Record::Freeze(Freeze { manifest, close })),
        (hash(), any::<[u8; 32]>())
            .prop_map(|(manifest, secret)| Record::Reveal(Reveal { manifest, secret })),
        (hash(), "[A-Z][A-Z0-9]{0,7}")
            .prop_map(|(manifest, reason)| Record::Cancel(Cancel { manifest, reason })),
        (hash(), hash(), vec((index(), any::<bool>()), 0..5), INTEGER).prop_map(
            |(manifest, result, leaves, over_cap)| {
                let leaves = leaves.into_iter();
                let leaves = leaves.map(|(index, found)| AuditLeaf { index, found });
                Record::Audit(Audit {
                    manifest,
                    result,
                    leaves: leaves.collect(),
                    over_cap,
                })
            }
        ),
        purge().prop_map(Record::Purge),
        site_note().prop_map(Record::Site),
        result_note().prop_map(Record::Result),
        settle_note().prop_map(Record::Settle),
    ]
}

fn text(record: &Record) -> String {
    match record {
        Record::Manifest(record) => record.to_text(),
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
    }
}

/// A text changed in one place: what a careless or clever writer might send.
fn changed(text: &str, how: u8, place: prop::sample::Index) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = place.index(lines.len());
    let at = place.index(text.len());
    let mut changed = lines.clone();
    match how {
        0 => changed.insert(line, lines[line]),
        1 => drop(changed.remove(line)),
        2 => changed.swap(line, (line + 1) % lines.len()),
        3 => changed.insert(line, "\n"),
        4 => return text.replacen('\n', " \n", line + 1),
        5 => return text.replace('\n', "\r\n"),
        6 => return text[..at].to_owned(),
        7 => return format!("{}{}{}", &text[..at], 'x', &text[at..]),
        8 => return format!("{} {}", &text[..at], &text[at..]),
        9 => return format!("{}0{}", &text[..at], &text[at..]),
        10 => return text.to_uppercase(),
        _ => return format!("{text}unknown line\n"),
    }
    changed.concat()
}

proptest! {
    #[test]
    fn a_record_reads_back_as_it_was_written(record in record()) {
        let written = text(&record);
        prop_assert_eq!(Record::parse(&written), Ok(record));
    }

    #[test]
    fn a_changed_text_is_refused_or_is_another_record(record in record(), how in 0_u8..12, place in any::<prop::sample::Index>()) {
        let written = text(&record);
        let changed = changed(&written, how, place);
        if let Ok(read) = Record::parse(&changed) {
            prop_assert_eq!(text(&read), changed, "accepted texts have one form");
        }
    }

    #[test]
    fn any_bytes_at_all_are_read_or_refused(line in "[ -~\n]{0,200}", kind in "manifest|key|close|result|settle|purge|site") {
        let text = format!("lucky-draw/v1 {kind}\n{line}");
        if let Ok(read) = Record::parse(&text) {
            prop_assert_eq!(self::text(&read), text);
        }
    }

    #[test]
    fn checkpoints_proofs_and_notes_read_back(size in 0..1_u64 << 53, root in hash(), index in 0..1_u64 << 53, hashes in vec(hash(), 0..5), extra in proptest::option::of(vec(any::<u8>(), 0..120)), seed in any::<[u8; 32]>()) {
        let signer = Signer::new("library.example.tw/draw", seed).expect("a name");
        let checkpoint = Checkpoint { origin: "library.example.tw/draw/1".to_owned(), size, root };
        let text = checkpoint.to_text();
        prop_assert_eq!(Checkpoint::parse(&text), Ok(checkpoint));
        let signed = signer.sign(&text);
        let verifier = Verifier::parse(&signer.vkey()).expect("a key");
        prop_assert_eq!(verifier.open(&signed), Ok(text.as_str()));
        prop_assert!(verifier.with_name("library.example.tw/other").open(&signed).is_err());
        let proof = TlogProof { extra, index, hashes, checkpoint: signed };
        prop_assert_eq!(TlogProof::parse(&proof.to_text()), Ok(proof));
    }

    #[test]
    fn a_flipped_bit_breaks_a_signed_note(seed in any::<[u8; 32]>(), place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let signer = Signer::new("library.example.tw/draw", seed).expect("a name");
        let signed = signer.sign("one line\nand another\n");
        let mut bytes = signed.into_bytes();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(signer.verifier().open(&changed).is_err());
        }
    }

    #[test]
    fn journal_segments_and_bundles_read_back(start in 0_u64..64, leaves in vec("[ -~\n]{1,40}", 0..5), files in btree_map("[a-z0-9.-]{1,20}", vec(any::<u8>(), 0..50), 0..5)) {
        let frontier = vec![Hash([7; 32]); start.count_ones() as usize];
        let segment = JournalSegment { start, frontier, leaves };
        prop_assert_eq!(JournalSegment::parse(&segment.to_text()), Ok(segment));
        let mut bundle = Bundle::new();
        for (name, content) in files {
            bundle.insert(name, content);
        }
        prop_assert_eq!(Bundle::from_zip(&bundle.to_zip()), Ok(bundle));
    }
}

fn example() -> Manifest {
    Manifest {
        origin: "library.example.tw/draw/1".to_owned(),
        rules: Hash([1; 32]),
        opens: 1_700_000_000,
        closes: 1_700_100_000,
        freezes: 1_700_200_000,
        sources: vec![Source::Drand {
            chain: QUICKNET.hash,
            round: QUICKNET.round_at_or_after(1_700_200_600),
        }],
        prizes: vec![Prize {
            slug: "grand".to_owned(),
            units: 1,
        }],
        reserves: 0,
        wins_per_person: 1,
        tickets_per_person: 1,
        excludes: Vec::new(),
        supersedes: None,
    }
}

#[test]
fn a_manifest_that_breaks_a_promise_is_not_published() {
    assert_eq!(example().check(), Ok(()));
    let with = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = example();
        change(&mut manifest);
        manifest.check()
    };
    let early = with(&|manifest| manifest.freezes += 3);
    assert!(matches!(
        early,
        Err(PublishError::Early { source_no: 1, .. })
    ));
    let unknown = with(&|manifest| {
        manifest.sources.push(Source::Drand {
            chain: Hash([2; 32]),
            round: 1 << 40,
        });
    });
    assert!(matches!(
        unknown,
        Err(PublishError::Chain { source_no: 2, .. })
    ));
    let alone = with(&|manifest| manifest.sources = vec![Source::Commit(Hash([3; 32]))]);
    assert_eq!(alone, Err(PublishError::CommitAlone));
    for slug in ["lotto", "lotto-", "-113", "lotto-11a"] {
        let unnamed = with(&|manifest| {
            manifest.sources.push(Source::Numbers {
                slug: slug.to_owned(),
                sorted: true,
                count: 6,
            });
        });
        assert_eq!(unnamed, Err(PublishError::Issue { source_no: 2 }), "{slug}");
    }
    for change in [
        &(|manifest: &mut Manifest| manifest.closes = manifest.opens) as &dyn Fn(&mut Manifest),
        &|manifest| manifest.freezes = manifest.closes - 1,
        &|manifest| manifest.prizes.push(manifest.prizes[0].clone()),
        &|manifest| manifest.prizes[0].slug = "reserve".to_owned(),
        &|manifest| manifest.prizes[0].units = 0,
        &|manifest| manifest.prizes.clear(),
        &|manifest| manifest.sources.clear(),
        &|manifest| manifest.sources = vec![manifest.sources[0].clone(); 5],
        &|manifest| manifest.wins_per_person = 0,
        &|manifest| manifest.tickets_per_person = 65_536,
        &|manifest| manifest.reserves = 100_001,
        &|manifest| manifest.excludes = vec![Hash([2; 32]), Hash([1; 32])],
        &|manifest| manifest.origin = "with space".to_owned(),
        &|manifest| manifest.origin = "with+plus".to_owned(),
        &|manifest| manifest.supersedes = Some((Hash([1; 32]), "lower".to_owned())),
    ] {
        assert!(matches!(with(change), Err(PublishError::Grammar(_))));
    }
}

#[test]
fn key_notes_want_a_majority_of_distinct_sorted_witnesses() {
    let mut witnesses: Vec<String> = (0..4)
        .map(|n| {
            Cosigner::new("witness.example", [n; 32])
                .expect("a name")
                .vkey()
        })
        .collect();
    witnesses.sort();
    let note = |count: usize, quorum| KeyNote {
        manifest: Hash([1; 32]),
        tag_key: Hash([2; 32]),
        witnesses: witnesses[..count].to_vec(),
        quorum,
    };
    for (count, quorum, good) in [
        (0, 0, true),
        (0, 1, false),
        (1, 0, false),
        (1, 1, true),
        (2, 1, false),
        (2, 2, true),
        (3, 2, true),
        (4, 2, false),
        (4, 3, true),
        (4, 5, false),
    ] {
        let read = KeyNote::parse(&note(count, quorum).to_text());
        assert_eq!(read.is_ok(), good, "{quorum} of {count}");
    }
    let mut unsorted = note(2, 2);
    unsorted.witnesses.reverse();
    assert!(KeyNote::parse(&unsorted.to_text()).is_err());
    let mut twice = note(2, 2);
    twice.witnesses[1] = twice.witnesses[0].clone();
    assert!(KeyNote::parse(&twice.to_text()).is_err());
    let mut log_key = note(1, 1);
    log_key.witnesses[0] = Signer::new("w.example", [1; 32]).expect("a name").vkey();
    assert!(
        KeyNote::parse(&log_key.to_text()).is_err(),
        "type 0x01 is no witness"
    );
}

#[test]
fn keys_that_are_not_sound_are_refused() {
    let vkey = Signer::new("site.example", [1; 32]).expect("a name").vkey();
    assert!(Verifier::parse(&vkey).is_ok());
    assert!(Witness::parse(&vkey).is_err());
    for changed in [
        vkey.replace("site.example", "side.example"),
        vkey.replace('+', " "),
        format!("{vkey}="),
        vkey[..vkey.len() - 4].to_owned(),
        String::new(),
    ] {
        assert_eq!(
            Verifier::parse(&changed),
            Err(NoteError::VerifierKey),
            "{changed}"
        );
    }
    // The neutral element signs everything: its key ID is right, the key is refused all the same.
    let mut neutral = [0; 33];
    (neutral[0], neutral[1]) = (1, 1);
    let id = lucky_draw::encode::sha256(&[b"site.example\n", &neutral[..]].concat());
    let id = &id.to_string()[..8];
    let weak = format!("site.example+{id}+{}", BASE64.encode(&neutral));
    assert_eq!(Verifier::parse(&weak), Err(NoteError::VerifierKey));
    for name in ["", "with space", "with+plus", "圖書館", &"x".repeat(256)] {
        assert_eq!(Signer::new(name, [1; 32]).err(), Some(NoteError::KeyName));
    }
}

#[test]
fn a_note_has_exactly_the_line_of_its_key() {
    let site = Signer::new("site.example", [1; 32]).expect("a name");
    let other = Signer::new("other.example", [2; 32]).expect("a name");
    let signed = site.sign("text\n");
    let foreign = other.sign("text\n");
    let line = foreign.strip_prefix("text\n\n").expect("a note");
    let verifier = site.verifier();
    assert_eq!(
        verifier.open(&format!("{signed}{line}")),
        Err(NoteError::Lines)
    );
    assert_eq!(verifier.open(&foreign), Err(NoteError::Lines));
    assert_eq!(verifier.open("text\n\n"), Err(NoteError::Form));
    assert_eq!(verifier.open("text\n"), Err(NoteError::Form));
    assert_eq!(verifier.open(signed.trim_end()), Err(NoteError::Form));
    assert_eq!(
        verifier.open(&signed.replace('\u{2014}', "-")),
        Err(NoteError::Form)
    );
    let renamed = site.with_name("site.example/journal").expect("a name");
    assert_eq!(
        verifier.open(&renamed.sign("text\n")),
        Err(NoteError::Lines)
    );
    assert!(!format!("{site:?}").contains("1, 1, 1"));
}

#[test]
fn a_witness_says_when_it_saw_a_checkpoint() {
    let cosigner = Cosigner::new("witness.example", [5; 32]).expect("a name");
    let witness = Witness::parse(&cosigner.vkey()).expect("a key");
    let text = "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    let note = format!("{text}\n{}", cosigner.line(text, 1_700_000_000));
    let signed = SignedNote::parse(&note).expect("a note");
    assert_eq!(witness.time(text, &signed.lines[0]), Ok(1_700_000_000));
    assert_eq!(
        witness.time("another text\n", &signed.lines[0]),
        Err(NoteError::Signature)
    );
    let mut later = signed.lines[0].clone();
    later.signature[7] ^= 1;
    assert_eq!(witness.time(text, &later), Err(NoteError::Signature));
    let stranger = Cosigner::new("witness.example", [6; 32]).expect("a name");
    let stranger = Witness::parse(&stranger.vkey()).expect("a key");
    assert_eq!(stranger.time(text, &signed.lines[0]), Err(NoteError::Lines));
}

#[test]
fn integers_of_checkpoints_and_proofs_stay_below_2_to_the_53() {
    let signer = Signer::new("library.example.tw/draw", [1; 32]).expect("a name");
    for (size, good) in [((1 << 53) - 1, true), (1 << 53, false), (u64::MAX, false)] {
        let checkpoint = Checkpoint {
            origin: "library.example.tw/draw/1".to_owned(),
            size,
            root: sha256(b"root"),
        };
        let text = checkpoint.to_text();
        assert_eq!(Checkpoint::parse(&text).is_ok(), good, "{size}");
        let proof = TlogProof {
            extra: None,
            index: size,
            hashes: Vec::new(),
            checkpoint: signer.sign(&text),
        };
        assert_eq!(TlogProof::parse(&proof.to_text()).is_ok(), good, "{size}");
    }
}

#[test]
fn base64_has_one_form() {
    let signer = Signer::new("library.example.tw/draw", [1; 32]).expect("a name");
    let signed = signer.sign("text\n");
    let (start, encoded) = signed.trim_end().rsplit_once(' ').expect("a signature");
    let bytes = data_encoding::BASE64
        .decode(encoded.as_bytes())
        .expect("base64");
    let joined = [&bytes[..10], &bytes[10..]].map(|part| BASE64.encode(part));
    let joined = format!("{start} {}\n", joined.concat());
    assert_ne!(joined, signed);
    assert!(signer.verifier().open(&signed).is_ok());
    assert!(signer.verifier().open(&joined).is_err());
}
