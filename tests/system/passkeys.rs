//! How staff use a passkey in the place of the telephone's code, and what does not pass for one.

use diesel::RunQueryDsl;
use fairdraw::account::{self, Role};
use fairdraw::audit::{self, Filter};
use fairdraw::platform::clock::{MINUTE, SECOND};
use fairdraw::platform::db;
use rocket::http::Status;
use serde_json::json;

use crate::second_step::{Telephone, equipped, first_step, give};
use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::authenticator::{Authenticator, asked};

on_both! {
    a_passkey_opens_the_door_in_the_place_of_a_code,
    an_answer_counts_once,
    a_passkey_answers_nobody_elses_question,
    an_answer_of_another_site_or_without_the_person_opens_nothing,
    a_new_passkey_is_of_this_site_and_of_a_verified_person,
    a_copied_device_is_refused_and_one_that_does_not_count_is_not,
    wrong_answers_lock_the_account_as_wrong_codes_do,
    a_passkey_of_somebody_else_opens_nothing_not_even_from_another_row,
    a_passkey_confirms_and_the_form_goes_on,
    a_removed_passkey_opens_nothing_and_other_devices_are_signed_out,
    a_reset_by_an_admin_takes_passkeys_too,
    an_account_has_five_and_a_device_one,
    a_copy_of_the_database_names_no_passkey,
    where_there_can_be_no_passkey_none_is_offered,
}

const START: &str = "2026-11-23T09:00:05+08:00";
const ORIGIN: &str = "https://draw.lib.example.tw";
const OWN: &str = "/staff/account";
const ADD: &str = "/staff/account/passkey";
const REMOVE: &str = "/staff/account/passkey/remove";
const SIGN_IN: &str = "/staff/sign-in";

fn site(engine: Engine) -> TestApp {
    TestApp::with(engine, START, |config| {
        config.staff_second_factor = true;
        config.public_origin = ORIGIN.to_owned();
    })
}

/// Makes a passkey of whoever is signed in.
fn add(person: &Person<'_>, device: &mut Authenticator, label: &str) -> Answer {
    let page = person.post_once(ADD, &[]);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let answer = device.make(&page);
    keep(person, &page, &answer, label)
}

fn keep(person: &Person<'_>, page: &Answer, answer: &str, label: &str) -> Answer {
    person.send(page, ADD, &[("answer", answer), ("label", label)])
}

/// Somebody with a telephone and a passkey.
fn keyed<'a>(app: &'a TestApp, name: &str, device: &mut Authenticator) -> (Person<'a>, Telephone) {
    let (person, telephone, _) = equipped(app, name, &[Role::Librarian]);
    let done = add(&person, device, "櫃檯電腦");
    assert_eq!(
        done.location,
        "/staff/account?done=passkey",
        "{}",
        done.mistakes()
    );
    (person, telephone)
}

/// Sends what a passkey answers to the page that asks for a code.
fn answer(person: &Person<'_>, page: &Answer, answer: &str) -> Answer {
    person.send(page, SIGN_IN, &[("proof_passkey", answer)])
}

fn is_refused(app: &TestApp, name: &str, change: impl FnOnce(&Answer) -> String) {
    let (person, page) = first_step(app, name);
    let came = answer(&person, &page, &change(&page));
    assert_eq!(came.status, Status::UnprocessableEntity);
    assert!(
        came.mistakes().contains("通行金鑰不符"),
        "{}",
        came.mistakes()
    );
    assert_eq!(came.header("Set-Cookie"), "", "no session");
    assert!(!person.get("/staff").location.is_empty(), "nothing is open");
}

fn acts(app: &TestApp) -> Vec<String> {
    let listing = app
        .app
        .db
        .read_now("acts", |tx| audit::list(tx, &Filter::default(), 1));
    let records = listing.expect("the record can be read").records.into_iter();
    records.map(|one| one.act).collect()
}

fn a_passkey_opens_the_door_in_the_place_of_a_code(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    let (person, telephone) = keyed(&app, "陳館員", &mut device);
    let own = person.get(OWN);
    assert!(own.text("main").contains("櫃檯電腦"));
    assert!(own.text("main").contains("尚未使用"));
    assert!(acts(&app).contains(&"staff.passkey_added".to_owned()));

    let (chen, page) = first_step(&app, "陳館員");
    let options = asked(&page, "get");
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["rpId"], "draw.lib.example.tw");
    let done = answer(&chen, &page, &device.sign(&page));
    assert_eq!(done.location, "/staff", "{}", done.mistakes());
    assert_eq!(chen.get("/staff").status, Status::Ok);
    assert!(!chen.get(OWN).text("main").contains("尚未使用"));

    // The code goes on working from the same page.
    let (chen, page) = first_step(&app, "陳館員");
    let done = give(&chen, &page, &telephone.next_code(&app));
    assert_eq!(done.location, "/staff", "{}", done.mistakes());
    let english = chen.get("/en/staff/account");
    assert!(english.text("main").contains("Remove “櫃檯電腦”"));
}

