//! A corpus of draws for comparing verifiers: honest ones, and ones with one thing wrong.
//!
//! Everything is made from names and recorded drand rounds, so it is the same on every run.
//! `LUCKY_DRAW_CORPUS=DIR cargo test -p lucky-draw --test corpus` also writes it to a folder.

mod beacons;
mod borders;
mod build;
mod case;
mod cheats;
mod excluded;
mod files;
mod forge;
mod journals;
mod mutants;
mod plan;
mod random;
mod results;

use std::path::Path;

use case::Case;
use lucky_draw::verify::Report;
use mutants::{Base, Mutants};

const ACTIVITIES: u32 = 200;

/// All draws of the honest activities.
fn honest() -> Vec<Case> {
    let mut cases = Vec::new();
    for number in 0..ACTIVITIES {
        let plan = plan::random(number);
        for (place, forge) in build::build(&plan).iter().enumerate() {
            let name = format!("honest-{number:03}-{place}");
            let words = plan.draws[place].words(&plan);
            cases.push(Case::honest(name, words, forge.seal().to_zip()));
        }
    }
    cases
}

/// Checks all cases on two threads, and writes them where the environment asks for it.
fn check_all(cases: &[Case], folder: &str) {
    let half = |cases: &[Case]| -> Vec<(Report, Option<String>)> {
        cases.iter().map(Case::check).collect()
    };
    let (first, second) = cases.split_at(cases.len() / 2);
    let reports = std::thread::scope(|scope| {
        let first = scope.spawn(|| half(first));
        let second = half(second);
        let mut all = first.join().expect("no panic");
        all.extend(second);
        all
    });
    let wrong: Vec<&str> = reports.iter().filter_map(|r| r.1.as_deref()).collect();
    let shown = wrong.iter().take(8).copied().collect::<Vec<_>>().join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {}\n{shown}",
        wrong.len(),
        cases.len()
    );
    if let Some(root) = std::env::var_os("LUCKY_DRAW_CORPUS") {
        let reports = reports.into_iter().map(|(report, _)| report);
        let written: Vec<(&Case, Report)> = cases.iter().zip(reports).collect();
        case::write(&Path::new(&root).join(folder), &written);
    }
}

#[test]
fn two_hundred_honest_activities_pass() {
    check_all(&honest(), "honest");
}

#[test]
fn honest_draws_stand_among_notes_of_their_site() {
    let with_one = |number: u32| {
        let forges = build::build(&plan::random(number));
        let mut drawn = forges
            .iter()
            .filter(|forge| forge.proofs.contains_key("freeze.proof"));
        drawn.any(|forge| {
            let start = usize::try_from(forge.start).expect("small");
            let end = usize::try_from(forge.proofs["freeze.proof"].size).expect("small");
            let mut segment = forge.leaves[start..end].iter();
            segment.any(|leaf| leaf.starts_with("lucky-draw/v1 site\n"))
        })
    };
    let found = (0..ACTIVITIES).filter(|number| with_one(*number)).count();
    assert!(found >= 50, "{found} of {ACTIVITIES}");
}

/// Bundles with one thing wrong.
fn mutated() -> Vec<Case> {
    let plans = [
        mutants::plain(),
        mutants::witnessed(),
        mutants::mixed(),
        mutants::chained(),
        mutants::doubled(),
        mutants::series(),
        mutants::cancelled(),
        mutants::exhausted(),
    ];
    let mut cases = Vec::new();
    for plan in plans {
        let base = Base::new(plan);
        let mut mutants = Mutants::of(&base);
        files::make(&mut mutants);
        journals::make(&mut mutants);
        beacons::make(&mut mutants);
        results::make(&mut mutants);
        excluded::make(&mut mutants);
        results::millions(&mut mutants);
        borders::make(&mut mutants);
        cases.append(&mut mutants.cases);
    }
    cases.extend(cheats::make());
    cases
}

#[test]
fn every_mutated_bundle_is_refused() {
    let cases = mutated();
    assert!(cases.len() > 1000, "{} mutants", cases.len());
    check_all(&cases, "mutated");
}
