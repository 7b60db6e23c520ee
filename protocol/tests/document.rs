//! The values that docs/draw-protocol.md prints are those that this crate computes.
//!
//! Invariant: every vector of the page is made here from its inputs and looked for in the page, so
//! that whoever writes a verifier from the page alone is told nothing wrong.

use data_encoding::{BASE64, HEXLOWER};
use lucky_draw::bundle::{Bundle, ProofLine, journal_text, proofs_text};
use lucky_draw::encode::{Hash, encode, sha256, tagged_hash};
use lucky_draw::note::{Checkpoint, Cosigner, SignedNote, Signer, TlogProof, Verifier, Witness};
use lucky_draw::order::{Order, Stream};
use lucky_draw::result::audit_sample;
use lucky_draw::seed::{operator_commitment, seed};
use lucky_draw::ticket::{
    Secret, TicketNumber, bind, commitment, receipt_extra, tag, tag_key_commitment,
};
use lucky_draw::tree::{MemoryTree, leaf_hash};
use serde_json::Value;

const PAGE: &str = include_str!("../../docs/draw-protocol.md");

/// What is looked for in the page; whatever it lacks is told at once.
#[derive(Default)]
struct Printed(Vec<String>);

impl Printed {
    fn has(&mut self, what: &str, value: impl ToString) {
        let value = value.to_string();
        if !PAGE.contains(&value) {
            self.0.push(format!("{what}: {value}"));
        }
    }
}

impl Drop for Printed {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.0.is_empty(), "not in the page:\n{}", self.0.join("\n"));
        }
    }
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/draw-vectors.json")).expect("the vectors are JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn hash(value: &Value) -> Hash {
    text(value).parse().expect("a hash")
}

/// The key of the example, whose seed the page prints.
fn site(vectors: &Value) -> Signer {
    Signer::new("lib.example.tw/draw", hash(&vectors["note"]["sk_seed"]).0).expect("a signer")
}

/// The two tickets of section 4.2: C and the secret extra data of each.
fn tickets(vectors: &Value) -> Vec<(Hash, Vec<u8>)> {
    let base = hash(&vectors["example"]["manifest_hash"]);
    let key = hash(&vectors["example"]["k_act"]).0;
    let secret = Secret::parse("7GQ4-X2MN-8R3T-K9WP-ABCD-9").expect("a code");
    let subject = "twid:A123456789";
    let tag = tag(&key, subject);
    let ticket = |ticket_no: u32| {
        let nonce = secret.nonce(&base, ticket_no);
        let bind = bind(&nonce, subject);
        let extra = receipt_extra(&tag, &bind, ticket_no, &nonce);
        (commitment(&base, &tag, &bind, ticket_no), extra)
    };
    vec![ticket(0), ticket(1)]
}

fn log(leaves: &[&[u8]]) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for leaf in leaves {
        tree.push(leaf_hash(leaf));
    }
    tree
}

#[test]
fn encodings_and_random_integers() {
    let mut page = Printed::default();
    let encoded = encode("lucky-draw/v1/x", &[b"", &[0], &[1, 2]]);
    page.has("E", HEXLOWER.encode(&encoded));
    page.has("TH", tagged_hash("x", &[]));
    page.has("TH", tagged_hash("x", &[b"", &[0], &[1, 2]]));
    let mut zero = Stream::new(&Hash([0; 32]));
    let start = [zero.next_value(), zero.next_value(), zero.next_value()];
    page.has("stream", start.map(|value| value.to_string()).join(", "));
    let seed: Hash = "1bb88cf6083d663f7a9824b8312577c32ae8d0447f3739fbc9abbd9bb143607d"
        .parse()
        .expect("a seed");
    page.has("seed", seed);
    let start = |n: u64, count: usize| -> String {
        let order: Vec<String> = Order::new(&seed, n)
            .take(count)
            .map(|index| index.to_string())
            .collect();
        order.join(" ")
    };
    page.has("order", start(10, 10));
    page.has("order", start(1_000_000_000, 5));
    for n in [1000, 100_000] {
        let whole: Vec<u8> = Order::new(&seed, n)
            .flat_map(|index| u32::try_from(index).expect("small").to_be_bytes())
            .collect();
        page.has("whole order", sha256(&whole));
    }
    page.has("opseed", operator_commitment(&[0; 32]));
}

#[test]
fn a_ticket_from_its_code_to_the_root() {
    let vectors = vectors();
    let mut page = Printed::default();
    let base = hash(&vectors["example"]["manifest_hash"]);
    let key = hash(&vectors["example"]["k_act"]).0;
    let secret = Secret::parse("7GQ4X2MN8R3TK9WPABCD").expect("a code");
    page.has("code", secret.grouped());
    page.has("K", Hash(key));
    page.has("base", base);
    page.has("tag", tag(&key, "twid:A123456789"));
    page.has("tag-key", tag_key_commitment(&key));
    for ticket_no in 0..2 {
        let nonce = secret.nonce(&base, ticket_no);
        page.has("nonce", nonce);
        page.has("bind", bind(&nonce, "twid:A123456789"));
    }
    let tickets = tickets(&vectors);
    for (leaf, _) in &tickets {
        page.has("C", leaf);
        page.has("leaf hash", leaf_hash(leaf.as_bytes()));
    }
    let tree = log(&[tickets[0].0.as_bytes(), tickets[1].0.as_bytes()]);
    page.has("node", tree.root());
    page.has("empty root", sha256(b""));
    page.has("ticket number", TicketNumber(317));
}

