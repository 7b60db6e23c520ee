//! The golden vectors of the specification: three prototypes agreed on every byte of them.

use data_encoding::HEXLOWER;
use lucky_draw::encode::{Hash, encode, sha256, tagged_hash};
use lucky_draw::note::{Signer, Verifier};
use lucky_draw::order::{Order, Stream};
use lucky_draw::record::{Close, Manifest, Record};
use lucky_draw::result::{
    Opening, ResultNote, SettleCode, SettleNote, Slot, holdings, result, settle,
};
use lucky_draw::seed::{is_numbers_value, numbers_value, seed};
use lucky_draw::ticket::{Secret, bind, commitment, tag};
use lucky_draw::tree::{self, MemoryTree};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/draw-vectors.json")).expect("the vectors are JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn number(value: &Value) -> u64 {
    match value {
        Value::String(digits) => digits.parse().expect("digits"),
        other => other.as_u64().expect("an integer"),
    }
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn hash(value: &Value) -> Hash {
    text(value).parse().expect("a hash")
}

fn bytes(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(text(value).as_bytes()).expect("hex")
}

#[test]
fn encodings_and_tagged_hashes() {
    let vectors = vectors();
    for case in list(&vectors["enc"]) {
        let parts: Vec<Vec<u8>> = list(&case["parts"]).iter().map(bytes).collect();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        assert_eq!(encode(text(&case["label"]), &parts), bytes(&case["bytes"]));
    }
    for case in list(&vectors["th"]) {
        let parts: Vec<Vec<u8>> = list(&case["parts"]).iter().map(bytes).collect();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        assert_eq!(
            tagged_hash(text(&case["label"]), &parts),
            hash(&case["hash"])
        );
    }
}

#[test]
fn receipt_secrets_give_check_characters_and_nonces() {
    for case in list(&vectors()["receipt_secret"]) {
        let secret = Secret::parse(text(&case["secret"])).expect("a code");
        assert_eq!(secret.check_character().to_string(), text(&case["check"]));
        let base = hash(&case["base"]);
        for (ticket_no, nonce) in (0..).zip(list(&case["nonce"])) {
            assert_eq!(secret.nonce(&base, ticket_no), hash(nonce));
        }
    }
}

#[test]
fn site_notes_are_read_by_their_form_alone() {
    let vectors = vectors();
    for case in list(&vectors["site"]["taken"]) {
        let note = text(&case["text"]);
        let Ok(Record::Site(read)) = Record::parse(note) else {
            panic!("{note}");
        };
        assert_eq!(read.to_text(), note);
        assert_eq!(read.hash(), hash(&case["hash"]));
    }
    for refused in list(&vectors["site"]["refused"]) {
        assert!(Record::parse(text(refused)).is_err(), "{refused}");
    }
}

#[test]
fn roots_inclusion_and_consistency_of_rfc_6962_trees() {
    let vectors = vectors();
    let merkle = &vectors["merkle"];
    let tree = |size: u64| {
        let mut tree = MemoryTree::new();
        for leaf in 0..size {
            let data = sha256(&u32::try_from(leaf).expect("small").to_be_bytes());
            tree.push(tree::leaf_hash(data.as_bytes()));
        }
        tree
    };
    for case in list(&merkle["roots"]) {
        assert_eq!(tree(number(&case["n"])).root(), hash(&case["root"]));
    }
    for case in list(&merkle["inclusion"]) {
        let (index, size) = (number(&case["i"]), number(&case["n"]));
        let tree = tree(size);
        let proof: Vec<Hash> = list(&case["proof"]).iter().map(hash).collect();
        assert_eq!(tree.inclusion_proof(index), proof);
        let leaf = hash(&case["leaf_hash"]);
        tree::verify_inclusion(&leaf, index, size, &proof, &tree.root()).expect("holds");
    }
    for case in list(&merkle["consistency"]) {
        let (old, new) = (number(&case["m"]), number(&case["n"]));
        let proof: Vec<Hash> = list(&case["proof"]).iter().map(hash).collect();
        let Ok(made) = tree::consistency_proof(&mut tree(new), old, new);
        assert_eq!(made, proof);
        let (old_root, new_root) = (tree(old).root(), tree(new).root());
        tree::verify_consistency(old, new, &old_root, &new_root, &proof).expect("holds");
    }
}

#[test]
fn the_stream_and_its_integers() {
    let vectors = vectors();
    let stream = &vectors["stream"];
    let mut zero = Stream::new(&Hash([0; 32]));
    for value in list(&stream["zero_seed_u64"]) {
        assert_eq!(zero.next_value(), number(value));
    }
    let seed = hash(&stream["seed"]);
    let mut values = Stream::new(&seed);
    for value in list(&stream["u64"]) {
        assert_eq!(values.next_value(), number(value));
    }
    for case in list(&stream["uniform_fresh_stream_each"]) {
        let mut fresh = Stream::new(&seed);
        for value in list(&case["out"]) {
            assert_eq!(fresh.uniform(number(&case["m"])), number(value));
        }
    }
}

#[test]
fn orders_from_one_ticket_to_a_thousand_million() {
    let vectors = vectors();
    let seed = hash(&vectors["order"]["seed"]);
    for case in list(&vectors["order"]["cases"]) {
        let n = number(&case["n"]);
        let order = Order::new(&seed, n);
        if let Some(expected) = case.get("order") {
            let expected: Vec<u64> = list(expected).iter().map(number).collect();
            let found: Vec<u64> = order.take(expected.len()).collect();
            assert_eq!(found, expected, "n = {n}");
        } else {
            let whole: Vec<u8> = order
                .flat_map(|index| u32::try_from(index).expect("below n").to_be_bytes())
                .collect();
            assert_eq!(sha256(&whole), hash(&case["full_order_sha256"]), "n = {n}");
        }
    }
    let far: Vec<u64> = Order::new(&seed, 1_000_000_000).take(5).collect();
    assert_eq!(
        far,
        [
            1_477_158,
            531_173_258,
            402_945_611,
            548_228_282,
            705_218_831
        ]
    );
}

#[test]
fn numbers_of_a_lottery_as_a_value() {
    for case in list(&vectors()["numbers"]) {
        let numbers: Vec<u32> = list(&case["in"])
            .iter()
            .map(|value| u32::try_from(number(value)).expect("small"))
            .collect();
        let sorted = text(&case["mode"]) == "sorted";
        let value = numbers_value(sorted, &numbers);
        assert_eq!(value, text(&case["value"]).as_bytes());
        let count = u32::try_from(numbers.len()).expect("small");
        assert!(is_numbers_value(&value, sorted, count));
        assert!(!is_numbers_value(&value, sorted, count + 1));
    }
    for stray in [
        &b"8.09."[..],
        b"9.8.",
        b"8.9",
        b"8..",
        b"+8.9.",
        b"8.4294967296.",
    ] {
        assert!(!is_numbers_value(stray, true, 2));
    }
}

#[test]
fn signed_notes_of_c2sp_and_of_the_example() {
    let vectors = vectors();
    let note = &vectors["note"];
    let c2sp = Verifier::parse(text(&note["c2sp_vkey"])).expect("a key");
    let message = c2sp.open(text(&note["c2sp_note"])).expect("signed");
    assert_eq!(message, "This is an example message.\n");

    let vkey = text(&note["vkey"]);
    let name = vkey.split('+').next().expect("a name");
    let signer = Signer::new(name, hash(&note["sk_seed"]).0).expect("a signer");
    assert_eq!(signer.vkey(), vkey);
    let manifest = text(&vectors["example"]["manifest_text"]);
    assert_eq!(signer.sign(manifest), text(&note["signed_manifest"]));
    let verifier = Verifier::parse(vkey).expect("a key");
    assert_eq!(verifier.open(text(&note["signed_manifest"])), Ok(manifest));
}

#[test]
fn the_worked_example_up_to_its_order() {
    let vectors = vectors();
    let example = &vectors["example"];
    let manifest = Manifest::parse(text(&example["manifest_text"])).expect("a manifest");
    assert_eq!(manifest.to_text(), text(&example["manifest_text"]));
    assert_eq!(manifest.hash(), hash(&example["manifest_hash"]));
    assert_eq!(manifest.check(), Ok(()));
    assert_eq!(
        manifest.rules,
        sha256(text(&example["rules_utf8"]).as_bytes())
    );

    let mut tree = MemoryTree::new();
    let base = manifest.hash();
    let key = hash(&example["k_act"]).0;
    for entry in list(&example["entries"]) {
        let subject = text(&entry["subject"]);
        let ticket_no = u32::try_from(number(&entry["ticket"])).expect("small");
        let tag = tag(&key, subject);
        let bind = bind(&hash(&entry["nonce"]), subject);
        assert_eq!(tag, hash(&entry["tag"]));
        assert_eq!(bind, hash(&entry["bind"]));
        let commitment = commitment(&base, &tag, &bind, ticket_no);
        assert_eq!(commitment, hash(&entry["commit"]));
        let leaf = tree::leaf_hash(commitment.as_bytes());
        assert_eq!(leaf, hash(&entry["leaf_hash"]));
        tree.push(leaf);
    }

    let close = Close::parse(text(&example["close_text"])).expect("a close");
    assert_eq!(close.to_text(), text(&example["close_text"]));
    assert_eq!(close.hash(), hash(&example["close_hash"]));
    assert_eq!(close.root, tree.root());
    let values: Vec<Vec<u8>> = list(&example["values_hex"]).iter().map(bytes).collect();
    let seed = seed(&manifest.hash(), &close.hash(), &values);
    assert_eq!(seed, hash(&example["seed"]));
    let order: Vec<u64> = Order::new(&seed, close.size).collect();
    let expected: Vec<u64> = list(&example["order_full"]).iter().map(number).collect();
    assert_eq!(order, expected);
}

#[test]
fn the_worked_example_to_its_last_settlement() {
    let vectors = vectors();
    let example = &vectors["example"];
    let manifest = Manifest::parse(text(&example["manifest_text"])).expect("a manifest");
    let close = Close::parse(text(&example["close_text"])).expect("a close");
    let values: Vec<Vec<u8>> = list(&example["values_hex"]).iter().map(bytes).collect();
    let open = |index: u64| {
        let entry = list(&example["entries"])
            .iter()
            .find(|entry| number(&entry["i"]) == index)?;
        Some(Opening {
            tag: hash(&entry["tag"]),
            bind: hash(&entry["bind"]),
            ticket_no: u32::try_from(number(&entry["ticket"])).expect("small"),
        })
    };
    let result = result(&manifest, &close, &[], &values, open);
    assert_eq!(result.to_text(), text(&example["result_text"]));
    assert_eq!(result.hash(), hash(&example["result_hash"]));
    assert_eq!(ResultNote::parse(&result.to_text()), Ok(result.clone()));
    assert_eq!(holdings(&result, &[]).len(), 7);

    let mut settles: Vec<SettleNote> = Vec::new();
    for case in list(&example["settlements"]) {
        let vacates: Vec<(Slot, SettleCode)> = list(&case["vacated"])
            .iter()
            .map(|pair| {
                let slot = text(&pair[0]).parse().expect("a slot");
                let code = SettleCode::from_letter(text(&pair[1])).expect("a code");
                (slot, code)
            })
            .collect();
        let next = settle(&manifest, &close, &[], &result, &settles, &vacates, open);
        let next = next.expect("a settlement");
        assert_eq!(next.to_text(), text(&case["text"]));
        assert_eq!(next.hash(), hash(&case["hash"]));
        assert_eq!(SettleNote::parse(&next.to_text()), Ok(next.clone()));
        settles.push(next);
    }
    assert_eq!(settles.len(), 2);
    let held: Vec<(String, u64)> = holdings(&result, &settles)
        .into_iter()
        .map(|holding| (holding.slot.to_string(), holding.index))
        .collect();
    let expected = [
        ("grand/1", 11),
        ("book/1", 13),
        ("book/2", 12),
        ("book/3", 15),
    ];
    let expected = expected.map(|(slot, index)| (slot.to_owned(), index));
    assert_eq!(held, expected, "every reserve has moved up or left");
}
