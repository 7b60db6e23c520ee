//! "My entry": read it, take it back.

use lucky_draw::record::VoidCode;
use rocket::http::Status;

use super::town::{DRAW, Form, START, Town, mei};
use crate::entry::{self, own};
use crate::platform::clock::DAY;
use crate::vault;

fn with(form: Form, name: &str, value: &str) -> Form {
    let mut form = form;
    form.insert(name.to_owned(), value.to_owned());
    form
}

#[test]
fn the_holder_of_the_code_sees_the_own_data_and_nobody_else_does() {
    let town = Town::with_draw();
    let code = town.browser().enter(&mei(1)).code();
    let browser = town.browser();
    // As a person would type it.
    let typed = code.to_lowercase().replace('-', " ").replace('0', "O");
    let page = browser.find(&typed);
    assert_eq!(page.status, Status::Ok, "{}", page.body);
    assert_eq!(page.header("Cache-Control"), "no-store");
    let shown = page.words("dd").join(" ");
    for words in [
        "王○明",
        "王小明",
        "0912-***-678",
        "w***@example.org",
        "臺北市大安區",
        "建國南路二段",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(page.body.contains(&format!("/d/{DRAW}")));
    let file = browser.send("/entry/data", &page.hidden());
    let data: serde_json::Value = serde_json::from_str(&file.body).expect("JSON");
    assert_eq!(data["name"], "王小明");
    assert_eq!(data["id_number"], "not stored");
    assert_eq!(data["phone"], "0912-345-678");

    let again = browser.send("/entry/receipt", &page.hidden());
    assert_eq!(again.location, "/receipt");
    assert_eq!(browser.open("/receipt").code(), code);
}

#[test]
fn a_wrong_code_is_answered_alike_for_everybody() {
    let town = Town::with_draw();
    let code = town.browser().enter(&mei(1)).code();
    let browser = town.browser();
    let unknown = browser.find("0000-0000-0000-0000-0000");
    assert_eq!(unknown.status, Status::UnprocessableEntity);
    assert!(unknown.body.contains("查不到這個回條密碼"));
    // What was typed stays in its field; nothing else differs.
    let other = browser.find("1111-1111-1111-1111-1111").body;
    let other = other.replace("1111-1111-1111-1111-1111", "0000-0000-0000-0000-0000");
    assert_eq!(unknown.body, other);
    for (typed, words) in [
        ("", "請輸入回條密碼"),
        ("7GQ4", "現在是 4 個字"),
        ("U", "第 1 個字"),
    ] {
        assert!(browser.find(typed).body.contains(words), "{typed}");
    }
    // A slip in one character is caught by the check character.
    let mut slipped: Vec<char> = code.chars().collect();
    slipped[0] = if slipped[0] == '0' { '2' } else { '0' };
    let page = browser.find(&slipped.into_iter().collect::<String>());
    assert_eq!(page.status, Status::UnprocessableEntity);
    for address in ["/entry/data", "/entry/withdraw", "/entry/receipt"] {
        let page = browser.send(address, &with(Form::new(), "pass", "x"));
        assert_eq!(page.status, Status::UnprocessableEntity, "{address}");
    }
}

#[test]
fn a_person_withdraws_and_only_the_leaf_stays() {
    let town = Town::with_draw();
    let receipt = town.browser().enter(&mei(1));
    town.browser().enter(&mei(2));
    let activity = town.activity();
    let browser = town.browser();
    let page = browser.find(&receipt.code());
    let ask = browser.send("/entry/withdraw", &page.hidden());
    assert!(ask.body.contains("要撤回這筆報名嗎"));
    let before = town.read(|tx| entry::count(tx, &activity));
    assert_eq!(before.withdrawn, 0, "nothing happens before the button");
    let done = browser.send("/entry/withdraw", &ask.hidden());
    assert!(done.body.contains("您已經撤回這筆報名"), "{}", done.body);
    assert!(!done.body.contains("王"), "nothing of the person is left");

    let counts = town.read(|tx| entry::count(tx, &activity));
    assert_eq!((counts.taken, counts.withdrawn), (2, 1));
    let boxes = town.read(|tx| Ok(vault::count(tx, activity.as_str())?));
    assert_eq!(boxes.contacts, 1);
    assert_eq!(
        town.read(|tx| entry::voids(tx, &activity, DRAW)),
        [(0, VoidCode::W)]
    );
    assert!(
        town.read(|tx| entry::opening(tx, &activity, DRAW, 0))
            .is_none()
    );
    let ticket = town
        .read(|tx| entry::ticket(tx, &activity, DRAW, 0))
        .expect("the ticket stays");
    assert_eq!((ticket.contact_item, ticket.tag.0), (None, [0; 32]));
    // A second time changes nothing, and the receipt is no more.
    assert!(
        browser
            .send("/entry/withdraw", &ask.hidden())
            .body
            .contains("您已經撤回")
    );
    assert!(browser.find(&receipt.code()).body.contains("您已經撤回"));
    browser.send("/entry/receipt", &page.hidden());
    assert!(browser.open("/receipt").code().is_empty());
}

#[test]
fn squatting_and_withdrawing_locks_nobody_out() {
    let town = Town::with_draw();
    let activity = town.activity();
    let squatter = town.browser().enter(&mei(1));
    let owner = town.browser().enter(&mei(1));
    let voids = || town.read(|tx| entry::voids(tx, &activity, DRAW));
    assert_eq!(voids(), [(1, VoidCode::D)]);
    let browser = town.browser();
    let page = browser.find(&squatter.code());
    browser.send("/entry/withdraw", &with(page.hidden(), "sure", "yes"));
    assert_eq!(voids(), [(0, VoidCode::W)], "the owner's entry lives");
    assert!(
        town.read(|tx| entry::opening(tx, &activity, DRAW, 1))
            .is_some()
    );
    assert!(town.browser().find(&owner.code()).body.contains("已報名"));
}

#[test]
fn nothing_is_withdrawn_after_the_close() {
    let town = Town::with_draw();
    let receipt = town.browser().enter(&mei(1));
    town.clock.stand_at(START.plus(7 * DAY));
    let browser = town.browser();
    let page = browser.find(&receipt.code());
    assert!(page.body.contains("不能再撤回") && !page.body.contains("/entry/withdraw"));
    browser.send("/entry/withdraw", &with(page.hidden(), "sure", "yes"));
    assert_eq!(
        town.read(|tx| entry::count(tx, &town.activity())).withdrawn,
        0
    );
    let lookup = lookup(&town, &receipt.code());
    let late = town
        .db
        .write_now("withdraw", |tx| own::withdraw(tx, &lookup));
    assert!(matches!(late, Err(entry::Error::Ended)));
}

fn lookup(town: &Town, code: &str) -> lucky_draw::encode::Hash {
    let secret = lucky_draw::ticket::Secret::parse(code).expect("a code");
    town.vault.lookup(&secret).expect("a lookup")
}

#[test]
fn the_close_marks_second_entries_and_tells_their_holders() {
    let town = Town::with_draw();
    let activity = town.activity();
    town.browser().enter(&mei(1));
    let second = town.browser().enter(&mei(1));
    town.clock.stand_at(START.plus(7 * DAY));
    town.db
        .write_now("close", |tx| {
            entry::mark_voids(tx, &activity, DRAW)?;
            let open = crate::activity::Activity::at(crate::activity::by_id(tx, &activity)?)?;
            crate::activity::Activity::<crate::activity::stage::Open>::close(open, tx)?;
            Ok::<_, entry::Error>(())
        })
        .expect("closed");
    assert_eq!(town.read(|tx| entry::count(tx, &activity)).duplicates, 1);
    let first = town
        .read(|tx| entry::ticket(tx, &activity, DRAW, 0))
        .expect("there");
    let leaves = town.read(|tx| entry::duplicates_of(tx, &activity, DRAW, &first.tag));
    assert_eq!(leaves.len(), 1);
    assert_eq!(leaves[0].index, 1);
    assert!(
        town.browser()
            .find(&second.code())
            .body
            .contains("只有最早的一筆參加抽獎")
    );
    // Marked again, the answer is the same.
    let before = town.read(|tx| entry::voids(tx, &activity, DRAW));
    town.db
        .write_now("close again", |tx| entry::mark_voids(tx, &activity, DRAW))
        .expect("marked");
    assert_eq!(town.read(|tx| entry::voids(tx, &activity, DRAW)), before);
}

#[test]
fn staff_see_number_hour_and_state() {
    let town = Town::with_draw();
    let activity = town.activity();
    for n in 0..3 {
        town.browser().enter(&mei(n));
    }
    let page = town.read(|tx| entry::recent(tx, &activity, 1));
    assert_eq!((page.page, page.last, page.lines.len()), (1, 1, 3));
    assert_eq!(page.lines[0].index, Some(2));
    assert!(page.lines.iter().all(|line| line.hour == START.hour()));
    let line = town.read(|tx| entry::by_number(tx, &activity, 1)).remove(0);
    assert_eq!((line.index, line.void), (Some(1), None));
    assert!(
        town.read(|tx| entry::by_number(tx, &activity, 9))
            .is_empty()
    );
    let gone = town
        .browser()
        .open(&format!("/staff/activities/{activity}/entries"));
    assert_ne!(gone.status, Status::Ok, "only staff see the list");
}

#[test]
fn after_the_purge_a_code_belongs_to_nothing() {
    let town = Town::with_draw();
    let activity = town.activity();
    let code = town.browser().enter(&mei(1)).code();
    town.vault.erase(activity.as_str()).expect("erased");
    let page = town.browser().find(&code);
    assert!(page.body.contains("個人資料已刪除") && !page.body.contains("王○明"));
    let rows = town
        .db
        .write_now("forget", |tx| entry::forget(tx, &activity))
        .expect("forgotten");
    assert_eq!(rows, 2, "entry and ticket");
    assert!(
        town.browser()
            .find(&code)
            .body
            .contains("查不到這個回條密碼")
    );
}
