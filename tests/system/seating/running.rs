//! Running it: the list, the door, a session that is called off, and the end.

use fairdraw::custody::breach::{self, ByMail, NewIncident};
use fairdraw::draw::CancelCode;
use fairdraw::purge::Step;
use fairdraw::seats::letters;

use super::*;

on_both! {
    staff_see_numbers_and_states_and_no_person,
    a_person_at_the_door_is_marked_by_id_or_code,
    a_cancelled_session_is_told_to_everybody,
    staff_take_a_place_back_by_its_number_with_a_reason,
    after_the_last_session_everything_is_erased,
    the_vault_writes_to_no_more_people_than_were_published,
    an_activity_that_is_called_off_tells_everybody_with_a_place,
    people_in_sessions_hear_of_a_breach,
}

fn staff_of(hour: &StoryHour) -> Person<'_> {
    hour.app.first_admin()
}

fn page_of(hour: &StoryHour) -> String {
    format!("/staff/activities/{}/seats/{}", hour.id, hour.session(0).id)
}

fn staff_see_numbers_and_states_and_no_person(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    for guest in 0..4 {
        hour.enter(guest, 0, true);
    }
    let staff = staff_of(&hour);
    let all = staff.get(&format!("/staff/activities/{}/seats", hour.id));
    assert!(all.text("main").contains("第1場"), "{}", all.mistakes());
    let page = staff.get(&page_of(&hour));
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    assert_eq!(page.texts("tbody tr").len(), 4);
    assert!(page.text("tbody tr:last-child").contains("候補"));
    for guest in 0..4 {
        for own in [id_of(guest), email_of(guest), format!("陳小{guest}")] {
            assert!(!page.html.contains(&own), "{own} is on the page");
        }
    }
    let sheet = staff.get(&format!("{}/list.csv", page_of(&hour)));
    assert!(sheet.header("Content-Type").starts_with("text/csv"));
    assert_eq!(sheet.html.lines().count(), 5);
    let path = format!("{}/places", page_of(&hour));
    let fewer = staff.send(&page, &path, &[("capacity", "1")]);
    assert_eq!(fewer.status, Status::UnprocessableEntity);
    let more = staff.send(&page, &path, &[("capacity", "3")]);
    assert_eq!(more.status, Status::SeeOther, "{}", more.mistakes());
    assert_eq!(hour.states(0)[2], SeatState::Offered);
    let nobody = hour.app.visitor().get(&page_of(&hour));
    assert_ne!(nobody.status, Status::Ok);
}

fn a_person_at_the_door_is_marked_by_id_or_code(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    let guests: Vec<Guest> = (0..3).map(|guest| hour.enter(guest, 0, true)).collect();
    let staff = staff_of(&hour);
    let door = format!("{}/door", page_of(&hour));
    let page = staff.get(&page_of(&hour));
    let number = page.text("tbody tr:first-child td");
    let other = staff.send(
        &page,
        &door,
        &[("number", &number), ("national_id", &id_of(1))],
    );
    assert_eq!(other.status, Status::UnprocessableEntity);
    assert!(other.mistakes().contains("不符"), "{}", other.mistakes());
    assert!(
        !other.html.contains(&id_of(1)),
        "an ID number is not shown again"
    );
    let own = staff.send(
        &page,
        &door,
        &[("number", &number), ("national_id", &id_of(0))],
    );
    assert_eq!(own.status, Status::SeeOther, "{}", own.mistakes());
    let by_code = staff.send(&page, &door, &[("code", &guests[1].code)]);
    assert_eq!(by_code.status, Status::SeeOther, "{}", by_code.mistakes());
    // Whoever waits holds no place.
    let waits = staff.send(&page, &door, &[("code", &guests[2].code)]);
    assert_eq!(waits.status, Status::UnprocessableEntity);
    let came = hour
        .seats(0)
        .iter()
        .filter(|seat| seat.attended_at.is_some())
        .count();
    assert_eq!(came, 2);
    // Pressed twice is one person; later it may be another one with a copy of the receipt.
    let number_and_id = [("number", number.as_str()), ("national_id", &id_of(0))];
    let twice = staff.send(&page, &door, &number_and_id);
    assert_eq!(twice.status, Status::SeeOther, "{}", twice.mistakes());
    hour.later(20_000);
    let later = staff.send(&page, &door, &number_and_id);
    assert!(
        later.mistakes().contains("已經報到"),
        "{}",
        later.mistakes()
    );
    let later = staff.send(&page, &door, &[("code", &guests[1].code)]);
    assert!(
        later.mistakes().contains("已經報到"),
        "{}",
        later.mistakes()
    );
    let nothing = staff.send(&page, &door, &[("number", "")]);
    assert!(
        nothing.mistakes().contains("請輸入場次號碼"),
        "{}",
        nothing.mistakes()
    );
    let page = staff.get(&page_of(&hour));
    let undo = staff.send(&page, &format!("{}/not-come", page_of(&hour)), &[]);
    assert_eq!(undo.status, Status::SeeOther, "{}", undo.mistakes());
    assert!(hour.seats(0)[0].attended_at.is_none());
    assert!(guests[1].own().text("main").contains("您已經報到"));
}

