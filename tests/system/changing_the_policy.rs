//! The library's privacy policy: a first version on the first day, the next one written, published
//! and told, and what people agreed to under which.

use diesel::connection::SimpleConnection;
use fairdraw::account::Role;
use fairdraw::audit::{self, Filter};
use fairdraw::platform::clock::{DAY, HOUR};
use fairdraw::platform::db;
use rocket::http::Status;
use serde_json::Value;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::life::{Life, Patron};
use crate::support::mail_sink::MailSink;
use crate::support::member::Site;
use crate::support::staff::{PASSPHRASE, colleague, sign_in};

use super::own_rights::open_entry;
use super::subscribing::Library;

on_both! {
    a_new_site_has_a_policy_on_its_first_day,
    the_next_version_is_written_looked_at_and_published,
    a_version_that_is_not_ready_is_not_published,
    nobody_changes_a_published_version,
    a_major_change_is_on_every_page_until_its_days_are_over,
    subscribers_are_told_of_a_major_change_once,
    members_are_told_of_a_major_change_once,
    what_people_agree_to_names_the_version_in_force,
}

const START: &str = "2026-11-23T09:00:00+08:00";

fn library(engine: Engine) -> TestApp {
    TestApp::with(engine, START, |config| {
        config.library_zh = "測試圖書館".to_owned();
        config.library_en = "Test Library".to_owned();
        config.contact_phone = "02-2345-6789".to_owned();
    })
}

fn officer(app: &TestApp) -> Person<'_> {
    colleague(app, "個資長", &[Role::PrivacyOfficer])
}

/// Writes the next version over the last one and looks at it; the page of the preview.
fn write(officer: &Person<'_>, values: &[(&str, &str)]) -> Answer {
    let path = "/admin/policy";
    let mut fields = vec![
        ("change_zh", "寫明電子報的統計"),
        ("change_en", "Says how the newsletter is counted"),
        ("do", "preview"),
    ];
    fields.retain(|(name, _)| !values.iter().any(|(own, _)| own == name));
    fields.extend(values);
    let saved = officer.send(&officer.get(path), path, &fields);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    assert_eq!(saved.location, "/admin/policy/preview");
    officer.get(&saved.location)
}

/// Publishes what the preview shows.
fn publish(officer: &Person<'_>, preview: &Answer) -> Answer {
    officer.send(preview, "/admin/policy/publish", &[("sure", "yes")])
}