fn an_answer_counts_once(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    // Without a counter nothing but the row remembers.
    device.counter = None;
    keyed(&app, "陳館員", &mut device);
    let (chen, page) = first_step(&app, "陳館員");
    let said = device.sign(&page);
    assert_eq!(answer(&chen, &page, &said).location, "/staff");

    // The same page and the same answer, in another browser.
    let thief = app.visitor();
    let again = answer(&thief, &page, &said);
    assert_eq!(again.status, Status::UnprocessableEntity);
    assert!(again.mistakes().contains("已經用過"));
    // An answer that was never sent, to a page from before the last use.
    let (first, left) = first_step(&app, "陳館員");
    let kept = device.sign(&left);
    let (second, page) = first_step(&app, "陳館員");
    let said = device.sign(&page);
    assert_eq!(answer(&second, &page, &said).location, "/staff");
    let late = answer(&first, &left, &kept);
    assert_eq!(late.status, Status::UnprocessableEntity);
    // What was asked lies no longer than the page.
    let (chen, page) = first_step(&app, "陳館員");
    let said = device.sign(&page);
    app.app.db.clock().advance(15 * MINUTE + SECOND);
    let late = answer(&chen, &page, &said);
    assert!(
        late.location.starts_with("/staff/sign-in"),
        "it begins anew"
    );
}

fn a_passkey_answers_nobody_elses_question(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    keyed(&app, "陳館員", &mut device);
    // What one page asked is no question of another: neither of another sign-in of the same
    // person, nor in part.
    let (_, left) = first_step(&app, "陳館員");
    let said = device.sign(&left);
    let (person, page) = first_step(&app, "陳館員");
    let field = |page: &Answer| {
        let fields = page.form(SIGN_IN);
        let found = fields.into_iter().find(|(name, _)| name == "proof_asked");
        found.expect("it was asked").1
    };
    let (old, new) = (field(&left), field(&page));
    for asked in [old.as_str(), new.as_str(), "", "nothing of ours"] {
        let fields = [("proof_asked", asked), ("proof_passkey", said.as_str())];
        let came = person.send(&page, SIGN_IN, &fields);
        assert_eq!(came.status, Status::UnprocessableEntity, "{asked}");
    }
    assert!(!person.get("/staff").location.is_empty());
}

