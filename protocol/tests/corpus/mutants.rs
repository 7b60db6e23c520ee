//! Ways to make a bundle wrong, and the draws that they are tried on.
//!
//! A mutant is refused by at least one of the checks that it names. `by_hand` changes files as
//! anybody could; `by_site` changes what the site knows, and the site signs, journals and
//! cosigns it all again, so that only the deeper checks can find it.

use lucky_draw::bundle::Bundle;
use lucky_draw::verify::CheckName;

use super::build::build;
use super::case::Case;
use super::forge::{Forge, site};
use super::plan::{DrawPlan, Plan, SourcePlan, rounds};
use super::random::Dice;

/// An honest draw that mutants are made of.
pub(crate) struct Base {
    pub(crate) plan: Plan,
    pub(crate) forge: Forge,
    pub(crate) bundle: Bundle,
    pub(crate) zip: Vec<u8>,
}

impl Base {
    /// The last draw of an activity.
    pub(crate) fn new(plan: Plan) -> Base {
        let forge = build(&plan).pop().expect("a draw");
        let bundle = forge.seal();
        let zip = bundle.to_zip();
        Base {
            plan,
            forge,
            bundle,
            zip,
        }
    }

    pub(crate) fn has(&self, file: &str) -> bool {
        self.bundle.file(file).is_some()
    }
}

/// The mutants of one base.
pub(crate) struct Mutants<'a> {
    pub(crate) base: &'a Base,
    pub(crate) dice: Dice,
    pub(crate) cases: Vec<Case>,
    /// Whether the last one asked for was made.
    last: bool,
}

