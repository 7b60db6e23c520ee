//! Feedback: what people write, who deals with it, the answer, and what is left of it.

use fairdraw::account::{self, Role};
use fairdraw::audit::{self, Filter};
use fairdraw::feedback::{self, Feedback, Mailing, State};
use fairdraw::platform::clock::{DAY, HOUR};
use fairdraw::rights;
use fairdraw::vault;
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp, moment};
use crate::support::mail_sink::{MailSink, Manners};
use crate::support::staff::{colleague, sign_in};

on_both! {
    somebody_asks_and_reads_the_answer_by_code,
    an_answer_is_mailed_where_it_was_wished_and_written_to_the_page_in_any_case,
    a_mail_server_that_is_down_loses_no_answer,
    a_wrong_code_tells_nothing,
    what_was_written_is_in_no_table_in_clear,
    a_privacy_question_starts_the_clock,
    what_was_typed_stays_and_a_letter_sent_twice_is_one,
    a_program_that_fills_every_box_is_asked_to_empty_one,
    two_colleagues_do_not_answer_unseen_by_each_other,
    a_matter_is_assigned_closed_and_opened_again_and_its_history_says_who,
    somebody_adds_a_word_and_the_matter_is_open_again,
    answers_are_erased_when_their_time_is_over,
    nothing_stays_because_nobody_closed_it,
    the_library_sets_how_long_and_the_register_says_it,
}

const START: &str = "2026-11-22T10:20:00+08:00";
const LETTER: &str = "三樓的飲水機壞了很久";
const ANSWER: &str = "謝謝您，今天已經修好。";
const ADDRESS: &str = "mei@mailbox.example";

fn library(engine: Engine) -> TestApp {
    TestApp::with(engine, START, |_| ())
}

fn library_with_mail(engine: Engine, url: &str) -> TestApp {
    let url = url.to_owned();
    TestApp::with(engine, START, |config| config.smtp_url = url)
}

fn write(person: &Person<'_>, values: &[(&str, &str)]) -> Answer {
    let form = person.get("/feedback");
    assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
    let usual = [("topic", "service"), ("text", LETTER), ("wish", "page")];
    let changed = |name: &str| values.iter().any(|(own, _)| *own == name);
    let mut filled: Vec<(&str, &str)> = usual
        .into_iter()
        .filter(|(name, _)| !changed(name))
        .collect();
    filled.extend(values);
    person.send(&form, "/feedback", &filled)
}

/// Writes, and gives the reference code.
fn written(app: &TestApp, values: &[(&str, &str)]) -> String {
    let done = write(&app.visitor(), values);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    let code = done.text("#secret");
    assert!(!code.is_empty(), "{}", done.text("main"));
    code
}

fn status(person: &Person<'_>, code: &str) -> Answer {
    let path = "/feedback/status";
    person.send(&person.get(path), path, &[("code", code)])
}

fn all(app: &TestApp) -> Vec<Feedback> {
    let all = app.app.db.read_now("feedback", feedback::list);
    all.expect("readable")
}

fn first(app: &TestApp) -> Feedback {
    all(app).remove(0)
}

fn path_of(feedback: &Feedback) -> String {
    format!("/staff/feedback/{}", feedback.id)
}

fn opened(staff: &Person<'_>, path: &str) -> Answer {
    let page = staff.get(path);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    staff.send(&page, &format!("{path}/read"), &[])
}

