//! Requests about personal data: the form, the clocks, the answer, and what is left of them.

use fairdraw::account::Role;
use fairdraw::audit::{self, Filter};
use fairdraw::platform::clock::{DAY, HOUR};
use fairdraw::rights;
use fairdraw::vault;
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp, moment};
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::staff::colleague;

on_both! {
    an_access_request_is_due_in_fifteen_days_and_extended_once_in_writing,
    a_request_is_answered_and_the_person_reads_it_with_the_code,
    what_was_typed_is_kept_and_a_request_sent_twice_is_one,
    a_request_taken_back_leaves_no_letter,
    a_receipt_code_proves_the_entry_and_the_purge_forgets_it,
    requests_go_with_their_key_when_their_time_is_over,
}

const START: &str = "2026-11-22T10:00:00+08:00";
const LETTER: &str = "請告訴我貴館保存了哪些資料";

fn library(engine: Engine) -> TestApp {
    TestApp::with(engine, START, |_| ())
}

fn send(person: &Person<'_>, values: &[(&str, &str)]) -> Answer {
    let form = person.get("/privacy/request");
    assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
    let usual = [
        ("kind", "see"),
        ("text", LETTER),
        ("email", "mei@mailbox.example"),
    ];
    let changed = |name: &str| values.iter().any(|(own, _)| *own == name);
    let mut filled: Vec<(&str, &str)> = usual
        .into_iter()
        .filter(|(name, _)| !changed(name))
        .collect();
    filled.extend(values);
    person.send(&form, "/privacy/request", &filled)
}

/// The first admin comes back on another day.
fn sign_in(app: &TestApp) -> Person<'_> {
    let staff = app.visitor();
    let page = staff.get("/staff/sign-in");
    let words = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    let done = staff.send(&page, "/staff/sign-in", &words);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    staff
}

fn status(person: &Person<'_>, code: &str) -> Answer {
    let path = "/privacy/request/status";
    person.send(&person.get(path), path, &[("code", code)])
}

fn first_request(app: &TestApp) -> rights::Request {
    let all = app.app.db.read_now("requests", rights::list);
    all.expect("readable").remove(0)
}

fn record(app: &TestApp) -> Vec<String> {
    let read = |tx: &mut fairdraw::platform::db::Tx| audit::list(tx, &Filter::default(), 1);
    let listing = app.app.db.read_now("record", read).expect("readable");
    let lines = listing.records.into_iter();
    lines
        .map(|line| format!("{} {}", line.act, line.reason))
        .collect()
}

