//! Honest draws pass, and the report says what is not proven.

use lucky_draw::verify::{CheckName, Options, Outcome, verify};

use super::check;
use super::sample::{Plan, build};

#[test]
fn an_honest_draw_without_witnesses_passes_and_says_what_is_not_proven() {
    let report = check(&build(&Plan::default()).bundle);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(
        report.result_line(),
        "result: passed; time not proven; site key not pinned"
    );
    let names: Vec<&str> = report.checks.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        names.join(" "),
        "format signatures links journal time beacon numbers-origin seed order openings voids \
         result settle entries purge receipt"
    );
    for (line, found) in report.to_string().lines().zip(&report.checks) {
        let fields: Vec<&str> = line.split('\t').collect();
        let outcome = found.outcome.to_string();
        assert_eq!(fields, [&outcome, found.name.as_str(), &found.reason]);
    }
    let strict = Options {
        require_time: true,
        ..Options::default()
    };
    let report = verify(&build(&Plan::default()).bundle, &strict);
    assert_eq!(report.exit_code(), 2);
    assert!(report.result_line().contains("time not proven"));
}

#[test]
fn an_honest_draw_with_everything_passes() {
    let built = build(&everything());
    let options = Options {
        site_key: Some(built.site.verifier()),
        ..Options::default()
    };
    let report = verify(&built.bundle, &options);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(
        report.result_line(),
        "result: passed; numbers not compared with the lottery"
    );
    for check in &report.checks {
        let expected = match check.name {
            CheckName::NumbersOrigin => Outcome::CouldNotCheck,
            CheckName::Receipt => Outcome::NotApplicable,
            _ => Outcome::Passed,
        };
        assert_eq!(check.outcome, expected, "{check}");
    }
    let strict = Options {
        require_time: true,
        ..options
    };
    assert_eq!(verify(&built.bundle, &strict).exit_code(), 2);
}

fn everything() -> Plan {
    Plan {
        witnesses: 3,
        numbers: true,
        commit: Some(true),
        superseded: 1,
        corrections: 2,
        audit: true,
        purge_phases: 2,
        ..Plan::default()
    }
}

#[test]
fn a_draw_before_its_purge_and_one_without_tickets_pass() {
    for plan in [
        Plan {
            purge_phases: 0,
            entries_file: false,
            settlements: 0,
            ..Plan::default()
        },
        Plan {
            people: 0,
            ..Plan::default()
        },
        Plan {
            people: 1,
            tickets_per_person: 1,
            void_every: 1,
            ..Plan::default()
        },
    ] {
        let report = check(&build(&plan).bundle);
        assert_eq!(report.exit_code(), 0, "{report}");
    }
}