/// Writes and publishes a version whose last words are these.
fn change(officer: &Person<'_>, words: (&str, &str), values: &[(&str, &str)]) {
    let shown = officer.get("/admin/policy");
    let body = |name: &str| -> String {
        let form = shown.form("/admin/policy");
        let field = form.into_iter().find(|(own, _)| own == name);
        field.expect("the last text is offered").1
    };
    let (zh, en) = (body("body_zh"), body("body_en"));
    let zh = format!("{}\n\n{}\n", zh.trim_end(), words.0);
    let en = format!("{}\n\n{}\n", en.trim_end(), words.1);
    let mut fields = vec![("body_zh", zh.as_str()), ("body_en", en.as_str())];
    fields.extend(values);
    let done = publish(officer, &write(officer, &fields));
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

fn sql(app: &TestApp, statements: &str) -> Result<(), db::Error> {
    let work = |tx: &mut db::Tx<'_>| Ok::<_, db::Error>(tx.conn().batch_execute(statements)?);
    app.app.db.write_now("by hand", work)
}

fn a_new_site_has_a_policy_on_its_first_day(engine: Engine) {
    let app = library(engine);
    let visitor = app.visitor();
    for (path, library, title) in [
        ("/privacy", "測試圖書館", "隱私權政策第 1 版"),
        ("/en/privacy", "Test Library", "Privacy policy, version 1"),
    ] {
        let page = visitor.get(path);
        assert_eq!(page.status, Status::Ok);
        let text = page.text("main");
        assert!(
            text.contains(library) && text.contains("02-2345-6789"),
            "{text}"
        );
        assert!(page.text("footer").contains(title), "every page names it");
    }
    let version = visitor.get("/privacy/v/1");
    assert!(version.text("main").contains("二、蒐集什麼、為什麼"));
    assert_eq!(visitor.get("/privacy/v/2").status, Status::NotFound);
    assert_eq!(visitor.get("/privacy/v/x").status, Status::NotFound);
    let list = visitor.get("/privacy/versions").text("main");
    assert!(list.contains("現行") && list.contains("第一版"), "{list}");
    let compared = visitor.get("/privacy/compare").text("main");
    assert!(compared.contains("這兩版的文字相同"), "{compared}");

    // Another start does not begin again, whatever the settings say by then.
    let clock = app.app.db.clock().clone();
    let (database, mut config) = app.stopped();
    config.library_zh = "改了名的圖書館".to_owned();
    let app = TestApp::over(engine, database, config, &clock);
    let list = app.visitor().get("/privacy/versions");
    assert_eq!(list.texts(".card h2").len(), 1);
    let first = app.visitor().get("/privacy/v/1").text("main");
    assert!(first.contains("測試圖書館"), "{first}");
}

fn the_next_version_is_written_looked_at_and_published(engine: Engine) {
    let app = library(engine);
    let officer = officer(&app);
    let visitor = app.visitor();
    let preview = write(
        &officer,
        &[
            ("body_zh", "# 一\n\n保存三十日。"),
            ("body_en", "# One\n\nKept for thirty days."),
        ],
    );
    assert!(preview.text("main").contains("保存三十日"));
    assert_eq!(
        visitor.get("/privacy/v/2").status,
        Status::NotFound,
        "a draft is not public"
    );
    let unticked = officer.send(&preview, "/admin/policy/publish", &[]);
    assert_eq!(unticked.status, Status::UnprocessableEntity);
    let done = publish(&officer, &preview);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());

    // It comes in the days that the library set, and everybody can read it meanwhile.
    let main = visitor.get("/privacy").text("main");
    assert!(
        main.contains("隱私權政策第 1 版") && main.contains("二、蒐集什麼、為什麼"),
        "{main}"
    );
    assert!(
        main.contains("115 年 12 月 7 日") && main.contains("隱私權政策第 2 版"),
        "{main}"
    );
    assert!(
        visitor
            .get("/privacy/v/2")
            .text("main")
            .contains("即將適用")
    );

    change(&officer, ("最後一句。", "A last sentence."), &[]);
    app.go_to(app.app.db.clock().now().plus(15 * DAY));
    let main = visitor.get("/privacy").text("main");
    assert!(
        main.contains("隱私權政策第 3 版") && main.contains("最後一句"),
        "{main}"
    );
    assert!(visitor.get("/privacy/v/1").text("main").contains("舊版"));

    // What changed can be read without colour, and heard.
    let compared = visitor.get("/en/privacy/compare?from=2&to=3");
    assert_eq!(
        compared.texts("main ins").len(),
        2,
        "the example and the sentence"
    );
    let added = compared.texts("main ins").pop().expect("what was added");
    assert!(
        added.contains("(added:") && added.contains("A last sentence."),
        "{added}"
    );
    let back = visitor.get("/privacy/compare?from=3&to=2");
    assert!(
        back.texts("main del")
            .iter()
            .any(|words| words.contains("最後一句"))
    );
    assert_eq!(
        visitor.get("/privacy/compare?from=1&to=9").status,
        Status::NotFound
    );
}

