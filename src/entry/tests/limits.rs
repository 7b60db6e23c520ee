//! Programs are slowed, people are not lost.

use std::time::Duration;

use rocket::futures::future::join_all;
use rocket::http::{ContentType, Status};
use rocket::local::asynchronous;
use rocket::local::blocking::Client;

use super::town::{Browser, SLUG, Seen, Town, encoded, mei};
use crate::entry;
use crate::entry::pages::Limits;

/// A refill that ends in the middle of a minute, so that a slow machine reads the same time.
const REFILL: Duration = Duration::from_secs(3_630);

/// One library for everybody of a test.
fn library(town: &Town, entries: u32) -> Browser {
    let rocket = town.rocket_with(Limits::with_entries(entries, REFILL));
    Browser(Client::tracked(rocket).expect("the routes do not collide"))
}

fn send_entry(library: &Browser, number: u64, network: u8) -> Seen {
    let check = library.fill(&mei(number));
    let from = format!("198.51.{network}.7:4711");
    library.send_from(&from, &format!("/a/{SLUG}/check"), &check.hidden())
}

/// Sends entries of one number until the library asks to wait: every answer's status and words.
fn until_refused(library: &Browser, number: u64, network: u8) -> Vec<(u16, Vec<String>)> {
    let mut answers = Vec::new();
    loop {
        let answer = send_entry(library, number, network);
        answers.push((answer.status.code, answer.words("main")));
        if answer.status == Status::TooManyRequests || answers.len() > 20 {
            return answers;
        }
    }
}

#[test]
fn whoever_tries_a_number_is_told_the_same_whether_its_person_entered_or_not() {
    let town = Town::with_draw();
    let library = library(&town, 8);
    // Number 1 entered at home, in network 1; somebody entered with number 2 in network 2.
    for (number, network) in [(1, 1), (2, 2)] {
        let taken = send_entry(&library, number, network);
        assert_eq!(taken.status, Status::SeeOther, "{}", taken.body);
    }
    // A stranger in another network, and a neighbour at home.
    for (networks, goes) in [((3, 4), 8), ((1, 2), 7)] {
        let entered = until_refused(&library, 1, networks.0);
        let unknown = until_refused(&library, 9, networks.1);
        assert_eq!(entered, unknown);
        assert_eq!(entered.len(), goes + 1);
    }
}

#[test]
fn nobody_is_kept_out_by_what_others_sent_with_the_own_number() {
    let town = Town::with_draw();
    let library = library(&town, 8);
    for _ in 0..8 {
        let bogus = send_entry(&library, 1, 1);
        assert_eq!(bogus.status, Status::SeeOther, "{}", bogus.body);
    }
    let own = send_entry(&library, 1, 2);
    assert_eq!(own.status, Status::SeeOther, "{}", own.body);
}

#[test]
fn a_network_that_sends_and_sends_is_asked_to_wait_and_keeps_what_was_typed() {
    let town = Town::with_draw();
    let browser = library(&town, 5);
    for _ in 0..5 {
        browser.enter(&mei(1));
    }
    let check = browser.fill(&mei(1));
    let busy = browser.send(&format!("/a/{SLUG}/check"), &check.hidden());
    assert_eq!(busy.status, Status::TooManyRequests);
    assert!(busy.body.contains("後再送一次"), "{}", busy.body);
    assert_eq!(busy.value("name"), "王小明");
    assert_eq!(town.read(|tx| entry::count(tx, &town.activity())).taken, 5);
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

#[test]
fn when_tags_run_short_one_network_does_not_take_what_others_need() {
    let town = Town::with_draw();
    let library = library(&town, 1_000);
    // Somebody with hundreds of networks has taken nearly all that the vault gives.
    let now = crate::platform::clock::Clock::system().now().0;
    let store = format!("tags 7000 {now}\nmatches 2000 {now}\n");
    let file = format!("keys/{}.tags", town.activity());
    std::fs::write(town.data().join(file), store).expect("written");
    let first = send_entry(&library, 1, 1);
    assert_eq!(first.status, Status::SeeOther, "{}", first.body);
    let second = send_entry(&library, 2, 1);
    assert_eq!(second.status, Status::TooManyRequests, "{}", second.body);
    assert!(second.body.contains("後再送一次"), "{}", second.body);
    assert_eq!(second.value("name"), "王小明", "what was typed stays");
    // Everybody else enters as before.
    for network in 2..9 {
        let other = send_entry(&library, u64::from(network), network);
        assert_eq!(other.status, Status::SeeOther, "{}", other.body);
    }
}