/// Opens, answers, and comes back to the page.
fn answer(staff: &Person<'_>, path: &str, words: &str) -> Answer {
    let page = opened(staff, path);
    let done = staff.send(&page, &format!("{path}/answer"), &[("answer", words)]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    staff.get(&done.location)
}

fn record(app: &TestApp) -> Vec<String> {
    let read = |tx: &mut fairdraw::platform::db::Tx| audit::list(tx, &Filter::default(), 1);
    let listing = app.app.db.read_now("record", read).expect("readable");
    listing.records.into_iter().map(|line| line.act).collect()
}

fn mailing(app: &TestApp, feedback: &Feedback) -> Mailing {
    let letters = app
        .app
        .db
        .read_now("letters", |tx| feedback::letters(tx, &feedback.id));
    let letters = letters.expect("readable");
    letters.last().expect("there is one").mail
}

fn somebody_asks_and_reads_the_answer_by_code(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let person = app.visitor();
    let done = write(&person, &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert_eq!(done.header("Cache-Control"), "no-store");
    let code = done.text("#secret");
    let own = status(&person, &code);
    let shown = own.text("main");
    assert!(
        shown.contains(LETTER) && shown.contains("還沒有答覆"),
        "{shown}"
    );

    let today = staff.get("/staff").text("main");
    assert!(today.contains("意見信箱：1 件待處理"), "{today}");
    let list = staff.get("/staff/feedback");
    assert!(
        list.text("main").contains("圖書館服務"),
        "{}",
        list.text("main")
    );
    let path = path_of(&first(&app));
    let page = staff.get(&path);
    assert!(!page.html.contains(LETTER), "nothing is shown unopened");
    assert!(!page.html.contains("name=\"answer\""), "nor answered");
    let page = opened(&staff, &path);
    assert!(page.text("main").contains(LETTER), "{}", page.text("main"));
    assert!(record(&app).iter().any(|act| act == "vault.opened_kept"));
    let empty = staff.send(&page, &format!("{path}/answer"), &[("answer", " ")]);
    assert_eq!(empty.status, Status::UnprocessableEntity);
    assert!(empty.text("main").contains(LETTER), "the letter stays open");
    let done = answer(&staff, &path, ANSWER);
    assert!(
        done.text("main").contains("已答覆"),
        "{}",
        done.text("main")
    );

    let read = status(&person, &code);
    let shown = read.text("main");
    assert!(
        shown.contains(ANSWER) && shown.contains("已答覆"),
        "{shown}"
    );
    assert!(!read.html.contains("陳館員"), "the library answers");
    let english = person.get("/en/feedback/status");
    let english = person.send(&english, "/en/feedback/status", &[("code", &code)]);
    assert!(english.text("main").contains("The library’s answer"));
}

fn an_answer_is_mailed_where_it_was_wished_and_written_to_the_page_in_any_case(engine: Engine) {
    let mail = MailSink::start();
    let app = library_with_mail(engine, &mail.url());
    let staff = app.first_admin();
    // An address that nobody asked to use is not kept.
    written(&app, &[("email", ADDRESS)]);
    let path = path_of(&first(&app));
    let page = opened(&staff, &path);
    assert!(!page.html.contains(ADDRESS), "{}", page.text("main"));
    answer(&staff, &path, ANSWER);
    app.app.run_jobs().expect("due jobs can be read");
    assert!(mail.mails().is_empty());

    let code = written(&app, &[("wish", "mail"), ("email", ADDRESS)]);
    let path = path_of(&first(&app));
    assert!(opened(&staff, &path).text("main").contains(ADDRESS));
    answer(&staff, &path, "第一行。\n\n第二行。");
    app.app.run_jobs().expect("due jobs can be read");
    let mails = mail.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, [ADDRESS]);
    let body = mails[0].text();
    assert!(
        body.contains("第一行。") && body.contains("第二行。"),
        "{body}"
    );
    assert!(!body.contains("http"), "no link");
    assert!(!body.contains('\u{f8ff}'), "the answer is in it");
    let shown = status(&app.visitor(), &code).text("main");
    assert!(
        shown.contains("第一行。") && shown.contains("郵件已寄出"),
        "{shown}"
    );
    app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(mail.mails().len(), 1, "once");
}

fn a_mail_server_that_is_down_loses_no_answer(engine: Engine) {
    let mut mail = MailSink::start();
    let app = library_with_mail(engine, &mail.url());
    let staff = app.first_admin();
    written(&app, &[("wish", "mail"), ("email", ADDRESS)]);
    let feedback = first(&app);
    mail.go_down();
    answer(&staff, &path_of(&feedback), ANSWER);
    app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(mailing(&app, &feedback), Mailing::Waiting);
    let before = record(&app);
    let openings = before.iter().filter(|act| *act == "vault.opened_kept");
    assert_eq!(
        openings.count(),
        1,
        "only staff opened something: {before:?}"
    );
    mail.come_up();
    mail.behave(Manners::KeepsAndHangsUp);
    app.app.db.clock().advance(HOUR);
    app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(mailing(&app, &feedback), Mailing::Uncertain);
    app.app.db.clock().advance(HOUR);
    app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(mail.mails().len(), 1, "never a second time by itself");
}

fn a_wrong_code_tells_nothing(engine: Engine) {
    let app = library(engine);
    let person = app.visitor();
    let code = written(&app, &[]);
    let typed = status(&person, "0000-0000-0000-0000-0000");
    assert_eq!(typed.status, Status::UnprocessableEntity);
    // A code of the right form that belongs to nothing.
    let other = lucky_draw::ticket::Secret::from_entropy([7; 13]);
    let unknown = status(&person, &other.grouped());
    assert_eq!(unknown.status, Status::UnprocessableEntity);
    let again = status(&person, &other.grouped());
    let plain = |page: &Answer| page.text("main");
    assert_eq!(plain(&unknown), plain(&again));
    for page in [&typed, &unknown] {
        assert!(!page.html.contains(LETTER) && !page.html.contains(&code));
    }
    let id = first(&app).id;
    let path = format!("/staff/feedback/{id}");
    assert_ne!(person.get(&path).status, Status::Ok, "only for staff");
    let nobody = colleague(&app, "稽核員周", &[Role::Auditor]);
    assert_eq!(nobody.get(&path).status, Status::Forbidden);
    assert_eq!(nobody.get("/staff/feedback").status, Status::Forbidden);
}

fn what_was_written_is_in_no_table_in_clear(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let code = written(&app, &[("wish", "mail"), ("email", ADDRESS)]);
    answer(&staff, &path_of(&first(&app)), ANSWER);
    let person = app.visitor();
    let page = status(&person, &code);
    let more = person.send(&page, "/feedback/write", &[("text", "還有一件事要說")]);
    assert_eq!(more.status, Status::Ok, "{}", more.mistakes());
    let bare: String = code.chars().filter(|c| *c != '-').collect();
    // A word that the record holds of it, to show that this looks in the right places.
    let mut control = 0;
    for path in app.database.own_files() {
        for file in files_below(&path) {
            let bytes = std::fs::read(&file).expect("readable");
            control += bytes
                .windows(17)
                .filter(|window| window == b"feedback.received")
                .count();
            for text in [LETTER, ANSWER, ADDRESS, "還有一件事要說", &code, &bare] {
                let found = bytes
                    .windows(text.len())
                    .any(|window| window == text.as_bytes());
                assert!(!found, "{text} in {}", file.display());
            }
        }
    }
    assert!(control > 0, "the record is where this looks");
}

fn files_below(path: &std::path::Path) -> Vec<std::path::PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).expect("a folder");
    entries
        .flat_map(|entry| files_below(&entry.expect("an entry").path()))
        .collect()
}