fn a_version_that_is_not_ready_is_not_published(engine: Engine) {
    let app = library(engine);
    let officer = officer(&app);
    let refused = |preview: &Answer, why: &str| {
        let answer = publish(&officer, preview);
        assert_eq!(answer.status, Status::UnprocessableEntity, "{why}");
        assert!(answer.mistakes().contains(why), "{}", answer.mistakes());
    };
    refused(&write(&officer, &[]), "和上一版的文字相同");
    refused(
        &write(&officer, &[("body_zh", "新的"), ("body_en", "")]),
        "中文和英文都要寫",
    );
    let path = "/admin/policy";
    let far = officer.send(
        &officer.get(path),
        path,
        &[("wait_days", "366"), ("do", "save")],
    );
    assert_eq!(far.status, Status::UnprocessableEntity);

    // Somebody else wrote meanwhile: what was looked at is not what would be published.
    let preview = write(&officer, &[("body_en", "New")]);
    let other = colleague(&app, "另一位", &[Role::Admin]);
    write(&other, &[("body_en", "Newer")]);
    refused(&preview, "有人同時改了草稿");

    // A version cannot hold before the one before it does.
    let first = write(&officer, &[("wait_days", "30")]);
    assert_eq!(publish(&officer, &first).status, Status::SeeOther);
    refused(
        &write(&officer, &[("body_zh", "更新"), ("wait_days", "0")]),
        "這一版不能更早",
    );
    let discard = |page: &Answer, sure: &[(&str, &str)]| {
        let revision = page
            .form(path)
            .into_iter()
            .find(|(name, _)| name == "revision");
        let mut fields = vec![
            ("revision".to_owned(), revision.expect("a revision").1),
            ("do".to_owned(), "discard".to_owned()),
        ];
        let sure = sure
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        fields.extend(sure);
        officer.post(path, &fields)
    };
    let sure = [("discard_sure", "yes")];
    let page = officer.get(path);
    assert_eq!(discard(&page, &[]).status, Status::UnprocessableEntity);
    assert_eq!(discard(&page, &sure).status, Status::SeeOther);
    assert!(!officer.get(path).html.contains("更新</textarea>"));

    // What was looked at before is not what somebody wrote after it was discarded.
    let seen = write(&officer, &[("body_en", "Mine"), ("wait_days", "40")]);
    let page = officer.get(path);
    assert_eq!(discard(&page, &sure).status, Status::SeeOther);
    write(&other, &[("body_en", "Theirs"), ("wait_days", "40")]);
    refused(&seen, "有人同時改了草稿");
    assert_eq!(discard(&page, &sure).status, Status::UnprocessableEntity);
    // Nothing typed is lost, and whoever has read why saves over it.
    let stale = [("body_en", "Mine again"), ("revision", "1"), ("do", "save")];
    let late = officer.send(&page, path, &stale);
    assert_eq!(late.status, Status::UnprocessableEntity);
    assert!(late.html.contains("Mine again"));
    let saved = officer.send(&late, path, &[("do", "save")]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());

    // A major change is told on the pages for a day at least.
    let silent = [("weight", "major"), ("banner_days", "0"), ("do", "save")];
    let refused = officer.send(&officer.get(path), path, &silent);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert_eq!(refused.texts(".error-summary li").len(), 1);
}

fn nobody_changes_a_published_version(engine: Engine) {
    let app = library(engine);
    change(
        &officer(&app),
        ("最後一句。", "A last sentence."),
        &[("wait_days", "0")],
    );
    for statement in [
        "UPDATE policy_versions SET body_zh = 'x'",
        "DELETE FROM policy_versions WHERE version = 1",
    ] {
        assert!(sql(&app, statement).is_err(), "{statement}");
    }
    if engine == Engine::Sqlite {
        let again = "INSERT OR REPLACE INTO policy_versions SELECT * FROM policy_versions";
        assert!(sql(&app, again).is_err(), "{again}");
    }
    let record = app
        .app
        .db
        .read_now("record", |tx| audit::list(tx, &Filter::default(), 1))
        .expect("readable");
    let noted: Vec<_> = (record.records.iter())
        .filter(|line| line.act == "policy.published")
        .map(|line| line.object.clone())
        .collect();
    assert_eq!(noted.len(), 2);
    let shown = app.visitor().get("/privacy/v/2").html;
    let hash = noted[0].split(' ').nth(1).expect("a number and a hash");
    assert!(shown.replace(['\n', ' '], "").contains(hash), "{hash}");

    // Whoever takes the guard of the database away and changes a row is found by everybody.
    let unguarded = match engine {
        Engine::Sqlite => "DROP TRIGGER policy_versions_refuse_UPDATE;",
        Engine::Postgresql => "DROP TRIGGER policy_versions_append_only ON policy_versions;",
    };
    let change = "UPDATE policy_versions SET body_zh = 'x' WHERE version = 1";
    sql(&app, &format!("{unguarded} {change};")).expect("the owner of the database can");
    let visitor = app.visitor();
    assert!(
        visitor
            .get("/privacy/v/1")
            .text("main")
            .contains("和發布時不一樣")
    );
    assert!(
        visitor
            .get("/privacy/versions")
            .text("main")
            .contains("第 1 版和發布時不一樣")
    );
    assert!(
        !visitor
            .get("/privacy/v/2")
            .text("main")
            .contains("和發布時不一樣")
    );
}

