//! Checks one's own receipt: is my ticket in the list that was drawn from, and what became of it?
//!
//! `cargo run -p lucky-draw --example check_receipt -- bundle.zip my.tlog-proof [ID-NUMBER]`

use lucky_draw::bundle::Bundle;
use lucky_draw::fork::{Evidence, Statement, Verdict, compare};
use lucky_draw::note::{TlogProof, Verifier};
use lucky_draw::verify::{CheckName, Options, verify};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let bundle = arguments.next().ok_or("which bundle?")?;
    let bundle = Bundle::from_zip(&std::fs::read(bundle)?)?;
    let receipt = arguments.next().ok_or("which receipt?")?;
    let receipt = std::fs::read_to_string(receipt)?;

    let report = verify(
        &bundle,
        &Options {
            receipt: Some(TlogProof::parse(&receipt)?),
            // The subject is a scheme and a value; a Taiwanese ID number has the scheme twid.
            id: arguments.next().map(|id| format!("twid:{id}")),
            ..Options::default()
        },
    );
    let found = report.check(CheckName::Receipt);
    println!("{}: {}", found.outcome, found.reason);

    // The same receipt binds the site: a bundle of another list contradicts it, for everybody to see.
    let key = bundle.file("site.vkey").ok_or("the bundle has no key")?;
    let key = Verifier::parse(std::str::from_utf8(key)?.trim_end())?;
    let mine = Statement::read(&receipt, &key, None)?;
    let mut evidence = Evidence::new();
    evidence.add_bundle(&bundle);
    for theirs in Statement::of_bundle(&bundle, &key) {
        if let Verdict::Contradiction(reason) = compare(&mine, &theirs, &evidence) {
            println!("The site signed two things that cannot both be true: {reason}");
        }
    }
    Ok(())
}