fn an_answer_of_another_site_or_without_the_person_opens_nothing(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    keyed(&app, "陳館員", &mut device);
    let good = device.clone();
    is_refused(&app, "陳館員", |page| {
        let mut away = good.clone();
        away.origin = "https://draw.lib.example.tw.evil.example".to_owned();
        away.sign(page)
    });
    is_refused(&app, "陳館員", |page| {
        let mut options = asked(page, "get");
        options["rpId"] = json!("evil.example");
        good.clone().sign_for(&options)
    });
    is_refused(&app, "陳館員", |page| {
        let mut options = asked(page, "get");
        options["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        good.clone().sign_for(&options)
    });
    is_refused(&app, "陳館員", |page| {
        let mut asleep = good.clone();
        asleep.verifies = false;
        asleep.sign(page)
    });
    // Four are not five; and what is no answer at all is one more.
    let (chen, page) = first_step(&app, "陳館員");
    let done = answer(&chen, &page, &device.sign(&page));
    assert_eq!(done.location, "/staff", "{}", done.mistakes());
    for nonsense in ["{}", "not JSON", &"x".repeat(100_000)] {
        is_refused(&app, "陳館員", |_| nonsense.to_owned());
    }
}

fn a_new_passkey_is_of_this_site_and_of_a_verified_person(engine: Engine) {
    let app = site(engine);
    let (person, _, _) = equipped(&app, "陳館員", &[Role::Librarian]);
    let refused = |change: &dyn Fn(&Answer) -> String| {
        let page = person.post_once(ADD, &[]);
        let came = keep(&person, &page, &change(&page), "我的");
        assert_eq!(came.status, Status::UnprocessableEntity);
        assert!(came.mistakes().contains("沒有新增"), "{}", came.mistakes());
        assert!(came.html.contains("value=\"我的\""), "the name is not lost");
    };
    let good = Authenticator::new(ORIGIN, 7);
    refused(&|page| {
        let mut away = Authenticator::new("https://evil.example", 7);
        away.make(page)
    });
    refused(&|page| {
        let mut options = asked(page, "create");
        options["rp"]["id"] = json!("evil.example");
        good.clone().make_for(&options)
    });
    refused(&|page| {
        let mut options = asked(page, "create");
        options["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        good.clone().make_for(&options)
    });
    refused(&|page| {
        let mut asleep = good.clone();
        asleep.verifies = false;
        asleep.make(page)
    });
    refused(&|_| String::new());
    // What one was asked is not for another.
    let page = person.post_once(ADD, &[]);
    let said = good.clone().make(&page);
    let (zhou, _, _) = equipped(&app, "周館員", &[Role::Librarian]);
    assert_eq!(keep(&zhou, &page, &said, "別人的").status, Status::Gone);
    let done = keep(&person, &page, &said, "  ");
    assert_eq!(done.location, "/staff/account?done=passkey");
    assert!(person.get(OWN).text("main").contains("刪除「通行金鑰」"));
}

fn a_copied_device_is_refused_and_one_that_does_not_count_is_not(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    keyed(&app, "陳館員", &mut device);
    let mut copied = device.clone();
    for _ in 0..2 {
        let (chen, page) = first_step(&app, "陳館員");
        assert_eq!(answer(&chen, &page, &device.sign(&page)).location, "/staff");
    }
    is_refused(&app, "陳館員", |page| copied.sign(page));
    is_refused(&app, "陳館員", |page| copied.sign(page));

    let mut kept_in_step = Authenticator::new(ORIGIN, 9);
    kept_in_step.counter = None;
    keyed(&app, "周館員", &mut kept_in_step);
    for _ in 0..3 {
        let (zhou, page) = first_step(&app, "周館員");
        let done = answer(&zhou, &page, &kept_in_step.sign(&page));
        assert_eq!(done.location, "/staff", "{}", done.mistakes());
    }
}

fn wrong_answers_lock_the_account_as_wrong_codes_do(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    let (_, telephone) = keyed(&app, "陳館員", &mut device);
    let (person, mut page) = first_step(&app, "陳館員");
    for _ in 0..5 {
        page = answer(&person, &page, "{}");
        assert_eq!(page.status, Status::UnprocessableEntity);
    }
    let shut = answer(&person, &page, &device.sign(&page));
    assert_eq!(shut.status, Status::UnprocessableEntity, "it is locked");
    let shut = give(&person, &page, &telephone.next_code(&app));
    assert_eq!(shut.status, Status::UnprocessableEntity);
    assert!(acts(&app).contains(&"staff.locked".to_owned()));

    app.app.db.clock().advance(15 * MINUTE);
    let (person, page) = first_step(&app, "陳館員");
    let done = answer(&person, &page, &device.sign(&page));
    assert_eq!(done.location, "/staff", "{}", done.mistakes());
}

fn a_passkey_of_somebody_else_opens_nothing_not_even_from_another_row(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    keyed(&app, "陳館員", &mut device);
    let mut other = Authenticator::new(ORIGIN, 9);
    keyed(&app, "周館員", &mut other);
    is_refused(&app, "陳館員", |page| other.sign(page));
    let (zhou, page) = first_step(&app, "周館員");
    assert_eq!(answer(&zhou, &page, &other.sign(&page)).location, "/staff");

    // Somebody writes into the database: the box is for the account that it was sealed for.
    let id = |name: &str| {
        let staff = app.app.db.read_now("staff", account::list).expect("read");
        let found = staff.into_iter().find(|one| one.name == name);
        found.expect("an account").id
    };
    let (chen, zhou) = (id("陳館員"), id("周館員"));
    let change = format!("UPDATE staff_passkeys SET staff_id = '{chen}' WHERE staff_id = '{zhou}'");
    let changed = app.app.db.write_now("move row", |tx| {
        Ok::<_, db::Error>(diesel::sql_query(&change).execute(tx.conn())?)
    });
    assert_eq!(changed.expect("it is moved"), 1);
    let (_, page) = first_step(&app, "陳館員");
    let offered = asked(&page, "get")["allowCredentials"].clone();
    assert_eq!(offered.as_array().map(Vec::len), Some(1), "the own one");
    is_refused(&app, "陳館員", |page| other.sign(page));
    let (chen, page) = first_step(&app, "陳館員");
    assert_eq!(answer(&chen, &page, &device.sign(&page)).location, "/staff");
}

fn a_passkey_confirms_and_the_form_goes_on(engine: Engine) {
    const NEW: &str = "/admin/staff/new";
    let app = site(engine);
    let (admin, _, _) = equipped(&app, "林主任", &[Role::Admin]);
    let mut device = Authenticator::new(ORIGIN, 7);
    add(&admin, &mut device, "櫃檯電腦");
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let typed = [pair("name", "周館員"), pair("role", "librarian")];
    app.app.db.clock().advance(10 * MINUTE);
    let page = admin.post_once(NEW, &typed);
    assert_eq!(page.text("h1"), "請再確認一次身分");
    let proven = |page: &Answer, answer: &str| {
        let mut fields = page.form(NEW);
        fields.retain(|(name, _)| name != "proof_passkey");
        fields.push(pair("proof_passkey", answer));
        fields
    };
    // From another session of the same person it does not count.
    let (elsewhere, asking) = first_step(&app, "林主任");
    let came = answer(&elsewhere, &asking, &device.sign(&asking));
    assert_eq!(came.location, "/staff", "{}", came.mistakes());
    app.app.db.clock().advance(10 * MINUTE);
    let page_elsewhere = elsewhere.post_once(NEW, &typed);
    let said = device.sign(&page_elsewhere);
    let stolen = admin.post_once(NEW, &proven(&page_elsewhere, &said));
    assert_eq!(stolen.status, Status::UnprocessableEntity);
    assert_eq!(&stolen.form(NEW)[..2], &typed, "nothing typed is lost");

    // The page of before was asked before the sign-in elsewhere; the fresh one counts.
    let late = admin.post_once(NEW, &proven(&page, &device.sign(&page)));
    assert_eq!(late.status, Status::UnprocessableEntity);
    let body = proven(&late, &device.sign(&late));
    let led = admin.post_once(NEW, &body);
    assert_eq!(led.status, Status::TemporaryRedirect, "{}", led.mistakes());
    assert_eq!(led.location, NEW);
    let done = admin.post_once(NEW, &body);
    assert!(done.html.contains("/staff/setup/"), "{}", done.mistakes());

    // By itself the page confirms too, once.
    app.app.db.clock().advance(10 * MINUTE);
    let page = admin.get("/staff/confirm?next=/admin/staff");
    let said = device.sign(&page);
    let fields = [("proof_passkey", said.as_str())];
    let gone = admin.send(&page, "/staff/confirm", &fields);
    assert_eq!(gone.location, "/admin/staff", "{}", gone.mistakes());
    let again = admin.send(&page, "/staff/confirm", &fields);
    assert_eq!(again.status, Status::UnprocessableEntity);
}

fn a_removed_passkey_opens_nothing_and_other_devices_are_signed_out(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    let (person, _) = keyed(&app, "陳館員", &mut device);
    let (elsewhere, page) = first_step(&app, "陳館員");
    answer(&elsewhere, &page, &device.sign(&page));
    assert_eq!(elsewhere.get("/staff").status, Status::Ok);
    let (late, left) = first_step(&app, "陳館員");
    let said = device.sign(&left);

    let page = person.get(OWN);
    let done = person.send(&page, REMOVE, &[]);
    assert_eq!(done.location, "/staff/account?done=passkey-gone");
    assert!(acts(&app).contains(&"staff.passkey_removed".to_owned()));
    assert!(!elsewhere.get("/staff").location.is_empty(), "signed out");
    let own = person.get(OWN);
    assert!(!own.text("main").contains("櫃檯電腦"));
    let refused = answer(&late, &left, &said);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    let (_, page) = first_step(&app, "陳館員");
    assert!(!page.html.contains("data-passkey"), "nothing to ask");

    // Nobody removes that of another, and what weighs is confirmed.
    let (zhou, _, _) = equipped(&app, "周館員", &[Role::Librarian]);
    add(&zhou, &mut Authenticator::new(ORIGIN, 9), "周");
    let fields = zhou.get(OWN).form(REMOVE);
    assert_eq!(person.post_once(REMOVE, &fields).status, Status::NotFound);
    app.app.db.clock().advance(10 * MINUTE);
    let asked = zhou.post_once(REMOVE, &fields);
    assert_eq!(asked.text("h1"), "請再確認一次身分");
    assert_eq!(zhou.post_once(ADD, &[]).text("h1"), "請再確認一次身分");
    assert!(zhou.get(OWN).text("main").contains("周"));
}

fn a_reset_by_an_admin_takes_passkeys_too(engine: Engine) {
    let app = site(engine);
    let (admin, _, _) = equipped(&app, "林主任", &[Role::Admin]);
    let mut device = Authenticator::new(ORIGIN, 7);
    keyed(&app, "陳館員", &mut device);
    let (late, left) = first_step(&app, "陳館員");
    let said = device.sign(&left);
    let staff = app.app.db.read_now("staff", account::list).expect("read");
    let chen = staff.iter().find(|one| one.name == "陳館員");
    let address = format!("/admin/staff/{}", chen.expect("an account").id);
    let page = admin.get(&address);
    let act = format!("{address}/second-step");
    let done = admin.send(&page, &act, &[("reason", "筆電遺失")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());

    let refused = answer(&late, &left, &said);
    assert!(refused.text("h1") != "今日工作", "{}", refused.mistakes());
    assert!(!late.get("/staff").location.is_empty());
    let (chen, page) = first_step(&app, "陳館員");
    assert_eq!(page.text("h1"), "設定第二步驗證");
    let telephone = Telephone::set_up(&page);
    give(&chen, &page, &telephone.code(&app));
    assert!(!chen.get(OWN).text("main").contains("櫃檯電腦"));
    // The device may be used again, as a new one.
    let done = add(&chen, &mut device, "筆電");
    assert_eq!(done.location, "/staff/account?done=passkey");
}

fn an_account_has_five_and_a_device_one(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 1);
    let (person, _) = keyed(&app, "陳館員", &mut device);
    let page = person.post_once(ADD, &[]);
    let there = asked(&page, "create")["excludeCredentials"].clone();
    assert_eq!(there.as_array().map(Vec::len), Some(1), "the browser knows");
    let again = add(&person, &mut device, "同一台");
    assert_eq!(again.status, Status::UnprocessableEntity);
    let (zhou, _, _) = equipped(&app, "周館員", &[Role::Librarian]);
    let copied = add(&zhou, &mut device, "別人的");
    assert_eq!(copied.status, Status::UnprocessableEntity, "of one account");
    let left = person.post_once(ADD, &[]);
    let said = Authenticator::new(ORIGIN, 6).make(&left);
    for number in 2..=5 {
        add(&person, &mut Authenticator::new(ORIGIN, number), "再一台");
    }
    assert_eq!(keep(&person, &left, &said, "第六").status, Status::Conflict);
    assert_eq!(person.post_once(ADD, &[]).status, Status::Conflict);
    assert!(
        !person
            .get(OWN)
            .html
            .contains("action=\"/staff/account/passkey\"")
    );
    // Each of them opens the door.
    let (chen, page) = first_step(&app, "陳館員");
    let mut third = Authenticator::new(ORIGIN, 3);
    assert_eq!(answer(&chen, &page, &third.sign(&page)).location, "/staff");
}

fn a_copy_of_the_database_names_no_passkey(engine: Engine) {
    let app = site(engine);
    let mut device = Authenticator::new(ORIGIN, 7);
    keyed(&app, "陳館員", &mut device);
    let (chen, page) = first_step(&app, "陳館員");
    answer(&chen, &page, &device.sign(&page));
    let mut needles = device.traces();
    needles.push("櫃檯電腦".as_bytes().to_vec());
    let mut copy = app.database.rows().into_bytes();
    for file in std::fs::read_dir(app.database.data()).expect("the folder") {
        let path = file.expect("it is read").path();
        copy.extend(std::fs::read(path).unwrap_or_default());
    }
    let is_there = |needle: &[u8]| copy.windows(needle.len()).any(|found| found == needle);
    assert!(is_there("陳館員".as_bytes()), "it was read");
    assert!(is_there(b"staff.passkey_added"), "on record");
    for needle in needles {
        assert!(!is_there(&needle), "it is in the database");
    }
}

fn where_there_can_be_no_passkey_none_is_offered(engine: Engine) {
    let add_form = format!("action=\"{ADD}\"");
    // By plain http.
    let app = crate::second_step::site(engine);
    let (person, _, _) = equipped(&app, "陳館員", &[Role::Librarian]);
    assert!(!person.get(OWN).html.contains(&add_form));
    assert_eq!(person.post_once(ADD, &[]).status, Status::Conflict);
    drop(app);
    // Without a second step there is nothing to stand in for.
    let app = TestApp::with(engine, START, |config| {
        config.public_origin = ORIGIN.to_owned();
    });
    let admin = app.first_admin();
    assert!(!admin.get(OWN).html.contains(&add_form));
    assert_eq!(admin.post_once(ADD, &[]).status, Status::Conflict);
}
