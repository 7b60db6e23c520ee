//! The verifier on whole draws: honest ones, and ones that cheat in one place with a valid
//! signature over the lie.

mod attacks;
mod cheating;
mod excluded;
mod honest;
mod journal;
mod receipt;
#[path = "../sample/mod.rs"]
mod sample;

use lucky_draw::bundle::Bundle;
use lucky_draw::result::{Line, ResultNote};
use lucky_draw::verify::{CheckName, Options, Outcome, Report, verify};
use sample::site;

fn check(bundle: &Bundle) -> Report {
    verify(bundle, &Options::default())
}

/// The text of a signed note in a bundle.
fn text(bundle: &Bundle, name: &str) -> String {
    let signed = bundle.file(name).expect("the note");
    let signed = std::str::from_utf8(signed).expect("a text");
    site().verifier().open(signed).expect("signed").to_owned()
}

/// Changes a note and signs it again: the site itself lies.
fn relabel(bundle: &mut Bundle, name: &str, change: impl Fn(String) -> String) {
    let changed = change(text(bundle, name));
    bundle.insert(name, site().sign(&changed));
}

#[track_caller]
fn assert_failed(report: &Report, name: CheckName, words: &str) {
    let found = report.check(name);
    assert_eq!(found.outcome, Outcome::Failed, "{report}");
    assert!(found.reason.contains(words), "{}", found.reason);
    assert_eq!(report.exit_code(), 1);
    assert!(report.result_line().contains(name.as_str()));
}

/// The places of the lines that give a slot away.
fn slots(result: &ResultNote) -> Vec<usize> {
    let lines = (0..).zip(&result.lines);
    let slots = lines.filter(|(_, line)| matches!(line, Line::Slot { .. }));
    slots.map(|(place, _)| place).collect()
}
