//! Entering with an invitation code, which is good for one entry.

use fairdraw::platform::clock::DAY;
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::at_once::{encoded, post_all};
use crate::support::canary::Scan;
use crate::support::life::{Life, Patron, ROUND_TIME, draft};
use crate::support::places;
use crate::support::staff::sign_in;

on_both! {
    a_code_lets_in_once,
    of_two_requests_with_one_code_at_once_one_is_taken,
    a_page_that_is_sent_twice_uses_its_code_once,
    a_code_of_another_activity_lets_nobody_in,
    a_batch_that_is_taken_back_lets_nobody_in_any_more,
    codes_come_as_a_file_once_and_are_kept_nowhere,
    the_purge_leaves_no_code,
}

const ENTER: &str = "/a/summer-2024/enter";
const CHECK: &str = "/a/summer-2024/check";

fn by_invitation(staff: &Person<'_>, activity: &str) {
    let details = format!("/staff/activities/{activity}/details");
    let saved = staff.send(&staff.get(&details), &details, &[("eligibility", "codes")]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
}

/// Makes codes as a sheet to print.
fn make(staff: &Person<'_>, activity: &str, count: &str) -> Answer {
    let path = format!("/staff/activities/{activity}/admission");
    staff.send(
        &staff.get(&path),
        &format!("{path}/codes"),
        &[("count", count)],
    )
}

fn codes_on(sheet: &Answer) -> Vec<String> {
    assert_eq!(sheet.status, Status::Ok, "{}", sheet.mistakes());
    let codes = sheet.texts(".invitations .code").into_iter();
    codes.map(|code| code.trim().to_owned()).collect()
}

/// A draw by invitation, open for entry, and three codes.
fn open(engine: Engine) -> (Life, Vec<String>) {
    let mut codes = Vec::new();
    let life = Life::published_after(
        engine,
        &Life::clock(),
        |_| (),
        &[],
        |_, admin, id| {
            by_invitation(admin, id);
            for wrong in ["0", "501", "three"] {
                let refused = make(admin, id, wrong);
                assert_eq!(refused.status, Status::UnprocessableEntity);
            }
            let sheet = make(admin, id, "3");
            assert_eq!(sheet.texts(".invitations svg").len(), 3);
            codes = codes_on(&sheet);
        },
    );
    assert_eq!(codes.len(), 3);
    (life, codes)
}

fn fill(life: &Life, person: &Person<'_>, n: u64, code: &str) -> Answer {
    let form = person.get(ENTER);
    assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
    let mut typed = Patron::number(n).form(&life.question);
    typed.push(("invitation".to_owned(), code.to_owned()));
    let mut fields = form.form(ENTER);
    fields.retain(|(name, _)| typed.iter().all(|(own, _)| own != name));
    fields.extend(typed);
    person.post_once(ENTER, &fields)
}

fn check_page(life: &Life, person: &Person<'_>, n: u64, code: &str) -> Answer {
    let check = fill(life, person, n, code);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    check
}

fn enter(life: &Life, n: u64, code: &str) {
    let person = life.app.visitor();
    let check = check_page(life, &person, n, code);
    let sent = person.send(&check, CHECK, &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    assert_eq!(person.get(&sent.location).status, Status::Ok);
}

fn count(life: &Life, table: &str) -> i64 {
    let query = format!("SELECT COUNT(*) AS n FROM {table}");
    crate::support::database::counted(&life.app.app.db, &query)
}

/// Used, not used yet, taken back.
fn figures(life: &Life, staff: &Person<'_>) -> Vec<String> {
    let page = staff.get(&format!("{}/admission", life.base()));
    let cells = page.texts("tbody td.number").into_iter();
    let number = |cell: String| {
        cell.chars()
            .skip_while(|each| each.is_whitespace())
            .take_while(char::is_ascii_digit)
            .collect()
    };
    cells.map(number).collect()
}

fn a_code_lets_in_once(engine: Engine) {
    let (life, codes) = open(engine);
    let person = life.app.visitor();
    let page = person.get("/a/summer-2024");
    assert!(page.text(".tags").contains("憑邀請碼"));
    assert!(
        person
            .get("/a/summer-2024/rules")
            .html
            .contains("憑邀請碼參加")
    );
    let none = fill(&life, &person, 1, "");
    assert_eq!(none.status, Status::UnprocessableEntity);
    assert!(none.mistakes().contains("請輸入邀請函上的邀請碼"));

    // In any case, without its hyphens.
    enter(&life, 1, &codes[0].to_lowercase().replace('-', " "));
    let again = fill(&life, &person, 2, &codes[0]);
    assert_eq!(again.status, Status::UnprocessableEntity);
    assert!(
        again.mistakes().contains("這個邀請碼不能用"),
        "{}",
        again.mistakes()
    );
    assert!(
        again.html.contains(&Patron::number(2).name),
        "nothing typed is lost"
    );
    enter(&life, 2, &codes[1]);
    assert_eq!(
        (count(&life, "entries"), count(&life, "admission_codes")),
        (2, 1)
    );
    let staff = sign_in(&life.app, "陳館員");
    assert_eq!(figures(&life, &staff), ["2", "1", "0"]);
}

fn of_two_requests_with_one_code_at_once_one_is_taken(engine: Engine) {
    let (life, codes) = open(engine);
    let forms: Vec<(&str, String)> = (1..=6)
        .map(|n| {
            let person = life.app.visitor();
            let check = check_page(&life, &person, n, &codes[0]);
            (CHECK, encoded(&check.form(CHECK)))
        })
        .collect();
    let sent = post_all(&life.app.app, &forms);
    let with = |status| sent.iter().filter(|each| each.status == status).count();
    assert_eq!(with(Status::SeeOther), 1, "{sent:?}");
    assert_eq!(
        with(Status::Conflict) + with(Status::UnprocessableEntity),
        5
    );
    assert_eq!((count(&life, "entries"), count(&life, "tickets")), (1, 1));
    assert_eq!(count(&life, "admission_codes"), 2);
}

fn a_page_that_is_sent_twice_uses_its_code_once(engine: Engine) {
    let (life, codes) = open(engine);
    let person = life.app.visitor();
    let check = check_page(&life, &person, 1, &codes[0]);
    for _ in 0..2 {
        let sent = person.send(&check, CHECK, &[]);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        assert_eq!(person.get(&sent.location).status, Status::Ok);
    }
    assert_eq!(
        (count(&life, "entries"), count(&life, "admission_codes")),
        (1, 2)
    );
    // A page from before, whose code somebody else used meanwhile.
    let late = check_page(&life, &person, 2, &codes[1]);
    enter(&life, 3, &codes[1]);
    let refused = person.send(&late, CHECK, &[]);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(refused.mistakes().contains("這個邀請碼不能用"));
}

fn a_code_of_another_activity_lets_nobody_in(engine: Engine) {
    let (life, codes) = open(engine);
    let staff = sign_in(&life.app, "陳館員");
    let at = ROUND_TIME.plus(60 * DAY);
    let other = draft(&staff, at, "autumn-2024", ("秋日抽獎", "Autumn draw"));
    by_invitation(&staff, &other);
    let foreign = codes_on(&make(&staff, &other, "1"));
    let person = life.app.visitor();
    let refused = fill(&life, &person, 1, &foreign[0]);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(refused.mistakes().contains("這個邀請碼不能用"));
    // A slip is told apart from a code that nobody has.
    let slip = fill(&life, &person, 1, &codes[0][..codes[0].len() - 4]);
    assert!(
        slip.mistakes().contains("有一個字可能打錯"),
        "{}",
        slip.mistakes()
    );
    assert_eq!(count(&life, "entries"), 0);
}

fn a_batch_that_is_taken_back_lets_nobody_in_any_more(engine: Engine) {
    let (life, codes) = open(engine);
    enter(&life, 1, &codes[0]);
    let person = life.app.visitor();
    let check = check_page(&life, &person, 2, &codes[1]);
    let staff = sign_in(&life.app, "陳館員");
    let page = staff.get(&format!("{}/admission", life.base()));
    let batch = page
        .html
        .split("/admission/codes/")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .expect("a batch")
        .to_owned();
    let withdraw = format!("{}/admission/codes/{batch}/withdraw", life.base());
    let unsure = staff.send(&page, &withdraw, &[]);
    assert_eq!(unsure.status, Status::UnprocessableEntity);
    assert_eq!(figures(&life, &staff), ["1", "2", "0"]);
    let sure = format!("sure-{batch}");
    let done = staff.send(&page, &withdraw, &[(&sure, "yes")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert_eq!(figures(&life, &staff), ["1", "0", "2"]);
    let refused = person.send(&check, CHECK, &[]);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    let refused = fill(&life, &person, 3, &codes[2]);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert_eq!(count(&life, "entries"), 1);
    let again = [(sure, "yes".to_owned())];
    assert_eq!(staff.post(&withdraw, &again).status, Status::Conflict);
    // Another batch does.
    let more = codes_on(&make(&staff, &life.activity, "1"));
    enter(&life, 4, &more[0]);
}

fn codes_come_as_a_file_once_and_are_kept_nowhere(engine: Engine) {
    let (life, codes) = open(engine);
    let staff = sign_in(&life.app, "陳館員");
    let path = format!("{}/admission", life.base());
    let page = staff.get(&path);
    let made = staff.send(
        &page,
        &format!("{path}/codes"),
        &[("count", "2"), ("as", "csv")],
    );
    assert_eq!(made.status, Status::Ok, "{}", made.mistakes());
    assert!(
        made.header("Content-Disposition")
            .contains("invitations-summer-2024.csv")
    );
    let file = String::from_utf8(made.bytes).expect("text");
    let lines: Vec<&str> = file.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "code,link"));
    let (code, link) = lines[1].split_once(',').expect("two columns");
    assert!(
        link.ends_with(&format!("{ENTER}#invitation={code}")),
        "{link}"
    );
    enter(&life, 1, code);
    enter(&life, 2, &codes[0]);

    let page = staff.get(&path);
    let all = [codes.clone(), vec![code.to_owned()]].concat();
    let plain = all
        .iter()
        .map(|code| code.replace('-', "")[..20].to_owned());
    let every: Vec<String> = all.iter().cloned().chain(plain).collect();
    let scan = Scan::of(&every);
    let mut finds = scan.bytes("page", page.html.as_bytes());
    for (table, rows) in &places::tables(&life.app.app.db) {
        finds.extend(scan.bytes(table, rows.as_bytes()));
    }
    for place in life.app.database.own_files() {
        finds.extend(scan.path(&place));
    }
    assert_eq!(finds, []);
}

fn the_purge_leaves_no_code(engine: Engine) {
    let (life, codes) = open(engine);
    enter(&life, 1, &codes[0]);
    life.draw();
    let mut now = ROUND_TIME;
    while count(&life, "purges WHERE certificate <> ''") == 0 {
        now = now.plus(DAY);
        life.app.go_to(now);
        assert!(now < ROUND_TIME.plus(200 * DAY), "it goes in the end");
    }
    assert_eq!(
        (
            count(&life, "admission_codes"),
            count(&life, "admission_batches")
        ),
        (0, 0)
    );
    let staff = sign_in(&life.app, "陳館員");
    let late = staff.post(
        &format!("{}/admission/codes", life.base()),
        &[("count".to_owned(), "1".to_owned())],
    );
    assert_eq!(late.status, Status::Conflict);
}