fn a_privacy_question_starts_the_clock(engine: Engine) {
    let app = library(engine);
    let person = app.visitor();
    let form = person.get("/feedback");
    // No wish is chosen: the law wants an answer.
    let values = [
        ("topic", "privacy"),
        ("text", "請問報名資料保存多久？"),
        ("email", ADDRESS),
    ];
    let done = person.send(&form, "/feedback", &values);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    let shown = done.text("main");
    assert!(shown.contains("12 月 7 日"), "{shown}");
    let twice = person.send(&form, "/feedback", &values);
    assert_eq!(twice.text("#secret"), done.text("#secret"));
    assert!(all(&app).is_empty(), "there is one queue for it");
    let requests = app.app.db.read_now("requests", rights::list);
    let requests = requests.expect("readable");
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].due().plus(1),
        moment("2026-12-08T00:00:00+08:00")
    );
    let code = done.text("#secret");
    let led = status(&person, &code);
    assert!(
        led.links().iter().any(|to| to == "/privacy/request/status"),
        "{}",
        led.text("main")
    );
    let path = "/privacy/request/status";
    let own = person.send(&person.get(path), path, &[("code", &code)]);
    assert!(own.text("main").contains("請問報名資料保存多久？"));
    let staff = app.first_admin();
    let queue = staff.get("/admin/requests");
    assert_eq!(queue.texts("tbody tr").len(), 1, "{}", queue.text("main"));
}

