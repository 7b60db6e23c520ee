//! The promise measured: two hundred people leave something unique in every field, and after the
//! purge no file holds any of it.

use fairdraw::platform::clock::{DAY, HOUR};
use fairdraw::platform::config::Config;
use rocket::http::Status;

use crate::support::Engine;
use crate::support::canary::Scan;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::mail_sink::MailSink;

#[cfg(not(feature = "leak-control"))]
on_both! {
    nothing_of_two_hundred_people_is_readable_before_or_after_the_purge,
    id_numbers_are_nowhere_at_any_time,
}

#[cfg(feature = "leak-control")]
on_both! {
    id_numbers_are_nowhere_at_any_time,
}

#[cfg(not(feature = "leak-control"))]
fn nothing_of_two_hundred_people_is_readable_before_or_after_the_purge(engine: Engine) {
    let (before, after) = scanned(engine, 200);
    assert_eq!(
        before,
        Vec::<String>::new(),
        "sealed while the activity lives"
    );
    assert_eq!(after, Vec::<String>::new());
}

/// In a build that stores one field in clear, the same scan must find it.
#[cfg(feature = "leak-control")]
#[test]
fn positive_control_a_field_stored_in_clear_is_found() {
    let (before, _) = scanned(Engine::Sqlite, 20);
    assert!(!before.is_empty());
}

fn entered(engine: Engine, people: u64, change: impl FnOnce(&mut Config)) -> Life {
    let life = Life::published(engine, change);
    for n in 0..people {
        life.enter(&Patron::number(n));
    }
    // A form that comes back with a mistake holds personal data too.
    let visitor = life.app.visitor();
    let form = visitor.get("/a/summer-2024/enter");
    let patron = Patron::number(0);
    let again = visitor.send(
        &form,
        "/a/summer-2024/enter",
        &[("name", &patron.name), ("phone", &patron.phone)],
    );
    assert_eq!(again.status, Status::UnprocessableEntity);
    life
}

fn canaries(people: u64) -> Vec<String> {
    (0..people)
        .flat_map(|n| Patron::number(n).canaries())
        .collect()
}

fn finds(life: &Life, canaries: &[String]) -> Vec<String> {
    let scan = Scan::of(canaries);
    let mut found = Vec::new();
    for place in life.app.database.places() {
        found.extend(scan.path(&place));
    }
    found.extend(scan.bytes("rows", life.app.database.rows().as_bytes()));
    found
        .into_iter()
        .map(|find| format!("{} in {}", find.dress, find.place))
        .collect()
}

/// Lives through every flow with this many people, and scans before and after the purge.
fn scanned(engine: Engine, people: u64) -> (Vec<String>, Vec<String>) {
    let mail = MailSink::start();
    let url = mail.url();
    let life = entered(engine, people, |config| config.smtp_url = url);
    let staff = life.draw();
    let notify = format!("{}/notify", life.draw_base());
    let told = staff.send(&staff.get(&notify), &notify, &[]);
    assert_eq!(told.status, Status::SeeOther, "{}", told.mistakes());
    for format in ["csv", "xlsx"] {
        let page = staff.get("/admin/exports");
        let file = staff.send(
            &page,
            "/admin/exports",
            &[
                ("draw", &life.draw),
                ("purpose", &page.first_choice("purpose")),
                ("format", format),
                ("reason", "通知得獎者"),
            ],
        );
        assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    }
    life.app.go_to(ROUND_TIME.plus(HOUR));
    assert_eq!(mail.mails().len(), 3, "the winners were told");
    let before = finds(&life, &canaries(people));
    for days in [7, 14, 21, 28, 35] {
        life.app.go_to(ROUND_TIME.plus(days * DAY + HOUR));
    }
    life.app.go_to(ROUND_TIME.plus(40 * DAY + HOUR));
    let certificate = life.app.visitor().get(&format!("/d/{}/purge", life.draw));
    assert!(
        certificate.html.contains("fairdraw purge certificate/1"),
        "{}",
        certificate.text("main")
    );
    (before, finds(&life, &canaries(people)))
}

fn id_numbers_are_nowhere_at_any_time(engine: Engine) {
    let life = entered(engine, 20, |_| ());
    let ids: Vec<String> = (0..20).map(|n| Patron::number(n).national_id).collect();
    assert_eq!(finds(&life, &ids), Vec::<String>::new());
}
