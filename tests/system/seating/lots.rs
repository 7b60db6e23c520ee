//! Places by lot: each session is a draw that anybody can check, its line the reserves.

use std::collections::BTreeSet;

use fairdraw::draw::DrawStage;
use fairdraw::entry;
use lucky_draw::result::Slot;
use lucky_draw::verify::{Options, verify};

use crate::support::beacons::{recorded, time_of};

use super::*;

on_both! {
    places_by_lot_are_drawn_for_each_session,
    what_a_librarian_sees_before_sessions_are_drawn,
    whoever_changes_to_lots_is_asked_for_what_a_draw_needs,
}

/// A round that was really published: quicknet 10,000,000, due on 4 August 2024 at 20:29:24 UTC.
const ROUND: u64 = 10_000_000;

fn due() -> Timestamp {
    time_of(ROUND)
}

fn by_lot() -> Details {
    Details {
        closes_at: due().plus(-2 * DAY),
        freezes_at: due().plus(-HOUR),
        draws_at: due(),
        claim_days: 5,
        ..details(Kind::Seats(Allocation::ByLot))
    }
}

/// Two sessions of two places and two in line, a week after the draw.
fn sessions_after_the_draw() -> Vec<Planned> {
    let of = |at: u32| Planned {
        starts_at: due().plus(i64::from(7 + at) * DAY),
        waiting_places: 2,
        ..planned(at, SMALL)
    };
    vec![of(0), of(1)]
}

fn places_by_lot_are_drawn_for_each_session(engine: Engine) {
    let app = TestApp::with(engine, "2024-07-20T09:00:00+08:00", |_| {});
    let id = publish_as(&app, &by_lot(), &sessions_after_the_draw(), 1);
    app.go_to(start().plus(2 * DAY));
    let hour = StoryHour { app, id };
    let db = &hour.app.app.db;

    let visitor = hour.app.visitor();
    let form = visitor.get("/a/story-hour/enter");
    assert_eq!(
        form.texts("input[name=pool]").len(),
        2,
        "{}",
        form.mistakes()
    );
    let first = hour.session(0).id.0;
    for guest in 0..5 {
        draws_lots(&hour, guest, &first);
    }
    // Entering again is taken like the first time: nobody learns who has entered (D5).
    draws_lots(&hour, 0, &first);
    draws_lots(&hour, 9, &hour.session(1).id.0);
    assert_eq!(
        hour.session(0).taken,
        0,
        "nothing is counted before the draw"
    );

    hour.app.go_to(due().plus(-2 * DAY));
    hour.app.go_to(due().plus(-HOUR));
    db.clock().stand_at(due());
    let plans = db.read_now("plans", |tx| draw::plans(tx, &hour.id));
    let plans = plans.expect("the draws can be read");
    let mut winners = Vec::new();
    for plan in &plans {
        let result = db
            .write_now("receive", |tx| {
                let vault = &hour.app.app.vault;
                draw::receive(tx, vault, &Actor::System, &plan.id, &recorded(ROUND))
            })
            .expect("the round is taken")
            .expect("the round is the only source");
        let bundle = db
            .read_now("bundle", |tx| {
                let drawn = draw::by_id(tx, &plan.id)?;
                draw::bundle(tx, &hour.app.app.vault, &drawn)
            })
            .expect("the bundle can be put together");
        let report = verify(&bundle, &Options::default());
        assert_eq!(report.exit_code(), 0, "{}", report.result_line());
        let held = lucky_draw::result::holdings(&result, &[]);
        let place = |slot: &Slot| matches!(slot, Slot::Prize { slug, .. } if slug == "place");
        let (places, reserves): (Vec<_>, Vec<_>) =
            held.iter().partition(|holding| place(&holding.slot));
        winners.push((places.len(), reserves.len()));
        let people: BTreeSet<u64> = held.iter().map(|holding| holding.index).collect();
        assert_eq!(people.len(), held.len(), "nobody twice");
    }
    assert_eq!(winners, [(2, 2), (1, 0)]);
    assert_eq!(hour.stage(), Stage::Drawn);
    let public = hour.publicly().text("main");
    assert!(
        public.contains("第1場") && public.contains("名額"),
        "{public}"
    );
}