impl<'a> Mutants<'a> {
    pub(crate) fn of(base: &'a Base) -> Mutants<'a> {
        Mutants {
            base,
            dice: Dice::new(&format!("mutants of {}", base.plan.name)),
            cases: Vec::new(),
            last: false,
        }
    }

    /// Every kind of mutant on some of the draws: all kinds on all draws would be too many.
    fn wanted(&mut self, group: &str) -> bool {
        let percent = match group {
            "proof" => 30,
            "beacon-file" => 40,
            "flip" | "cut" | "winner" | "proofs" | "entries" => 50,
            "segment" | "journal" | "settlement" | "missing-file" | "random-bytes" => 60,
            "cosignature" | "swapped" | "other-activity" | "grammar" | "dropped-line" => 70,
            _ => 100,
        };
        self.last = self.dice.percent(percent);
        self.last
    }

    /// Other bytes of the whole zip.
    pub(crate) fn zip(
        &mut self,
        group: &'static str,
        mutation: impl Into<String>,
        checks: &[CheckName],
        zip: Vec<u8>,
    ) {
        self.last = zip != self.base.zip;
        if !self.last {
            return;
        }
        let number = self.cases.len();
        self.cases.push(Case {
            name: format!("{}-{number:03}-{group}", self.base.plan.name),
            group,
            mutation: mutation.into(),
            checks: checks.to_vec(),
            require_time: false,
            bls: false,
            zip,
        });
    }

    /// Other files, in a canonical zip.
    pub(crate) fn by_hand(
        &mut self,
        group: &'static str,
        mutation: impl Into<String>,
        checks: &[CheckName],
        change: impl FnOnce(&mut Bundle),
    ) {
        if !self.wanted(group) {
            return;
        }
        let mut bundle = self.base.bundle.clone();
        change(&mut bundle);
        self.zip(group, mutation, checks, bundle.to_zip());
    }

    /// Another truth, told by the site itself.
    pub(crate) fn by_site(
        &mut self,
        group: &'static str,
        mutation: impl Into<String>,
        checks: &[CheckName],
        change: impl FnOnce(&mut Forge),
    ) {
        if !self.wanted(group) {
            return;
        }
        let mut forge = self.base.forge.clone();
        change(&mut forge);
        self.zip(group, mutation, checks, forge.seal().to_zip());
    }

    /// The last mutant is seen by BLS alone.
    pub(crate) fn only_by_bls(&mut self) {
        if let Some(case) = self.cases.last_mut().filter(|_| self.last) {
            case.bls = true;
        }
    }

    /// The last mutant lacks evidence of time, and nothing else.
    pub(crate) fn only_by_time(&mut self) {
        if let Some(case) = self.cases.last_mut().filter(|_| self.last) {
            case.checks.clear();
            case.require_time = true;
        }
    }
}

/// The text of a note in a bundle.
pub(crate) fn text(bundle: &Bundle, name: &str) -> String {
    let signed = bundle.file(name).expect("a note");
    let signed = std::str::from_utf8(signed).expect("a text");
    let text = site().verifier().open(signed).expect("signed");
    text.to_owned()
}

/// Changes one note and signs it again, and nothing else.
pub(crate) fn resign(bundle: &mut Bundle, name: &str, text: &str) {
    bundle.insert(name, site().sign(text));
}

fn plan(name: &str, witnesses: u8, draws: Vec<DrawPlan>) -> Plan {
    Plan {
        name: name.to_owned(),
        draws,
        witnesses,
        quorum: if witnesses == 0 {
            0
        } else {
            u32::from(witnesses) / 2 + 1
        },
    }
}

fn round(chain: &str, number: u64) -> usize {
    let place = rounds()
        .iter()
        .position(|round| round.chain.name == chain && round.beacon.round == number);
    place.expect("a recorded round")
}

fn numbers() -> SourcePlan {
    SourcePlan::Numbers {
        sorted: true,
        numbers: vec![45, 8, 9, 10, 12, 31],
    }
}

/// No witnesses, one round.
pub(crate) fn plain() -> Plan {
    let draw = DrawPlan::simple("library.example.tw/draw/plain", round("quicknet", 1000));
    plan("plain", 0, vec![draw])
}

/// Three witnesses, corrected closes, an audit, two settlements, both purges.
pub(crate) fn witnessed() -> Plan {
    let place = round("quicknet", 10_000_000);
    let draw = DrawPlan {
        corrections: 1,
        settlements: 2,
        audit: Some(5),
        purges: 2,
        people: 20,
        reserves: 3,
        ..DrawPlan::simple("library.example.tw/draw/witnessed", place)
    };
    plan("witnessed", 3, vec![draw])
}

/// Three sources, a superseded manifest.
pub(crate) fn mixed() -> Plan {
    let place = round("quicknet", 20_791_007);
    let simple = DrawPlan::simple("library.example.tw/draw/mixed", place);
    let mut sources = simple.sources.clone();
    sources.extend([numbers(), SourcePlan::Commit]);
    let draw = DrawPlan {
        sources,
        superseded: 1,
        corrections: 2,
        wins_per_person: 2,
        ..simple
    };
    plan("mixed", 3, vec![draw])
}

/// The chained chain.
pub(crate) fn chained() -> Plan {
    let place = round("default", 1_000_000);
    let draw = DrawPlan::simple("library.example.tw/draw/chained", place);
    plan("chained", 1, vec![draw])
}

/// A round of each chain.
pub(crate) fn doubled() -> Plan {
    let place = round("quicknet", 20_905_307);
    let simple = DrawPlan::simple("library.example.tw/draw/doubled", place);
    let mut sources = simple.sources.clone();
    sources.push(SourcePlan::Drand(&rounds()[round("default", 5_347_804)]));
    let draw = DrawPlan { sources, ..simple };
    plan("doubled", 2, vec![draw])
}

/// Three draws: the last excludes the winners of the first, and the second was cancelled.
pub(crate) fn series() -> Plan {
    let draw = |number: u32, round_number: u64| DrawPlan {
        people: 8,
        ..DrawPlan::simple(
            &format!("library.example.tw/draw/series-{number}"),
            round("quicknet", round_number),
        )
    };
    let draws = vec![
        draw(0, 1000),
        DrawPlan {
            cancelled: true,
            purges: 0,
            ..draw(1, 1002)
        },
        DrawPlan {
            excludes: vec![0, 1],
            ..draw(2, 8193)
        },
    ];
    plan("series", 3, draws)
}

/// A draw that did not take place.
pub(crate) fn cancelled() -> Plan {
    let place = round("quicknet", 1004);
    let draw = DrawPlan {
        cancelled: true,
        ..DrawPlan::simple("library.example.tw/draw/cancelled", place)
    };
    plan("cancelled", 0, vec![draw])
}

/// More prizes than tickets.
pub(crate) fn exhausted() -> Plan {
    let place = round("quicknet", 657_413);
    let draw = DrawPlan {
        prizes: vec![("book".to_owned(), 5), ("mug".to_owned(), 9)],
        people: 6,
        settlements: 3,
        entries: false,
        ..DrawPlan::simple("library.example.tw/draw/exhausted", place)
    };
    plan("exhausted", 0, vec![draw])
}

/// Another activity of the same site, of the same form.
pub(crate) fn sibling(plan: &Plan) -> Plan {
    let mut other = plan.clone();
    other.name += " of somebody else";
    for draw in &mut other.draws {
        draw.origin += "-b";
        draw.rules += "Other rules.\n";
    }
    other
}
