//! The line: places come back, offers go out in order, are taken, declined or pass.

use super::*;

on_both! {
    a_place_given_back_goes_to_the_first_in_line,
    an_offer_that_nobody_answers_moves_on,
    a_declined_offer_goes_to_the_next,
    whoever_leaves_the_line_lets_the_others_move_up,
    more_places_are_offered_in_the_order_of_arrival,
    a_newcomer_never_passes_the_line,
    an_offer_ends_when_the_session_begins,
    a_place_cannot_come_back_too_late,
    whoever_waits_is_not_told_to_come,
    whoever_waited_in_vain_enters_another_session,
}

/// Two places held by 0 and 1, and 2, 3, 4 in line.
fn full(hour: &StoryHour) -> Vec<Guest<'_>> {
    (0..5).map(|guest| hour.enter(guest, 0, true)).collect()
}

use SeatState::{Declined, Expired, Held, Offered, Returned, Waiting};

fn a_place_given_back_goes_to_the_first_in_line(engine: Engine) {
    let sink = MailSink::start();
    let hour = StoryHour::with_mail(engine, SMALL, &sink.url());
    let guests = full(&hour);
    assert!(guests[3].own().text("main").contains("候補第 2 位"));

    let returned = guests[0].give_back();
    assert!(
        returned.text("main").contains("您已經還回名額"),
        "{}",
        returned.text("main")
    );
    assert!(!returned.html.contains(&email_of(0)), "the contact is gone");
    assert_eq!(hour.states(0), [Returned, Held, Offered, Waiting, Waiting]);
    hour.app.app.run_jobs().expect("due jobs can be read");

    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, [email_of(2)]);
    let text = mails[0].text();
    assert!(text.contains("輪到您") && text.contains("第1場"), "{text}");
    assert!(!text.contains("http"), "a letter has no link: {text}");
    let own = guests[2].own().text("main");
    assert!(own.contains("有名額了"), "{own}");
    assert!(guests[3].own().text("main").contains("候補第 1 位"));

    let accepted = guests[2].accept();
    assert!(accepted.text("main").contains("名額已經保留給您"));
    // Twice, as with a double click on an old page.
    assert_eq!(hour.states(0), [Returned, Held, Held, Waiting, Waiting]);
    let session = hour.session(0);
    assert_eq!((session.taken, session.waiting), (2, 2));
    hour.app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(sink.mails().len(), 1, "one letter for one offer");
}

fn an_offer_that_nobody_answers_moves_on(engine: Engine) {
    let sink = MailSink::start();
    let hour = StoryHour::with_mail(engine, SMALL, &sink.url());
    let guests = full(&hour);
    guests[1].give_back();
    hour.app.app.run_jobs().expect("due jobs can be read");
    let own = guests[2].own();
    hour.later(23 * HOUR);
    assert_eq!(hour.states(0), [Held, Returned, Offered, Waiting, Waiting]);
    hour.later(2 * HOUR);
    assert_eq!(hour.states(0), [Held, Returned, Expired, Offered, Waiting]);
    // Too late, from a page that lay open: its pass is over, and the page says what happened.
    let late = guests[2].visitor.send(&own, "/entry/accept", &[]);
    assert_ne!(late.status, Status::Ok);
    let late = guests[2].own().text("main");
    assert!(late.contains("名額已經讓給下一位"), "{late}");
    hour.app.app.run_jobs().expect("due jobs can be read");
    let to: Vec<String> = sink.mails().iter().map(|mail| mail.to[0].clone()).collect();
    assert_eq!(to, [email_of(2), email_of(3)]);
    assert_eq!(hour.session(0).taken, 2);
    // Whoever did not answer may come again, at the end.
    hour.enter(2, 0, true);
    assert_eq!(
        hour.states(0),
        [Held, Returned, Expired, Offered, Waiting, Waiting]
    );
}

fn a_declined_offer_goes_to_the_next(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let guests = full(&hour);
    guests[0].give_back();
    let declined = guests[2].give_back().text("main");
    assert!(declined.contains("您沒有要這個名額"), "{declined}");
    assert_eq!(hour.states(0), [Returned, Held, Declined, Offered, Waiting]);
}

fn whoever_leaves_the_line_lets_the_others_move_up(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let guests = full(&hour);
    guests[2].give_back();
    assert_eq!(hour.states(0), [Held, Held, Returned, Waiting, Waiting]);
    assert_eq!(hour.session(0).waiting, 2);
    assert!(guests[4].own().text("main").contains("候補第 2 位"));
    hour.enter(9, 0, true);
    assert_eq!(hour.session(0).waiting, 3);
}