fn a_major_change_is_on_every_page_until_its_days_are_over(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let visitor = life.app.visitor();
    let banner = |path: &str| visitor.get(path).text("aside");
    let pages = [
        "/",
        "/activities",
        "/a/summer-2024",
        "/a/summer-2024/enter",
        "/entry",
        "/en/",
    ];
    for path in pages {
        assert_eq!(banner(path), "", "{path}");
    }
    let receipt = life.enter(&Patron::number(1));
    let officer = officer(&life.app);
    let values = [
        ("weight", "major"),
        ("wait_days", "2"),
        ("banner_days", "3"),
    ];
    change(&officer, ("新的一句。", "A new sentence."), &values);
    for path in pages {
        let said = banner(path);
        assert!(
            said.contains("重大修訂") || said.contains("major change"),
            "{path}: {said}"
        );
        let to = visitor.get(path).links();
        assert!(
            to.iter()
                .any(|link| link.ends_with("/privacy/compare?from=1&to=2")),
            "{path}"
        );
    }
    let mine = open_entry(&visitor, &receipt.text("#secret"));
    assert!(
        mine.text("aside").contains("重大修訂"),
        "the entry's own page"
    );
    assert_eq!(officer.get("/admin/policy").text("aside"), "");
    let now = life.app.app.db.clock().now();
    life.app.go_to(now.plus(4 * DAY));
    assert!(banner("/").contains("已自"), "it holds");
    life.app.go_to(now.plus(6 * DAY));
    assert_eq!(banner("/"), "");
}

fn members_are_told_of_a_major_change_once(engine: Engine) {
    let site = Site::open(engine);
    drop(site.app.first_admin());
    for email in ["mei@example.org", "lin@example.org", "gone@example.org"] {
        drop(site.member(email));
    }
    // Asked, and never used the link.
    site.ask("/members/register", "never@example.org");
    let officer = officer(&site.app);
    change(&officer, ("小改。", "Minor."), &[("wait_days", "0")]);
    site.run();
    let told = |to: &str| {
        let mails = site.mails_to(to).into_iter();
        let subjects = mails.filter_map(|mail| mail.header("Subject"));
        let news = subjects.filter(|subject| subject.contains("隱私權政策有重大修訂"));
        news.count()
    };
    assert_eq!(
        told("mei@example.org"),
        0,
        "a minor change is published only"
    );
    change(
        &officer,
        ("大改。", "Major."),
        &[("weight", "major"), ("wait_days", "3")],
    );
    // Whoever deletes the account before the letter leaves gets none.
    let (leaving, _) = site.try_in("gone@example.org", PASSPHRASE);
    let page = leaving.get("/members/me");
    let gone = leaving.send(
        &page,
        "/members/me/delete",
        &[("delete_present", PASSPHRASE)],
    );
    assert_eq!(gone.status, Status::Ok, "{}", gone.mistakes());
    for _ in 0..3 {
        site.run();
        site.later(HOUR);
    }
    for (to, letters) in [
        ("mei@example.org", 1),
        ("lin@example.org", 1),
        ("gone@example.org", 0),
        ("never@example.org", 0),
    ] {
        assert_eq!(told(to), letters, "{to}");
    }
    let text = site.last_to("mei@example.org").part("text/plain").text();
    assert!(text.contains("/privacy/v/3"), "{text}");
    // The letters are forgotten, what became of them is not.
    site.later(3 * DAY);
    site.run();
    assert_eq!(site.rows("member_letters"), 0);
    let staff = sign_in(&site.app, "個資長")
        .get("/admin/policy")
        .text("main");
    assert!(
        staff.contains("有帳號的人") && staff.contains("已經寄完"),
        "{staff}"
    );
    assert_eq!(told("mei@example.org"), 1);
}

