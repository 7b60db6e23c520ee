//! Mutants of a site that broke one rule while the draw took place, and signed all of it.

use lucky_draw::verify::CheckName::{
    self, Beacon, Journal, Links, NumbersOrigin, Openings, Order, Result, Time, Voids,
};

use super::build::build;
use super::case::Case;
use super::mutants;
use super::plan::{Cheat, Plan, SourcePlan};

/// How many draws are tried with each cheat.
const TRIES: u32 = 4;

/// Each cheat on a plan in which it matters, with the checks that have to find it.
pub(crate) fn make() -> Vec<Case> {
    let several = |change: fn(&mut Plan)| {
        let mut plan = mutants::witnessed();
        let draw = &mut plan.draws[0];
        draw.tickets_per_person = 2;
        draw.wins_per_person = 9;
        draw.prizes = vec![("grand".to_owned(), 60)];
        draw.voids = 0;
        change(&mut plan);
        plan
    };
    let crowded = || several(|_| {});
    let commit_alone = || {
        let mut plan = mutants::mixed();
        plan.draws[0].superseded = 0;
        let commit = |source: &SourcePlan| matches!(source, SourcePlan::Commit);
        plan.draws[0].sources.retain(commit);
        plan
    };
    let witnessed = mutants::witnessed;
    let mixed = mutants::mixed;
    let all: Vec<(Cheat, Plan, &[CheckName])> = vec![
        (Cheat::TicketBeyondCap, crowded(), &[Openings]),
        (Cheat::TicketTwice, crowded(), &[Openings]),
        (Cheat::OpeningLost, witnessed(), &[Openings]),
        (Cheat::OpeningLost, mutants::plain(), &[Openings]),
        (Cheat::RoundTooSoon, mutants::plain(), &[Time]),
        (Cheat::RoundTooSoon, mixed(), &[Time]),
        (Cheat::LateSupersedes, mixed(), &[Time]),
        (Cheat::SupersedesPrize, mixed(), &[Links]),
        (Cheat::LateKey, witnessed(), &[Time]),
        (Cheat::LateFreeze, witnessed(), &[Time]),
        (Cheat::LateFreeze, mutants::chained(), &[Time]),
        (Cheat::EarlyFreeze, witnessed(), &[Time]),
        (Cheat::FewWitnesses, witnessed(), &[Time]),
        (Cheat::NoTime, witnessed(), &[Time]),
        (Cheat::SecretWithheld, mixed(), &[Beacon]),
        (Cheat::SecretLate, mixed(), &[Beacon]),
        (Cheat::CommitAlone, commit_alone(), &[Beacon]),
        (Cheat::NoIssue, mixed(), &[NumbersOrigin]),
        (Cheat::OtherKey, mutants::series(), &[Links]),
        (Cheat::RivalManifest, mutants::plain(), &[Journal]),
        (Cheat::RivalManifest, witnessed(), &[Journal]),
        (Cheat::RivalKey, mutants::plain(), &[Journal]),
        (Cheat::RivalKey, witnessed(), &[Journal]),
        (Cheat::RivalFreeze, witnessed(), &[Journal]),
        (Cheat::RivalFreeze, mixed(), &[Journal]),
        (Cheat::RivalClose, mutants::plain(), &[Journal]),
        (Cheat::RivalClose, mixed(), &[Journal]),
        (Cheat::RivalCancel, witnessed(), &[Journal]),
        (Cheat::FreezeNamesFirst, witnessed(), &[Links]),
        (Cheat::CloseGrows, witnessed(), &[Links]),
        (Cheat::CloseForks, mixed(), &[Links]),
        (Cheat::SkipWinner, mutants::plain(), &[Voids]),
        (Cheat::SkipWinner, mixed(), &[Voids]),
        (Cheat::OtherAudit, witnessed(), &[Order]),
        (Cheat::ForgetsExcluded, mutants::series(), &[Result]),
    ];
    let mut cases = Vec::new();
    for (cheat, plan, checks) in all {
        for number in 0..TRIES {
            cases.extend(case(cheat, &plan, number, checks));
        }
    }
    cases
}

fn case(cheat: Cheat, plan: &Plan, number: u32, checks: &[CheckName]) -> Option<Case> {
    let mut plan = plan.clone();
    let name = format!("{}-cheat-{cheat:?}-{number}", plan.name).to_lowercase();
    plan.name += &format!(" {number}");
    let honest = build(&plan).pop()?.seal().to_zip();
    plan.draws.last_mut()?.cheat = Some(cheat);
    let zip = build(&plan).pop()?.seal().to_zip();
    // Some cheats have no effect on some draws: nobody of the excluded draw was drawn.
    (zip != honest).then(|| Case {
        name,
        group: "cheat",
        mutation: format!("the site cheats: {cheat:?}"),
        checks: checks.to_vec(),
        require_time: false,
        bls: false,
        zip,
    })
}