fn what_was_typed_stays_and_a_letter_sent_twice_is_one(engine: Engine) {
    let app = library(engine);
    let person = app.visitor();
    let form = person.get("/feedback");
    let wrong = person.send(
        &form,
        "/feedback",
        &[("text", LETTER), ("wish", "mail"), ("email", "mei@")],
    );
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(wrong.html.contains(LETTER) && wrong.html.contains("value=\"mei@\""));
    let mistakes = wrong.mistakes();
    assert!(mistakes.contains("請選擇和什麼有關"), "{mistakes}");
    let missing = write(&person, &[("wish", "mail"), ("email", "")]);
    assert!(missing.mistakes().contains("請填電子郵件"));
    let empty = write(&person, &[("text", " \n ")]);
    assert!(empty.mistakes().contains("請寫下內容"));
    let long = write(&person, &[("text", &"字".repeat(2_001))]);
    assert!(long.mistakes().contains("2,001"), "{}", long.mistakes());
    assert!(all(&app).is_empty());

    let values = [("topic", "other"), ("wish", "none"), ("email", "")];
    let one = person.send(&wrong, "/feedback", &values);
    let two = person.send(&wrong, "/feedback", &values);
    assert_eq!(one.status, Status::Ok, "{}", one.mistakes());
    assert_eq!(one.text("#secret"), two.text("#secret"));
    assert_eq!(all(&app).len(), 1);
    app.app.db.clock().advance(13 * HOUR);
    let old = person.send(&form, "/feedback", &[("text", LETTER), ("topic", "other")]);
    assert_eq!(old.status, Status::UnprocessableEntity);
    assert!(old.html.contains(LETTER));
}

fn a_program_that_fills_every_box_is_asked_to_empty_one(engine: Engine) {
    let app = library(engine);
    let trapped = write(&app.visitor(), &[("website", "https://example.org")]);
    assert_eq!(trapped.status, Status::UnprocessableEntity);
    assert!(trapped.html.contains("value=\"https://example.org\""));
    assert!(trapped.html.contains(LETTER));
    assert!(all(&app).is_empty());
}

