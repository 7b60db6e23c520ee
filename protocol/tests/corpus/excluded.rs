//! Mutants of the bundles inside a bundle.

use lucky_draw::bundle::Bundle;
use lucky_draw::encode::sha256;
use lucky_draw::result::ResultNote;
use lucky_draw::verify::CheckName::{
    self, Beacon, Format, Journal, Links, Order, Result, Seed, Signatures, Time,
};

use super::build::build;
use super::mutants::{Mutants, resign, sibling, text};

const FIRST: &str = "excluded-1.zip";
const SECOND: &str = "excluded-2.zip";

pub(crate) fn make(mutants: &mut Mutants<'_>) {
    let files = &mutants.base.forge.files;
    let (Some(first), Some(second)) = (files.get(FIRST), files.get(SECOND)) else {
        return;
    };
    let (first, second) = (first.clone(), second.clone());
    let mut put = |what: &str, checks: &[CheckName], name: &str, zip: Vec<u8>| {
        mutants.by_site("excluded", format!("{name}: {what}"), checks, |forge| {
            forge.files.insert(name.to_owned(), zip);
        });
    };
    put("is the other one", &[Links], FIRST, second.clone());
    put("is the other one", &[Links], SECOND, first.clone());
    put("is no zip", &[Format], FIRST, b"no zip".to_vec());
    put(
        "has a byte more",
        &[Format],
        FIRST,
        [&first[..], &[0]].concat(),
    );
    let plan = mutants.base.plan.clone();
    let others = build(&sibling(&plan));
    let others: Vec<Vec<u8>> = others.iter().map(|forge| forge.seal().to_zip()).collect();
    let whole = mutants.base.zip.clone();
    let mut put = |what: &str, checks: &[CheckName], name: &str, zip: Vec<u8>| {
        mutants.by_site("excluded", format!("{name}: {what}"), checks, |forge| {
            forge.files.insert(name.to_owned(), zip);
        });
    };
    for other in others {
        put("is another activity's", &[Links], FIRST, other);
    }
    put("is this very draw", &[Links], FIRST, whole);
    for (name, zip) in [(FIRST, &first), (SECOND, &second)] {
        for (what, checks, zip) in inside(zip) {
            put(what, checks, name, zip);
        }
    }
}

type Inside = (&'static str, &'static [CheckName], Vec<u8>);

/// Lies inside an excluded bundle.
fn inside(zip: &[u8]) -> Vec<Inside> {
    let honest = Bundle::from_zip(zip).expect("a bundle");
    let mut all: Vec<Inside> = Vec::new();
    let mut each = |what, checks, change: &dyn Fn(&mut Bundle)| {
        let mut bundle = honest.clone();
        change(&mut bundle);
        all.push((what, checks, bundle.to_zip()));
    };
    each("other rules inside", &[Links], &|bundle| {
        bundle.insert("rules.txt", "Other rules.\n");
    });
    each("no manifest inside", &[Format], &|bundle| {
        bundle.remove("manifest.note");
    });
    each("a file more inside", &[Format], &|bundle| {
        bundle.insert("more.txt", "more")
    });
    each("another site's key inside", &[Signatures], &|bundle| {
        let other = lucky_draw::note::Signer::new(super::forge::SITE, [4; 32]).expect("a signer");
        bundle.insert("site.vkey", other.vkey() + "\n");
    });
    if honest.file("cancel.note").is_some() {
        each(
            "another manifest is cancelled inside",
            &[Links],
            &|bundle| {
                let cancel = format!(
                    "lucky-draw/v1 cancel\nmanifest {}\nreason FLOOD\n",
                    sha256(b"another")
                );
                resign(bundle, "cancel.note", &cancel);
            },
        );
        each("the proofs are swapped inside", &[Journal], &|bundle| {
            let (one, two) = (
                bundle.remove("manifest.proof"),
                bundle.remove("cancel.proof"),
            );
            bundle.insert("manifest.proof", two.expect("a proof"));
            bundle.insert("cancel.proof", one.expect("a proof"));
        });
        each("no witness saw it inside", &[Time], &|bundle| {
            let proof = bundle.file("cancel.proof").expect("a proof").to_vec();
            let proof = String::from_utf8(proof).expect("a text");
            let lines: Vec<&str> = proof.lines().filter(|l| !l.contains("witness")).collect();
            bundle.insert("cancel.proof", lines.join("\n") + "\n");
        });
        return all;
    }
    let result = |change: &dyn Fn(&mut ResultNote)| {
        let mut result = ResultNote::parse(&text(&honest, "result.note")).expect("a result");
        change(&mut result);
        result.to_text()
    };
    each("another seed inside", &[Seed], &|bundle| {
        let text = result(&|result| result.seed = sha256(b"another"));
        resign(bundle, "result.note", &text);
    });
    each(
        "the winners are left out inside",
        &[Result, Order],
        &|bundle| {
            let text = result(&|result| result.lines.clear());
            resign(bundle, "result.note", &text);
        },
    );
    each("another round inside", &[Beacon], &|bundle| {
        let other = &super::plan::rounds()[0].beacon;
        bundle.insert("beacon-1.json", other.to_json());
    });
    all
}