fn an_access_request_is_due_in_fifteen_days_and_extended_once_in_writing(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let person = app.visitor();
    let done = send(&person, &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    let code = done.text("#secret");
    // Received on the 22nd; the 22nd is not counted.
    assert!(
        done.text("main").contains("12 月 7 日"),
        "{}",
        done.text("main")
    );
    let due = first_request(&app).due();
    assert_eq!(due.plus(1), moment("2026-12-08T00:00:00+08:00"));
    let erase = send(&person, &[("kind", "erase")]);
    assert!(
        erase.text("main").contains("12 月 22 日"),
        "{}",
        erase.text("main")
    );

    let id = first_request(&app).id;
    let path = format!("/admin/requests/{id}");
    let page = staff.get(&path);
    assert!(
        !page.html.contains(LETTER),
        "nothing is shown before it is opened"
    );
    let silent = staff.send(&page, &format!("{path}/extend"), &[]);
    assert_eq!(silent.status, Status::UnprocessableEntity);
    let why = "要向三個分館調閱";
    let extended = staff.send(&page, &format!("{path}/extend"), &[("reason", why)]);
    assert_eq!(extended.status, Status::SeeOther, "{}", extended.mistakes());
    assert_eq!(
        first_request(&app).due().plus(1),
        moment("2026-12-23T00:00:00+08:00")
    );
    let twice = staff.send(&page, &format!("{path}/extend"), &[("reason", "再一次")]);
    assert_eq!(twice.status, Status::Conflict);
    assert!(
        twice.text("main").contains("不能再延長"),
        "{}",
        twice.text("main")
    );
    let told = status(&person, &code).text("main");
    assert!(told.contains(why) && told.contains("12 月 22 日"), "{told}");

    // The day passes unanswered: red for staff, and the person is told what to do.
    app.go_to(moment("2026-12-23T09:00:00+08:00"));
    let staff = sign_in(&app);
    let queue = staff.get("/admin/requests");
    assert_eq!(
        queue.texts(".tag.danger").len(),
        2,
        "{}",
        queue.text("main")
    );
    let today = staff.get("/staff");
    assert!(
        today.text("main").contains("2 件個人資料申請超過答覆期限"),
        "{}",
        today.text("main")
    );
    // Whoever may answer is reminded where their work begins; nobody else is.
    let officer = colleague(&app, "個資保護林", &[Role::PrivacyOfficer]);
    let theirs = officer.get("/admin/custody");
    let shown = theirs.text("main");
    assert!(
        shown.contains("2 件個人資料申請超過答覆期限") && !shown.contains("12 月 23 日"),
        "the day that was missed: {shown}"
    );
    assert!(!theirs.text("header").contains("活動管理"), "no dead way");
    let librarian = colleague(&app, "館員張", &[Role::Librarian]);
    let theirs = librarian.get("/staff").text("main");
    assert!(!theirs.contains("個人資料申請"), "{theirs}");
    assert!(status(&person, &code).text("main").contains("逾期"));
    let page = staff.get(&path);
    assert!(
        !page.html.contains("name=\"answer\""),
        "nobody answers what nobody read"
    );
    let opened = staff.send(&page, &format!("{path}/read"), &[]);
    let late = staff.send(
        &opened,
        &format!("{path}/answer"),
        &[("answer", "抱歉遲了"), ("identified", "not-needed")],
    );
    assert_eq!(
        late.status,
        Status::SeeOther,
        "what is overdue is answered all the same"
    );
}

fn a_request_is_answered_and_the_person_reads_it_with_the_code(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let person = app.visitor();
    let code = send(&person, &[("phone", "0912345678")]).text("#secret");
    let path = format!("/admin/requests/{}", first_request(&app).id);
    let page = staff.get(&path);
    let opened = staff.send(&page, &format!("{path}/read"), &[]);
    let shown = opened.text("main");
    for part in [LETTER, "mei@mailbox.example", "0912-345-678"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(
        record(&app)
            .iter()
            .any(|line| line.starts_with("vault.opened_kept"))
    );

    let empty = staff.send(&opened, &format!("{path}/answer"), &[]);
    assert_eq!(empty.status, Status::UnprocessableEntity);
    let missing = empty.mistakes();
    assert!(missing.contains("請選擇怎麼確認是本人"), "{missing}");
    assert!(
        empty.text("main").contains(LETTER),
        "the letter stays beside the answer"
    );
    let words = "本館保存您的姓名與電話。\n詳見複製本。";
    let done = staff.send(
        &opened,
        &format!("{path}/answer"),
        &[("answer", words), ("identified", "card")],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(
        staff
            .get(&done.location)
            .text("[role=status]")
            .contains("已完成")
    );
    let read = status(&person, &code).text("main");
    assert!(
        read.contains("本館保存您的姓名與電話。") && read.contains("已答覆"),
        "{read}"
    );
    let again = staff.send(
        &opened,
        &format!("{path}/answer"),
        &[("answer", "又一次"), ("identified", "card")],
    );
    assert_eq!(again.status, Status::Conflict);

    let wrong = status(&person, "0000-0000-0000-0000-0000");
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert_ne!(
        app.visitor().get(&path).status,
        Status::Ok,
        "only for staff"
    );
    // Nothing of it is in the database in clear.
    let stored = app.app.db.read_now("letter", |tx| {
        let request = rights::list(tx)?.remove(0);
        Ok::<_, rights::Error>(vault::sealed(tx, &request.scope, &request.item)?)
    });
    let sealed = stored
        .expect("readable")
        .expect("the letter is kept")
        .sealed;
    assert!(!sealed.windows(9).any(|part| part == "請告訴".as_bytes()));
}

fn what_was_typed_is_kept_and_a_request_sent_twice_is_one(engine: Engine) {
    let app = library(engine);
    let person = app.visitor();
    let form = person.get("/privacy/request");
    let wrong = person.send(
        &form,
        "/privacy/request",
        &[("text", LETTER), ("phone", "12")],
    );
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(wrong.html.contains(LETTER) && wrong.html.contains("value=\"12\""));
    assert!(
        wrong.mistakes().contains("請選擇要申請的事項"),
        "{}",
        wrong.mistakes()
    );
    let long = "字".repeat(2_001);
    let too_long = send(&person, &[("text", &long)]);
    assert!(
        too_long.mistakes().contains("2000") || too_long.mistakes().contains("2,000"),
        "{}",
        too_long.mistakes()
    );
    let unreachable = send(&person, &[("email", "")]);
    assert!(
        unreachable.mistakes().contains("電子郵件或電話"),
        "{}",
        unreachable.mistakes()
    );
    let no_code = send(&person, &[("code", "7GQ4")]);
    assert!(
        no_code.mistakes().contains("回條密碼"),
        "{}",
        no_code.mistakes()
    );

    let values = [("kind", "copy"), ("text", LETTER), ("phone", "0912345678")];
    let first = person.send(&wrong, "/privacy/request", &values);
    let second = person.send(&wrong, "/privacy/request", &values);
    assert_eq!(first.text("#secret"), second.text("#secret"));
    let all = app
        .app
        .db
        .read_now("requests", rights::list)
        .expect("readable");
    assert_eq!(all.len(), 1);
    // A page from another time is shown again with what was typed.
    app.app.db.clock().advance(13 * HOUR);
    let old = person.send(&form, "/privacy/request", &values);
    assert_eq!(old.status, Status::UnprocessableEntity);
    assert!(old.html.contains(LETTER));
}

fn a_request_taken_back_leaves_no_letter(engine: Engine) {
    let app = library(engine);
    let person = app.visitor();
    let code = send(&person, &[]).text("#secret");
    let page = status(&person, &code);
    let done = person.send(&page, "/privacy/request/take-back", &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert!(done.text("main").contains("已撤回") && !done.text("main").contains(LETTER));
    let request = first_request(&app);
    assert_eq!(request.state, rights::RequestState::Closed);
    let letter = app.app.db.read_now("letter", |tx| {
        vault::sealed(tx, &request.scope, &request.item)
    });
    assert!(letter.expect("readable").is_none());
    let again = person.send(&page, "/privacy/request/take-back", &[]);
    assert_eq!(again.status, Status::Ok, "a second time is the same");
}

fn a_receipt_code_proves_the_entry_and_the_purge_forgets_it(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let receipt = life.enter(&Patron::number(1));
    let person = life.app.visitor();
    let values = [("kind", "stop"), ("code", &receipt.text("#secret")[..])];
    let done = send(&person, &values);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    let request = first_request(&life.app);
    assert!(request.entry.is_some());
    assert_eq!(
        request.activity.map(|id| id.to_string()).as_deref(),
        Some(life.activity.as_str())
    );
    let staff = life.draw();
    let page = staff.get(&format!("/admin/requests/{}", request.id));
    assert!(
        page.text("main").contains(&receipt.text(".big")),
        "{}",
        page.text("main")
    );

    for days in [7, 14, 21, 28, 35] {
        life.app.go_to(ROUND_TIME.plus(days * DAY + HOUR));
    }
    life.app.go_to(ROUND_TIME.plus(40 * DAY + HOUR));
    let after = first_request(&life.app);
    assert_eq!(
        (after.entry, after.state),
        (None, rights::RequestState::Open)
    );
    let code = done.text("#secret");
    assert!(
        status(&person, &code).text("main").contains(LETTER),
        "the request has its own time"
    );
}

fn requests_go_with_their_key_when_their_time_is_over(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let person = app.visitor();
    let code = send(&person, &[]).text("#secret");
    let request = first_request(&app);
    let path = format!("/admin/requests/{}", request.id);
    let page = staff.get(&path);
    let opened = staff.send(&page, &format!("{path}/read"), &[]);
    let done = staff.send(
        &opened,
        &format!("{path}/answer"),
        &[("answer", "沒有保存資料"), ("identified", "reach")],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(app.app.vault.holds_key(&request.scope).expect("answered"));

    app.go_to(moment("2028-11-20T10:00:00+08:00"));
    assert!(
        status(&person, &code).text("main").contains("沒有保存資料"),
        "two years"
    );
    app.go_to(moment("2028-11-23T10:00:00+08:00"));
    let left = app
        .app
        .db
        .read_now("requests", rights::list)
        .expect("readable");
    assert!(left.is_empty());
    assert!(!app.app.vault.holds_key(&request.scope).expect("answered"));
    let unknown = status(&person, &code);
    assert_eq!(unknown.status, Status::UnprocessableEntity);
}
