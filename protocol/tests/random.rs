//! Ten thousand random activities: what a site writes, the verifier accepts.

mod sample;

use lucky_draw::encode::sha256;
use lucky_draw::order::Stream;
use lucky_draw::verify::{CheckName, Options, Outcome, verify};
use sample::{Plan, build};

const ACTIVITIES: u64 = 10_000;

fn plan(number: u64) -> Plan {
    let mut random = Stream::new(&sha256(&number.to_le_bytes()));
    let mut below =
        |bound: u32| u32::try_from(random.uniform(u64::from(bound))).expect("below the bound");
    let people = 1 + below(60);
    let witnesses = if below(4) == 0 { 1 + below(4) } else { 0 };
    let prizes = [("grand", 1), ("book", 1 + below(4)), ("mug", 1 + below(9))];
    Plan {
        number,
        // Most draws are small; some run out of tickets before they run out of prizes.
        people: u64::from(below(people)),
        tickets_per_person: 1 + below(3),
        wins_per_person: 1 + below(2),
        prizes: prizes[..1 + below(3) as usize].to_vec(),
        reserves: below(6),
        void_every: u64::from(below(6)),
        settlements: below(4),
        witnesses: u8::try_from(witnesses).expect("small"),
        numbers: below(5) == 0,
        commit: (witnesses > 0 && below(3) == 0).then_some(true),
        superseded: if below(6) == 0 { 1 + below(2) } else { 0 },
        corrections: if below(4) == 0 { 1 + below(3) } else { 0 },
        entries_file: below(2) == 0,
        audit: below(5) == 0,
        purge_phases: u8::try_from(below(3)).expect("small"),
        round: below(16) as usize,
        ..Plan::default()
    }
}

fn draw_and_verify(number: u64) {
    let plan = plan(number);
    let built = build(&plan);
    let options = Options {
        site_key: Some(built.site.verifier()),
        ..Options::default()
    };
    let report = verify(&built.bundle, &options);
    let time = report.check(CheckName::Time).outcome;
    let expected = if plan.witnesses == 0 {
        Outcome::CouldNotCheck
    } else {
        Outcome::Passed
    };
    assert_eq!(report.exit_code(), 0, "activity {number}\n{report}");
    assert_eq!(time, expected, "activity {number}\n{report}");
}

#[test]
fn what_a_site_draws_the_verifier_accepts() {
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                for number in (half..ACTIVITIES).step_by(2) {
                    draw_and_verify(number);
                }
            });
        }
    });
}
