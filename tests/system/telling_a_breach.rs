//! An incident is written down by one, told to people after another approved the words.

use fairdraw::account::Role;
use fairdraw::platform::clock::HOUR;
use fairdraw::platform::config::Config;
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Person, local};
use crate::support::life::{Life, Patron};
use crate::support::mail_sink::MailSink;
use crate::support::staff::colleague;

on_both! {
    people_read_of_an_incident_after_a_second_person_approved_the_words,
    the_time_for_the_report_is_a_setting_and_the_page_says_when_it_is_over,
    everybody_affected_is_told_and_the_web_side_saw_no_address,
    no_letter_leaves_unless_the_operator_allows_it,
}

const FACTS: &str = "113 年 8 月 4 日有一份得獎名單誤寄給其他單位。";

/// Writes an incident down; answers with its address.
fn record(officer: &Person<'_>, life: &Life) -> String {
    let page = officer.get("/admin/incidents/new");
    let now = life.app.app.db.clock().now();
    let values = [
        ("noticed", local(now.plus(-HOUR))),
        ("activities", life.activity.clone()),
        ("facts_zh", FACTS.to_owned()),
        (
            "facts_en",
            "A list of winners was sent to another office.".to_owned(),
        ),
        ("measures_zh", "名單已收回並刪除。".to_owned()),
        (
            "measures_en",
            "The list was taken back and deleted.".to_owned(),
        ),
    ];
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let done = officer.send(&page, "/admin/incidents/new", &values);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    done.location
}

fn life(engine: Engine, change: impl FnOnce(&mut Config)) -> Life {
    let life = Life::published(engine, change);
    for number in 0..3 {
        life.enter(&Patron::number(number));
    }
    // One of the three enters again and again.
    for _ in 0..2 {
        life.enter(&Patron::number(0));
    }
    life
}

fn people_read_of_an_incident_after_a_second_person_approved_the_words(engine: Engine) {
    let life = life(engine, |_| {});
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let visitor = life.app.visitor();
    let public = || visitor.get("/a/summer-2024");

    let empty = officer.get("/admin/incidents/new");
    let empty = officer.send(&empty, "/admin/incidents/new", &[("facts_zh", "寫到一半")]);
    assert_eq!(empty.status, Status::UnprocessableEntity);
    assert!(empty.html.contains("寫到一半"));

    let at = record(&officer, &life);
    let page = officer.get(&at);
    assert!(page.text("main").contains("3 人"), "{}", page.text("main"));
    assert!(
        !page.html.contains("value=\"tell\""),
        "not by whoever wrote it"
    );
    assert!(!public().html.contains(FACTS));
    let list = officer.get(&format!("{at}/affected/{}", life.activity));
    assert_eq!(list.status, Status::Ok);
    assert!(list.html.contains(&crate::holding::ticket(2)));
    assert!(!list.html.contains(&Patron::number(2).name));

    // Words that were changed meanwhile are not approved unseen.
    let page = admin.get(&at);
    let reworded = [
        ("do", "reword"),
        ("measures_zh", "名單已收回、刪除並改用加密。"),
    ];
    let done = officer.send(&officer.get(&at), &at, &reworded);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let unseen = admin.send(&page, &at, &[("do", "tell")]);
    assert_eq!(unseen.status, Status::UnprocessableEntity);
    let told = admin.send(&admin.get(&at), &at, &[("do", "tell")]);
    assert_eq!(told.status, Status::SeeOther, "{}", told.mistakes());
    assert!(public().html.contains(FACTS));
    assert!(
        visitor
            .get("/en/a/summer-2024")
            .html
            .contains("A list of winners")
    );

    let done = admin.send(
        &admin.get(&at),
        &at,
        &[("do", "reported"), ("number", "PDPC-113-7")],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let done = admin.send(&admin.get(&at), &at, &[("do", "close")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(!public().html.contains(FACTS));
    assert!(admin.get(&at).text("main").contains("PDPC-113-7"));
}

fn the_time_for_the_report_is_a_setting_and_the_page_says_when_it_is_over(engine: Engine) {
    let life = life(engine, |config| config.incident_report_hours = 48);
    let admin = life.draw();
    let at = record(&admin, &life);
    assert!(!admin.get(&at).text("main").contains("已超過通報時限"));
    let now = life.app.app.db.clock().now();
    life.app.go_to(now.plus(46 * HOUR));
    let admin = crate::support::staff::sign_in(&life.app, "陳館員");
    assert!(!admin.get(&at).text("main").contains("已超過通報時限"));
    life.app.go_to(now.plus(49 * HOUR));
    let admin = crate::support::staff::sign_in(&life.app, "陳館員");
    assert!(admin.get(&at).text("main").contains("已超過通報時限"));
    assert!(
        admin
            .get("/admin/incidents")
            .text("main")
            .contains("48 小時")
    );
}

fn everybody_affected_is_told_and_the_web_side_saw_no_address(engine: Engine) {
    let sink = MailSink::start();
    let smtp = sink.url();
    let life = life(engine, |config| {
        config.smtp_url = smtp;
        config.breach_mail = true;
    });
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let at = record(&officer, &life);
    let page = admin.get(&at);
    let told = admin.send(&page, &at, &[("do", "tell"), ("by_mail", "yes")]);
    assert_eq!(told.status, Status::SeeOther, "{}", told.mistakes());
    life.app.app.run_jobs().expect("due jobs can be read");
    life.app.app.run_jobs().expect("due jobs can be read");

    // Three people entered, winners among them or not: one letter each, and to nobody else.
    let mut written: Vec<String> = sink.mails().into_iter().flat_map(|mail| mail.to).collect();
    written.sort();
    let mut expected: Vec<String> = (0..3).map(|number| Patron::number(number).email).collect();
    expected.sort();
    assert_eq!(written, expected);
    for mail in sink.mails() {
        let text = mail.text();
        assert!(
            text.contains(FACTS) && text.contains("名單已收回並刪除"),
            "{text}"
        );
        for number in 0..3 {
            assert!(
                !text.contains(&Patron::number(number).name),
                "no name in the letter"
            );
        }
    }
    let page = admin.get(&at);
    assert!(
        page.text("main").contains("已寄出：3"),
        "{}",
        page.text("main")
    );
    for number in 0..3 {
        assert!(!page.html.contains(&Patron::number(number).email));
    }
    // Nobody is written to twice, whatever asks for it.
    life.app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(sink.mails().len(), 3);
    let filter = fairdraw::audit::Filter {
        activity: life.activity.clone(),
        ..fairdraw::audit::Filter::default()
    };
    let record = life
        .app
        .app
        .db
        .read_now("record", |tx| fairdraw::audit::list(tx, &filter, 1));
    let record = record.expect("the record can be read").records;
    assert_eq!(
        record
            .iter()
            .filter(|line| line.act == "vault.told")
            .count(),
        3
    );
}

fn no_letter_leaves_unless_the_operator_allows_it(engine: Engine) {
    let sink = MailSink::start();
    let smtp = sink.url();
    let life = life(engine, |config| config.smtp_url = smtp);
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let at = record(&officer, &life);
    let page = admin.get(&at);
    assert!(
        page.text("main").contains("breach_mail"),
        "{}",
        page.text("main")
    );
    let asked = admin.send(&page, &at, &[("do", "tell"), ("by_mail", "yes")]);
    assert_eq!(asked.status, Status::UnprocessableEntity);
    life.app.app.run_jobs().expect("due jobs can be read");
    assert!(sink.mails().is_empty());
}
