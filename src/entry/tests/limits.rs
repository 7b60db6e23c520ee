//! Programs are slowed, people are not lost.

use rocket::futures::future::join_all;
use rocket::http::{ContentType, Status};
use rocket::local::asynchronous;

use super::town::{SLUG, Town, encoded, mei};
use crate::entry;

#[test]
fn a_person_who_enters_again_and_again_is_asked_to_wait_and_keeps_what_was_typed() {
    let town = Town::with_draw();
    let browser = town.browser();
    for _ in 0..5 {
        browser.enter(&mei(1));
    }
    let check = browser.fill(&mei(1));
    let busy = browser.send(&format!("/a/{SLUG}/check"), &check.hidden());
    assert_eq!(busy.status, Status::TooManyRequests);
    assert!(busy.body.contains("後再送一次"), "{}", busy.body);
    assert_eq!(busy.hidden()["name"], "王小明");
    assert_eq!(town.read(|tx| entry::count(tx, &town.activity())).taken, 5);
    // Others are not kept waiting.
    assert!(!browser.enter(&mei(2)).number().is_empty());
}

#[test]
fn one_button_pressed_eight_times_at_once_is_one_entry_and_nobody_waits() {
    let town = Town::with_draw();
    let hidden = town.browser().fill(&mei(1)).hidden();
    let path = format!("/a/{SLUG}/check");
    let statuses = rocket::execute(async {
        let client = asynchronous::Client::tracked(town.rocket()).await;
        let client = client.expect("the routes do not collide");
        let presses = (0..8).map(|_| {
            let request = client.post(path.as_str()).header(ContentType::Form);
            request.body(encoded(&hidden)).dispatch()
        });
        let answers = join_all(presses).await;
        answers
            .iter()
            .map(|answer| answer.status())
            .collect::<Vec<_>>()
    });
    assert_eq!(statuses, [Status::SeeOther; 8]);
    assert_eq!(town.read(|tx| entry::count(tx, &town.activity())).taken, 1);
}

#[test]
fn a_form_with_the_trap_filled_shows_the_trap() {
    let town = Town::with_draw();
    let browser = town.browser();
    let mut form = mei(1);
    form.insert("website".into(), "https://example.org".into());
    let page = browser.fill(&form);
    assert_eq!(page.status, Status::UnprocessableEntity);
    assert!(page.words(".vh #website").is_empty());
    assert_eq!(page.value("website"), "https://example.org");
    assert_eq!(page.value("name"), "王小明");
}

#[test]
fn receipt_codes_cannot_be_tried_without_end() {
    let town = Town::with_draw();
    let browser = town.browser();
    let statuses: Vec<u16> = (0..80)
        .map(|_| browser.find("0000-0000-0000-0000-0000").status.code)
        .collect();
    assert_eq!(statuses.first(), Some(&422));
    assert!(statuses.contains(&429));
}