fn two_colleagues_do_not_answer_unseen_by_each_other(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let other = colleague(&app, "館員張", &[Role::Librarian]);
    written(&app, &[]);
    let path = path_of(&first(&app));
    let (mine, theirs) = (opened(&staff, &path), opened(&other, &path));
    let done = staff.send(&mine, &format!("{path}/answer"), &[("answer", ANSWER)]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let late = other.send(
        &theirs,
        &format!("{path}/answer"),
        &[("answer", "另一個答覆")],
    );
    assert_eq!(late.status, Status::Conflict);
    assert!(late.html.contains("另一個答覆"), "what was typed stays");
    let letters = app
        .app
        .db
        .read_now("letters", |tx| feedback::letters(tx, &first(&app).id));
    assert_eq!(letters.expect("readable").len(), 2);
}

fn a_matter_is_assigned_closed_and_opened_again_and_its_history_says_who(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let other = colleague(&app, "館員張", &[Role::Librarian]);
    let code = written(&app, &[]);
    written(&app, &[("topic", "website")]);
    let matter = all(&app);
    let matter = matter
        .iter()
        .find(|one| one.topic == feedback::Topic::Service);
    let path = path_of(matter.expect("there is one"));
    let page = staff.get(&path);
    let to = page
        .html
        .split("<option value=\"")
        .filter_map(|part| part.split_once("\">"))
        .find(|(_, rest)| rest.starts_with("館員張"))
        .map(|(id, _)| id.to_owned())
        .expect("the colleague is a choice");
    let done = staff.send(&page, &format!("{path}/assign"), &[("to", &to)]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let mine = other.get("/staff/feedback?state=all&topic=&who=me");
    assert_eq!(mine.texts("tbody tr").len(), 1, "{}", mine.text("main"));
    let nobodys = other.get("/staff/feedback?state=new&topic=website&who=nobody");
    assert_eq!(nobodys.texts("tbody tr").len(), 1);
    let none = other.get("/staff/feedback?state=new&topic=service&who=");
    assert_eq!(none.texts("tbody tr").len(), 0);
    // Nobody that is not there, and nobody who could not open it.
    drop(colleague(&app, "會計李", &[Role::Accountant]));
    let all = app.app.db.read_now("staff", account::list).expect("read");
    let accountant = all.iter().find(|one| one.name == "會計李").expect("there");
    for to in ["nobody12", accountant.id.as_str()] {
        let page = staff.get(&path);
        let stranger = staff.send(&page, &format!("{path}/assign"), &[("to", to)]);
        assert_eq!(stranger.status, Status::Conflict);
    }

    let page = other.get(&path);
    let closed = other.send(&page, &format!("{path}/close"), &[]);
    assert_eq!(closed.status, Status::SeeOther, "{}", closed.mistakes());
    let told = status(&app.visitor(), &code).text("main");
    assert!(told.contains("已結案"), "{told}");
    assert!(!told.contains("館員張"), "{told}");
    let page = staff.get(&path);
    let again = staff.send(&page, &format!("{path}/reopen"), &[]);
    assert_eq!(again.status, Status::SeeOther, "{}", again.mistakes());
    let history = staff.get(&path).texts(".timeline li");
    let steps = ["收到", "分派給館員張", "結案", "再開"];
    assert_eq!(history.len(), steps.len(), "{history:?}");
    for (line, step) in history.iter().zip(steps) {
        assert!(line.contains(step), "{history:?}");
    }
    assert!(history[2].contains("館員張") && history[3].contains("陳館員"));
    for act in ["received", "assigned", "closed", "reopened"] {
        let act = format!("feedback.{act}");
        assert!(record(&app).contains(&act), "{act}");
    }
}

fn somebody_adds_a_word_and_the_matter_is_open_again(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let person = app.visitor();
    let code = written(&app, &[]);
    answer(&staff, &path_of(&first(&app)), ANSWER);
    let page = status(&person, &code);
    let more = [("text", "還是沒有水")];
    let sent = person.send(&page, "/feedback/write", &more);
    assert_eq!(sent.status, Status::Ok, "{}", sent.mistakes());
    assert_eq!(first(&app).state, State::Reopened);
    // The same page sent twice is one letter, and nothing is said to have gone wrong with it.
    let twice = person.send(&page, "/feedback/write", &more);
    let letters = app
        .app
        .db
        .read_now("letters", |tx| feedback::letters(tx, &first(&app).id));
    assert_eq!(letters.expect("readable").len(), 3);
    assert_eq!(twice.texts("main [role=alert]").len(), 0, "{}", twice.html);
    // Another text from a page of before waits for a look at what is new.
    let other = person.send(&page, "/feedback/write", &[("text", "另一句")]);
    assert_eq!(other.status, Status::Conflict);
    assert!(other.html.contains("另一句"));
    let empty = person.send(&sent, "/feedback/write", &[("text", "")]);
    assert_eq!(empty.status, Status::UnprocessableEntity);
    let shown = opened(&staff, &path_of(&first(&app))).text("main");
    for words in [LETTER, ANSWER, "還是沒有水"] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    // Ten letters are enough for one matter.
    let mut page = sent;
    for n in 0..8 {
        page = person.send(&page, "/feedback/write", &[("text", &format!("第{n}次"))]);
        assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    }
    let full = person.send(&page, "/feedback/write", &[("text", "再一次")]);
    assert_eq!(full.status, Status::Conflict);
    assert!(full.html.contains("再一次"));
}

fn answers_are_erased_when_their_time_is_over(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let code = written(&app, &[("wish", "mail"), ("email", ADDRESS)]);
    let matter = first(&app);
    answer(&staff, &path_of(&matter), ANSWER);
    let items: Vec<String> = app
        .app
        .db
        .read_now("letters", |tx| feedback::letters(tx, &matter.id))
        .expect("readable")
        .into_iter()
        .map(|letter| letter.item)
        .collect();
    assert_eq!(items.len(), 2);
    let kept = |app: &TestApp| {
        let kept = app.app.db.read_now("boxes", |tx| {
            let mut kept = 0;
            for item in &items {
                kept += usize::from(vault::sealed(tx, &matter.scope, item)?.is_some());
            }
            Ok::<_, vault::Error>(kept)
        });
        kept.expect("readable")
    };
    let start = moment(START);
    // Answered, and nothing more came: it closes by itself after thirty days.
    for day in 1..=31 {
        app.go_to(start.plus(day * DAY + HOUR));
    }
    let closed = first(&app);
    assert_eq!(closed.state, State::Closed);
    assert_eq!(kept(&app), 2);
    let told = status(&app.visitor(), &code).text("main");
    assert!(told.contains(ANSWER) && told.contains("最晚刪除"), "{told}");

    let closed_at = closed.closed_at.expect("closed");
    app.go_to(closed_at.plus(179 * DAY));
    assert_eq!(all(&app).len(), 1, "not a day too early");
    app.go_to(closed_at.plus(181 * DAY));
    app.go_to(closed_at.plus(182 * DAY + HOUR));
    assert!(all(&app).is_empty());
    assert_eq!(kept(&app), 0, "neither the letter nor the answer");
    let unknown = status(&app.visitor(), &code);
    assert_eq!(unknown.status, Status::UnprocessableEntity);
    let key = app.app.vault.holds_key(&matter.scope).expect("it answers");
    assert!(!key, "the key of the month is destroyed");
    let staff = sign_in(&app, "陳館員");
    assert_eq!(staff.get(&path_of(&matter)).status, Status::NotFound);
}

fn nothing_stays_because_nobody_closed_it(engine: Engine) {
    let app = library(engine);
    written(&app, &[]);
    let start = moment(START);
    app.go_to(start.plus(729 * DAY));
    assert_eq!(all(&app).len(), 1);
    app.go_to(start.plus(732 * DAY));
    assert!(all(&app).is_empty());
}

fn the_library_sets_how_long_and_the_register_says_it(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let path = "/admin/retention";
    let page = staff.get(path);
    let values = [
        ("class", "feedback"),
        ("days", "60"),
        ("reason", "意見多半一週內就處理好"),
    ];
    let done = staff.send(&page, path, &values);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let form = app.visitor().get("/feedback").text("main");
    assert!(form.contains("結案後保存 60 日"), "{form}");
    let public = app.visitor().get("/privacy/retention").text("main");
    assert!(public.contains("意見信箱"), "{public}");
    let register = app.visitor().get("/privacy/register").text("main");
    assert!(register.contains("意見信箱檔"), "{register}");
}
