//! The main job from the first sign-in to the purge, over HTTP, on both databases.

use fairdraw::platform::clock::{DAY, HOUR};
use lucky_draw::verify::{Options, verify_bytes};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::mail_sink::MailSink;

on_both! {
    a_draw_lives_from_draft_to_purged_and_is_checked_before_and_after,
    a_second_entry_by_the_same_person_looks_the_same_and_is_void,
    the_fingerprint_on_a_receipt_is_the_one_in_the_published_list,
    a_person_withdraws_with_the_receipt_code,
    every_changing_route_is_behind_the_guard,
}

fn a_draw_lives_from_draft_to_purged_and_is_checked_before_and_after(engine: Engine) {
    let mail = MailSink::start();
    let url = mail.url();
    let life = Life::published(engine, |config| config.smtp_url = url);
    for n in 0..12 {
        life.enter(&Patron::number(n));
    }
    let early = life
        .app
        .visitor()
        .get(&format!("/d/{}/bundle.zip", life.draw));
    assert_eq!(early.status, Status::NotFound);

    let staff = life.draw();

    let before = life.bundle();
    let report = verify_bytes(&before, &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    let notify = format!("{}/notify", life.draw_base());
    let page = staff.get(&notify);
    let sent = staff.send(&page, &notify, &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    life.app.go_to(ROUND_TIME.plus(HOUR));
    assert_eq!(mail.mails().len(), 3, "three winners are told once");

    for days in [7, 14, 21, 28, 35] {
        life.app.go_to(ROUND_TIME.plus(days * DAY + HOUR));
    }
    life.app.go_to(ROUND_TIME.plus(40 * DAY + HOUR));

    let certificate = life.app.visitor().get(&format!("/d/{}/purge", life.draw));
    assert_eq!(certificate.status, Status::Ok, "{}", certificate.mistakes());
    assert!(certificate.html.contains("fairdraw purge certificate/1"));
    let after = life.bundle();
    assert_ne!(before, after, "settlements and certificate were added");
    let report = verify_bytes(&after, &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    let mut flipped = after;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    assert_eq!(verify_bytes(&flipped, &Options::default()).exit_code(), 1);
}

fn a_second_entry_by_the_same_person_looks_the_same_and_is_void(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let first = life.enter(&Patron::number(1));
    let second = life.enter(&Patron::number(1));
    assert_eq!(first.html.len(), second.html.len());

    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));

    let list = life.app.visitor().get(&format!("/d/{}/entries", life.draw));
    assert_eq!(
        list.texts("main td:first-child s").len(),
        1,
        "{}",
        list.text("main")
    );
}

fn the_fingerprint_on_a_receipt_is_the_one_in_the_published_list(engine: Engine) {
    let life = Life::published(engine, |_| ());
    life.enter(&Patron::number(1));
    let receipt = life.enter(&Patron::number(2));
    let leaf = receipt.text("main details dd code");
    let promised = format!("這個號碼的指紋開頭應該是 {}", &leaf[..19]);
    let said = receipt.text("main");
    assert!(said.contains(&promised), "{promised} in {said}");

    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    let visitor = life.app.visitor();
    let list = visitor.get(&format!("/d/{}/entries", life.draw));
    assert!(
        list.texts("main td").contains(&leaf),
        "{}",
        list.text("main")
    );
    let mine = visitor.get(&format!("/d/{}/check?ticket=1-3", life.draw));
    assert!(mine.text("main").contains(&leaf), "{}", mine.text("main"));
}

fn a_person_withdraws_with_the_receipt_code(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let code = life.enter(&Patron::number(1)).text("#secret");
    let person = life.app.visitor();

    let page = person.get("/entry");
    let mine = person.send(&page, "/entry", &[("code", &code)]);
    assert_eq!(mine.status, Status::Ok, "{}", mine.mistakes());
    let asked = person.send(&mine, "/entry/withdraw", &[]);
    assert_eq!(
        asked.text("main .big"),
        "0-0",
        "which entry goes is said before it goes"
    );
    let done = person.send(&asked, "/entry/withdraw", &[("sure", "yes")]);
    assert!(done.status.code < 400, "{}", done.mistakes());

    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    let list = life.app.visitor().get(&format!("/d/{}/entries", life.draw));
    assert_eq!(
        list.texts("main td:first-child s").len(),
        1,
        "{}",
        list.text("main")
    );
}

fn every_changing_route_is_behind_the_guard(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let rocket = life.app.app.rocket(rocket::Config::figment());
    assert_eq!(
        fairdraw::platform::web::guard::unprotected(&rocket),
        Vec::<String>::new()
    );
}
