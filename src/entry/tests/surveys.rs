//! Surveys: no person, and answers with or without a receipt.

use rocket::http::Status;

use super::town::{Answers, Form, SLUG, Town};
use crate::activity::Kind;
use crate::entry;
use crate::vault;

fn answers() -> Form {
    [("q_branch", "main"), ("q_words", "多一點漫畫")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn boxes(town: &Town) -> i64 {
    let activity = town.activity();
    town.read(|tx| Ok(vault::count(tx, activity.as_str())?))
        .answers
}

#[test]
fn answers_that_belong_to_nobody_get_thanks_and_no_code() {
    let town = Town::with(Kind::Survey, Answers::Unlinked);
    let browser = town.browser();
    let form = browser.open(&format!("/a/{SLUG}/enter"));
    assert!(!form.body.contains("name=\"national_id\"") && !form.body.contains("consent"));
    let check = browser.fill(&answers());
    assert_eq!(check.status, Status::Ok, "{}", check.body);
    let address = format!("/a/{SLUG}/check");
    let sent = browser.send(&address, &check.hidden());
    assert_eq!(sent.location, format!("/a/{SLUG}/thanks"));
    assert!(browser.open(&sent.location).body.contains("謝謝您的意見"));
    browser.send(&address, &check.hidden());
    assert_eq!(
        (
            boxes(&town),
            town.read(|tx| entry::count(tx, &town.activity())).taken
        ),
        (1, 1)
    );
    assert!(browser.open("/receipt").code().is_empty());
}

#[test]
fn one_survey_form_is_one_survey_however_often_it_is_sent() {
    let town = Town::with(Kind::Survey, Answers::Unlinked);
    let browser = town.browser();
    let page = browser.open(&format!("/a/{SLUG}/enter"));
    let mut form = page.hidden();
    form.extend(answers());
    for _ in 0..2 {
        let check = browser.send(&format!("/a/{SLUG}/enter"), &form);
        browser.send(&format!("/a/{SLUG}/check"), &check.hidden());
    }
    assert_eq!(boxes(&town), 1);
    browser.send(
        &format!("/a/{SLUG}/check"),
        &browser.fill(&answers()).hidden(),
    );
    assert_eq!(boxes(&town), 2);
}

#[test]
fn linked_answers_have_a_code_and_go_when_withdrawn() {
    let town = Town::with(Kind::Survey, Answers::Linked);
    let browser = town.browser();
    let receipt = browser.enter(&answers());
    assert!(receipt.number().is_empty() && !receipt.code().is_empty());
    assert_eq!(boxes(&town), 1);
    let page = browser.find(&receipt.code());
    assert!(page.body.contains("您的問卷答案已封存"));
    let ask = browser.send("/entry/withdraw", &page.hidden());
    let done = browser.send("/entry/withdraw", &ask.hidden());
    assert!(done.body.contains("您已經撤回"));
    assert_eq!(boxes(&town), 0);
}