fn a_cancelled_session_is_told_to_everybody(engine: Engine) {
    let sink = MailSink::start();
    let hour = StoryHour::with_mail(engine, SMALL, &sink.url());
    let guests: Vec<Guest> = (0..4).map(|guest| hour.enter(guest, 0, true)).collect();
    guests[3].give_back();
    let staff = staff_of(&hour);
    let page = staff.get(&page_of(&hour));
    let path = format!("{}/cancel", page_of(&hour));
    let unsure = staff.send(&page, &path, &[("reason", "颱風，閉館一天")]);
    assert_eq!(unsure.status, Status::UnprocessableEntity);
    assert!(
        unsure.html.contains("颱風，閉館一天"),
        "what was typed stays"
    );
    // Everybody reads the reason, so nobody may be recognised in it.
    for person in ["王小姐 0912-345-678 生病", "請洽 A123456789"] {
        let named = staff.send(&page, &path, &[("reason", person), ("sure", "yes")]);
        assert_eq!(named.status, Status::UnprocessableEntity, "{person}");
    }
    let done = staff.send(&unsure, &path, &[("sure", "yes")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    hour.app.app.run_jobs().expect("due jobs can be read");
    let mut to: Vec<String> = sink.mails().iter().map(|mail| mail.to[0].clone()).collect();
    to.sort();
    assert_eq!(to, [email_of(0), email_of(1), email_of(2)]);
    assert!(sink.mails()[0].text().contains("颱風，閉館一天"));
    assert!(
        hour.publicly()
            .text("main")
            .contains("取消：颱風，閉館一天")
    );
    let own = guests[0].own().text("main");
    assert!(own.contains("這一場取消了：颱風，閉館一天"), "{own}");
    assert!(own.contains("場次取消") && !own.contains("有名額"), "{own}");
    // What was called off takes nothing from what a person may have.
    let other = hour.enter(0, 1, false);
    assert!(other.own().text("main").contains("有名額"));
    let (_, again) = hour.send(0, 1, false);
    assert!(again.html.contains("已經報名過"), "{}", again.mistakes());
    let form = hour.app.visitor().get("/a/story-hour/enter");
    assert_eq!(
        form.texts("input[name=session]").len(),
        1,
        "the other session is left"
    );
    hour.app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(sink.mails().len(), 3, "one letter each");
}

fn staff_take_a_place_back_by_its_number_with_a_reason(engine: Engine) {
    let sink = MailSink::start();
    let hour = StoryHour::with_mail(engine, SMALL, &sink.url());
    // Two places and a line: whoever made people up has the first.
    let guests: Vec<Guest> = (0..4).map(|guest| hour.enter(guest, 0, true)).collect();
    let numbers = [0, 1, 2, 3].map(|index| SeatNumber(index).to_string());
    assert!(guests[0].own().text("main").contains(&numbers[0]));
    assert!(
        !guests[0].own().text("main").contains("0-0"),
        "people count from one"
    );
    let staff = staff_of(&hour);
    let page = staff.get(&page_of(&hour));
    assert!(
        page.text("main").contains("收回名額"),
        "{}",
        page.text("main")
    );
    let path = format!("{}/take-back", page_of(&hour));
    let why = "同一支電話重複報名";
    let form = |number: &'static str, reason: &'static str, sure: &'static str| {
        [
            ("take_number", number),
            ("take_reason", reason),
            ("take_sure", sure),
        ]
    };
    for wrong in [
        form("", why, "yes"),
        form("0-0", why, "yes"),
        form("99-4", why, "yes"),
        form("1-3", "", "yes"),
        form("1-3", "王小姐 A123456789 重複報名", "yes"),
        form("1-3", why, ""),
    ] {
        let refused = staff.send(&page, &path, &wrong);
        assert_eq!(refused.status, Status::UnprocessableEntity, "{wrong:?}");
        let kept = refused.form(&path);
        for (name, typed) in &wrong[..2] {
            let kept = kept.iter().find(|(field, _)| field == name);
            assert_eq!(kept.map(|(_, value)| value.as_str()), Some(*typed), "typed");
        }
    }
    assert_eq!(hour.states(0)[0], SeatState::Held, "nothing happened yet");
    let number = numbers[0].as_str();
    let whole = [
        ("take_number", number),
        ("take_reason", why),
        ("take_sure", "yes"),
    ];
    let done = staff.send(&page, &path, &whole);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    use SeatState::{Held, Offered, TakenBack, Waiting};
    assert_eq!(hour.states(0), [TakenBack, Held, Offered, Waiting]);
    hour.app.app.run_jobs().expect("due jobs can be read");
    let letter_to = |guest: u64| {
        let mails = sink.mails();
        let own: Vec<String> = mails
            .iter()
            .filter(|mail| mail.to[0] == email_of(guest))
            .map(|mail| mail.text())
            .collect();
        own
    };
    let told = letter_to(0);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains(why) && told[0].contains(number),
        "{}",
        told[0]
    );
    assert_eq!(
        letter_to(2).len(),
        1,
        "the next in line is offered the place"
    );
    assert!(letter_to(1).is_empty() && letter_to(3).is_empty());
    let own = guests[0].own().text("main");
    assert!(
        own.contains(why) && own.contains("已收回") && !own.contains("有名額"),
        "{own}"
    );
    // A second time there is nothing to take.
    let again = staff.send(&page, &path, &whole);
    assert_eq!(again.status, Status::UnprocessableEntity);
    let record = staff.get("/admin/audit").text("main");
    assert!(
        record.contains("收回場次名額") && record.contains(why),
        "{record}"
    );
    // A place in line goes as well, and nobody is offered anything for that.
    let waiting = [
        ("take_number", numbers[3].as_str()),
        ("take_reason", why),
        ("take_sure", "yes"),
    ];
    let done = staff.send(&page, &path, &waiting);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert_eq!(hour.states(0), [TakenBack, Held, Offered, TakenBack]);
    assert_eq!(hour.session(0).waiting, 0);
    // The person may come again with what is right.
    hour.enter(3, 0, true);
    assert_eq!(hour.states(0)[4], Waiting);
    hour.app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(sink.mails().len(), 3, "one letter each");
}