fn more_places_are_offered_in_the_order_of_arrival(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    full(&hour);
    hour.add_places(4);
    assert_eq!(hour.states(0), [Held, Held, Offered, Offered, Waiting]);
    let session = hour.session(0);
    assert_eq!((session.taken, session.waiting), (4, 1));
    // Places are only added.
    let fewer = hour.by_staff(|tx, by, session| {
        let less = More {
            capacity: 3,
            waiting_places: 3,
        };
        line::add_places(tx, by, &hour.id, session, &less)
    });
    assert!(matches!(fewer, Err(seats::Error::Moved)), "{fewer:?}");
    hour.add_places(9);
    assert_eq!(hour.states(0)[2..], [Offered; 3]);
    assert_eq!(hour.session(0).taken, 5);
}

fn a_newcomer_never_passes_the_line(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let guests = full(&hour);
    guests[0].give_back();
    // The place is offered; a newcomer who does not wait gets none.
    let (_, refused) = hour.fill(8, 0, false);
    assert!(
        refused.mistakes().contains("額滿"),
        "{}",
        refused.mistakes()
    );
    let free = hour.session(0);
    assert_eq!(free.free(), 0);
    // Everybody in line has left: now the place is open to all.
    for guest in &guests[2..] {
        guest.give_back();
    }
    assert_eq!(hour.session(0).free(), 1);
    hour.enter(8, 0, false);
    assert_eq!(hour.session(0).taken, 2);
}

fn an_offer_ends_when_the_session_begins(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let guests = full(&hour);
    hour.app.go_to(first_session().plus(-25 * HOUR));
    assert_eq!(hour.stage(), Stage::Closed);
    guests[0].give_back();
    assert_eq!(
        hour.seats(0)[2].offer_until,
        first_session().plus(-HOUR),
        "a whole day where there is one"
    );
    hour.app.go_to(first_session().plus(-10 * HOUR));
    let declined = guests[2].give_back().text("main");
    assert!(declined.contains("您沒有要這個名額"), "{declined}");
    assert_eq!(hour.seats(0)[3].offer_until, first_session());
    hour.app.go_to(first_session().plus(HOUR));
    assert_eq!(hour.states(0), [Returned, Held, Declined, Expired, Waiting]);
    assert_eq!(
        hour.session(0).taken,
        1,
        "nobody is offered a place that is over"
    );
}

fn a_place_cannot_come_back_too_late(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let guests = full(&hour);
    hour.app.go_to(first_session().plus(-23 * HOUR));
    let own = guests[0].own();
    assert!(
        !own.html.contains("action=\"/entry/withdraw\""),
        "{}",
        own.text("main")
    );
    // The receipt names no time that is over.
    let visitor = &guests[0].visitor;
    let receipt = visitor.send(&own, "/entry/receipt", &[]);
    let receipt = match receipt.status {
        Status::SeeOther => visitor.get(&receipt.location),
        _ => receipt,
    };
    let receipt = receipt.text("main");
    assert!(receipt.contains("名額不能再還回"), "{receipt}");
    assert!(!receipt.contains("前不能來的話"), "{receipt}");
    // Whoever waits can still leave.
    guests[2].give_back();
    assert_eq!(hour.states(0), [Held, Held, Returned, Waiting, Waiting]);
}

fn whoever_waits_is_not_told_to_come(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let guests = full(&hour);
    let waits = guests[2].receipt.text("main");
    assert!(waits.starts_with("已排入候補，還沒有名額"), "{waits}");
    assert!(!waits.contains("請出示場次號碼"), "{waits}");
    let holds = guests[0].receipt.text("main");
    assert!(holds.starts_with("報名完成"), "{holds}");
    assert!(holds.contains("請出示場次號碼"), "{holds}");
}

/// A session that begins while entry is open, and a line in which somebody waits in vain.
fn whoever_waited_in_vain_enters_another_session(engine: Engine) {
    let app = TestApp::with(engine, "2024-07-20T09:00:00+08:00", |_| {});
    let early = Planned {
        starts_at: start().plus(3 * DAY),
        ..planned(0, SMALL)
    };
    let details = details(Kind::Seats(Allocation::FirstCome));
    let id = publish_as(&app, &details, &[early, planned(1, SMALL)], 1);
    app.go_to(start().plus(2 * DAY));
    let hour = StoryHour { app, id };
    let guests = full(&hour);
    hour.app.go_to(start().plus(3 * DAY + HOUR));
    let own = guests[2].own().text("main");
    assert!(own.contains("候補沒有輪到您"), "{own}");
    let other = hour.enter(2, 1, false);
    assert!(other.own().text("main").contains("有名額"));
    // Whoever had a place has had it.
    let (_, had) = hour.send(0, 1, false);
    assert!(had.html.contains("已經報名過"), "{}", had.mistakes());
    assert_eq!(hour.states(0), [Held, Held, Waiting, Waiting, Waiting]);
    assert_eq!(hour.states(1), [Held]);
}
