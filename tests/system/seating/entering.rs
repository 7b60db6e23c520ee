//! Entering: a session is picked, a place is had, and whoever comes too late keeps what was typed.

use super::*;

on_both! {
    a_librarian_sets_up_a_story_hour_and_a_patron_takes_a_place,
    a_full_session_keeps_what_was_typed_and_tells_of_the_line,
    a_form_that_is_sent_twice_is_one_place,
    whoever_has_a_place_already_hears_so_kindly,
    one_person_takes_two_sessions_where_that_is_allowed,
    a_session_that_fills_while_somebody_types_keeps_everything,
}

fn a_librarian_sets_up_a_story_hour_and_a_patron_takes_a_place(engine: Engine) {
    let app = TestApp::with(engine, "2024-07-20T09:00:00+08:00", |_| {});
    let staff = app.first_admin();
    let page = staff.get("/staff/activities/new?kind=seats");
    let done = staff.send(
        &page,
        "/staff/activities/new",
        &[
            ("kind", "seats"),
            ("slug", SLUG),
            ("title_zh", "週末說故事"),
            ("title_en", "Story hour"),
            ("text_zh", "一起聽故事。"),
            ("text_en", "Come and listen."),
            ("opens", &local(start().plus(DAY))),
            ("closes", &local(start().plus(10 * DAY))),
            ("retention_days", "30"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(done.location.ends_with("/sessions"), "{}", done.location);
    let base = done.location.trim_end_matches("/sessions").to_owned();
    add_sessions(&staff, &base);
    let path = format!("{base}/privacy");
    let page = staff.get(&path);
    let done = staff.send(
        &page,
        &path,
        &[
            ("name", "required"),
            ("national_id", "required"),
            ("national_id_purpose_zh", "確認一人一個名額"),
            ("national_id_purpose_en", "One place a person"),
            ("email", "optional"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let path = format!("{base}/publish");
    let page = staff.get(&path);
    let shown = page.text("main");
    for words in ["第1場", "候補", "每人一場", "開始前 24 小時為止"] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let done = staff.send(&page, &path, &[("sure", "yes")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    app.go_to(start().plus(2 * DAY));

    let public = app.visitor().get("/a/story-hour");
    assert!(public.text("main").contains("還有 30 個名額（共 30 個）"));
    let id = ActivityId(base.rsplit('/').next().unwrap_or_default().to_owned());
    let hour = StoryHour { app, id };
    let guest = hour.enter(1, 1, false);
    let receipt = guest.receipt.text("main");
    assert!(receipt.contains("第2場"), "{receipt}");
    assert!(receipt.contains("名額已經保留給您"), "{receipt}");
    assert!(hour.publicly().text("main").contains("還有 29 個名額"));
    let own = guest.own().text("main");
    assert!(
        own.contains("總館兒童室") && own.contains("還回名額"),
        "{own}"
    );
}

/// Three sessions of thirty places, over the pages of staff.
fn add_sessions(staff: &Person<'_>, base: &str) {
    let path = format!("{base}/sessions");
    let new = format!("{path}/new");
    let page = staff.get(&new);
    let early = staff.send(
        &page,
        &new,
        &[
            ("title_zh", "太早"),
            ("title_en", ""),
            ("place_zh", "總館"),
            ("place_en", "Main library"),
            ("starts", &local(start())),
            ("capacity", "0"),
        ],
    );
    assert_eq!(early.status, Status::UnprocessableEntity);
    assert_eq!(
        early.texts(".error-summary li").len(),
        3,
        "{}",
        early.mistakes()
    );
    assert!(early.html.contains("太早"), "what was typed stays");
    for at in 0..3 {
        let done = staff.send(
            &staff.get(&new),
            &new,
            &[
                ("title_zh", &format!("第{}場", at + 1)),
                ("title_en", &format!("Session {}", at + 1)),
                ("place_zh", "總館兒童室"),
                ("place_en", "Main library, children's room"),
                ("starts", &local(first_session().plus(at * DAY))),
                ("capacity", "30"),
                ("waiting", "10"),
            ],
        );
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    }
    let page = staff.get(&path);
    let wrong = staff.send(&page, &path, &[("offer_hours", "none")]);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    let done = staff.send(&page, &path, &[("offer_hours", "12")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

fn a_full_session_keeps_what_was_typed_and_tells_of_the_line(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    for guest in 0..2 {
        hour.enter(guest, 0, false);
    }
    let form = hour.app.visitor().get("/a/story-hour/enter");
    assert!(
        form.text("main")
            .contains("額滿，可排候補（目前 0 人候補）")
    );

    let (visitor, refused) = hour.fill(3, 0, false);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(
        refused.mistakes().contains("已經額滿"),
        "{}",
        refused.mistakes()
    );
    assert!(refused.html.contains(&id_of(3)), "what was typed stays");
    // The same form, now with the box ticked.
    let check = visitor.send(&refused, "/a/story-hour/enter", &[("wait", "yes")]);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    let sent = visitor.send(&check, "/a/story-hour/check", &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    let receipt = visitor.get(&sent.location).text("main");
    assert!(receipt.contains("候補第 1 位"), "{receipt}");
    assert!(!receipt.contains("名額已經保留給您"), "{receipt}");

    for guest in 4..6 {
        hour.enter(guest, 0, true);
    }
    let (_, refused) = hour.fill(6, 0, true);
    assert!(
        refused.mistakes().contains("候補也滿了"),
        "{}",
        refused.mistakes()
    );
    assert_eq!(hour.session(0).waiting, 3);
}

fn a_session_that_fills_while_somebody_types_keeps_everything(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    hour.enter(0, 0, false);
    let (late, check) = hour.fill(9, 0, false);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    hour.enter(1, 0, false);
    let refused = late.send(&check, "/a/story-hour/check", &[]);
    assert!(
        matches!(
            refused.status,
            Status::Conflict | Status::UnprocessableEntity
        ),
        "{}",
        refused.status
    );
    assert!(
        refused.mistakes().contains("已經額滿"),
        "{}",
        refused.mistakes()
    );
    assert!(refused.html.contains(&id_of(9)) && refused.html.contains(&email_of(9)));
    // Another session with everything else as it was.
    let other = hour.session(1).id.0;
    let check = late.send(&refused, "/a/story-hour/enter", &[("session", &other)]);
    let sent = late.send(&check, "/a/story-hour/check", &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    assert_eq!(hour.states(1), [SeatState::Held]);
}

fn a_form_that_is_sent_twice_is_one_place(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let (visitor, check) = hour.fill(1, 0, false);
    let first = visitor.send(&check, "/a/story-hour/check", &[]);
    let again = visitor.send(&check, "/a/story-hour/check", &[]);
    assert_eq!(first.status, Status::SeeOther, "{}", first.mistakes());
    assert_eq!(again.status, Status::SeeOther, "{}", again.mistakes());
    let receipt = visitor.get(&again.location);
    assert!(receipt.text("main").contains("名額已經保留給您"));
    assert_eq!(hour.states(0), [SeatState::Held]);
    // Also after the session has filled.
    hour.enter(2, 0, false);
    let late = visitor.send(&check, "/a/story-hour/check", &[]);
    assert_eq!(late.status, Status::SeeOther, "{}", late.mistakes());
    assert_eq!(hour.session(0).taken, 2);
}

fn whoever_has_a_place_already_hears_so_kindly(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let first = hour.enter(1, 0, false);
    let (_, again) = hour.send(1, 1, false);
    assert_eq!(again.status, Status::Conflict);
    let said = again.text("main");
    assert!(
        said.contains("已經報名過") && said.contains("查詢我的報名"),
        "{said}"
    );
    assert!(again.html.contains(&id_of(1)), "what was typed stays");
    assert_eq!(hour.seats(1).len(), 0);
    // Given back, the same person may enter again.
    first.give_back();
    hour.enter(1, 1, false);
    assert_eq!(hour.states(0), [SeatState::Returned]);
    assert_eq!(hour.states(1), [SeatState::Held]);
}

fn one_person_takes_two_sessions_where_that_is_allowed(engine: Engine) {
    let size = Size {
        sessions: 3,
        per_person: 2,
        ..SMALL
    };
    let hour = StoryHour::open(engine, size);
    hour.enter(1, 0, false);
    let (_, same) = hour.send(1, 0, false);
    assert_eq!(same.status, Status::Conflict, "never twice in one session");
    hour.enter(1, 1, false);
    let (_, third) = hour.send(1, 2, false);
    assert_eq!(third.status, Status::Conflict);
    assert_eq!(hour.seats(2).len(), 0);
    assert!(hour.publicly().text("main").contains("每人最多 2 場"));
}