fn after_the_last_session_everything_is_erased(engine: Engine) {
    let hour = StoryHour::open(engine, SMALL);
    for guest in 0..4 {
        hour.enter(guest, 0, true);
    }
    let facts = hour
        .app
        .app
        .db
        .read_now("read", |tx| activity::by_id(tx, &hour.id))
        .expect("the activity is there");
    let last = first_session().plus(DAY);
    assert_eq!(
        facts.purges_at,
        last.plus(30 * DAY),
        "counted from the last session"
    );
    hour.app.go_to(facts.closes_at.plus(HOUR));
    assert_eq!(hour.stage(), Stage::Closed);
    hour.app.go_to(facts.purges_at.plus(HOUR));
    let purge = hour
        .app
        .app
        .purger
        .run(&hour.id)
        .expect("nothing holds it up");
    assert_eq!(purge.step, Step::Done);
    assert_eq!(hour.stage(), Stage::Purged);
    let db = &hour.app.app.db;
    let left = db.read_now("left", |tx| seats::left(tx, &hour.id));
    assert_eq!(left.expect("rows can be counted"), 0);
    let page = hour.app.visitor().get("/a/story-hour/purge");
    assert!(page.html.contains("manifest none"), "{}", page.text("main"));
    assert!(page.html.contains("result none"));
    assert!(
        hour.publicly().text("main").contains("第1場"),
        "sessions stay public"
    );
}