/// Somebody picks a session that is drawn.
fn draws_lots(hour: &StoryHour, guest: u64, session: &str) {
    let visitor = hour.app.visitor();
    let form = visitor.get("/a/story-hour/enter");
    let (id, email) = (id_of(guest), email_of(guest));
    let typed = [
        ("name", "陳小明"),
        ("national_id", id.as_str()),
        ("email", email.as_str()),
        ("pool", session),
        ("consent", "yes"),
    ];
    let check = visitor.send(&form, "/a/story-hour/enter", &typed);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    let sent = visitor.send(&check, "/a/story-hour/check", &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
}

fn what_a_librarian_sees_before_sessions_are_drawn(engine: Engine) {
    let app = TestApp::with(engine, "2024-07-20T09:00:00+08:00", |_| {});
    let staff = app.first_admin();
    let by = StaffId::fresh();
    let db = &app.app.db;
    let details = by_lot();
    let id = db
        .write_now("create", |tx| Activity::<Draft>::create(tx, &by, &details))
        .expect("a draft is made")
        .id
        .clone();
    let base = format!("/staff/activities/{id}");
    let empty = staff.get(&format!("{base}/publish"));
    assert!(
        empty.text("main").contains("請至少新增一個場次"),
        "{}",
        empty.text("main")
    );
    db.write_now("fields", |tx| {
        let version = activity::by_id(tx, &id)?.version;
        draft::save_asked(tx, &by, &id, version, &asked())
    })
    .expect("the fields are saved");
    for planned in sessions_after_the_draw() {
        db.write_now("session", |tx| {
            seats::draft::save(tx, &by, &id, None, &planned)
        })
        .expect("a session is saved");
    }
    let sessions = staff.get(&format!("{base}/sessions"));
    assert!(sessions.text("main").contains("每一場各抽一次"));
    assert_eq!(sessions.texts("input[name=per_person]").len(), 0);
    let ready = staff.get(&format!("{base}/publish"));
    let said = ready.text("main");
    assert!(said.contains("第1場") && said.contains("第2場"), "{said}");
    assert_eq!(
        ready.texts("details pre").len(),
        2,
        "the rules of each draw"
    );
    let done = staff.send(&ready, &format!("{base}/publish"), &[("sure", "yes")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let drums = db
        .read_now("drums", |tx| entry::drums(tx, &id))
        .expect("the drums can be read");
    let of_sessions: Vec<String> = drums.iter().map(|drum| drum.of.draw.clone()).collect();
    let sessions = db
        .read_now("sessions", |tx| seats::sessions(tx, &id))
        .expect("sessions can be read");
    let ids: Vec<String> = sessions.into_iter().map(|session| session.id.0).collect();
    assert_eq!(of_sessions, ids, "a draw has the id of its session");
    let plans = db.read_now("plans", |tx| draw::plans(tx, &id));
    let plans = plans.expect("the draws can be read");
    assert!(plans.iter().all(|plan| plan.stage == DrawStage::Open));
    let desk = staff.get(&base);
    assert_eq!(desk.status, Status::Ok, "{}", desk.mistakes());
}

fn whoever_changes_to_lots_is_asked_for_what_a_draw_needs(engine: Engine) {
    let app = TestApp::with(engine, "2024-07-20T09:00:00+08:00", |_| {});
    let staff = app.first_admin();
    let new = "/staff/activities/new";
    let page = staff.get("/staff/activities/new?kind=seats");
    assert_eq!(page.texts("input[name=draws]").len(), 0);
    let typed = [
        ("kind", "seats_by_lot"),
        ("slug", SLUG),
        ("title_zh", "週末說故事"),
        ("title_en", "Story hour"),
        ("text_zh", "一起聽故事。"),
        ("text_en", "Come and listen."),
        ("opens", &local(start().plus(DAY))),
        ("closes", &local(start().plus(10 * DAY))),
    ];
    let asked = staff.send(&page, new, &typed);
    assert_eq!(asked.status, Status::UnprocessableEntity);
    assert_eq!(
        asked.texts(".error-summary li").len(),
        1,
        "{}",
        asked.mistakes()
    );
    let form = asked.form(new);
    let value = |name: &str| {
        let found = form.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    assert_eq!(value("freezes"), local(start().plus(12 * DAY)));
    assert_eq!(value("draws"), local(start().plus(12 * DAY + HOUR)));
    let rules = [
        ("rules_zh", "每人選一場。"),
        ("rules_en", "One session each."),
    ];
    let done = staff.send(&asked, new, &rules);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(done.location.ends_with("/sessions"), "{}", done.location);
}