#[test]
fn keys_signatures_and_proofs() {
    let vectors = vectors();
    let mut page = Printed::default();
    let site = site(&vectors);
    page.has("seed of the key", hash(&vectors["note"]["sk_seed"]));
    page.has("site key", site.vkey());
    assert!(Verifier::parse(&site.vkey()).is_ok());

    let tickets = tickets(&vectors);
    let (leaf, _) = &tickets[1];
    let tree = log(&[tickets[0].0.as_bytes(), leaf.as_bytes()]);
    let checkpoint = Checkpoint {
        origin: "lib.example.tw/draw/2024-summer".to_owned(),
        size: 2,
        root: tree.root(),
    };
    let proof = TlogProof {
        extra: Some(leaf.0.to_vec()),
        index: 1,
        hashes: tree.inclusion_proof(1),
        checkpoint: site.sign(&checkpoint.to_text()),
    };
    assert_eq!(TlogProof::parse(&proof.to_text()), Ok(proof.clone()));
    page.has("shareable proof", proof.to_text());
    page.has("extra of the receipt", BASE64.encode(&tickets[1].1));

    let manifest = text(&vectors["example"]["manifest_text"]);
    let journal = site
        .with_name("lib.example.tw/draw/journal")
        .expect("a name");
    page.has("journal key", journal.vkey());
    let witness = Cosigner::new("witness.example.org", [7; 32]).expect("a witness");
    page.has("witness key", witness.vkey());
    let checkpoint = Checkpoint {
        origin: journal.name().to_owned(),
        size: 1,
        root: log(&[manifest.as_bytes()]).root(),
    };
    let cosigned = checkpoint.to_text();
    let cosigned = journal.sign(&cosigned) + &witness.line(&cosigned, 1_720_124_000);
    let note = SignedNote::parse(&cosigned).expect("a note");
    let known = Witness::parse(&witness.vkey()).expect("a witness");
    assert_eq!(known.time(note.text, &note.lines[1]), Ok(1_720_124_000));
    let proof = TlogProof {
        extra: None,
        index: 0,
        hashes: Vec::new(),
        checkpoint: cosigned,
    };
    page.has("manifest.proof", proof.to_text());
    let segment = journal_text(0, &[], &["lucky-draw/v1 x\n"]);
    page.has("journal.txt", segment);
    let line = ProofLine {
        index: 1,
        commitment: *leaf,
        hashes: tree.inclusion_proof(1),
    };
    page.has("proofs.txt", proofs_text(&[line]));
}

#[test]
fn the_canonical_zip_of_two_files() {
    let mut page = Printed::default();
    let mut bundle = Bundle::new();
    bundle.insert("b.txt", "two\n");
    bundle.insert("a.txt", "");
    let zip = bundle.to_zip();
    assert_eq!(Bundle::from_zip(&zip), Ok(bundle.clone()));
    page.has("length", format!("{} bytes", zip.len()));
    page.has("zip", HEXLOWER.encode(&zip));
    page.has("H of the zip", sha256(&zip));
    page.has("bundle of a purge", bundle.hash_without_purge());
}

#[test]
fn the_worked_example() {
    let vectors = vectors();
    let example = &vectors["example"];
    let mut page = Printed::default();
    for name in ["rules_utf8", "manifest_text", "close_text", "result_text"] {
        page.has(name, text(&example[name]));
    }
    for name in ["manifest_hash", "close_hash", "seed", "result_hash"] {
        page.has(name, hash(&example[name]));
    }
    let values: Vec<Vec<u8>> = example["values_hex"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|value| HEXLOWER.decode(text(value).as_bytes()).expect("hex"))
        .collect();
    let computed = seed(
        &hash(&example["manifest_hash"]),
        &hash(&example["close_hash"]),
        &values,
    );
    assert_eq!(computed, hash(&example["seed"]));
    page.has("round", text(&example["beacon"]["signature"]));
    for settlement in example["settlements"].as_array().expect("a list") {
        page.has("settlement", hash(&settlement["hash"]));
    }
    let first = &example["settlements"][0];
    page.has("first settlement", text(&first["text"]));
    let drawn = &example["entries"][18];
    for name in ["subject", "nonce", "tag", "bind", "commit", "leaf_hash"] {
        page.has(name, text(&drawn[name]));
    }
    let close = lucky_draw::record::Close::parse(text(&example["close_text"])).expect("a close");
    page.has("root", close.root);
    let sample: Vec<String> = audit_sample(&computed, &close, 5)
        .iter()
        .map(ToString::to_string)
        .collect();
    page.has(
        "audit order",
        format!("audit order starts {}", sample.join(" ")),
    );
}

#[test]
fn every_section_that_the_code_cites_is_there() {
    for section in [
        "4.1", "4.2", "4.3", "4.4", "4.5", "4.5b", "4.6", "4.7", "4.8", "4.9", "4.10", "4.11",
    ] {
        assert!(PAGE.contains(&format!("\n### {section} ")), "{section}");
    }
}
