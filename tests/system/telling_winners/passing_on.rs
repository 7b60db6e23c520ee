//! A deadline passes: what is left free goes to the next reserve.

use super::*;

on_both! {
    a_deadline_is_one_settlement_and_reserves_move_up_and_are_told,
    second_entries_of_a_late_winner_are_reminded_too,
    deadlines_pass_where_nobody_looks,
}

fn a_deadline_is_one_settlement_and_reserves_move_up_and_are_told(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    library.begin();
    let before = library.claims();
    let index_of = |text: &str| {
        let found = before.iter().find(|claim| claim.slot == slot(text));
        found.expect("the slot is held").index
    };
    library
        .by_staff(|tx, draw, by| claims::claim(tx, draw, by, &slot("grand/1")))
        .expect("the winner came");
    library
        .by_staff(|tx, draw, by| leaving::leave(tx, draw, by, &slot("voucher/1"), Wish::Decline))
        .expect("the winner declined");
    library.later(DAY);
    assert!(
        library.settlements().is_empty(),
        "declining waits for the deadline"
    );
    let told = sink.mails().len();

    library.go_to(due().plus(14 * DAY));
    let settlements = library.settlements();
    assert_eq!(settlements.len(), 1);
    let vacated: Vec<_> = settlements[0]
        .vacates
        .iter()
        .map(|vacate| (vacate.slot.to_string(), vacate.code))
        .collect();
    let expected = [
        ("voucher/1".to_owned(), SettleCode::D),
        ("voucher/2".to_owned(), SettleCode::F),
    ];
    assert_eq!(vacated, expected);
    let winners = library.winners();
    assert_eq!(winners[1].index, index_of("reserve/1"));
    assert_eq!(winners[2].index, index_of("reserve/2"));
    assert_eq!(winners[1].deadline, due().plus(28 * DAY));
    let promoted: Vec<String> = sink.mails()[told..]
        .iter()
        .filter(|mail| {
            mail.header("Subject")
                .is_some_and(|s| s.contains("遞補") || s.contains("passed"))
        })
        .flat_map(|mail| mail.to.clone())
        .collect();
    let expected = [
        email_of(index_of("reserve/1")),
        email_of(index_of("reserve/2")),
    ];
    assert_eq!(BTreeSet::from_iter(promoted), BTreeSet::from_iter(expected));
    let claims = library.claims();
    let stage_of = |text: &str, index: u64| {
        let is_it = |claim: &&Claim| claim.slot == slot(text) && claim.index == index;
        claims.iter().find(is_it).map(|claim| claim.stage)
    };
    assert_eq!(
        stage_of("reserve/1", index_of("reserve/1")),
        Some(ClaimStage::Vacated)
    );
    assert_eq!(
        stage_of("voucher/2", index_of("voucher/2")),
        Some(ClaimStage::Expired)
    );

    // Looking again changes nothing; the next deadline is the next settlement.
    library.later(HOUR);
    library.later(DAY);
    assert_eq!(library.settlements().len(), 1);
    library.go_to(due().plus(28 * DAY));
    assert_eq!(library.settlements().len(), 2);
    assert_eq!(library.winners()[1].index, index_of("reserve/3"));
    let admin = library.app.first_admin();
    let list = admin.get(&library.path("/winners?only=expired"));
    // A short number such as 2-5 also stands in dates and telephones: only cells count.
    let cells = list.texts("main td");
    let is_listed = |slot| cells.contains(&TicketNumber(index_of(slot)).to_string());
    assert!(is_listed("voucher/2"));
    assert!(!is_listed("grand/1"));

    library.go_to(due().plus(42 * DAY));
    library.go_to(due().plus(56 * DAY));
    assert_eq!(library.stage(), Stage::Notified);
    library.verifies();
    let again = library.begin();
    assert_eq!(again, 0, "everyone who holds a prize was told");
}

fn second_entries_of_a_late_winner_are_reminded_too(engine: Engine) {
    let sink = MailSink::start();
    // Everybody enters twice: person 0 to 5 with another address, 6 to 11 with the same.
    let others = [
        "other0@example.org",
        "other1@example.org",
        "other2@example.org",
        "other3@example.org",
        "other4@example.org",
        "other5@example.org",
    ];
    let mut entrants: Vec<Entrant> = (0..12).map(own).collect();
    entrants.extend((0..6).zip(others).map(|(person, email)| Entrant {
        person,
        email: Some(email),
    }));
    entrants.extend((6..12).map(own));
    let library = Library::with_entrants(engine, &sink.url(), &entrants);
    library.begin();
    assert_eq!(sink.mails().len(), 3);
    let winners = library.winners();
    assert!(
        winners.iter().all(|claim| claim.index < 12),
        "second entries are void"
    );
    for claim in &winners {
        let plan = library.plan();
        let found = library.app.app.db.read_now("ticket", |tx| {
            entry::ticket(tx, &library.id, plan.id.as_str(), claim.index + 12)
        });
        let second = found.expect("it can be read").expect("it is there");
        assert_eq!(second.void, Some(VoidCode::D));
    }

    library.go_to(due().plus(13 * DAY));
    let mut expected = emails(&winners);
    for claim in winners.iter().filter(|claim| claim.index < 6) {
        expected.insert(format!("other{}@example.org", claim.index));
    }
    let reminded: Vec<String> = sink.mails()[3..]
        .iter()
        .flat_map(|mail| mail.to.clone())
        .collect();
    assert_eq!(reminded.len(), expected.len(), "one letter to an address");
    assert_eq!(BTreeSet::from_iter(reminded), expected);
    for notice in library.notices() {
        let same_address = notice.kind == NoticeKind::Duplicate && notice.index >= 18;
        let stage = if same_address {
            NoticeStage::Dropped
        } else {
            NoticeStage::Sent
        };
        assert_eq!(notice.stage, stage, "{:?} {}", notice.kind, notice.index);
    }
    library.later(HOUR);
    assert_eq!(sink.mails().len(), 3 + expected.len());
}

fn deadlines_pass_where_nobody_looks(engine: Engine) {
    let library = Library::with_winners(engine, "");
    library.run();
    for days in [14, 28, 42, 56] {
        library.go_to(due().plus(days * DAY));
    }
    assert_eq!(library.stage(), Stage::Notified);
    assert_eq!(library.settlements().len(), 4);
    assert!(library.notices().is_empty(), "letters are a step of staff");
}