fn the_vault_writes_to_no_more_people_than_were_published(engine: Engine) {
    let sink = MailSink::start();
    let size = Size {
        sessions: 1,
        capacity: 1,
        waiting: 1,
        per_person: 1,
    };
    let hour = StoryHour::with_mail(engine, size, &sink.url());
    // One place and one in line: two people may be written to, however often places change hands.
    let mut holder = hour.enter(0, 0, true);
    for guest in 1..4 {
        let next = hour.enter(guest, 0, true);
        holder.give_back();
        hour.app.app.run_jobs().expect("due jobs can be read");
        next.accept();
        holder = next;
    }
    assert_eq!(sink.mails().len(), 2);
    let session = hour.session(0).id;
    let letters = hour
        .app
        .app
        .db
        .read_now("letters", |tx| letters::of_session(tx, &hour.id, &session))
        .expect("letters can be read");
    let refused = letters
        .iter()
        .filter(|letter| letter.stage == seats::LetterStage::Refused);
    assert_eq!(refused.count(), 1, "staff see that one was not written to");
}

fn an_activity_that_is_called_off_tells_everybody_with_a_place(engine: Engine) {
    let sink = MailSink::start();
    let hour = StoryHour::with_mail(engine, SMALL, &sink.url());
    let guests: Vec<Guest> = (0..3).map(|guest| hour.enter(guest, 0, true)).collect();
    let (db, vault) = (&hour.app.app.db, &hour.app.app.vault);
    db.write_now("cancel", |tx| {
        let facts = activity::by_id(tx, &hour.id)?;
        let by = StaffId::fresh();
        draw::cancel(tx, vault, &by, &facts, CancelCode::Force, "颱風停班")
    })
    .expect("an open activity can be called off");
    hour.app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(sink.mails().len(), 3);
    assert!(sink.mails()[0].text().contains("颱風停班"));
    let own = guests[0].own();
    assert!(
        own.text("main").contains("颱風停班"),
        "{}",
        own.text("main")
    );
    assert!(!own.html.contains("action=\"/entry/withdraw\""));
    assert_eq!(hour.stage(), Stage::Cancelled);
}

fn people_in_sessions_hear_of_a_breach(engine: Engine) {
    let sink = MailSink::start();
    let smtp = sink.url();
    let hour = StoryHour::with(engine, SMALL, |config| {
        config.smtp_url = smtp;
        config.breach_mail = true;
    });
    for guest in 0..3 {
        hour.enter(guest, 0, true);
    }
    let incident = NewIncident {
        noticed_at: start(),
        facts: words("名單遺失。", "A list was lost."),
        measures: words("已收回。", "It was found."),
        activities: vec![hour.id.clone()],
    };
    let config = &hour.app.app.config;
    hour.app
        .app
        .db
        .write_now("tell", |tx| {
            let id = breach::record(tx, config, &StaffId::fresh(), &incident)?;
            let seen = breach::fingerprint(&breach::find(tx, &id)?);
            breach::tell(tx, config, &StaffId::fresh(), &id, &seen, ByMail::Yes)
        })
        .expect("the operator allows letters");
    for _ in 0..2 {
        hour.app.app.run_jobs().expect("due jobs can be read");
    }
    let mut to: Vec<String> = sink.mails().iter().map(|mail| mail.to[0].clone()).collect();
    to.sort();
    assert_eq!(to, [email_of(0), email_of(1), email_of(2)]);
}