fn subscribers_are_told_of_a_major_change_once(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    library.subscribe(&sink, "mei@example.org", &library.books);
    library.subscribe(&sink, "lin@example.org", &library.events);
    library.ask("never@example.org", &library.books);
    let app = &library.app;
    let officer = officer(app);
    change(&officer, ("小改。", "Minor."), &[("wait_days", "0")]);
    library.run();
    let told = |to: &str| {
        let mails = sink.mails();
        let mine = mails.iter().filter(|mail| mail.to == [to.to_owned()]);
        let subjects = mine.filter_map(|mail| mail.header("Subject"));
        subjects
            .filter(|subject| subject.contains("隱私權政策第"))
            .count()
    };
    assert_eq!(
        told("mei@example.org"),
        0,
        "a minor change is published only"
    );

    change(
        &officer,
        ("大改。", "Major."),
        &[("weight", "major"), ("wait_days", "3")],
    );
    for _ in 0..4 {
        library.run();
        library.later(HOUR);
    }
    library.later(DAY);
    for to in ["mei@example.org", "lin@example.org"] {
        let came: Vec<_> = (sink.mails().iter())
            .map(|mail| (mail.to.clone(), mail.header("Subject")))
            .collect();
        assert_eq!(told(to), 1, "{to}: {came:?}");
    }
    assert_eq!(told("never@example.org"), 0, "whoever did not confirm");
    let mails = sink.mails();
    let mail = mails
        .iter()
        .rfind(|mail| mail.to == ["mei@example.org".to_owned()]);
    let text = mail.expect("the last mail").part("text/plain").text();
    for part in [
        "/privacy/v/3",
        "/privacy/compare?from=2&to=3",
        "寫明電子報的統計",
        "/unsubscribe/",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let staff = sign_in(app, "個資長").get("/admin/policy").text("main");
    assert!(
        staff.contains("電子報訂閱者") && staff.contains("已經寄完"),
        "{staff}"
    );
    let sent = "SELECT COUNT(*) AS n FROM newsletter_letters WHERE stage = 'sent'";
    assert_eq!(library.count(sent), 2);

    // Asking an audience again tells nobody again.
    let again = "UPDATE jobs SET run_at = 0";
    sql(app, again).expect("jobs can be hurried");
    library.run();
    assert_eq!(told("mei@example.org"), 1);
}

fn what_people_agree_to_names_the_version_in_force(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let app = &life.app;
    let first = life.enter(&Patron::number(1)).text("#secret");
    change(
        &officer(app),
        ("新的一句。", "A new sentence."),
        &[("wait_days", "0")],
    );
    let second = life.enter(&Patron::number(2)).text("#secret");
    for (code, version) in [(first, 1), (second, 2)] {
        let visitor = app.visitor();
        let mine = open_entry(&visitor, &code);
        let said = format!("當時適用的是隱私權政策第 {version} 版");
        assert!(mine.text("main").contains(&said), "{said}");
        let file = visitor.send(&mine, "/entry/data", &[]);
        let data: Value = serde_json::from_slice(&file.bytes).expect("JSON");
        assert_eq!(data["privacy_policy_version"], version);
        let copy = visitor.send(&mine, "/entry/copy", &[]);
        assert!(copy.text("main").contains(&said));
    }
}
