//! Every public page, walked by its links: nothing that anybody was promised is gone with the
//! personal data.

use std::collections::{BTreeSet, VecDeque};

use fairdraw::platform::clock::{DAY, HOUR};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::Person;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::mail_sink::MailSink;

on_both! {
    every_public_page_works_before_the_draw_after_it_and_after_the_purge,
    every_public_page_of_a_cancelled_draw_works,
}

/// Parts of the site that have tests of their own.
const ELSEWHERE: [&str; 5] = ["/staff", "/admin", "/assets/", "/stage/", "/members/me"];
/// Far more than there are; a walk that does not end would be a page that makes new addresses.
const MOST_PAGES: usize = 600;

/// Follows every link from the home page and answers with all that was opened.
fn walk(visitor: &Person<'_>) -> BTreeSet<String> {
    let mut waiting = VecDeque::from(["/".to_owned(), "/en".to_owned()]);
    let mut seen = BTreeSet::new();
    while let Some(address) = waiting.pop_front() {
        if !seen.insert(address.clone()) {
            continue;
        }
        assert!(seen.len() < MOST_PAGES, "{seen:?}");
        let answer = visitor.get(&address);
        assert_eq!(
            answer.status,
            Status::Ok,
            "{address}: {}",
            answer.mistakes()
        );
        assert!(!answer.bytes.is_empty(), "{address}");
        waiting.extend(answer.links().into_iter().filter(|to| {
            let own = to.strip_prefix("/en").unwrap_or(to);
            !ELSEWHERE.iter().any(|at| own.starts_with(at))
        }));
    }
    seen
}

/// The addresses that a draw has in its own right, found by no link in some phases.
fn pages_of(life: &Life) -> Vec<String> {
    let draw = format!("/d/{}", life.draw);
    let mut pages = Vec::new();
    for language in ["", "/en"] {
        for page in [
            "",
            "/entries",
            "/check?ticket=2-1",
            "/how",
            "/notes",
            "/verify",
        ] {
            pages.push(format!("{language}{draw}{page}"));
        }
        for page in [
            "/a/summer-2024",
            "/a/summer-2024/proof",
            "/verify/how",
            "/verify",
        ] {
            pages.push(format!("{language}{page}"));
        }
    }
    pages
}

fn every_public_page_works_before_the_draw_after_it_and_after_the_purge(engine: Engine) {
    let mail = MailSink::start();
    let url = mail.url();
    let life = Life::published(engine, |config| config.smtp_url = url);
    let visitor = life.app.visitor();
    let mut seen = BTreeSet::new();
    let mut look = |phase: &str| {
        for page in pages_of(&life) {
            let answer = visitor.get(&page);
            assert_eq!(
                answer.status,
                Status::Ok,
                "{phase}, {page}: {}",
                answer.mistakes()
            );
        }
        let before = seen.len();
        seen.extend(walk(&visitor));
        seen.len() - before
    };
    look("open, empty");
    for n in 0..8 {
        life.enter(&Patron::number(n));
    }
    life.enter(&Patron::number(3));
    look("open");
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    assert!(look("closed") > 2, "the list and the notes are new");
    life.app.go_to(ROUND_TIME.plus(-HOUR + 1_000));
    look("frozen");
    life.app.go_to(ROUND_TIME.plus(HOUR));
    look("late");
    let staff = life.draw();
    assert!(look("drawn") >= 2, "result and bundle are new");
    let notify = format!("{}/notify", life.draw_base());
    let told = staff.send(&staff.get(&notify), &notify, &[]);
    assert_eq!(told.status, Status::SeeOther, "{}", told.mistakes());
    for days in [7, 14, 21, 28, 35] {
        life.app.go_to(ROUND_TIME.plus(days * DAY + HOUR));
    }
    assert!(look("settled") >= 2, "the settlements are new");
    life.app.go_to(ROUND_TIME.plus(40 * DAY + HOUR));

    look("purged");
    let page = visitor.get(&format!("/d/{}", life.draw));
    assert!(
        page.text("main").contains("個人資料已刪除"),
        "{}",
        page.text("main")
    );
    // Nobody answered, so every prize was passed on, each time for a public reason.
    assert!(
        page.text("main").contains("（代碼 F）"),
        "the history stays"
    );
    let certificate = format!("/d/{}/purge", life.draw);
    assert!(seen.contains(&certificate), "{seen:?}");
    // What was public before the purge is public after it.
    for address in &seen {
        let answer = visitor.get(address);
        assert_eq!(
            answer.status,
            Status::Ok,
            "{address}: {}",
            answer.mistakes()
        );
    }
    let place = visitor.get(&format!("/d/{}/proof/2-1.json", life.draw));
    assert_eq!(place.status, Status::Ok);
    let listed = visitor.get("/a/summer-2024/proof?ticket=2-1");
    assert_eq!(listed.text(".panel h2"), "號碼 2-1 在名冊裡");
}

fn every_public_page_of_a_cancelled_draw_works(engine: Engine) {
    let life = Life::published(engine, |_| ());
    life.enter(&Patron::number(1));
    let staff = life.app.visitor();
    let page = staff.get("/staff/sign-in");
    let name = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    staff.send(&page, "/staff/sign-in", &name);
    let path = format!("{}/cancel", life.base());
    let page = staff.get(&path);
    let code = page.first_choice("code");
    let done = staff.send(
        &page,
        &path,
        &[
            ("code", &code),
            ("words_zh", "參加的人太少。"),
            ("words_en", "Too few people."),
            ("sure", "yes"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let visitor = life.app.visitor();
    for days in [0, 3, 60] {
        life.app.go_to(ROUND_TIME.plus(days * DAY));
        for page in pages_of(&life) {
            let answer = visitor.get(&page);
            assert_eq!(answer.status, Status::Ok, "{page}: {}", answer.mistakes());
        }
        let seen = walk(&visitor);
        assert!(
            seen.contains(&format!("/d/{}/notes/cancel.note", life.draw)),
            "{seen:?}"
        );
    }
}
