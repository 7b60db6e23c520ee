//! An entrant's own ticket.

use lucky_draw::note::TlogProof;
use lucky_draw::result::Line;
use lucky_draw::ticket::Secret;
use lucky_draw::verify::{CheckName, Options, Outcome, verify};

use super::sample::{Built, Plan, build};
use super::{assert_failed, slots};

fn with_receipt(built: &Built, receipt: TlogProof) -> Options {
    Options {
        site_key: Some(built.site.verifier()),
        receipt: Some(receipt),
        ..Options::default()
    }
}

#[test]
fn every_entrant_finds_the_own_ticket_in_the_list() {
    let built = build(&Plan::default());
    for (index, ticket) in (0..).zip(&built.tickets) {
        for size in [index + 1, built.log.size()] {
            let options = Options {
                id: Some(ticket.subject.clone()),
                secret: Some(ticket.secret.clone()),
                ..with_receipt(&built, built.receipt(index, size))
            };
            let report = verify(&built.bundle, &options);
            let found = report.check(CheckName::Receipt);
            assert_eq!(found.outcome, Outcome::Passed, "{report}");
            assert!(found.reason.contains("belongs to the given ID number"));
            let void = built.close.void(index).is_some();
            assert_eq!(found.reason.contains("is void"), void, "{found}");
            let shown = report.to_string();
            assert!(!shown.contains(ticket.secret.as_str()));
            assert!(!shown.contains(&ticket.subject) && !shown.contains(&ticket.subject[5..]));
            let debug = format!("{options:?} {:?}", options.receipt);
            assert!(!debug.contains(&ticket.subject) && !debug.contains(ticket.secret.as_str()));
        }
    }
}

#[test]
fn a_receipt_for_somebody_else_or_for_a_lost_ticket_is_told() {
    let built = build(&Plan::default());
    let size = built.log.size();
    let receipt = built.receipt(3, size);
    let stranger = Options {
        id: Some("twid:Z299999999".to_owned()),
        ..with_receipt(&built, receipt.clone())
    };
    let report = verify(&built.bundle, &stranger);
    assert_failed(&report, CheckName::Receipt, "another ID number");
    assert!(!report.to_string().contains("Z299999999"));
    let other_code = Options {
        secret: Some(Secret::from_entropy([3; 13])),
        ..with_receipt(&built, receipt.clone())
    };
    let report = verify(&built.bundle, &other_code);
    assert_failed(&report, CheckName::Receipt, "another receipt code");

    let mut moved = receipt.clone();
    moved.index += 1;
    let report = verify(&built.bundle, &with_receipt(&built, moved));
    assert_failed(&report, CheckName::Receipt, "receipt");
    let mut short = receipt.clone();
    short.extra = Some(vec![1; 99]);
    let report = verify(&built.bundle, &with_receipt(&built, short));
    assert_failed(&report, CheckName::Receipt, "100 or 32 bytes");

    // The same site signed a receipt in a larger log, or in another log of the same size.
    let larger = build(&Plan {
        people: 30,
        ..Plan::default()
    });
    let report = verify(&built.bundle, &with_receipt(&built, larger.receipt(20, 21)));
    assert_failed(&report, CheckName::Receipt, "");
    let mut ticket_of_larger = larger.receipt(20, 21);
    ticket_of_larger.extra = Some(larger.tickets[20].commitment.0.to_vec());
    let report = verify(&built.bundle, &with_receipt(&built, ticket_of_larger));
    assert_failed(&report, CheckName::Receipt, "is missing");
    let mut fork = build(&Plan {
        number: 2,
        ..Plan::default()
    });
    fork.manifest.origin = built.manifest.origin.clone();
    let mut forked = fork.receipt(2, 5);
    forked.extra = Some(fork.tickets[2].commitment.0.to_vec());
    let report = verify(&built.bundle, &with_receipt(&built, forked));
    assert_failed(&report, CheckName::Receipt, "two different logs");
}

#[test]
fn a_receipt_of_another_draw_is_told_as_that() {
    let built = build(&Plan::default());
    let other = build(&Plan {
        origin: "library.example.tw/draw/2",
        ..Plan::default()
    });
    let report = verify(&built.bundle, &with_receipt(&built, other.receipt(2, 5)));
    let found = report.check(CheckName::Receipt);
    assert_eq!(found.outcome, Outcome::Failed);
    let (expected, origin) = (&built.manifest.origin, &other.manifest.origin);
    assert_eq!(
        found.reason,
        format!("the receipt is of another draw's log: expected {expected}, found {origin}")
    );
}

#[test]
fn a_shareable_proof_shows_the_ticket_but_not_whose_it_is() {
    let built = build(&Plan::default());
    let mut shared = built.receipt(4, built.log.size());
    shared.extra = Some(built.tickets[4].commitment.0.to_vec());
    let report = verify(&built.bundle, &with_receipt(&built, shared.clone()));
    assert_eq!(report.check(CheckName::Receipt).outcome, Outcome::Passed);
    let asked = Options {
        id: Some(built.tickets[4].subject.clone()),
        ..with_receipt(&built, shared)
    };
    let report = verify(&built.bundle, &asked);
    assert_eq!(
        report.check(CheckName::Receipt).outcome,
        Outcome::CouldNotCheck
    );
    assert_eq!(report.exit_code(), 2);
}

#[test]
fn without_the_entry_list_only_drawn_or_late_tickets_can_be_found() {
    let built = build(&Plan {
        people: 40,
        entries_file: false,
        ..Plan::default()
    });
    let winner = built.result.lines.iter().find_map(|line| match line {
        Line::Slot { index, .. } => Some(*index),
        _ => None,
    });
    let winner = winner.expect("a winner");
    let drawn: Vec<u64> = built
        .result
        .lines
        .iter()
        .filter_map(Line::drawn)
        .map(|d| d.1)
        .collect();
    let loser = (0..built.log.size()).find(|index| !drawn.contains(index));
    let loser = loser.expect("somebody who did not win");
    let outcome = |index: u64, size: u64| {
        let options = with_receipt(&built, built.receipt(index, size));
        let report = verify(&built.bundle, &options);
        report.check(CheckName::Receipt).outcome
    };
    assert_eq!(outcome(winner, winner + 1), Outcome::Passed);
    assert_eq!(outcome(loser, loser + 1), Outcome::CouldNotCheck);
    assert_eq!(outcome(loser, built.log.size()), Outcome::Passed);
}

#[test]
fn a_winner_is_found_by_code_and_id_alone() {
    let built = build(&Plan::default());
    let first = slots(&built.result)[0];
    let winner = built.result.lines[first].drawn().expect("a draw line").1;
    let ticket = &built.tickets[usize::try_from(winner).expect("small")];
    let options = |secret: Option<&Secret>, id: Option<&str>| Options {
        secret: secret.cloned(),
        id: id.map(str::to_owned),
        ..Options::default()
    };
    let outcome = |options: &Options| {
        verify(&built.bundle, options)
            .check(CheckName::Receipt)
            .clone()
    };
    let found = outcome(&options(Some(&ticket.secret), Some(&ticket.subject)));
    assert_eq!(found.outcome, Outcome::Passed, "{found}");
    let nobody = Secret::from_entropy([8; 13]);
    for partial in [
        options(Some(&nobody), Some(&ticket.subject)),
        options(Some(&ticket.secret), None),
        options(None, Some(&ticket.subject)),
    ] {
        assert_eq!(outcome(&partial).outcome, Outcome::CouldNotCheck);
    }
}
